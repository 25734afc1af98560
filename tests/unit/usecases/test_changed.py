"""A message that was changed in its channel, and what it was in the record."""

from __future__ import annotations

import pytest

from casework import capture, changed, colleague, record
from casework.duty_words import Words
from casework.facts import Message
from casework.vocabulary import DANGER_NOW, INVOLVES_US, EntryKind, RecordKind, Topic, Urgency
from tests.unit.home import Home
from tests.unit.usecases.walk import Walk


def edit(home: Home, first: Message, text: str, before: Message | None = None) -> tuple[Words, ...]:
    """Changes a message; returns what is said of it."""
    reading = changed.read(home.house, first, before or first, text)
    second = home.message(first.conversation_id, text)
    with home.store.work() as work:
        return changed.amend(home.house, work, first, second, reading)


def answered(home: Home, talk: str, question: str, text: str, value: str | None) -> Message:
    message = home.message(talk, text)
    record.answer(home.house, talk, message.id, question, text=text, value=value)
    return message


def counts(home: Home, talk: str) -> dict[str, str]:
    with home.store.read() as work:
        return record.known_values(work, home.head(talk).id)


@pytest.mark.parametrize(
    ("question", "text", "value", "changed_to"),
    [
        ("consent", "no", "no", "yes"),
        ("consent", "yes", "yes", "no"),
        ("subject", "Jess Smtih", "said", "Jess Smith"),
        ("where_told", "in the hall", "said", "in the garden"),
    ],
)
def test_a_changed_answer_counts_as_it_was_and_that_is_said(
    home: Home, question: str, text: str, value: str, changed_to: str
) -> None:
    talk = home.told_case()
    first = answered(home, talk, question, text, value)
    assert edit(home, first, changed_to) == (("utter_edit_kept", {"question": question}),)
    answer, amendment = home.entries(talk)[-2:]
    assert (amendment.kind, str(amendment.text)) == (EntryKind.AMENDMENT, changed_to)
    assert (amendment.links_to, amendment.relation) == (answer.seq, "amends")
    assert counts(home, talk)[question] == value


def test_an_answer_that_means_the_same_is_not_worth_a_word(home: Home) -> None:
    talk = home.told_case()
    first = answered(home, talk, "consent", "no", "no")
    assert edit(home, first, "No.") == ()
    assert home.entries(talk)[-1].links_to == home.entries(talk)[-2].seq


def test_while_lines_are_written_no_question_is_offered(home: Home) -> None:
    """What is typed then is a line."""
    talk = home.told_case()
    first = answered(home, talk, "consent", "no", "no")
    capture.open_capture(home.house, talk, home.message(talk).id)
    assert edit(home, first, "yes") == (("utter_edit_kept_for_read_back", {}),)


def test_enough_for_now_is_no_answer_that_is_changed(home: Home) -> None:
    talk = home.told_case()
    first = home.message(talk, "that's enough")
    record.finish_early(home.house, talk, first.id)
    assert edit(home, first, "that is enough") == ()
    assert home.entries(talk)[-1].links_to is None


PROMISE = "i told her i wont tell anyone"


def line(home: Home, talk: str, text: str, strand: EntryKind) -> Message:
    first = home.message(talk, text, strand=strand)
    capture.keep(home.house, first)
    return first


def promises(home: Home, talk: str) -> list[str]:
    return [str(entry.text) for entry in home.entries(talk) if entry.topic == Topic.PROMISE]


@pytest.mark.parametrize(
    ("strand", "before", "after"),
    [
        (EntryKind.OBSERVATION, "she was shaking", PROMISE),
        (EntryKind.OBSERVATION, "can i promise her i wont tell anyone", PROMISE),
        (EntryKind.QUESTION_ASKED, "what happened", "shall we keep this between us?"),
    ],
)
def test_a_promise_that_an_edit_tells_of_is_kept_and_put_right(
    home: Home, strand: EntryKind, before: str, after: str
) -> None:
    talk = home.told_case()
    capture.open_capture(home.house, talk, home.message(talk).id)
    first = line(home, talk, before, strand)
    assert edit(home, first, after) == (("utter_promise_repair", {}),)
    assert home.entries(talk)[-2].kind is EntryKind.AMENDMENT
    assert promises(home, talk) == [after]


@pytest.mark.parametrize(
    ("strand", "before", "after"),
    [
        (EntryKind.WORDS, "mum said", PROMISE),  # hers, of somebody
        (EntryKind.OBSERVATION, PROMISE, PROMISE + " about it"),  # put right already
        (EntryKind.OBSERVATION, "she was shaking", "can i promise her i wont tell anyone"),
    ],
)
def test_no_edit_makes_a_promise_that_is_not_new_or_not_the_reporters(
    home: Home, strand: EntryKind, before: str, after: str
) -> None:
    talk = home.told_case()
    capture.open_capture(home.house, talk, home.message(talk).id)
    assert edit(home, line(home, talk, before, strand), after) == ()
    assert promises(home, talk) == []


def test_a_promise_is_new_against_the_version_before(home: Home) -> None:
    talk = home.told_case()
    capture.open_capture(home.house, talk, home.message(talk).id)
    first = line(home, talk, "she was shaking", EntryKind.OBSERVATION)
    edit(home, first, PROMISE)
    before = home.message(talk, PROMISE)
    assert edit(home, first, PROMISE + " about it", before) == ()
    assert promises(home, talk) == [PROMISE]


def test_a_corrected_line_of_theirs_stays_theirs(home: Home) -> None:
    talk = home.told_case()
    capture.open_capture(home.house, talk, home.message(talk).id)
    line(home, talk, "mum said it", EntryKind.WORDS)
    capture.begin_amending(home.house, talk, home.entries(talk)[-1].seq)
    correction = home.message(talk, "mum says it")
    capture.keep(home.house, correction)
    assert home.entries(talk)[-1].kind is EntryKind.AMENDMENT
    assert edit(home, correction, PROMISE) == ()
    assert promises(home, talk) == []


def test_an_answer_that_is_changed_back_to_what_counts_is_not_worth_a_word(home: Home) -> None:
    talk = home.told_case()
    first = answered(home, talk, "subject", "Jess Smith", "said")
    assert edit(home, first, "Jess Smyth") == (("utter_edit_kept", {"question": "subject"}),)
    assert edit(home, first, "Jess Smith") == ()


@pytest.mark.parametrize("text", ["yes", "he has a knife"])
def test_no_changed_to_danger_is_danger(home: Home, text: str) -> None:
    talk = home.case()
    first = answered(home, talk, DANGER_NOW, "no", "no")
    said = edit(home, first, text)
    assert [name for name, _ in said] == ["utter_danger", "utter_danger_told"]
    climb = home.climb(talk)
    assert climb is not None
    assert climb.urgency is Urgency.EMERGENCY
    assert counts(home, talk)[DANGER_NOW] == "yes"
    first_answer, second = [e for e in home.entries(talk) if e.topic == DANGER_NOW]
    assert (second.kind, second.links_to) == (EntryKind.ANSWER, first_answer.seq)
    assert Topic.DANGER in home.topics(talk)


def test_danger_changed_to_none_counts_and_a_press_takes_it_back(home: Home) -> None:
    talk = home.case()
    first = answered(home, talk, DANGER_NOW, "yes", "yes")
    assert edit(home, first, "no") == (("utter_edit_kept_danger", {}),)
    assert counts(home, talk)[DANGER_NOW] == "yes"


def test_what_a_case_was_begun_with_is_no_answer_that_is_changed(home: Home) -> None:
    """It may say whom the concern is about before that is asked."""
    talk = home.talk()
    first = home.message(talk, "my manager hits one of the ladies")
    colleague.begin(home.house, talk, first.id)
    assert edit(home, first, "my manager pushes one of the ladies") == ()
    begun = next(e for e in home.entries(talk) if e.topic == Topic.FIRST_MESSAGE)
    assert home.entries(talk)[-1].links_to == begun.seq


def test_changed_to_what_counts_already_nothing_is_said(home: Home) -> None:
    talk = home.told_case()
    first = answered(home, talk, "consent", "no", "no")
    answered(home, talk, "consent", "yes", "yes")
    assert edit(home, first, "yes") == ()


def test_danger_in_another_answer_is_said_first(home: Home) -> None:
    talk = home.told_case()
    first = answered(home, talk, "consent", "yes", "yes")
    said = edit(home, first, "no, he has a knife and he is going to kill her now")
    assert [name for name, _ in said] == ["utter_danger", "utter_danger_told", "utter_edit_kept"]


def test_safe_tonight_changed_to_not_safe_waits_for_nobody(home: Home) -> None:
    talk = home.told_case()
    first = answered(home, talk, "safe_now", "yes", "yes")
    ((name, slots),) = edit(home, first, "no")
    assert (name, bool(slots["told"])) == ("utter_not_safe", True)
    climb = home.climb(talk)
    assert climb is not None
    assert climb.urgency is Urgency.EMERGENCY


def guide_answer(walk: Walk, text: str) -> Message:
    """Answers what is open; returns the message."""
    walk.say(text)
    with walk.home.store.read() as work:
        return work.inbox.of_conversation(walk.talk)[-1]


def test_an_answer_of_a_guide_is_asked_again_by_the_guide(home: Home) -> None:
    walk = Walk.begin(home)
    guide_answer(walk, "no")
    asked = walk.asks
    first = guide_answer(walk, "no")
    assert edit(home, first, "yes") == (("utter_edit_kept_guide", {"question": asked}),)
    assert walk.standing.case.values()[str(asked)] == "no"
    free = answered(home, walk.talk, "shared_with", "the schol", None)
    assert edit(home, free, "the school") == (
        ("utter_edit_kept_guide", {"question": "shared_with"}),
    )


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        (RecordKind.DECISION, "utter_share_harm_first"),
        (RecordKind.WORRY, "utter_worry_harm"),
    ],
)
def test_harm_that_was_denied_first_is_raised_and_more_is_asked(
    home: Home, kind: RecordKind, sentence: str
) -> None:
    walk = Walk.begin(home, "the duty dsl asks where they live", kind=kind)
    first = guide_answer(walk, "no")
    said = edit(home, first, "yes")
    assert [name for name, _ in said] == [sentence, "utter_edit_asks_more"]
    climb = home.climb(walk.talk)
    assert climb is not None
    assert climb.urgency is Urgency.URGENT
    assert "dsl" in climb.left_out  # named in the first message: not told before it is clear
    assert walk.standing.case.values()["harm_concern"] == "yes"
    assert walk.asks == INVOLVES_US


def test_harm_that_changes_a_decision_is_decided_anew_with_the_next_answer(home: Home) -> None:
    """Nothing is decided behind anybody's back: the outcome is said when it is decided."""
    walk = Walk.begin(home)
    first = guide_answer(walk, "no")
    walk.say("no")  # no legitimate purpose
    decided = home.texts(walk.talk, EntryKind.DECISION)
    assert len(decided) == 1
    edit(home, first, "yes")
    assert home.texts(walk.talk, EntryKind.DECISION) == decided
    assert walk.asks == INVOLVES_US
