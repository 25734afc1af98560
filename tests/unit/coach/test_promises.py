"""Secrecy promised by the person who writes, and by nobody else."""

import pytest

from coach import Coach


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("told her i wont tell mum tho", "not_tell"),
        ("I said I'd keep it quiet", "keep"),
        ("this stays in this room", "stays"),
        ("i told her it was off the record", "off_record"),
        ("she made me promise not to say anything", "accept"),
    ],
)
def test_a_promise_is_noticed_under_its_code(reads: Coach, text: str, why: str) -> None:
    sign = reads.promise(text)
    assert sign is not None
    assert sign.why == why


@pytest.mark.parametrize(
    "text",
    [
        "i cant promise to keep this secret",
        "told her only people who need to know would be told",
        "she wants me to keep it secret",
        "the other volunteer promised her it would stay secret",
        "i promised to ring her back",
        "can we promise confidentiality",
        "yes i did",
        "yeah told her",
    ],
)
def test_limits_other_people_and_other_promises_are_none(reads: Coach, text: str) -> None:
    assert reads.promise(text) is None


def test_the_span_covers_the_promise_as_typed(reads: Coach) -> None:
    text = "Told her I WON’T tell mum tho"
    sign = reads.promise(text)
    assert sign is not None
    assert text[slice(*sign.span)] == "I WON’T tell"
