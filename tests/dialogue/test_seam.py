"""The seam: who may speak, what may be said, and that a message is answered once."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from support import ACTION_TOKEN, Dialogue, FakeActions

ROUTES = [("POST", "turn"), ("POST", "parse"), ("GET", "health")]
WORDS = "MARKER-nobody-quotes-this"


@pytest.mark.parametrize(("method", "route"), ROUTES)
@pytest.mark.parametrize(
    "given", [None, "Bearer wrong", "Bearer ", "Bearer \u00e9", "test-dialogue-token"]
)
def test_nobody_is_heard_without_the_token(
    dialogue: Dialogue, method: str, route: str, given: str | None
) -> None:
    headers = {"authorization": given.encode() if given else None}
    response = dialogue.session.request(method, dialogue.url(route), headers=headers, data=b"{}")
    assert (response.status_code, response.content) == (401, b"")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"not json " + WORDS.encode(), "bad_json"),
        (b"[" * 100_000, "bad_json"),
        ([WORDS], "bad_keys"),
        ({"conversation": "c", "message_id": "m"}, "bad_keys"),
        ({"conversation": "c", "message_id": "m", "text": WORDS, "metadata": {}}, "bad_keys"),
        ({"conversation": "c", "message_id": "m", "text": WORDS * 400}, "bad_text"),
        ({"conversation": "c", "message_id": "m", "text": "  "}, "bad_text"),
        ({"conversation": "c", "message_id": "m", "text": 7}, "bad_text"),
        ({"conversation": WORDS * 4, "message_id": "m", "text": "hello"}, "bad_conversation"),
        ({"conversation": "c", "message_id": f"a {WORDS}", "text": "hello"}, "bad_message_id"),
        ({"conversation": "c", "message_id": "", "text": "hello"}, "bad_message_id"),
    ],
)
def test_what_was_not_agreed_is_refused_without_quoting_it(
    dialogue: Dialogue, body: Any, code: str
) -> None:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    response = dialogue.session.post(dialogue.url("turn"), data=data)
    assert (response.status_code, response.json()) == (422, {"error": code})


def test_a_reply_keeps_its_name_its_buttons_and_its_metadata(dialogue: Dialogue, talk: str) -> None:
    answer = dialogue.says(talk, "m1", "hello")
    assert answer["replies"] == [
        {
            "response": "utter_hello",
            "text": "Hello. What do you need?",
            "buttons": [
                {"title": "I need to record something", "payload": "/tell"},
                {"title": "Help", "payload": "/help"},
            ],
            "metadata": {"kind": "question"},
        }
    ]
    assert (answer["asks"], answer["form"]) == (None, None)


def test_an_answer_tells_the_intent_with_the_best_three(dialogue: Dialogue, talk: str) -> None:
    intent = dialogue.says(talk, "m1", "hello")["intent"]
    assert intent["name"] == intent["ranking"][0]["name"] == "greet"
    assert 0 < intent["confidence"] <= 1
    assert [sorted(each) for each in intent["ranking"]] == [["confidence", "name"]] * 3


def test_an_answer_tells_the_open_question_and_what_an_action_said(
    dialogue: Dialogue, actions: FakeActions, talk: str
) -> None:
    answer = dialogue.says(talk, "m1", "/tell")
    assert (answer["asks"], answer["form"]) == ("place", "details_form")
    first, second, _question = answer["replies"]
    assert first["text"] == "Kept as HRD-2026-000001."
    assert second["custom"] == {"lines": ["one", "two"]}


def test_an_action_is_called_with_its_token_and_the_message_id(
    dialogue: Dialogue, actions: FakeActions, talk: str
) -> None:
    dialogue.says(talk, "inbox-7", "/tell")
    assert set(actions.tokens) == {f"Bearer {ACTION_TOKEN}"}
    called = actions.calls[0]
    assert called["sender_id"] == talk
    assert called["tracker"]["latest_message"]["metadata"]["message_id"] == "inbox-7"
    assert "domain" not in called


def test_a_message_sent_again_gets_the_same_answer_and_runs_nothing(
    dialogue: Dialogue, actions: FakeActions, talk: str
) -> None:
    first = dialogue.says(talk, "m1", "/tell")
    called = actions.names()
    assert dialogue.says(talk, "m1", "/tell") == first
    assert actions.names() == called


def test_an_earlier_message_sent_again_is_answered_as_it_was_then(
    dialogue: Dialogue, actions: FakeActions, talk: str
) -> None:
    texts = {"m1": "/tell", "m2": "by the gate", "m3": "/affirm"}
    answers = {key: dialogue.says(talk, key, text) for key, text in texts.items()}
    called = actions.names()
    assert {key: dialogue.says(talk, key, text) for key, text in texts.items()} == answers
    assert [answers[key]["asks"] for key in texts] == ["place", "safe", "again"]
    assert actions.names() == called


def test_a_message_that_arrives_five_times_at_once_runs_once(
    dialogue: Dialogue, actions: FakeActions, talk: str
) -> None:
    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(lambda _: dialogue.says(talk, "m1", "/tell"), range(5)))
    assert all(answer == answers[0] for answer in answers)
    assert actions.names().count("action_record") == 1


def test_messages_of_one_conversation_run_one_after_the_other(
    dialogue: Dialogue, actions: FakeActions, talk: str
) -> None:
    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(lambda n: dialogue.says(talk, f"m{n}", "/tell"), range(3)))
    called = actions.names()
    assert [dialogue.says(talk, f"m{n}", "/tell") for n in range(3)] == answers
    assert actions.names() == called


def test_a_payload_is_an_intent_and_text_is_understood(dialogue: Dialogue, talk: str) -> None:
    assert dialogue.says(talk, "m1", "/help")["intent"]["confidence"] == 1.0
    assert dialogue.says(talk, "m2", "I am stuck")["intent"]["name"] == "help"


def test_odd_characters_do_no_harm(dialogue: Dialogue, talk: str) -> None:
    for number, text in enumerate(["\x00", "a\ud800b", "\u202e\u200b?", "\U0001f642" * 100]):
        assert dialogue.turn(talk, f"m{number}", text).status_code == 200


def test_texts_are_understood_without_a_conversation(
    dialogue: Dialogue, actions: FakeActions
) -> None:
    response = dialogue.session.post(dialogue.url("parse"), json={"texts": ["hello", "yep"]})
    results = response.json()["results"]
    assert [result["intent"] for result in results] == ["greet", "affirm"]
    assert [sorted(result) for result in results] == [["confidence", "intent", "ranking"]] * 2
    assert actions.calls == []


def test_more_texts_than_agreed_are_refused(dialogue: Dialogue) -> None:
    response = dialogue.session.post(dialogue.url("parse"), json={"texts": ["hello"] * 201})
    assert (response.status_code, response.json()) == (422, {"error": "bad_texts"})


def test_health_names_the_model(dialogue: Dialogue) -> None:
    health = dialogue.session.get(dialogue.url("health")).json()
    assert health["status"] == "ok"
    assert health["model"].startswith("heard-")
