"""Leaving and leave: out at once, everywhere; cases are asked of others, read and signed for."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI

from casework import capture, escalate
from casework.absences import today
from casework.errors import NotAllowed, ReasonMissing, UnknownRecord
from casework.organisation import load_organisation
from casework.vocabulary import INVOLVES_US, WHICH_OF_US, Topic
from records import access, leaving, notices
from records.notices import Notice
from records.presence import Presence
from run.people import People
from run.settings import DEMONSTRATION
from tests.unit.home import Home
from tests.unit.website import browser, signed_in

MARKER = "a marker in their words"


def leave(home: Home, person: str = "dsl", successor: str = "deputy_dsl", **given: object) -> int:
    about = {"by": "administrator", "reason": "a new job", **given}
    passed = leaving.leave(
        home.store,
        home.house,
        person=person,
        successor=successor,
        **about,  # type: ignore[arg-type]
    )
    settle(home)
    return passed


def settle(home: Home) -> None:
    """What the running service does within a second."""
    with home.store.read() as work:
        absent = Presence(work.connection, work.now).absent()
    home.house.on_file = home.house.on_file or home.house.organisation
    home.house.organisation = today(home.house.everybody, absent)
    home.around.organisation = home.house.organisation
    leaving.free_cases(home.store, home.house.organisation)


def taken(home: Home, person: str = "dsl") -> str:
    """The conversation of a case that this person has."""
    talk = home.told_case(MARKER)
    with home.store.work() as work:
        escalate.acknowledge(home.house, work, home.head(talk).reference, person)
    return talk


async def test_a_leaver_is_out_at_once_and_everywhere(home: Home, site: FastAPI) -> None:
    reference = home.head(taken(home)).reference
    unused = home.links.make("dsl")
    async with signed_in(home, site, "dsl") as dsl:
        assert (await dsl.get("/desk")).status_code == 200
        about = {"person": "dsl", "successor": "deputy_dsl", "by": "administrator"}
        leaving.leave(home.store, home.house, reason="a new job", **about)
        # Nothing was reloaded yet: the session, every button and every stream end by themselves.
        for page in ("/desk", f"/desk/{reference}", "/", "/api/conversations"):
            assert (await dsl.get(page)).status_code == 401
        answer = await dsl.submit(f"/desk/{reference}", reason="one last look")
        assert answer.status_code == 401
    async with browser(site) as again:
        assert (await again.get(f"/sign-in/{unused}")).status_code == 410
        assert (await again.sign_in(unused)).status_code == 410
    lines = notices.of(home.store, home.house, "dp_trustee")
    assert [(line.kind, line.about) for line in lines] == [(Notice.AFTER_LEAVING, "dsl")]


def test_the_case_of_a_leaver_is_asked_of_somebody_else_and_never_quiet(home: Home) -> None:
    talk = taken(home)
    assert leave(home) == 1
    climb = home.climb(talk)
    assert climb is not None
    assert climb.acknowledged_by is None
    assert "deputy_dsl" in climb.asked
    assert "dsl" not in climb.asked
    assert climb.due_at is not None
    with pytest.raises(UnknownRecord):
        access.open_record(
            home.store,
            home.house,
            person="dsl",
            reference=home.head(talk).reference,
            reason="r",
        )


async def test_the_successor_reads_and_then_signs(home: Home, site: FastAPI) -> None:
    talk = taken(home)
    leave(home)
    (case,) = leaving.to_read(home.store, home.house, "deputy_dsl")
    assert leaving.waiting(home.store) == {"deputy_dsl": 1}
    async with signed_in(home, site, "deputy_dsl") as deputy:
        assert 'data-testid="handover"' in (await deputy.get("/desk")).text
        early = await deputy.submit(f"/desk/handover/{case.id}")
        assert early.status_code == 409
        home.clock.now += timedelta(minutes=1)
        await deputy.submit(f"/desk/{case.reference}", reason="I take over")
        assert (await deputy.submit(f"/desk/handover/{case.id}")).status_code == 303
        assert 'data-testid="nothing-to-read"' in (await deputy.get("/desk/handover")).text
    async with signed_in(home, site, "on_call") as other:
        assert (await other.submit(f"/desk/handover/{case.id}")).status_code == 404
    topics = home.topics(talk)
    assert topics.index(Topic.SUCCESSION) < topics.index(Topic.HANDOVER_SIGNED)


def test_a_case_that_concerns_the_successor_does_not_pass_to_them(home: Home) -> None:
    talk = home.case(MARKER, "someone here hits me")
    capture.close_capture(home.house, talk)
    home.answer(talk, INVOLVES_US, "Yes", "yes")
    home.answer(talk, WHICH_OF_US, "the deputy dsl", None)
    with home.store.work() as work:
        escalate.acknowledge(home.house, work, home.head(talk).reference, "dsl")
    assert leave(home) == 0
    assert leaving.to_read(home.store, home.house, "deputy_dsl") == []
    assert [one.head.id for one in access.visible(home.store, home.house, "deputy_dsl")] == []
    climb = home.climb(talk)
    assert climb is not None
    assert "deputy_dsl" not in climb.asked
    (line,) = notices.of(home.store, home.house, "dp_trustee")
    assert line.kind is Notice.NEEDS_SOMEBODY


def test_leave_ends_by_itself_and_the_person_is_back(home: Home) -> None:
    leave(home, until=home.clock.now + timedelta(days=14))
    assert home.house.organisation.people_with_role("dsl", home.clock.now) == ("deputy_dsl",)
    home.clock.now += timedelta(days=15)
    settle(home)
    assert home.house.organisation.people_with_role("dsl", home.clock.now) == ("dsl",)


def test_somebody_who_had_not_left_comes_back(home: Home) -> None:
    leave(home)
    with pytest.raises(NotAllowed):
        leaving.come_back(home.store, home.house, person="dsl", by="line_manager")
    leaving.come_back(home.store, home.house, person="dsl", by="administrator")
    settle(home)
    assert "dsl" in {one.id for one in home.house.organisation.people}
    with pytest.raises(NotAllowed):
        leaving.come_back(home.store, home.house, person="dsl", by="administrator")


@pytest.mark.parametrize("called", ["the duty dsl", "the safeguarding lead"])
def test_whoever_is_away_can_still_be_complained_about(home: Home, called: str) -> None:
    leave(home, until=home.clock.now + timedelta(days=14))
    talk = home.case(MARKER, "someone here hits me")
    capture.close_capture(home.house, talk)
    home.answer(talk, INVOLVES_US, "Yes", "yes")
    home.answer(talk, WHICH_OF_US, called, None)
    home.clock.now += timedelta(days=15)
    settle(home)
    assert access.visible(home.store, home.house, "dsl") == []


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"by": "line_manager"}, NotAllowed),
        ({"by": "volunteer"}, NotAllowed),
        ({"by": "dsl"}, NotAllowed),
        ({"successor": "dsl"}, NotAllowed),
        ({"successor": "volunteer"}, NotAllowed),
        ({"successor": "administrator"}, NotAllowed),
        ({"by": "trustee", "successor": "trustee"}, NotAllowed),
        ({"person": "nobody"}, UnknownRecord),
        ({"reason": " "}, ReasonMissing),
    ],
)
def test_who_may_send_whom_away(
    home: Home, given: dict[str, str], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        leave(home, **given)


async def test_whoever_is_struck_from_the_file_is_out_without_a_restart(
    home: Home, site: FastAPI, tmp_path: Path
) -> None:
    talk = taken(home)
    file = tmp_path / "organisation.yml"
    shutil.copy(DEMONSTRATION, file)
    people = People(file, load_organisation(file), home.engine, home.clock)

    def follow(organisation: object) -> None:
        home.house.organisation = home.around.organisation = organisation  # type: ignore[assignment]

    assert not people.refresh(home.store, follow)
    async with signed_in(home, site, "dsl") as dsl:
        text = file.read_text(encoding="utf-8")
        start, end = text.index("  - id: dsl\n"), text.index("  - id: deputy_dsl\n")
        struck = text[:start] + text[end:].replace("people: [dsl]", "people: [deputy_dsl]").replace(
            "{role: dsl, people: [deputy_dsl], when: always}",
            "{role: deputy_dsl, people: [deputy_dsl], when: always}",
        )
        file.write_text("people: [", encoding="utf-8")
        assert not people.refresh(home.store, follow)  # a broken file is not taken
        assert (await dsl.get("/desk")).status_code == 200
        file.write_text(struck, encoding="utf-8")
        assert people.refresh(home.store, follow)
        assert (await dsl.get("/desk")).status_code == 401
    climb = home.climb(talk)
    assert climb is not None
    assert climb.acknowledged_by is None
    assert "dsl" not in climb.asked
