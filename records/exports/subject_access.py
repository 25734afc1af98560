"""What somebody gets who asks for their own data: their record, less what must stay out.

What was taken out is not covered up but absent: the pack is made from new text that never held
it. In its place stands the ground. People who work here stand in it as what they are, not by name.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from casework.errors import NotAllowed, NotForThisPaper
from casework.facts import Entry, Secret
from casework.vocabulary import Topic
from records.access import Opened
from records.exports.record import Archive, Export, Paper, export_record, view_for
from records.exports.redaction import Piece, holds, without
from records.exports.review import (
    Ground,
    Ruling,
    may_review,
    needs_review,
    open_lines,
    rulings,
)

PACK_FORMAT = "heard subject access pack 1"
# How the request itself was dealt with is no part of what was asked for.
_ABOUT_THE_REQUEST = (Topic.ACCESS_REVIEW, Topic.TAKEN_OUT, Topic.ACCESS_CHANGED)


@dataclass(frozen=True)
class GivenLine:
    """One line as it is given. No pieces: it was removed whole, on `ground`; or, without a ground,
    it is a step, named by its kind and never by its text. `entry` has no text any more."""

    entry: Entry
    pieces: tuple[Piece, ...]
    ground: Ground | None


@dataclass(frozen=True)
class SubjectPack:
    """The pack. `export` says who made it, when and why; its lines hold no text."""

    export: Export
    lines: tuple[GivenLine, ...]


def make_pack(archive: Archive, *, person: str, reference: str, reason: str) -> SubjectPack:
    """The record, reviewed.

    Raises:
        UnknownRecord: There is none, or none for this person; the two look the same.
        NotAllowed: This person does not see all of it.
        NotForThisPaper: A line was not looked at yet, or words that were taken out stand elsewhere.
    """
    view = view_for(archive, person, reference)
    if view is not None and not may_review(view):
        raise NotAllowed
    lines: list[GivenLine] = []

    def choose(opened: Opened) -> Sequence[Entry]:
        lines.extend(given_lines(opened.entries))
        return [line.entry for line in lines]

    export = export_record(
        archive,
        person=person,
        reference=reference,
        reason=reason,
        paper=Paper.SUBJECT_ACCESS,
        choose=choose,
    )
    return SubjectPack(export, tuple(lines))


def given_lines(entries: Sequence[Entry]) -> list[GivenLine]:
    """Raises NotForThisPaper."""
    decided = rulings(entries)
    waiting = open_lines(entries, decided)
    if waiting:
        raise NotForThisPaper(
            f"Nobody has looked at these lines yet: {', '.join(map(str, waiting))}."
        )
    given = [
        _given(entry, decided.get(entry.seq, Ruling()))
        for entry in entries
        if entry.topic not in _ABOUT_THE_REQUEST
    ]
    _refuse_left_behind(entries, decided, given)
    return given


def _given(entry: Entry, ruling: Ruling) -> GivenLine:
    bare = replace(entry, text=Secret(""), value=None)
    if not needs_review(entry) or entry.destroyed:
        return GivenLine(bare, (), None)
    if ruling.ground is None or ruling.places:
        shown = str(entry.text) or (entry.value or "").replace("_", " ")
        return GivenLine(bare, without(shown, ruling.places), ruling.ground)
    return GivenLine(bare, (), ruling.ground)


def _refuse_left_behind(
    entries: Sequence[Entry], decided: dict[int, Ruling], given: Sequence[GivenLine]
) -> None:
    """What was taken out of one line must not stand in another."""
    by_seq = {entry.seq: entry for entry in entries}
    for seq, ruling in decided.items():
        for start, end in ruling.places:
            phrase = by_seq[seq].text[start:end].strip()
            left = [line.entry.seq for line in given if phrase and _still_in(line, phrase)]
            if left:
                numbers = ", ".join(map(str, left))
                raise NotForThisPaper(
                    f"Words that were taken out of line {seq} still stand in line {numbers}."
                )


def _still_in(line: GivenLine, phrase: str) -> bool:
    return any(piece.text and holds(piece.text, phrase) for piece in line.pieces)


def as_json(pack: SubjectPack, organisation: str, role_of: Callable[[str], str]) -> dict[str, Any]:
    """The pack for a machine. There is no proof in it: a proof names who wrote each line."""
    export = pack.export
    return {
        "format": PACK_FORMAT,
        "organisation": organisation,
        "reference": export.opened.summary.head.reference,
        "made_at": export.at.isoformat(),
        "checkpoint": {"number": export.checkpoint.number, "head": export.checkpoint.head},
        "lines": [_line_json(line, role_of) for line in pack.lines],
    }


def _line_json(line: GivenLine, role_of: Callable[[str], str]) -> dict[str, Any]:
    entry = line.entry
    times = {
        name: getattr(entry, name).isoformat() if getattr(entry, name) else None
        for name in ("happened_at", "told_at", "written_at")
    }
    return {
        "seq": entry.seq,
        "kind": str(entry.kind),
        "topic": entry.topic,
        "by": role_of(entry.by),
        **times,
        "pieces": [
            {"text": piece.text} if piece.text is not None else {"removed": line.ground}
            for piece in line.pieces
        ],
        "removed": line.ground if not line.pieces else None,
        "hash": entry.hash,
    }
