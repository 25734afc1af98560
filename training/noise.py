"""Text as it is typed with one thumb, made from text that was typed with two."""

from __future__ import annotations

import re
from random import Random

ABBREVIATED = {
    "young person": "yp", "service user": "s/u", "safeguarding lead": "DSL",
    "line manager": "LM", "social worker": "SW", "domestic violence": "DV", "because": "cos",
    "you": "u", "are": "r", "please": "pls", "tonight": "2nite", "something": "smth",
    "about": "abt", "with": "w", "don't": "dont", "going to": "gonna", "and": "&",
}  # fmt: skip
TURNED = {
    "he": "she", "she": "he", "him": "her", "his": "her", "dad": "mum", "mum": "dad",
    "boy": "girl", "girl": "boy", "brother": "sister", "sister": "brother", "son": "daughter",
    "daughter": "son", "uncle": "aunt", "aunt": "uncle", "lad": "lass", "hes": "shes",
    "shes": "hes", "he's": "she's", "she's": "he's", "husband": "wife", "wife": "husband",
    "man": "woman", "woman": "man",
}  # fmt: skip
NEXT_TO = dict(
    zip("qwertyuiopasdfghjklzxcvbnm", "wertyuiopoadgfhjklkxzcvbnmn", strict=False),
)
MARKS = re.compile(r"[^\w\s'/&£]")


def typed(text: str, chance: Random) -> str:
    """One of the many ways the same thing is typed."""
    if chance.random() < 0.3:
        text = _swapped(text, TURNED)
    if chance.random() < 0.25:
        text = _shortened(text, chance)
    if chance.random() < 0.35:
        text = MARKS.sub(" ", text)
    if chance.random() < 0.35:
        text = text.replace("'", "").replace("’", "")
    if chance.random() < 0.35:
        text = _slipped(text, chance)
    return " ".join(text.split())


def _swapped(text: str, words: dict[str, str]) -> str:
    """All at once, so that who did what to whom stays as it was."""
    return " ".join(words.get(word.lower(), word) for word in text.split())


def _shortened(text: str, chance: Random) -> str:
    for long, short in ABBREVIATED.items():
        if chance.random() < 0.5:
            text = re.sub(rf"\b{long}\b", short, text, flags=re.IGNORECASE)
    return text


def _slipped(text: str, chance: Random) -> str:
    words = text.split()
    long = [n for n, word in enumerate(words) if len(word) > 3 and word.isalpha()]
    for n in chance.sample(long, min(len(long), chance.choice((1, 1, 2)))):
        words[n] = _slip(words[n], chance)
    return " ".join(words)


def _slip(word: str, chance: Random) -> str:
    at = chance.randrange(1, len(word) - 1)
    match chance.randrange(4):
        case 0:
            return word[:at] + word[at + 1 :]
        case 1:
            return word[:at] + word[at] + word[at:]
        case 2:
            return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        case _:
            return word[:at] + NEXT_TO.get(word[at].lower(), word[at]) + word[at + 1 :]
