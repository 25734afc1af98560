"""What the coach has to say: planned questions, promises, and what was not understood."""

from __future__ import annotations

import pytest

from casework import guide, talk
from casework.vocabulary import EntryKind, RecordKind, Topic
from tests.unit.home import Home

LEADING = "can i ask if he touches her"


@pytest.mark.rule("C16")
def test_a_leading_question_is_called_one(home: Home) -> None:
    conversation = home.talk()
    advice = talk.check_wording(home.house, conversation, home.message(conversation, LEADING))
    assert advice is not None
    assert advice.type == "suggestive"


def test_advice_is_built_from_what_they_said_and_nothing_else(home: Home) -> None:
    conversation = home.case("he comes in my room at night")
    advice = talk.check_wording(home.house, conversation, home.message(conversation, LEADING))
    assert advice is not None
    assert advice.anchor is None or advice.anchor in "he comes in my room at night"


def test_what_they_asked_heard_among_their_words_is_not_what_was_said(home: Home) -> None:
    conversation = home.case("can i ask if he touches her at night", "my tummy hurts")
    advice = talk.check_wording(home.house, conversation, home.message(conversation, LEADING))
    assert advice is not None
    assert advice.anchor is None or advice.anchor in "my tummy hurts"
    assert advice.reason == "introduces"


def test_what_the_reporter_asked_is_not_what_they_said(home: Home) -> None:
    conversation = home.talk()
    asked = home.message(conversation, "do i have to tell her mum")
    guide.begin(home.house, conversation, asked.id, RecordKind.DECISION)
    advice = talk.check_wording(home.house, conversation, home.message(conversation, LEADING))
    assert advice is not None
    assert advice.anchor is None


@pytest.mark.rule("C10")
def test_a_promise_to_keep_it_secret_is_noticed(home: Home) -> None:
    conversation = home.talk()
    promise = home.message(conversation, "told her i wont tell her mum, i'll keep it secret")
    assert talk.offers_secrecy(home.house, promise)
    assert not talk.offers_secrecy(home.house, home.message(conversation, "she is nine"))


def test_a_promise_is_kept_in_the_reporters_own_sentence(home: Home) -> None:
    conversation = home.talk()
    message = home.message(conversation, "told her i wont tell mum")
    talk.note_promise(home.house, conversation, message.id)
    assert home.topics(conversation) == [Topic.FIRST_MESSAGE, Topic.PROMISE]
    assert home.texts(conversation, EntryKind.TOLD) == ["told her i wont tell mum"]


def test_two_failures_in_a_row_are_noticed(home: Home) -> None:
    conversation = home.talk()
    assert not talk.failed_before(home.house, conversation)
    with home.store.work() as work:
        work.turns.add(conversation, {"replies": [{"response": talk.NOT_UNDERSTOOD}]})
    assert talk.failed_before(home.house, conversation)
