"""A message as a channel hands it in, and how it is kept: whole or refused, and once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from casework.errors import EmptyMessage, MessageTooLarge
from casework.facts import Message, MessageKind
from casework.ports import Work
from casework.vocabulary import EntryKind

LARGEST_MESSAGE_BYTES = 100_000


@dataclass(frozen=True)
class Incoming:
    """A message as a channel hands it in. `message_id` is the channel's own, unique there."""

    conversation_id: str
    channel: str
    message_id: str
    kind: MessageKind
    text: str
    source_at: datetime
    strand: EntryKind | None = None
    button: str | None = None


def take_in(work: Work, incoming: Incoming) -> tuple[Message, bool]:
    """Keeps a message in the caller's transaction; the flag says whether it is new. The caller
    wakes its conversation afterwards.

    Raises:
        EmptyMessage, MessageTooLarge: It is not to be kept.
    """
    if not incoming.text.strip():
        raise EmptyMessage
    if len(incoming.text.encode("utf-8", "surrogatepass")) > LARGEST_MESSAGE_BYTES:
        raise MessageTooLarge
    return work.inbox.take(
        conversation_id=incoming.conversation_id,
        channel=incoming.channel,
        message_id=incoming.message_id,
        kind=incoming.kind,
        text=incoming.text,
        strand=incoming.strand,
        button=incoming.button,
        source_at=incoming.source_at,
    )
