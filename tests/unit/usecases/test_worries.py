"""Told in confidence, or worried by a colleague: the right route, and past whoever it is about."""

from __future__ import annotations

import pytest

from casework import capture, cases, colleague, worry
from casework.facts import EscalationStatus, MessageKind
from casework.vocabulary import INVOLVES_US, WHICH_OF_US, EntryKind, RecordKind, Topic
from tests.unit.home import Home
from tests.unit.usecases.walk import CHILDREN, MANCHESTER, PACKS, Housed, Walk


def about_a_colleague(home: Home, text: str) -> str:
    talk = home.talk()
    message = home.message(talk, text, kind=MessageKind.TEXT)
    colleague.begin(home.house, talk, message.id)
    return talk


# ---- a colleague ----


@pytest.mark.rule("X2", "X10", "C14")
@pytest.mark.parametrize("pack", PACKS)
@pytest.mark.parametrize(
    ("said", "who"),
    [
        ("im worried about how my line manager talks to the kids", "line_manager"),
        ("the deputy dsl was rough with one of them today", "deputy_dsl"),
    ],
)
def test_whoever_is_named_is_never_asked_and_somebody_else_is_at_once(
    housed: Housed, pack: str, said: str, who: str
) -> None:
    home = housed(pack)
    talk = about_a_colleague(home, said)
    assert home.head(talk).kind is RecordKind.CONCERN
    climb = home.climb(talk)
    assert climb is not None
    assert climb.asked
    home.pass_time(hours=30)
    assert who not in home.asked_ever(talk)
    assert who in home.left_out(talk)
    assert said in home.texts(talk, EntryKind.NOTE)


@pytest.mark.rule("C14")
def test_until_it_is_said_who_nobody_is_asked_and_that_is_what_is_asked_first(
    housed: Housed,
) -> None:
    home = housed(CHILDREN)
    talk = about_a_colleague(home, "im worried about a colleague")
    assert home.climb(talk) is None
    assert colleague.asks_whom_first(home.house, talk)
    kept = home.answer(talk, WHICH_OF_US, "the line manager", None)
    assert kept.told is not None
    assert "Line Manager" not in kept.told.names
    assert not colleague.asks_whom_first(home.house, talk)
    home.pass_time(hours=30)
    assert "line_manager" not in home.asked_ever(talk)


def test_a_concern_about_a_colleague_that_is_left_alone_goes_up(housed: Housed) -> None:
    home = housed(CHILDREN)
    talk = about_a_colleague(home, "im worried about a colleague")
    home.clock.now += 2 * home.house.organisation.draft_escalates_after(home.house.pack)
    assert cases.escalate_quiet_drafts(home.house) == [talk]


def test_in_the_middle_of_a_guide_it_is_a_case_of_its_own(housed: Housed) -> None:
    home = housed(MANCHESTER)
    walk = Walk.begin(home)
    message = home.message(walk.talk, "im worried about a colleague")
    other = cases.beside_guide(home.house, walk.talk, message.id, RecordKind.CONCERN)
    assert other is not None
    colleague.begin(home.house, other, message.id)
    assert INVOLVES_US not in home.topics(walk.talk)
    assert home.head(other).reference != home.head(walk.talk).reference
    assert cases.beside_guide(home.house, other, message.id, RecordKind.CONCERN) is None


# ---- told in confidence ----


@pytest.mark.rule("X10", "C8", "C14", "M20", "M24", "M34")
@pytest.mark.parametrize("pack", PACKS)
def test_without_harm_it_is_sent_for_advice_and_what_came_of_it_is_kept(
    housed: Housed, pack: str
) -> None:
    home = housed(pack)
    walk = Walk.begin(home, "she told me something in confidence", kind=RecordKind.WORRY)
    assert walk.asks == "harm_concern"
    walk.until("advice_outcome", harm_concern="no", involves_us="no")
    assert walk.standing.ask is not None
    assert walk.standing.ask.waits
    assert home.climb(walk.talk) is None
    plan = next(one for one in home.entries(walk.talk) if one.topic == Topic.PLAN)
    assert "the Line Manager" in plan.text or "the Duty DSL" in plan.text
    for code in worry.rules(home.house):
        assert code in plan.text
    walk.say("asked the manager without a name, she says let it rest")
    assert walk.asks is None
    answers = {one.topic: str(one.text) for one in home.entries(walk.talk) if one.topic}
    assert answers["advice_outcome"] == "asked the manager without a name, she says let it rest"


@pytest.mark.rule("C11", "C12", "X10")
@pytest.mark.parametrize("said", ["yes", "not sure"])
def test_harm_does_not_stay_with_them_and_skips_whoever_it_is_about(
    housed: Housed, said: str
) -> None:
    home = housed(CHILDREN)
    walk = Walk.begin(home, "he told me not to tell anyone", kind=RecordKind.WORRY)
    walk.say(said)
    assert home.climb(walk.talk) is not None
    assert home.asked_ever(walk.talk) == []
    walk.say("yes")
    told = walk.say("the line manager").told
    assert told is not None
    assert told.is_news
    assert "Line Manager" not in told.names
    assert walk.asks is None
    home.pass_time(hours=30)
    asked = home.asked_ever(walk.talk)
    assert asked
    assert "line_manager" not in asked


@pytest.mark.parametrize("pack", PACKS)
def test_that_it_is_about_nobody_here_is_what_lets_them_be_told(housed: Housed, pack: str) -> None:
    walk = Walk.begin(housed(pack), "he told me not to tell anyone", kind=RecordKind.WORRY)
    held = walk.say("yes").told
    assert held is not None
    assert held.status is EscalationStatus.HOLDING
    told = walk.say("no").told
    assert told is not None
    assert told.is_news
    assert told.names


@pytest.mark.rule("C14")
def test_a_changed_answer_about_harm_raises_it(housed: Housed) -> None:
    home = housed(MANCHESTER)
    walk = Walk.begin(home, "she told me something in confidence", kind=RecordKind.WORRY)
    walk.say("no")
    walk.change("harm_concern", "yes")
    assert home.climb(walk.talk) is not None


def test_what_is_written_down_is_kept_in_the_same_case(housed: Housed) -> None:
    home = housed(MANCHESTER)
    walk = Walk.begin(home, "he told me not to tell anyone", kind=RecordKind.WORRY)
    walk.say("yes")
    line = home.message(walk.talk, "he said  dont tell", kind=MessageKind.WORDS)
    capture.keep(home.house, line)
    assert home.texts(walk.talk, EntryKind.WORDS) == ["he said  dont tell"]
