"""What a reporter passes on ("jess says her stepdad comes in her room"), said back to the person:
"your stepdad comes in your room".

Only where there is no doubt who is meant; otherwise nothing, and Heard offers no quote at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from spacy.tokens import Doc, Token

from coach.hearsay import saying_of
from coach.language import Reading

_TO = {"her": "you", "hers": "yours", "herself": "yourself", "him": "you", "himself": "yourself"}
_HERS = frozenset({"her", "hers", "herself"})
_HIS = frozenset({"his", "him", "himself"})
_GIRL = frozenset({"she", "girl", "lass", "lady", "woman", "daughter"})
_BOY = frozenset({"he", "boy", "lad", "gentleman", "man", "son"})
_CHILD = frozenset({"child", "kid", "yp", "client", "pupil", "teenager"})
# Who may open a message as a name does, and is not the person who tells.
_OTHERS = frozenset(
    {"mum", "mam", "mom", "mother", "dad", "father", "nan", "gran", "grandad", "sister", "brother"}
    | {"uncle", "aunt", "auntie", "stepdad", "stepmum", "husband", "wife", "partner", "boyfriend"}
    | {"girlfriend", "bf", "gf", "ex", "manager", "teacher", "worker", "carer", "dsl", "lead"}
    | {"school", "police", "gp", "doctor", "nurse", "neighbour", "friend", "mate", "colleague"}
    | {"volunteer", "host", "it", "that", "this", "who", "someone", "somebody", "everyone"}
)
_TELLS = frozenset({"told", "tells", "telling"})
_HEARERS = frozenset({"me", "us"})
_JOINS = frozenset({"and", "but", "so", "then", ","})
_SUBJECTS = frozenset({"she", "he", "they", "i", "we", "it", "wants"})
# Whoever else may be meant, or whatever is no account of what happened.
_UNCLEAR = frozenset(
    {"i", "me", "my", "mine", "myself", "we", "us", "our", "you", "your", "they", "them", "their"}
    | {"want", "wants", "promise", "promised", "secret", "please", "think", "maybe", "might"}
    | {"probably", "not", "never", "said", "says", "told", "if", "?"}
)
_INTRODUCES = frozenset({"me", "us", "to", "that", "how"})
# After "her" these show that it is she herself, and not something of hers.
_AFTER_SOMEBODY = frozenset(
    {"and", "in", "at", "on", "to", "when", "but", "with", "every", "until", "then", "after", "if"}
    | {"by", "for", "from", "so", "because", "again", "up", "down", "off", "out", "all", "lots"}
    | {"really", "hard", "last", "since", "while", "whenever", "most", "a", "the", "there", "like"}
    | {"about", "around", "over", "into", "onto", "alone", "home", "nearly", "too", "now", "&"}
)


def passed_on(reading: Reading) -> Iterator[tuple[list[Token], str]]:
    """Each clause that a reporter passes on, with how it is said to the person."""
    for subject, verb in saying_of(reading.doc):
        words = _clause(reading.doc, verb)
        theirs = _theirs(subject, {word.norm_ for word in words})
        if theirs is not None:
            yield words, _to_them(reading, words, theirs)


def _clause(doc: Doc, verb: Token) -> list[Token]:
    """What is said, up to where the reporter goes on."""
    words = [token for token in verb.doc[verb.i + 1 : verb.sent.end] if not token.is_space]
    if not words and verb.i + 1 < len(doc):
        words = list(doc[verb.i + 1].sent)
    if verb.norm_ in _TELLS and words and words[0].norm_ not in _HEARERS:
        return []  # told to somebody else
    while words and (words[0].norm_ in _INTRODUCES or words[0].is_punct):
        words = words[1:]
    following = pairwise(words)
    joined = (n for n, (one, two) in enumerate(following) if _goes_on(one, two))
    words = words[: next(joined, len(words))]
    while words and words[-1].is_punct:
        words = words[:-1]
    return words


def _goes_on(joins: Token, following: Token) -> bool:
    return joins.norm_ in _JOINS and following.norm_ in _SUBJECTS


def _theirs(subject: Token, norms: set[str]) -> frozenset[str] | None:
    """The words that mean the person; None where it is not clear."""
    if not norms or not norms.isdisjoint(_UNCLEAR) or subject.norm_ in _OTHERS:
        return None
    by_name = subject.norm_ in _CHILD or subject.like_num or subject.is_title or subject.i == 0
    if subject.norm_ in _GIRL or (by_name and norms.isdisjoint(_HIS)):
        return _HERS if norms.isdisjoint(_HIS | {"she"}) else None
    if subject.norm_ in _BOY or by_name:
        return _HIS if norms.isdisjoint(_HERS | {"he"}) else None
    return None


def _to_them(reading: Reading, words: Sequence[Token], theirs: frozenset[str]) -> str:
    start, _ = reading.span(words[0].i, words[0].i + 1)
    _, end = reading.span(words[-1].i, words[-1].i + 1)
    said, at = "", start
    for n, word in enumerate(words):
        if word.norm_ in theirs:
            first, last = reading.span(word.i, word.i + 1)
            said += reading.typed[at:first] + _second_person(word, words[n + 1 : n + 2])
            at = last
    return said + reading.typed[at:end]


def _second_person(word: Token, after: Sequence[Token]) -> str:
    own = {"her": "your", "his": "your"}
    owns = word.norm_ in own and after and after[0].norm_ not in _AFTER_SOMEBODY
    forms: Mapping[str, str] = own if owns or word.norm_ == "his" else _TO
    return forms[word.norm_]
