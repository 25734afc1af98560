"""A statement is drawn from signed and dated lines only; a record of sharing from a decision."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from casework import capture, record
from casework.facts import MessageKind, NewEntry
from casework.vocabulary import EntryKind, RecordKind
from tests.unit.home import Home
from tests.unit.papers import whole
from tests.unit.run.commandline import Command, command_in, verified

SAID = "he hits me  when he drinks"


@pytest.fixture
def heard(home: Home) -> Command:
    return command_in(home)


def signed_case(home: Home) -> str:
    """Two lines of words, signed and filed; returns the talk."""
    talk = home.told_case(SAID, "he has a key")
    record.file(home.house, talk, home.message(talk, "Sign", kind=MessageKind.PRESS).id)
    return talk


def statement(heard: Command, home: Home, talk: str, lines: str, *more: str) -> Any:
    ref = home.head(talk).reference
    asked = ("--as", "dsl", "--reason", "the court asks", "--lines", lines, *more)
    return heard("records", "statement", ref, *asked)


@pytest.mark.rule("H24")
def test_a_statement_shows_each_chosen_line_with_its_number_and_time(
    home: Home, heard: Command
) -> None:
    talk = signed_case(home)
    text = whole(statement(heard, home, talk, "1,2").stdout_bytes)
    first, second = home.entries(talk)[:2]
    for said in (f"No. {first.seq} ", f"No. {second.seq} ", first.hash[:16], second.hash[:16]):
        assert said in text
    assert "Statement of Family Worker" in text
    assert "3 March 2026 14:00:00 GMT" in text
    assert "Paragraph 2" in text


@pytest.mark.rule("H24")
def test_the_statement_as_json_proves_the_chosen_lines_and_shows_no_other(
    home: Home, heard: Command, tmp_path: Path
) -> None:
    talk, file = signed_case(home), tmp_path / "statement.json"
    made = statement(heard, home, talk, "2", "--format", "json", "--to", str(file))
    assert made.exit_code == 0, made.output
    verdict = verified(file)
    assert verdict.returncode == 0, verdict.stdout
    content = json.loads(file.read_text())
    assert [entry["seq"] for entry in content["entries"]] == [2]
    assert SAID not in file.read_text()


@pytest.mark.rule("H24")
def test_what_nobody_signed_is_refused(home: Home, heard: Command) -> None:
    talk = home.told_case(SAID)
    refused = statement(heard, home, talk, "1")
    assert refused.exit_code == 1
    assert "Line 1 is not signed" in refused.output


def test_what_was_added_after_the_signature_is_refused(home: Home, heard: Command) -> None:
    talk = signed_case(home)
    late = capture.keep(home.house, home.message(talk, "one more", kind=MessageKind.WORDS))
    refused = statement(heard, home, talk, f"1,{late.seq}")
    assert f"Line {late.seq} is not signed" in refused.output
    assert "Line 1 " not in refused.output


def test_no_statement_hides_a_correction(home: Home, heard: Command) -> None:
    talk = home.case(SAID)
    capture.begin_amending(home.house, talk, 1)
    changed = capture.keep(home.house, home.message(talk, "only once", kind=MessageKind.WORDS))
    capture.close_capture(home.house, talk)
    home.answer(talk, "involves_us", "No", "no")
    record.file(home.house, talk, home.message(talk, "Sign", kind=MessageKind.PRESS).id)
    assert f"line {changed.seq}: choose both" in statement(heard, home, talk, "1").output
    assert "belongs to line 1: choose both" in statement(heard, home, talk, "2").output
    assert statement(heard, home, talk, "1,2").exit_code == 0


@pytest.mark.parametrize(
    ("lines", "code", "said"),
    [("99", 1, "no line 99"), ("", 1, "Choose the lines"), ("one", 2, "Write the numbers")],
)
def test_lines_that_are_none_are_refused(
    home: Home, heard: Command, lines: str, code: int, said: str
) -> None:
    refused = statement(heard, home, signed_case(home), lines)
    assert (refused.exit_code, said in refused.output) == (code, True)


@pytest.mark.rule("H24", "H29")
def test_that_a_statement_was_drawn_stands_in_the_record(home: Home, heard: Command) -> None:
    talk = signed_case(home)
    statement(heard, home, talk, "1,2")
    assert home.texts(talk, EntryKind.ACCESS) == ["the court asks"]
    assert "Taken out: a statement, lines 1, 2." in home.texts(talk, EntryKind.ACTION_TAKEN)


# ---- record of sharing ----


def decided_case(home: Home) -> str:
    """A decision to share with its answers; returns the talk."""
    talk = home.case(kind=RecordKind.DECISION)
    home.answer(talk, "legitimate_purpose", "the nurse plans her care", "yes")
    home.answer(talk, "shared_with", "the district nurse", None)
    with home.store.work() as work:
        decision = NewEntry(
            kind=EntryKind.DECISION,
            topic="decision",
            text="Decision: share\nClauses: C18",
            by="reporter",
            told_at=work.now(),
            source_key="decided",
        )
        work.records.append(home.head(talk).id, decision)
    capture.close_capture(home.house, talk)
    home.answer(talk, "involves_us", "No", "no")
    return talk


def sharing_form(heard: Command, home: Home, talk: str, *more: str) -> Any:
    ref = home.head(talk).reference
    asked = ("--as", "dsl", "--reason", "for the partnership", *more)
    return heard("records", "sharing-form", ref, *asked)


@pytest.mark.rule("C21")
@pytest.mark.parametrize(
    ("shape", "says"), [("one_off", "one-off"), ("repeated", "Each time it was shared")]
)
def test_the_form_is_filled_in_from_the_record_and_open_where_it_is_silent(
    home: Home, heard: Command, shape: str, says: str
) -> None:
    text = whole(sharing_form(heard, home, decided_case(home), "--shape", shape).stdout_bytes)
    for said in ("the nurse plans her care", "the district nurse", "Decision: share", says):
        assert said in text
    assert "Lead for information governance" in text
    assert "Data Protection Trustee" in text


@pytest.mark.rule("C21")
def test_without_a_decision_there_is_no_form(home: Home, heard: Command) -> None:
    refused = sharing_form(heard, home, home.told_case())
    assert refused.exit_code == 1
    assert "No decision whether to share" in refused.output


def test_the_form_as_json_proves_its_lines(home: Home, heard: Command, tmp_path: Path) -> None:
    file = tmp_path / "form.json"
    sharing_form(heard, home, decided_case(home), "--format", "json", "--to", str(file))
    verdict = verified(file)
    assert verdict.returncode == 0, verdict.stdout
