"""What a person wrote is found sealed, or not at all."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest
from support import Dialogue, FakeActions, running

MARKER = "Zebrafinch4711"
WAYS = (None, "500", "hang", "not json", "rejected oddly", "not an answer", "circles")


@pytest.fixture(scope="module")
def told(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """A folder with the database and the log of a process that was told the marker in every way.

    Yields it while the process still runs, so that the write-ahead log is there, together with
    all that the process answered.
    """
    folder = tmp_path_factory.mktemp("told")
    with running(model, folder) as (dialogue, actions):
        yield folder, "".join(_tell(dialogue, actions, way) for way in WAYS)


def _tell(dialogue: Dialogue, actions: FakeActions, way: str | None) -> str:
    """Says the marker as text, slot, unknown intent, broken payload, id and nonsense."""
    talk = f"talk-{way}".replace(" ", "-")
    texts = [
        f"hello {MARKER}",
        "/tell",
        f"by the gate, said {MARKER}",
        f"/{MARKER}",
        f'/help{{"person": "{MARKER}"}}',
        f"/help{{{MARKER}",
        f"\x00\ud800{MARKER}",
        f"help {MARKER}",
    ]
    answers = [dialogue.turn(talk, "m0", f"first {MARKER}").text]
    actions.failing = way
    answers += [dialogue.turn(talk, f"m{n}", text).text for n, text in enumerate(texts, 1)]
    answers.append(dialogue.turn(talk, f"m {MARKER}", MARKER).text)
    answers.append(dialogue.turn(talk, "m99", MARKER * 1000).text)
    answers.append(dialogue.session.post(dialogue.url("turn"), data=f"{{{MARKER}").text)
    answers.append(dialogue.session.post(dialogue.url("parse"), json={"texts": [MARKER]}).text)
    actions.failing = None
    return "".join(answers)


def _forms_of(marker: str) -> list[bytes]:
    raw = marker.encode()
    return [raw, raw.hex().encode(), base64.b64encode(raw)[:-4], marker.encode("utf-16-le")]


def test_no_file_of_the_database_holds_it(told: tuple[Path, str]) -> None:
    files = sorted(told[0].glob("heard.db*"))
    assert [file.name for file in files] == ["heard.db", "heard.db-shm", "heard.db-wal"]
    content = b"".join(file.read_bytes() for file in files)
    assert b"talk-None" in content
    assert not any(form in content for form in _forms_of(MARKER))


def test_the_log_holds_what_went_wrong_but_not_what_was_said(told: tuple[Path, str]) -> None:
    log = (told[0] / "dialogue.log").read_bytes()
    assert b"ActionFailed" in log
    assert b"TurnUnfinished" in log
    assert not any(form in log for form in _forms_of(MARKER))


def test_no_refusal_and_no_failure_quotes_it(told: tuple[Path, str]) -> None:
    _folder, answers = told
    assert "dialogue_failed" in answers
    assert MARKER not in answers
