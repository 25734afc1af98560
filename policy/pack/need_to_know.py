"""Step 4 of 7: policy. Which records, and which parts of them, a line manager sees.

Whoever looks after every record sees all of it; that is not a pack's to change. A policy that
says nothing leaves a line manager with everything about their own people.
Source: policy-rules M33, K4, X4, H3, C12.
"""

from typing import Annotated, Literal

from pydantic import Field

from policy.document import Model
from policy.pack.names import Code

PartName = Literal["words", "identity", "opinion"]
KindName = Literal["disclosure", "concern", "decision", "official_request", "breach"]


class Seen(Model):
    """The kinds of record, their parts, and the rule that says so. What was done is always seen."""

    kinds: tuple[KindName, ...] = (
        "disclosure",
        "concern",
        "decision",
        "official_request",
        "breach",
    )
    parts: Annotated[tuple[PartName, ...], Field(min_length=1)] = ("words", "identity", "opinion")
    rule: Code | None = None


class NeedToKnow(Model):
    """What a line manager sees of what their own people report."""

    line_manager: Seen = Seen()
