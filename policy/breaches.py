"""Step 4 of 7: policy. Confidence was broken: who decides, by when, and who is told."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from policy.law import Law
from policy.pack.whole import Pack

MAY_AFFECT_PEOPLE = "may_affect_people"


@dataclass(frozen=True)
class BreachPlan:
    """What follows from what is known of a breach. It is recorded whatever is decided.

    `asks` is the next question, None when all were answered. `regulator_by` is the end of the
    regulator's clock, which runs from when it became known. `tell_people` is None while it is
    not known whether they may be affected; not sure counts as may.
    """

    asks: str | None
    decides: tuple[str, ...]
    decides_rule: str | None
    regulator_by: datetime | None
    tell_people: bool | None
    rules: tuple[str, ...]
    complaint_rules: tuple[str, ...]


def breach_plan(pack: Pack, law: Law, known_at: datetime, answers: Mapping[str, str]) -> BreachPlan:
    """The plan. An accident is a breach like any other: nothing here asks whose fault it was."""
    breach = pack.breach
    affected = answers.get(MAY_AFFECT_PEOPLE)
    tell = None if affected is None else affected != "no"
    decides = (breach.decides_rule,) if breach.decides_rule else ()
    told = breach.tell_people_rules if tell else ()
    rules = (*breach.record_rules, *breach.accident_rules, *decides, *told)
    return BreachPlan(
        asks=next((name for name in breach.questions if name not in answers), None),
        decides=breach.decides,
        decides_rule=breach.decides_rule,
        regulator_by=_regulator_by(law, known_at),
        tell_people=tell,
        rules=tuple(dict.fromkeys(rules)),
        complaint_rules=breach.complaint_rules,
    )


def _regulator_by(law: Law, known_at: datetime) -> datetime | None:
    hours = [e.notice_within_hours for e in law.having("breach_notice", known_at.date())]
    known = [each for each in hours if each is not None]
    return known_at + timedelta(hours=min(known)) if known else None
