"""An organisation with one person per role, and a pack with one ladder for every urgency."""

from __future__ import annotations

from typing import Any

from casework.organisation import ClockOverrides, Hours, Organisation, Person
from policy.pack import Clocks, Ladders, Pack, Rung, Window
from policy.pack.ladders import AcknowledgedExpiry

LADDER = (
    Rung(roles=("line_manager", "dsl"), acknowledge_within_minutes=10),
    Rung(roles=("deputy_dsl",), acknowledge_within_minutes=5),
    Rung(roles=("on_call",), acknowledge_within_seconds=90, outside=True),
)
EMERGENCY = (
    Rung(roles=("line_manager", "dsl", "on_call"), acknowledge_within_seconds=60),
    Rung(roles=("trustee",), acknowledge_within_seconds=60, outside=True),
)
CLOCKS = Clocks(
    draft_escalates_after_minutes=15,
    hold_for_conflict_question_seconds=45,
    acknowledged_expires_after_minutes=AcknowledgedExpiry(emergency=15, urgent=60, standard=1440),
)
PACK = Pack.model_construct(
    ladders=Ladders(emergency=EMERGENCY, urgent=LADDER, standard=LADDER), clocks=CLOCKS
)
# Rungs of one second, for tests that run the real queue.
QUICK = ClockOverrides(urgent=Window(acknowledge_within_seconds=1))
PEOPLE = (
    Person(id="worker", name="Worker", roles=("staff",), line_manager="manager"),
    Person(id="manager", name="Line Manager", roles=("line_manager",)),
    Person(id="other_manager", name="Other Manager", roles=("line_manager",)),
    Person(id="dsl", name="Duty DSL", roles=("dsl",)),
    Person(id="deputy", name="Deputy DSL", roles=("deputy_dsl",)),
    Person(id="on_call", name="On Call", roles=("on_call",)),
    Person(id="trustee", name="Trustee", roles=("trustee",)),
)


def organisation(*, people: tuple[Person, ...] = PEOPLE, **settings: Any) -> Organisation:
    """Everybody is on duty at any time: there is no rota."""
    return Organisation(
        name="Heard Test",
        jurisdiction="england",
        pack="children_and_families",
        people=people,
        hours=Hours(days=("monday",), opens="09:00", closes="17:00"),
        rota=(),
        data_protection_trustee=people[-1].id,
        emergency_numbers=("999",),
        local_authority={},
        **settings,
    )
