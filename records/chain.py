"""The chain: every entry hashed with the one before it, over ciphertext and metadata.

The canonical form of an entry is the UTF-8 bytes of a JSON object with exactly the keys of
`FIELDS`, in that order, no white space, non-ASCII escaped, times as
`YYYY-MM-DDTHH:MM:SS.ffffffZ` or null, `sealed` as the lower-case hex SHA-256 of the ciphertext,
`previous` as the hash of the entry before (64 zeros for the first). The hash is SHA-256 of those
bytes, lower-case hex. Content is hashed sealed, so that destroying a key leaves the chain whole.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

FIELDS = (
    "position",
    "record_id",
    "seq",
    "kind",
    "topic",
    "by",
    "links_to",
    "relation",
    "source_key",
    "happened_at",
    "told_at",
    "written_at",
    "sealed",
    "previous",
)
GENESIS = "0" * 64


def entry_hash(row: Mapping[str, Any], previous: str) -> str:
    """The hash of one entry row, given its predecessor's."""
    canonical = {name: _canonical(row[name]) for name in FIELDS if name != "previous"}
    canonical["previous"] = previous
    text = json.dumps(canonical, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _canonical(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if isinstance(value, bytes):
        return hashlib.sha256(value).hexdigest()
    return value
