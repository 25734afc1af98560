"""Looks for traces of a text in bytes, however it may have been written there."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path


def marker() -> str:
    """A text that stands nowhere by chance, and that no encoding of text changes."""
    return f"zq{secrets.token_hex(8)}"


def forms(text: str) -> Iterator[bytes]:
    """The text as it could stand in a file: raw (also inside JSON, a pickle or an address),
    in the other widths, in hex, and in base64 at each of the three places in its groups."""
    raw = text.encode()
    yield from (raw, raw.upper(), text.encode("utf-16-le"), text.encode("utf-16-be"))
    yield from (raw.hex().encode(), raw.hex().upper().encode())
    for before in range(3):
        # The characters at both ends depend on what stands beside the text.
        shifted = base64.b64encode(b"\0" * before + raw)
        yield shifted[4 if before else 0 : -4]


def found(texts: Iterable[str], content: bytes) -> list[str]:
    """Which of the texts have left a trace in these bytes."""
    return [text for text in texts if any(form in content for form in forms(text))]


def files_below(folder: Path) -> Iterator[Path]:
    """Every file, but the keys."""
    return (path for path in folder.rglob("*") if path.is_file() and path.parent.name != "keys")
