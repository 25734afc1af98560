"""What may be asked at any moment: what to say, may I ask this, who has it, whom do I ring."""

from __future__ import annotations

from actions import disclosure, guide
from actions.base import Result, Say, Turn, carry_on_with
from casework import capture, cases, duty_words, policy_talk, talk
from casework.facts import MessageKind
from casework.house import House
from coach import WordingAdvice

DRAFTS_OFFERED = 2
# Worries that some policies have a rule of their own for.
WORRIES = frozenset({"worry_in_confidence", "colleague_concern"})


def greet(house: House, turn: Turn) -> Result:
    """One line and the buttons; or where we were, for somebody who comes back."""
    if turn.form is not None:
        return Result((Say("utter_greet_back"),) if turn.intent == "greet" else ())
    begun = guide.take_up(house, turn)
    if begun is None and turn.intent == "answer_on":
        begun = disclosure.take_up(house, turn)
    if begun is not None:
        return begun
    if turn.talk.record_id is not None:
        return Result((Say("utter_greet"),))
    drafts = cases.open_drafts(house, turn.talk.person)[:DRAFTS_OFFERED]
    with house.store.read() as work:
        due = [Say(*one) for one in duty_words.due(house, work, turn.talk.person)]
    return Result((*map(carry_on_with, drafts), *due, Say("utter_greet")))


def say_again(house: House, turn: Turn) -> Result:
    """The one line that matters, again."""
    return Result((Say("utter_say_once"), *_offer_as_words(turn)))


def check_wording(house: House, turn: Turn) -> Result:
    """A question or sentence they want to say to the person: is it safe, and what is better."""
    if turn.message.kind is MessageKind.PRESS:
        return Result((Say("utter_ask_wording"),))
    if talk.offers_secrecy(house, turn.message):
        return Result((Say("utter_wording_promise"),))
    advice = talk.check_wording(house, turn.conversation_id, turn.message)
    said = _wording_sentences(advice) if advice else (Say("utter_ask_wording"),)
    if advice is not None and advice.asked and capture.keep_asked(house, turn.message):
        said += (Say("utter_asked_kept"),)
    return Result(said + _offer_as_words(turn))


def _wording_sentences(advice: WordingAdvice) -> tuple[Say, ...]:
    """Why not, and what to say instead: open, and in nothing but words already said."""
    plain = {
        "invitation": "utter_wording_fine",
        "clarify_safety": "utter_wording_safety",
        "directive": "utter_wording_directive",
    }
    if advice.type in plain:
        return (Say(plain[advice.type]),)
    if advice.anchor is None:
        instead = Say("utter_wording_instead")
    else:
        instead = Say("utter_wording_instead_anchor", {"anchor": advice.anchor})
    return (Say(f"utter_wording_not_{advice.reason}"), instead)


def _offer_as_words(turn: Turn) -> tuple[Say, ...]:
    """While a capture is open, a line taken for a question may have been their words. What was
    sent as a line is one already."""
    if turn.talk.capture_strand is None or turn.message.kind is not MessageKind.TEXT:
        return ()
    return (Say("utter_taken_as_question", {"message": turn.message.id}),)


def note_promise(house: House, turn: Turn) -> Result:
    """A promise was made. It is kept in the record, and can be put right."""
    talk.note_promise(house, turn.conversation_id, turn.message.id)
    return Result((Say("utter_promise_repair"),))


def show_contacts(house: House, turn: Turn) -> Result:
    """Whom to ring, with numbers."""
    return Result((Say("utter_contacts"),))


def show_status(house: House, turn: Turn) -> Result:
    """Every case of this person: who has it and since when, or that nobody has answered."""
    found = cases.of_person(house, turn.talk.person)
    if not found:
        return Result((Say("utter_status_none"),))
    here = [case for case in found if case.conversation_id == turn.conversation_id]
    return Result(tuple(_status(house, case) for case in here or found[:3]))


def _status(house: House, case: cases.Case) -> Say:
    climb = case.escalation
    slots = {"reference": case.head.reference}
    if climb is None:
        return Say(f"utter_status_{case.status}", slots)
    if climb.status.is_held:
        return Say(f"utter_status_{climb.status}", slots | cases.holder(house, climb))
    told = cases.asked(house, climb)
    return Say(f"utter_status_{climb.status}", slots | told)


def give_advice(house: House, turn: Turn) -> Result:
    """A need that a sentence answers: the safe advice of the policy, with its clause. While
    somebody tells, it may have been what they said."""
    if disclosure.may_be_their_words(house, turn):
        offer = Say("utter_taken_as_question", {"message": turn.message.id})
        return Result((*_advice(house, turn).say, offer))
    return _advice(house, turn)


def _advice(house: House, turn: Turn) -> Result:
    if turn.intent == "policy_question":
        return _policy(house, turn)
    rules = house.pack.clauses("worries") if turn.intent in WORRIES else ()
    codes = ",".join(rule.code for rule in rules)
    return Result((Say(f"utter_advice_{turn.intent}", {"codes": codes}),))


def _policy(house: House, turn: Turn) -> Result:
    """What the policy says, with its clause; or that it says nothing, and whom to ask."""
    if turn.message.kind is MessageKind.PRESS:
        return Result((Say("utter_advice_policy_question"),))
    said = policy_talk.ask(house, turn.talk.person, turn.message.text)
    if not said.matches:
        return Result((Say("utter_policy_silent", {"ask": said.ask}),))
    best = said.matches[0].rule
    codes = ",".join(match.rule.code for match in said.matches)
    slots = {"clause": best.clause, "summary": best.summary, "codes": codes}
    return Result((Say("utter_policy_says", slots),))


def begin_again(house: House, turn: Turn) -> Result:
    """A new conversation; the old one stays as it is."""
    return Result(
        (Say("utter_moved", {"conversation": cases.begin_again(house, turn.conversation_id)}),)
    )


def carry_on(house: House, turn: Turn) -> Result:
    """To another open case of the same person."""
    wanted = str(turn.entities.get("conversation", ""))
    for case in cases.of_person(house, turn.talk.person):
        if case.conversation_id == wanted:
            slots = {"conversation": wanted, "reference": case.head.reference}
            return Result((Say("utter_moved_back", slots),))
    return Result((Say("utter_unknown_button"),))
