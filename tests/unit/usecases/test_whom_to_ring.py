"""Numbers to ring: somebody is always there, and nobody who is left out is ever offered."""

from __future__ import annotations

from itertools import combinations

import pytest

from casework import capture, contacts
from casework.vocabulary import INVOLVES_US, WHICH_OF_US
from tests.unit.home import Home

PHONES = {
    "line_manager": "07700 900103",
    "dsl": "01632 960123",
    "deputy_dsl": "01632 960124",
    "on_call": "07700 900106",
    "trustee": "01632 960125",
}


def test_everybody_is_offered_by_their_role(home: Home) -> None:
    found = contacts.contacts(home.house, home.talk())
    assert found["on_call"].phone == PHONES["on_call"]
    assert found["safeguarding_lead"].name == "Duty DSL"
    assert found["line_manager"].name == "Line Manager"
    assert found["emergency"].phone == "999"


def test_nobody_is_told_to_ring_themselves(home: Home) -> None:
    assert contacts.contacts(home.house, home.talk("dsl"))["safeguarding_lead"].name == "Deputy DSL"


def test_somebody_named_in_the_words_is_not_offered(home: Home) -> None:
    talk = home.case("the duty dsl hits me")
    assert contacts.contacts(home.house, talk)["safeguarding_lead"].name == "Deputy DSL"


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5])
def test_a_left_out_person_is_offered_in_no_case(home: Home, count: int) -> None:
    for people in combinations(PHONES, count):
        talk = home.case("he hits me")
        with home.store.work() as work:
            for person in people:
                work.records.add_conflict(home.head(talk).id, person)
        offered = contacts.contacts(home.house, talk)
        assert not {PHONES[person] for person in people} & {
            contact.phone for contact in offered.values()
        }
        assert all(contact.phone for contact in offered.values())


def test_a_concern_about_somebody_here_goes_to_the_designated_officer(home: Home) -> None:
    talk = home.case("someone here hits me")
    capture.close_capture(home.house, talk)
    home.answer(talk, INVOLVES_US, "Yes", "yes")
    home.answer(talk, WHICH_OF_US, "the on-call manager", None)
    found = contacts.contacts(home.house, talk)
    assert found["outside"].name == "Local Authority Designated Officer"
    assert found["on_call"].name != "On-call Manager"


def test_an_adult_goes_to_adult_social_care(home: Home) -> None:
    talk = home.told_case()
    assert contacts.contacts(home.house, talk)["outside"].name == "Children's Services"
    home.answer(talk, "child_or_adult", "Adult", "adult")
    assert contacts.contacts(home.house, talk)["outside"].name == "Adult Social Care"


def test_out_of_hours_the_number_is_the_one_that_answers(home: Home) -> None:
    talk = home.talk()
    assert contacts.contacts(home.house, talk)["outside"].phone == "01632 960111"
    home.pass_time(hours=8)
    assert contacts.contacts(home.house, talk)["outside"].phone == "01632 960222"


def test_the_designated_officer_has_office_hours_and_somebody_else_answers_then(
    home: Home,
) -> None:
    talk = home.case("someone here hits me")
    home.answer(talk, INVOLVES_US, "Yes", "yes")
    home.pass_time(hours=8)
    assert contacts.contacts(home.house, talk)["outside"].name == "Children's Services"


def test_every_name_in_braces_is_filled(home: Home) -> None:
    slots = contacts.as_slots(contacts.contacts(home.house, home.talk()))
    names = {"on_call", "safeguarding_lead", "line_manager", "outside", "emergency"}
    assert {*names, "outside_name", *(f"{name}_phone" for name in names)} <= set(slots)
    assert all(slots.values())
