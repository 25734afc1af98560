"""A disclosure: beginning it, their exact words, and filing it."""

from __future__ import annotations

from rasa_sdk.events import FollowupAction, SlotSet

from actions.base import Act, Result, Say, Turn, end_form
from casework import capture, cases, colleague, guide, questions, record, talk, told_words
from casework.escalate import Told
from casework.facts import Message, MessageKind
from casework.house import House
from casework.vocabulary import EntryKind, RecordKind, Status

# The titles of the strand buttons in domain.yml; a test compares them.
STRAND_TITLES = {
    "their words": EntryKind.WORDS,
    "what i asked": EntryKind.QUESTION_ASKED,
    "what i saw": EntryKind.OBSERVATION,
    "what i think": EntryKind.OPINION,
}
CAPTURE_SENTENCES = {
    EntryKind.WORDS: "utter_capture_words",
    EntryKind.QUESTION_ASKED: "utter_capture_asked",
    EntryKind.OBSERVATION: "utter_capture_saw",
    EntryKind.OPINION: "utter_capture_think",
}


def begin_disclosure(house: House, turn: Turn) -> Result:
    """Somebody is telling them now."""
    return _begin(house, turn, RecordKind.DISCLOSURE, "utter_begin")


def begin_report(house: House, turn: Turn) -> Result:
    """Somebody told them earlier, or they saw something."""
    return _begin(house, turn, RecordKind.CONCERN, "utter_begin_report")


def begin_colleague(house: House, turn: Turn) -> Result:
    """It is about somebody who works here: they are left out before anybody is told.

    "Her carer takes her money", while she is telling, is what she said: whom it concerns is asked
    later, before anybody is told.
    """
    if may_be_their_words(house, turn):
        return Result(keep_typed(house, turn), (FollowupAction("action_listen"),))
    other = cases.beside_guide(house, turn.conversation_id, turn.message.id, RecordKind.CONCERN)
    conversation = other or turn.conversation_id
    told = colleague.begin(house, conversation, turn.message.id)
    put_right = repair(house, turn, conversation)
    if other is not None:
        moved = Say("utter_moved", {"conversation": other})
        return Result((moved, *put_right), (FollowupAction("action_listen"),))
    codes = ",".join(rule.code for rule in house.pack.clauses("worries"))
    begun = Say("utter_begin_colleague", {"codes": codes})
    return Result((begun, *told_sentences(told), *put_right))


def _begin(house: House, turn: Turn, kind: RecordKind, sentence: str) -> Result:
    other = cases.beside_guide(house, turn.conversation_id, turn.message.id, kind)
    if other is not None:
        moved = Say("utter_moved", {"conversation": other})
        put_right = repair(house, turn, other)
        return Result((moved, *put_right), (FollowupAction("action_listen"),))
    case = cases.open_case(house, turn.conversation_id, turn.message.id, kind)
    if case.status is Status.FILED:
        return Result((_filed_already(turn, case.head.reference),))
    if turn.talk.record_id is not None and turn.message.kind is MessageKind.TEXT:
        if questions.danger_question(house, turn.conversation_id) is None:
            return Result(keep_typed(house, turn), (FollowupAction("action_listen"),))
        cases.keep_note(house, turn.conversation_id, turn.message.id)
    return Result((Say(sentence), *repair(house, turn, turn.conversation_id)))


def _filed_already(turn: Turn, reference: str) -> Say:
    """What was typed is added with one press; nobody has to type it twice."""
    if turn.message.kind is not MessageKind.TEXT:
        return Say("utter_case_filed_already", {"reference": reference})
    slots = {"reference": reference, "message": turn.message.id}
    return Say("utter_case_filed_more", slots)


def repair(house: House, turn: Turn, conversation_id: str) -> tuple[Say, ...]:
    """What a case was begun with, typed now or before "do you mean", may hold a promise of
    secrecy: it is kept, and put right."""
    message: Message | None = turn.message
    if turn.message.kind is MessageKind.PRESS:
        begun_now = turn.talk.record_id is None
        message = cases.began_with(house, conversation_id) if begun_now else None
    if message is None or not talk.offers_secrecy(house, message):
        return ()
    talk.note_promise(house, conversation_id, message.id)
    return (Say("utter_promise_repair"),)


def take_up(house: House, turn: Turn) -> Result | None:
    """Somebody who comes to a case of which nothing was asked yet: danger first."""
    case = cases.of_conversation(house, turn.conversation_id)
    if case is None or questions.danger_question(house, turn.conversation_id) is None:
        return None
    if colleague.is_one(house, turn.conversation_id):
        codes = ",".join(rule.code for rule in house.pack.clauses("worries"))
        asked = cases.asked(house, case.escalation)["told"] if case.escalation else ""
        told = (Say("utter_told", {"told": asked}),) if asked else ()
        begun = Say("utter_begin_colleague", {"codes": codes})
        return Result((begun, *told), (FollowupAction("danger_form"),))
    told_now = case.head.kind is RecordKind.DISCLOSURE
    sentence = "utter_begin" if told_now else "utter_begin_report"
    return Result((Say(sentence),), (FollowupAction("danger_form"),))


def may_be_their_words(house: House, turn: Turn) -> bool:
    """Whether this was typed while somebody tells, before a line of it was written down."""
    typed = turn.message.kind is MessageKind.TEXT
    return typed and capture.listens(house, turn.conversation_id)


def keep_typed(house: House, turn: Turn) -> tuple[Say, ...]:
    """They type what is being told without having pressed anything: it is a line all the same."""
    capture.keep(house, turn.message)
    return (Say("utter_capture_kept"),)


def opener(strand: EntryKind) -> Act:
    """An action that opens the capture on one strand."""

    def open_strand(house: House, turn: Turn) -> Result:
        capture.open_capture(house, turn.conversation_id, turn.message.id, strand)
        return Result((Say(CAPTURE_SENTENCES[strand]),))

    return open_strand


def close_capture(house: House, turn: Turn) -> Result:
    """Done writing: what was kept, and who is told."""
    closed = capture.close_capture(house, turn.conversation_id)
    if closed is None:
        return Result((Say("utter_nothing_to_close"),))
    lines = "1 line" if closed.lines == 1 else f"{closed.lines} lines"
    slots = {"lines": lines, "reference": closed.reference}
    kept = Say("utter_words_kept" if closed.lines else "utter_no_words", slots)
    return Result((kept, *told_sentences(closed.told)))


def told_sentences(told: Told | None) -> tuple[Say, ...]:
    """Who has been told: only once somebody has, and only once."""
    return tuple(Say(*words) for words in told_words.of_news(told))


def amend_line(house: House, turn: Turn) -> Result:
    """The next line corrects this one."""
    capture.begin_amending(house, turn.conversation_id, int(turn.entities["seq"]))
    return Result((Say("utter_amend_line"),))


def copy_line(house: House, turn: Turn) -> Result:
    """Asks into which list."""
    seq = int(turn.entities["seq"])
    return Result((Say("utter_copy_line", {"seq": str(seq)}),))


def copy_into(house: House, turn: Turn) -> Result:
    """Puts the line there as well."""
    strand = STRAND_TITLES[turn.message.text.strip().casefold()]
    seq = int(turn.entities["seq"])
    capture.also_in(house, turn.conversation_id, turn.message.id, seq, strand)
    return Result((Say("utter_line_copied"),))


def keep_line(house: House, turn: Turn) -> Result:
    """A line that was taken for a question to Heard."""
    capture.keep_after_all(house, turn.conversation_id, str(turn.entities["message"]))
    return Result((Say("utter_capture_kept"),))


def read_back(house: House, turn: Turn) -> Result:
    """The record as it stands. Its lines are added by the channel: they never pass the dialogue."""
    return Result((Say("utter_summary"),))


def correct_line(house: House, turn: Turn) -> Result:
    """Asks one question again."""
    question = str(turn.entities["question"])
    return Result(events=(SlotSet(question, None), SlotSet("requested_slot", question)))


def file_record(house: House, turn: Turn) -> Result:
    """Signed and filed."""
    if turn.talk.record_id is None:
        return Result((Say("utter_nothing_to_sign"),))
    if guide.standing(house, turn.conversation_id) is not None:
        reference = guide.sign(house, turn.conversation_id, turn.message.id)
        return Result((Say("utter_filed", {"reference": reference}),), end_form())
    told = record.file(house, turn.conversation_id, turn.message.id)
    filed = Say("utter_filed", {"reference": told.reference})
    care = Say("utter_filed_care")
    return Result((filed, *_after_filing(house, turn, told), care), end_form())


def _after_filing(house: House, turn: Turn, told: Told) -> tuple[Say, ...]:
    if not told.status.is_held:
        again = told.names and not told.is_news
        return (Say("utter_filed_told", {"told": told.names}),) if again else told_sentences(told)
    case = cases.of_conversation(house, turn.conversation_id)
    assert case is not None  # it was filed a moment ago
    assert case.escalation is not None
    holder = cases.holder(house, case.escalation)
    return (Say("utter_status_acknowledged", {"reference": told.reference} | holder),)


def leave_for_now(house: House, turn: Turn) -> Result:
    """Saved as a draft."""
    case = cases.of_conversation(house, turn.conversation_id)
    if case is None:
        return Result((Say("utter_status_none"),))
    return Result((Say("utter_left_for_now", {"reference": case.head.reference}),))
