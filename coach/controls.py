"""Commands to the assistant. "done" is one; "she said she was done with him" is not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from coach.language import Reader
from coach.rulebook import Rulebook
from coach.signs import Control

_POLITE = frozenset({"please", "ok", "thanks", "thank", "heard", "sorry", "oh", "hi", "cheers"})
_PICTURES = ("🙏", "👍", "🙂", "😊")


@dataclass(frozen=True)
class Controls:
    """Whole messages that are commands, by their words in right spelling."""

    read: Reader
    commands: Mapping[tuple[str, ...], Control]

    @classmethod
    def of(cls, book: Rulebook, read: Reader) -> "Controls":
        """Read the commands of controls.toml the way messages are read."""
        table = book.tables["controls"]["control"]
        commands = {
            tuple(read(phrase).words()): cast(Control, control)
            for control, phrases in table.items()
            for phrase in phrases
        }
        return cls(read, commands)

    def __call__(self, text: str) -> Control | None:
        """The command this message is, if it is nothing else."""
        words = self.read(text).words()
        return self.commands.get(tuple(words)) or self.commands.get(_without_manners(words))


def _without_manners(words: Sequence[str]) -> tuple[str, ...]:
    kept = [word for word in words if not word.startswith(_PICTURES)]
    while kept and kept[0] in _POLITE:
        kept = kept[1:]
    while kept and (kept[-1] in _POLITE or kept[-2:] == ["thank", "you"]):
        kept = kept[:-2] if kept[-2:] == ["thank", "you"] else kept[:-1]
    return tuple(kept)
