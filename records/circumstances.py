"""What decides about access to records (records/permissions.py), read from the store."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime

from casework.duties import Own
from casework.facts import Duty, Entry, Escalation, EscalationStatus, RecordHead
from casework.vocabulary import Topic
from records.permissions import Circumstances, Part
from records.store import OpenWork


def of_record(work: OpenWork, head: RecordHead) -> Circumstances:
    """One record's. The same questions are put for a record that is not there."""
    climb = work.escalations.of_record(head.id)
    steps = work.escalations.steps(head.id)
    changes = work.records.of_topic(Topic.ACCESS_CHANGED, head.id)
    return _circumstances(
        head,
        climb,
        conflicted=work.records.conflicted(head.id),
        asked=frozenset(str(s["person"]) for s in steps if s["route"] in ("desk", "answer")),
        changes=(entry for _, entry in changes),
        waited_for=work.duties.of_record(head.id),
    )


def of_all(work: OpenWork, heads: Iterable[RecordHead]) -> dict[str, Circumstances]:
    """Every record's, by record id, with as many questions as for one."""
    climbs = {climb.record_id: climb for climb in work.escalations.all_ones()}
    conflicted, asked = work.records.all_conflicted(), work.escalations.ever_asked()
    changes: dict[str, list[Entry]] = {}
    for record_id, entry in work.records.of_topic(Topic.ACCESS_CHANGED):
        changes.setdefault(record_id, []).append(entry)
    waited_for: dict[str, list[Duty]] = {}
    for duty in work.duties.due(datetime.max.replace(tzinfo=UTC)):
        waited_for.setdefault(duty.record_id or "", []).append(duty)
    nobody: frozenset[str] = frozenset()
    return {
        head.id: _circumstances(
            head,
            climbs.get(head.id),
            conflicted=conflicted.get(head.id, nobody),
            asked=asked.get(head.id, nobody),
            changes=changes.get(head.id, ()),
            waited_for=waited_for.get(head.id, ()),
        )
        for head in heads
    }


def _circumstances(
    head: RecordHead,
    climb: Escalation | None,
    *,
    conflicted: frozenset[str],
    asked: frozenset[str],
    changes: Iterable[Entry],
    waited_for: Iterable[Duty],
) -> Circumstances:
    return Circumstances(
        left_out=conflicted | (climb.left_out if climb else frozenset()),
        asked=asked,
        has_gone_up=climb is not None and climb.status is not EscalationStatus.HOLDING,
        about_reporter=head.reporter in conflicted,
        deciding=frozenset(
            duty.person or duty.role or ""
            for duty in waited_for
            if duty.kind == Own.DECISION and duty.done_at is None
        ),
        decided=dict(decision_in(entry) for entry in changes if not entry.destroyed),
    )


def decision_in(entry: Entry) -> tuple[str, frozenset[Part]]:
    """Whose access a line changed, and to which parts."""
    content = json.loads(entry.value or "{}")
    return str(content["person"]), frozenset(map(Part, content["parts"]))
