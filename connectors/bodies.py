"""How much one address takes in a request, where it is not what a page takes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fastapi import Response


@dataclass(frozen=True)
class Bodies:
    """`refuse` counts a body that is larger, unread, and makes the answer to it."""

    path: str
    most_bytes: int
    refuse: Callable[[], Response]
