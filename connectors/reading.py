"""What a message is, before the dialogue sees it: a line for the record, or talk to Heard.

Nothing typed ever reaches Rasa as a command: text that begins with a slash gets a word in front
(reliability.md R1); only payloads of buttons that Heard showed in this conversation begin so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto

from casework import consent_reminder
from casework import danger as alarm
from casework.facts import Conversation, Message, MessageKind, Turn
from casework.house import House
from casework.ports import Work
from casework.talk import asks_leave, last_turns, said_last, speaks_of_secrecy
from casework.vocabulary import EntryKind
from connectors.replies import DANGER, STANDING, every_button

TO_DIALOGUE = 8_000
# A slash before the first word, whatever invisible signs stand before it.
SLASHED = re.compile(r"\W*/")
COMMANDS = {
    "done": "/done",
    "help": "/help",
    "status": "/record_status",
    "start_again": "/start_again",
    "due": "/what_is_due",
    "remind_me": "/remind_me",
}
# What may be typed of an alarm that was raised here, long after its buttons have gone.
OF_AN_ALARM = {"called_999": "/called_999", "no_danger": "/no_danger"}
APOSTROPHES = str.maketrans("", "", "'\u2019\u02bc`")
# These answer the question they were shown under, and no other.
ANSWERS = frozenset({"/affirm", "/deny", "/unsure", "/skip", "/finish", "/choose"})


class Button(Enum):
    """A press that means nothing any more."""

    UNKNOWN = auto()
    OLD = auto()


@dataclass(frozen=True)
class Reading:
    """A line to keep, something for the dialogue, or a button out of place.

    `danger` is noticed in any of them; `is_line` says that the text belongs into the record. A
    line may be answered as well: "can i ask if ..." among their words, a promise among what was
    said to them.
    """

    is_line: bool = False
    to_dialogue: str | None = None
    button: Button | None = None
    danger: bool = False


def read(house: House, work: Work, talk: Conversation, message: Message) -> Reading:
    """Reads one message."""
    if message.kind is MessageKind.PRESS:
        return _read_press(work, talk, message)
    danger = house.coach.danger(message.text) is not None
    if message.kind is MessageKind.WORDS:
        return Reading(True, _answer_to_line(house, talk, message), danger=danger)
    command = _typed_button(work, talk, message.text) or _command(house, work, talk, message.text)
    if talk.capture_strand is not None and command is None:
        return Reading(True, _answer_to_line(house, talk, message), danger=danger)
    if command in OF_AN_ALARM.values():
        return Reading(to_dialogue=command)
    if danger and not alarm.said_before(work, talk, message):
        return Reading(to_dialogue=DANGER, danger=True)
    return Reading(to_dialogue=command or harmless(message.text), danger=danger)


def _answer_to_line(house: House, talk: Conversation, message: Message) -> str | None:
    """What Heard says to a line, which is kept all the same."""
    strand = message.strand or talk.capture_strand
    # Among their words it may be somebody else's promise.
    if strand is not EntryKind.WORDS and house.coach.promise(message.text) is not None:
        return "/promise_made"
    if strand is EntryKind.QUESTION_ASKED or message.kind is not MessageKind.WORDS:
        return None
    return _asks_heard(house, message.text)


def _asks_heard(house: House, text: str) -> str | None:
    """Somebody asks what they may say."""
    if house.coach.is_wording_check(text):
        return "/wording_check"
    return "/say_again" if house.coach.asks_what_to_say(text) else None


def _typed_button(work: Work, talk: Conversation, text: str) -> str | None:
    """Typing works wherever a button does: the title of one that was just shown presses it."""
    typed = _as_title(text)
    for turn in last_turns(work, talk.id):
        for button in every_button(turn.content, turn.id):
            if _as_title(button["title"]) == typed:
                return str(button["payload"])
    return None


def _as_title(text: str) -> str:
    """Phones make an apostrophe of their own, or leave it out."""
    return text.strip().casefold().translate(APOSTROPHES)


def _command(house: House, work: Work, talk: Conversation, text: str) -> str | None:
    """What is said to Heard itself, in any state, without losing the place.

    Text that looks like one of Rasa's commands is none of ours either: it is what was typed.
    """
    if SLASHED.match(text):
        return None
    control = house.coach.control(text)
    # While a capture is open, a bare "help" or "stop" may well be what they said.
    if control == "done" or (control in COMMANDS and talk.capture_strand is None):
        return COMMANDS[control]
    if control in OF_AN_ALARM and _is_about_the_alarm(work, talk):
        return OF_AN_ALARM[control]
    if talk.capture_strand is None and consent_reminder.is_asked_for(text):
        return COMMANDS["remind_me"]
    return _asks_heard(house, text) or _promised(house, work, talk, text)


def _promised(house: House, work: Work, talk: Conversation, text: str) -> str | None:
    """A promise of secrecy, once there is a case: made, or planned and asked about."""
    case_is_open = talk.record_id is not None and talk.capture_strand is None
    if not case_is_open or _just_repaired(work, talk):
        return None
    if not speaks_of_secrecy(house, text, talk.asks):
        return None
    return "/wording_check" if asks_leave(text) else "/promise_made"


def _just_repaired(work: Work, talk: Conversation) -> bool:
    """Whether the question that waits was just put again because a promise was read. What is said
    then is the answer, or it would be asked for without end."""
    answer = last_turns(work, talk.id)[-1:]  # without what was told unasked since
    said = {reply["response"] for turn in answer for reply in turn.content["replies"]}
    return talk.asks is not None and "utter_promise_repair" in said


def _is_about_the_alarm(work: Work, talk: Conversation) -> bool:
    """Whether "called 999" says what came of an alarm. While a question waits only at once: later
    it is the answer."""
    if talk.danger_at is None or talk.capture_strand is not None:
        return False
    return talk.asks is None or "utter_danger" in said_last(work, talk.id)


def harmless(text: str) -> str:
    """Text as the dialogue may have it: never a command, never too long, and such that it can be
    sent (a lone surrogate cannot). The inbox has it all."""
    stripped = text.encode("utf-8", "replace").decode().strip()
    shortened = stripped[:TO_DIALOGUE]
    return f"note: {shortened}"[:TO_DIALOGUE] if stripped.startswith("/") else shortened


def _read_press(work: Work, talk: Conversation, message: Message) -> Reading:
    if message.button in STANDING:
        standing = STANDING[message.button]
        return Reading(to_dialogue=standing, danger=standing == DANGER)
    turn, payload = find_button(work, talk, message.button)
    if turn is None or payload is None:
        return Reading(button=Button.UNKNOWN)
    if payload in ANSWERS and turn.content["asks"] != talk.asks:
        return Reading(button=Button.OLD)
    return Reading(to_dialogue=payload, danger=payload == DANGER)


def find_button(
    work: Work, talk: Conversation, button: str | None
) -> tuple[Turn | None, str | None]:
    """The turn of this conversation that showed a button, and what the button does."""
    turn_id = (button or "").partition(".")[0]
    turn = work.turns.get(talk.id, int(turn_id)) if turn_id.isdecimal() else None
    if turn is None:
        return None, None
    does = {offered["id"]: offered["payload"] for offered in every_button(turn.content, turn.id)}
    return turn, does.get(button or "")
