"""Their words are kept byte for byte, in four lists that never mix, and nothing is written over."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casework import capture, danger, record
from casework.errors import UnknownRecord
from casework.facts import EscalationStatus, MessageKind
from casework.vocabulary import STRANDS, EntryKind, Topic
from tests.unit.home import Home

ANY_TEXT = st.text(st.characters(exclude_categories=()), min_size=1, max_size=200)


@pytest.mark.rule("C17", "K1")
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=ANY_TEXT, strand=st.sampled_from(STRANDS))
def test_a_line_is_kept_byte_for_byte_in_the_list_it_was_written_in(
    home: Home, text: str, strand: EntryKind
) -> None:
    talk = home.case()
    message = home.message(talk, text, kind=MessageKind.WORDS, strand=strand)
    kept = capture.keep(home.house, message)
    assert (kept.text, kept.kind, kept.told_at) == (text, strand, message.source_at)
    assert home.texts(talk, strand) == [text]


def test_a_line_without_an_open_capture_opens_one(home: Home) -> None:
    talk = home.talk()
    capture.keep(home.house, home.message(talk, "he hits me", kind=MessageKind.WORDS))
    assert home.conversation(talk).capture_strand is EntryKind.WORDS
    assert home.texts(talk, EntryKind.WORDS) == ["he hits me"]


def test_a_typed_line_goes_into_the_list_that_is_open(home: Home) -> None:
    talk = home.talk()
    capture.open_capture(home.house, talk, home.message(talk).id, EntryKind.OBSERVATION)
    capture.keep(home.house, home.message(talk, "she was shaking"))
    assert home.texts(talk, EntryKind.OBSERVATION) == ["she was shaking"]


def test_opening_a_capture_opens_the_record_and_keeps_what_was_written_first(home: Home) -> None:
    talk = home.talk()
    first = home.message(talk, "jess has just told me something")
    reference = capture.open_capture(home.house, talk, first.id)
    (note,) = home.entries(talk)
    assert reference == home.head(talk).reference
    assert (note.topic, note.text) == (Topic.FIRST_MESSAGE, "jess has just told me something")


def test_a_button_that_opened_the_record_is_not_kept_as_their_words(home: Home) -> None:
    talk = home.talk()
    press = home.message(talk, "I need to record something", kind=MessageKind.PRESS)
    capture.open_capture(home.house, talk, press.id)
    assert home.entries(talk) == []


def test_an_amended_line_stays_beside_its_correction(home: Home) -> None:
    talk = home.case("he said dont tell")
    capture.begin_amending(home.house, talk, 1)
    capture.keep(home.house, home.message(talk, "he said don't tell mum", kind=MessageKind.WORDS))
    first, second = home.entries(talk)
    assert first.text == "he said dont tell"
    assert (second.kind, second.links_to, second.relation) == (EntryKind.AMENDMENT, 1, "amends")
    assert home.conversation(talk).capture_amends is None


def test_only_the_next_line_amends(home: Home) -> None:
    talk = home.case("one")
    capture.begin_amending(home.house, talk, 1)
    for text in ("one, corrected", "two"):
        capture.keep(home.house, home.message(talk, text, kind=MessageKind.WORDS))
    assert [entry.kind for entry in home.entries(talk)] == [
        EntryKind.WORDS,
        EntryKind.AMENDMENT,
        EntryKind.WORDS,
    ]


def test_a_line_put_into_another_list_stands_in_both_and_is_linked(home: Home) -> None:
    talk = home.case("she was crying")
    press = home.message(talk, "What I saw", kind=MessageKind.PRESS)
    copy = capture.also_in(home.house, talk, press.id, 1, EntryKind.OBSERVATION)
    assert (copy.links_to, copy.relation) == (1, "also_in")
    assert home.texts(talk, EntryKind.WORDS) == home.texts(talk, EntryKind.OBSERVATION)


def test_a_line_taken_for_a_question_can_be_kept_after_all(home: Home) -> None:
    talk = home.case()
    question = home.message(talk, "can i ask if he touches her")
    kept = capture.keep_after_all(home.house, talk, question.id)
    assert kept.text == "can i ask if he touches her"


def test_kept_after_all_it_stands_among_their_words_whichever_list_is_open(home: Home) -> None:
    talk = home.case()
    capture.open_capture(home.house, talk, home.message(talk).id, EntryKind.OBSERVATION)
    question = home.message(talk, "can i ask if he touches her")
    capture.keep_after_all(home.house, talk, question.id)
    assert home.texts(talk, EntryKind.WORDS) == ["can i ask if he touches her"]
    assert home.conversation(talk).capture_strand is EntryKind.OBSERVATION


def test_a_question_that_was_put_to_them_is_kept_with_its_mark(home: Home) -> None:
    talk = home.case()
    asked = home.message(talk, "I asked her if he hits her")
    assert capture.keep_asked(home.house, asked)
    assert capture.keep_asked(home.house, asked)  # sent again
    (entry,) = [one for one in home.entries(talk) if one.kind is EntryKind.QUESTION_ASKED]
    assert (entry.text, entry.value) == ("I asked her if he hits her", "suggestive")
    assert record.has_no_lines(home.house, talk)  # they are still asked to write


def test_where_a_capture_is_open_or_no_record_it_is_not_kept_twice(home: Home) -> None:
    talk = home.talk()
    asked = home.message(talk, "I asked her if he hits her")
    assert not capture.keep_asked(home.house, asked)
    capture.open_capture(home.house, talk, home.message(talk).id, EntryKind.WORDS)
    assert not capture.keep_asked(home.house, asked)


def test_a_line_of_another_conversation_cannot_be_kept_here(home: Home) -> None:
    mine, theirs = home.case(), home.case(person="volunteer")
    foreign = home.message(theirs, "not yours")
    with pytest.raises(UnknownRecord):
        capture.keep_after_all(home.house, mine, foreign.id)


@pytest.mark.parametrize("seq", [0, 2, 99])
def test_a_line_that_is_not_there_cannot_be_amended(home: Home, seq: int) -> None:
    talk = home.case("one")
    with pytest.raises(UnknownRecord):
        capture.begin_amending(home.house, talk, seq)


def test_a_conversation_without_a_record_has_no_line_to_amend(home: Home) -> None:
    with pytest.raises(UnknownRecord):
        capture.begin_amending(home.house, home.talk(), 1)


def test_done_says_how_many_lines_were_kept_and_holds_the_case(home: Home) -> None:
    talk = home.case("one", "two")
    closed = capture.close_capture(home.house, talk)
    climb = home.climb(talk)
    assert closed is not None
    assert (closed.lines, closed.told) == (2, None)
    assert climb is not None
    assert climb.status is EscalationStatus.HOLDING
    assert home.conversation(talk).capture_strand is None


def test_done_without_a_record_closes_nothing(home: Home) -> None:
    assert capture.close_capture(home.house, home.talk()) is None


def test_done_a_second_time_tells_at_once_when_the_question_was_answered(home: Home) -> None:
    talk = home.told_case()
    capture.keep(home.house, home.message(talk, "one more", kind=MessageKind.WORDS))
    closed = capture.close_capture(home.house, talk)
    assert closed is not None
    assert closed.told is not None
    assert "Duty DSL" in closed.told.names


def test_a_line_that_is_answered_late_does_not_open_the_capture_again(home: Home) -> None:
    talk = home.case()
    line = home.message(talk, "he hits me", kind=MessageKind.WORDS)
    capture.keep(home.house, line)
    capture.close_capture(home.house, talk)
    capture.keep(home.house, line)
    assert home.conversation(talk).capture_strand is None


def test_a_danger_sentence_always_stands_somewhere_in_the_record(home: Home) -> None:
    talk = home.case("he hits me")  # the capture is open, and this is no line of it
    typed = home.message(talk, "can i ask if he still has a knife")
    danger.raise_alarm(home.house, talk, typed.id)
    assert typed.text in [entry.text for entry in home.entries(talk)]


def test_a_question_they_asked_stands_as_it_was_with_the_coachs_mark(home: Home) -> None:
    talk = home.talk()
    capture.keep(home.house, home.message(talk, "he came in my room", kind=MessageKind.WORDS))
    asked = home.message(
        talk, "did he hurt you", kind=MessageKind.WORDS, strand=EntryKind.QUESTION_ASKED
    )
    kept = capture.keep(home.house, asked)
    assert (kept.text, kept.value) == ("did he hurt you", "suggestive")


def test_what_was_written_first_counts_as_said_until_there_are_words(home: Home) -> None:
    question = "what did your stepdad say"
    for first, mark in (("her stepdad shouts at her", "directive"), ("", "suggestive")):
        talk = home.talk()
        if first:
            capture.open_capture(home.house, talk, home.message(talk, first).id)
        asked = home.message(
            talk, question, kind=MessageKind.WORDS, strand=EntryKind.QUESTION_ASKED
        )
        assert capture.keep(home.house, asked).value == mark


def test_a_corrected_question_is_marked_anew(home: Home) -> None:
    talk = home.talk()
    capture.keep(home.house, home.message(talk, "he came in my room", kind=MessageKind.WORDS))
    asked = home.message(
        talk, "did he hurt you", kind=MessageKind.WORDS, strand=EntryKind.QUESTION_ASKED
    )
    capture.begin_amending(home.house, talk, capture.keep(home.house, asked).seq)
    better = capture.keep(home.house, home.message(talk, "what happened then"))
    assert (better.kind, better.value) == (EntryKind.AMENDMENT, "invitation")
