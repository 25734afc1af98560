"""Commands are whole messages."""

import pytest

from coach import Coach


@pytest.mark.parametrize(
    ("text", "control"),
    [
        ("done", "done"),
        ("Done!", "done"),
        ("ok all done thanks", "done"),
        ("skip this please", "skip"),
        ("I don’t know", "dont_know"),
        ("start again", "start_again"),
        ("status?", "status"),
        ("help", "help"),
        ("go back", "undo"),
        ("What do I have to do?", "due"),
        ("yes remind me tomorrow please", "remind_me"),
        ("thats everything", "finish"),
    ],
)
def test_a_whole_message_can_be_a_command(reads: Coach, text: str, control: str) -> None:
    assert reads.control(text) == control


@pytest.mark.parametrize(
    "text",
    [
        "she said she was done with him",
        "help me hes got a knife",
        "skip school he said",
        "he told me to stop",
        "remind me what he said about tuesday",
        "",
        "thank you",
    ],
)
def test_a_command_inside_a_sentence_is_none(reads: Coach, text: str) -> None:
    assert reads.control(text) is None
