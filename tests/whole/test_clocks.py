"""Silence is never an outcome: what happens by itself when nobody does anything."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.whole.conftest import SignIn
from tests.whole.people import Person, begin_capture, begin_questions, said, says
from tests.whole.processes import HURRIED, Heard, topics


@pytest.fixture
def reporter(sign_in_hurried: SignIn) -> Person:
    return sign_in_hurried("reporter")


def test_nobody_answers_so_the_next_is_asked_and_the_reporter_gets_numbers(
    hurried: Heard, reporter: Person, sign_in_hurried: SignIn
) -> None:
    talk = reporter.begin()
    alarm = talk.say("he has a knife and he is coming in")
    assert says(alarm, "utter_danger_told")
    assert "the Line Manager and the Duty DSL" in said(alarm)
    next_asked = talk.pushed("utter_nobody_yet")
    assert "Deputy DSL" in said(next_asked)
    last = talk.pushed("utter_nobody_call")
    assert "Children's Services: 01632 960" in said(last)
    assert "tel:999" in [link["href"] for reply in last["replies"] for link in reply["links"]]
    assert talk.reference in sign_in_hurried("trustee").desk()
    taken = hurried.command("escalations", "acknowledge", talk.reference, "--as", "deputy_dsl")
    assert taken.returncode == 0, taken.stderr
    assert "Deputy DSL" in said(talk.pushed("utter_acknowledged"))


def test_a_hold_ends_by_itself_when_the_question_is_not_answered(reporter: Person) -> None:
    talk = begin_questions(reporter, "he said so")
    told = talk.pushed("utter_told_meanwhile")
    assert "Duty DSL" in said(told)
    assert talk.state["asks"] == "involves_us"


def test_a_draft_left_alone_goes_up_by_itself(hurried: Heard, reporter: Person) -> None:
    talk = begin_capture(reporter)
    talk.write("he said so")
    left = talk.pushed("utter_draft_escalated")
    assert "Duty DSL" in said(left)
    record = hurried.record(talk.reference)
    assert topics(record).count("left_alone") == 1
    place = next(n for n, e in enumerate(record["entries"]) if e["topic"] == "left_alone")
    told = [datetime.fromisoformat(entry["told_at"]) for entry in record["entries"][: place + 1]]
    assert told[-1] - told[-2] >= timedelta(seconds=HURRIED["draft_escalates_after_seconds"])
