"""The command line: what it prints, what it refuses, and with which number it leaves."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from casework import capture
from casework.vocabulary import WHICH_OF_US, EntryKind
from run.cli import app
from run.settings import DEMONSTRATION
from tests.unit.home import DATABASE, KEY, Home

MARKER = "a marker in their words"
Command = Callable[..., Result]


@pytest.fixture
def heard(home: Home) -> Command:
    """`heard`, in the home of a house that has just been used."""
    keys = home.folder / "keys"
    keys.mkdir(mode=0o700)
    shutil.copy(home.folder / KEY, keys / KEY)

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(app, arguments, env={"HEARD_HOME": str(home.folder)})

    return run


def out(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


# ---- records ----


@pytest.mark.parametrize(
    ("person", "seen"),
    [("reporter", True), ("dsl", True), ("line_manager", True), ("volunteer", False)],
)
def test_everybody_lists_what_they_may_know_of(
    home: Home, heard: Command, person: str, seen: bool
) -> None:
    reference = home.head(home.told_case()).reference
    listed = out(heard("records", "list", "--as", person, "--json"))
    assert [one["reference"] for one in listed] == [reference] * seen


def test_a_record_is_shown_for_a_reason_which_stands_in_it(home: Home, heard: Command) -> None:
    talk = home.told_case(MARKER)
    reference = home.head(talk).reference
    arguments = ("records", "show", reference, "--as", "dsl", "--reason", "to act", "--json")
    shown = out(heard(*arguments))
    assert (shown["reference"], shown["kind"]) == (reference, "disclosure")
    assert shown["status"] == "draft"
    first = shown["entries"][0]
    assert (first["seq"], first["kind"], first["text"]) == (1, "words", MARKER)
    assert {"by", "happened_at", "told_at", "written_at"} <= set(first)
    assert home.texts(talk, EntryKind.ACCESS) == ["to act"]


@pytest.mark.parametrize("command", ["show", "export"])
@pytest.mark.parametrize("reason", [(), ("--reason", ""), ("--reason", "  ")])
def test_without_a_reason_nothing_is_shown(
    home: Home, heard: Command, command: str, reason: tuple[str, ...]
) -> None:
    talk = home.told_case(MARKER)
    result = heard("records", command, home.head(talk).reference, "--as", "dsl", *reason)
    assert result.exit_code == 1
    assert "Say why" in result.stderr
    assert MARKER not in result.output
    assert home.texts(talk, EntryKind.ACCESS) == []


@pytest.mark.parametrize("person", ["volunteer", "dsl"])
def test_whoever_may_not_know_of_it_is_told_there_is_none(
    home: Home, heard: Command, person: str
) -> None:
    talk = home.told_case(MARKER)
    home.answer(talk, WHICH_OF_US, "the duty dsl", None)
    refused = ("--as", person, "--reason", "to see")
    theirs = heard("records", "show", home.head(talk).reference, *refused)
    never = heard("records", "show", "HRD-2026-999999", *refused)
    assert (theirs.exit_code, theirs.stderr) == (1, never.stderr)
    assert MARKER not in theirs.output


def test_a_whole_chain_verifies_and_a_changed_one_does_not(home: Home, heard: Command) -> None:
    home.told_case()
    assert out(heard("records", "verify", "--json"))["fault"] is None
    raw = sqlite3.connect(home.folder / DATABASE)
    raw.execute("DROP TRIGGER entries_no_update")
    raw.execute("UPDATE entries SET kind = 'note' WHERE position = 2")
    raw.commit()
    raw.close()
    broken = heard("records", "verify")
    assert broken.exit_code == 1
    assert "entry 2 " in broken.stderr


# ---- people ----


def test_a_leaver_is_no_longer_known_here_and_comes_back(home: Home, heard: Command) -> None:
    talk = home.told_case(MARKER)
    reference = home.head(talk).reference
    given = ("--successor", "deputy_dsl", "--as", "administrator", "--reason", "a new job")
    assert heard("people", "leave", "dsl", *given).exit_code == 0
    show = ("records", "show", reference, "--as", "dsl", "--reason", "to act", "--json")
    assert heard(*show).exit_code == 2
    people = {row["person"]: row for row in out(heard("people", "list", "--json"))}
    assert (people["dsl"]["here"], people["dsl"]["stand_in"]) == (False, "deputy_dsl")
    assert people["deputy_dsl"]["to_sign"] == 1
    assert heard("people", "back", "dsl", "--as", "line_manager").exit_code == 1
    assert heard("people", "back", "dsl", "--as", "administrator").exit_code == 0
    assert MARKER in json.dumps(out(heard(*show)))


def test_away_until_a_day_is_a_day(heard: Command) -> None:
    given = ("--successor", "deputy_dsl", "--as", "administrator")
    assert heard("people", "leave", "dsl", *given, "--until", "tomorrow").exit_code == 2


def test_a_link_is_made_only_where_it_leads_somewhere(heard: Command) -> None:
    assert heard("people", "link", "nobody").exit_code == 2
    refused = heard("people", "link", "dsl")
    assert (refused.exit_code, refused.stdout) == (1, "")


# ---- retention ----


def test_what_is_kept_is_listed_for_whoever_decides(home: Home, heard: Command) -> None:
    home.clock.now -= timedelta(days=800)
    reference = home.head(home.told_case(MARKER)).reference
    (row,) = out(heard("retention", "list", "--as", "dsl", "--json"))
    assert (row["reference"], row["state"]) == (reference, "due")
    assert out(heard("retention", "list", "--as", "line_manager", "--json")) == []
    about = (reference, "--as", "dsl", "--reason", "we looked")
    assert heard("retention", "propose", *about).exit_code == 1  # the case is open
    assert heard("retention", "hold", *about).exit_code == 0
    assert heard("retention", "lift", *about).exit_code == 0
    assert heard("retention", "extend", *about, "--months", "12").exit_code == 0
    assert heard("retention", "withdraw", *about).exit_code == 1
    assert heard("retention", "agree", reference, "--as", "deputy_dsl").exit_code == 1
    (row,) = out(heard("retention", "list", "--as", "dsl", "--json"))
    assert row["state"] == "kept"


# ---- access ----


def test_access_is_given_and_taken_with_a_reason(home: Home, heard: Command) -> None:
    reference = home.head(home.told_case(MARKER)).reference
    show = ("records", "show", reference, "--as", "on_call", "--reason", "to act", "--json")
    about = (reference, "on_call", "--as", "dsl")
    assert heard(*show).exit_code == 1
    assert heard("access", "give", *about).exit_code == 1  # no reason
    assert heard("access", "give", *about, "--reason", "they visit").exit_code == 0
    assert MARKER in json.dumps(out(heard(*show)))
    assert heard("access", "take", *about, "--reason", "visit over").exit_code == 0
    assert heard(*show).exit_code == 1
    # What they were told when they were added is gone with the record.
    assert out(heard("access", "notices", "--as", "on_call", "--json")) == []


def test_the_glass_is_broken_from_the_command_line_too(home: Home, heard: Command) -> None:
    reference = home.head(home.told_case(MARKER)).reference
    broken = ("access", "emergency", reference, "--as", "on_call", "--reason", "999 asks", "--json")
    assert MARKER in json.dumps(out(heard(*broken)))
    (line,) = out(heard("access", "notices", "--as", "dsl", "--json"))
    assert (line["kind"], line["about"]) == ("break_glass", "on_call")


def test_with_a_person_the_list_shows_only_what_they_may_know(home: Home, heard: Command) -> None:
    talk = home.case(MARKER)
    capture.close_capture(home.house, talk)
    home.answer(talk, WHICH_OF_US, "the duty dsl", None)
    assert len(out(heard("escalations", "list", "--json"))) == 1
    assert out(heard("escalations", "list", "--as", "dsl", "--json")) == []


# ---- escalations ----


def test_the_list_of_cases_says_whose_turn_it_is(home: Home, heard: Command) -> None:
    talk = home.told_case(MARKER)
    result = heard("escalations", "list", "--json")
    (one,) = out(result)
    assert one["reference"] == home.head(talk).reference
    assert (one["urgency"], one["kind"], one["rung"]) == ("urgent", "disclosure", 0)
    assert one["whose_turn"] == ["line_manager", "dsl"]
    assert one["acknowledged_by"] is None
    assert {"since", "due_at"} <= set(one)
    assert MARKER not in result.output


def test_a_case_is_taken_once(home: Home, heard: Command) -> None:
    talk = home.told_case()
    reference = home.head(talk).reference
    assert heard("escalations", "acknowledge", reference, "--as", "dsl").exit_code == 0
    second = heard("escalations", "acknowledge", reference, "--as", "line_manager")
    assert second.exit_code == 1
    assert "Duty DSL has had this since" in second.stderr
    assert home.said(talk) == ["utter_acknowledged"]


@pytest.mark.parametrize("person", ["volunteer", "reporter"])
def test_whoever_was_not_asked_takes_nothing(home: Home, heard: Command, person: str) -> None:
    reference = home.head(home.told_case()).reference
    assert heard("escalations", "acknowledge", reference, "--as", person).exit_code == 1


def test_a_case_on_hold_is_nobodys_to_take(home: Home, heard: Command) -> None:
    talk = home.case("he hits me")
    capture.close_capture(home.house, talk)
    reference = home.head(talk).reference
    assert heard("escalations", "acknowledge", reference, "--as", "dsl").exit_code == 1


# ---- wrong use, and the organisation's file ----


@pytest.mark.parametrize(
    "arguments",
    [
        ("records", "list"),
        ("records", "list", "--as", "nobody"),
        ("records", "show", "--as", "dsl"),
        ("escalations", "acknowledge"),
        ("nonsense",),
        ("eval", "nonsense"),
    ],
)
def test_wrong_use_leaves_with_two(heard: Command, arguments: tuple[str, ...]) -> None:
    assert heard(*arguments).exit_code == 2


def test_danger_is_scored_with_its_false_alarms(heard: Command, tmp_path: Path) -> None:
    lines = [("he has a knife", True), ("he has a knife", False), ("we had tea", False)]
    rows = [json.dumps({"text": text, "danger": danger}) for text, danger in lines]
    (tmp_path / "danger.jsonl").write_text("\n".join(rows))
    report = out(heard("eval", "danger", str(tmp_path / "danger.jsonl"), "--json"))
    assert (report["n"], report["false_alarms_in_100"]) == (3, 50.0)
    assert report["per_label"]["true"]["recall"] == 1.0


def test_lines_that_are_not_there_are_said_so(heard: Command, tmp_path: Path) -> None:
    missing = heard("eval", "danger", str(tmp_path / "none.jsonl"))
    assert (missing.exit_code, missing.stderr.count("none.jsonl: ")) == (1, 1)


def test_an_unknown_person_is_told_who_there_is(heard: Command) -> None:
    assert "deputy_dsl" in heard("records", "list", "--as", "nobody").stderr


def test_a_sound_organisation_has_nothing_to_mend(heard: Command) -> None:
    assert heard("check", "--organisation", str(DEMONSTRATION)).exit_code == 0


def test_a_fault_is_said_with_its_line_and_its_cure(heard: Command, tmp_path: Path) -> None:
    faulty = tmp_path / "organisation.yml"
    faulty.write_text(DEMONSTRATION.read_text().replace("jurisdiction: england", "jurisdiction: x"))
    result = heard("check", "--organisation", str(faulty))
    assert result.exit_code == 1
    assert f"{faulty}:4:" in result.stderr
    faults = json.loads(heard("check", "--organisation", str(faulty), "--json").stdout)
    assert {"file", "line", "message", "cure"} == set(faults[0])


def test_a_missing_key_is_refused_and_said(home: Home, heard: Command) -> None:
    (home.folder / "keys" / KEY).unlink()
    result = heard("records", "list", "--as", "dsl")
    assert result.exit_code == 1
    assert "missing" in result.stderr


def test_a_checkpoint_is_printed_and_verify_compares_with_it(
    home: Home, heard: Command, tmp_path: Path
) -> None:
    assert heard("records", "checkpoint").exit_code == 1  # nothing has been written
    home.told_case()
    kept = tmp_path / "kept.jsonl"
    kept.write_text(heard("records", "checkpoint").stdout)
    whole = out(heard("records", "verify", "--against", str(kept), "--json"))
    assert whole["faults"] == []
    assert whole["anchored"] == whole["entries"]
    with sqlite3.connect(home.folder / DATABASE) as raw:
        raw.execute("DROP TRIGGER checkpoints_no_delete")
        raw.execute("DELETE FROM checkpoints")
    raw.close()
    broken = heard("records", "verify", "--against", str(kept))
    assert broken.exit_code == 1
    assert "anchored checkpoint 1 is missing" in broken.stderr


def test_a_file_without_checkpoints_is_refused_with_its_name(
    home: Home, heard: Command, tmp_path: Path
) -> None:
    for name, content in (("empty", b""), ("other", b'{"signature": 1}'), ("bytes", b"\xff\x00")):
        (tmp_path / name).write_bytes(content)
    for name in ("empty", "other", "bytes", "missing"):
        refused = heard("records", "verify", "--against", str(tmp_path / name))
        assert refused.exit_code == 1
        assert name in refused.stderr


def test_the_chain_is_written_with_its_verifier_and_without_a_word(
    home: Home, heard: Command, tmp_path: Path
) -> None:
    home.told_case("marker words of a child")
    to = tmp_path / "out" / "chain.jsonl"
    assert heard("records", "chain", "--to", str(to)).exit_code == 0
    assert "marker" not in to.read_text()
    assert to.stat().st_mode & 0o777 == 0o600
    key = heard("records", "public-key").stdout.strip()
    command = [sys.executable, "-I", str(to.with_name("verify_export.py")), str(to), "--key", key]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, "")


def test_checkpoints_go_where_the_organisation_file_says_and_verify_looks_there(
    home: Home, heard: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside = tmp_path / "trustee.jsonl"
    own = tmp_path / "organisation.yml"
    own.write_text(f"{DEMONSTRATION.read_text()}\nanchors:\n  files: [{outside}]\n")
    monkeypatch.setenv("HEARD_ORGANISATION", str(own))
    home.told_case()
    printed = heard("records", "checkpoint")
    assert printed.exit_code == 0, printed.output
    assert outside.read_text() == printed.stdout
    verdict = out(heard("records", "verify", "--json"))
    assert (verdict["fault"], verdict["anchored"]) == (None, verdict["entries"])
    outside.write_text(printed.stdout.replace('number\\":1', 'number\\":7'))
    assert heard("records", "verify").exit_code == 1
    assert "older copy" in heard("records", "checkpoint").stderr
