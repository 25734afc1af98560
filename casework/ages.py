"""Whether a text says that somebody is a child or an adult: from an age, or from a word."""

from __future__ import annotations

import re

CHILD = "child"
ADULT = "adult"
ADULT_AGE = 18
OLDEST = 120

_CHILD_WORDS = re.compile(
    r"\b(under 18|child|kid|boy|girl|baby|toddler|teen|teenager|infant|minor|year \d+)\b", re.I
)
_ADULT_WORDS = re.compile(
    r"\b(adult|man|woman|lady|gentleman|elderly|pensioner|grown.?up|over 18)\b", re.I
)
# "9", "shes 9", "aged 82", "42 years old"; not a time ("9 pm", "9.30") or a date.
_AGE = re.compile(
    r"(?<![\d:./])(\d{1,3})(?![\d:./]|\s*(?:am|pm|o.?clock|st|nd|rd|th|min|hour))\b", re.I
)


def age_group(text: str) -> str | None:
    """CHILD, ADULT, or None when the text says neither."""
    if _CHILD_WORDS.search(text):
        return CHILD
    if _ADULT_WORDS.search(text):
        return ADULT
    ages = [int(age) for age in _AGE.findall(text) if int(age) <= OLDEST]
    if len(ages) != 1:
        return None
    return CHILD if ages[0] < ADULT_AGE else ADULT
