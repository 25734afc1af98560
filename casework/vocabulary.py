"""The words of the house: kinds, strands, urgencies, references.

Source: design.md section 4. Every value here stands in the database, so a name may be
added and never changed.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from enum import StrEnum


class RecordKind(StrEnum):
    """What a record is about."""

    DISCLOSURE = "disclosure"
    CONCERN = "concern"
    DECISION = "decision"
    OFFICIAL_REQUEST = "official_request"
    BREACH = "breach"
    DUTY = "duty"
    WORRY = "worry"


# Kinds that are asked about question by question, from the pack (casework/guide.py).
GUIDED: tuple[RecordKind, ...] = (
    RecordKind.DECISION,
    RecordKind.OFFICIAL_REQUEST,
    RecordKind.BREACH,
    RecordKind.DUTY,
    RecordKind.WORRY,
)


class EntryKind(StrEnum):
    """What one line of a record is. The first four are the strands, which never mix."""

    WORDS = "words"
    QUESTION_ASKED = "question_asked"
    OBSERVATION = "observation"
    OPINION = "opinion"
    ANSWER = "answer"
    DECISION = "decision"
    ACTION_TAKEN = "action_taken"
    TOLD = "told"
    ACKNOWLEDGEMENT = "acknowledgement"
    ACCESS = "access"
    AMENDMENT = "amendment"
    NOTE = "note"


STRANDS: tuple[EntryKind, ...] = (
    EntryKind.WORDS,
    EntryKind.QUESTION_ASKED,
    EntryKind.OBSERVATION,
    EntryKind.OPINION,
)


class Topic(StrEnum):
    """Why an entry that no question asked for was written."""

    OPENED = "opened"
    FIRST_MESSAGE = "first_message"
    DANGER = "danger"
    DANGER_DISMISSED = "danger_dismissed"
    PROMISE = "promise"
    CONFLICT = "conflict"
    ESCALATED = "escalated"
    DECISION = "decision"
    PLAN = "plan"
    REMINDER = "reminder"
    DUTY = "duty"
    DUTY_CLOSED = "duty_closed"
    QUESTION_ANSWERED = "question_answered"
    CALLED_999 = "called_999"
    LEFT_ALONE = "left_alone"
    FILED = "filed"
    TAKEN_OUT = "taken_out"
    ACCESS_REVIEW = "access_review"
    ACCESS_CHANGED = "access_changed"
    BREAK_GLASS = "break_glass"
    PASSED_ON = "passed_on"
    SNOOZED = "snoozed"
    HANDED_OVER = "handed_over"
    FIRST_STEP = "first_step"
    SET_ASIDE = "set_aside"
    CLOSED = "closed"
    SUCCESSION = "succession"
    KEEP_LONGER = "keep_longer"
    LEGAL_HOLD = "legal_hold"
    LEGAL_HOLD_LIFTED = "legal_hold_lifted"
    DESTRUCTION_PROPOSED = "destruction_proposed"
    DESTRUCTION_WITHDRAWN = "destruction_withdrawn"
    HANDOVER_SIGNED = "handover_signed"


DANGER_NOW = "danger_now"
INVOLVES_US = "involves_us"
WHICH_OF_US = "which_of_us"
SAFE_NOW = "safe_now"


class Status(StrEnum):
    """How far a record has come."""

    DRAFT = "draft"
    LEFT_ALONE = "left_alone"
    FILED = "filed"


class Urgency(StrEnum):
    """Which ladder a case climbs; ordered, the most urgent first."""

    EMERGENCY = "emergency"
    URGENT = "urgent"
    STANDARD = "standard"

    @property
    def rank(self) -> int:
        """0 is the most urgent."""
        return list(Urgency).index(self)


REFERENCE = re.compile(r"HRD-\d{4}-\d{6}")


def reference(year: int, number: int) -> str:
    """The reference people say to each other, such as HRD-2026-000123."""
    return f"HRD-{year}-{number:06d}"


def utc_now() -> datetime:
    """Now, aware, in UTC: the only clock of the service (tests hand in another)."""
    return datetime.now(UTC)
