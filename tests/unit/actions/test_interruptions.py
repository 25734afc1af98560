"""What was done is an answer, even when it sounds like a request for a number."""

from datetime import UTC, datetime
from typing import cast

import pytest

from actions.base import Turn
from actions.questions import interrupts
from casework.facts import Conversation, Message, MessageKind, Secret
from casework.house import House

AT = datetime(2026, 6, 1, 14, 0, tzinfo=UTC)


def turn(text: str, intent: str) -> Turn:
    message = Message("m", "c", "web", "c:m", MessageKind.TEXT, Secret(text), None, None, AT, AT)
    talk = Conversation("c", "reporter", "web", AT)
    return Turn(
        "c", message, talk, intent, 0.97, (), {}, "action_so_far", "record_form", False, frozenset()
    )


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("rang the on call number", "contact_lookup"),
        ("i gave her the childline number", "contact_lookup"),
        ("told my manager it is recorded", "record_status"),
        ("read the policy", "policy_question"),
    ],
)
def test_what_was_done_is_taken_as_the_answer(text: str, intent: str) -> None:
    no_house = cast(House, None)  # it is decided before anything else is looked at
    assert not interrupts(no_house, turn(text, intent), "action_so_far")
