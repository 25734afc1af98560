"""Trustees bring the key back together, and none of them alone."""

from __future__ import annotations

import itertools
import os

import pytest

from casework.errors import KeyUnusable
from records.shares import combine, split


def test_any_two_of_three_bring_the_key_back() -> None:
    key = os.urandom(32)
    shares = split(key, shares=3, threshold=2)
    assert all(len(share.split()) == 33 for share in shares)
    for pair in itertools.permutations(shares, 2):
        assert combine(pair) == key
    assert combine(shares) == key


def test_one_share_is_refused() -> None:
    (first, *_) = split(os.urandom(32), shares=3, threshold=2)
    with pytest.raises(KeyUnusable):
        combine([first])
    with pytest.raises(KeyUnusable):
        combine([first, first])


def test_a_slip_of_the_pen_is_seen() -> None:
    first, second, _ = split(os.urandom(32), shares=3, threshold=2)
    words = second.split()
    wrong = "academic" if words[10] != "academic" else "acid"
    for spoiled in (
        [*words[:10], wrong, *words[11:]],
        [*words[:10], "nosuchword", *words[11:]],
        words[:-1],
        [],
    ):
        with pytest.raises(KeyUnusable):
            combine([first, " ".join(spoiled)])


def test_shares_of_different_keys_are_refused() -> None:
    ours, others = (split(os.urandom(32), shares=2, threshold=2) for _ in range(2))
    with pytest.raises(KeyUnusable):
        combine([ours[0], others[1]])


def test_shares_are_read_as_people_type_them() -> None:
    key = os.urandom(32)
    first, second = split(key, shares=2, threshold=2)
    assert combine([f"  {first.upper()} \n", "", second.replace(" ", "   ")]) == key


@pytest.mark.parametrize(("shares", "threshold"), [(1, 1), (3, 1), (2, 3), (17, 2), (0, 0)])
def test_a_split_that_protects_nothing_is_refused(shares: int, threshold: int) -> None:
    with pytest.raises(KeyUnusable):
        split(os.urandom(32), shares=shares, threshold=threshold)
