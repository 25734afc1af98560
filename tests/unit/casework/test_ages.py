"""An age or a word says whether somebody is a child or an adult; a time of day says nothing."""

import pytest

from casework.ages import ADULT, CHILD, age_group


@pytest.mark.parametrize(
    ("text", "group"),
    [
        ("jess, shes 9", CHILD),
        ("17", CHILD),
        ("Under 18", CHILD),
        ("a little girl from the club", CHILD),
        ("mr b, 82", ADULT),
        ("Adult", ADULT),
        ("a lady i visit", ADULT),
        ("18", ADULT),
        ("jess", None),
        ("at 9 pm", None),
        ("9.30", None),
        ("one is 9 and one is 30", None),
        ("flat 412", None),
    ],
)
def test_a_group_is_read_only_where_it_is_said(text: str, group: str | None) -> None:
    assert age_group(text) == group
