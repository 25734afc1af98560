"""A manager's yes or no: theirs alone, with a reason, and gone when the facts change."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from casework import approvals
from casework.errors import NotAllowed, ReasonMissing
from policy.decide import Matter, ToDo
from tests.unit.home import Home, Known
from tests.unit.usecases.walk import Walk, known_of

WITHOUT_CONSENT = {"harm_concern": "no", "consent": "no", "telling_raises_risk": "no"}


@pytest.fixture
def manchester(known: Known, template: Path, tmp_path: Path) -> Iterator[Home]:
    home = Home(known_of("manchester_settlement", known.coach, known.phrases), template, tmp_path)
    yield home
    home.engine.dispose()


@pytest.fixture
def kent(known: Known, template: Path, tmp_path: Path) -> Iterator[Home]:
    home = Home(known_of("kent_shared_lives", known.coach, known.phrases), template, tmp_path)
    yield home
    home.engine.dispose()


def decide(
    walk: Walk,
    matter: Matter,
    *,
    yes: bool,
    by: str = "line_manager",
    why: str = "it prevents a crime",
) -> None:
    with walk.home.store.work() as work:
        head = walk.home.head(walk.talk)
        approvals.decide(walk.home.house, work, head, by, matter, yes=yes, why=why)


def waiting(home: Home) -> Walk:
    """Sharing without consent, which waits for a manager."""
    walk = Walk.begin(home).until("manager_decision", **WITHOUT_CONSENT)
    with home.store.work() as work:
        work.conversations.change(walk.talk, asks="manager_decision")
    return walk


@pytest.mark.rule("M36", "M17", "M34")
def test_sharing_without_consent_waits_for_a_manager_who_is_told(manchester: Home) -> None:
    walk = waiting(manchester)
    assert walk.outcome == "seek_advice"
    assert "line_manager" in manchester.asked_ever(walk.talk)
    assert "M36" in walk.codes()


@pytest.mark.rule("M36")
def test_a_managers_yes_shares_and_whoever_waits_is_told_and_asked_on(manchester: Home) -> None:
    walk = waiting(manchester)
    decide(walk, Matter.SHARING_WITHOUT_CONSENT, yes=True)
    assert walk.asks == "shared_with"
    last = manchester.turns(walk.talk)[-1]
    assert (last["pushed"], last["outcome"], last["asks"]) == (
        True,
        "share_with_care",
        "shared_with",
    )
    assert manchester.said(walk.talk)[-1] == "utter_manager_yes_sharing"
    assert [entry.value for entry in walk.decisions()][-1] == "share_with_care"
    assert "it prevents a crime" in [str(entry.text) for entry in walk.decisions()]


@pytest.mark.rule("M36", "M11")
def test_a_managers_no_refuses_and_asks_for_the_reasons(manchester: Home) -> None:
    walk = waiting(manchester)
    decide(walk, Matter.SHARING_WITHOUT_CONSENT, yes=False)
    assert walk.asks == "why_not_shared"
    assert manchester.turns(walk.talk)[-1]["outcome"] == "do_not_share"


def test_nobody_else_decides_and_nobody_without_a_reason(manchester: Home) -> None:
    walk = waiting(manchester)
    for other in ("reporter", "volunteer", "trustee", "dsl"):
        with pytest.raises(NotAllowed):
            decide(walk, Matter.SHARING_WITHOUT_CONSENT, yes=True, by=other)
    with pytest.raises(ReasonMissing):
        decide(walk, Matter.SHARING_WITHOUT_CONSENT, yes=True, why="  ")
    with pytest.raises(NotAllowed):
        decide(walk, Matter.NOT_TELLING, yes=True)
    assert len(walk.decisions()) == 1


def test_it_is_decided_once(manchester: Home) -> None:
    walk = waiting(manchester)
    decide(walk, Matter.SHARING_WITHOUT_CONSENT, yes=False)
    with pytest.raises(NotAllowed):
        decide(walk, Matter.SHARING_WITHOUT_CONSENT, yes=True)


def test_a_yes_counts_for_the_answers_it_was_given_to(manchester: Home) -> None:
    walk = waiting(manchester)
    decide(walk, Matter.SHARING_WITHOUT_CONSENT, yes=True)
    walk.change("how_much", "her whole file")
    assert walk.asks == "manager_decision"
    assert walk.decisions()[-1].value == "seek_advice"


@pytest.mark.rule("K10")
def test_not_telling_is_a_recorded_deviation_that_a_manager_approved(kent: Home) -> None:
    walk = Walk.begin(kent)
    walk.until(
        "telling_raises_risk", harm_concern="yes", involves_us="no", recipient_is_danger="no"
    )
    walk.say("yes")
    assert walk.does(ToDo.HOLD_TELLING)
    decide(walk, Matter.NOT_TELLING, yes=True, why="he reads her post")
    assert walk.does(ToDo.DO_NOT_TELL_PERSON)
    assert kent.said(walk.talk)[-1] == "utter_manager_yes_not_telling"


@pytest.mark.rule("K10")
def test_where_the_manager_says_no_the_person_is_told(kent: Home) -> None:
    walk = Walk.begin(kent)
    walk.until(
        "telling_raises_risk", harm_concern="yes", involves_us="no", recipient_is_danger="no"
    )
    walk.say("yes")
    decide(walk, Matter.NOT_TELLING, yes=False)
    assert walk.does(ToDo.TELL_PERSON)
    walk.until("told_person")


def test_what_the_desk_shows_is_only_for_whoever_decides(manchester: Home) -> None:
    walk = waiting(manchester)
    head = manchester.head(walk.talk)
    with manchester.store.read() as work:
        found = {
            person: [w.matter for w in approvals.waiting_for(manchester.house, work, head, person)]
            for person in ("line_manager", "dsl", "reporter", "trustee")
        }
    assert found == {
        "line_manager": [Matter.SHARING_WITHOUT_CONSENT],
        "dsl": [],
        "reporter": [],
        "trustee": [],
    }
