"""An answer that nobody can be sure of: asked again in every flowchart, never guessed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from casework import breach, duties, duty_guide, guided, official, sharing, worry
from casework.guided import Ask
from casework.vocabulary import RecordKind
from coach import Answer, Coach
from tests.unit.home import Home
from tests.unit.usecases.walk import PACKS, Housed, Walk


@dataclass
class Doubtful:
    """The coach, but sure of no answer to a question."""

    coach: Coach

    def answer(self, question: str, text: str) -> Answer:
        return replace(self.coach.answer(question, text), value="no", sure=False)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.coach, name)


def doubtful(home: Home) -> Home:
    home.house.coach = Doubtful(home.house.coach)  # type: ignore[assignment]
    return home


def every_question(home: Home) -> Iterator[Ask]:
    """What the five guides ask of this pack, and Heard's own questions that a yes answers."""
    pack, house = home.house.pack, home.house
    own = (worry.HARM, "involves_us", "told_person", "discussed_with_requester", "can_ask")
    for name in (*pack.sharing.flowchart.nodes, *pack.sharing.telling.unless, *own):
        yield sharing.ask_of(house, name)
    for name in ("recipient_is_danger", "recipient_protects", "fact_from_opinion"):
        yield sharing.ask_of(house, name)
    for name in ("right_recipient", "secure_route", "telling_raises_risk"):
        yield sharing.ask_of(house, name)
    request = pack.official_request
    asked = (*pack.caller.checks, *request.questions, *request.agency_questions)
    for name in (*asked, official.OFFICIAL_BODY):
        yield official.ask_of(house, name)
    for name in pack.breach.questions:
        yield breach.ask_of(house, name)


@pytest.mark.parametrize("pack", PACKS)
def test_no_question_of_any_guide_takes_a_guess_for_an_answer(housed: Housed, pack: str) -> None:
    home = doubtful(housed(pack))
    message = home.message(home.talk(), "it was half past three, more or less")
    asked = {ask.id: ask for ask in every_question(home) if not ask.free}
    assert len(asked) > 15
    taken = {
        name: guided.understand(home.house, message, ask, button=None)
        for name, ask in asked.items()
    }
    assert taken == dict.fromkeys(asked, guided.UNCLEAR)


@pytest.mark.parametrize("pack", PACKS)
def test_nor_does_a_duty(housed: Housed, pack: str) -> None:
    home = doubtful(housed(pack))
    stated = home.house.pack.duties[0]
    whose = next(p for p in home.house.organisation.people if set(p.roles) & set(stated.roles))
    with home.store.work() as work:
        today = work.now().date()
        made = duties.begin(home.house, work, whose.id, stated.after, today)
        duty = next(one for one in made if one.kind == stated.id)
        (doer, *_) = sorted(duties.holders(home.house.organisation, work, duty))
    walk = Walk(home, duty_guide.begin(home.house, home.talk(doer), duty.id))
    ask = walk.standing.ask
    assert ask is not None
    message = home.message(walk.talk, "it was half past three, more or less")
    assert guided.understand(home.house, message, ask, button=None) == guided.UNCLEAR


@pytest.mark.rule("M21")
@pytest.mark.parametrize("kind", [RecordKind.DECISION, RecordKind.WORRY])
@pytest.mark.parametrize("pack", PACKS)
def test_the_harm_gate_is_not_passed_by_a_guess(
    housed: Housed, pack: str, kind: RecordKind
) -> None:
    home = doubtful(housed(pack))
    walk = Walk.begin(home, kind=kind)
    ask = walk.standing.ask
    assert ask is not None
    assert ask.id == worry.HARM
    message = home.message(walk.talk, "dont think so but her arm was blue")
    assert guided.understand(home.house, message, ask, button=None) == guided.UNCLEAR
    # A button says what it says.
    assert guided.understand(home.house, message, ask, button="deny") == "no"


def test_what_the_coach_is_sure_of_is_an_answer(housed: Housed) -> None:
    home = housed(PACKS[0])
    ask = sharing.ask_of(home.house, worry.HARM)
    message = home.message(home.talk(), "no")
    assert guided.understand(home.house, message, ask, button=None) == "no"
