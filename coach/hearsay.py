"""Whose words a text holds: those of the person who tells, or what a reporter writes about them.

Nothing but the text says so. When in doubt they are not the person's: a word put in their mouth
does harm, a missing quote does none.
"""

from collections.abc import Iterator, Sequence
from itertools import takewhile

from spacy.tokens import Doc, Token

_SPEAKERS = frozenset({"i", "we"})
_SAYS = frozenset(
    {"say", "says", "said", "saying", "tells", "told", "telling", "mention", "mentions", "stated"}
    | {"mentioned", "disclose", "discloses", "disclosed", "states", "reported", "claims", "claimed"}
    | {"alleges", "alleged", "reckons", "thinks", "thought", "believes"}
)
_PASSES_ON = frozenset({"say", "says", "said", "saying", "told", "tells", "telling", "disclosed"})
_SUPPOSES = frozenset({"think", "suspect", "reckon", "guess", "assume", "believe", "concerned"})
_FEARS = frozenset({"worried", "worry", "wonder"})  # a person who tells fears things too
_FEELS = frozenset({"that", "he", "she", "they", "there", "something"})  # "i feel she is ..."
_BETWEEN = frozenset(
    {"have", "has", "had", "do", "does", "did", "am", "is", "was", "are", "be", "been", "will"}
    | {"would", "could", "can", "might", "not", "never", "just", "already", "also", "only", "now"}
    | {"then", "actually", "really", "still", "even", "ever", "yet", "a", "bit", "very", "so"}
    | {"quite", "keep", "keeps", "kept"}
)
_NOBODY = frozenset({"nobody", "none", "nothing"})
_NOT = frozenset({"not", "never"})
_MINE = frozenset({"me", "my", "mine", "us", "our", "ours", "myself"})
_HEARERS = frozenset({"me", "us"})
_THEIRS = frozenset({"her", "hers", "herself", "him", "himself", "his", "them", "their", "theirs"})
# Only who works with people writes of them like this.
_TRADE = frozenset(
    {"client", "pupil", "safeguarding", "disclosure", "disclosed", "allegation", "alleged"}
    | {"suspect", "suspected", "concern", "concerns", "concerned"}
)
_TELLS = frozenset({"told", "tells", "telling"})
_ASKS = frozenset({"wants", "want", "wanted", "asked", "asks", "begged", "made"})
_TO_KEEP = frozenset({"keep", "secret", "promise", "tell", "quiet"})
_REACH = 6  # words


def in_first_person(docs: Sequence[Doc]) -> bool:
    """Whether these are the words of somebody to whom it happens."""
    return any(map(_in_first_person, docs))


def is_report(doc: Doc) -> bool:
    """Whether somebody else speaks in it, or the writer only supposes."""
    if any(token.norm_ in _TRADE for token in doc):
        return True
    if any(token.norm_ in _SAYS and not _own(token) for token in doc):
        return True
    return not _in_first_person(doc) and any(map(_supposes, doc))


def saying_of(doc: Doc) -> Iterator[tuple[Token, Token]]:
    """Who says something in it, and the word for it: not what was never said."""
    for verb in doc:
        subject = _subject(verb) if verb.norm_ in _PASSES_ON else None
        if subject is None or subject.norm_ in _SPEAKERS or _unsaid(verb):
            continue
        if not any(word.norm_ in _NOT for word in doc[subject.i + 1 : verb.i]):
            yield subject, verb


def is_of_somebody_else(words: Sequence[Token]) -> bool:
    """Whether a clause may tell of the person instead of by them: "he hits her"."""
    norms = {word.norm_ for word in words}
    return not _THEIRS.isdisjoint(norms) and _MINE.isdisjoint(norms)


def supposed(words: Sequence[Token]) -> bool:
    """Whether a clause says what its writer thinks, and not what was."""
    return any(_is_guess(word) and _own(word) for word in words)


def told(doc: Doc) -> Iterator[Token]:
    """The words of what is told: not what was never said, nor what a reporter supposes."""
    own = _in_first_person(doc)
    for clause in doc.sents:
        yield from takewhile(
            lambda token: not (_unsaid(token) or (not own and _supposes(token))), clause
        )


def _in_first_person(doc: Doc) -> bool:
    norms = {token.norm_ for token in doc}
    if any(token.norm_ in _MINE and not _hears(token) for token in doc):
        return True
    acts = any(token.norm_ in _SPEAKERS and not _only_supposes(token) for token in doc)
    return acts and _THEIRS.isdisjoint(norms)


def _hears(token: Token) -> bool:
    """Whether it is the one who is told, or asked to keep it: "she told me", "she wants me to keep
    it secret"."""
    before = token.nbor(-1).norm_ if token.i > token.sent.start else ""
    if token.norm_ not in _HEARERS or before not in _TELLS | _ASKS:
        return False
    after = {word.norm_ for word in token.doc[token.i + 1 : token.i + 1 + _REACH]}
    return before in _TELLS or not after.isdisjoint(_TO_KEEP)


def _only_supposes(speaker: Token) -> bool:
    after = (token for token in speaker.doc[speaker.i + 1 : speaker.sent.end])
    verb = next((token for token in after if token.norm_ not in _BETWEEN), None)
    return verb is not None and _is_guess(verb)


def _supposes(token: Token) -> bool:
    if token.norm_ in _SUPPOSES:
        return _own(token)
    fears = token.norm_ in _FEARS and _own(token)
    return fears and any(word.norm_ in _THEIRS for word in token.sent)


def _is_guess(verb: Token) -> bool:
    if verb.norm_ == "feel" and verb.i + 1 < len(verb.doc):
        return verb.nbor().norm_ in _FEELS
    return verb.norm_ in _SUPPOSES | _FEARS


def _unsaid(verb: Token) -> bool:
    """Whether a saying is denied: "she never said", "nobody told me"."""
    if verb.norm_ not in _SAYS or _own(verb):
        return False
    if verb.norm_ == "told" and not _tells_the_writer(verb):
        return False  # "she has not told mum he hits me" is told
    subject = _subject(verb)
    between = verb.doc[subject.i + 1 if subject else verb.sent.start : verb.i]
    nobody = subject is not None and _is_nobody(subject)
    return nobody or any(word.norm_ in _NOT for word in between)


def _tells_the_writer(verb: Token) -> bool:
    return verb.i + 1 < len(verb.doc) and verb.nbor().norm_ in _HEARERS


def _is_nobody(subject: Token) -> bool:
    before = subject.nbor(-1).norm_ if subject.i > subject.sent.start else ""
    return subject.norm_ in _NOBODY or (before, subject.norm_) == ("no", "one")


def _own(verb: Token) -> bool:
    subject = _subject(verb)
    return subject is not None and subject.norm_ in _SPEAKERS


def _subject(verb: Token) -> Token | None:
    """Who does it, as far as can be seen: the first word before it that carries any weight."""
    before = reversed(verb.doc[verb.sent.start : verb.i])
    return next((token for token in before if token.norm_ not in _BETWEEN), None)
