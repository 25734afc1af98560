"""Windows: one to write exact words in, and one to read the record back. Neither stays in Slack."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from casework.facts import MessageKind
from casework.vocabulary import STRANDS, EntryKind, utc_now
from connectors.incoming import Incoming
from connectors.replies import STRAND_LABELS
from connectors.slack.blocks import FORM, LONGEST_TEXT, Block, button, context, plain_text, section
from connectors.slack.errors import Forged
from connectors.slack.room import CHANNEL, Room
from connectors.slack.texts import said
from connectors.slack.threads import own

WORDS, ADD = "heard.words", "heard.add"
INPUT = "text"
# What was written into one part of a window: strand, number, text.
Part = tuple[EntryKind, int, str]
MOST_PARTS = 20
STRAND_OF = {
    "/write_words": EntryKind.WORDS,
    "/strand_words": EntryKind.WORDS,
    "/strand_asked": EntryKind.QUESTION_ASKED,
    "/strand_saw": EntryKind.OBSERVATION,
    "/strand_think": EntryKind.OPINION,
}


@dataclass(frozen=True)
class Form:
    """A window to write in: for which conversation, which strand, and how many parts it has."""

    conversation_id: str
    strand: EntryKind
    parts: int = 1

    def view(self, room: Room) -> dict[str, Any]:
        """The window. What I asked has a part of its own, so that it never mixes with words."""
        blocks = [section(room.phrases.reply("utter_form", {})["text"])]
        blocks += [_input(self.strand, n) for n in range(1, self.parts + 1)]
        if self.parts < MOST_PARTS:
            add = button(said("add_another"), str(self.strand), ADD)
            blocks.append({"type": "actions", "elements": [add]})
        if self.strand is not EntryKind.QUESTION_ASKED:
            blocks.append(_input(EntryKind.QUESTION_ASKED, 1))
        kept = {"conversation": self.conversation_id, "strand": self.strand, "parts": self.parts}
        return {
            "type": "modal",
            "callback_id": WORDS,
            "private_metadata": json.dumps(kept),
            "title": plain_text(STRAND_LABELS[self.strand]),
            "submit": plain_text(said("keep")),
            "close": plain_text(said("close")),
            "blocks": blocks,
        }

    def with_another_part(self) -> Form:
        """The same window, one part longer; what is written in it stays."""
        return Form(self.conversation_id, self.strand, min(self.parts + 1, MOST_PARTS))

    @classmethod
    def read(cls, room: Room, view: Mapping[str, Any], person: str) -> Form:
        """The form of a window that came back. Raises Forged for any that Heard did not open."""
        try:
            kept = json.loads(view["private_metadata"])
            form = cls(str(kept["conversation"]), EntryKind(kept["strand"]), int(kept["parts"]))
        except (KeyError, TypeError, ValueError):
            raise Forged("window") from None
        with room.store.read() as work:
            if work.threads.of_conversation(form.conversation_id) is None:
                raise Forged("window")
            own(work.conversations.get(form.conversation_id), person)
        return form


def _input(strand: EntryKind, part: int) -> Block:
    title = STRAND_LABELS[strand]
    if part > 1:
        title = said("part", title=title, part=part)
    return {
        "type": "input",
        "block_id": f"{strand}:{part}",
        "optional": True,
        "label": plain_text(title),
        "element": {
            "type": "plain_text_input",
            "action_id": INPUT,
            "multiline": True,
            "max_length": LONGEST_TEXT,
        },
    }


async def open_form(room: Room, trigger_id: str, form: Form) -> None:
    """Opens the window. Raises SlackUnavailable."""
    await room.api.call("views.open", trigger_id=trigger_id, view=form.view(room))


async def keep(room: Room, view: Mapping[str, Any], person: str) -> bool:
    """Keeps every part as a line of its strand; False when nothing was written.

    Raises:
        Forged: This window is none of Heard's, or not this person's.
        StoreUnavailable: Nothing was kept: the window stays open. Sent in again, what was kept is
            not kept twice.
    """
    form = await asyncio.to_thread(Form.read, room, view, person)
    written = list(_written(view))
    await room.line.take_lines(list(_lines(form.conversation_id, view, written)))
    return bool(written)


def _lines(talk: str, view: Mapping[str, Any], written: list[Part]) -> Iterator[Incoming]:
    now = utc_now()
    for n, (strand, part, text) in enumerate(written):
        mark = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
        yield Incoming(
            conversation_id=talk,
            channel=CHANNEL,
            message_id=f"{talk}:{FORM}{view.get('id')}/{strand}:{part}/{mark}",
            kind=MessageKind.WORDS,
            text=text,
            # They were written together; their order is that of the window.
            source_at=now + timedelta(microseconds=n),
            strand=strand,
        )


def _written(view: Mapping[str, Any]) -> Iterator[Part]:
    """What stands in the window, in its order: (strand, part, text)."""
    values = view.get("state", {}).get("values", {})
    found = []
    for block_id, block in values.items():
        strand, _, part = str(block_id).partition(":")
        if strand not in [str(one) for one in STRANDS] or not part.isdecimal():
            continue
        text = block.get(INPUT, {}).get("value")
        if isinstance(text, str) and text.strip():
            found.append((EntryKind(strand), int(part), text))
    yield from sorted(found, key=lambda one: (one[0] is EntryKind.QUESTION_ASKED, one[1]))


def read_back(room: Room, lines: list[Mapping[str, Any]]) -> dict[str, Any]:
    """A window with the record as it stands, to read and close."""
    shown = []
    for line in lines[:40]:
        shown += [context(line["title"]), section((line["text"] or "–")[:LONGEST_TEXT])]
    return {
        "type": "modal",
        "callback_id": "heard.read_back",
        "title": plain_text(said("what_i_have")),
        "close": plain_text(said("close")),
        "blocks": shown,
    }
