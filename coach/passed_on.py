"""What a reporter passes on ("she says her stepdad comes in her room"), said back to the person:
"your stepdad comes in your room".

Only where there is no doubt who is meant and how it is said; otherwise nothing, and Heard offers
no quote at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from spacy.tokens import Doc, Token

from coach.hearsay import saying_of
from coach.language import Reading

_HERS, _HIS = frozenset({"her", "hers"}), frozenset({"his", "him"})
_GIRL = frozenset({"she", "girl", "lass", "lady", "woman"})
_BOY = frozenset({"he", "boy", "lad", "gentleman"})
_CHILD = frozenset({"child", "kid", "yp", "client", "pupil"})
_TELLS = frozenset({"told", "tells", "telling"})
_HEARERS = frozenset({"me", "us"})
_JOINS = frozenset({"and", "but", "so", "then", ","})
_SUBJECTS = frozenset({"she", "he", "they", "i", "we", "it", "wants"})
# Whoever else may be meant, or whatever is no account of what happened.
_UNCLEAR = frozenset(
    {"i", "me", "my", "mine", "myself", "we", "us", "our", "you", "your", "they", "them", "their"}
    | {"want", "wants", "promise", "promised", "secret", "please", "think", "maybe", "might"}
    | {"probably", "not", "never", "said", "says", "told", "if", "?", "herself", "himself"}
)
_INTRODUCES = frozenset({"me", "us", "to", "that", "how"})
_WOMEN = frozenset({"mum", "mam", "mom", "mother", "stepmum", "sister", "nan", "gran", "grandma"})
_MEN = frozenset({"dad", "father", "stepdad", "brother", "grandad", "uncle"})
# After "her" these are something of hers. Of other words it is not known: "he calls her fat".
_OWNED = (
    _WOMEN | _MEN | {"aunt", "auntie", "cousin", "friend", "mate", "boyfriend", "bf", "husband"}
    | {"ex", "partner", "son", "daughter", "carer", "teacher", "coach", "room", "bed", "bedroom"}
    | {"house", "phone", "money", "purse", "pension", "card", "bag", "tablets", "insulin", "food"}
    | {"clothes", "arm", "arms", "leg", "legs", "face", "hair", "neck", "head", "hand", "hands"}
)  # fmt: skip
# After "her" these show that it is she herself.
_AFTER_SOMEBODY = frozenset(
    {"and", "in", "at", "on", "to", "when", "but", "with", "every", "until", "then", "after"}
    | {"by", "for", "from", "so", "because", "again", "up", "down", "off", "out", "since", "while"}
    | {"whenever", "about", "around", "over", "into", "onto", "alone", "too", "now", "today"}
    | {"yesterday", "sometimes", "often", "tonight", "hard", "against"}
)


def passed_on(reading: Reading) -> Iterator[tuple[list[Token], str]]:
    """Each clause that a reporter passes on, with how it is said to the person."""
    for subject, verb in saying_of(reading.doc):
        words = _clause(reading.doc, verb)
        theirs = _theirs(subject, {word.norm_ for word in words})
        said = _to_them(reading, words, theirs) if theirs is not None else None
        if said is not None:
            yield words, said


def _clause(doc: Doc, verb: Token) -> list[Token]:
    """What is said, up to where the reporter goes on."""
    words = [token for token in verb.doc[verb.i + 1 : verb.sent.end] if not token.is_space]
    if not words and verb.i + 1 < len(doc):
        words = list(doc[verb.i + 1].sent)
    if verb.norm_ in _TELLS and words and words[0].norm_ not in _HEARERS:
        return []  # told to somebody else
    while words and (words[0].norm_ in _INTRODUCES or words[0].is_punct):
        words = words[1:]
    joined = (n for n, (one, two) in enumerate(pairwise(words)) if _goes_on(one, two))
    words = words[: next(joined, len(words))]
    while words and words[-1].is_punct:
        words = words[:-1]
    return words


def _goes_on(joins: Token, following: Token) -> bool:
    return joins.norm_ in _JOINS and following.norm_ in _SUBJECTS


def _theirs(subject: Token, norms: set[str]) -> frozenset[str] | None:
    """The words that mean the person; None where it is not clear."""
    if not norms or not norms.isdisjoint(_UNCLEAR):
        return None
    before = {token.norm_ for token in subject.doc[: subject.i + 1]}
    is_girl, is_boy = not before.isdisjoint(_GIRL), not before.isdisjoint(_BOY)
    # "Jess 9": a child, by the age. "Neighbours", "staff", a bare name: it may be anybody.
    if not (subject.norm_ in _GIRL | _BOY | _CHILD or subject.like_num):
        return None
    acting = norms & {"he", "she"}
    if norms.isdisjoint(_HIS) and not is_boy:
        allowed: set[str] = {"he"} if is_girl else set()
        return _HERS if acting <= allowed else None
    if norms.isdisjoint(_HERS) and not is_girl:
        allowed = {"she"} if is_boy else set()
        return _HIS if acting <= allowed else None
    return None


def _to_them(reading: Reading, words: Sequence[Token], theirs: frozenset[str]) -> str | None:
    """The clause with "you" for the person; None where a word may be either."""
    said, at = "", reading.span(words[0].i, words[0].i + 1)[0]
    for n, word in enumerate(words):
        if word.norm_ not in theirs:
            continue
        to_them = _second_person(words, n)
        if to_them is None:
            return None
        first, last = reading.span(word.i, word.i + 1)
        said += reading.typed[at:first] + to_them
        at = last
    return said + reading.typed[at : reading.span(words[-1].i, words[-1].i + 1)[1]]


def _second_person(words: Sequence[Token], n: int) -> str | None:
    word, after = words[n].norm_, words[n + 1].norm_ if n + 1 < len(words) else ""
    if word == "hers":
        return "yours"
    if word == "him":
        return "you"
    if word == "her" and (not after or after in _AFTER_SOMEBODY):
        return "you"
    if n and _may_be_anothers(words, word):
        return None
    return "your" if n == 0 or word == "his" or after in _OWNED else None


def _may_be_anothers(words: Sequence[Token], owns: str) -> bool:
    """ "Her mum lets her boyfriend in": whose?"""
    kin = _WOMEN if owns == "her" else _MEN
    return any(word.norm_ in kin for word in words[:2])
