"""Words that stand between quotation marks: what somebody said, or is about to say.

Marks come as phones make them: straight, curly, doubled, single, and not always closed. The
reading shared by every check carries them as `doc.spans["quotes"]`, marks left out.
"""

from collections.abc import Iterator, Sequence

from spacy.language import Language as Pipeline
from spacy.tokens import Doc, Span, Token

QUOTES = "quotes"
_DOUBLE = frozenset({'"', "“", "”", "„", "«", "»", "''", "``"})
_SINGLE = frozenset({"'"})  # every kind of apostrophe is folded to this one


@Pipeline.component("heard_quotes")
def _mark_quotes(doc: Doc) -> Doc:
    doc.spans[QUOTES] = list(_quotes(doc))
    return doc


def quotes(doc: Doc) -> Sequence[Span]:
    """The quotes of a text, in order; none lies in another."""
    return list(doc.spans[QUOTES])


def around(span: Span) -> Span | None:
    """The quote that holds the first word of a span."""
    return next((q for q in quotes(span.doc) if q.start <= span.start < q.end), None)


def speaker_of(quote: Span, speakers: Sequence[Span]) -> Span | None:
    """Who spoke it: named right after ("..." she said), or else the last one named before it.

    Whoever is named inside the quote speaks in somebody's story, and is not asked.
    """
    after = next((s for s in speakers if s.start >= quote.end and _follows(quote, s)), None)
    before = (s for s in speakers if s.start < quote.start)
    return after or max(before, key=lambda speaker: speaker.start, default=None)


def _follows(quote: Span, speaker: Span) -> bool:
    """Whether nothing but the closing mark and a comma stands between them."""
    between = quote.doc[quote.end : speaker.start]
    return all(token.text == "," or _marks(token) for token in between)


def _quotes(doc: Doc) -> Iterator[Span]:
    opened: Token | None = None
    for token in doc:
        marks = _marks(token)
        if not marks:
            continue
        if opened is None:
            opened = token if _opens(token) else None
        elif _marks(opened) == marks and _closes(token):
            if token.i > opened.i + 1:
                yield doc[opened.i + 1 : token.i]
            opened = None
    # A phone's user seldom closes the last one; a lone apostrophe is no quote at all.
    if opened is not None and _marks(opened) == _DOUBLE and opened.i + 1 < len(doc):
        yield doc[opened.i + 1 :]


def _marks(token: Token) -> frozenset[str]:
    return next((marks for marks in (_DOUBLE, _SINGLE) if token.text in marks), frozenset())


def _opens(token: Token) -> bool:
    gap_before = token.i == 0 or bool(token.nbor(-1).whitespace_) or token.nbor(-1).is_punct
    return (gap_before or token.text in _DOUBLE) and not token.whitespace_


def _closes(token: Token) -> bool:
    """A mark with no gap before it; after a single one the word must be over."""
    if token.nbor(-1).whitespace_:
        return False
    ends = token.i + 1 == len(token.doc) or bool(token.whitespace_) or token.nbor().is_punct
    return token.text in _DOUBLE or ends
