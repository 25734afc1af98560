"""The guide's form on what Rasa sent: asked, answered, interrupted, taken back, ended."""

from __future__ import annotations

import pytest

from casework import danger, guide
from casework.facts import MessageKind
from casework.vocabulary import EntryKind, RecordKind, Topic
from tests.unit.actions.stage import Stage
from tests.unit.home import Home


def guide_at(home: Home, asks: str | None, **answers: str) -> str:
    """A decision with these answers, in which this question was put last."""
    talk = home.talk()
    opened = home.message(talk, "should i tell the school", kind=MessageKind.PRESS)
    guide.begin(home.house, talk, opened.id, RecordKind.DECISION)
    for question, value in answers.items():
        home.answer(talk, question, value, value)
    with home.store.work() as work:
        work.conversations.change(talk, asks=asks)
    return talk


async def test_it_begins_by_opening_a_decision(home: Home, stage: Stage) -> None:
    talk = home.talk()
    assert (await stage.play("begin_share", talk)).said == ["utter_begin_share"]
    assert home.head(talk).kind is RecordKind.DECISION


async def test_where_another_case_is_open_it_begins_in_a_conversation_of_its_own(
    home: Home, stage: Stage
) -> None:
    talk = home.case("he hits me")
    played = await stage.play("begin_share", talk)
    assert played.said == ["utter_moved"]
    other = played.slots[0]["conversation"]
    assert (home.head(talk).kind, home.head(other).kind) == (
        RecordKind.DISCLOSURE,
        RecordKind.DECISION,
    )
    taken_up = await stage.play("greet", other)
    assert [event["name"] for event in taken_up.events] == ["guide_form"]


async def test_the_first_question_is_whether_anybody_is_harmed(home: Home, stage: Stage) -> None:
    played = await stage.play("guide_form_first_ask", guide_at(home, None))
    assert (played.said, played.asks) == (["utter_guide_ask"], "harm_concern")
    gate = home.house.pack.sharing.harm_gate.harm_concern
    assert played.slots[0]["question"] == gate.ask
    assert played.slots[0]["codes"] == ",".join(gate.rules)


async def test_a_button_answers_the_question_and_the_next_is_put(home: Home, stage: Stage) -> None:
    talk = guide_at(home, "harm_concern")
    played = await stage.play("guide_form_button", talk)
    assert (played.said, played.asks) == (["utter_guide_ask"], "legitimate_purpose")
    assert home.texts(talk, EntryKind.ANSWER) == ["No"]


async def test_what_is_no_answer_is_asked_again_and_not_kept(home: Home, stage: Stage) -> None:
    talk = guide_at(home, "legitimate_purpose", harm_concern="no")
    played = await stage.play("guide_form_unclear", talk)
    assert played.said == ["utter_answer_unclear", "utter_guide_ask"]
    assert played.asks == "legitimate_purpose"
    assert home.texts(talk, EntryKind.ANSWER) == ["no"]


async def test_unclear_twice_is_kept_and_taken_as_a_doubt(home: Home, stage: Stage) -> None:
    talk = guide_at(home, "legitimate_purpose", harm_concern="no")
    with home.store.work() as work:
        work.turns.add(talk, {"replies": [{"response": "utter_answer_unclear"}]})
    played = await stage.play("guide_form_unclear", talk)
    assert "utter_decision_seek_advice" in played.said
    assert played.asks == "advice_outcome"


async def test_an_interruption_is_no_answer(home: Home, stage: Stage) -> None:
    talk = guide_at(home, "legitimate_purpose", harm_concern="no")
    played = await stage.play("guide_form_interrupted", talk)
    assert (played.said, played.events) == ([], [])


async def test_why_am_i_asked_shows_the_clause_and_the_question_comes_back(
    home: Home, stage: Stage
) -> None:
    talk = guide_at(home, "legitimate_purpose", harm_concern="no")
    played = await stage.play("why_asked", talk)
    assert played.said == ["utter_why_asked"]
    node = home.house.pack.sharing.flowchart.nodes["legitimate_purpose"]
    assert played.slots[0]["summary"] == home.house.pack.rule(node.rules[0]).summary
    back = await stage.play("guide_form_taken_up_again", talk)
    assert (back.said, back.asks) == (["utter_guide_ask"], "legitimate_purpose")


async def test_a_question_without_a_clause_says_so(home: Home, stage: Stage) -> None:
    talk = guide_at(home, "secure_route")
    assert (await stage.play("why_asked", talk)).said == ["utter_why_asked_by_heard"]


async def test_free_text_is_kept_as_it_was_typed(home: Home, stage: Stage) -> None:
    talk = guide_at(
        home, "how_much", harm_concern="no", legitimate_purpose="yes", identifiable="no"
    )
    played = await stage.play("guide_form_free_answer", talk)
    assert played.asks == "fact_from_opinion"
    assert home.texts(talk, EntryKind.ANSWER)[-1] == "no reason for it"


async def test_what_raised_its_alarm_before_is_the_answer(home: Home, stage: Stage) -> None:
    said = {"harm_concern": "no", "legitimate_purpose": "yes", "identifiable": "no"}
    talk = guide_at(home, "how_much", **said)
    text = "that he has a knife"
    guessed = {"deny": "immediate_danger", "0.5436124801635742": "0.99"}
    first = await stage.play("guide_form_free_answer", talk, text=text, **guessed)
    assert first.events == []
    danger.raise_alarm(home.house, talk, first.message.id)
    await stage.play("guide_form_free_answer", talk, text=text, **guessed)
    assert home.texts(talk, EntryKind.ANSWER)[-1] == text


async def test_going_back_asks_the_question_before(home: Home, stage: Stage) -> None:
    said = {"harm_concern": "no", "legitimate_purpose": "yes", "identifiable": "no"}
    played = await stage.play("change_answer", guide_at(home, "how_much", **said))
    assert played.asks == "identifiable"


@pytest.mark.parametrize("asks", ["harm_concern", None])
async def test_before_the_first_question_there_is_nothing_to_go_back_to(
    home: Home, stage: Stage, asks: str | None
) -> None:
    assert (await stage.play("change_answer", guide_at(home, asks))).asks is None


async def test_at_its_end_it_can_be_signed(home: Home, stage: Stage) -> None:
    talk = guide_at(home, None, harm_concern="no", legitimate_purpose="no")
    assert (await stage.play("rest_guide", talk)).said == ["utter_guide_rest"]
    signed = await stage.play("file_record", talk)
    assert signed.said == ["utter_filed"]
    assert "filed" in home.topics(talk)
    assert home.climb(talk) is None


async def test_who_is_still_not_sure_while_consent_is_waited_for_is_asked_again(
    home: Home, stage: Stage
) -> None:
    so_far = dict.fromkeys(("legitimate_purpose", "identifiable", "confidential", "can_ask"), "yes")
    talk = guide_at(home, "consent", harm_concern="no", **so_far)
    first = await stage.play("guide_form_free_answer", talk, text="not sure")
    assert first.said[0] == "utter_decision_for_now"
    assert first.said[-1] == "utter_share_waits_consent"
    again = await stage.play("guide_form_free_answer", talk, text="not sure")
    assert (again.said, again.asks) == (["utter_guide_ask"], "consent")


@pytest.mark.rule("M16")
async def test_a_reminder_is_promised_only_where_consent_is_waited_for(
    home: Home, stage: Stage
) -> None:
    so_far = dict.fromkeys(("legitimate_purpose", "identifiable", "confidential", "can_ask"), "yes")
    waiting = guide_at(home, "consent", harm_concern="no", consent="unsure", **so_far)
    promised = await stage.play("remind_me", waiting)
    assert promised.said == ["utter_share_remind_consent"]
    assert [event["name"] for event in promised.events] == ["action_listen", "guide_form"]
    open_case = await stage.play("remind_me", guide_at(home, "harm_concern"))
    assert open_case.said == ["utter_no_reminder_here"]
    elsewhere = await stage.play("remind_me", home.talk())
    assert elsewhere.said == ["utter_remind_there", "utter_carry_on_with"]
    assert elsewhere.slots[1]["conversation"] == waiting
    nobody = await stage.play("remind_me", home.talk("volunteer"))
    assert nobody.said == ["utter_nothing_to_remind"]


async def test_a_promise_in_what_a_guide_begins_with_is_put_right(home: Home, stage: Stage) -> None:
    talk = home.talk()
    message = home.message(talk, "I told him I'd keep it quiet")
    played = await stage.play_again("begin_worry", message)
    assert played.said == ["utter_begin_worry", "utter_promise_repair"]
    assert Topic.PROMISE in home.topics(talk)
