"""The signature under every reading of a record (policy-rules H5, H29: dated and signed).

Heard signs for the person who is signed in, with a key that is derived for this and nothing else.
The signed text is JSON in this order, without spaces: format, reference, person, at, parts, reason.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from casework.facts import Entry
from records.chain import instant
from records.permissions import Part
from records.vault import Vault

FORMAT = "heard access 1"


def public_key(vault: Vault) -> str:
    """32 bytes in hex: with it anybody who has an export checks its readings."""
    return _key(vault).public_key().public_bytes_raw().hex()


def signed(
    vault: Vault,
    *,
    reference: str,
    person: str,
    at: datetime,
    reason: str,
    parts: Collection[Part],
) -> str:
    """What stands beside the reason: the parts that were shown, and the signature."""
    shown = sorted(parts)
    text = _text(reference, person, at, shown, reason)
    return json.dumps({"parts": shown, "signature": _key(vault).sign(text).hex()})


def holds(key: str, reference: str, entry: Entry) -> bool:
    """Whether a reading was signed with this key (hex), as it stands."""
    try:
        content: dict[str, Any] = json.loads(entry.value or "")
        text = _text(reference, entry.by, entry.told_at, content["parts"], str(entry.text))
        named = Ed25519PublicKey.from_public_bytes(bytes.fromhex(key))
        named.verify(bytes.fromhex(content["signature"]), text)
    except (InvalidSignature, KeyError, TypeError, ValueError):
        return False
    return True


def _key(vault: Vault) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(vault.derive("access"))


def _text(
    reference: str, person: str, at: datetime | None, parts: Collection[str], reason: str
) -> bytes:
    content = {
        "format": FORMAT,
        "reference": reference,
        "person": person,
        "at": instant(at) if at else None,
        "parts": list(parts),
        "reason": reason,
    }
    return json.dumps(content, separators=(",", ":")).encode()
