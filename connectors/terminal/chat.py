"""A conversation in a terminal: for a person, or line by line in JSON for a script."""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Callable, Iterator
from typing import Any, TextIO

from connectors.replies import in_short
from connectors.terminal.client import Client, Refused, Turn

SHOWN = (
    "reference",
    "capture_open",
    "need",
    "asks",
    "outcome",
)
PRESS_MARK = "#"
LOOK_SECONDS = 0.05


class WrongUse(Exception):
    """A line that is neither a string nor one of the two objects."""


def as_json(turn: Turn, pushed_before: list[Turn]) -> dict[str, Any]:
    """A turn in the form scripts rely on (design.md section 6)."""
    turns = [*pushed_before, turn]
    replies = [_reply_as_json(reply) for one in turns for reply in one["replies"]]
    return {
        "replies": replies,
        **{key: turn[key] for key in SHOWN},
        "strand": turn["strand"],
        "pushed": turn["pushed"],
    }


def _reply_as_json(reply: dict[str, Any]) -> dict[str, Any]:
    titles = [{"title": button["title"]} for button in (*reply["buttons"], *reply["more"])]
    return {
        "text": reply["text"],
        "kind": reply["kind"],
        "buttons": titles,
        "clauses": [clause["code"] for clause in reply["clauses"]],
        "lines": [{"title": line["title"], "text": line["text"]} for line in reply["lines"]],
        "links": reply["links"],
        "entry": reply["entry"],
    }


def chat_json(client: Client, source: TextIO, out: TextIO) -> None:
    """One object out for each line in; a push between two lines is an object of its own.

    Raises:
        WrongUse: A line is not in the form.
    """
    client.begin()
    for line in _lines(client, source, lambda turn: _write(out, as_json(turn, []))):
        if not line.strip():
            continue
        body = _body(line)
        answer, pushed = client.send(body)
        _write(out, as_json(answer, pushed))


def _lines(client: Client, source: TextIO, pushed: Callable[[Turn], object]) -> Iterator[str]:
    """The lines of the input; between two of them, what Heard says by itself."""
    lines: queue.Queue[str | None] = queue.Queue()
    threading.Thread(target=_read, args=(source, lines), daemon=True).start()
    while True:
        try:
            line = lines.get(timeout=LOOK_SECONDS)
        except queue.Empty:
            while not client.turns.empty():
                pushed(client.turns.get())
            continue
        if line is None:
            return
        yield line


def _read(source: TextIO, lines: queue.Queue[str | None]) -> None:
    for line in source:
        lines.put(line)
    lines.put(None)


def _write(out: TextIO, content: dict[str, Any]) -> None:
    out.write(json.dumps(content) + "\n")
    out.flush()


def _body(line: str) -> dict[str, Any]:
    try:
        given = json.loads(line)
    except ValueError:
        raise WrongUse("A line is not JSON.") from None  # what it is may be their words
    if isinstance(given, str):
        return {"text": given}
    if isinstance(given, dict) and set(given) == {"press"}:
        return {"press": str(given["press"]), "by_title": True}
    if isinstance(given, dict) and "words" in given and set(given) <= {"words", "strand"}:
        return dict(given)
    raise WrongUse('A line is a JSON string, {"press": "title"} or {"words": "..."}.')


def chat_by_hand(client: Client, source: TextIO, out: TextIO) -> None:
    """Text in and out. `#2` presses the second button shown; a button's title presses it too."""
    shown: list[str] = []
    for turn in client.begin():
        shown = _print(turn, out)
    for line in _lines(client, source, lambda turn: _print(turn, out)):
        try:
            answer, pushed = client.send(_typed(line.rstrip("\n"), shown))
        except Refused as refused:
            out.write(f"{refused}\n")
            continue
        for turn in (*pushed, answer):
            shown = _print(turn, out) or shown


def _typed(line: str, shown: list[str]) -> dict[str, Any]:
    number = line.removeprefix(PRESS_MARK)
    if line.startswith(PRESS_MARK) and number.isdecimal() and 0 < int(number) <= len(shown):
        return {"press": shown[int(number) - 1], "by_title": True}
    if line.strip().casefold() in (title.casefold() for title in shown):
        return {"press": line.strip(), "by_title": True}
    return {"text": line}


def _print(turn: Turn, out: TextIO) -> list[str]:
    titles: list[str] = []
    for reply in turn["replies"]:
        codes = in_short([clause["code"] for clause in reply["clauses"]])
        out.write(reply["text"] + (f"  ({codes})" if codes else "") + "\n")
        for line in reply["lines"]:
            out.write(f"  {line['title']}: {line['text']}\n")
        for button in (*reply["buttons"], *reply["more"]):
            titles.append(button["title"])
            out.write(f"  [{PRESS_MARK}{len(titles)} {button['title']}]\n")
    out.write("\n")
    out.flush()
    return titles
