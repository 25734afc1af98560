"""Ids and names that every database keeps alike: SQLite would take what PostgreSQL refuses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import String, Table

from casework.errors import UnusableText


def fitting(table: Table, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a row, as they are.

    Raises:
        UnusableText: One is longer than its column, or holds NUL or half a character.
    """
    for name, value in values.items():
        kind = table.c[name].type
        if isinstance(value, str) and isinstance(kind, String):
            is_long = kind.length is not None and len(value) > kind.length
            if is_long or "\0" in value or any("\ud800" <= char <= "\udfff" for char in value):
                raise UnusableText
    return dict(values)
