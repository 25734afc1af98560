"""Drill 24: whoever has no need finds nothing, at the same cost, and that they asked is kept."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, event, select

from casework import capture
from casework.errors import NotAllowed, ReasonMissing, UnknownRecord
from casework.vocabulary import INVOLVES_US, WHICH_OF_US, EntryKind, Topic
from records import access, notices, signing, widening
from records.notices import Notice
from records.permissions import CONTENT, Part
from records.tables import attempts
from tests.unit.home import Home
from tests.unit.website import browser, signed_in

MARKER = "a marker in their words"
NEVER_WAS = "HRD-2026-999999"


def about_dsl(home: Home) -> str:
    """A case that has gone up, about the Duty DSL; its reference."""
    talk = home.case(MARKER, "someone here hits me")
    capture.close_capture(home.house, talk)
    home.answer(talk, INVOLVES_US, "Yes", "yes")
    home.answer(talk, WHICH_OF_US, "the duty dsl", None)
    return home.head(talk).reference


def told(home: Home) -> str:
    return home.head(home.told_case(MARKER)).reference


def opened(home: Home, person: str, reference: str, reason: str = "to act") -> access.Opened:
    return access.open_record(
        home.store, home.house, person=person, reference=reference, reason=reason
    )


def asked_for(home: Home) -> list[tuple[str, str]]:
    with home.engine.connect() as connection:
        query = select(attempts.c.person, attempts.c.reference).order_by(attempts.c.at)
        return [(row.person, row.reference) for row in connection.execute(query)]


def told_kinds(home: Home, person: str) -> list[Notice]:
    return [line.kind for line in notices.of(home.store, home.house, person)]


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    """Every statement that the database is asked meanwhile."""
    said: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        said.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield said
    event.remove(engine, "before_cursor_execute", note)


# ---- refused, the same whether there is such a record or not ----


@pytest.mark.parametrize("person", ["volunteer", "dsl", "on_call", "administrator", "nobody"])
def test_what_is_not_there_and_what_is_not_theirs_cost_the_same(home: Home, person: str) -> None:
    reference = about_dsl(home)
    said, took = {}, {}
    for wanted in (reference, NEVER_WAS):
        with statements(home.engine) as asked, pytest.raises(UnknownRecord) as refused:
            opened(home, person, wanted)
        said[wanted] = (asked, str(refused.value))
        took[wanted] = statistics.median(_time(home, person, wanted) for _ in range(15))
        home.clock.now += timedelta(hours=2)  # many in an hour are told to a trustee
    assert said[reference] == said[NEVER_WAS]
    there, nowhere = (took[wanted] * 1000 for wanted in (reference, NEVER_WAS))
    print(f"\n{home.engine.dialect.name} {person}: {there:.1f} ms there, {nowhere:.1f} ms nowhere")
    assert (person, reference) in asked_for(home)
    assert (person, NEVER_WAS) in asked_for(home)


def _time(home: Home, person: str, reference: str) -> float:
    began = time.perf_counter()
    with pytest.raises(UnknownRecord):
        opened(home, person, reference)
    return time.perf_counter() - began


@pytest.mark.parametrize("person", ["volunteer", "dsl", "on_call", "administrator"])
async def test_guessed_addresses_lists_and_buttons_show_nothing(
    home: Home, site: FastAPI, person: str
) -> None:
    reference = about_dsl(home)
    async with signed_in(home, site, person) as somebody:
        for path in ("", "/acknowledge", "/who-sees-it"):
            there = await somebody.submit(f"/desk/{reference}{path}", reason="to see")
            never = await somebody.submit(f"/desk/{NEVER_WAS}{path}", reason="to see")
            assert (there.status_code, there.text) == (404, never.text)
            if path != "/acknowledge":
                there = await somebody.get(f"/desk/{reference}{path}")
                never = await somebody.get(f"/desk/{NEVER_WAS}{path}")
                assert (there.status_code, there.text) == (404, never.text)
        for page in ("/desk", "/desk/process", "/desk/notices", "/"):
            assert reference not in (await somebody.get(page)).text
    assert access.visible(home.store, home.house, person) == []


async def test_a_made_up_session_opens_nothing(home: Home, site: FastAPI) -> None:
    reference = told(home)
    async with browser(site) as nobody:
        nobody.http.cookies.set("heard", "x" * 43)
        answer = await nobody.get(f"/desk/{reference}")
        assert answer.status_code == 401
        assert MARKER not in answer.text
        assert (await nobody.submit(f"/desk/{reference}", reason="r")).status_code == 401


async def test_whoever_looks_after_it_sees_who_was_refused(home: Home, site: FastAPI) -> None:
    reference = told(home)
    async with signed_in(home, site, "on_call") as outsider:
        await outsider.get(f"/desk/{reference}")
    async with signed_in(home, site, "dsl") as dsl:
        page = (await dsl.submit(f"/desk/{reference}", reason="to act")).text
    assert "On-call Manager" in page[page.index('data-testid="refused"') :]


# ---- every reading has a reason and a signature ----


def test_a_reading_is_signed_and_a_changed_one_does_not_hold(home: Home) -> None:
    reference = told(home)
    seen = opened(home, "dsl", reference, "to ring their school")
    (visit,) = (entry for entry in seen.entries if entry.kind is EntryKind.ACCESS)
    key = signing.public_key(home.vault)
    assert signing.holds(key, reference, visit)
    assert seen.unsigned == frozenset()
    for forged in (
        replace(visit, by="deputy_dsl"),
        replace(visit, text=type(visit.text)("another reason")),
        replace(visit, told_at=home.clock.now.replace(year=2020)),
        replace(visit, value=None),
        replace(visit, value='{"parts": [], "signature": "zz"}'),
    ):
        assert not signing.holds(key, reference, forged)
    assert not signing.holds(key, NEVER_WAS, visit)


def test_without_a_reason_nothing_opens_for_anybody(home: Home) -> None:
    reference = told(home)
    for reason in ("", " ", "x" * 501):
        with pytest.raises(ReasonMissing):
            opened(home, "dsl", reference, reason)
        with pytest.raises(ReasonMissing):
            access.break_glass(
                home.store, home.house, person="on_call", reference=reference, reason=reason
            )


# ---- proving it again ----


async def test_exact_words_ask_again_who_one_is_after_a_while(home: Home, site: FastAPI) -> None:
    path = f"/desk/{told(home)}"
    async with signed_in(home, site, "dsl") as dsl:
        short = await dsl.submit("/desk/passphrase", passphrase="short")
        assert short.status_code == 422
        await dsl.submit("/desk/passphrase", passphrase="green boats at noon")
        assert MARKER in (await dsl.submit(path, reason="to act")).text
        home.clock.now = home.clock.now.replace(minute=20)
        assert 'data-testid="passphrase"' in (await dsl.get(path)).text
        for wrong in ("", "red boats at noon"):
            page = await dsl.submit(path, reason="to act", passphrase=wrong)
            assert page.status_code == 422
            assert MARKER not in page.text
        page = await dsl.submit(path, reason="to act", passphrase="green boats at noon")
        assert MARKER in page.text
        assert MARKER in (await dsl.submit(path, reason="to act")).text  # proved for a while


async def test_five_wrong_passphrases_shut_it_until_the_next_link(
    home: Home, site: FastAPI
) -> None:
    path = f"/desk/{told(home)}"
    async with signed_in(home, site, "dsl") as dsl:
        await dsl.submit("/desk/passphrase", passphrase="green boats at noon")
        home.clock.now = home.clock.now.replace(minute=20)
        for _ in range(5):
            await dsl.submit(path, reason="to act", passphrase="wrong wrong wrong")
        page = await dsl.submit(path, reason="to act", passphrase="green boats at noon")
        assert MARKER not in page.text
        assert 'data-testid="sign-in-again"' in page.text
        await dsl.submit("/desk/passphrase", passphrase="set with a stolen session")
        page = await dsl.submit(path, reason="to act", passphrase="set with a stolen session")
        assert MARKER not in page.text
    async with signed_in(home, site, "dsl") as anew:
        assert MARKER in (await anew.submit(path, reason="to act")).text


async def test_whoever_watches_the_process_is_not_asked(home: Home, site: FastAPI) -> None:
    path = f"/desk/{told(home)}"
    async with signed_in(home, site, "trustee") as trustee:
        home.clock.now = home.clock.now.replace(minute=20)
        assert (await trustee.submit(path, reason="to check")).status_code == 200


# ---- unusual reading ----


def test_many_records_in_an_hour_are_told_to_a_trustee_once(home: Home) -> None:
    references = [told(home) for _ in range(12)]
    for reference in references:
        opened(home, "dsl", reference)
    assert told_kinds(home, "dp_trustee") == [Notice.MANY_RECORDS]
    assert told_kinds(home, "dsl") == []
    assert told_kinds(home, "trustee") == []


def test_reading_out_of_hours_in_bulk_is_told(home: Home) -> None:
    references = [told(home) for _ in range(4)]
    home.clock.now = datetime(2026, 3, 3, 23, 30, tzinfo=UTC)
    for reference in references:
        opened(home, "dsl", reference)
    assert told_kinds(home, "dp_trustee") == [Notice.OUT_OF_HOURS]


def test_a_record_with_the_readers_own_last_name_is_told_without_it(home: Home) -> None:
    people = tuple(
        one.model_copy(update={"name": "Ada Finch"}) if one.id == "deputy_dsl" else one
        for one in home.house.organisation.people
    )
    home.organise(people)
    talk = home.told_case()
    home.answer(talk, "subject", "Tom FINCH, he is 8", None)
    opened(home, "deputy_dsl", home.head(talk).reference)
    (line,) = notices.of(home.store, home.house, "dp_trustee")
    assert (line.kind, line.about, line.reference) == (Notice.OWN_NAME, "deputy_dsl", None)


def test_asking_again_and_again_for_what_is_not_theirs_is_told(home: Home) -> None:
    reference = told(home)
    for wanted in (reference, NEVER_WAS, reference):
        with pytest.raises(UnknownRecord):
            opened(home, "on_call", wanted)
    assert told_kinds(home, "dp_trustee") == [Notice.REFUSED]


def test_a_trustee_is_not_told_about_themselves(home: Home) -> None:
    for _ in range(3):
        with pytest.raises(UnknownRecord):
            opened(home, "dp_trustee", NEVER_WAS)
    assert told_kinds(home, "dp_trustee") == []
    assert told_kinds(home, "trustee") == [Notice.REFUSED]


# ---- breaking the glass ----


def test_breaking_the_glass_opens_once_and_tells_two_others(home: Home) -> None:
    reference = told(home)
    seen = access.break_glass(
        home.store, home.house, person="on_call", reference=reference, reason="they rang me"
    )
    assert MARKER in [str(entry.text) for entry in seen.entries]
    assert told_kinds(home, "dsl") == told_kinds(home, "dp_trustee") == [Notice.BREAK_GLASS]
    assert told_kinds(home, "on_call") == []
    with pytest.raises(UnknownRecord):
        opened(home, "on_call", reference)


@pytest.mark.parametrize("person", ["dsl", "deputy_dsl", "volunteer", "administrator", "auditor"])
def test_nobody_in_conflict_and_nobody_without_a_task_breaks_the_glass(
    home: Home, person: str
) -> None:
    reference = about_dsl(home)  # the deputy may see it without
    with statements(home.engine) as there, pytest.raises(UnknownRecord):
        access.break_glass(home.store, home.house, person=person, reference=reference, reason="r")
    with statements(home.engine) as nowhere, pytest.raises(UnknownRecord):
        access.break_glass(home.store, home.house, person=person, reference=NEVER_WAS, reason="r")
    assert there == nowhere


def test_whom_it_is_about_is_not_told_that_the_glass_was_broken(home: Home) -> None:
    reference = about_dsl(home)
    access.break_glass(
        home.store, home.house, person="on_call", reference=reference, reason="they rang me"
    )
    assert told_kinds(home, "dsl") == []
    assert told_kinds(home, "dp_trustee") == told_kinds(home, "deputy_dsl") == [Notice.BREAK_GLASS]


# ---- widening and narrowing ----


def change(home: Home, reference: str, **given: Any) -> None:
    with home.store.work() as work:
        about = {"by": "dsl", "person": "on_call", "reason": "they cover the visit"}
        widening.change(
            work, home.house, reference=reference, **{"parts": CONTENT, **about, **given}
        )


def test_adding_somebody_is_a_decision_with_a_name_a_reason_and_an_entry(home: Home) -> None:
    reference = told(home)
    with pytest.raises(UnknownRecord):
        opened(home, "on_call", reference)
    change(home, reference, parts=[Part.WORDS])
    seen = opened(home, "on_call", reference)
    assert MARKER in [str(entry.text) for entry in seen.entries]
    (decision,) = (
        e for e in opened(home, "dsl", reference).entries if e.topic == Topic.ACCESS_CHANGED
    )
    assert (decision.by, str(decision.text)) == ("dsl", "they cover the visit")
    assert told_kinds(home, "on_call") == [Notice.ADDED]
    change(home, reference, parts=[], reason="the visit is over")
    with pytest.raises(UnknownRecord):
        opened(home, "on_call", reference)
    with pytest.raises(UnknownRecord):
        access.break_glass(
            home.store, home.house, person="on_call", reference=reference, reason="r"
        )


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"by": "line_manager"}, NotAllowed),
        ({"by": "trustee"}, NotAllowed),
        ({"by": "volunteer"}, UnknownRecord),
        ({"person": "dsl"}, NotAllowed),
        ({"person": "reporter", "parts": []}, NotAllowed),
        ({"person": "nobody"}, UnknownRecord),
        ({"reason": " "}, ReasonMissing),
    ],
)
def test_only_the_safeguarding_lead_decides_and_never_for_themselves(
    home: Home, given: dict[str, Any], refusal: type[Exception]
) -> None:
    reference = told(home)
    with pytest.raises(refusal):
        change(home, reference, **given)


def test_nobody_in_conflict_is_ever_added(home: Home) -> None:
    reference = about_dsl(home)
    with pytest.raises(NotAllowed):
        change(home, reference, by="deputy_dsl", person="dsl")


async def test_naming_a_conflict_on_the_desk_ends_it_for_them(home: Home, site: FastAPI) -> None:
    talk = home.told_case(MARKER)
    reference = home.head(talk).reference
    async with signed_in(home, site, "dsl") as dsl:
        page = f"/desk/{reference}/who-sees-it"
        assert "Line Manager" in (await dsl.get(page)).text
        answer = await dsl.submit(
            page, person="line_manager", change="conflict", reason="it is about their team"
        )
        assert answer.status_code == 303
    async with signed_in(home, site, "line_manager") as manager:
        assert reference not in (await manager.get("/desk")).text
        assert (await manager.get(f"/desk/{reference}")).status_code == 404
    assert "line_manager" in home.left_out(talk)
    climb = home.climb(talk)
    assert climb is not None
    assert "line_manager" not in climb.asked
