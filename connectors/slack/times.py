"""Slack's own times: a ts is seconds and microseconds, and orders the messages of a channel."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from connectors.slack.errors import Forged

TS = re.compile(r"[0-9]{1,11}\.[0-9]{1,6}")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def at(ts: object) -> datetime:
    """The moment of a ts, to the microsecond. Raises Forged for anything else."""
    if not isinstance(ts, str) or not TS.fullmatch(ts):
        raise Forged("ts")
    seconds, _, fraction = ts.partition(".")
    return EPOCH + timedelta(seconds=int(seconds), microseconds=int(fraction.ljust(6, "0")))


def ts_of(moment: datetime) -> str:
    """The ts of a moment."""
    since = moment - EPOCH
    return f"{since.days * 86400 + since.seconds}.{since.microseconds:06d}"
