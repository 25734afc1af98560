"""kill -9 at any moment: every word and every escalation is there afterwards, exactly once."""

from __future__ import annotations

import contextlib
import threading
from collections import Counter

import httpx
import pytest

from tests.whole.conftest import SignIn
from tests.whole.people import (
    Person,
    Talk,
    begin_capture,
    begin_disclosure,
    begin_questions,
    failed,
    says,
)
from tests.whole.processes import Heard, lives, texts, topics

LINES = [f"line {n}:  he said it  {n} times\n" for n in range(6)]


@pytest.fixture
def reporter(sign_in_hurried: SignIn) -> Person:
    return sign_in_hurried("reporter")


def answered_once(talk: Talk, message_id: str) -> None:
    talk.answer_to(message_id)
    assert len([turn for turn in talk.answers(message_id) if not failed(turn)]) == 1


def escalated_once(heard: Heard, talk: Talk, times: int = 1) -> None:
    """`times` urgencies, each raised once; one row on the desk."""
    assert topics(heard.record(talk.reference)).count("escalated") == times
    listed = heard.command_json("escalations", "list")
    assert [row["reference"] for row in listed].count(talk.reference) == 1


def test_a_stop_ends_both_processes_and_leaves_no_sign_of_running(hurried: Heard) -> None:
    dialogue = hurried.dialogue
    assert hurried.stop() == 0
    assert hurried.said().endswith("Stopped.\n")
    assert not lives(dialogue)
    assert not (hurried.home / "running.json").exists()
    hurried.start()


def test_what_was_stored_and_not_answered_is_answered_after_a_kill(
    hurried: Heard, reporter: Person
) -> None:
    asking, capturing = begin_disclosure(reporter), begin_capture(reporter)
    done, danger = begin_capture(reporter), begin_capture(reporter)
    done.write(LINES[0])
    signing = begin_questions(reporter, LINES[1])
    for title in ("No", "That's enough", "Yes"):
        summary = signing.press(title)
    assert says(summary, "utter_summary")
    sign = signing.button("Sign and file")

    with hurried.frozen_dialogue():
        waiting = [
            (asking, asking.send(text="can i ask if he hit her")),
            (capturing, capturing.send(words=LINES[2], strand="words")),
            (done, done.send(press="done")),
            (danger, danger.send(words="he has a knife", strand="words")),
            (signing, signing.send(press=sign)),
        ]
        hurried.kill_everything()
    hurried.start()

    for talk, message_id in waiting:
        answered_once(talk, message_id)
    assert texts(hurried.record(capturing.reference), "words") == [LINES[2]]
    assert texts(hurried.record(done.reference), "words") == [LINES[0]]
    escalated_once(hurried, done)
    record = hurried.record(danger.reference)
    assert texts(record, "words") == ["he has a knife"]
    assert topics(record).count("danger") == 1
    listed = hurried.command_json("escalations", "list")
    urgency = {row["reference"]: row["urgency"] for row in listed}
    assert urgency[danger.reference] == "emergency"
    record = hurried.record(signing.reference)
    assert record["status"] == "filed"
    assert topics(record).count("filed") == 1
    hurried.verify()


@pytest.mark.parametrize("killed", ["service", "everything", "dialogue"])
def test_a_kill_in_the_middle_of_answering_loses_and_doubles_nothing(
    killed: str, hurried: Heard, reporter: Person
) -> None:
    talk = begin_capture(reporter)
    sent = [talk.send(words=line, strand="words") for line in LINES]
    sent.append(talk.send(press="done"))
    {
        "service": hurried.kill_service,
        "everything": hurried.kill_everything,
        "dialogue": hurried.kill_dialogue,
    }[killed]()
    if killed != "dialogue":
        hurried.start()
    for message_id in sent:
        answered_once(talk, message_id)
    assert texts(hurried.record(talk.reference), "words") == LINES
    escalated_once(hurried, talk)
    assert talk.sent()[-len(sent) :] == [*LINES, "Done"]
    hurried.verify()


def test_a_kill_before_the_words_were_kept_leaves_them_to_be_sent_again(
    hurried: Heard, reporter: Person
) -> None:
    talk = begin_capture(reporter)
    body = {"message_id": "cut-off", "words": LINES[0], "strand": "words"}

    def post() -> None:
        with contextlib.suppress(httpx.TransportError):
            talk.post(body)

    with hurried.locked_database():
        posting = threading.Thread(target=post)
        posting.start()
        hurried.kill_everything()
        posting.join()
    hurried.start()
    assert talk.answers("cut-off") == []
    for _ in range(2):
        assert talk.post(body).status_code == 202
    answered_once(talk, "cut-off")
    assert texts(hurried.record(talk.reference), "words") == [LINES[0]]


def test_a_ladder_goes_on_where_it_was_and_asks_nobody_twice(
    hurried: Heard, reporter: Person
) -> None:
    talk = reporter.begin()
    talk.say("he has a knife and he is coming in")
    talk.pushed("utter_nobody_yet")
    hurried.kill_everything()
    hurried.start()
    talk.pushed("utter_nobody_call")
    asked = Counter(
        reply["text"].partition("asking ")[2].partition(" now")[0]
        for turn in talk.turns()
        for reply in turn["replies"]
        if says({"replies": [reply]}, "utter_nobody_yet")
    )
    assert set(asked.values()) == {1}
    escalated_once(hurried, talk)
