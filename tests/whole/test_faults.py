"""What goes wrong has a defined answer: words are kept, or the person is told they are not."""

from __future__ import annotations

import pytest

from tests.whole.people import (
    Person,
    Talk,
    Turn,
    begin_capture,
    begin_disclosure,
    begin_questions,
    kinds,
    said,
    says,
)
from tests.whole.processes import Heard

NOT_KEPT = "I could not keep that."


def kept_lines(talk: Talk) -> list[str]:
    """What stands in the record as a line, as the conversation shows it back."""
    replies = (reply for turn in talk.turns() for reply in turn["replies"])
    return [reply["text"] for reply in replies if reply["entry"]]


def assert_safe_but_unguided(failure: Turn) -> None:
    assert says(failure, "utter_dialogue_down")
    assert "Duty DSL: 01632 960123" in said(failure)
    assert {"href": "tel:999", "title": "Call 999"} in failure["replies"][0]["links"]


# ---- the dialogue and its actions ----


def test_a_dead_dialogue_is_said_with_numbers_and_the_answer_comes_later(
    heard: Heard, reporter: Person
) -> None:
    talk, capture = begin_disclosure(reporter), begin_capture(reporter)
    killed = heard.kill_dialogue()
    message = talk.send(text="what do i say")
    assert_safe_but_unguided(talk.failure_of(message))
    shown = capture.write("she said it hurts")  # exact words need no dialogue
    assert kinds(shown) == ["entry"]
    assert said(shown) == "she said it hurts"
    assert says(talk.answer_to(message), "utter_say_once")
    assert heard.dialogue != killed
    assert len(talk.answers(message)) == 2


def test_a_failed_action_claims_nothing_and_is_done_later(heard: Heard, reporter: Person) -> None:
    talk = reporter.begin()
    with heard.failing_actions():
        message = talk.send(press="disclosure_now")
        failure = talk.failure_of(message)
        assert_safe_but_unguided(failure)
        assert [failure] == talk.answers(message)
    assert says(talk.answer_to(message), "utter_ask_danger_form_danger_now")
    assert len(talk.answers(message)) == 2


# ---- the database ----


def test_a_locked_database_keeps_nothing_and_says_so(heard: Heard, reporter: Person) -> None:
    talk = begin_capture(reporter)
    body = {"message_id": "while-locked", "words": "he locked the door", "strand": "words"}
    with heard.locked_database():
        answer = talk.post(body)
    assert answer.status_code == 503
    assert answer.json()["error"] == "store_unavailable"
    assert NOT_KEPT in answer.json()["say"]
    assert talk.answers("while-locked") == []
    assert kept_lines(talk) == []
    assert talk.post(body).status_code == 202
    talk.answer_to("while-locked")
    assert kept_lines(talk) == ["he locked the door"]


def test_a_full_disk_keeps_nothing_says_so_and_heals_by_itself(
    heard: Heard, reporter: Person
) -> None:
    talk = begin_capture(reporter)
    body = {"message_id": "while-full", "words": "he filled the room", "strand": "words"}
    with heard.full_disk():
        answer = talk.post(body)
    assert answer.status_code == 503
    assert NOT_KEPT in answer.json()["say"]
    assert kept_lines(talk) == []
    assert talk.post(body).status_code == 202
    talk.answer_to("while-full")
    assert kept_lines(talk) == ["he filled the room"]
    heard.verify()


def test_a_database_locked_after_a_message_was_kept_only_delays_the_answer(
    heard: Heard, reporter: Person
) -> None:
    talk = begin_disclosure(reporter)
    with heard.frozen_dialogue():
        message = talk.send(press="write_words")
        with heard.locked_database():
            assert talk.answers(message) == []
    assert says(talk.answer_to(message), "utter_capture_words")
    assert talk.state["capture_open"]


# ---- messages that are not as they should be ----


@pytest.mark.parametrize("body", [{"text": ""}, {"text": " \n\t "}, {"words": ""}, {}])
def test_an_empty_message_is_refused_in_words(body: dict[str, str], reporter: Person) -> None:
    talk = reporter.begin()
    answer = talk.post({"message_id": "empty", **body})
    assert answer.status_code == 422
    assert answer.json() == {
        "error": "empty_message",
        "say": "There was nothing in that message, so nothing was kept.",
    }
    assert talk.sent() == []


@pytest.mark.parametrize("size", [100_001, 300_000])
def test_a_message_that_is_too_long_is_refused_in_words(size: int, reporter: Person) -> None:
    talk = begin_capture(reporter)
    before = talk.sent()
    answer = talk.post({"message_id": "long", "words": "a" * size, "strand": "words"})
    assert answer.status_code == 413
    assert "too long to keep in one message" in answer.json()["say"]
    assert talk.sent() == before


def test_the_longest_message_is_kept_whole(reporter: Person) -> None:
    talk = begin_capture(reporter)
    longest = "She said that he hit her in the kitchen last night. 😢\n" * 1_700
    longest += "x" * (100_000 - len(longest.encode()))
    talk.write(longest)
    assert kept_lines(talk) == [longest]


def test_a_message_id_that_comes_twice_is_one_message(reporter: Person) -> None:
    talk = begin_capture(reporter)
    body = {"message_id": "twice", "words": "she told me twice", "strand": "words"}
    assert [talk.post(body).status_code for _ in range(3)] == [202, 202, 202]
    talk.answer_to("twice")
    assert talk.post(body).status_code == 202
    talk.write("and then she cried")
    assert kept_lines(talk) == ["she told me twice", "and then she cried"]
    assert len(talk.answers("twice")) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"not json",
        b'"a string"',
        b"[" * 50_000,
        b'{"message_id": "m", "text": 7}',
        b'{"message_id": "m", "text": "a", "words": "b"}',
        b'{"message_id": "m", "words": "b", "strand": "made_up"}',
        b'{"text": "no id"}',
    ],
)
def test_a_message_that_cannot_be_read_is_refused_in_words(body: bytes, reporter: Person) -> None:
    talk = reporter.begin()
    answer = talk.post(body)
    assert answer.status_code == 422
    assert "not kept" in answer.json()["say"]
    assert talk.sent() == []


# ---- buttons ----


UNKNOWN_BUTTONS = [
    "999999.0",
    "99999999999999999999.0",
    "1.-1",
    "²³.0",
    "made_up",
    "/sign",
    '/carry_on{"conversation": "somebody-else"}',
    "x" * 5_000,
]


@pytest.mark.parametrize("button", UNKNOWN_BUTTONS)
def test_an_unknown_button_changes_nothing_and_says_so(button: str, reporter: Person) -> None:
    talk = begin_disclosure(reporter)
    before = talk.state
    assert says(talk.ask(press=button), "utter_unknown_button")
    assert talk.state == before


def test_a_button_of_another_conversation_is_unknown(reporter: Person) -> None:
    elsewhere = begin_disclosure(reporter).button("I'm not sure")
    talk = begin_disclosure(reporter)
    assert says(talk.ask(press=elsewhere), "utter_unknown_button")


def test_an_old_button_changes_nothing_and_the_question_is_asked_again(reporter: Person) -> None:
    talk = begin_questions(reporter, "he said so")
    no = talk.button("No")
    talk.ask(press=no)
    assert talk.state["asks"] == "subject"
    turn = talk.ask(press=no)
    assert says(turn, "utter_old_button")
    assert says(turn, "utter_ask_record_form_subject")
    assert talk.state["asks"] == "subject"


# ---- typed commands ----

SLASHES = [
    "/restart",
    "/session_start",
    "/back",
    "/sign",
    "/confirm_start_again",
    "  /sign",
    "\t/not_yet",
    "\n/keep_line",
    " /confirm_start_again",
    "​/sign",
    "／sign",
    "//sign",
    '/carry_on{"conversation": "somebody-else"}',
    '/correct_line{"question": "involves_us"}',
    '/inform{"involves_us": "no", "requested_slot": null}',
    "/immediate_danger@1.0",
    "EXTERNAL: /sign",
]


def test_typed_commands_are_answers_like_any_other(heard: Heard, reporter: Person) -> None:
    talk = begin_questions(reporter, "he said so")
    talk.press("No")
    answered = {}
    for text in SLASHES:
        asked = talk.state["asks"]
        turn = talk.say(text)
        assert turn["moved_to"] is None
        assert "receipt" not in kinds(turn)
        # A reply that nobody understands twice is a doubt; about tonight a doubt has its advice.
        assert "danger" not in kinds(turn) or says(turn, "utter_not_safe")
        if turn["asks"] != asked:
            answered[asked] = text
    assert talk.sent()[-len(SLASHES) :] == SLASHES
    record = heard.record(talk.reference)
    kept = {entry["topic"]: entry["text"] for entry in record["entries"]}
    assert len(answered) > 10
    assert {question: kept[question] for question in answered} == answered
    assert record["status"] == "draft"


@pytest.mark.parametrize("text", SLASHES)
def test_a_typed_command_is_kept_as_words_byte_for_byte(text: str, reporter: Person) -> None:
    talk = begin_capture(reporter)
    talk.say(text)
    assert kept_lines(talk) == [text]
    assert talk.state["capture_open"]


def test_a_typed_command_does_nothing_before_a_case_is_open(reporter: Person) -> None:
    talk = reporter.begin()
    for text in SLASHES:
        turn = talk.say(text)
        assert turn["moved_to"] is None
        assert talk.state["capture_open"] is False
    assert talk.sent() == SLASHES
