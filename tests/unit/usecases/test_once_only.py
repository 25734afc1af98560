"""Whatever runs twice for one message has happened once: the line and the dialogue both repeat."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import text

from casework import capture, cases, danger, record, talk
from casework.facts import Message
from casework.vocabulary import INVOLVES_US, EntryKind, RecordKind, Topic
from tests.unit.home import Home

UseCase = Callable[[Home, Message], object]


def _answer(question: str, value: str) -> UseCase:
    return lambda home, message: record.answer(
        home.house, message.conversation_id, message.id, question, text=value, value=value
    )


USE_CASES: dict[str, UseCase] = {
    "open a case": lambda home, m: cases.open_case(
        home.house, m.conversation_id, m.id, RecordKind.DISCLOSURE
    ),
    "open the capture": lambda home, m: capture.open_capture(home.house, m.conversation_id, m.id),
    "keep a line": lambda home, m: capture.keep(home.house, m),
    "keep a line after all": lambda home, m: capture.keep_after_all(
        home.house, m.conversation_id, m.id
    ),
    "amend a line": lambda home, m: capture.begin_amending(home.house, m.conversation_id, 1),
    "put a line into another list": lambda home, m: capture.also_in(
        home.house, m.conversation_id, m.id, 1, EntryKind.OPINION
    ),
    "close the capture": lambda home, m: capture.close_capture(home.house, m.conversation_id),
    "raise the alarm": lambda home, m: danger.raise_alarm(home.house, m.conversation_id, m.id),
    "note 999": lambda home, m: danger.note(home.house, m.conversation_id, m.id, Topic.CALLED_999),
    "note a promise": lambda home, m: talk.note_promise(home.house, m.conversation_id, m.id),
    "answer whom it concerns": _answer(INVOLVES_US, "no"),
    "answer whether they are safe": _answer("safe_now", "no"),
    "answer who": _answer("which_of_us", "the duty dsl"),
    "enough for now": lambda home, m: record.finish_early(home.house, m.conversation_id, m.id),
    "file": lambda home, m: record.file(home.house, m.conversation_id, m.id),
}
STANDING = ("records", "entries", "conflicts", "conversations", "escalations", "deliveries")


def everything(home: Home) -> dict[str, list[tuple[object, ...]]]:
    """Every row that a use case can write."""
    with home.engine.connect() as db:
        return {
            name: [tuple(row) for row in db.execute(text(f"SELECT * FROM {name}"))]
            for name in STANDING
        }


@pytest.mark.parametrize("use_case", USE_CASES.values(), ids=USE_CASES)
def test_a_repeat_of_the_same_message_writes_nothing(home: Home, use_case: UseCase) -> None:
    message = home.message(home.case("he hits me"), "a message that comes twice")
    first = use_case(home, message)
    before = everything(home)
    home.pass_time(seconds=5)
    again = use_case(home, message)
    assert everything(home) == before
    assert type(again) is type(first)


@pytest.mark.parametrize("use_case", USE_CASES.values(), ids=USE_CASES)
def test_a_repeat_pings_nobody_again(home: Home, use_case: UseCase) -> None:
    message = home.message(home.told_case(), "a message that comes twice")
    use_case(home, message)
    asked = home.asked_ever(message.conversation_id)
    use_case(home, message)
    assert home.asked_ever(message.conversation_id) == asked
