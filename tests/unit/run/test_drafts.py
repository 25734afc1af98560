"""A draft that was left alone goes up, and its reporter is told what is true."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

from casework import escalate
from run.bootstrap import Built
from run.service import _escalate_drafts
from tests.unit.home import Home


def escalate_drafts(home: Home) -> None:
    parts = SimpleNamespace(
        house=home.house,
        store=home.store,
        phrases=home.phrases,
        organisation=home.house.organisation,
    )
    _escalate_drafts(cast(Built, parts))


def test_the_reporter_of_a_draft_left_alone_is_told_who_was_asked(home: Home) -> None:
    talk = home.case("he hits me")
    home.pass_time(minutes=16)
    escalate_drafts(home)
    (turn,) = home.turns(talk)
    assert "the Line Manager and the Duty DSL" in turn["replies"][0]["text"]
    assert turn["pushed"] is True
    escalate_drafts(home)
    assert len(home.turns(talk)) == 1


def test_when_nobody_can_be_asked_nobody_is_said_to_have_been(home: Home) -> None:
    talk = home.case("he hits me")
    everybody = frozenset(person.id for person in home.house.organisation.people)
    with home.store.work() as work:
        escalate.leave_out(home.house, work, home.head(talk), everybody)
    home.pass_time(minutes=16)
    escalate_drafts(home)
    assert home.said(talk)[0] == "utter_told_nobody_left"
    assert home.turns(talk)[0]["replies"][0]["links"][0]["href"] == "tel:01632960111"
