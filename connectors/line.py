"""Step 1 of 7: channel. Every message is kept, then answered: one at a time in a conversation.

Store first, answer second. What was stored and not answered (a crash, the dialogue down) is
found by the sweep and answered later, in order; use cases and the dialogue are idempotent on the
message, so nothing happens twice. Danger alone does not wait for its turn. Source: design.md
section 3, reliability.md R2-R5.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import logging
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar

from casework import capture, cases, contacts, danger, duty_words, guide
from casework.errors import (
    DialogueFailed,
    DialogueTooSlow,
    DialogueUnavailable,
    HeardError,
    StoreUnavailable,
    TemporarilyUnavailable,
)
from casework.facts import Conversation, Message, MessageKind
from casework.house import House
from casework.phrases import Phrasebook
from casework.ports import Work
from casework.questions import UNCLEAR_RESPONSE
from casework.talk import NEEDS
from connectors import replies
from connectors.dialogue import Dialogue, DialogueTurn
from connectors.incoming import Incoming, take_in
from connectors.reading import Button, Reading, find_button, read
from connectors.replies import DANGER, STANDING, Asked, Raw

log = logging.getLogger("heard.line")

SWEEP_SECONDS = 2.0
PAUSES_BETWEEN_TRIES = (0.3, 1.0)
# After so many failures of its own a message no longer holds up those behind it.
HOLDS_UP_UNTIL = 5
BUTTONS_LOOKED_BACK = 12
# Answering has hands of its own, and few: when many write at once, keeping their messages comes
# first. The dialogue takes one turn after the other anyway.
ANSWERING_HANDS = 2

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True)
class Prepared:
    """What was done and said before the dialogue is asked; None when it need not be."""

    to_dialogue: str | None
    said: list[Raw]


class Line:
    """Takes messages in, and answers them in order."""

    def __init__(self, house: House, phrases: Phrasebook, dialogue: Dialogue) -> None:
        self._house = house
        self._phrases = phrases
        self._dialogue = dialogue
        self._locks: dict[str, asyncio.Lock] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._changed = asyncio.Condition()
        self.answered = 0
        self._failing: set[str] = set()
        # Messages that were read for danger while they wait: each once, not at every sweep.
        self._read: set[str] = set()
        self._hands = ThreadPoolExecutor(ANSWERING_HANDS, thread_name_prefix="answering")

    # ---- in ----

    async def take(self, incoming: Incoming) -> Message:
        """Keeps a message; a line of the record is in the record before this returns.

        Raises:
            EmptyMessage, MessageTooLarge: Nothing was kept.
            StoreUnavailable: Nothing was kept.
        """
        message = await asyncio.to_thread(self._keep, incoming)
        self.wake(message.conversation_id)
        return message

    def _keep(self, incoming: Incoming) -> Message:
        message, is_new = self._house.store.together(lambda work: take_in(work, incoming))
        if is_new and message.kind is MessageKind.WORDS:
            capture.keep(self._house, message)
        return message

    async def take_lines(self, incoming: Sequence[Incoming]) -> None:
        """Keeps lines that were sent in together, all of them or none. They are in the record a
        moment later: whoever waits for this to return has three seconds, and a record takes its
        lines one after the other.

        Raises:
            EmptyMessage, MessageTooLarge, StoreUnavailable: Nothing was kept.
        """
        messages = await asyncio.to_thread(self._keep_all, incoming)
        self._start(self._put_in_record(messages))

    def _keep_all(self, incoming: Sequence[Incoming]) -> list[Message]:
        return self._house.store.together(lambda work: [take_in(work, one)[0] for one in incoming])

    async def _put_in_record(self, lines: Sequence[Message]) -> None:
        for line in lines:
            try:
                await self._does(capture.keep, self._house, line)
            except HeardError as error:  # it is tried again when its turn comes
                log.error("line %s not in the record yet: %s", line.id, _code(error))
        for talk in {line.conversation_id for line in lines}:
            await self._drain(talk)

    async def open_conversation(self, person: str, channel: str) -> str:
        """A new conversation, already greeted (or told that Heard cannot guide just now)."""
        talk = await asyncio.to_thread(self._open, person, channel)
        return talk.id

    def _open(self, person: str, channel: str) -> Conversation:
        house = self._house
        drafts = cases.open_drafts(house, person)[:2]
        said = [
            self._phrases.reply(
                "utter_carry_on_with",
                {"reference": case.head.reference, "conversation": case.conversation_id},
            )
            for case in drafts
        ]
        with house.store.work() as work:
            talk = work.conversations.open(person=person, channel=channel)
            due = duty_words.due(house, work, person)
            said += [self._phrases.reply(name, words) for name, words in due]
            asked = Asked(replies=[*said, self._phrases.reply("utter_greet", {})])
            work.turns.add(talk.id, self._content(work, talk, asked, pushed=True))
            return talk

    def title_of(self, conversation_id: str, button: str) -> str:
        """What stood on a button, for the record of what was pressed; "" when nobody knows it."""
        if button in STANDING:
            return self._phrases.title_of_payload(STANDING[button])
        with self._house.store.read() as work:
            talk = work.conversations.get(conversation_id)
            turn, _ = find_button(work, talk, button)
            offered = replies.every_button(turn.content, turn.id) if turn else []
        return next((str(one["title"]) for one in offered if one["id"] == button), "")

    def button_titled(self, conversation_id: str, title: str) -> str | None:
        """The id of the newest button of that title (for a terminal, which has no ids)."""
        with self._house.store.read() as work:
            for turn in work.turns.latest(conversation_id, BUTTONS_LOOKED_BACK):
                for button in replies.every_button(turn.content, turn.id):
                    if button["title"].casefold() == title.strip().casefold():
                        return str(button["id"])
        return None

    # ---- out ----

    def wake(self, conversation_id: str) -> None:
        """Answers what waits in this conversation, in the background."""
        self._start(self._drain(conversation_id))

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def stop(self) -> None:
        """Ends what is under way, and the hands. A message without its answer is the sweep's to
        find, at the next start."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.to_thread(self._hands.shutdown, cancel_futures=True)

    async def sweep(self) -> None:
        """For ever: answers what was left without an outcome."""
        while True:
            try:
                waiting = await self._does(self._waiting)
            except Exception as error:  # an edge: this loop must outlive whatever happens in it
                log.error("sweep: %s", _code(error))
                waiting = []
            # With exceptions as results: one that comes together with the end of this task would
            # otherwise be raised in place of the cancellation, and the loop would never end.
            drained = await asyncio.gather(*map(self._drain, waiting), return_exceptions=True)
            for broken in filter(None, drained):
                log.error("sweep: %s", _code(broken))
            await asyncio.sleep(SWEEP_SECONDS)

    def _waiting(self) -> list[str]:
        with self._house.store.read() as work:
            return work.inbox.conversations_waiting()

    async def changed(self, seen: int, seconds: float) -> None:
        """Returns as soon as more than `seen` turns were `answered` in this process, or after
        `seconds`: a turn may also come from a tick, or from another process."""
        async with self._changed:
            # Not asyncio.wait_for: before Python 3.12 it loses a cancellation that comes together
            # with the change, and whoever loops around this would never end.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._changed.wait_for(lambda: self.answered > seen)

    async def _drain(self, conversation_id: str) -> None:
        lock = self._locks.setdefault(conversation_id, asyncio.Lock())
        async with lock:
            while message := await self._does(self._next, conversation_id):
                if not await self._answer(message):
                    return

    def _next(self, conversation_id: str) -> Message | None:
        with self._house.store.read() as work:
            waiting = work.inbox.unanswered(conversation_id)
        in_turn = [message for message in waiting if message.attempts < HOLDS_UP_UNTIL]
        return next(iter(in_turn or waiting), None)

    async def _answer(self, message: Message) -> bool:
        """Answers one message. False when it has to wait for another try."""
        try:
            await self._take_turn(message)
        except Exception as error:  # the edge: the person is told, the message is tried again
            log.error("message %s not answered: %s", message.id, _code(error))
            await self._look_for_danger(message.conversation_id)
            await self._say_failed(message, error)
            return False
        self._failing.discard(message.id)
        self._read.discard(message.id)
        await self._notify()
        return True

    async def _does(self, do: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Off the event loop, by one of the hands that answer."""
        work = functools.partial(do, *args, **kwargs)
        return await asyncio.get_running_loop().run_in_executor(self._hands, work)

    async def _notify(self) -> None:
        async with self._changed:
            self.answered += 1
            self._changed.notify_all()

    async def _take_turn(self, message: Message) -> None:
        prepared = await self._does(self._prepare, message)
        asked = DialogueTurn([], None, None)
        if prepared.to_dialogue is not None:
            asked = await self._ask(message, prepared.to_dialogue)
        if not asked.replies and not prepared.said:
            # An empty answer is a failure that Rasa hid (design.md section 3). It will be as empty
            # the next time: what waits behind it must not wait for ever.
            raise DialogueFailed("silent")
        await self._does(self._finish, message, prepared, asked)

    def _prepare(self, message: Message) -> Prepared:
        """Everything that must hold even when the dialogue is down."""
        reading = self._reading(message)
        if reading.button is not None:
            return self._out_of_place(reading.button)
        said: list[Raw] = []
        to_dialogue = reading.to_dialogue
        if reading.is_line:
            entry = capture.keep(self._house, message)
            said.append(replies.entry_reply(self._phrases, entry))
        if reading.danger:
            alarm = danger.raise_alarm(self._house, message.conversation_id, message.id)
            if reading.is_line and alarm.interrupt:
                to_dialogue = DANGER
        return Prepared(to_dialogue, said)

    def _reading(self, message: Message) -> Reading:
        with self._house.store.read() as work:
            talk = work.conversations.get(message.conversation_id)
            return read(self._house, work, talk, message)

    def _out_of_place(self, button: Button) -> Prepared:
        if button is Button.OLD:
            return Prepared("/answer_on", [self._phrases.reply("utter_old_button", {})])
        return Prepared(None, [self._phrases.reply("utter_unknown_button", {})])

    async def _ask(self, message: Message, text: str) -> DialogueTurn:
        for pause in PAUSES_BETWEEN_TRIES:
            try:
                return await self._dialogue.turn(message.conversation_id, message.id, text)
            except DialogueTooSlow:
                raise  # the person has waited long enough to be told
            except TemporarilyUnavailable:
                await asyncio.sleep(pause)
        return await self._dialogue.turn(message.conversation_id, message.id, text)

    def _finish(self, message: Message, prepared: Prepared, asked: DialogueTurn) -> None:
        with self._house.store.work() as work:
            talk = work.conversations.get(message.conversation_id)
            turn = Asked(
                need=_need(talk, prepared, asked),
                asks=asked.asks if prepared.to_dialogue is not None else talk.asks,
                outcome=guide.outcome_of(work, talk, message.id),
                replies=[*prepared.said, *replies.in_place(talk, asked.asks, asked.replies)],
            )
            said = self._content(work, talk, turn, in_reply_to=message.sent_as)
            work.turns.add(talk.id, said, message.id)
            work.conversations.change(talk.id, asks=turn.asks)
            work.inbox.mark_answered(message.id)

    def _content(
        self,
        work: Work,
        talk: Conversation,
        asked: Asked,
        *,
        in_reply_to: str | None = None,
        pushed: bool = False,
    ) -> dict[str, Any]:
        return replies.content(
            self._house,
            self._phrases,
            work,
            talk,
            asked,
            in_reply_to=in_reply_to,
            pushed=pushed,
        )

    # ---- when it fails ----

    async def _say_failed(self, message: Message, error: Exception) -> None:
        """Says once that the words are safe and whom to ring; the sweep tries again."""
        try:
            await self._does(self._note_failed, message, error)
        except StoreUnavailable:
            return  # the message is in the inbox; the sweep will find it
        await self._notify()

    def _note_failed(self, message: Message, error: Exception) -> None:
        with self._house.store.work() as work:
            if not _never_reached(error):
                work.inbox.mark_attempt(message.id, _code(error))
            self._say_meanwhile(work, message, "utter_dialogue_down")

    def _say_meanwhile(self, work: Work, message: Message, *responses: str) -> None:
        """Says once, to a message that has to wait for its answer, why, and what cannot wait."""
        if message.id in self._failing:
            return
        self._failing.add(message.id)
        talk = work.conversations.get(message.conversation_id)
        slots = contacts.as_slots(contacts.within(self._house, work, talk.id))
        said = [self._phrases.reply(response, slots) for response in responses]
        asked = Asked(asks=talk.asks, replies=said)
        work.turns.add(talk.id, self._content(work, talk, asked, in_reply_to=message.sent_as))

    async def _look_for_danger(self, conversation_id: str) -> None:
        """Danger in any message that waits is raised now: its turn may not come for an hour."""
        for message in await self._does(self._not_read, conversation_id):
            try:
                await self._does(self._warn, message)
            except Exception as error:  # an edge: those behind it may hold danger too
                log.error("message %s not read for danger: %s", message.id, _code(error))
            else:
                self._read.add(message.id)

    def _not_read(self, conversation_id: str) -> list[Message]:
        with self._house.store.read() as work:
            waiting = work.inbox.unanswered(conversation_id)
        return [message for message in waiting if message.id not in self._read]

    def _warn(self, message: Message) -> None:
        """Nothing else is done here: what a message is to the guide depends on those before it."""
        reading = self._reading(message)
        if not reading.danger:
            return
        alarm = danger.raise_alarm(self._house, message.conversation_id, message.id)
        if reading.is_line and not alarm.interrupt:
            return
        with self._house.store.work() as work:
            self._say_meanwhile(work, message, "utter_danger", "utter_dialogue_down")


def _need(talk: Conversation, prepared: Prepared, asked: DialogueTurn) -> str | None:
    """What the person needs; None for an answer to the question that was waiting."""
    if asked.intent not in NEEDS:
        return None
    was_command = (prepared.to_dialogue or "").startswith("/")
    unclear = UNCLEAR_RESPONSE in {reply.get("response") for reply in asked.replies}
    was_answer = talk.asks is not None and (unclear or talk.asks != asked.asks)
    return None if was_answer and not was_command else asked.intent


def _code(error: BaseException) -> str:
    return error.code if isinstance(error, HeardError) else type(error).__name__


def _never_reached(error: Exception) -> bool:
    """The dialogue was down: the message itself is not at fault and keeps its place, for hours if
    need be. One that it works at for too long may be at fault, and would hold up the rest."""
    down = isinstance(error, DialogueUnavailable | StoreUnavailable)
    return down and not isinstance(error, DialogueTooSlow)
