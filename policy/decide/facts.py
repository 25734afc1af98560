"""What is known when somebody asks whether to share."""

from collections.abc import Mapping
from dataclasses import dataclass, field

YES, NO, UNSURE = "yes", "no", "unsure"
# The person said one thing and then the other: nothing rests on it.
CONTRADICTORY = "contradictory"
# To `can_ask`: asking for consent could put somebody in danger.
RISK = "risk"
GIVEN = "given"


@dataclass(frozen=True)
class Facts:
    """Answers by question id, the asking person's roles, and what managers said.

    Answers are yes, no, unsure or contradictory; `can_ask` also knows risk, and to `how_much`
    anything but unsure is an answer. Anything else counts as unsure. `approvals` holds yes or no
    by what was waited for.
    """

    answers: Mapping[str, str] = field(default_factory=dict)
    roles: tuple[str, ...] = ()
    approvals: Mapping[str, str] = field(default_factory=dict)
    danger_now: bool = False

    def answer(self, question: str) -> str | None:
        """The answer, None while it was not asked."""
        return self.answers.get(question)
