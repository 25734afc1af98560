"""Every action, on what Rasa really sent: what it says, what it leaves in the record."""

from __future__ import annotations

from pathlib import Path

import pytest

from actions.registry import ACTIONS
from casework import capture, cases, danger, duties, escalate, record
from casework.facts import MessageKind
from casework.vocabulary import DANGER_NOW, STRANDS, EntryKind, RecordKind, Status, Topic, Urgency
from tests.unit.actions.stage import Stage, saved, saved_names
from tests.unit.home import Home, Known
from tests.unit.usecases.walk import Walk, known_of

# As many as the saved calls speak of.
SIX_LINES = ("one", "two", "three", "four", "five", "six")
ALARM = ["utter_danger", "utter_danger_told"]


def test_every_action_has_a_saved_call_and_every_call_an_action() -> None:
    assert {saved(name)["call"]["next_action"] for name in saved_names()} == set(ACTIONS)


# ---- beginning ----


async def test_a_greeting_outside_a_case_offers_the_first_page(home: Home, stage: Stage) -> None:
    assert (await stage.play("greet", home.talk())).said == ["utter_greet"]


async def test_a_greeting_offers_the_drafts_to_carry_on_with(home: Home, stage: Stage) -> None:
    drafts = [home.case() for _ in range(3)]
    played = await stage.play("greet", home.talk())
    assert played.said == ["utter_carry_on_with", "utter_carry_on_with", "utter_greet"]
    assert {slots["conversation"] for slots in played.slots[:2]} <= set(drafts)


async def test_a_greeting_in_a_case_does_not_offer_it_to_itself(home: Home, stage: Stage) -> None:
    assert (await stage.play("greet", home.case())).said == ["utter_greet"]


async def test_somebody_who_comes_back_to_a_form_is_told_where_they_were(
    home: Home, stage: Stage
) -> None:
    assert (await stage.play("greet_in_a_form", home.case())).said == ["utter_greet_back"]


async def test_carrying_on_in_a_form_says_nothing_before_the_question(
    home: Home, stage: Stage
) -> None:
    assert (await stage.play("carry_on_in_a_form", home.case())).said == []


@pytest.mark.parametrize(
    ("name", "kind", "sentence"),
    [
        ("begin_disclosure_by_button", RecordKind.DISCLOSURE, "utter_begin"),
        ("begin_disclosure_in_words", RecordKind.DISCLOSURE, "utter_begin"),
        ("begin_report", RecordKind.CONCERN, "utter_begin_report"),
    ],
)
async def test_beginning_opens_the_record(
    home: Home, stage: Stage, name: str, kind: RecordKind, sentence: str
) -> None:
    talk = home.talk()
    assert (await stage.play(name, talk)).said == [sentence]
    assert home.head(talk).kind is kind


async def test_what_they_wrote_first_is_lifted_into_the_record(home: Home, stage: Stage) -> None:
    talk = home.talk()
    played = await stage.play("begin_disclosure_in_words", talk)
    assert home.texts(talk, EntryKind.NOTE) == [played.message.text]


async def test_a_promise_in_the_first_sentence_is_noticed(home: Home, stage: Stage) -> None:
    talk = home.talk()
    text = "shes telling me now, told her i wont tell anyone"
    played = await stage.play("begin_disclosure_in_words", talk, text=text)
    assert played.said == ["utter_begin", "utter_promise_repair"]
    assert Topic.PROMISE in home.topics(talk)


async def test_a_filed_case_is_not_begun_again(home: Home, stage: Stage) -> None:
    talk = home.told_case()
    record.file(home.house, talk, home.message(talk).id)
    played = await stage.play("begin_disclosure_by_button", talk)
    assert played.said == ["utter_case_filed_already"]
    typed = home.message(talk, "he hit her again last night")
    more = await stage.play_again("begin_disclosure_in_words", typed)
    assert more.said == ["utter_case_filed_more"]
    pressed = home.message(talk, "Same person: add it", kind=MessageKind.PRESS)
    await stage.play_again("keep_line", pressed, KEPT=typed.id)
    assert home.texts(talk, EntryKind.WORDS)[-1:] == [typed.text]


async def test_after_the_danger_question_come_three_lines_to_say_and_three_never_to(
    home: Home, stage: Stage
) -> None:
    played = await stage.play("after_danger_question", home.case())
    assert played.said == ["utter_say", "utter_never", "utter_listen"]


async def test_after_a_yes_nobody_is_told_that_there_is_time(home: Home, stage: Stage) -> None:
    talk = home.case()
    home.answer(talk, DANGER_NOW, "yes now", "yes")
    played = await stage.play("after_danger_question", talk)
    assert played.said == ["utter_say", "utter_never", "utter_danger_next"]


async def test_after_the_danger_question_of_a_report_the_capture_is_open(
    home: Home, stage: Stage
) -> None:
    talk = home.case(kind=RecordKind.CONCERN)
    assert (await stage.play("after_danger_question", talk)).said == ["utter_capture_words"]
    assert home.conversation(talk).capture_strand is EntryKind.WORDS


# ---- danger ----


async def test_danger_says_what_to_do_and_then_who_was_told(home: Home, stage: Stage) -> None:
    talk = home.talk()
    played = await stage.play("raise_alarm", talk)
    assert played.said == [*ALARM, "utter_danger_next"]
    assert played.slots[1]["told"] == "the Line Manager and the Duty DSL"
    assert played.slots[1]["reference"] == home.head(talk).reference


async def test_danger_said_at_the_danger_question_answers_it(home: Home, stage: Stage) -> None:
    talk = home.case()
    assert (await stage.play("raise_alarm_in_danger_form", talk)).said == ALARM
    assert [(e.topic, e.value) for e in home.entries(talk) if e.kind is EntryKind.ANSWER] == [
        (DANGER_NOW, "yes")
    ]


async def test_danger_among_the_questions_goes_on_with_them(home: Home, stage: Stage) -> None:
    talk = home.told_case()
    assert (await stage.play("raise_alarm_in_record_form", talk)).said == ALARM
    climb = home.climb(talk)
    assert climb is not None
    assert climb.urgency is Urgency.EMERGENCY


async def test_danger_with_nobody_to_tell_gives_the_number_outside(
    home: Home, stage: Stage
) -> None:
    talk = home.case()
    everybody = frozenset(person.id for person in home.house.organisation.people)
    with home.store.work() as work:
        escalate.leave_out(home.house, work, home.head(talk), everybody)
    played = await stage.play("raise_alarm", talk)
    assert played.said[:2] == ["utter_danger", "utter_danger_nobody_to_tell"]
    assert played.slots[1]["outside_phone"] == "01632 960111"


async def test_the_alarm_is_up_before_a_word_of_it_is_said(home: Home, stage: Stage) -> None:
    talk = home.talk()
    message = home.message(talk, "he has a knife")
    danger.raise_alarm(home.house, talk, message.id)  # the connector has noticed it first
    played = await stage.play_again("raise_alarm", message)
    assert played.said[:2] == ALARM
    assert home.asked_ever(talk) == ["line_manager", "dsl"]


async def test_999_is_noted(home: Home, stage: Stage) -> None:
    talk = home.case()
    assert (await stage.play("note_999", talk)).said == ["utter_noted_999"]
    assert home.topics(talk) == [Topic.CALLED_999]


async def test_a_false_alarm_is_noted_and_somebody_still_looks(home: Home, stage: Stage) -> None:
    talk = home.talk()
    await stage.play("raise_alarm", talk)
    before = home.climb(talk)
    assert (await stage.play("note_no_danger", talk)).said == ["utter_noted_no_danger"]
    assert home.climb(talk) == before


# ---- asked at any time ----


async def test_what_to_say_is_said_again(home: Home, stage: Stage) -> None:
    assert (await stage.play("say_again", home.talk())).said == ["utter_say_once"]


async def test_what_was_taken_for_a_question_can_be_kept_as_their_words(
    home: Home, stage: Stage
) -> None:
    talk = home.case("he hits me")
    typed = home.message(talk, "she said i hate him, what do i tell mum")
    played = await stage.play_again("say_again", typed)
    assert played.said == ["utter_say_once", "utter_taken_as_question"]
    line = home.message(talk, "what do i tell mum", kind=MessageKind.WORDS)
    assert (await stage.play_again("say_again", line)).said == ["utter_say_once"]


async def test_a_leading_question_is_turned_into_an_open_one(home: Home, stage: Stage) -> None:
    played = await stage.play("check_wording", home.case())
    assert played.said == ["utter_wording_not_introduces", "utter_wording_instead"]


async def test_the_better_question_is_built_from_their_own_words(home: Home, stage: Stage) -> None:
    talk = home.case("he comes in my room at night")
    capture.close_capture(home.house, talk)
    played = await stage.play("check_wording", talk)
    assert played.said == ["utter_wording_not_introduces", "utter_wording_instead_anchor"]
    assert played.slots[1]["anchor"] in "he comes in my room at night"


async def test_while_the_capture_is_open_a_question_may_have_been_their_words(
    home: Home, stage: Stage
) -> None:
    talk = home.case("he hits me")
    played = await stage.play("check_wording_in_capture", talk)
    assert played.said[-1] == "utter_taken_as_question"
    assert played.slots[-1]["message"] == played.message.id


async def test_a_planned_promise_is_stopped(home: Home, stage: Stage) -> None:
    text = "can i tell her i'll keep it secret"
    played = await stage.play("check_wording", home.case(), text=text)
    assert played.said == ["utter_wording_promise"]


async def test_a_promise_that_was_made_can_be_put_right(home: Home, stage: Stage) -> None:
    talk = home.case()
    played = await stage.play("note_promise", talk)
    assert played.said == ["utter_promise_repair"]
    assert home.texts(talk, EntryKind.TOLD) == [played.message.text]


async def test_contacts_have_a_number_each(home: Home, stage: Stage) -> None:
    played = await stage.play("show_contacts", home.talk())
    assert played.said == ["utter_contacts"]
    assert all(played.slots[0][f"{name}_phone"] for name in ("on_call", "safeguarding_lead"))


async def test_contacts_leave_out_whoever_it_is_about(home: Home, stage: Stage) -> None:
    played = await stage.play("show_contacts", home.case("the duty dsl hits me"))
    assert "Duty DSL" not in played.slots[0].values()


async def test_the_status_of_nothing_is_said_kindly(home: Home, stage: Stage) -> None:
    assert (await stage.play("show_status", home.talk())).said == ["utter_status_none"]


async def test_the_status_follows_the_case(home: Home, stage: Stage) -> None:
    talk = home.case("he hits me")
    assert (await stage.play("show_status", talk)).said == ["utter_status_draft"]
    capture.close_capture(home.house, talk)
    assert (await stage.play("show_status", talk)).said == ["utter_status_holding"]
    home.answer(talk, "involves_us", "No", "no")
    assert (await stage.play("show_status", talk)).said == ["utter_status_climbing"]
    with home.store.work() as work:
        escalate.acknowledge(home.house, work, home.head(talk).reference, "dsl")
    taken = await stage.play("show_status", talk)
    assert (taken.said, taken.slots[0]["by"]) == (["utter_status_acknowledged"], "Duty DSL")


async def test_the_status_elsewhere_is_that_of_every_case(home: Home, stage: Stage) -> None:
    for _ in range(4):
        home.case()
    played = await stage.play("show_status", home.talk())
    assert played.said == ["utter_status_draft"] * 3


async def test_nobody_who_answers_is_said_with_the_number_outside(home: Home, stage: Stage) -> None:
    talk = home.told_case()
    home.pass_time(hours=2)
    played = await stage.play("show_status", talk)
    assert played.said == ["utter_status_undelivered"]
    assert played.slots[0]["outside_phone"]


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("give_advice_by_button", "utter_advice_share_request"),
        ("give_advice_in_words", "utter_advice_official_request"),
    ],
)
async def test_a_need_without_its_own_guide_gets_safe_advice(
    home: Home, stage: Stage, name: str, sentence: str
) -> None:
    assert (await stage.play(name, home.talk())).said == [sentence]


async def test_what_is_not_understood_offers_the_two_likeliest_needs(
    home: Home, stage: Stage
) -> None:
    played = await stage.play("not_understood", home.talk())
    assert played.said[0] == "utter_not_understood"
    assert len(played.said) <= 3
    assert all(name.startswith("utter_meaning_") for name in played.said[1:])


async def test_where_there_is_no_meaning_to_offer_it_says_what_can_be_done(
    home: Home, stage: Stage
) -> None:
    played = await stage.play("not_understood_yes_to_nothing", home.talk())
    assert played.said == ["utter_help"]


async def test_after_two_failures_a_person_is_offered(home: Home, stage: Stage) -> None:
    talk = home.talk()
    with home.store.work() as work:
        work.turns.add(talk, {"replies": [{"response": "utter_not_understood"}]})
    played = await stage.play("not_understood", talk)
    assert played.said == ["utter_not_understood_again"]


async def test_what_a_button_said_the_meaning_of_begins_the_record(
    home: Home, stage: Stage
) -> None:
    talk = home.talk()
    typed = home.message(talk, "he said his dad locks him in the shed")
    with home.store.work() as work:
        said = {"replies": [{"response": "utter_not_understood"}]}
        work.turns.add(talk, said, typed.id)
    await stage.play("begin_disclosure_by_button", talk)
    assert home.texts(talk, EntryKind.NOTE) == [typed.text]


# ---- their words ----


@pytest.mark.parametrize(
    ("name", "strand"),
    list(zip(("open_words", "open_asked", "open_saw", "open_think"), STRANDS, strict=True)),
)
async def test_each_list_is_opened_with_its_own_sentence(
    home: Home, stage: Stage, name: str, strand: EntryKind
) -> None:
    talk = home.talk()
    played = await stage.play(name, talk)
    assert played.said == [name.replace("open_", "utter_capture_")]
    assert home.conversation(talk).capture_strand is strand


async def test_done_says_what_was_kept_and_nothing_yet_of_who_was_told(
    home: Home, stage: Stage
) -> None:
    talk = home.case("one", "two")
    played = await stage.play("close_capture", talk)
    assert played.said == ["utter_words_kept"]
    assert played.slots[0]["lines"] == "2 lines"
    assert home.asked_ever(talk) == []


async def test_one_line_is_said_to_be_one_line(home: Home, stage: Stage) -> None:
    played = await stage.play("close_capture", home.case("one"))
    assert played.slots[0]["lines"] == "1 line"


async def test_done_with_nothing_open_says_so(home: Home, stage: Stage) -> None:
    assert (await stage.play("close_capture", home.talk())).said == ["utter_nothing_to_close"]


async def test_a_line_is_amended_by_the_next_one(home: Home, stage: Stage) -> None:
    talk = home.case(*SIX_LINES)
    played = await stage.play("amend_line", talk)
    seq = saved("amend_line")["call"]["tracker"]["latest_message"]["entities"][0]["value"]
    assert played.said == ["utter_amend_line"]
    assert home.conversation(talk).capture_amends == seq


async def test_a_line_is_asked_for_its_second_list_and_put_there(home: Home, stage: Stage) -> None:
    talk = home.case(*SIX_LINES)
    asked = await stage.play("copy_line", talk)
    seq = saved("copy_into")["call"]["tracker"]["latest_message"]["entities"][0]["value"]
    assert (asked.said, asked.slots[0]["seq"]) == (["utter_copy_line"], str(seq))
    put = await stage.play("copy_into", talk)
    assert put.said == ["utter_line_copied"]
    assert home.texts(talk, EntryKind.OBSERVATION) == [home.entries(talk)[seq - 1].text]


async def test_a_line_taken_for_a_question_is_kept_after_all(home: Home, stage: Stage) -> None:
    talk = home.case()
    question = home.message(talk, "can i ask if he touches her")
    played = await stage.play("keep_line", talk, KEPT=question.id)
    assert played.said == ["utter_capture_kept"]
    assert home.texts(talk, EntryKind.WORDS) == [question.text]


# ---- read back, sign, leave, come back ----


async def test_the_summary_passes_the_dialogue_without_a_word_of_the_record(
    home: Home, stage: Stage
) -> None:
    played = await stage.play("read_back", home.told_case("he hits me"))
    assert played.said == ["utter_summary"]
    assert "he hits me" not in str(played.slots)


async def test_tapping_a_line_asks_its_question_again(home: Home, stage: Stage) -> None:
    played = await stage.play("correct_line", home.told_case())
    assert (played.said, played.asks, played.sets("subject")) == ([], "subject", None)


async def test_signing_files_the_record_and_leaves_the_form(home: Home, stage: Stage) -> None:
    talk = home.case("he hits me")
    played = await stage.play("file_record", talk)
    assert played.said == ["utter_filed", "utter_told", "utter_filed_care"]
    assert played.asks is None
    assert [event["name"] for event in played.events if event["event"] == "active_loop"] == [None]


async def test_signing_tells_nobody_a_second_time(home: Home, stage: Stage) -> None:
    talk = home.told_case()
    played = await stage.play("file_record", talk)
    assert played.said == ["utter_filed", "utter_filed_told", "utter_filed_care"]
    assert home.asked_ever(talk) == ["line_manager", "dsl"]


async def test_signing_what_somebody_has_says_who(home: Home, stage: Stage) -> None:
    talk = home.told_case()
    with home.store.work() as work:
        escalate.acknowledge(home.house, work, home.head(talk).reference, "dsl")
    played = await stage.play("file_record", talk)
    assert played.said == ["utter_filed", "utter_status_acknowledged", "utter_filed_care"]


async def test_there_is_nothing_to_sign_without_a_record(home: Home, stage: Stage) -> None:
    assert (await stage.play("file_record", home.talk())).said == ["utter_nothing_to_sign"]


async def test_not_yet_saves_a_draft(home: Home, stage: Stage) -> None:
    talk = home.told_case()
    played = await stage.play("leave_for_now", talk)
    assert played.said == ["utter_left_for_now"]
    case = cases.of_conversation(home.house, talk)
    assert case is not None
    assert case.status is Status.DRAFT


async def test_not_yet_without_a_record_has_nothing_to_save(home: Home, stage: Stage) -> None:
    assert (await stage.play("leave_for_now", home.talk())).said == ["utter_status_none"]


async def test_starting_again_moves_to_a_new_conversation(home: Home, stage: Stage) -> None:
    talk = home.case()
    played = await stage.play("begin_again", talk)
    newest = home.conversations_of("reporter")
    assert played.said == ["utter_moved"]
    assert played.slots[0]["conversation"] in {one.id for one in newest} - {talk}


async def test_carrying_on_moves_to_the_other_case(home: Home, stage: Stage) -> None:
    other = home.case()
    played = await stage.play("carry_on", home.talk(), OTHER=other)
    assert played.said == ["utter_moved_back"]
    assert played.slots[0]["conversation"] == other


async def test_nobody_moves_to_somebody_elses_case(home: Home, stage: Stage) -> None:
    other = home.case(person="volunteer")
    played = await stage.play("carry_on", home.talk(), OTHER=other)
    assert played.said == ["utter_unknown_button"]


# ---- what holds for all ----


@pytest.mark.parametrize("name", saved_names())
async def test_no_action_hands_a_word_of_the_record_to_the_dialogue(
    home: Home, stage: Stage, name: str
) -> None:
    secret = "the marker that stands in the record"
    talk = home.case(secret, *SIX_LINES)
    home.answer(talk, "subject", secret, None)
    saw = home.message(talk, secret, kind=MessageKind.WORDS, strand=EntryKind.OBSERVATION)
    capture.keep(home.house, saw)
    capture.close_capture(home.house, talk)
    other = home.case()
    played = await stage.play(name, talk, KEPT=saw.id, OTHER=other)
    # A question that was checked quotes their words back, on purpose (conversation.md).
    told = [s for n, s in zip(played.said, played.slots, strict=True) if "anchor" not in s]
    assert secret not in str(told)
    assert secret not in str(played.events)


@pytest.mark.parametrize("name", saved_names())
async def test_a_call_that_comes_twice_leaves_one_trace(
    home: Home, stage: Stage, name: str
) -> None:
    talk = home.case(*SIX_LINES)
    kept = home.message(talk, "can i ask if he hits her")
    played = await stage.play(name, talk, KEPT=kept.id, OTHER=home.case())
    before = home.entries(talk)
    await stage.play_again(name, played.message, KEPT=kept.id, OTHER=home.case())
    assert home.entries(talk) == before


# ---- duties, and concerns about a colleague ----


async def test_nothing_is_due_until_something_has_happened(home: Home, stage: Stage) -> None:
    played = await stage.play("show_duties", home.talk("volunteer"))
    assert played.said == ["utter_due_nothing"]


@pytest.mark.rule("C13")
async def test_a_duty_is_begun_by_whose_it_is_and_is_gone_for_everybody_else(
    home: Home, stage: Stage
) -> None:
    with home.store.work() as work:
        today = work.now().date()
        (duty,) = duties.begin(home.house, work, "reporter", "start_of_role", today)
    begun = await stage.play("begin_duty", home.talk(), DUTY=duty.id)
    assert begun.said == ["utter_begin_duty"]
    assert home.head(begun.message.conversation_id).kind is RecordKind.DUTY
    again = await stage.play("begin_duty", home.talk(), DUTY=duty.id)
    assert again.said == ["utter_moved"]
    assert again.slots[0]["conversation"] == begun.message.conversation_id
    other = await stage.play("begin_duty", home.talk("volunteer"), DUTY=duty.id)
    assert other.said == ["utter_duty_gone"]


async def test_an_event_puts_what_is_due_on_the_calendar(
    known: Known, template: Path, tmp_path: Path
) -> None:
    home = Home(
        known_of("home_start_mid_west_suffolk", known.coach, known.phrases), template, tmp_path
    )
    noted = await Stage(home).play("note_event", home.talk("volunteer"))
    assert noted.said == ["utter_due_soon"]
    assert noted.slots[0]["title"] == "Notes at the end of support"
    home.engine.dispose()


@pytest.mark.rule("C14")
async def test_whoever_is_named_hears_nothing_and_the_person_hears_who_was_told(
    home: Home, stage: Stage
) -> None:
    talk = home.talk()
    played = await stage.play("begin_colleague", talk)
    assert played.said == ["utter_begin_colleague", "utter_told"]
    assert "Line Manager" not in played.slots[1]["told"]
    assert "line_manager" in home.left_out(talk)


async def test_a_concern_begun_on_a_new_page_says_so_there(home: Home, stage: Stage) -> None:
    walk = Walk.begin(home)
    moved = await stage.play("begin_colleague", walk.talk)
    assert moved.said == ["utter_moved"]
    there = moved.slots[0]["conversation"]
    assert home.head(there).kind is RecordKind.CONCERN
    assert "line_manager" in home.left_out(there)
