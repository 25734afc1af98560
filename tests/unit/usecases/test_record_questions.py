"""The record around the words: asked one at a time, amended, read back, signed, filed."""

from __future__ import annotations

import pytest

from casework import capture, questions, record
from casework.errors import UnknownRecord
from casework.facts import EscalationStatus, MessageKind
from casework.questions import Meaning
from casework.vocabulary import (
    DANGER_NOW,
    INVOLVES_US,
    SAFE_NOW,
    WHICH_OF_US,
    EntryKind,
    Status,
    Topic,
)
from tests.unit.home import Home


def press(home: Home, talk: str, title: str) -> str:
    return home.message(talk, title, kind=MessageKind.PRESS).id


def status(home: Home, talk: str) -> Status:
    with home.store.read() as work:
        return work.records.status(home.head(talk).id)


def back(home: Home, talk: str) -> record.ReadBack:
    with home.store.read() as work:
        return record.read_back(home.house, work, work.conversations.get(talk))


def test_without_a_record_nothing_is_asked(home: Home) -> None:
    assert record.still_asked(home.house, home.talk()) == ()


def test_whom_it_concerns_is_asked_first_and_whether_they_are_safe_last(home: Home) -> None:
    asked = record.still_asked(home.house, home.case())
    assert (asked[0], asked[-1]) == (INVOLVES_US, SAFE_NOW)
    assert WHICH_OF_US not in asked


def test_an_answered_question_is_not_asked_again(home: Home) -> None:
    talk = home.case()
    home.answer(talk, INVOLVES_US, "No", "no")
    assert INVOLVES_US not in record.still_asked(home.house, talk)


@pytest.mark.parametrize(
    ("question", "value", "brings"),
    [
        (INVOLVES_US, "yes", WHICH_OF_US),
        (INVOLVES_US, "unsure", WHICH_OF_US),
        ("told_limits", "yes", "limits_reaction"),
        ("child_or_adult", "adult", "consent"),
        ("child_or_adult", "adult", "capacity"),
    ],
)
def test_an_answer_brings_the_question_that_follows_from_it(
    home: Home, question: str, value: str, brings: str
) -> None:
    talk = home.case()
    assert brings not in record.still_asked(home.house, talk)
    home.answer(talk, question, value, value)
    assert brings in record.still_asked(home.house, talk)


def test_a_childs_consent_is_not_asked_for(home: Home) -> None:
    talk = home.case()
    home.answer(talk, "child_or_adult", "shes 9", "child")
    assert not {"consent", "capacity"} & set(record.still_asked(home.house, talk))


def test_how_they_seemed_is_not_asked_when_it_was_written_down(home: Home) -> None:
    talk = home.case()
    saw = home.message(talk, "crying", kind=MessageKind.WORDS, strand=EntryKind.OBSERVATION)
    capture.keep(home.house, saw)
    assert "demeanour" not in record.still_asked(home.house, talk)


def test_a_second_answer_amends_and_never_overwrites(home: Home) -> None:
    talk = home.case()
    home.answer(talk, "subject", "jess", None)
    home.answer(talk, "subject", "jess smith", None)
    first, second = home.entries(talk)
    assert (first.text, second.text) == ("jess", "jess smith")
    assert (second.links_to, second.relation) == (first.seq, "amends")


def test_a_third_answer_amends_the_second(home: Home) -> None:
    talk = home.case()
    for text in ("a", "b", "c"):
        home.answer(talk, "subject", text, None)
    assert [entry.links_to for entry in home.entries(talk)] == [None, 1, 2]


def test_the_last_answer_is_the_one_that_counts(home: Home) -> None:
    talk = home.case()
    home.answer(talk, INVOLVES_US, "Yes", "yes")
    home.answer(talk, INVOLVES_US, "No", "no")
    assert WHICH_OF_US not in record.still_asked(home.house, talk)


def test_an_answer_needs_a_record(home: Home) -> None:
    with pytest.raises(UnknownRecord):
        home.answer(home.talk(), "subject", "jess", None)


def test_an_answer_keeps_when_it_was_told(home: Home) -> None:
    talk = home.case()
    message = home.message(talk, "jess")
    home.pass_time(minutes=5)
    kept = record.answer(home.house, talk, message.id, "subject", text="jess", value=None)
    assert kept.entry.told_at == message.source_at
    assert kept.entry.written_at == home.clock.now


def test_enough_for_now_skips_everything_but_whether_they_are_safe(home: Home) -> None:
    talk = home.told_case()
    record.finish_early(home.house, talk, press(home, talk, "That's enough"))
    assert record.still_asked(home.house, talk) == (SAFE_NOW,)


def test_enough_for_now_at_the_first_question_is_an_answer_to_it(home: Home) -> None:
    talk = home.case("he hits me")
    capture.close_capture(home.house, talk)
    record.finish_early(home.house, talk, press(home, talk, "That's enough"))
    assert record.still_asked(home.house, talk) == (SAFE_NOW,)
    climb = home.climb(talk)
    assert climb is not None
    assert climb.status is EscalationStatus.CLIMBING


def test_a_skipped_question_can_still_be_answered(home: Home) -> None:
    talk = home.told_case()
    record.finish_early(home.house, talk, press(home, talk, "That's enough"))
    home.answer(talk, "subject", "jess", None)
    answers = {line.question: line for line in back(home, talk).answers}
    assert (answers["subject"].text, answers["subject"].value) == ("jess", None)


def test_the_read_back_counts_lines_and_gives_the_answers_that_count(home: Home) -> None:
    talk = home.told_case("one", "two")
    home.answer(talk, "subject", "jess", None)
    home.answer(talk, "subject", "jess smith", None)
    shown = back(home, talk)
    assert shown.counts[EntryKind.WORDS] == 2
    assert shown.counts[EntryKind.OPINION] == 0
    assert [(line.question, line.text) for line in shown.answers] == [
        (INVOLVES_US, "No"),
        ("subject", "jess smith"),
    ]
    assert shown.told_at == "14:00"


def test_a_conversation_without_a_record_cannot_be_read_back_or_filed(home: Home) -> None:
    talk = home.talk()
    with pytest.raises(UnknownRecord):
        back(home, talk)
    with pytest.raises(UnknownRecord):
        record.file(home.house, talk, home.message(talk).id)


def test_filing_signs_and_names_who_was_told(home: Home) -> None:
    talk = home.told_case()
    told = record.file(home.house, talk, press(home, talk, "Sign and file"))
    signature = home.entries(talk)[-1]
    assert status(home, talk) is Status.FILED
    assert signature.text == "Read back, signed and filed by Family Worker."
    assert (told.names, told.is_news) == ("the Line Manager and the Duty DSL", False)


def test_a_record_can_be_filed_without_a_word_or_an_answer_in_it(home: Home) -> None:
    talk = home.case()
    told = record.file(home.house, talk, press(home, talk, "Sign and file"))
    assert status(home, talk) is Status.FILED
    assert told.is_news
    assert home.asked_ever(talk) == ["line_manager", "dsl"]


def test_filing_ends_the_hold(home: Home) -> None:
    talk = home.case("the duty dsl hugs me")
    capture.close_capture(home.house, talk)
    record.file(home.house, talk, press(home, talk, "Sign and file"))
    assert home.asked_ever(talk) == ["line_manager"]


def test_a_filed_record_can_be_added_to(home: Home) -> None:
    talk = home.told_case()
    record.file(home.house, talk, press(home, talk, "Sign and file"))
    capture.keep(home.house, home.message(talk, "one more thing", kind=MessageKind.WORDS))
    assert home.texts(talk, EntryKind.WORDS)[-1] == "one more thing"
    assert status(home, talk) is Status.FILED


@pytest.mark.parametrize(
    ("title", "intent", "question", "meaning"),
    [
        ("Yes, now", "affirm", DANGER_NOW, Meaning.YES),
        ("Not yet", "deny", "told_limits", Meaning.NO),
        ("I'm not sure", "unsure", SAFE_NOW, Meaning.UNSURE),
        ("Don't know", "unsure", "subject", Meaning.DONT_KNOW),
        ("Skip", "skip", "subject", Meaning.SKIPPED),
        ("That's enough", "finish", "subject", Meaning.FINISH),
        ("Under 18", "choose", "child_or_adult", Meaning.CHILD),
        ("Adult", "choose", "child_or_adult", Meaning.ADULT),
        ("They saw it", "choose", "first_hand", Meaning.FREE),
    ],
)
def test_a_button_means_what_stands_on_it(
    home: Home, title: str, intent: str, question: str, meaning: Meaning
) -> None:
    message = home.message(home.talk(), title, kind=MessageKind.PRESS)
    assert questions.understand(home.house, message, question, button=intent) is meaning


@pytest.mark.parametrize(
    ("text", "question", "meaning"),
    [
        ("yes", SAFE_NOW, Meaning.YES),
        ("no", DANGER_NOW, Meaning.NO),
        ("not sure", SAFE_NOW, Meaning.UNSURE),
        ("the weather is nice", SAFE_NOW, Meaning.UNCLEAR),
        ("skip", "subject", Meaning.SKIPPED),
        ("that's enough", "subject", Meaning.FINISH),
        ("shes 9", "child_or_adult", Meaning.CHILD),
        ("82", "child_or_adult", Meaning.ADULT),
        ("no idea what that is", "child_or_adult", Meaning.FREE),
        ("jess, in year 4", "subject", Meaning.FREE),
        ("yes", "subject", Meaning.FREE),
    ],
)
def test_text_is_read_for_the_question_it_answers(
    home: Home, text: str, question: str, meaning: Meaning
) -> None:
    message = home.message(home.talk(), text)
    assert questions.understand(home.house, message, question, button=None) is meaning


def test_nobody_is_asked_what_they_already_said(home: Home) -> None:
    talk = home.case()
    home.answer(talk, "subject", "jess, shes 9", None)
    assert not {"child_or_adult", "consent"} & set(record.still_asked(home.house, talk))


def test_danger_is_asked_once_a_case(home: Home) -> None:
    talk = home.talk()
    assert questions.danger_question(home.house, talk) == DANGER_NOW
    talk = home.case()
    assert questions.danger_question(home.house, talk) == DANGER_NOW
    home.answer(talk, DANGER_NOW, "No", "no")
    assert questions.danger_question(home.house, talk) is None


def test_danger_is_not_asked_about_a_filed_record(home: Home) -> None:
    talk = home.case()
    record.file(home.house, talk, press(home, talk, "Sign and file"))
    assert questions.danger_question(home.house, talk) is None


def test_only_the_last_thing_said_makes_an_answer_unclear_twice(home: Home) -> None:
    talk = home.talk()
    assert not questions.was_unclear(home.house, talk)
    for response, unclear in (("utter_answer_unclear", True), ("utter_help", False)):
        with home.store.work() as work:
            work.turns.add(talk, {"replies": [{"response": response}]})
        assert questions.was_unclear(home.house, talk) is unclear


def test_what_is_told_unasked_does_not_come_between(home: Home) -> None:
    talk = home.case()
    told = {"replies": [{"response": "utter_nobody_yet"}], "pushed": True}
    with home.store.work() as work:
        work.turns.add(talk, {"replies": [{"response": "utter_answer_unclear"}]})
        work.turns.add(talk, told)
    assert questions.was_unclear(home.house, talk)


def test_every_topic_of_the_house_is_its_own(home: Home) -> None:
    assert not {str(topic) for topic in Topic} & set(home.house.pack.questions_given({}))
