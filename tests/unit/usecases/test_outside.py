"""When nobody here answers: whom the reporter rings, by who is at risk and who is complained about.

The table is written by hand from the policies; the numbers are those of the organisation's file.
"""

from __future__ import annotations

import pytest

from casework import outside
from casework.vocabulary import INVOLVES_US
from tests.unit.home import Home

OFFICER, TOO = "utter_ring_designated_officer", "utter_ring_designated_officer_too"
CHILDREN, POLICE, TRUSTEE = "utter_ring_children", "utter_ring_police", "utter_ring_trustee"
ADULTS, ABOUT_US = "utter_ring_adults", "utter_ring_adults_about_us"

TABLE = [
    ("child", "no", [CHILDREN]),
    ("child", "yes", [OFFICER, CHILDREN]),
    ("adult", "no", [ADULTS]),
    ("adult", "yes", [ABOUT_US, TOO]),
    (None, "no", [CHILDREN, ADULTS]),
    (None, "yes", [OFFICER, CHILDREN, ABOUT_US]),
    ("child", None, [CHILDREN]),
]


def rung(home: Home, talk: str, at_risk: str | None, about_us: str | None) -> list[str]:
    """What follows "nobody has answered" in the conversation."""
    if at_risk:
        home.answer(talk, "child_or_adult", at_risk.capitalize(), at_risk)
    if about_us:
        home.answer(talk, INVOLVES_US, about_us, about_us)
    with home.store.work() as work:
        work.escalations.tell(home.head(talk).id, "utter_nobody_call", {"next": "somebody"})
    said = [reply["response"] for reply in home.turns(talk)[-1]["replies"]]
    assert said[0] == "utter_nobody_call"
    return said[1:]


@pytest.mark.parametrize(("at_risk", "about_us", "first"), TABLE)
def test_who_is_rung_depends_on_who_is_at_risk_and_who_is_complained_about(
    home: Home, at_risk: str | None, about_us: str | None, first: list[str]
) -> None:
    assert rung(home, home.case("it hurts"), at_risk, about_us) == [*first, POLICE, TRUSTEE]


def test_each_instruction_can_be_rung_and_says_the_number_of_the_file(home: Home) -> None:
    talk = home.case("it hurts")
    rung(home, talk, None, "yes")
    for reply in home.turns(talk)[-1]["replies"]:
        assert reply["links"]
        numbers = [link["href"].removeprefix("tel:") for link in reply["links"]]
        assert any(number in reply["text"].replace(" ", "") for number in numbers)


def test_out_of_hours_only_those_that_answer_are_named(home: Home) -> None:
    talk = home.case("it hurts")
    home.pass_time(hours=8)
    assert rung(home, talk, "child", "yes") == [CHILDREN, POLICE, TRUSTEE]


def test_a_trustee_in_conflict_is_not_who_is_rung(home: Home) -> None:
    talk = home.case("it hurts")
    holders = [one.id for one in home.house.organisation.people if "trustee" in one.roles]
    with home.store.work() as work:
        for person in holders:
            work.records.add_conflict(home.head(talk).id, person)
    assert TRUSTEE not in rung(home, talk, "child", "no")


def test_nothing_else_brings_instructions(home: Home) -> None:
    with home.store.read() as work:
        assert outside.instructions("utter_nobody_yet", work, None, {}) == ()
