"""Decisions about who sees a record: with a name, a reason, and an entry in it.

Source: policy-rules M33, H6; neighbours 33 (access is never widened silently).
"""

from __future__ import annotations

import json
from collections.abc import Collection

from casework import escalate
from casework.errors import NotAllowed, ReasonMissing, UnknownRecord
from casework.facts import NewEntry, RecordHead
from casework.house import House
from casework.vocabulary import EntryKind, Topic
from records import access, circumstances
from records.conversations import new_id
from records.notices import Notice, tell
from records.permissions import SAFEGUARDING_ROLES, Part, is_here, roles_of
from records.store import OpenWork


def change(
    work: OpenWork,
    house: House,
    *,
    by: str,
    reference: str,
    person: str,
    parts: Collection[Part],
    reason: str,
) -> None:
    """From now on `person` sees these parts of the record; none takes it away from them.

    Raises:
        UnknownRecord: There is no such record for whoever decides.
        NotAllowed: This is not theirs to decide, or not about this person.
        ReasonMissing: No reason.
    """
    head = _decidable(work, house, by, reference, person, reason)
    if parts and person in circumstances.of_record(work, head).left_out:
        raise NotAllowed("They are left out of this record.")
    _write(work, head, by, reason, person, set(parts) | {Part.PROCESS} if parts else set())
    if parts:
        tell(work, [person], Notice.ADDED, by, record_id=head.id)


def name_in_conflict(
    work: OpenWork, house: House, *, by: str, reference: str, person: str, reason: str
) -> None:
    """From now on there is no such record for this person, nor for whoever reports to them where
    the pack says so. This is never undone.

    Raises: as `change`.
    """
    head = _decidable(work, house, by, reference, person, reason)
    _write(work, head, by, reason, person, set())
    escalate.leave_out(house, work, head, frozenset({person}))


def _decidable(
    work: OpenWork, house: House, by: str, reference: str, person: str, reason: str
) -> RecordHead:
    head, view = access.may_know(work, house, by, reference)
    safeguards = not SAFEGUARDING_ROLES.isdisjoint(roles_of(house.organisation, by))
    if not (view.acts and safeguards):
        raise NotAllowed("The safeguarding lead decides who sees a record.")
    if person in (by, head.reporter):
        raise NotAllowed("Nobody decides about their own access, nor takes a reporter's words.")
    if not is_here(house.organisation, person):
        raise UnknownRecord("There is nobody with that name here.")
    if not access.is_reason(reason):
        raise ReasonMissing("Say why. The reason is kept in the record.")
    return head


def _write(
    work: OpenWork,
    head: RecordHead,
    by: str,
    reason: str,
    person: str,
    parts: Collection[Part],
) -> None:
    entry = NewEntry(
        kind=EntryKind.ACTION_TAKEN,
        topic=Topic.ACCESS_CHANGED,
        text=reason,
        by=by,
        told_at=work.now(),
        value=json.dumps({"person": person, "parts": sorted(parts)}),
        source_key=f"access-changed/{new_id()}",
    )
    work.records.append(head.id, entry)
