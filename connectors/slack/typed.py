"""What the person typed, out of what Slack delivered.

Slack escapes three characters, wraps links and mentions in angle brackets and names emoji between
colons. The record keeps what stood on the person's screen; the delivered form is kept beside it
(records/threads.py). Curly quotes are the person's own: their device made them, Slack delivers
them as they are, and so do we.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

# A mention, a channel, a command of Slack's, or a link with its scheme.
WRAPPED = re.compile(r"<([@#!][^<>]+|[A-Za-z][A-Za-z0-9+.-]*:[^<>]*)>")
SPECIAL = re.compile(r"&(amp|lt|gt);")
CHARACTERS = {"amp": "&", "lt": "<", "gt": ">"}

NameOf = Callable[[str], str | None]


def as_typed(text: str, blocks: Iterable[Mapping[str, Any]], name_of: NameOf) -> str:
    """The text as the person saw it. `name_of` knows the people of the organisation by Slack id."""
    spelled = _with_emoji(text, blocks)
    parts, end = [], 0
    for found in WRAPPED.finditer(spelled):
        parts += [_unescaped(spelled[end : found.start()]), _unwrapped(found[1], name_of)]
        end = found.end()
    return "".join([*parts, _unescaped(spelled[end:])])


def _unescaped(text: str) -> str:
    """In one pass: what somebody typed as "&lt;" arrives as "&amp;lt;"."""
    return SPECIAL.sub(lambda found: CHARACTERS[found[1]], text)


def _unwrapped(inside: str, name_of: NameOf) -> str:
    target, bar, label = inside.partition("|")
    if target.startswith("@"):
        return "@" + (_unescaped(label) or name_of(target[1:]) or target[1:])
    if target.startswith("#"):
        return "#" + (_unescaped(label) or target[1:])
    if target.startswith("!"):
        return _called(target[1:], _unescaped(label))
    # A link that Slack made itself carries what was typed as its label.
    return _unescaped(label if bar else target)


def _called(command: str, label: str) -> str:
    """@here and its like; a date's label is what was shown."""
    if label:
        return label if command.startswith("date^") or label.startswith("@") else f"@{label}"
    return f"@{command}"


def _with_emoji(text: str, blocks: Iterable[Mapping[str, Any]]) -> str:
    """Puts back each emoji that the blocks say was one; ":3:" in plain text stays as it is."""
    done, rest = [], text
    for emoji in _emoji_in(blocks):
        name = f":{emoji['name']}:"
        if "skin_tone" in emoji:
            name += f":skin-tone-{emoji['skin_tone']}:"
        before, found, after = rest.partition(name)
        if found:
            done += [before, _character(str(emoji["unicode"]))]
            rest = after
    return "".join([*done, rest])


def _emoji_in(blocks: Iterable[Any]) -> Iterator[Mapping[str, Any]]:
    for block in blocks:
        if not isinstance(block, Mapping):
            continue
        if block.get("type") == "emoji" and _is_unicode(block.get("unicode")):
            yield block
        inside = block.get("elements")
        yield from _emoji_in(inside if isinstance(inside, list) else ())


def _is_unicode(code: object) -> bool:
    return isinstance(code, str) and bool(re.fullmatch(r"[0-9a-f]{2,6}(-[0-9a-f]{2,6})*", code))


def _character(code: str) -> str:
    return "".join(chr(int(point, 16)) for point in code.split("-"))
