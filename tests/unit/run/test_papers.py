"""Papers for trustees: what was done and how often, without names, words or small numbers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from casework import record
from casework.facts import MessageKind
from casework.vocabulary import WHICH_OF_US, EntryKind
from records.exports import board
from records.exports.record import Archive
from tests.unit.home import Home
from tests.unit.papers import whole
from tests.unit.run.commandline import Command, command_in, out

WORDS = "a marker in their words"
SUBJECT = "Amina Marker"
AFTER = datetime(2026, 4, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def heard(home: Home) -> Command:
    return command_in(home)


def evidence(heard: Command, ref: str, who: str, *more: str) -> Any:
    return heard("records", "evidence", ref, "--as", who, "--reason", "yearly audit", *more)


@pytest.mark.rule("H20", "H21")
@pytest.mark.parametrize("format_", ["json", "pdf"])
def test_the_evidence_shows_what_was_done_and_no_name_or_word(
    home: Home, heard: Command, format_: str
) -> None:
    talk = home.told_case(WORDS)
    home.answer(talk, "subject", SUBJECT, None)
    made = evidence(heard, home.head(talk).reference, "dp_trustee", "--format", format_)
    assert made.exit_code == 0, made.output
    text = made.stdout if format_ == "json" else whole(made.stdout_bytes)
    names = {person.name for person in home.house.organisation.people}
    roles = {role.title for role in home.house.pack.roles.values()}
    for secret in (WORDS, SUBJECT, "Marker", *(names - roles)):
        assert secret not in text
    assert "Line manager" in text or "Line Manager" in text


def test_the_evidence_says_which_clocks_were_met_and_whether_the_chain_holds(
    home: Home, heard: Command
) -> None:
    talk = home.told_case(WORDS)
    home.pass_time(minutes=2)
    with home.store.work() as work:
        work.escalations.acknowledge(home.head(talk).id, "line_manager")
    ref = home.head(talk).reference
    content = out(evidence(heard, ref, "dp_trustee", "--format", "json"))
    answered = {one["name"]: one for one in content["clocks"]}["answered"]
    assert (answered["met"], answered["took_seconds"]) == (True, 120)
    assert content["chain"]["faults"] == []
    assert content["readings"] == {"Trustee": 1}
    assert len(content["lines"]) == len(home.entries(talk))
    assert "All" in whole(evidence(heard, ref, "dp_trustee").stdout_bytes)


@pytest.mark.rule("H29")
def test_the_evidence_is_a_reading_and_not_for_the_person_complained_about(
    home: Home, heard: Command
) -> None:
    talk = home.told_case(WORDS)
    ref = home.head(talk).reference
    evidence(heard, ref, "dp_trustee")
    assert home.texts(talk, EntryKind.ACCESS) == ["yearly audit"]
    home.answer(talk, WHICH_OF_US, "Data Protection Trustee", None)
    never = evidence(heard, "HRD-2026-999999", "dp_trustee")
    refused = evidence(heard, ref, "dp_trustee")
    assert (refused.exit_code, refused.output) == (1, never.output)


# ---- figures ----


def archive(home: Home) -> Archive:
    return Archive(home.store, home.house)


def paper(home: Home, person: str = "dp_trustee", quarter: str = "2026-Q1") -> board.BoardPaper:
    return board.make_board_paper(archive(home), person=person, quarter=quarter, reason="board")


def table(made: board.BoardPaper, name: str) -> dict[str, int | None] | None:
    return next(one.counts for one in made.tables if one.name == name)


def busy_quarter(home: Home, cases: int) -> list[str]:
    """Cases of March, one of them filed; it is April now."""
    talks = [home.told_case(WORDS) for _ in range(cases)]
    record.file(home.house, talks[0], home.message(talks[0], "Sign", kind=MessageKind.PRESS).id)
    home.clock.now = AFTER
    return talks


@pytest.mark.rule("H20", "H27")
def test_figures_hold_back_what_is_small_and_what_would_give_it_away(home: Home) -> None:
    busy_quarter(home, 12)
    made = paper(home)
    assert made.total == 12
    assert table(made, "kind") == {
        "disclosure": 12,
        "concern": 0,
        "decision": 0,
        "official_request": 0,
        "breach": 0,
        "duty": 0,
        "worry": 0,
    }
    assert table(made, "closed") == {"closed": 0, "filed": None, "open": None}


@pytest.mark.rule("H20", "H27")
def test_few_cases_are_not_counted_at_all(home: Home) -> None:
    busy_quarter(home, 4)
    made = paper(home)
    assert made.total is None
    assert all(one.counts is None for one in made.tables)


def test_what_happened_after_the_quarter_does_not_change_its_paper(home: Home) -> None:
    talks = busy_quarter(home, 12)
    before = paper(home).tables
    with home.store.work() as work:
        for talk in talks[1:8]:
            work.escalations.acknowledge(home.head(talk).id, "dsl")
    for talk in talks[1:8]:
        record.file(home.house, talk, home.message(talk, "Sign", kind=MessageKind.PRESS).id)
    assert paper(home).tables == before


def test_a_quarter_that_is_not_over_has_no_paper(home: Home, heard: Command) -> None:
    home.told_case(WORDS)
    for quarter, said in (("2099-Q4", "not over"), ("2026", "such as"), ("2026-Q5", "such as")):
        asked = ("--as", "dp_trustee", "--quarter", quarter, "--reason", "board")
        refused = heard("records", "board-paper", *asked)
        assert (refused.exit_code, said in refused.output) == (1, True)


@pytest.mark.parametrize("who", ["reporter", "volunteer", "line_manager", "on_call"])
def test_figures_are_for_who_watches_or_leads(home: Home, heard: Command, who: str) -> None:
    asked = ("--as", who, "--quarter", "2026-Q1", "--reason", "board")
    assert heard("records", "board-paper", *asked).exit_code == 1


def test_figures_ask_for_a_reason(heard: Command) -> None:
    refused = heard("records", "board-paper", "--as", "dsl", "--quarter", "2026-Q1")
    assert (refused.exit_code, "reason" in refused.output) == (1, True)


def test_whoever_is_in_conflict_has_no_count_of_it(home: Home) -> None:
    talks = busy_quarter(home, 12)
    home.answer(talks[3], WHICH_OF_US, "Data Protection Trustee", None)
    assert (paper(home).total, paper(home, "dsl").total) == (11, 12)


def test_the_paper_explains_its_stars(home: Home, heard: Command) -> None:
    busy_quarter(home, 12)
    asked = ("--as", "dsl", "--quarter", "2026-Q1", "--reason", "board")
    text = whole(heard("records", "board-paper", *asked).stdout_bytes)
    assert "Somebody told us 12" in text
    assert "Still open *" in text
    assert "A star stands for a number below five" in text


def test_quarters_meet_and_do_not_overlap() -> None:
    quarters = [f"{year}-Q{n}" for year in (2025, 2026) for n in range(1, 5)]
    bounds = [board.bounds(quarter) for quarter in quarters]
    for (_, end), (begin, _) in pairwise(bounds):
        assert end == begin
    assert bounds[0][1] - bounds[0][0] == timedelta(days=90)
