"""Step 4 of 7: policy. When a person is asked to look at a record again.

Nothing is deleted by the clock: the safe state is to keep and to look (policy-rules M12, H16;
neighbours 32).
"""

from typing import Annotated

from pydantic import Field

from policy.document import Model
from policy.pack.names import Code
from policy.pack.need_to_know import KindName

Months = Annotated[int, Field(gt=0, le=1200)]


class Retention(Model):
    """Months until a record is looked at again; `by_kind` where a kind differs; the rule that asks
    for it, where the policy has one."""

    review_after_months: Months
    by_kind: dict[KindName, Months] = Field(default_factory=dict)
    rule: Code | None = None

    def months(self, kind: str) -> int:
        """For a record of this kind."""
        return {str(one): months for one, months in self.by_kind.items()}.get(
            kind, self.review_after_months
        )
