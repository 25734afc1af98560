"""A line between a house and a dialogue that misbehaves when told to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from casework.facts import Message, MessageKind
from casework.vocabulary import EntryKind
from connectors import dialogue as dialogue_module
from connectors import line as line_module
from connectors.dialogue import Dialogue
from connectors.incoming import Incoming
from connectors.line import Line
from tests.unit.connectors.dialogue_fake import TOKEN, FakeDialogue, running
from tests.unit.home import Home


class Channel:
    """What a channel does: it hands messages in, and waits for what is said."""

    def __init__(self, home: Home, line: Line, dialogue: FakeDialogue) -> None:
        self.home = home
        self.line = line
        self.dialogue = dialogue
        self._count = 0

    async def send(
        self,
        talk: str,
        text: str,
        *,
        kind: MessageKind = MessageKind.TEXT,
        message_id: str | None = None,
        seconds: float = 0,
        strand: EntryKind | None = None,
        button: str | None = None,
    ) -> Message:
        """Hands in a message; `seconds` is when it was sent, from now."""
        self._count += 1
        incoming = Incoming(
            conversation_id=talk,
            channel="web",
            message_id=f"{talk}:{message_id or f'sent-{self._count}'}",
            kind=kind,
            text=text,
            source_at=self.home.clock.now + timedelta(seconds=seconds),
            strand=strand,
            button=button,
        )
        return await self.line.take(incoming)

    async def turns(self, talk: str, count: int) -> list[dict[str, object]]:
        """The turns of a conversation, once there are so many."""
        async with asyncio.timeout(20):
            while len(self.home.turns(talk)) < count:
                await self.line.changed(self.line.answered, 0.02)
        return self.home.turns(talk)

    async def said(self, talk: str, count: int) -> list[str]:
        """The names of the responses, once there are so many turns."""
        await self.turns(talk, count)
        return self.home.said(talk)

    async def answered(self, message: Message) -> None:
        """Until this message has its answer."""
        async with asyncio.timeout(20):
            while message.id in {m.id for m in self._waiting(message.conversation_id)}:
                await self.line.changed(self.line.answered, 0.02)

    def _waiting(self, talk: str) -> list[Message]:
        with self.home.store.read() as work:
            return work.inbox.unanswered(talk)


@pytest.fixture
async def dialogue() -> AsyncIterator[FakeDialogue]:
    async with running() as fake:
        yield fake


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A dialogue that hangs is given up at once. Ask for it before the channel."""
    monkeypatch.setattr(dialogue_module, "TIMEOUT_SECONDS", 0.3)


@pytest.fixture
async def channel(
    home: Home, dialogue: FakeDialogue, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Channel]:
    """The real line and the real seam, with pauses that no test has to wait for."""
    monkeypatch.setattr(line_module, "PAUSES_BETWEEN_TRIES", (0.0, 0.0))
    monkeypatch.setattr(line_module, "SWEEP_SECONDS", 0.02)
    seam = Dialogue(dialogue.address, TOKEN)
    line = Line(home.house, home.phrases, seam)
    yield Channel(home, line, dialogue)
    dialogue.open.set()
    dialogue.ended.set()
    await line.stop()
    await seam.close()


@pytest.fixture
async def sweeping(channel: Channel) -> AsyncIterator[Channel]:
    """The same, with the sweep at work."""
    sweep = asyncio.create_task(channel.line.sweep())
    yield channel
    sweep.cancel()
    await asyncio.gather(sweep, return_exceptions=True)
