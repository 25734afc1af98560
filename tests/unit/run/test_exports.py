"""`heard records export`: witness grade, proved, for those who may, and for a reason."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from casework import capture
from casework.facts import MessageKind
from casework.vocabulary import INVOLVES_US, WHICH_OF_US, EntryKind
from tests.unit.home import Home
from tests.unit.papers import pages, whole
from tests.unit.run.commandline import Command, command_in, out, verified

ARABIC = "ابي ضربني"
EXACT = "he  hit\tme\n\n   twice   "


@pytest.fixture
def heard(home: Home) -> Command:
    return command_in(home)


def full_case(home: Home) -> str:
    """A case with every strand, a correction, answers and a signature; returns its talk."""
    talk = home.case(EXACT, ARABIC)
    for strand, text in (
        (EntryKind.QUESTION_ASKED, "What happened then?"),
        (EntryKind.OBSERVATION, "She held her arm."),
        (EntryKind.OPINION, "I think she is afraid."),
    ):
        capture.keep(home.house, home.message(talk, text, kind=MessageKind.WORDS, strand=strand))
    capture.begin_amending(home.house, talk, 1)
    capture.keep(home.house, home.message(talk, "he hit me once", kind=MessageKind.WORDS))
    capture.close_capture(home.house, talk)
    home.answer(talk, "subject", "Amina, 9", None)
    home.answer(talk, INVOLVES_US, "No", "no")
    return talk


def reference(home: Home, talk: str) -> str:
    return home.head(talk).reference


def export(heard: Command, ref: str, person: str, *more: str) -> Any:
    return heard("records", "export", ref, "--as", person, "--reason", "for court", *more)


@pytest.mark.parametrize("person", ["dsl", "deputy_dsl", "line_manager", "reporter"])
def test_an_export_proves_itself_to_whoever_has_only_the_file(
    home: Home, heard: Command, tmp_path: Path, person: str
) -> None:
    ref, file = reference(home, full_case(home)), tmp_path / "export.json"
    assert export(heard, ref, person, "--to", str(file)).exit_code == 0
    verdict = verified(file)
    assert verdict.returncode == 0, verdict.stdout
    content = json.loads(file.read_text())
    assert content["entries"][0]["text"] == EXACT
    assert content["exported"]["reason"] == "for court"


def test_a_word_changed_in_an_export_is_found(home: Home, heard: Command, tmp_path: Path) -> None:
    ref, file = reference(home, full_case(home)), tmp_path / "export.json"
    export(heard, ref, "dsl", "--to", str(file))
    file.write_text(file.read_text().replace("twice", "thrice"))
    assert verified(file).returncode == 1


def test_without_a_format_it_is_json_on_standard_output(home: Home, heard: Command) -> None:
    ref = reference(home, full_case(home))
    assert out(export(heard, ref, "dsl"))["reference"] == ref
    assert out(export(heard, ref, "dsl", "--json"))["format"] == "heard export 1"


def test_the_paper_says_what_it_is_and_shows_every_line(home: Home, heard: Command) -> None:
    talk = full_case(home)
    ref = reference(home, talk)
    pdf = export(heard, ref, "dsl", "--format", "pdf").stdout_bytes
    text = whole(pdf)
    head = home.head(talk)
    for said in (ref, "Exported by Duty DSL", "for court", head.pack_hash, "Checkpoint 1"):
        assert said in text
    for entry in home.entries(talk):
        assert f"No. {entry.seq} " in text
        assert entry.hash[:16] in text
    for page in pages(pdf):
        assert ref in page
    for title in ("Their words", "What was asked", "What was seen", "What the writer thinks"):
        assert text.count(title) >= 1


def test_strands_stand_apart_and_a_change_stands_under_what_it_changes(
    home: Home, heard: Command
) -> None:
    ref = reference(home, full_case(home))
    text = whole(export(heard, ref, "dsl", "--format", "pdf").stdout_bytes)
    places = [
        text.index(said)
        for said in (
            "twice",
            "he hit me once",
            "What happened then?",
            "She held her arm.",
            "I think she is afraid.",
            "Amina, 9",
        )
    ]
    assert places == sorted(places)


def test_a_file_is_readable_by_its_owner_only_and_nothing_else_is_left(
    home: Home, heard: Command, tmp_path: Path
) -> None:
    ref = reference(home, full_case(home))
    to = tmp_path / "out"
    for name in ("record.pdf", "record.json"):
        export(heard, ref, "dsl", "--format", name[-4:].strip("."), "--to", str(to / name))
        assert stat.S_IMODE((to / name).stat().st_mode) == 0o600
    assert sorted(path.name for path in to.iterdir()) == ["record.json", "record.pdf"]
    assert not [path for path in home.folder.rglob("*.pdf") if path.parent != to]


@pytest.mark.rule("H29", "H5", "K4")
@pytest.mark.parametrize("format_", ["json", "pdf"])
def test_an_export_is_a_reading_and_stands_in_the_record(
    home: Home, heard: Command, format_: str
) -> None:
    talk = full_case(home)
    export(heard, reference(home, talk), "dsl", "--format", format_)
    assert home.texts(talk, EntryKind.ACCESS) == ["for court"]


@pytest.mark.rule("K4")
def test_whoever_must_not_know_is_told_there_is_no_such_record(home: Home, heard: Command) -> None:
    talk = full_case(home)
    home.answer(talk, WHICH_OF_US, "Duty DSL", None)
    refused = export(heard, reference(home, talk), "dsl")
    never_was = export(heard, "HRD-2026-999999", "dsl")
    assert refused.exit_code == never_was.exit_code == 1
    assert refused.output == never_was.output
    assert home.texts(talk, EntryKind.ACCESS) == []


def test_who_only_watches_the_process_gets_no_record(home: Home, heard: Command) -> None:
    talk = full_case(home)
    refused = export(heard, reference(home, talk), "dp_trustee")
    assert refused.exit_code == 1
    assert "evidence" in refused.output
    assert home.texts(talk, EntryKind.ACCESS) == []


def test_words_that_a_reader_may_not_see_are_nowhere_in_the_export(
    home: Home, heard: Command, tmp_path: Path
) -> None:
    talk = full_case(home)
    export(heard, reference(home, talk), "dsl", "--to", str(tmp_path / "first.json"))
    file = tmp_path / "export.json"
    export(heard, reference(home, talk), "reporter", "--to", str(file))
    content = json.loads(file.read_text())
    visit = next(e for e in content["entries"] if e["kind"] == "access" and e["by"] == "dsl")
    assert (visit["text"], visit["withheld"]) == ("", True)
    assert "for court" not in json.dumps(
        [row for row in content["proof"]["rows"] if '"by":"dsl"' in row.get("text", "")]
    )
    assert verified(file).returncode == 0
