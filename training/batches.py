"""Rows to tensors: every row once an epoch, worded and typed anew, like lengths together."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random

import torch
from tokenizers import Tokenizer
from torch import Tensor

from training.network import LONGEST
from training.noise import typed
from training.rows import TASKS, Row

SIZE = 32
NONE = -100  # "no label here" to torch's cross entropy
ROOM = 500  # characters; what is joined beyond it would be cut off
JOINED = ("danger", "promise")
# Needs whose messages hold neither.
CALM = ("smalltalk_or_off_topic", "record_status", "contact_lookup")
TURNS = {"yes": "no", "no": "yes"}
# A reply that begins so says yes or no to the question's own words: it cannot be turned.
OPENS = re.compile(r"(?i)\W*(ye|ya|yu|ok|no|na|nu|not|def|abso|cours|of c|sure|right|true|correct)")


@dataclass(frozen=True)
class Batch:
    """What the encoder reads, the number of each row's label by task, and how each was written
    before it was typed anew: nothing where it is not one text."""

    rows: Sequence[Row]
    inputs: tuple[Tensor, Tensor, Tensor]
    targets: Mapping[str, Tensor]
    written: Sequence[str] = ()


@dataclass(frozen=True)
class Batches:
    """Makes batches of rows."""

    tokenizer: Tokenizer
    labels: Mapping[str, Sequence[str]]
    asked: Mapping[str, Sequence[str]]
    turned: Mapping[str, Sequence[str]]

    def epoch(self, rows: Sequence[Row], chance: Random) -> Iterator[Batch]:
        """Every row once, in another order and another spelling each time."""
        calm = [row.text for row in rows if row.task == "needs" and row.label in CALM]
        ordered = sorted(rows, key=lambda r: len(r.text) + len(r.light) + 20 * chance.random())
        groups = [ordered[n : n + SIZE] for n in range(0, len(ordered), SIZE)]
        chance.shuffle(groups)
        for group in groups:
            joined = [_joined(row, calm, chance) for row in group]
            alone = zip(joined, group, strict=True)
            written = [row.text if now is row and not row.light else "" for now, row in alone]
            yield self.of([self._varied(row, chance) for row in joined], written)

    def plain(self, rows: Sequence[Row]) -> Iterator[Batch]:
        """Every row as it stands, in order."""
        worded = [self._worded(row) for row in rows]
        yield from (self.of(worded[n : n + SIZE]) for n in range(0, len(worded), SIZE))

    def of(self, rows: Sequence[Row], written: Sequence[str] = ()) -> Batch:
        """One batch."""
        texts = [(row.light, row.text) for row in rows]
        targets = {task: torch.tensor([self._target(task, row) for row in rows]) for task in TASKS}
        return Batch(rows, self.tensors(texts), targets, written)

    def tensors(self, texts: Sequence[tuple[str, str]]) -> tuple[Tensor, Tensor, Tensor]:
        """Word pieces, which of them count, and which of the two texts each belongs to."""
        read = self.tokenizer.encode_batch([pair if pair[0] else pair[1] for pair in texts])
        return (
            torch.tensor([each.ids for each in read]),
            torch.tensor([each.attention_mask for each in read]),
            torch.tensor([each.type_ids for each in read]),
        )

    def _target(self, task: str, row: Row) -> int:
        if task == row.task:
            return list(self.labels[task]).index(row.label)
        if task == "danger" and row.task == "needs":
            return list(self.labels[task]).index(str(row.label == "immediate_danger").lower())
        if task == "needs" and row.task == "danger" and row.label == "true":
            return list(self.labels[task]).index("immediate_danger")
        return NONE

    def _worded(self, row: Row) -> Row:
        if row.task != "answer" or row.light not in self.asked:
            return row
        return Row(row.task, row.text, row.label, self.asked[row.light][0], row.idea)

    def _varied(self, row: Row, chance: Random) -> Row:
        label, light = row.label, row.light
        if row.task == "answer" and light in self.asked:
            turn = light in self.turned and not OPENS.match(row.text) and chance.random() < 0.15
            label = TURNS.get(label, label) if turn else label
            ways = (self.turned if turn else self.asked)[light]
            light = ways[0] if chance.random() < 0.5 else chance.choice(ways)
        text = typed(row.text, chance) if chance.random() < 0.7 else row.text
        return Row(row.task, text, label, light, row.idea)


def _joined(row: Row, calm: Sequence[str], chance: Random) -> Row:
    """One in seven dangers and promises stands in the middle of other talk, as it does in life."""
    other = chance.choice(calm) if calm and chance.random() < 1 / 7 else ""
    if not other or row.task not in JOINED or len(row.text) + len(other) > ROOM:
        return row
    parts = [row.text, other] if chance.random() < 0.5 else [other, row.text]
    text = chance.choice((". ", " ", ", ", "\n")).join(parts)
    return Row(row.task, text, row.label, row.light, row.idea)


def tokenizer(path: str) -> Tokenizer:
    """all-MiniLM-L6-v2's own word pieces, cut at LONGEST."""
    read = Tokenizer.from_file(path)
    read.enable_truncation(LONGEST)
    read.enable_padding()
    return read
