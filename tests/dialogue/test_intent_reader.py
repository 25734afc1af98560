"""The intent reader: what it sees in a message, what it learns, and what it keeps."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bot.components.encoder import Encoder
from bot.components.features import LONGEST_ENTRY, features, folded, read_groups
from bot.components.intent_reader import Reading, ranking, weighed

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = {
    "contact": ["who do i ring", "the number of the office", "whos on duty", "ring the lead"],
    "danger": ["he has a knife", "she took tablets", "hes got a gun", "the house is on fire"],
    "thanks": ["thanks", "thank you", "ta very much", "cheers for that"],
}
ODD = ["", " ", "🙂", "\ud83d", "ZZZ", "a" * 8000, "?", "\x00", "٣", "he has a knife " * 500]


@pytest.fixture(scope="module")
def reading() -> Reading:
    """What was learned from a dozen examples."""
    pairs = [(text, intent) for intent, texts in EXAMPLES.items() for text in texts]
    return Reading.learned(*zip(*pairs, strict=True))


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    """The shipped one."""
    return Encoder.read()


def _best(reading: Reading, text: str) -> str:
    return str(ranking(reading.chances(text))[0]["name"])


def test_pieces_stay_within_a_word_and_phrases_keep_the_order() -> None:
    seen = features("He's in", {("in",): ["place"]})
    assert seen["piece"] == [
        *(" h", "he", "es", "s "),
        *(" he", "hes", "es "),
        *(" hes", "hes "),
        *(" i", "in", "n "),
        *(" in", "in "),
        " in ",
    ]
    assert seen["phrase"] == ["^", "hes", "in", "$", "^ hes", "hes in", "in $", "^ _ in", "hes _ $"]
    assert seen["group"] == ["place"]


def test_phones_bend_apostrophes_and_it_makes_no_difference() -> None:
    assert folded("WON’T") == folded("won't") == folded("wont")


def test_a_group_is_found_by_any_entry_of_up_to_three_words() -> None:
    groups = read_groups()
    assert max(map(len, groups)) <= LONGEST_ENTRY
    for words in ("in front of me", "a Social Worker came", "the children's services rang"):
        assert features(words, groups)["group"]


def test_a_group_speaks_for_the_intent_that_its_words_stand_in(reading: Reading) -> None:
    weights = reading.weights[reading.vocabulary.places["group danger"]]
    assert reading.intents[int(weights.argmax())] == "danger"


@pytest.mark.parametrize(("text", "intent"), [("thnks", "thanks"), ("KNIFE!!", "danger")])
def test_typing_on_a_phone_is_forgiven(reading: Reading, text: str, intent: str) -> None:
    assert _best(reading, text) == intent


@pytest.mark.parametrize("text", ODD)
def test_odd_text_has_a_ranking_too(reading: Reading, text: str) -> None:
    ranked = ranking(reading.chances(text))
    confidences = [each["confidence"] for each in ranked]
    assert {each["name"] for each in ranked} == EXAMPLES.keys()
    assert confidences == sorted(confidences, reverse=True)
    assert sum(confidences) == pytest.approx(1)


def test_a_long_message_weighs_no_more_than_a_short_one(reading: Reading) -> None:
    lengths = {
        round(float(np.linalg.norm(reading.vocabulary.vector(text)[1])), 3)
        for text in ("he has a knife", "he has a knife " * 50)
    }
    assert len(lengths) == 1


def test_the_same_examples_give_the_same_reading(reading: Reading) -> None:
    pairs = [(text, intent) for intent, texts in EXAMPLES.items() for text in texts]
    again = Reading.learned(*zip(*pairs, strict=True))
    assert np.array_equal(again.weights, reading.weights)


def test_a_reading_that_was_written_reads_the_same(reading: Reading, tmp_path: Path) -> None:
    reading.write(tmp_path)
    back = Reading.read(tmp_path)
    assert [back.chances(text) for text in ODD] == [reading.chances(text) for text in ODD]


def test_both_readers_chances_are_weighed_and_still_add_up_to_one() -> None:
    both = weighed({"a": 0.5, "b": 0.5}, {"a": 0.9, "b": 0.1})
    assert both["a"] > both["b"]
    assert sum(both.values()) == pytest.approx(1)


def test_an_intent_that_the_encoder_has_never_seen_can_still_be_read() -> None:
    assert weighed({"mine": 1.0}, {"a": 1.0}) == {"mine": 1.0}
    both = weighed({"mine": 0.9, "a": 0.1}, {"a": 0.01, "b": 0.99})
    assert both["mine"] == 0.9
    assert sum(both.values()) == pytest.approx(1)


@pytest.mark.parametrize("text", ODD)
def test_the_encoder_reads_odd_text_too(encoder: Encoder, text: str) -> None:
    assert sum(encoder.chances(text).values()) == pytest.approx(1)


def test_the_encoder_sums_as_the_service_does(encoder: Encoder) -> None:
    for part in (encoder.lower, encoder.upper):
        options = part.get_session_options()
        assert options.get_session_config_entry("session.x64quantprecision") == "1"


def test_the_encoder_knows_the_needs_of_the_domain(encoder: Encoder) -> None:
    wanted = {path.stem for path in (ROOT / "data/nlu").glob("*.yml")} - {"controls"}
    assert wanted <= set(encoder.intents)
    assert max(encoder.chances("he has a knife"), key=encoder.chances("he has a knife").get) == (
        "immediate_danger"
    )
