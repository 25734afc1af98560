"""The little language the rules are written in."""

import pytest
import spacy

from coach.phrases import Phrases, patterns_of

SETS = {"they": ["he", "she"]}


def found(phrase: str, text: str) -> list[str]:
    pipeline = spacy.blank("en")
    pipeline.add_pipe("heard_clauses")
    phrases = Phrases.compiled(pipeline.vocab, {"code": [phrase]}, SETS)
    return [span.text for span in phrases.find(pipeline(text))]


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("knife|blade", "a blade here"),
        ("@they left", "she left"),
        ("(is got|has) it", "is got it"),
        ("(is got|has) it", "has it"),
        ("got a? knife", "got knife"),
        ("got ... knife", "got a big sharp knife"),
        ("# minutes", "10 minutes"),
        ("^ so? she", "yes, she"),
        ("why ?", "why ?"),
    ],
)
def test_a_phrase_finds_what_it_says(phrase: str, text: str) -> None:
    assert found(phrase, text)


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("got ... knife", "got no knife"),
        ("got ... knife", "got it. a knife"),
        ("^ so? she", "and then yes she"),
        ("why ?", "why"),
    ],
)
def test_a_phrase_finds_nothing_else(phrase: str, text: str) -> None:
    assert not found(phrase, text)


def test_a_word_that_two_phrases_share_finds_each_whose_other_words_are_there() -> None:
    pipeline = spacy.blank("en")
    groups = {"code": ["has a knife", "has ... gun"], "other": ["has a flute"]}
    phrases = Phrases.compiled(pipeline.vocab, groups, SETS)
    found = [(s.label_, s.text) for s in phrases.find(pipeline("he has a big gun and a flute"))]
    assert found == [("code", "has a big gun")]


def test_families_that_look_through_the_same_text_find_each_their_own() -> None:
    pipeline = spacy.blank("en")
    doc = pipeline("her knife, her flute")
    families = [Phrases.compiled(pipeline.vocab, {w: [w]}, SETS) for w in ("knife", "flute")]
    assert [[s.text for s in of.find(doc)] for of in families] == [["knife"], ["flute"]]


def test_a_phrase_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(ValueError, match="not a word"):
        patterns_of("go|(go on)", SETS)
    with pytest.raises(KeyError):
        patterns_of("@nobody", SETS)
