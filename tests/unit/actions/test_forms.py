"""The two forms, on what Rasa sent: asked, answered, interrupted, taken up again, corrected."""

from __future__ import annotations

import pytest

from casework import capture, danger, record
from casework.facts import Entry
from casework.vocabulary import (
    DANGER_NOW,
    INVOLVES_US,
    SAFE_NOW,
    WHICH_OF_US,
    EntryKind,
    RecordKind,
    Urgency,
)
from tests.unit.actions.stage import Played, Stage, saved
from tests.unit.home import Home


def answers(home: Home, talk: str) -> dict[str, Entry]:
    """The answer that counts, for each question."""
    return {str(e.topic): e for e in home.entries(talk) if e.kind is EntryKind.ANSWER}


def asked_then(name: str) -> str:
    """Which question was waiting when this call was saved."""
    slots = saved(name)["call"]["tracker"]["slots"]
    return str(slots["requested_slot"])


def case_at(home: Home, question: str) -> str:
    """A case whose next open question is this one."""
    talk = home.case("he hits me")
    capture.close_capture(home.house, talk)
    values = {
        INVOLVES_US: "yes" if question == WHICH_OF_US else "no",
        "child_or_adult": "child",
        "told_limits": "no",
    }
    while (earlier := record.still_asked(home.house, talk)[0]) != question:
        home.answer(talk, earlier, "x", values.get(earlier))
    return talk


def said_unclear(home: Home, talk: str) -> None:
    with home.store.work() as work:
        work.turns.add(talk, {"replies": [{"response": "utter_answer_unclear"}]})


def is_silent(played: Played) -> bool:
    return played.said == [] and played.events == []


# ---- danger first ----


async def test_the_danger_form_opens_with_its_question(home: Home, stage: Stage) -> None:
    talk = home.case()
    assert (await stage.play("danger_form_first_ask", talk)).asks == DANGER_NOW


async def test_the_danger_form_of_an_answered_case_is_over_at_once(
    home: Home, stage: Stage
) -> None:
    talk = home.case()
    home.answer(talk, DANGER_NOW, "No", "no")
    assert (await stage.play("danger_form_first_ask", talk)).asks is None


async def test_no_in_other_words_is_kept_as_it_was_typed_and_ends_the_form(
    home: Home, stage: Stage
) -> None:
    talk = home.case()
    played = await stage.play("danger_form_answer", talk)
    assert (played.said, played.asks) == ([], None)
    entry = answers(home, talk)[DANGER_NOW]
    assert (entry.text, entry.value) == ("no hes at work till 6", "no")


async def test_yes_raises_the_alarm_before_the_form_ends(home: Home, stage: Stage) -> None:
    talk = home.case(kind=RecordKind.CONCERN)
    played = await stage.play("danger_form_yes", talk)
    assert played.said == ["utter_danger", "utter_danger_told"]
    climb = home.climb(talk)
    assert climb is not None
    assert climb.urgency is Urgency.EMERGENCY


async def test_a_doubt_says_what_to_do_if_it_changes(home: Home, stage: Stage) -> None:
    talk = home.case()
    played = await stage.play("danger_form_answer", talk, text="im not sure")
    assert (played.said, played.asks) == (["utter_danger_unsure"], None)
    assert answers(home, talk)[DANGER_NOW].value == "unsure"


async def test_what_is_no_answer_is_asked_again_and_not_kept(home: Home, stage: Stage) -> None:
    talk = home.case()
    played = await stage.play("danger_form_unclear", talk)
    assert (played.said, played.asks) == (["utter_answer_unclear"], DANGER_NOW)
    assert answers(home, talk) == {}
    assert played.message.text in home.texts(talk, EntryKind.NOTE)  # it may be what was told


async def test_that_is_all_says_nothing_of_danger(home: Home, stage: Stage) -> None:
    talk = home.case()
    played = await stage.play("danger_form_unclear", talk, text="thats all")
    assert (played.said, played.asks) == (["utter_answer_unclear"], DANGER_NOW)
    assert answers(home, talk) == {}


async def test_unclear_twice_is_kept_as_it_is_and_taken_as_a_doubt(
    home: Home, stage: Stage
) -> None:
    talk = home.case()
    said_unclear(home, talk)
    played = await stage.play("danger_form_unclear", talk)
    assert played.said == ["utter_answer_kept_unsure", "utter_danger_unsure"]
    assert played.asks is None
    assert answers(home, talk)[DANGER_NOW].value == "unsure"


@pytest.mark.parametrize("name", ["danger_form_interrupted", "danger_form_alarm"])
async def test_an_interruption_is_no_answer_to_the_danger_question(
    home: Home, stage: Stage, name: str
) -> None:
    talk = home.case()
    assert is_silent(await stage.play(name, talk))
    assert answers(home, talk) == {}


async def test_after_an_interruption_the_danger_question_is_taken_up_again(
    home: Home, stage: Stage
) -> None:
    talk = home.case()
    assert (await stage.play("danger_form_taken_up_again", talk)).asks == DANGER_NOW
    assert answers(home, talk) == {}


async def test_after_the_alarm_the_danger_question_is_answered(home: Home, stage: Stage) -> None:
    talk = home.case()
    alarm = await stage.play("raise_alarm_in_danger_form", talk)
    assert (await stage.play_again("danger_form_after_alarm", alarm.message)).asks is None


# ---- the record ----


async def test_the_record_form_opens_with_whom_it_concerns(home: Home, stage: Stage) -> None:
    talk = case_at(home, INVOLVES_US)
    assert (await stage.play("record_form_first_ask", talk)).asks == INVOLVES_US


async def test_no_tells_who_was_told_and_asks_the_next_question(home: Home, stage: Stage) -> None:
    talk = case_at(home, INVOLVES_US)
    played = await stage.play("record_form_button", talk)
    assert (played.said, played.asks) == (["utter_told"], "subject")
    assert played.slots[0]["told"] == "the Line Manager and the Duty DSL"
    assert played.sets(INVOLVES_US) == "settled"


async def test_yes_asks_who_and_tells_nobody_yet(home: Home, stage: Stage) -> None:
    talk = case_at(home, INVOLVES_US)
    played = await stage.play("record_form_yes", talk)
    assert (played.said, played.asks) == ([], WHICH_OF_US)
    assert home.asked_ever(talk) == []


async def test_my_line_manager_is_an_answer_to_who_and_no_call_for_their_number(
    home: Home, stage: Stage
) -> None:
    # The language model is sure that "my line manager" asks whom to ring.
    intent = saved("record_form_manager_named")["call"]["tracker"]["latest_message"]["intent"]
    assert intent["name"] == "contact_lookup"
    talk = case_at(home, WHICH_OF_US)
    played = await stage.play("record_form_manager_named", talk)
    assert played.said == ["utter_told"]
    assert home.asked_ever(talk) == ["dsl"]
    assert "line_manager" in home.left_out(talk)


async def test_a_free_answer_is_kept_as_it_was_typed(home: Home, stage: Stage) -> None:
    talk = case_at(home, "subject")
    played = await stage.play("record_form_free_answer", talk)
    assert answers(home, talk)["subject"].text == "jess, shes 9"
    assert played.sets("subject") == "settled"


async def test_no_answer_stands_in_a_slot(home: Home, stage: Stage) -> None:
    talk = case_at(home, "subject")
    played = await stage.play("record_form_free_answer", talk)
    assert "jess" not in str(played.events)


async def test_a_choice_is_kept_by_its_title_and_its_meaning(home: Home, stage: Stage) -> None:
    talk = case_at(home, "child_or_adult")
    played = await stage.play("record_form_choice", talk)
    entry = answers(home, talk)["child_or_adult"]
    assert (entry.text, entry.value, played.asks) == ("Under 18", "child", "told_limits")


async def test_not_yet_told_gives_the_sentence_to_say(home: Home, stage: Stage) -> None:
    talk = case_at(home, "told_limits")
    played = await stage.play("record_form_not_yet", talk)
    assert (played.said, played.asks) == (["utter_not_yet_told_limits"], "where_told")


@pytest.mark.parametrize(
    ("name", "value"), [("record_form_skip", "skipped"), ("record_form_dont_know", "dont_know")]
)
async def test_every_question_can_be_skipped_or_not_known(
    home: Home, stage: Stage, name: str, value: str
) -> None:
    question = asked_then(name)
    talk = case_at(home, question)
    played = await stage.play(name, talk)
    assert answers(home, talk)[question].value == value
    assert played.asks not in (None, question)


@pytest.mark.parametrize(
    "name", ["record_form_interrupted", "record_form_danger", "record_form_promise"]
)
async def test_an_interruption_leaves_the_question_as_it_is(
    home: Home, stage: Stage, name: str
) -> None:
    question = asked_then(name)
    talk = case_at(home, question)
    assert is_silent(await stage.play(name, talk))
    assert question not in answers(home, talk)


@pytest.mark.parametrize("name", ["record_form_taken_up_again", "record_form_after_old_button"])
async def test_after_an_interruption_the_question_is_asked_again(
    home: Home, stage: Stage, name: str
) -> None:
    question = asked_then(name)
    talk = case_at(home, question)
    played = await stage.play(name, talk)
    assert (played.said, played.asks) == ([], question)
    assert question not in answers(home, talk)


async def test_a_record_question_unclear_once_is_asked_again(home: Home, stage: Stage) -> None:
    talk = case_at(home, INVOLVES_US)
    played = await stage.play("record_form_unclear", talk)
    assert (played.said, played.asks) == (["utter_answer_unclear"], INVOLVES_US)


async def test_a_record_question_unclear_twice_is_kept_as_a_doubt(home: Home, stage: Stage) -> None:
    talk = case_at(home, INVOLVES_US)
    said_unclear(home, talk)
    played = await stage.play("record_form_unclear", talk)
    entry = answers(home, talk)[INVOLVES_US]
    assert (entry.text, entry.value) == (played.message.text, "unsure")
    assert played.asks == WHICH_OF_US


@pytest.mark.parametrize(
    ("question", "text", "value"),
    [
        (SAFE_NOW, "no her dad said he will kill her", "no"),
        ("action_so_far", "rang 999 and they are coming", "said"),
        ("first_hand", "he has a knife", None),
    ],
)
async def test_an_alarm_that_answers_the_question_is_its_answer_too(
    home: Home, stage: Stage, question: str, text: str, value: str | None
) -> None:
    talk = home.told_case()
    played = await stage.play("raise_alarm_in_record_form", talk, text=text, first_hand=question)
    assert played.said == ["utter_danger", "utter_danger_told"]
    kept = answers(home, talk).get(question)
    assert (kept and kept.value) == value


async def test_what_raised_its_alarm_before_is_the_answer(home: Home, stage: Stage) -> None:
    question = asked_then("record_form_danger")
    talk = case_at(home, question)
    with home.store.work() as work:
        work.conversations.change(talk, asks=question)
    typed = {"/immediate_danger": "he has a knife"}  # as text it is guessed to be danger again
    first = await stage.play("record_form_danger", talk, **typed)
    assert question not in answers(home, talk)
    danger.raise_alarm(home.house, talk, first.message.id)
    await stage.play("record_form_danger", talk, **typed)
    assert answers(home, talk)[question].text == first.message.text


async def test_telling_more_in_an_answer_is_an_answer(home: Home, stage: Stage) -> None:
    question = asked_then("record_form_more_is_told")
    talk = case_at(home, question)
    played = await stage.play("record_form_more_is_told", talk)
    assert answers(home, talk)[question].text == played.message.text


async def test_enough_for_now_asks_only_whether_they_are_safe(home: Home, stage: Stage) -> None:
    talk = case_at(home, "injuries")
    assert (await stage.play("record_form_finish", talk)).asks == SAFE_NOW


async def test_enough_for_now_at_the_first_question_says_who_was_told(
    home: Home, stage: Stage
) -> None:
    talk = case_at(home, INVOLVES_US)
    played = await stage.play("record_form_finish_at_once", talk)
    assert (played.said, played.asks) == (["utter_told"], SAFE_NOW)


async def test_the_last_answer_ends_the_form(home: Home, stage: Stage) -> None:
    talk = case_at(home, SAFE_NOW)
    assert (await stage.play("record_form_last_answer", talk)).asks is None


@pytest.mark.parametrize("name", ["record_form_not_safe", "record_form_not_safe_in_words"])
async def test_not_safe_tonight_raises_the_case_and_gives_the_numbers(
    home: Home, stage: Stage, name: str
) -> None:
    talk = case_at(home, SAFE_NOW)
    played = await stage.play(name, talk)
    climb = home.climb(talk)
    assert climb is not None
    assert climb.urgency is Urgency.EMERGENCY
    assert (played.said, played.asks) == (["utter_not_safe"], None)
    assert played.slots[0]["outside_phone"] == "01632 960111"


async def test_a_correction_asks_a_settled_question_again(home: Home, stage: Stage) -> None:
    talk = case_at(home, SAFE_NOW)
    assert (await stage.play("record_form_correction_asked", talk)).asks == "subject"


async def test_a_corrected_answer_amends_the_first(home: Home, stage: Stage) -> None:
    talk = case_at(home, SAFE_NOW)
    before = answers(home, talk)["subject"]
    await stage.play("record_form_corrected", talk)
    after = answers(home, talk)["subject"]
    assert (after.text, after.links_to, after.relation) == ("jess smith", before.seq, "amends")


async def test_danger_answered_in_between_is_not_forgotten(home: Home, stage: Stage) -> None:
    talk = case_at(home, "first_hand")
    danger.raise_alarm(home.house, talk, home.message(talk, "he has a knife").id)
    played = await stage.play("record_form_taken_up_again", talk)
    assert played.asks == "first_hand"
