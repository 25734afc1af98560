#!/usr/bin/env python3
"""Checks an export of Heard, without its database and without any of its keys.

    python3 verify_export.py FILE [--against CHECKPOINTS] [--key PUBLIC_KEY] [--json]

FILE is one record (.json) or the whole chain (.jsonl). CHECKPOINTS is what a trustee keeps: the
lines that Heard wrote to a file, or sent. PUBLIC_KEY is the organisation's key in hex, or a file
that holds it. Needs Python 3.10 or newer and the package "cryptography".

It says whether every line shown is the line that was written, whether any is missing, and which
checkpoint vouches for it. Without --against and --key it can only say that the file agrees with
itself and with the key named in it: compare that key with the one your trustees hold.
Exit codes: 0 whole, 1 not whole, 2 wrong use. The format is in docs/records.md.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

EXPORT, CHAIN, CHECKPOINT = "heard export 1", "heard chain 1", "heard checkpoint 1"
GENESIS = "0" * 64
SAME_IN_BOTH = ("seq", "kind", "topic", "by", "links_to", "relation")
TIMES = ("happened_at", "told_at", "written_at")


class NotAnExport(Exception):
    """The file cannot be read as what it says it is."""


def main(arguments: list[str] | None = None) -> int:
    """Reads the command line, prints what was found, returns the exit code."""
    parser = argparse.ArgumentParser(description="Checks an export of Heard.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--against", type=Path, help="checkpoints that a trustee kept")
    parser.add_argument("--key", help="the organisation's public key, in hex or in a file")
    parser.add_argument("--json", action="store_true", help="the verdict as JSON")
    given = parser.parse_args(arguments)
    try:
        text = given.file.read_text(encoding="utf-8")
        kept = read_checkpoints(given.against.read_text(encoding="utf-8")) if given.against else []
        key = read_key(given.key) if given.key else None
        verdict = check(text, kept, key)
    except (OSError, UnicodeDecodeError, NotAnExport) as wrong:
        print(f"This cannot be checked: {wrong}", file=sys.stderr)
        return 1 if isinstance(wrong, (NotAnExport, UnicodeDecodeError)) else 2
    print(json.dumps(verdict) if given.json else in_words(verdict))
    return 1 if verdict["faults"] else 0


def check(text: str, kept: list[dict[str, str]], key: str | None) -> dict[str, Any]:
    """The verdict on the text of an export or a chain.

    Raises:
        NotAnExport: It is neither.
    """
    try:
        first = json.loads(text.partition("\n")[0]) if text.startswith('{"format"') else None
    except ValueError:
        first = None
    if isinstance(first, dict) and first.get("format") == CHAIN:
        return check_chain(text, kept, key)
    return check_record(read_json(text), kept, key)


# ---- one record ----


def check_record(export: Any, kept: list[dict[str, str]], key: str | None) -> dict[str, Any]:
    """One record: every row, the words of every line, and that none is left out."""
    if not isinstance(export, dict) or export.get("format") != EXPORT:
        raise NotAnExport(f"it does not say that it is a {EXPORT!r}")
    try:
        proof = export["proof"]
        signed = proof["checkpoint"]
        point = json.loads(signed["body"])
        faults = list(row_faults(proof["record_id"], proof["rows"]))
        faults += shown_faults(export, proof["rows"])
        faults += tree_faults(proof, point)
        faults += checkpoint_faults([signed], kept, key, whole=False)
        withheld = sum(1 for row in proof["rows"] if "text" not in row)
        return verdict_of(faults, len(proof["rows"]), withheld, point, kept)
    except (KeyError, TypeError, ValueError, AttributeError) as wrong:
        raise NotAnExport(f"its proof cannot be read ({type(wrong).__name__} {wrong})") from wrong


def row_faults(record_id: str, rows: list[dict[str, str]]) -> Iterator[str]:
    """Each row against its hash, its place in the record, and its words."""
    position, line, hidden = 0, 0, 0
    for n, proved in enumerate(rows):
        if "text" not in proved:  # withheld from this reader: each may be a line, or none
            hidden += 1
            continue
        row = json.loads(proved["text"])
        name = row_name(row)
        if sha256(proved["text"]) != proved["hash"]:
            yield f"{name} was changed"
        if (row["id"] if row["table"] == "records" else row["record_id"]) != record_id:
            yield f"{name} belongs to another record"
        if (n == 0) != (row["table"] == "records"):
            yield f"{name} stands where it cannot stand"
        if row["position"] <= position:
            yield f"{name} is out of order"
        position = row["position"]
        if row["table"] != "entries":
            continue
        if not line < row["seq"] <= line + 1 + hidden:
            yield f"{name} is not the line that comes next"
        line, hidden = row["seq"], 0
        if "content" in proved and sha256(proved["content"]) != row["content"]:
            yield f"{name}: its words were changed"


def shown_faults(export: dict[str, Any], rows: list[dict[str, str]]) -> Iterator[str]:
    """What people read against what is proved."""
    proved = {}
    for row in rows:
        content = json.loads(row.get("text", "{}"))
        if content.get("table") == "entries":
            proved[content["seq"]] = (content, row.get("content"))
        elif content.get("table") == "records" and "reference" in export:
            for name in ("reference", "kind", "reporter"):
                if name in export and export[name] != content[name]:
                    yield f"the {name} shown is not the one that was written"
    if "entries" not in export:
        return
    shown = [entry["seq"] for entry in export["entries"]]
    for seq in sorted(set(proved) - set(shown)):
        yield f"line {seq} is not shown"
    if len(shown) != len(set(shown)):
        yield "a line is shown twice"
    for entry in export["entries"]:
        if entry["seq"] not in proved:
            yield f"line {entry['seq']} is shown and nothing proves it"
        else:
            yield from line_faults(entry, *proved[entry["seq"]])


def line_faults(entry: dict[str, Any], row: dict[str, Any], content: str | None) -> Iterator[str]:
    """One line as people read it."""
    name = f"line {entry['seq']}"
    for field in SAME_IN_BOTH:
        if field in entry and entry[field] != row[field]:
            yield f"{name}: the {field} shown is not the one that was written"
    for field in TIMES:
        if field in entry and moment(entry[field]) != moment(row[field]):
            yield f"{name}: the time {field} shown is not the one that was written"
    if content is None:
        if entry.get("text") and not entry.get("redacted"):
            yield f"{name}: words are shown and nothing proves them"
        return
    written = json.loads(content)
    for field in ("text", "value"):
        if field in entry and entry[field] != written.get(field) and not entry.get("redacted"):
            yield f"{name}: the {field} shown is not the one that was written"


def tree_faults(proof: dict[str, Any], point: dict[str, Any]) -> Iterator[str]:
    """The record's rows, all of them and no other, against the signed root."""
    leaf = hashlib.sha256(b"\x00" + proof["record_id"].encode())
    for row in proof["rows"]:
        leaf.update(b"\n" + row["hash"].encode())
    place, count = proof["path"]["place"], proof["path"]["leaves"]
    hashes = [bytes.fromhex(one) for one in proof["path"]["hashes"]]
    root = climb(leaf.digest(), place, count, hashes)
    if count != point["records"] or root is None or root.hex() != point["root"]:
        yield (
            f"these are not the rows that checkpoint {point['number']} was signed for: one was "
            "changed, added or left out"
        )


def climb(node: bytes, place: int, count: int, hashes: list[bytes]) -> bytes | None:
    """The root that a leaf and its path lead to (RFC 9162, 2.1.3.2); None: the path is wrong."""
    if not 0 <= place < count:
        return None
    last = count - 1
    for other in hashes:
        if last == 0:
            return None
        if place % 2 or place == last:
            node = hashlib.sha256(b"\x01" + other + node).digest()
            while place % 2 == 0 and place:
                place, last = place >> 1, last >> 1
        else:
            node = hashlib.sha256(b"\x01" + node + other).digest()
        place, last = place >> 1, last >> 1
    return node if last == 0 else None


# ---- the whole chain ----


def check_chain(text: str, kept: list[dict[str, str]], key: str | None) -> dict[str, Any]:
    """Every row of every record against the one before it, and all checkpoints."""
    try:
        return verdict_on_chain(text.splitlines()[1:], kept, key)
    except (KeyError, TypeError, ValueError, AttributeError) as wrong:
        raise NotAnExport(f"it cannot be read ({type(wrong).__name__} {wrong})") from wrong


def verdict_on_chain(
    lines: list[str], kept: list[dict[str, str]], key: str | None
) -> dict[str, Any]:
    """See check_chain."""
    faults: list[str] = []
    heads, leaves, seqs = {0: GENESIS}, {}, {}  # type: ignore[var-annotated]
    previous, position = GENESIS, 0
    signed: list[dict[str, str]] = []
    roots: dict[int, str] = {}
    wanted = {json.loads(one["body"])["position"] for one in kept}
    last = json.loads(lines[-1]) if lines else {}
    if "signature" in last:
        wanted.add(json.loads(last["body"])["position"])
    for line in lines:
        entry = json.loads(line)
        if "signature" in entry:
            signed.append(entry)
            continue
        row = json.loads(entry["text"])
        name = row_name(row)
        record_id = row["id"] if row["table"] == "records" else row["record_id"]
        if row["position"] != position + 1:
            faults.append(f"entry {position + 1} is missing, or {name} is out of order")
        if row["previous"] != previous:
            faults.append(f"{name} does not follow the one before it")
        if sha256(entry["text"]) != entry["hash"]:
            faults.append(f"{name} was changed")
        if row["table"] == "records":
            leaves[record_id] = hashlib.sha256(b"\x00" + record_id.encode())
        elif record_id not in leaves:
            faults.append(f"{name} belongs to a record that was never opened")
            leaves[record_id] = hashlib.sha256(b"\x00" + record_id.encode())
        if row["table"] == "entries":
            if row["seq"] != seqs.get(record_id, 0) + 1:
                faults.append(f"{name} is not the next line of its record")
            seqs[record_id] = row["seq"]
        leaves[record_id].update(b"\n" + entry["hash"].encode())
        previous, position = entry["hash"], row["position"]
        heads[position] = previous
        if position in wanted:
            roots[position] = root_of([leaves[one].digest() for one in sorted(leaves)])
    faults += checkpoint_faults(signed, kept, key, whole=True)
    faults += head_faults(signed, heads, position)
    kept = not_lost(kept, signed)
    for one in signed + kept:
        point = json.loads(one["body"])
        if roots.get(point["position"], point["root"]) != point["root"]:
            faults.append(f"checkpoint {point['number']} was signed for other records than these")
    newest = json.loads(signed[-1]["body"]) if signed else None
    if position > (newest["position"] if newest else 0):
        faults.append(f"no checkpoint vouches for the last entries, up to {position}")
    return verdict_of(faults, position, 0, newest, kept)


def head_faults(signed: list[dict[str, str]], heads: dict[int, str], end: int) -> Iterator[str]:
    """The checkpoints against the chain, and against each other."""
    previous, expected = GENESIS, 1
    for one in signed:
        point = json.loads(one["body"])
        lost = [expected, point["number"] - 1] == point.get("lost")
        if (point["number"] != expected and not lost) or point["previous"] != previous:
            yield f"checkpoint {expected} is missing, or {point['number']} does not follow it"
        previous, expected = sha256(one["body"]), point["number"] + 1
        if point["position"] > end:
            yield (
                f"checkpoint {point['number']} stands for {point['position']} entries; the chain "
                f"ends at {end}"
            )
        elif heads.get(point["position"]) != point["head"]:
            yield (
                f"the entries up to {point['position']} are not what checkpoint "
                f"{point['number']} was signed for"
            )


def root_of(leaves: list[bytes]) -> str:
    """The root over leaves: a level at a time; an odd one out goes up as it is."""
    while len(leaves) > 1:
        pairs = zip(leaves[::2], leaves[1::2], strict=False)
        up = [hashlib.sha256(b"\x01" + left + right).digest() for left, right in pairs]
        leaves = up + leaves[len(leaves) & ~1 :]
    return leaves[0].hex() if leaves else hashlib.sha256(b"").hexdigest()


# ---- checkpoints ----


def checkpoint_faults(
    signed: list[dict[str, str]], kept: list[dict[str, str]], key: str | None, *, whole: bool
) -> Iterator[str]:
    """Signatures, and what the trustee holds against what the file holds."""
    for one in signed + kept:
        point = json.loads(one["body"])
        if not is_signed(one, point, key):
            yield f"checkpoint {point['number']} is not signed by the organisation's key"
    kept = not_lost(kept, signed)
    if not kept:
        return
    held = {json.loads(one["body"])["number"]: one["body"] for one in kept}
    shown = {json.loads(one["body"])["number"]: one["body"] for one in signed}
    for number in sorted(held.keys() & shown.keys()):
        if held[number] != shown[number]:
            yield f"checkpoint {number} is not the one that was kept"
    if not shown:
        yield "no checkpoint vouches for this"
    elif max(shown) not in held:
        yield f"checkpoint {max(shown)} is not among those that were kept (newest: {max(held)})"
    if whole and max(held) > max(shown, default=0):
        yield f"checkpoint {max(held)} was kept and is missing here: the end was cut off"


def not_lost(kept: list[dict[str, str]], signed: list[dict[str, str]]) -> list[dict[str, str]]:
    """Those kept that no signed checkpoint says were lost at a restore."""
    lost = {
        number
        for point in (json.loads(one["body"]) for one in signed)
        for number in range(point.get("lost", [0, -1])[0], point.get("lost", [0, -1])[1] + 1)
    }
    return [one for one in kept if json.loads(one["body"])["number"] not in lost]


def is_signed(one: dict[str, str], point: dict[str, Any], key: str | None) -> bool:
    """Whether the body was signed by the key it names, and by `key` when that is given."""
    if point.get("format") != CHECKPOINT or key not in (None, point["key"]):
        return False
    try:
        named = Ed25519PublicKey.from_public_bytes(bytes.fromhex(point["key"]))
        named.verify(bytes.fromhex(one["signature"]), one["body"].encode())
    except (InvalidSignature, ValueError):
        return False
    return True


def read_checkpoints(text: str) -> list[dict[str, str]]:
    """The lines that a trustee keeps; other lines of an e-mail or a file are passed over."""
    found = []
    for line in text.splitlines():
        if '"signature"' not in line:
            continue
        one = read_json(line[line.index("{") :])
        if set(one) != {"body", "signature"} or read_json(one["body"]).get("format") != CHECKPOINT:
            raise NotAnExport("the file of checkpoints holds something else")
        found.append(one)
    if not found:
        raise NotAnExport("there is no checkpoint in the file of checkpoints")
    return found


def read_key(given: str) -> str:
    """32 bytes in hex."""
    text = Path(given).read_text(encoding="utf-8") if Path(given).is_file() else given
    text = text.strip().lower()
    if len(text) != 64 or set(text) - set("0123456789abcdef"):
        raise NotAnExport("the public key is not 64 hexadecimal digits")
    return text


# ---- small things ----


def verdict_of(
    faults: Iterable[str],
    rows: int,
    withheld: int,
    point: dict[str, Any] | None,
    kept: list[dict[str, str]],
) -> dict[str, Any]:
    """What is said in the end."""
    held = {json.loads(one["body"])["number"] for one in kept}
    return {
        "rows": rows,
        "withheld": withheld,
        "checkpoint": point["number"] if point else None,
        "at": point["at"] if point else None,
        "key": point["key"] if point else None,
        "kept_outside": point is not None and point["number"] in held,
        "faults": list(faults),
    }


def in_words(verdict: dict[str, Any]) -> str:
    """For people."""
    if verdict["faults"]:
        return "\n".join(["NOT WHOLE:", *(f"  {fault}" for fault in verdict["faults"])])
    said = [f"Whole: {verdict['rows']} rows, {verdict['withheld']} of them withheld."]
    if verdict["checkpoint"] is None:
        return said[0] + " No checkpoint vouches for them."
    said.append(f"Checkpoint {verdict['checkpoint']} of {verdict['at']} vouches for them.")
    said.append(
        "It is among those that were kept outside."
        if verdict["kept_outside"]
        else "It was not compared with one that was kept outside (--against)."
    )
    return "\n".join([*said, f"Signed by {verdict['key']}"])


def row_name(row: dict[str, Any]) -> str:
    """How a row is called."""
    if row["table"] == "entries":
        return f"line {row['seq']} (entry {row['position']})"
    return f"entry {row['position']} ({row['table']})"


def moment(text: str | None) -> datetime | None:
    """A time, however it is written."""
    return datetime.fromisoformat(text.replace("Z", "+00:00")) if text else None


def sha256(text: str) -> str:
    """Lower-case hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def read_json(text: str) -> Any:
    """Raises NotAnExport where json raises ValueError."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as wrong:
        raise NotAnExport("it is not JSON") from wrong


if __name__ == "__main__":
    sys.exit(main())
