"""Taking words out: what is left holds none of them, and nothing else is lost."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from records.exports.redaction import holds, places_of, without

WORDS = st.text("abAB ßşİé\n", max_size=60)


def kept(text: str, *phrases: str) -> list[str | None]:
    return [piece.text for piece in without(text, places_of(text, phrases))]


def test_each_time_and_however_it_is_written() -> None:
    assert kept("Dave, dave and DAVE.", "dave") == [None, ", ", None, " and ", None, "."]


def test_phrases_that_meet_leave_one_gap() -> None:
    assert kept("Uncle Dave Smith", "Uncle Dave", "Dave Smith") == [None]


def test_a_letter_that_grows_without_capitals_keeps_its_place() -> None:
    assert kept("Straße 4", "STRASSE") == [None, " 4"]


@given(WORDS, st.lists(WORDS.filter(bool), min_size=1, max_size=3))
def test_no_part_that_is_left_holds_what_was_taken_out(text: str, phrases: list[str]) -> None:
    for piece in without(text, places_of(text, phrases)):
        assert piece.text is None or not any(holds(piece.text, phrase) for phrase in phrases)


@given(WORDS, st.lists(WORDS.filter(bool), max_size=3))
def test_the_rest_stays_in_its_order(text: str, phrases: list[str]) -> None:
    at = 0
    for piece in without(text, places_of(text, phrases)):
        if piece.text is not None:
            at = text.index(piece.text, at) + len(piece.text)
    assert at <= len(text)


def test_nothing_to_take_out_leaves_everything() -> None:
    assert kept("as it was") == ["as it was"]
    assert kept("") == []
