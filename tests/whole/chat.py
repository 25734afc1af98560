"""`heard chat --json`, in which each question is answered as it comes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.whole.processes import Heard

Turn = dict[str, Any]


@contextmanager
def chat(heard: Heard, person: str = "reporter") -> Iterator[Chat]:
    """Somebody's terminal."""
    with heard.piped("chat", "--as", person, "--json") as process:
        yield Chat(process)


class Chat:
    """One person's terminal, a line at a time."""

    def __init__(self, process: Any) -> None:
        self._process = process
        self.turns: list[Turn] = []

    def send(self, line: Any) -> Turn:
        """One line; returns its answer. What was pushed before it is left out."""
        self._process.stdin.write(json.dumps(line) + "\n")
        self._process.stdin.flush()
        for answer in self._process.stdout:
            turn: Turn = json.loads(answer)
            if not turn["pushed"]:
                self.turns.append(turn)
                return turn
        raise AssertionError(self._process.communicate()[1])

    def press(self, title: str) -> Turn:
        """A button that was just shown."""
        return self.send({"press": title})

    def sign(self) -> None:
        """What was asked is filed."""
        assert "Filed and signed" in self.press("Sign and file")["replies"][0]["text"]

    def codes(self) -> set[str]:
        """Every clause that was shown so far."""
        return {code for turn in self.turns for code in codes(turn)}


def codes(turn: Turn) -> set[str]:
    """The clauses that a turn shows."""
    return {code for reply in turn["replies"] for code in reply["clauses"]}


def buttons(turn: Turn) -> list[str]:
    """The titles of everything that can be pressed."""
    return [button["title"] for reply in turn["replies"] for button in reply["buttons"]]


def lines(turn: Turn) -> dict[str, str]:
    """What a read-back shows, by its question."""
    return {line["title"]: line["text"] for reply in turn["replies"] for line in reply["lines"]}
