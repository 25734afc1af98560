"""An export proves itself: the file that is shipped with it needs no database and no key."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from records.proof import proof_of
from records.standalone import verify_export
from tests.integration.records.archive import Archive

VERIFIER = Path(verify_export.__file__)
ALLOWED = {"argparse", "collections", "cryptography", "datetime", "hashlib", "json", "pathlib"}


def faults(
    text: str, kept: list[dict[str, str]] | None = None, key: str | None = None
) -> list[str]:
    return list(verify_export.check(text, kept or [], key)["faults"])


def kept(archive: Archive) -> list[dict[str, str]]:
    return verify_export.read_checkpoints("\n".join(one.line for one in archive.anchors()))


def test_the_verifier_is_one_file_of_the_standard_library_and_cryptography() -> None:
    tree = ast.parse(VERIFIER.read_text())
    names = {
        name.split(".")[0]
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert names <= ALLOWED | {"__future__", "sys", "typing"}


def test_an_export_is_checked_in_a_place_that_has_nothing_of_heard(
    archive: Archive, tmp_path: Path
) -> None:
    head, *_ = archive.filled()
    archive.checkpoint()
    away = tmp_path / "away"
    away.mkdir()
    (away / "check.py").write_bytes(VERIFIER.read_bytes())
    (away / "export.json").write_text(archive.export(head))
    (away / "chain.jsonl").write_text(archive.chain())
    (away / "kept").write_text("\n".join(one.line for one in archive.anchors()))
    for file in ("export.json", "chain.jsonl"):
        command = [sys.executable, "-I", "check.py", file, "--against", "kept"]
        command += ["--key", archive.signer.public_key]
        run = subprocess.run(command, cwd=away, capture_output=True, text=True, check=False)
        assert (run.returncode, run.stderr) == (0, "")
        assert "kept outside" in run.stdout
    run = subprocess.run([*command[:3], "missing.json"], cwd=away, capture_output=True, check=False)
    assert run.returncode == 2


def test_lines_can_be_withheld_and_the_rest_still_proves_itself(archive: Archive) -> None:
    head, *_ = archive.filled(lines=5)
    point = archive.checkpoint()
    with archive.store.read() as work:
        whole = proof_of(work, head.id, point)
        places = [json.loads(row["text"])["position"] for row in whole["rows"]]
        proof = proof_of(work, head.id, point, without_words={2}, withheld={places[3], places[4]})
    text = json.dumps({"format": "heard export 1", "proof": proof})
    assert faults(text, kept(archive), archive.signer.public_key) == []
    assert "line 1 of" not in text  # the words of line 2 (it counts from 0)
    assert "line 2 of" not in text


def test_a_destroyed_record_still_proves_that_its_lines_were_there(archive: Archive) -> None:
    head, *_ = archive.filled()
    with archive.store.work() as work:
        work.records.destroy(head.id, by="dsl", agreed_by="trustee", ground="time_is_over")
    archive.write(head, "read again")
    archive.checkpoint()
    text = archive.export(head)
    assert faults(text, kept(archive)) == []
    assert [bool(row.get("content")) for row in json.loads(text)["proof"]["rows"]][-1]


def test_a_checkpoint_that_the_trustee_does_not_have_is_named(archive: Archive) -> None:
    head, *_ = archive.filled()
    archive.checkpoint()
    before = kept(archive)
    archive.write(head, "later")
    archive.checkpoint()
    assert "not among those that were kept" in faults(archive.export(head), before)[0]


def test_another_organisations_key_is_refused(archive: Archive) -> None:
    head, *_ = archive.filled()
    archive.checkpoint()
    assert "not signed" in faults(archive.export(head), key="00" * 32)[0]


def swapped(rows: list[Any]) -> None:
    rows[1], rows[2] = rows[2], rows[1]


def moved(path: dict[str, Any]) -> None:
    path["place"] = (path["place"] + 1) % path["leaves"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda export: export["entries"][0].update(text="other words"), "line 1: the text"),
        (lambda export: export["entries"][1].update(by="somebody"), "line 2: the by"),
        (lambda export: export["entries"].pop(), "line 4 is not shown"),
        (lambda export: export["entries"].append({"seq": 9, "text": "new"}), "nothing proves it"),
        (lambda export: export["entries"].append(export["entries"][0]), "shown twice"),
        (lambda export: export["proof"]["rows"].pop(), "left out"),
        (lambda export: export["proof"]["rows"].pop(2), "not the line that comes next"),
        (lambda export: swapped(export["proof"]["rows"]), "out of order"),
        (lambda export: export["proof"]["rows"][1].update(hash="0" * 64), "was changed"),
        (lambda export: export["proof"]["rows"][1].update(content="{}"), "words were changed"),
        (lambda export: export["proof"]["rows"][1].pop("text"), "nothing proves it"),
        (lambda export: moved(export["proof"]["path"]), "left out"),
        (lambda export: export["proof"]["path"].update(hashes=[]), "left out"),
        (lambda export: export["proof"].update(record_id="0" * 32), "another record"),
        (lambda export: export["proof"]["checkpoint"].update(signature="00" * 64), "not signed"),
    ],
)
def test_a_changed_export_is_found(change: Any, said: str, archive: Archive) -> None:
    head, *_ = archive.filled()
    archive.checkpoint()
    export = json.loads(archive.export(head))
    assert faults(json.dumps(export)) == []
    change(export)
    assert any(said in fault for fault in faults(json.dumps(export)))


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", "null", '{"format": "heard export 1"}', "\x00", "9"]
)
def test_what_is_no_export_is_said_to_be_none(text: str, tmp_path: Path) -> None:
    file = tmp_path / "export.json"
    file.write_text(text)
    assert verify_export.main([str(file)]) == 1
