"""When somebody means to do something: "tomorrow", "on Friday", "in two weeks"."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta

from casework.organisation import DAYS, UK

END_OF_DAY = time(23, 59)
# Whoever cannot say when is reminded after this.
USUAL_DAYS = 7
_NUMBERS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "couple": 2, "few": 3}
_UNITS = {"day": 1, "week": 7, "fortnight": 14, "month": 30}
_IN = re.compile(
    r"\b(\d{1,2}|an?|one|two|three|four|couple|few) (?:of )?(day|week|fortnight|month)s?\b", re.I
)
_DAY = re.compile(r"\b(mon|tue|wed|thu|fri|sat|sun)[a-z]*\b", re.I)


def days_meant(text: str) -> str | None:
    """A number of days, or a day of the week (mon … sun); None when none is named."""
    said = text.casefold()
    if re.search(r"\b(today|tonight|this (afternoon|evening)|later on)\b", said):
        return "0"
    if "tomorrow" in said:
        return "1"
    if found := _IN.search(said):
        number, unit = found.groups()
        return str(_NUMBERS.get(number, 0) * _UNITS[unit] or int(number) * _UNITS[unit])
    if re.search(r"\bnext week\b", said):
        return "7"
    if re.search(r"\bnext month\b", said):
        return "30"
    found_day = _DAY.search(said)
    return found_day.group(1) if found_day else None


def due_in(meant: str | None, since: datetime) -> datetime:
    """The end of the day that was meant; of the day a week later when none was."""
    day = since.astimezone(UK).date()
    short = [name[:3] for name in DAYS]
    if meant in short:
        ahead = (short.index(meant) - day.weekday()) % 7 or 7
    else:
        ahead = int(meant) if meant is not None and meant.isdecimal() else USUAL_DAYS
    return datetime.combine(day + timedelta(days=ahead), END_OF_DAY, UK)
