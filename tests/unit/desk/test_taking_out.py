"""Taking something out at the desk: the same doors, the same reasons, and nothing left lying."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from fastapi import FastAPI

from casework import capture, record
from casework.facts import MessageKind
from casework.vocabulary import WHICH_OF_US, EntryKind, Topic
from tests.unit.home import Home
from tests.unit.papers import whole
from tests.unit.website import Browser, make_site, signed_in

MARKER = "a marker in their words"


@pytest.fixture
def site(home: Home) -> FastAPI:
    return make_site(home)


@pytest.fixture
async def dsl(home: Home, site: FastAPI) -> AsyncIterator[Browser]:
    async with signed_in(home, site, "dsl") as somebody:
        yield somebody


def signed_case(home: Home) -> str:
    talk = home.told_case(MARKER)
    record.file(home.house, talk, home.message(talk, "Sign", kind=MessageKind.PRESS).id)
    return talk


def address(home: Home, talk: str, page: str = "take-out") -> str:
    return f"/desk/{home.head(talk).reference}/{page}"


@pytest.mark.parametrize(
    ("paper", "more", "says"),
    [
        ("record", {}, MARKER),
        ("statement", {"lines": "1"}, "Statement of Family Worker"),
        ("evidence", {}, "Process evidence"),
    ],
)
async def test_a_paper_comes_as_a_file_that_is_kept_nowhere(
    home: Home, dsl: Browser, paper: str, more: dict[str, str], says: str
) -> None:
    talk = signed_case(home)
    before = sorted(home.folder.rglob("*"))
    answer = await dsl.submit(address(home, talk), paper=paper, reason="the court asks", **more)
    assert answer.status_code == 200
    assert says in whole(answer.content)
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"].startswith("attachment; filename=")
    assert answer.headers["cache-control"] == "no-store"
    assert sorted(home.folder.rglob("*")) == before


@pytest.mark.rule("H29")
async def test_it_is_a_reading_with_its_reason(home: Home, dsl: Browser) -> None:
    talk = signed_case(home)
    asked = {"paper": "record", "format": "json", "reason": "the court asks"}
    answer = await dsl.submit(address(home, talk), **asked)
    assert answer.json()["format"] == "heard export 1"
    assert home.texts(talk, EntryKind.ACCESS) == ["the court asks"]
    assert Topic.TAKEN_OUT in home.topics(talk)


async def test_without_a_reason_nothing_is_taken_out(home: Home, dsl: Browser) -> None:
    talk = signed_case(home)
    answer = await dsl.submit(address(home, talk), paper="record", reason=" ")
    assert answer.status_code == 422
    assert MARKER not in answer.text
    assert home.texts(talk, EntryKind.ACCESS) == []


async def test_why_a_paper_cannot_be_made_is_said(home: Home, dsl: Browser) -> None:
    talk = home.told_case(MARKER)
    for lines, said in (("1", "not signed"), ("x", "Write the numbers")):
        answer = await dsl.submit(address(home, talk), paper="statement", lines=lines, reason="r")
        assert (answer.status_code, said in answer.text) == (422, True)
        assert MARKER not in answer.text


async def test_somebody_who_signed_in_long_ago_proves_who_they_are_first(
    home: Home, dsl: Browser
) -> None:
    talk = signed_case(home)
    home.clock.now = home.clock.now.replace(minute=home.clock.now.minute + 25)
    answer = await dsl.submit(address(home, talk), paper="record", reason="the court asks")
    assert answer.status_code == 422
    assert home.texts(talk, EntryKind.ACCESS) == []


async def test_who_watches_the_process_takes_out_evidence_and_nothing_else(
    home: Home, site: FastAPI
) -> None:
    talk = signed_case(home)
    home.answer(talk, "subject", MARKER, None)
    async with signed_in(home, site, "dp_trustee") as trustee:
        page = await trustee.get(address(home, talk))
        assert 'value="evidence"' in page.text
        assert 'value="record"' not in page.text
        for paper in ("record", "statement", "sharing", "subject_access"):
            refused = await trustee.submit(address(home, talk), paper=paper, reason="r")
            assert refused.status_code == 404
        made = await trustee.submit(address(home, talk), paper="evidence", reason="audit")
        assert MARKER not in whole(made.content)
        assert (await trustee.get(address(home, talk, "review"))).status_code == 404


@pytest.mark.rule("K4")
@pytest.mark.parametrize("page", ["take-out", "review", "review/decisions"])
async def test_for_whoever_it_is_about_there_is_nothing_to_take_out(
    home: Home, dsl: Browser, page: str
) -> None:
    talk = signed_case(home)
    home.answer(talk, WHICH_OF_US, "Duty DSL", None)
    never = await dsl.submit(f"/desk/HRD-2026-999999/{page}", paper="record", reason="r")
    answer = await dsl.submit(address(home, talk, page), paper="record", reason="r")
    assert (answer.status_code, answer.text) == (404, never.text)
    if page != "review/decisions":
        assert (await dsl.get(address(home, talk, page))).status_code == 404
    assert home.texts(talk, EntryKind.ACCESS) == []


async def test_the_lines_are_looked_at_on_one_page_and_then_the_pack_is_made(
    home: Home, dsl: Browser
) -> None:
    talk = home.case("he hit me, Aunt May saw", "I was scared")
    capture.close_capture(home.house, talk)
    home.answer(talk, "involves_us", "No", "no")
    assert "Aunt May" not in (await dsl.get(address(home, talk, "review"))).text
    page = await dsl.submit(address(home, talk, "review"), reason="she asked")
    assert "Aunt May" in page.text
    given = {e.seq for e in home.entries(talk) if e.by == "reporter"} - {1}
    decisions = {f"decision-{seq}": "give" for seq in given} | {
        f"why-{seq}": "hers" for seq in given
    }
    first = {"decision-1": "third_party", "words-1": "aunt may\n", "why-1": "her aunt"}
    early = await dsl.submit(address(home, talk), paper="subject_access", reason="she asked")
    assert "Nobody has looked at these lines yet" in early.text
    kept = await dsl.submit(address(home, talk, "review/decisions"), **decisions, **first)
    assert 'data-testid="kept"' in kept.text
    made = await dsl.submit(address(home, talk), paper="subject_access", reason="she asked")
    text = whole(made.content)
    assert "he hit me, removed: about somebody else saw" in text
    assert "Aunt" not in text


async def test_a_decision_that_is_refused_is_said_and_the_others_are_kept(
    home: Home, dsl: Browser
) -> None:
    talk = home.told_case("one", "two")
    decisions = {"decision-1": "serious_harm", "why-1": "w", "decision-2": "give", "why-2": "w"}
    answer = await dsl.submit(address(home, talk, "review/decisions"), **decisions)
    assert "Line 1: Say who was asked about the harm" in answer.text
    assert "Kept for line 2." in answer.text


# ---- figures ----


async def test_figures_come_as_a_paper(home: Home, site: FastAPI) -> None:
    for _ in range(6):
        home.told_case(MARKER)
    home.clock.now = datetime(2026, 4, 2, 9, 0, tzinfo=UTC)
    async with signed_in(home, site, "trustee") as trustee:
        assert 'data-testid="figures"' in (await trustee.get("/desk/process")).text
        asked = {"quarter": "2026-Q1", "reason": "the board meets"}
        made = await trustee.submit("/desk/figures", **asked)
        assert "Somebody told us 6" in whole(made.content)
        early = await trustee.submit("/desk/figures", quarter="2026-Q2", reason="board")
        assert (early.status_code, "not over" in early.text) == (422, True)


@pytest.mark.parametrize("person", ["reporter", "line_manager", "on_call"])
async def test_figures_are_not_for_everybody(home: Home, site: FastAPI, person: str) -> None:
    async with signed_in(home, site, person) as somebody:
        assert (await somebody.get("/desk/figures")).status_code == 404
        asked = {"quarter": "2026-Q1", "reason": "r"}
        assert (await somebody.submit("/desk/figures", **asked)).status_code == 404
