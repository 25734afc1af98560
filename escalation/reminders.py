"""Reminds people of what has a date: a digest a day, marks where the law counts hours, and what
somebody waits for again and again until it is done.

Only what is not done is reminded of, so it stops by itself; nothing here makes anything expire.
Whoever must not hear of a record is not reminded of a duty about it. Each reminder is a row with
a key of its own, written before it is sent: a restart repeats nothing. What no route took, and what
was in hand when the service died, goes out again; only the second can be a repeat, and says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, Engine, and_, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from casework import duties
from casework.facts import Duty
from casework.organisation import UK, Person
from casework.ports import Work
from casework.vocabulary import Urgency
from casework.words import clock_words
from escalation.attempts import SENDING
from escalation.climb import Surroundings
from escalation.once import outcome_of
from escalation.routes import FAILED, Outgoing
from escalation.tables import reminders
from escalation.wording import CardFacts, Wording

# A digest names what is due within a week, and comes in the morning.
AHEAD = timedelta(days=7)
MORNING_HOUR = 9
# Where a statutory clock runs: 72 hours from knowing of a breach (UK GDPR article 33).
STATUTORY = frozenset({"breach_decision"})
# What somebody waits for is asked at once and then so long after; from then on every day.
ASKED_AFTER = tuple(timedelta(hours=hours) for hours in (0, 1, 4))
EVERY = timedelta(hours=24)
# What did not go out is tried again after so long. No sending takes that long.
AGAIN = timedelta(minutes=5)
NO_ROUTE = "no_route"
MARKS = tuple(timedelta(hours=hours) for hours in (48, 24, 6, 1, 0))


class Reminder(NamedTuple):
    """One message that is due: its key, whom it is for, what it is, and the date in it. Where it
    is about a record: its reference, its kind, and the duty. `before`: when it may have gone out
    already."""

    key: str
    person: str
    purpose: str
    by: datetime
    reference: str = ""
    kind: str = ""
    duty: str = ""
    before: datetime | None = None


class Reminders:
    """Looks at every dated duty and sends what is due."""

    def __init__(
        self, engine: Engine, around: Surroundings, over: Callable[[Connection], Work]
    ) -> None:
        self._engine = engine
        self._around = around
        self._over = over
        self._wording = Wording()

    def run(self) -> list[str]:
        """Sends what is due and was not sent. Returns the keys."""
        with self._engine.begin() as connection:
            claimed = [self._claimed(connection, one) for one in self._due(connection)]
        due = [one for one in claimed if one is not None]
        for one in due:
            self._send(one)
        return [one.key for one in due]

    def _due(self, connection: Connection) -> Iterator[Reminder]:
        now, work = self._around.clock(), self._over(connection)
        local = now.astimezone(UK)
        first: dict[str, datetime] = {}
        for duty in work.duties.due(now + AHEAD):
            for person in duties.holders(self._around.organisation, work, duty):
                if duty.kind in STATUTORY:
                    passed = [mark for mark in MARKS if duty.due_at - mark <= now]
                    if passed:
                        key = f"{duty.id}/{min(passed).total_seconds():.0f}/{person}"
                        yield Reminder(key, person, "statutory", duty.due_at)
                if duty.kind in duties.WAITED_FOR:
                    yield from self._waited_for(work, duty, person)
                elif duty.kind not in STATUTORY and _is_time(duty, local):
                    first.setdefault(person, duty.due_at)
        if local.hour >= MORNING_HOUR:
            for person, by in first.items():
                yield Reminder(f"digest/{local.date()}/{person}", person, "digest", by)

    def _waited_for(self, work: Work, duty: Duty, person: str) -> Iterator[Reminder]:
        """Somebody waits for it: a message that says the reference, and nothing of the case.

        Whoever the ladder asks about the same record has its message already.
        """
        if duty.record_id is None:
            return
        climb = work.escalations.of_record(duty.record_id)
        if climb is not None and not climb.status.is_held and person in climb.asked:
            return
        waited = self._around.clock() - duty.added_at
        times = sum(after <= waited for after in ASKED_AFTER)
        if waited >= EVERY:
            times = len(ASKED_AFTER) + waited // EVERY
        head = work.records.head(duty.record_id)
        purpose = "read" if duty.kind == duties.Own.OFFICIAL_REQUEST else "decide"
        key = f"{duty.id}/asked/{times}/{person}"
        about = (head.reference, str(head.kind).replace("_", " "), duty.id)
        yield Reminder(key, person, purpose, duty.added_at, *about)

    def _claimed(self, connection: Connection, one: Reminder) -> Reminder | None:
        """The reminder, where it is to be sent now and by this process."""
        now, known = self._around.clock(), reminders.c
        query = select(known.at).where(known.key == one.key, known.result == SENDING)
        before = connection.execute(query).scalar()
        insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
        values = {"at": now, "result": SENDING}
        row = insert(reminders).values(key=one.key, person=one.person, **values)
        did_not_go = or_(known.result.startswith(FAILED), known.result.in_((NO_ROUTE, SENDING)))
        kept = row.on_conflict_do_update(
            index_elements=["key"],
            set_=values,
            where=and_(did_not_go, known.at <= now - AGAIN),
        )
        # Not rowcount: on PostgreSQL it is not known for an INSERT.
        if connection.execute(kept.returning(known.key)).first() is None:
            return None
        return one._replace(before=before)

    def _send(self, one: Reminder) -> None:
        known = (p for p in self._around.organisation.people if p.id == one.person)
        person = next(known, None)
        routes = self._around.routes.of(person, Urgency.STANDARD) if person else ()
        result = NO_ROUTE
        for route in routes:
            assert person is not None  # or there were no routes
            result = outcome_of(route.send(self._message(one, person))).result
            if not result.startswith(FAILED):
                break
        with self._engine.begin() as connection:
            row = update(reminders).where(reminders.c.key == one.key)
            connection.execute(row.values(result=result))

    def _message(self, one: Reminder, person: Person) -> Outgoing:
        now, address = self._around.clock(), self._around.address
        facts = CardFacts(
            reference=one.reference or "Reminder",
            urgency=Urgency.STANDARD,
            since=clock_words(one.by, now),
            link=f"{address}/desk/duties/{one.duty}" if one.duty else f"{address}/",
            repeat_of=clock_words(one.before, now) if one.before else None,
            kind=one.kind,
        )
        return Outgoing(
            key=one.key.replace("/", "-"),
            person=person,
            subject=f"Heard: {one.reference or 'something with a date'} waits for you",
            text=self._wording.text(one.purpose, facts),
            spoken=self._wording.text(one.purpose, facts, spoken=True),
            link=facts.link,
            reference=one.reference,
            can_take=False,
            card=self._wording.card(one.purpose, facts) if one.reference else (),
        )


def _is_time(duty: Duty, local: datetime) -> bool:
    """Whoever named a day to be reminded on is not asked before it."""
    return duty.kind != duties.Own.ASK_CONSENT or duty.due_at.astimezone(UK).date() <= local.date()
