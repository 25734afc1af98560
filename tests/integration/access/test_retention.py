"""Drill 28: a review falls due, a hold beats all, two agree, and gone is gone everywhere."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import text

from casework import capture, escalate
from casework.errors import NotAllowed, ReasonMissing, UnknownRecord
from casework.vocabulary import INVOLVES_US, WHICH_OF_US, EntryKind
from escalation.tables import metadata as escalation_tables
from policy.pack import Retention
from records import access, notices, retention
from records.backup import back_up
from records.checkpoints import Signer, make
from records.engine import make_engine
from records.entries import RecordRows
from records.keyring import KeyRing
from records.keys import DataKeys, unlock
from records.notices import Notice
from records.restore import restore
from records.retention import Ground, State, add_months
from records.tables import metadata
from records.vault import Vault
from records.verify import verify
from tests.databases import empty_database
from tests.unit.home import KEY, Home
from tests.unit.website import signed_in

MARKER = "a marker in their words"
A_YEAR = timedelta(days=366)


def closed(home: Home, talk: str | None = None) -> str:
    """A case that somebody has taken and closed; its reference."""
    talk = talk or home.told_case(MARKER)
    head = home.head(talk)
    with home.store.work() as work:
        escalate.acknowledge(home.house, work, head.reference, "line_manager")
        work.escalations.close(head.id, "line_manager")
    home.queue.waiting.clear()
    return head.reference


def due(home: Home) -> str:
    reference = closed(home)
    home.clock.now += A_YEAR
    return reference


def state(home: Home, reference: str, person: str = "dsl") -> State:
    with home.store.read() as work:
        keeping = retention.of_record(work, home.house, person, reference)
        return keeping.state(work.now())


def decide(home: Home, what: Any, reference: str, by: str, **given: Any) -> None:
    if what is not retention.agree:
        given = {"reason": "we looked at it", **given}
    with home.store.work() as work:
        what(work, home.house, by=by, reference=reference, **given)


def propose(home: Home, reference: str, by: str = "dsl") -> None:
    decide(home, retention.propose, reference, by, ground=Ground.TIME_IS_OVER)


def legible(home: Home, reference: str) -> list[str]:
    seen = access.open_record(
        home.store, home.house, person="dsl", reference=reference, reason="to look"
    )
    return [str(entry.text) for entry in seen.entries if entry.kind is EntryKind.WORDS]


def test_a_record_falls_due_and_nothing_happens_to_it(home: Home) -> None:
    reference = closed(home)
    assert state(home, reference) is State.KEPT
    home.clock.now += A_YEAR
    assert state(home, reference) is State.DUE
    assert [one.reference for one in retention.of_all(home.store, home.house, "dsl")] == [reference]
    home.clock.now += 20 * A_YEAR
    assert legible(home, reference) == [MARKER]


def test_keeping_it_longer_is_a_decision_with_a_reason(home: Home) -> None:
    reference = due(home)
    with pytest.raises(ReasonMissing):
        decide(home, retention.keep_longer, reference, "dsl", months=6, reason=" ")
    for months in (0, -1, 121):
        with pytest.raises(NotAllowed):
            decide(home, retention.keep_longer, reference, "dsl", months=months)
    decide(home, retention.keep_longer, reference, "dsl", months=6)
    assert state(home, reference) is State.KEPT
    home.clock.now += timedelta(days=190)
    assert state(home, reference) is State.DUE


def test_two_agree_and_the_words_are_gone_but_not_that_they_were(home: Home) -> None:
    reference = due(home)
    other = closed(home)
    propose(home, reference)
    assert state(home, reference) is State.PROPOSED
    with pytest.raises(NotAllowed):
        decide(home, retention.agree, reference, "dsl")
    decide(home, retention.agree, reference, "dp_trustee")
    assert state(home, reference) is State.DESTROYED
    assert legible(home, reference) == [""]
    assert legible(home, other) == [MARKER]
    with home.engine.connect() as connection:
        assert verify(connection).fault is None
        head = home.store.over(connection).records.head_by_reference(reference)
        tracker = text("SELECT count(*) FROM dialogue_trackers WHERE conversation_id = :id")
        assert connection.execute(tracker, {"id": head.conversation_id}).scalar() == 0
        row = connection.execute(text("SELECT * FROM destructions")).one()
    assert (row.by, row.agreed_by, row.ground) == ("dsl", "dp_trustee", "time_is_over")
    kinds = [line.kind for line in notices.of(home.store, home.house, "deputy_dsl")]
    assert sorted(kinds) == [Notice.DESTROYED, Notice.DESTRUCTION_PROPOSED]
    for what in (retention.hold, retention.lift, retention.withdraw):
        with pytest.raises(NotAllowed):
            decide(home, what, reference, "dsl")


def test_a_legal_hold_beats_all(home: Home) -> None:
    reference = due(home)
    propose(home, reference)
    decide(home, retention.hold, reference, "deputy_dsl", reason="the court asks for it")
    assert state(home, reference) is State.ON_HOLD
    for person in ("dp_trustee", "deputy_dsl"):
        with pytest.raises(NotAllowed):
            decide(home, retention.agree, reference, person)
    with pytest.raises(NotAllowed):
        propose(home, reference)
    decide(home, retention.keep_longer, reference, "dsl", months=1)
    assert state(home, reference) is State.ON_HOLD
    decide(home, retention.lift, reference, "dsl", reason="the court is done")
    # What was proposed before the hold does not come back with it.
    with pytest.raises(NotAllowed):
        decide(home, retention.agree, reference, "dp_trustee")
    assert legible(home, reference) == [MARKER]


def test_nothing_goes_before_its_time_or_while_the_case_is_open(home: Home) -> None:
    with pytest.raises(NotAllowed):
        propose(home, closed(home))
    still_open = home.head(home.told_case(MARKER)).reference
    home.queue.waiting.clear()
    home.clock.now += A_YEAR
    with pytest.raises(NotAllowed):
        propose(home, still_open)


@pytest.mark.parametrize(
    ("person", "refusal"),
    [
        ("line_manager", NotAllowed),
        ("trustee", NotAllowed),
        ("auditor", NotAllowed),
        ("reporter", NotAllowed),
        ("volunteer", UnknownRecord),
        ("administrator", UnknownRecord),
    ],
)
def test_who_does_not_decide(home: Home, person: str, refusal: type[Exception]) -> None:
    reference = due(home)
    with pytest.raises(refusal):
        propose(home, reference, by=person)
    propose(home, reference)
    with pytest.raises(refusal):
        decide(home, retention.agree, reference, person)
    assert retention.of_all(home.store, home.house, person) == []


def test_a_reporter_who_is_dsl_is_neither_of_the_two(home: Home) -> None:
    talk = home.told_case(MARKER, person="dsl")
    head = home.head(talk)
    with home.store.work() as work:
        escalate.acknowledge(home.house, work, head.reference, "deputy_dsl")
        work.escalations.close(head.id, "deputy_dsl")
    home.clock.now += A_YEAR
    with pytest.raises(NotAllowed):
        propose(home, head.reference, by="dsl")
    propose(home, head.reference, by="deputy_dsl")
    with pytest.raises(NotAllowed):
        decide(home, retention.agree, head.reference, "dsl")


def test_whoever_it_concerns_neither_proposes_nor_agrees_nor_hears_of_it(home: Home) -> None:
    talk = home.case(MARKER, "someone here hits me")
    capture.close_capture(home.house, talk)
    home.answer(talk, INVOLVES_US, "Yes", "yes")
    home.answer(talk, WHICH_OF_US, "the deputy dsl", None)
    reference = closed(home, talk)
    home.clock.now += A_YEAR
    with pytest.raises(UnknownRecord):
        propose(home, reference, by="deputy_dsl")
    propose(home, reference)
    with pytest.raises(UnknownRecord):
        decide(home, retention.agree, reference, "deputy_dsl")
    assert notices.of(home.store, home.house, "deputy_dsl") == []


def test_a_proposal_of_somebody_who_has_left_does_not_count(home: Home) -> None:
    reference = due(home)
    propose(home, reference)
    home.leaves("dsl")
    with pytest.raises(NotAllowed):
        decide(home, retention.agree, reference, "dp_trustee")


async def test_the_desk_shows_what_is_due_and_two_people_end_it(home: Home, site: FastAPI) -> None:
    path = f"/desk/{due(home)}/keeping"
    async with signed_in(home, site, "dsl") as dsl:
        assert "(1 due)" in (await dsl.get("/desk")).text
        assert 'data-state="due"' in (await dsl.get("/desk/keeping")).text
        proposal = {"what": "propose", "ground": "time_is_over", "reason": "not needed"}
        assert (await dsl.submit(path, **proposal)).status_code == 303
        assert 'data-testid="agree"' not in (await dsl.get(path)).text
        assert (await dsl.submit(path, what="agree")).status_code == 422
    async with signed_in(home, site, "deputy_dsl") as deputy:
        assert (await deputy.submit(path, what="agree")).status_code == 303
        assert 'data-state="destroyed"' in (await deputy.get(path)).text
        page = await deputy.submit(path.removesuffix("/keeping"), reason="to look")
        assert MARKER not in page.text
        assert "were destroyed" in page.text
    async with signed_in(home, site, "line_manager") as manager:
        assert (await manager.get("/desk/keeping")).status_code == 404
        assert (await manager.get(path)).status_code == 404


def test_what_was_destroyed_does_not_come_back_with_an_older_backup(
    home: Home, tmp_path: Path
) -> None:
    reference = due(home)
    kept = closed(home)
    tables = [*metadata.sorted_tables, *escalation_tables.sorted_tables]
    make(home.engine, Signer(home.vault), home.clock)
    old = back_up(home.engine, home.vault, tables, tmp_path / "backup", home.clock)
    old_file = tmp_path / "older.backup"
    old_file.write_bytes(old.file.read_bytes())
    propose(home, reference)
    decide(home, retention.agree, reference, "dp_trustee")
    home.clock.now += timedelta(minutes=1)
    make(home.engine, Signer(home.vault), home.clock)
    new = back_up(home.engine, home.vault, tables, tmp_path / "backup", home.clock)

    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    with empty_database("sqlite", elsewhere) as url:
        engine = make_engine(url)
        vault = Vault(KeyRing.open(home.folder / KEY, may_make=False, environment={}))
        restore(
            engine,
            vault,
            old_file,
            new.keys,
            anchors=[],
            accept_loss=True,
            clock=home.clock,
        )
        with engine.begin() as connection:
            unlock(connection, vault)
            rows = RecordRows(connection, DataKeys(connection, vault), home.clock)
            texts = {
                one: [
                    str(entry.text)
                    for entry in rows.entries(rows.head_by_reference(one).id)
                    if entry.kind is EntryKind.WORDS
                ]
                for one in (reference, kept)
            }
        engine.dispose()
    assert texts == {reference: [""], kept: [MARKER]}


def test_months_and_kinds_are_the_packs() -> None:
    setting = Retention(review_after_months=12, by_kind={"breach": 6})
    assert (setting.months("disclosure"), setting.months("breach")) == (12, 6)
    at = datetime(2024, 1, 31, 9, tzinfo=UTC)
    assert [add_months(at, n).date().isoformat() for n in (1, 13, 12, 3)] == [
        "2024-02-29",
        "2025-02-28",
        "2025-01-31",
        "2024-04-30",
    ]
