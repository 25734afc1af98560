"""A record that a guide fills: what is asked, what was answered, and what an answer means.

The questions stand in the pack, in the organisation's order and with its clauses; which of them
is open is worked out from the record each time, so that a changed answer simply leads elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from casework.days import days_meant
from casework.facts import Entry, Message, RecordHead
from casework.house import House
from casework.ports import Work
from casework.vocabulary import EntryKind
from policy.pack.sharing import Asked

SKIPPED = "skipped"
UNCLEAR = "unclear"
# A caller who will not be checked, or may not have it: that is the end of it.
GONE = "gone"
# "What exactly do they ask for?" takes any text; "Is it confidential?" takes a yes or a no.
_OPEN = re.compile(r"(under )?(what|when|where|which|who|whose|whom|how|why)\b", re.I)
_BY_BUTTON = {"affirm": "yes", "deny": "no", "unsure": "unsure", "skip": SKIPPED}
# What the other buttons under a question mean; a test compares the titles with domain.yml.
CHOICES = {
    "that could put them at risk": "risk",
    "not yet": "later",
    "they rang": "rang",
    "in writing": "written",
    "in person": "in_person",
    "tomorrow": "1",
    "in a week": "7",
    "in a month": "30",
    "they won't say": GONE,
    "they may not have it": GONE,
}


@dataclass(frozen=True)
class Ask:
    """A question that is open.

    `text` is the pack's; None where domain.yml has its words. `free`: any text answers it.
    `waits`: it was said that this is waited for, so it is not put again now.
    """

    id: str
    text: str | None = None
    rules: tuple[str, ...] = ()
    free: bool = False
    waits: bool = False

    @classmethod
    def of(cls, question: str, asked: Asked, *, waits: bool = False) -> Ask:
        """A question of the pack."""
        return cls(question, asked.ask, asked.rules, asks_for_words(asked.ask), waits)


def asks_for_words(text: str) -> bool:
    """Whether any text answers this question, rather than a yes or a no."""
    return bool(_OPEN.match(text))


@dataclass(frozen=True)
class Guided:
    """A record as a guide reads it: once, opened, in order."""

    head: RecordHead
    entries: tuple[Entry, ...]

    @classmethod
    def read(cls, work: Work, record_id: str) -> Guided:
        """The record as it stands in this transaction."""
        return cls(work.records.head(record_id), tuple(work.records.entries(record_id)))

    def answers(self, *, after: int = 0) -> dict[str, Entry]:
        """The answer that counts for each question: the last one, if it came after that line."""
        return {
            entry.topic: entry
            for entry in self.entries
            if entry.kind is EntryKind.ANSWER and entry.topic and entry.seq > after
        }

    def values(self, *, after: int = 0) -> dict[str, str]:
        """What each answer means; "said" for text that was asked for as text."""
        return {topic: entry.value or "said" for topic, entry in self.answers(after=after).items()}

    def last(self, topic: str) -> Entry | None:
        """The last line on a topic."""
        return next((one for one in reversed(self.entries) if one.topic == topic), None)


def first_open(asks: Iterable[Ask], answered: Iterable[str]) -> Ask | None:
    """The first question that nobody has answered."""
    known = frozenset(answered)
    return next((ask for ask in asks if ask.id not in known), None)


def understand(house: House, message: Message, ask: Ask, *, button: str | None) -> str | None:
    """What an answer means: yes, no, unsure, one of CHOICES, or None for text kept as it is.

    UNCLEAR when it is no answer to this question.
    """
    if button in _BY_BUTTON:
        return _BY_BUTTON[button]
    if button == "done":  # typed while it is waited for
        return "yes" if ask.id in DONE_IS_YES else UNCLEAR
    chosen = CHOICES.get(message.text.strip().casefold())
    if chosen is not None and (button == "choose" or ask.id in _OWN_READING):
        return chosen
    control = house.coach.control(message.text)
    if control == "skip":
        return SKIPPED
    if ask.free:
        return None
    if control == "dont_know":
        return "unsure"
    own = _OWN_READING.get(ask.id)
    if own is not None and (meaning := own(message.text)) is not None:
        return meaning
    said = house.coach.answer(_as_the_coach_knows_it(ask), message.text)
    # Asked again rather than guessed: behind these questions somebody is protected, or not.
    return UNCLEAR if said.value == "not_an_answer" or not said.sure else str(said.value)


# The questions of every organisation, which the coach knows by their id; a pack's own it knows by
# their wording. Source: design.md section 6.
_SHARED_BY_ALL = frozenset(
    {
        "harm_concern",
        "legitimate_purpose",
        "identifiable",
        "confidential",
        "consent",
        "other_reason",
        "how_much",
        "fact_from_opinion",
        "right_recipient",
        "secure_route",
        "telling_raises_risk",
    }
)


def _as_the_coach_knows_it(ask: Ask) -> str:
    return ask.id if ask.id in _SHARED_BY_ALL or ask.text is None else ask.text


_RISK = re.compile(
    r"\b(risk|danger\w*|unsafe|not safe|hurt|violent|kill|kick off|hit|angry)\b", re.I
)
_WILL = re.compile(r"\b(i'?ll|i will|i can|can do|will do|yes|yeah|yep|ok|okay|sure)\b", re.I)
_CANNOT = re.compile(r"\b(can'?t|cannot|can not|no|nope|won'?t|unable|not possible)\b", re.I)


def _can_ask(text: str) -> str | None:
    """ "I'll ask her" promises, where a reader of answers sees somebody who does not know yet."""
    if _RISK.search(text):
        return "risk"
    if _CANNOT.search(text):
        return "no"
    return "yes" if _WILL.search(text) else None


_MAIL = re.compile(r"\be-?mail", re.I)
_SAFE_MAIL = re.compile(
    r"\b(secure\w*|encrypt\w*|password|egress|protected)\b|\b(not|no|never|without) (by )?e-?mail",
    re.I,
)


def _secure_route(text: str) -> str | None:
    """Ordinary e-mail is no safe route, however sure somebody is of it (K13)."""
    return "no" if is_plain_mail(text) else None


def is_plain_mail(text: str) -> bool:
    """Whether this is about e-mail, and nothing says that it is a safe one."""
    return bool(_MAIL.search(text)) and not _SAFE_MAIL.search(text)


_NOT = re.compile(r"\b(not|no|never|cannot|(have|did|do|could|wo|ca)n'?t)\b", re.I)
# Whoever pretends to be somebody gives a number, rings back, and sounds right: none of it checks
# them (M41, and the like in every pack).
_CALLERS_OWN = re.compile(
    r"\b(numbers?|one) (that |which )?(they|he|she|the caller) (\w+ ){0,2}(gave|left|said|rang"
    r"|rung|called|phoned|used)\b|\bgave (me|us) (a|the|his|her|their) (\w+ )?number\b"
    r"|\b1471\b|\bredial|\bcaller id\b|\bcame up\b"
    r"|\b(they|he|she|caller)( ?'?(d|ve|s|has|have|had))? (\w+ )?(rang|rung|called|phoned)"
    r" (\w+ ){0,2}(back|again)\b"
    r"|\bconfirmed (\w+ )?(him|her|them)sel(f|ves)\b|\bvoice\b|\b(sound|seem)(s|ed)?\b",
    re.I,
)
_RANG_BACK = re.compile(r"\b(rang|rung|called|phoned) (\w+ ){0,3}back\b", re.I)
_CHECKED = re.compile(
    rf"{_RANG_BACK.pattern}|\bit'?s (really |definitely )?(them|him|her)\b"
    r"|\b(genuine|check(s|ed) out|confirmed)\b",
    re.I,
)
_FOUND_ELSEWHERE = re.compile(
    r"\b(web ?site|switchboard|directory|google\w*|letterhead|looked (it |them |him |her )?up"
    r"|on file|our records|main number|main line)\b",
    re.I,
)
_GAVE_UP = re.compile(
    r"\b(hung up|rang off|(put|slammed) (the |his |her |their )?phone down|refus\w+"
    r"|(wo|would)n'?t (say|give|leave|tell))\b",
    re.I,
)


def _checked(text: str) -> str | None:
    """What somebody writes who comes back from checking a caller; a reader of answers knows the
    yes and the no, and not that the caller rang off."""
    if _GAVE_UP.search(text):
        return GONE
    if _CALLERS_OWN.search(text):
        return "no"
    return "yes" if _CHECKED.search(text) and not _NOT.search(text) else None


def _found_number(text: str) -> str | None:
    """That they rang back does not say on whose number."""
    if _GAVE_UP.search(text):
        return GONE
    if _CALLERS_OWN.search(text):
        return "no"
    if _FOUND_ELSEWHERE.search(text) and not _NOT.search(text):
        return "yes"
    return UNCLEAR if _RANG_BACK.search(text) else None


# Of the caller's own word that they may have it, nothing is believed.
_OURS = re.compile(
    r"\b(manager|lm|dsl|lead|boss|supervisor|deputy|trustee|coordinator|office)\b", re.I
)
_SAYS = re.compile(r"\b(says?|said|told)\b", re.I)
_ALLOWED = re.compile(r"\b(says?|said) (yes|it'?s (ok|okay|fine|alright))\b", re.I)
_REFUSED = re.compile(r"\b(says?|said) (no|they (can'?t|mustn'?t|may not))\b", re.I)


def _entitled(text: str) -> str | None:
    """The answer of whoever was asked here, in the words of the one who asked them."""
    if _GAVE_UP.search(text) or _REFUSED.search(text):
        return GONE
    if not _OURS.search(text):
        return UNCLEAR if _SAYS.search(text) else None
    return "yes" if _ALLOWED.search(text) and not _NOT.search(text) else None


def _told_person(text: str) -> str | None:
    late = re.search(
        r"\b(later|tomorrow|not yet|will|i'?ll|when|next|monday|tonight)\b", text, re.I
    )
    return "later" if late else None


_MAY_BE = re.compile(
    r"\W*(yes|yeah|yep|possibly|probably|((it|he|she|they) )?(could|might|may) (well )?be)\b",
    re.I,
)


def _recipient_is_danger(text: str) -> str | None:
    """A guess that it is so is enough to keep quiet; a guess that it is not, is not."""
    return "yes" if _MAY_BE.match(text) else None


_WAYS = (
    ("rang", re.compile(r"\b(rang|ring\w*|phone\w*|call\w*|voicemail|on the line)\b", re.I)),
    ("written", re.compile(r"\b(e-?mail\w*|letter|writ\w*|wrote|post|form|message)\b", re.I)),
    ("in_person", re.compile(r"\b(person|here|came|door|desk|office|standing|visit\w*)\b", re.I)),
)


def _came_how(text: str) -> str:
    """How somebody asks; nothing is known about them until it is said."""
    return next((way for way, words in _WAYS if words.search(text)), UNCLEAR)


# Questions that wait until something is done: "done" is the answer.
DONE_IS_YES = frozenset({"identity", "number_found_independently", "called_back", "secure_route"})
_OWN_READING = {
    "came_how": _came_how,
    "identity": _checked,
    "number_found_independently": _found_number,
    "called_back": _checked,
    "entitlement": _entitled,
    "recipient_is_danger": _recipient_is_danger,
    "can_ask": _can_ask,
    "secure_route": _secure_route,
    "told_person": _told_person,
    "told_now": _told_person,
    "told_by": days_meant,
}
