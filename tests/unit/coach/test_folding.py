"""Folded for matching, with a way back to what was typed."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach import Coach, Known
from coach.folding import fold
from coach.language import one_slip


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("Nooooo", "no"),
        ("999", "999"),
        ("  he’s\u00a0 here\u200b", "he's here"),
        ("Zoe\u0308 ｋｎｉｆｅ ﬁne", "zoe knife fine"),
        ("no,hes here", "no, hes here"),
        ("a\x00b\ud800c", "a b c"),
        ("one \n two", "one\ntwo"),
    ],
)
def test_the_same_words_fold_to_the_same_text(typed: str, folded: str) -> None:
    assert fold(typed).text == folded


@given(st.text(alphabet=st.characters(), max_size=60))
def test_every_span_lies_in_the_typed_text_and_in_order(typed: str) -> None:
    folded = fold(typed)
    assert len(folded.origins) == len(folded.text) + 1
    assert list(folded.origins) == sorted(folded.origins)
    assert folded.origins[-1] == len(typed)


@settings(deadline=None, max_examples=60)
@given(st.text(alphabet=st.characters(), max_size=80))
def test_no_text_breaks_the_coach(reads: Coach, typed: str) -> None:
    reads.danger(typed)
    reads.answer("consent", typed)
    reads.control(typed)
    reads.wording(typed, [typed])
    reads.question(typed, [typed])
    reads.promise(typed)
    reads.mentions(typed, [Known("a", ("Duty DSL",))])


def test_a_word_without_end_is_read_in_pieces_that_know_where_they_stood() -> None:
    """Or the tokeniser would keep every rest of it: gigabytes for a message of quotation marks."""
    typed = '"' * 40_000 + "he hit me"
    folded = fold(typed)
    assert max(map(len, folded.text.split())) <= 200
    at = folded.text.index("hit me")
    assert typed[slice(*folded.span(at, at + 6))] == "hit me"


@pytest.mark.parametrize(
    ("typed", "meant", "slip"),
    [
        ("mangaer", "manager", True),
        ("manger", "manager", True),
        ("mannager", "manager", True),
        ("manaqer", "manager", True),
        ("manager", "manager", True),
        ("mnaagre", "manager", False),
        ("managerial", "manager", False),
    ],
)
def test_one_slip_of_the_thumb_is_forgiven(typed: str, meant: str, slip: bool) -> None:
    assert one_slip(typed, meant) is slip
