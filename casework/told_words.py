"""Who was told, in sentences of domain.yml and their words: only what has been committed."""

from __future__ import annotations

from casework.danger import Alarm
from casework.duty_words import Words
from casework.escalate import Told
from casework.facts import EscalationStatus


def of_alarm(alarm: Alarm) -> tuple[Words, ...]:
    """What to do now, and who was told."""
    if alarm.told.status is EscalationStatus.CLOSED:  # dealt with since, and nobody waits for it
        return (("utter_danger", {}),)
    slots = {"told": alarm.told.names, "reference": alarm.told.reference}
    if alarm.told.status.is_held:
        slots = {"by": alarm.told.holder, "at": alarm.told.since}
        return (("utter_danger", {}), ("utter_danger_held", slots))
    if not alarm.told.names:
        return (("utter_danger", {}), ("utter_danger_nobody_to_tell", slots))
    return (("utter_danger", {}), ("utter_danger_told", slots))


def of_news(told: Told | None) -> tuple[Words, ...]:
    """Who has been told: only once somebody has, and only once."""
    if told is None or not told.is_news or told.status.is_held:
        return ()
    if told.status is EscalationStatus.HOLDING:  # whom it concerns is being asked
        return ()
    if not told.names:
        return (("utter_told_nobody_left", {}),)
    return (("utter_told", {"told": told.names}),)
