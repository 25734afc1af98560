"""The guide's form: one question of the pack at a time, why it is asked, and what came of it.

One form leads through sharing, official requests and breaches. Its questions are the pack's, so
none of them stands in domain.yml; the validation asks them itself, and `requested_slot` holds the
question's id.
"""

from __future__ import annotations

from collections.abc import Callable

from rasa_sdk.events import EventType, FollowupAction, SlotSet

from actions import duties
from actions.base import REQUESTED_SLOT, Result, Say, Turn
from actions.decisions import after_deciding
from actions.disclosure import keep_typed, may_be_their_words, repair, told_sentences
from actions.plans import after_asking
from actions.questions import ANSWERS, GUESSED, SURE, asks_for_it, said_before
from actions.unclear import not_understood
from casework import cases, duty_record, guide, guided, questions, record, sharing, worry
from casework.guide import Moved
from casework.guide_words import OWN_WORDS
from casework.guided import Ask
from casework.house import House
from casework.vocabulary import RecordKind

After = Callable[[House, Turn, Ask, Moved], tuple[Say, ...]]

FORM = "guide_form"
# Rasa wants one slot of a form to be named: it says only that a question has been settled.
SLOT = "guide_question"
# These ask a question again that may have an answer already.
AGAIN = frozenset({"change_answer", "go_back"})
# What each need opens, and what is said first.
BEGINNINGS = {
    "share_request": (RecordKind.DECISION, "utter_begin_share"),
    "official_request": (RecordKind.OFFICIAL_REQUEST, "utter_begin_official_request"),
    "breach": (RecordKind.BREACH, "utter_begin_breach"),
    "worry_in_confidence": (RecordKind.WORRY, "utter_begin_worry"),
}

# Topics of which some packs have rules to show at once.
RULES_OF_BEGINNING = {
    "utter_begin_official_request": "telephone",
    "utter_begin_breach": "breach",
    "utter_begin_worry": "worries",
}


def begin(house: House, turn: Turn) -> Result:
    """Should I share this? Somebody official asks. Information got out.

    "She said don't tell mum", while she is telling, is no worry of its own: it is what she said.
    "Do I have to tell her mum", then, is asked about before it leads anybody away from her.
    """
    if may_be_their_words(house, turn):
        its_words = turn.intent == "worry_in_confidence"
        said = keep_typed(house, turn) if its_words else not_understood(house, turn).say
        return Result(said, (FollowupAction("action_listen"),))
    return _begin(house, turn, *BEGINNINGS[turn.intent])


def _begin(house: House, turn: Turn, kind: RecordKind, sentence: str) -> Result:
    conversation = guide.begin(house, turn.conversation_id, turn.message.id, kind)
    if conversation != turn.conversation_id:
        # Nothing is asked here: the person is on their way to the other conversation.
        moved = Say("utter_moved", {"conversation": conversation})
        put_right = repair(house, turn, conversation)
        return Result((moved, *put_right), (FollowupAction("action_listen"),))
    rules = house.pack.clauses(RULES_OF_BEGINNING.get(sentence, ""))
    begun = Say(sentence, {"codes": ",".join(rule.code for rule in rules)})
    return Result((begun, *repair(house, turn, conversation)))


def take_up(house: House, turn: Turn) -> Result | None:
    """Somebody who comes to a guide that has no form open yet: it begins."""
    here = guide.standing(house, turn.conversation_id)
    if here is None or here.ask is None or turn.form is not None:
        return None
    return Result(events=(FollowupAction(FORM),))


def validate_guide_form(house: House, turn: Turn) -> Result:
    """Takes an answer, or asks what is open."""
    here = guide.standing(house, turn.conversation_id)
    if here is None or not turn.is_answer_to(FORM):
        return _ask(house, turn)
    asked = guide.ask_of(house, here.case, turn.talk.asks or turn.requested)
    if asked is None:
        return _ask(house, turn)
    meaning = guided.understand(house, turn.message, asked, button=turn.button)
    if _interrupts(house, turn, here, asked, meaning):
        return Result()
    if meaning == guided.UNCLEAR and not questions.was_unclear(house, turn.conversation_id):
        said = (Say("utter_answer_unclear"), *_put(house, asked))
        return Result(said, (SlotSet(SLOT, None), SlotSet(REQUESTED_SLOT, asked.id)))
    unclear = (Say("utter_answer_kept_unsure"),) if meaning == guided.UNCLEAR else ()
    value = "unsure" if meaning == guided.UNCLEAR else meaning
    moved = guide.answer(
        house,
        turn.conversation_id,
        turn.message.id,
        asked,
        text=turn.message.text,
        value=value,
    )
    after = _after(here)
    said = (*unclear, *told_sentences(moved.told), *after(house, turn, asked, moved))
    return _next(house, moved.standing.ask, said)


def _after(here: guide.Standing) -> After:
    if here.decision is not None:
        return after_deciding
    return duties.after_answer if duty_record.is_one(here.case) else after_asking


def _interrupts(
    house: House, turn: Turn, here: guide.Standing, ask: Ask, meaning: str | None
) -> bool:
    """Whether this is something else than an answer (see actions/questions.py)."""
    if turn.is_command and turn.intent == "remind_me" and ask.id == sharing.TOLD_BY:
        return False  # when they will tell the person
    if turn.is_command and turn.intent == "done" and here.ask is not None and here.ask.waits:
        return ask.free  # it is done, or it has to be said what is
    if turn.is_command:
        return turn.intent not in ANSWERS
    if turn.intent not in GUESSED or turn.message.text.lstrip().startswith("/"):
        return False
    if turn.intent == "immediate_danger" and said_before(house, turn):
        return False
    if not asks_for_it(turn):
        return False
    return turn.confidence >= SURE and (ask.free or meaning == guided.UNCLEAR)


def _ask(house: House, turn: Turn) -> Result:
    """Asks what is open, or again what was asked for."""
    here = guide.standing(house, turn.conversation_id)
    ask = here.ask if here else None
    if here is not None and turn.intent in AGAIN and turn.requested is not None:
        ask = guide.ask_of(house, here.case, turn.requested)
    return _next(house, ask, (), again=True)


def _next(house: House, ask: Ask | None, said: tuple[Say, ...], *, again: bool = False) -> Result:
    events: tuple[EventType, ...] = (SlotSet(SLOT, None),)
    if ask is None:
        return Result(said, (*events, SlotSet(REQUESTED_SLOT, None)))
    # What is waited for is not asked again at once; but nobody is left without a word.
    put = () if ask.waits and said and not again else _put(house, ask)
    return Result((*said, *put), (*events, SlotSet(REQUESTED_SLOT, ask.id)))


def _put(house: House, ask: Ask) -> tuple[Say, ...]:
    slots = {"question": ask.text or "", "codes": ",".join(ask.rules)}
    if ask.text is None:
        return (Say(OWN_WORDS[ask.id], slots),)
    return (Say("utter_guide_ask_freely" if ask.free else "utter_guide_ask", slots),)


def why_asked(house: House, turn: Turn) -> Result:
    """The rule behind the question that is open."""
    here = guide.standing(house, turn.conversation_id)
    ask = guide.ask_of(house, here.case, turn.talk.asks) if here else None
    codes = ask.rules if ask else ()
    if not codes:
        return Result((Say("utter_why_asked_by_heard"),))
    rule = house.pack.rule(codes[0])
    slots = {"clause": rule.clause, "summary": rule.summary, "codes": ",".join(codes)}
    return Result((Say("utter_why_asked", slots),))


def change_answer(house: House, turn: Turn) -> Result:
    """Asks one question again: the one that was tapped, or the one before."""
    wanted = turn.entities.get("question")
    question = str(wanted) if wanted else guide.earlier(house, turn.conversation_id)
    return Result(events=(SlotSet(REQUESTED_SLOT, question),))


def rest(house: House, turn: Turn) -> Result:
    """Nothing more is asked: it can be signed."""
    said = duties.resting(house, turn)
    if said is not None:
        return Result(said)
    case = cases.of_conversation(house, turn.conversation_id)
    assert case is not None  # a guide's form was open
    here = guide.standing(house, turn.conversation_id)
    return Result((Say(_closing(house, turn, here), {"reference": case.head.reference}),))


def _closing(house: House, turn: Turn, here: guide.Standing | None) -> str:
    """A decision has shown its way already; every other guide shows what is to be signed."""
    if here is None or here.decision is not None:
        return "utter_guide_rest"
    is_worry = here.case.head.kind is RecordKind.WORRY
    nothing_written = record.has_no_lines(house, turn.conversation_id)
    if is_worry and worry.may_be_harm(here.case) and nothing_written:
        return "utter_worry_write"
    return "utter_guide_read_back"
