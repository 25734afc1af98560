"""Drill 25: whoever the case is about gets no ping, row, count or search hit; another is asked.

Source: reliability.md P1. The house is the demonstration organisation, on each database.
"""

from __future__ import annotations

import pytest
from fastapi import FastAPI

from casework import capture
from casework.facts import EscalationStatus
from casework.vocabulary import INVOLVES_US, WHICH_OF_US
from records import access
from tests.unit.home import Home
from tests.unit.website import signed_in

NAMED = [
    ("the duty dsl", {"dsl"}),
    ("the safeguarding lead", {"dsl"}),
    ("my manager", {"line_manager"}),
    ("my boss", {"line_manager"}),
    ("the duty dsl and the deputy dsl", {"dsl", "deputy_dsl"}),
    ("the duty dsl, the deputy dsl and the on-call manager", {"dsl", "deputy_dsl", "on_call"}),
    # A nickname of the directory, and whoever reports to somebody named.
    ("the chair of the board and the on-call manager", {"trustee", "on_call", "deputy_dsl"}),
]


def sees(home: Home, person: str) -> int:
    return len(access.visible(home.store, home.house, person))


def case_about(home: Home, who: str) -> str:
    talk = home.case("someone here hits me")
    capture.close_capture(home.house, talk)
    home.answer(talk, INVOLVES_US, "Yes", "yes")
    home.answer(talk, WHICH_OF_US, who, None)
    return talk


@pytest.mark.parametrize(("who", "people"), NAMED)
def test_whoever_is_named_learns_nothing_and_somebody_else_is_asked_within_a_minute(
    home: Home, who: str, people: set[str]
) -> None:
    talk = case_about(home, who)
    home.pass_time(seconds=60)
    asked = set(home.asked_ever(talk))
    assert asked
    home.pass_time(days=2)
    assert not people & set(home.asked_ever(talk))
    assert [sees(home, person) for person in sorted(people)] == [0] * len(people)


@pytest.mark.parametrize("named_at", ["at once", "later"])
async def test_whoever_is_named_finds_it_on_no_page_and_can_press_nothing(
    home: Home, site: FastAPI, named_at: str
) -> None:
    if named_at == "at once":
        talk = case_about(home, "the duty dsl")
    else:
        talk = home.told_case()
        home.answer(talk, WHICH_OF_US, "the duty dsl", None)
    reference = home.head(talk).reference
    async with signed_in(home, site, "dsl") as alleged:
        pages = [
            await alleged.get(f"/desk{path}") for path in ("", "/rota", "/notices", "/keeping")
        ]
        pages.append(await alleged.submit("/desk/search", reference=reference))
        assert [page.status_code for page in pages] == [200] * 5
        # What they searched for stands in the field that they typed it into, and nowhere else.
        assert [page.text.count(f'data-reference="{reference}"') for page in pages] == [0] * 5
        assert [page.text.count(f"/desk/{reference}") for page in pages] == [0] * 5
        for path in ("", "/ladder"):
            assert (await alleged.get(f"/desk/{reference}{path}")).status_code == 404
        for press in ("acknowledge", "ladder/pass"):
            assert (await alleged.submit(f"/desk/{reference}/{press}")).status_code == 404
    async with signed_in(home, site, "deputy_dsl") as other:
        assert reference in (await other.get("/desk")).text


@pytest.mark.parametrize(("who", "people"), NAMED)
def test_whoever_is_named_later_learns_nothing_from_then_on(
    home: Home, who: str, people: set[str]
) -> None:
    talk = home.told_case()
    before = len(home.asked_ever(talk))
    home.answer(talk, WHICH_OF_US, who, None)
    home.pass_time(days=2)
    assert not people & set(home.asked_ever(talk)[before:])
    assert [sees(home, person) for person in sorted(people)] == [0] * len(people)


def test_when_nobody_independent_is_left_the_reporter_gets_the_numbers_outside(
    home: Home,
) -> None:
    everybody = "my manager, the duty dsl, the deputy dsl, the on-call manager, the trustees"
    talk = case_about(home, everybody)
    climb = home.climb(talk)
    assert climb is not None
    assert (climb.status, climb.asked) == (EscalationStatus.UNDELIVERED, ())
    home.pass_time(hours=2)
    links = home.turns(talk)[-1]["replies"][0]["links"]
    outside = home.house.organisation.local_authority["designated_officer"].in_hours
    assert f"tel:{outside.replace(' ', '')}" in [link["href"] for link in links]
