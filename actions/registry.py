"""Every action by its name in domain.yml. A test compares the two."""

from __future__ import annotations

from collections.abc import Mapping

from rasa_sdk.executor import ActionExecutor

from actions import danger, disclosure, duties, guide, questions, talk, unclear
from actions.base import Act, UseCaseAction
from casework.house import House
from casework.vocabulary import EntryKind

ACTIONS: Mapping[str, Act] = {
    "validate_danger_form": questions.validate_danger_form,
    "validate_record_form": questions.validate_record_form,
    "validate_guide_form": guide.validate_guide_form,
    "action_show_duties": duties.show,
    "action_begin_duty": duties.begin,
    "action_note_event": duties.note_event,
    "action_remind_me": duties.remind,
    "action_begin_guide": guide.begin,
    "action_why_asked": guide.why_asked,
    "action_change_answer": guide.change_answer,
    "action_rest_guide": guide.rest,
    "action_begin_disclosure": disclosure.begin_disclosure,
    "action_begin_colleague": disclosure.begin_colleague,
    "action_begin_report": disclosure.begin_report,
    "action_after_danger_question": danger.after_question,
    "action_raise_alarm": danger.raise_alarm,
    "action_note_999": danger.note_999,
    "action_note_no_danger": danger.note_no_danger,
    "action_say_again": talk.say_again,
    "action_check_wording": talk.check_wording,
    "action_note_promise": talk.note_promise,
    "action_open_words": disclosure.opener(EntryKind.WORDS),
    "action_open_asked": disclosure.opener(EntryKind.QUESTION_ASKED),
    "action_open_saw": disclosure.opener(EntryKind.OBSERVATION),
    "action_open_think": disclosure.opener(EntryKind.OPINION),
    "action_close_capture": disclosure.close_capture,
    "action_amend_line": disclosure.amend_line,
    "action_copy_line": disclosure.copy_line,
    "action_copy_into": disclosure.copy_into,
    "action_keep_line": disclosure.keep_line,
    "action_read_back": disclosure.read_back,
    "action_correct_line": disclosure.correct_line,
    "action_file_record": disclosure.file_record,
    "action_leave_for_now": disclosure.leave_for_now,
    "action_show_status": talk.show_status,
    "action_show_contacts": talk.show_contacts,
    "action_greet": talk.greet,
    "action_give_advice": talk.give_advice,
    "action_not_understood": unclear.not_understood,
    "action_begin_again": talk.begin_again,
    "action_carry_on": talk.carry_on,
}


def make_executor(house: House) -> ActionExecutor:
    """rasa-sdk's executor with Heard's actions."""
    executor = ActionExecutor()
    for name, act in ACTIONS.items():
        executor.register_action(UseCaseAction(name, house, act))
    return executor
