"""What the service may send. Anything else is refused, without quoting it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

TEXT_LIMIT = 8000  # characters; Rasa takes seconds for megabytes (reliability.md R16)
TEXTS_LIMIT = 200
ID = re.compile(r"[!-~]{1,64}")


class Refused(Exception):
    """The body is not what the seam agreed on."""

    def __init__(self, code: str) -> None:
        """Keeps a code that says which part, for the answer."""
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Turn:
    """One message of a conversation: typed words, or the payload of a button."""

    conversation: str
    message_id: str
    text: str

    @classmethod
    def of(cls, body: bytes) -> Turn:
        """Reads a turn.

        Raises:
            Refused: keys, ids or text are not as agreed.
        """
        given = _object(body, {"conversation", "message_id", "text"})
        for name in ("conversation", "message_id"):
            if not isinstance(given[name], str) or not ID.fullmatch(given[name]):
                raise Refused(f"bad_{name}")
        _check_text(given["text"])
        return cls(**given)


@dataclass(frozen=True)
class Texts:
    """Texts to be understood outside any conversation."""

    texts: list[str]

    @classmethod
    def of(cls, body: bytes) -> Texts:
        """Reads up to 200 texts.

        Raises:
            Refused: keys or texts are not as agreed.
        """
        texts = _object(body, {"texts"})["texts"]
        if not isinstance(texts, list) or len(texts) > TEXTS_LIMIT:
            raise Refused("bad_texts")
        for text in texts:
            _check_text(text)
        return cls(texts)


def _object(body: bytes, keys: set[str]) -> dict[str, Any]:
    try:
        given = json.loads(body)
    except (ValueError, RecursionError):
        raise Refused("bad_json") from None
    if not isinstance(given, dict) or given.keys() != keys:
        raise Refused("bad_keys")
    return given


def _check_text(text: Any) -> None:
    if not isinstance(text, str) or not text.strip() or len(text) > TEXT_LIMIT:
        raise Refused("bad_text")
