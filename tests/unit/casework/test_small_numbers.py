"""Nobody can be worked out from a table, even by somebody who has read how it is made."""

from __future__ import annotations

from collections import defaultdict
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.small_numbers import THRESHOLD, suppressed, total

COUNTS = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 40), min_size=1)


@pytest.mark.rule("H20", "H27")
@given(COUNTS)
def test_no_small_count_is_shown(counts: dict[str, int]) -> None:
    shown = suppressed(counts) or {}
    assert not [count for count in shown.values() if count is not None and 0 < count < THRESHOLD]


@given(COUNTS)
def test_what_is_shown_is_true(counts: dict[str, int]) -> None:
    for name, count in (suppressed(counts) or {}).items():
        assert count is None or count == counts[name]


@given(COUNTS)
def test_the_total_less_what_is_shown_is_never_one_count(counts: dict[str, int]) -> None:
    held = [name for name, count in (suppressed(counts) or {}).items() if count is None]
    assert len(held) != 1


@pytest.mark.rule("H20", "H27")
@pytest.mark.parametrize(("cells", "most"), [(2, 26), (3, 20), (4, 13)])
def test_nobody_works_a_count_out_even_if_they_know_the_method(cells: int, most: int) -> None:
    """Every table there is, put together by what is published of it: each count that is held back
    could have been every number from 1 to 4, or one of several larger ones."""
    alike = defaultdict(list)
    for numbers in product(range(most), repeat=cells):
        counts = {str(place): number for place, number in enumerate(numbers)}
        all_of_them, shown = total(counts), suppressed(counts)
        if all_of_them is not None and all_of_them < most and shown is not None:
            alike[all_of_them, tuple(shown.values())].append(numbers)
    assert any(None in shown for _, shown in alike)
    for (_, shown), tables in alike.items():
        for place in (n for n, count in enumerate(shown) if count is None):
            assert len({numbers[place] for numbers in tables}) > 1, (shown, tables)


def test_a_table_that_cannot_be_made_safe_is_not_shown() -> None:
    assert suppressed({"a": 3, "b": 0}) is None
    assert suppressed({"a": 4, "b": 4}) is None


def test_large_counts_and_none_at_all_are_shown() -> None:
    assert suppressed({"a": 12, "b": 0, "c": 5}) == {"a": 12, "b": 0, "c": 5}


@pytest.mark.parametrize(("counts", "shown"), [([], 0), ([4], None), ([2, 3], 5)])
def test_a_total_is_held_to_the_same(counts: list[int], shown: int | None) -> None:
    assert total({str(n): count for n, count in enumerate(counts)}) == shown
