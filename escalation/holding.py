"""What whoever has a case does with it, and what happens when they go quiet.

Acknowledged is not acted on: from the press on a second clock runs to the first protective step.
When it runs out the holder is asked, and when that is not answered either the ladder goes on
without them. Every move is written into the caller's transaction (climb.py).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from casework.errors import AlreadyAcknowledged, NotAllowed, SnoozedEnough
from casework.facts import EscalationStatus
from casework.words import clock_words, name_of, names_of
from escalation.climb import ANSWER, Climb, Purpose
from escalation.standing import Standing

MOST_SNOOZES = 2
# A case on which somebody acts is looked at again until it is closed, so that it never goes quiet.
LOOK_AGAIN = timedelta(days=7)


class Holding:
    """Moves of a case that somebody has, or that somebody hands on."""

    def __init__(self, climb: Climb) -> None:
        self._climb = climb

    def taken(self, standing: Standing, person: str) -> Standing:
        """`person` has it from now on, and the second clock runs."""
        now = self._climb.now
        due = now + timedelta(seconds=standing.act_within)
        if standing.acknowledged_by is not None and standing.due_at is not None:
            # Handed over: the time that runs already goes on, or a case could be handed round.
            due = max(standing.due_at, now + self._climb.answer_time(standing))
        stepped = standing.stepped_at is not None
        self._climb.change_sent(standing)
        return self._climb.wake(
            replace(
                standing,
                status=EscalationStatus.ACTING if stepped else EscalationStatus.ACKNOWLEDGED,
                acknowledged_by=person,
                acknowledged_at=now,
                turn_since=now,
                handed_to=None,
                nudged_at=None,
                due_at=now + LOOK_AGAIN if stepped else due,
                last_result="acknowledged",
            )
        )

    def step_taken(self, standing: Standing, person: str) -> Standing:
        """The first protective step: the second clock stops. A later one changes nothing here."""
        self._only_holder(standing, person)
        now = self._climb.now
        acting = replace(
            standing,
            status=EscalationStatus.ACTING,
            stepped_at=standing.stepped_at or now,
            nudged_at=None,
            due_at=now + LOOK_AGAIN,
            last_result="step_taken",
        )
        if standing.stepped_at is None:
            self._say(standing, "utter_first_step", person)
        return self._answered(acting, person)

    def snooze(self, standing: Standing, person: str) -> Standing:
        """The second clock once more from now on. Raises SnoozedEnough."""
        self._only_holder(standing, person)
        if standing.snoozes >= MOST_SNOOZES:
            raise SnoozedEnough
        later = replace(
            standing,
            snoozes=standing.snoozes + 1,
            nudged_at=None,
            due_at=self._climb.now + timedelta(seconds=standing.act_within),
            last_result="snoozed",
        )
        return self._answered(later, person)

    def pass_on(self, standing: Standing, person: str) -> Standing:
        """They cannot. Who is asked with them stays asked; where nobody is, the next rung is."""
        passed = (*standing.passed, person)
        if standing.status.is_held:
            self._only_holder(standing, person)
            self._climb.note(standing, standing.rung, ANSWER, person, "passed_on")
            return self._without_holder(standing)
        if person not in standing.asked:
            raise NotAllowed
        self._climb.note(standing, standing.rung, ANSWER, person, "passed_on")
        self._climb.change_sent(standing)
        others = tuple(one for one in standing.asked if one != person)
        changed = replace(standing, passed=passed, asked=others, last_result="passed_on")
        if others:
            return self._climb.keep(changed)
        return self._climb.go_on(changed)

    def hand_over(self, standing: Standing, person: str, to: str) -> Standing:
        """`to` is asked to take it; until they do, it stays where it is."""
        self._only_holder(standing, person)
        self._climb.note(standing, standing.rung, ANSWER, person, "handed_over")
        self._climb.send(standing, standing.rung, (to,), Purpose.HANDED)
        return self._climb.keep(replace(standing, handed_to=to, last_result="handed_over"))

    def close(self, standing: Standing, person: str) -> Standing:
        """Nobody is asked any more."""
        self._only_holder(standing, person)
        closed = replace(
            standing,
            status=EscalationStatus.CLOSED,
            due_at=None,
            handed_to=None,
            last_result="closed",
        )
        self._say(standing, "utter_closed", person)
        return self._answered(closed, person)

    def ran_out(self, standing: Standing) -> Standing:
        """The holder's time is over: they are asked once, and replaced when that is over too."""
        assert standing.acknowledged_by is not None  # or nobody's time could be over
        holder = standing.acknowledged_by
        if standing.status is EscalationStatus.ACTING:
            self._climb.send(standing, standing.rung, (holder,), Purpose.LOOK_AGAIN)
            later = replace(standing, due_at=self._climb.now + LOOK_AGAIN, last_result="look_again")
            return self._climb.wake(later)
        if standing.nudged_at is None:
            self._climb.send(standing, standing.rung, (holder,), Purpose.NUDGE)
            wait = self._climb.answer_time(standing)
            asked = replace(
                standing,
                nudged_at=self._climb.now,
                due_at=self._climb.now + wait,
                last_result="nudged",
            )
            return self._climb.wake(asked)
        self._climb.note(standing, standing.rung, ANSWER, holder, "went_quiet")
        return self._without_holder(standing)

    def _without_holder(self, standing: Standing) -> Standing:
        """Nobody has it now: whoever else stands on this rung is asked, then the next rungs."""
        holder = standing.acknowledged_by or ""
        free = replace(
            standing,
            status=EscalationStatus.CLIMBING,
            acknowledged_by=None,
            acknowledged_at=None,
            nudged_at=None,
            handed_to=None,
            passed=(*standing.passed, holder),
        )
        self._climb.change_sent(standing)
        moved = self._climb.ask(free, standing.rung)
        if moved.status is EscalationStatus.UNDELIVERED:
            self._climb.tell_unanswered(moved)
            return moved
        organisation = self._climb.organisation
        values = {"by": name_of(organisation, holder), "next": names_of(organisation, moved.asked)}
        self._climb.tell(moved, "utter_gone_on", values)
        return moved

    def _answered(self, standing: Standing, person: str) -> Standing:
        self._climb.note(standing, standing.rung, ANSWER, person, standing.last_result)
        self._climb.change_sent(standing)
        return self._climb.wake(standing)

    def _say(self, standing: Standing, response: str, person: str) -> None:
        now = self._climb.now
        values = {"by": name_of(self._climb.organisation, person), "at": clock_words(now, now)}
        self._climb.tell(standing, response, values)

    def _only_holder(self, standing: Standing, person: str) -> None:
        if not standing.status.is_held:
            raise NotAllowed("Nobody has this yet. Take it first.")
        if standing.acknowledged_by != person:
            raise AlreadyAcknowledged(self._climb.who_has(standing))
