"""Who may know that a record exists: the whole table, and nobody left out in any row of it."""

from __future__ import annotations

from itertools import product

import pytest

from casework.facts import RecordHead
from casework.vocabulary import RecordKind
from records.permissions import Circumstances, has_desk, may_see
from tests.unit.home import TUESDAY_TWO_O_CLOCK, Home

PEOPLE = (
    *("reporter", "volunteer", "line_manager", "dsl", "deputy_dsl"),
    *("on_call", "trustee", "dp_trustee"),
)
# Without being asked: the reporter, their own line manager, and whoever looks after every record.
BY_OFFICE = {
    "reporter": {"reporter", "line_manager", "dsl", "deputy_dsl"},
    "volunteer": {"volunteer", "line_manager", "dsl", "deputy_dsl"},
    "line_manager": {"line_manager", "on_call", "dsl", "deputy_dsl"},
    "dsl": {"dsl", "trustee", "deputy_dsl"},
}


def head(reporter: str) -> RecordHead:
    return RecordHead(
        id="r",
        reference="HRD-2026-000001",
        kind=RecordKind.DISCLOSURE,
        conversation_id="c",
        reporter=reporter,
        opened_at=TUESDAY_TWO_O_CLOCK,
        pack="p",
        pack_version="1",
        pack_hash="0",
    )


def sees(home: Home, person: str, reporter: str, given: Circumstances) -> bool:
    return may_see(home.house.organisation, person, head(reporter), given)


@pytest.mark.parametrize("reporter", BY_OFFICE)
@pytest.mark.parametrize("person", PEOPLE)
def test_a_record_is_seen_by_office_or_by_being_asked(
    home: Home, person: str, reporter: str
) -> None:
    unasked = Circumstances(left_out=frozenset(), asked=frozenset(), has_gone_up=True)
    asked = Circumstances(left_out=frozenset(), asked=frozenset({person}), has_gone_up=True)
    assert sees(home, person, reporter, unasked) is (person in BY_OFFICE[reporter])
    assert sees(home, person, reporter, asked)


@pytest.mark.parametrize("reporter", BY_OFFICE)
@pytest.mark.parametrize("person", PEOPLE)
def test_whoever_is_left_out_sees_nothing_whatever_their_office(
    home: Home, person: str, reporter: str
) -> None:
    for asked, has_gone_up in product((frozenset[str](), frozenset({person})), (True, False)):
        given = Circumstances(left_out=frozenset({person}), asked=asked, has_gone_up=has_gone_up)
        assert sees(home, person, reporter, given) is (person == reporter)


@pytest.mark.parametrize("reporter", BY_OFFICE)
@pytest.mark.parametrize("person", PEOPLE)
def test_until_it_has_gone_up_only_the_reporter_knows_of_it(
    home: Home, person: str, reporter: str
) -> None:
    given = Circumstances(left_out=frozenset(), asked=frozenset(), has_gone_up=False)
    assert sees(home, person, reporter, given) is (person == reporter)


@pytest.mark.parametrize(
    ("person", "is_there"),
    [
        ("reporter", False),
        ("volunteer", False),
        *((person, True) for person in PEOPLE[2:]),
    ],
)
def test_the_desk_is_for_whoever_may_have_to_act(home: Home, person: str, is_there: bool) -> None:
    assert has_desk(home.house.organisation, person) is is_there
