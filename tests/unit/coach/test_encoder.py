"""The shipped encoder: the same text, the same numbers, whatever is typed."""

import numpy as np
import pytest

from coach import Coach
from coach.encoder import Encoder

ODD = ["", " ", "🙂", "\ud83d", "a" * 8000, "\x00", "he has a knife " * 500]


def test_a_vector_has_length_one_and_likeness_is_a_product(reads: Coach) -> None:
    # The untrained encoder finds the first two 0.49 alike, and the third at most 0.16 like them;
    # sentences that it can hardly tell apart would measure nothing.
    vectors = reads.encoder.vectors(
        [
            "can i tell my friend about a client",
            "is it ok to talk about service users with mates",
            "she likes dogs",
        ]
    )
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
    likeness = vectors @ vectors.T
    assert likeness[0, 1] > likeness[0, 2] + 0.2


@pytest.mark.parametrize("text", ODD)
def test_odd_text_has_a_vector_and_chances_too(reads: Coach, text: str) -> None:
    assert np.isfinite(reads.encoder.vector(text)).all()
    assert sum(reads.encoder.chances("danger", text).values()) == pytest.approx(1)


def test_danger_at_the_end_of_a_long_calm_story_is_not_cut_off(reads: Coach) -> None:
    calm = "we had tea and talked about the garden and the weather for a while. " * 40
    assert reads.danger(calm) is None
    assert reads.danger(calm + "he has got a knife to her now") is not None


def test_a_short_line_is_not_padded_to_the_width_of_a_long_one(reads: Coach) -> None:
    """What the reading costs grows with the pieces; most lines have twenty."""
    assert len(reads.encoder.windows.encode("he hit me").ids) == 5
    assert len(reads.encoder.pairs.encode("can they stay", "no").ids) == 7


def test_a_text_reads_the_same_before_and_after_another(reads: Coach) -> None:
    first = reads.encoder.vector("he hit me")
    reads.encoder.vector("thanks")
    assert (reads.encoder.vector("he hit me") == first).all()


def test_what_was_read_last_is_not_shown_in_its_repr(reads: Coach) -> None:
    reads.encoder.vector("zebra-marker")
    assert "zebra-marker" not in repr(reads.encoder)


def test_the_files_are_read_from_any_folder(tmp_path: object) -> None:
    with pytest.raises(FileNotFoundError):
        Encoder.read(__import__("pathlib").Path(str(tmp_path)))


def test_sums_do_not_overflow_on_a_processor_without_vnni(reads: Coach) -> None:
    """onnxruntime's way without this option overflows there: promises read a point worse."""
    encoder = reads.encoder
    for part in (encoder.lower, encoder.upper, encoder.answers):
        options = part.get_session_options()
        assert options.get_session_config_entry("session.x64quantprecision") == "1"
