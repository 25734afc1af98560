"""Duties in the conversation: asked, answered, signed, held back, and carried out."""

from __future__ import annotations

from datetime import timedelta

import pytest

from casework import approvals, duties, duty_guide, duty_record, duty_words
from casework.duties import Own
from casework.errors import NotAllowed, ReasonMissing, UnknownRecord
from casework.facts import Duty
from casework.vocabulary import EntryKind, RecordKind, Status, Topic
from policy.decide import Matter
from policy.pack.obligations import When
from records import access
from tests.unit.home import Home
from tests.unit.usecases.walk import (
    CHILDREN,
    CROSSROADS,
    HOME_START,
    KENT,
    MANCHESTER,
    Housed,
    Walk,
)


def begun(home: Home, person: str, after: When, kind: str) -> Duty:
    with home.store.work() as work:
        made = duties.begin(home.house, work, person, after, work.now().date())
    return next(one for one in made if one.kind == kind)


def of_record(home: Home, reference: str, kind: Own) -> list[Duty]:
    with home.store.read() as work:
        head = work.records.head_by_reference(reference)
        return [one for one in work.duties.of_record(head.id) if one.kind == kind]


def take_up(home: Home, person: str, duty: Duty) -> Walk:
    """The conversation in which this person answers it."""
    return Walk(home, duty_guide.begin(home.house, home.talk(person), duty.id))


def standing_duty(home: Home, duty: Duty) -> Duty:
    with home.store.read() as work:
        return work.duties.get(duty.id)


def put_before(home: Home, person: str) -> list[str]:
    with home.store.read() as work:
        return [name for name, _ in duty_words.due(home.house, work, person)]


SIGNED = [
    (CHILDREN, "reporter", "start_of_role", "child_protection_training"),
    (CROSSROADS, "reporter", "policy_changed", "policy_acceptance"),
    (HOME_START, "reporter", "start_of_role", "code_of_conduct"),
    (HOME_START, "volunteer", "end_of_support", "notes_at_end_of_support"),
    (KENT, "reporter", "start_of_role", "privacy_statement"),
    (MANCHESTER, "line_manager", "kept_record", "review_of_what_is_kept"),
    (MANCHESTER, "reporter", "leaving", "leavers_reminder"),
]


@pytest.mark.rule("C13", "X19", "H15", "H17", "K14", "M12", "M45")
@pytest.mark.parametrize(("pack", "person", "after", "kind"), SIGNED)
def test_each_is_asked_with_its_clause_answered_signed_and_done(
    housed: Housed, pack: str, person: str, after: When, kind: str
) -> None:
    home = housed(pack)
    duty = begun(home, person, after, kind)
    assert standing_duty(home, duty).done_at is None
    home.pass_time(hours=24 * (duty.due_at - home.clock.now).days - 24)
    assert put_before(home, person) == ["utter_due_soon"]
    walk = take_up(home, person, duty)
    assert walk.standing.ask is not None
    assert set(walk.standing.ask.rules) <= {rule.code for rule in home.house.pack.rules}
    walk.until(None)
    done = standing_duty(home, duty)
    assert done.done_by == person
    head = home.head(walk.talk)
    with home.store.read() as work:
        assert work.records.status(head.id) is Status.FILED
    assert [entry.value for entry in home.entries(walk.talk) if entry.kind is EntryKind.ANSWER]
    assert "utter_due_late" not in put_before(home, person)


@pytest.mark.rule("X19", "X20")
def test_a_question_is_raised_answered_by_the_manager_and_only_then_signed(housed: Housed) -> None:
    home = housed(CROSSROADS)
    duty = begun(home, "reporter", "policy_changed", "policy_acceptance")
    walk = take_up(home, "reporter", duty)
    walk.until("questions")
    walk.say("no")
    assert walk.asks == "question_raised"
    walk.say("may i tell her sister")
    assert walk.asks == "questions"
    assert walk.standing.ask is not None
    assert walk.standing.ask.waits
    assert standing_duty(home, duty).done_at is None

    assert put_before(home, "line_manager") == ["utter_due_question_raised"]
    (raised,) = of_record(home, home.head(walk.talk).reference, Own.QUESTION_RAISED)
    with pytest.raises(UnknownRecord):
        duty_guide.begin(home.house, home.talk("volunteer"), raised.id)
    reply = take_up(home, "line_manager", raised)
    reply.say("only if she agrees")
    assert standing_duty(home, raised).done_by == "line_manager"
    assert home.said(walk.talk)[-1] == "utter_duty_question_answered"
    answered = [one for one in home.entries(walk.talk) if one.topic == Topic.QUESTION_ANSWERED]
    assert [(str(one.text), one.by) for one in answered] == [("only if she agrees", "line_manager")]
    walk.until(None)
    assert standing_duty(home, duty).done_by == "reporter"


@pytest.mark.rule("H18")
def test_the_privacy_notice_asks_how_an_absent_partner_was_told(housed: Housed) -> None:
    home = housed(HOME_START)
    people = tuple(
        one.model_copy(update={"roles": (*one.roles, "coordinator")})
        if one.id == "reporter"
        else one
        for one in home.house.organisation.people
    )
    home.organise(people)
    assert "utter_event_first_visit" in dict(duty_words.events(home.house, "reporter"))
    duty = begun(home, "reporter", "first_visit", "privacy_notice_at_first_visit")
    walk = take_up(home, "reporter", duty)
    walk.until("absent_partner")
    walk.say("he is at sea, i left it with her and rang him")
    walk.until(None)
    kept = [str(e.text) for e in home.entries(walk.talk) if e.topic == "absent_partner"]
    assert kept == ["he is at sea, i left it with her and rang him"]
    assert standing_duty(home, duty).done_at is not None


@pytest.mark.rule("H15")
def test_notes_are_not_destroyed_before_what_is_about_a_worry_was_lifted(housed: Housed) -> None:
    home = housed(HOME_START)
    duty = begun(home, "volunteer", "end_of_support", "notes_at_end_of_support")
    walk = take_up(home, "volunteer", duty)
    for said in ("no", "not sure"):
        walk.say(said)
        assert walk.asks == "concerns_lifted"
    assert standing_duty(home, duty).done_at is None
    walk.until(None)
    assert standing_duty(home, duty).done_at is not None


@pytest.mark.rule("K14")
def test_a_yearly_duty_comes_again(housed: Housed) -> None:
    home = housed(KENT)
    duty = begun(home, "reporter", "start_of_role", "privacy_statement")
    take_up(home, "reporter", duty).until(None)
    home.pass_time(hours=24 * 380)
    assert put_before(home, "reporter") == ["utter_due_late"]


def test_two_first_visits_on_a_day_are_two_duties(housed: Housed) -> None:
    home = housed(HOME_START)
    with home.store.work() as work:
        today = work.now().date()
        one = duties.begin(home.house, work, "volunteer", "end_of_support", today, "a")
        two = duties.begin(home.house, work, "volunteer", "end_of_support", today, "b")
        again = duties.begin(home.house, work, "volunteer", "end_of_support", today, "b")
    assert one != two == again


def test_whoever_comes_back_goes_on_in_the_same_conversation(housed: Housed) -> None:
    home = housed(HOME_START)
    duty = begun(home, "reporter", "start_of_role", "code_of_conduct")
    walk = take_up(home, "reporter", duty)
    walk.say("yes")
    assert duty_guide.begin(home.house, home.talk(), duty.id) == walk.talk
    with pytest.raises(UnknownRecord):
        duty_guide.begin(home.house, home.talk("volunteer"), duty.id)
    with pytest.raises(UnknownRecord):
        duty_guide.begin(home.house, home.talk(), "0" * 32)
    walk.until(None)
    with pytest.raises(UnknownRecord):
        duty_guide.begin(home.house, home.talk(), duty.id)


def test_whoever_oversees_it_may_close_it_with_a_reason_and_nobody_else(housed: Housed) -> None:
    home = housed(HOME_START)
    duty = begun(home, "reporter", "start_of_role", "code_of_conduct")
    with home.store.work() as work:
        for person in ("reporter", "volunteer", "trustee"):
            with pytest.raises(NotAllowed):
                duty_record.close(home.house, work, duty.id, person, "has left")
        for empty in (" ", "x" * 501):
            with pytest.raises(ReasonMissing):
                duty_record.close(home.house, work, duty.id, "line_manager", empty)
        duty_record.close(home.house, work, duty.id, "line_manager", "has left")
        with pytest.raises(NotAllowed):
            duty_record.close(home.house, work, duty.id, "line_manager", "again")
    assert standing_duty(home, duty).done_by == "line_manager"
    with home.store.read() as work:
        ((_, line),) = work.records.of_topic(Topic.DUTY_CLOSED)
    assert (str(line.text), line.by) == ("has left", "line_manager")


# ---- about a record ----


def waiting_for_consent(home: Home) -> Walk:
    """A share without consent that a manager has to decide about."""
    walk = Walk.begin(home)
    no = dict.fromkeys(("harm_concern", "inside", "consent", "telling_raises_risk"), "no")
    return walk.until("manager_decision", **no, how_much="the address")


@pytest.mark.rule("M36")
@pytest.mark.parametrize(("said", "outcome"), [("yes", "share"), ("no", "do_not_share")])
def test_the_manager_decides_in_the_conversation(housed: Housed, said: str, outcome: str) -> None:
    home = housed(MANCHESTER)
    walk = waiting_for_consent(home)
    (duty,) = of_record(home, home.head(walk.talk).reference, Own.DECISION)
    assert put_before(home, "line_manager") == ["utter_due_decision"]
    assert put_before(home, "reporter") == []
    manager = take_up(home, "line_manager", duty)
    assert manager.asks == "approve_sharing_without_consent"
    manager.say(said)
    assert walk.decisions()[-1].value == "seek_advice"
    manager.say("the tenancy is at risk")
    assert manager.asks is None
    assert standing_duty(home, duty).done_by == "line_manager"
    assert walk.decisions()[-1].value in (outcome, "share_with_care")
    assert home.said(walk.talk)[-1] == f"utter_manager_{said}_sharing"
    assert put_before(home, "line_manager") == []


@pytest.mark.rule("M36")
def test_what_is_decided_on_the_desk_is_off_everybodys_calendar(housed: Housed) -> None:
    home = housed(CROSSROADS)
    walk = waiting_for_consent(home)
    reference = home.head(walk.talk).reference
    assert len(of_record(home, reference, Own.DECISION)) == 2
    with home.store.work() as work:
        head = work.records.head_by_reference(reference)
        approvals.decide(
            home.house,
            work,
            head,
            "line_manager",
            Matter.SHARING_WITHOUT_CONSENT,
            yes=True,
            why="a crime is likely",
        )
    assert all(duty.done_at for duty in of_record(home, reference, Own.DECISION))


@pytest.mark.rule("X12", "X14")
def test_whoever_is_on_call_sees_what_they_decide_about(housed: Housed) -> None:
    home = housed(CROSSROADS)
    walk = waiting_for_consent(home)
    reference = home.head(walk.talk).reference
    assert put_before(home, "on_call") == ["utter_due_decision"]
    with home.store.read() as work:
        assert access.look(work, home.house, "on_call", reference) is not None
        assert access.look(work, home.house, "administrator", reference) is None


@pytest.mark.rule("K10", "H10", "M19")
@pytest.mark.parametrize("pack", [KENT, HOME_START, MANCHESTER])
def test_told_later_is_a_dated_duty_that_asks_again(housed: Housed, pack: str) -> None:
    home = housed(pack)
    walk = Walk.begin(home)
    no = dict.fromkeys(
        (
            "harm_concern",
            "about_host",
            "recipient_is_host",
            "telling_raises_risk",
            "telling_spoils_investigation",
        ),
        "no",
    )
    walk.until("told_person", **no)
    walk.say("not yet")
    assert walk.asks == "told_by"
    walk.say("in two weeks")
    reference = home.head(walk.talk).reference
    (duty,) = of_record(home, reference, Own.TELL_PERSON)
    assert (duty.due_at.date() - home.clock.now.date()).days == 14
    assert walk.asks is None
    home.pass_time(hours=24 * 15)
    assert put_before(home, "reporter") == ["utter_due_tell_person"]

    later = take_up(home, "reporter", duty)
    later.say("not yet")
    later.say("tomorrow")
    first, second = of_record(home, reference, Own.TELL_PERSON)
    assert first.done_at is not None
    assert second.due_at - home.clock.now < timedelta(days=2)
    told = take_up(home, "reporter", second)
    told.say("yes i told her")
    assert all(one.done_at for one in of_record(home, reference, Own.TELL_PERSON))
    lines = [one for one in home.entries(walk.talk) if one.topic == "told_person"]
    assert [one.value for one in lines] == ["later", "yes"]


@pytest.mark.rule("K10")
def test_where_they_are_always_told_a_no_is_only_not_yet(housed: Housed) -> None:
    home = housed(KENT)
    walk = Walk.begin(home)
    no = dict.fromkeys(
        ("harm_concern", "about_host", "recipient_is_host", "telling_raises_risk"), "no"
    )
    walk.until("told_person", **no)
    walk.say("no")
    assert walk.asks == "told_by"


@pytest.mark.rule("H31", "H33")
@pytest.mark.parametrize(
    ("answers", "kept"),
    [
        (("yes", "yes"), "has to be told, and has been"),
        (("no", "it reached nobody"), "it reached nobody"),
    ],
)
def test_the_trustee_decides_if_the_regulator_is_told(
    housed: Housed, answers: tuple[str, str], kept: str
) -> None:
    home = housed(HOME_START)
    walk = Walk.begin(home, "i sent it to the wrong address", kind=RecordKind.BREACH)
    walk.until(None)
    (duty,) = of_record(home, home.head(walk.talk).reference, Own.BREACH_DECISION)
    assert put_before(home, "dp_trustee") == ["utter_due_breach_decision"]
    trustee = take_up(home, "dp_trustee", duty)
    trustee.say("not sure")
    assert standing_duty(home, duty).done_at is None
    for said in answers:
        trustee.say(said)
    assert standing_duty(home, duty).done_by == "dp_trustee"
    line = next(e for e in reversed(home.entries(walk.talk)) if e.topic == "tell_regulator")
    assert kept in line.text


@pytest.mark.rule("H24")
def test_trustees_say_that_they_know_of_a_request(housed: Housed) -> None:
    home = housed(HOME_START)
    walk = Walk.begin(home, "the police want her file", kind=RecordKind.OFFICIAL_REQUEST)
    walk.say("in writing")
    walk.until(None)
    (duty,) = of_record(home, home.head(walk.talk).reference, Own.OFFICIAL_REQUEST)
    trustee = take_up(home, "trustee", duty)
    trustee.say("yes")
    assert standing_duty(home, duty).done_by == "trustee"
    assert "request_read" in home.topics(walk.talk)


def test_whoever_is_in_conflict_has_no_duty_about_it(housed: Housed) -> None:
    home = housed(MANCHESTER)
    walk = waiting_for_consent(home)
    (duty,) = of_record(home, home.head(walk.talk).reference, Own.DECISION)
    with home.store.work() as work:
        work.records.add_conflict(home.head(walk.talk).id, "line_manager")
    assert put_before(home, "line_manager") == []
    with pytest.raises(UnknownRecord):
        duty_guide.begin(home.house, home.talk("line_manager"), duty.id)
    assert put_before(home, "dsl") == ["utter_due_decision"]
