"""What a message says: a reference, how urgent it is, since when it waits, and a link.

The texts are templates in messages/<language>/, one per purpose. Nothing else goes in: no name, no
kind of case (reliability.md S8), so the type of what a template sees is its guard.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from casework.vocabulary import Urgency

MESSAGES = Path(__file__).parent / "messages"
LANGUAGE = "en"


@dataclass(frozen=True)
class Facts:
    """All that a message may hold. Times are as people say them."""

    reference: str
    urgency: Urgency
    since: str
    link: str
    repeat_of: str | None = None


@dataclass(frozen=True)
class CardFacts(Facts):
    """What a message that only its reader can open may say besides; its preview is the subject.

    `whose_turn` and `holder` name who acts, never whom a case is about.
    """

    kind: str = ""
    whose_turn: str = ""
    holder: str = ""
    held_since: str = ""


class Wording:
    """The templates of one language. They are plain text: nothing is marked up."""

    def __init__(self, language: str = LANGUAGE) -> None:
        self._templates = Environment(  # noqa: S701 (plain text: there is nothing to escape)
            loader=FileSystemLoader(MESSAGES / language),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def text(self, purpose: str, facts: Facts, *, spoken: bool = False) -> str:
        """The message; `spoken` without its link."""
        template = self._templates.get_template(f"{purpose}.j2")
        return " ".join(template.render(**vars(facts), spoken=spoken).split())

    def card(self, purpose: str, facts: CardFacts) -> tuple[str, ...]:
        """The lines of a message that can be changed later: first what there is to do."""
        rendered = self._templates.get_template("card.j2").render(**vars(facts), purpose=purpose)
        return tuple(line.strip() for line in rendered.splitlines() if line.strip())

    def subject(self, facts: Facts) -> str:
        """The line above a message, where there is one."""
        return self._templates.get_template("subject.j2").render(**vars(facts)).strip()
