"""Step 4 of 7: policy. Duties with a date: when each is due, and what has to be true first."""

from calendar import monthrange
from collections.abc import Collection
from datetime import date, timedelta

from policy.pack.obligations import DatedDuty, When
from policy.pack.whole import Pack


def duties_for(pack: Pack, roles: Collection[str], after: When) -> tuple[DatedDuty, ...]:
    """What somebody in these roles has to do after this."""
    held = set(roles)
    return tuple(duty for duty in pack.duties if duty.after == after and held & set(duty.roles))


def due_on(duty: DatedDuty, since: date, last_done: date | None) -> date | None:
    """The day by which it has to be done; None when it is done once and for all.

    Args:
        since: The day of what it comes after.
    """
    if last_done is None:
        return since + timedelta(days=duty.within_days)
    return _months_after(last_done, duty.every_months) if duty.every_months else None


def is_overdue(duty: DatedDuty, since: date, last_done: date | None, today: date) -> bool:
    """Whether its day has passed."""
    due = due_on(duty, since, last_done)
    return due is not None and due < today


def still_missing(duty: DatedDuty, confirmed: Collection[str]) -> tuple[str, ...]:
    """What has to be confirmed before it may be called done; then nothing is missing."""
    return tuple(part for part in duty.first if part not in confirmed)


def _months_after(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
