"""What a message is: a line, a command, a button, or talk; and nothing typed is ever a command.

Source: reliability.md R1, R10 and drill 15.
"""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casework import danger
from casework.facts import Conversation, Message, MessageKind
from casework.vocabulary import EntryKind
from connectors import reading
from connectors.reading import Button, Reading
from connectors.replies import DANGER, STANDING
from tests.unit.home import Home

BEFORE = ("", " ", "\t", "\n", "\r\n ", "\u00a0", "\u2003", "\u3000", "\u200b", "\ufeff")
COMMANDS = (
    "/restart",
    "/session_start",
    "/back",
    "/affirm",
    "/deny",
    "/done",
    "/sign",
    "/immediate_danger",
    "/confirm_start_again",
    "/disclosure_now",
    '/inform{"severity": "low"}',
    '/correct_line{"question": "subject"}',
    '/carry_on{"conversation": "x"}',
    '/amend_line{"seq": 1}',
    "/intent@1.0",
    '/intent@1.0{"a": "b"}',
    "//restart",
    "/ restart",
    "／restart",
    "/",
)
SLASHES = ["".join(parts) for parts in product(BEFORE, COMMANDS)]
ANY_TEXT = st.text(st.characters(exclude_categories=()), min_size=1, max_size=300)
a_house = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def read(home: Home, message: Message) -> Reading:
    with home.store.read() as work:
        talk: Conversation = work.conversations.get(message.conversation_id)
        return reading.read(home.house, work, talk, message)


def typed(home: Home, text: str, talk: str | None = None) -> Reading:
    return read(home, home.message(talk or home.talk(), text))


def is_command_to_rasa(text: str) -> bool:
    """As RegexMessageHandler of Rasa 3.6.21 decides: it strips, and looks at the first sign."""
    return text.strip().startswith("/")


def shown(
    home: Home,
    talk: str,
    *buttons: tuple[str, str],
    asks: str | None = None,
    response: str = "r",
) -> int:
    """A turn with these buttons (title, payload); returns its id."""
    offered = [{"title": title, "payload": payload} for title, payload in buttons]
    reply = {"response": response, "buttons": offered, "more": [], "lines": []}
    with home.store.work() as work:
        return work.turns.add(talk, {"replies": [reply], "asks": asks}).id


def press(home: Home, talk: str, button: str) -> Reading:
    return read(home, home.message(talk, "title", kind=MessageKind.PRESS, button=button))


# ---- slashes ----


def test_there_are_two_hundred_ways_to_type_a_command() -> None:
    assert len(set(SLASHES)) == 200


@pytest.mark.parametrize("before", BEFORE, ids=ascii)
def test_nothing_typed_is_a_command(home: Home, before: str) -> None:
    for command in COMMANDS:
        found = typed(home, before + command)
        assert found.to_dialogue is not None
        assert found.danger or not is_command_to_rasa(found.to_dialogue)


@pytest.mark.parametrize("before", BEFORE, ids=ascii)
def test_a_typed_command_is_kept_as_it_was_typed(home: Home, before: str) -> None:
    talk = home.talk()
    for command in COMMANDS:
        assert home.message(talk, before + command).text == before + command


def test_while_the_capture_is_open_a_typed_command_is_what_they_said(home: Home) -> None:
    talk = home.case("he hits me")
    for command in SLASHES:
        assert typed(home, command, talk).is_line


def test_a_typed_payload_of_a_shown_button_is_still_only_text(home: Home) -> None:
    talk = home.talk()
    shown(home, talk, ("Yes", "/affirm"), asks="subject")
    assert typed(home, "/affirm", talk).to_dialogue == "note: /affirm"


@a_house
@given(text=ANY_TEXT)
def test_no_text_at_all_becomes_a_command(text: str) -> None:
    harmless = reading.harmless(text)
    assert not is_command_to_rasa(harmless)
    assert len(harmless) <= reading.TO_DIALOGUE
    harmless.encode()


@a_house
@given(text=ANY_TEXT)
def test_what_is_typed_is_read_as_exactly_one_thing(home: Home, text: str) -> None:
    found = typed(home, text)
    assert (found.to_dialogue is not None) + found.is_line + (found.button is not None) == 1


def test_a_long_text_is_cut_after_the_word_in_front_of_it() -> None:
    assert reading.harmless("/" + "a" * 9_000) == "note: /" + "a" * 7_993


# ---- commands that a person may type ----


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("help", "/help"),
        ("Status", "/record_status"),
        ("can you remind me on friday", "/remind_me"),
        ("remind me what C16 says", "remind me what C16 says"),
        ("start again", "/start_again"),
        ("what do i say?", "/say_again"),
        ("can i ask if he touches her", "/wording_check"),
    ],
)
def test_what_is_said_to_heard_itself_works_in_any_state(
    home: Home, text: str, command: str
) -> None:
    assert typed(home, text).to_dialogue == command


def test_done_ends_the_capture_and_a_question_to_heard_does_not(home: Home) -> None:
    talk = home.case("he hits me")
    assert typed(home, "done", talk).to_dialogue == "/done"
    assert typed(home, "can i ask if he touches her", talk).to_dialogue == "/wording_check"
    assert typed(home, "what do i say?", talk).to_dialogue == "/say_again"


@pytest.mark.parametrize("text", ["help", "stop", "status", "start again", "told her i wont tell"])
def test_in_an_open_capture_it_may_well_be_what_they_said(home: Home, text: str) -> None:
    assert typed(home, text, home.case("he hits me")).is_line


def test_a_promise_is_noticed_once_there_is_a_case(home: Home) -> None:
    assert typed(home, "told her i wont tell mum").to_dialogue != "/promise_made"
    assert typed(home, "told her i wont tell mum", home.case()).to_dialogue == "/promise_made"


def test_what_is_said_after_a_promise_was_put_right_is_the_answer(home: Home) -> None:
    talk, answer = home.case(), "they have no need of it"
    assert typed(home, answer, talk).to_dialogue == "/promise_made"  # by meaning, and wrongly
    shown(home, talk, asks="why_not_shared", response="utter_promise_repair")
    with home.house.store.work() as work:
        work.conversations.change(talk, asks="why_not_shared")
    assert typed(home, answer, talk).to_dialogue == answer
    shown(home, talk, asks="why_not_shared")
    assert typed(home, "told her i wont tell mum", talk).to_dialogue == "/promise_made"


def test_a_repair_that_an_edit_led_to_is_no_question_put_again(home: Home) -> None:
    talk = home.case()
    shown(home, talk, asks="why_not_shared")
    with home.house.store.work() as work:
        work.conversations.change(talk, asks="why_not_shared")
        repair = {"response": "utter_promise_repair", "buttons": [], "more": [], "lines": []}
        work.turns.add(talk, {"replies": [repair], "asks": None, "pushed": True})
    assert typed(home, "told her i wont tell mum", talk).to_dialogue == "/promise_made"


def test_who_else_was_there_is_no_promise(home: Home) -> None:
    talk = home.case()
    with home.house.store.work() as work:
        work.conversations.change(talk, asks="present")
    assert typed(home, "just us", talk).to_dialogue == "just us"


@pytest.mark.parametrize("text", ["im done", "thats it", "that's it now"])
def test_what_may_be_their_words_does_not_end_the_capture(home: Home, text: str) -> None:
    assert typed(home, text, home.case("he hits me")) == Reading(is_line=True)


def words(home: Home, talk: str, text: str, strand: EntryKind) -> Reading:
    return read(home, home.message(talk, text, kind=MessageKind.WORDS, strand=strand))


@pytest.mark.parametrize(
    ("text", "answer"),
    [("can i ask if he touches her", "/wording_check"), ("what do i say?", "/say_again")],
)
def test_a_question_to_heard_among_their_words_is_kept_and_answered(
    home: Home, text: str, answer: str
) -> None:
    talk = home.case("he hits me")
    assert words(home, talk, text, EntryKind.WORDS) == Reading(is_line=True, to_dialogue=answer)
    assert words(home, talk, text, EntryKind.QUESTION_ASKED) == Reading(is_line=True)


def test_a_promise_among_what_was_said_to_them_is_kept_and_put_right(home: Home) -> None:
    talk, promise = home.case("he hits me"), "i said i wont tell your mum"
    said = words(home, talk, promise, EntryKind.QUESTION_ASKED)
    assert said == Reading(is_line=True, to_dialogue="/promise_made")
    assert words(home, talk, promise, EntryKind.WORDS) == Reading(is_line=True)


# ---- danger ----


def test_danger_goes_before_anything_else(home: Home) -> None:
    found = typed(home, "he has a knife")
    assert (found.to_dialogue, found.danger, found.is_line) == (DANGER, True, False)


def test_an_answer_that_raised_the_alarm_is_the_answer_the_second_time(home: Home) -> None:
    talk, answer = home.case(), "rang 999 he has a knife and they are coming"
    with home.house.store.work() as work:
        work.conversations.change(talk, asks="action_so_far")
    first = home.message(talk, answer)
    assert read(home, first).to_dialogue == DANGER
    danger.raise_alarm(home.house, talk, first.id)
    again = typed(home, answer, talk)
    assert (again.to_dialogue, again.danger) == (answer, True)
    assert typed(home, "he has a knife at her throat", talk).to_dialogue == DANGER


def test_the_first_of_two_alarms_in_the_same_words_stays_the_alarm(home: Home) -> None:
    """Both were raised while the dialogue was down; now the first is read again."""
    talk = home.case()
    with home.house.store.work() as work:
        work.conversations.change(talk, asks="action_so_far")
    first, second = (home.message(talk, "he has a knife") for _ in range(2))
    for message in (first, second):
        danger.raise_alarm(home.house, talk, message.id)
    assert read(home, first).to_dialogue == DANGER
    assert read(home, second).to_dialogue == "he has a knife"


@pytest.mark.parametrize(
    ("text", "button"),
    [
        ("ive called 999", "/called_999"),
        ("I\u2019ve called 999", "/called_999"),
        ("false alarm", "/no_danger"),
        ("nobody is in danger", "/no_danger"),
    ],
)
def test_what_came_of_an_alarm_can_be_typed(home: Home, text: str, button: str) -> None:
    talk = home.case()
    assert typed(home, text, talk).to_dialogue != button
    danger.raise_alarm(home.house, talk, home.message(talk, "he has a knife").id)
    assert typed(home, text, talk).to_dialogue == button
    with home.house.store.work() as work:
        work.conversations.change(talk, asks="action_so_far")
    shown(home, talk, asks="action_so_far")
    assert typed(home, text, talk).to_dialogue != button
    shown(home, talk, asks="action_so_far", response="utter_danger")
    assert typed(home, text, talk).to_dialogue == button


@pytest.mark.parametrize("kind", [MessageKind.TEXT, MessageKind.WORDS])
def test_danger_in_a_line_is_a_line_all_the_same(home: Home, kind: MessageKind) -> None:
    talk = home.case("he hits me")
    found = read(home, home.message(talk, "he has a knife", kind=kind))
    assert (found.is_line, found.danger) == (True, True)


def test_words_are_a_line_whatever_is_open(home: Home) -> None:
    message = home.message(
        home.talk(), "done", kind=MessageKind.WORDS, strand=EntryKind.OBSERVATION
    )
    assert read(home, message).is_line


# ---- buttons ----


def test_a_button_does_what_it_was_shown_to_do(home: Home) -> None:
    talk = home.talk()
    turn = shown(home, talk, ("Add to it", '/copy_line{"seq": 3}'))
    assert press(home, talk, f"{turn}.0").to_dialogue == '/copy_line{"seq": 3}'


@pytest.mark.parametrize(
    "button",
    ["", "unknown", "1", "1.", ".0", "1.99", "-1.0", "0.0", "999999.0", "a.b", "1.0.0", "²", "٣.0"],
)
def test_a_button_that_was_never_shown_does_nothing(home: Home, button: str) -> None:
    talk = home.talk()
    shown(home, talk, ("Yes", "/affirm"), asks="subject")
    assert press(home, talk, button) == Reading(button=Button.UNKNOWN)


def test_a_button_of_another_conversation_does_nothing_here(home: Home) -> None:
    turn = shown(home, home.talk("volunteer"), ("Sign and file", "/sign"))
    assert press(home, home.talk(), f"{turn}.0") == Reading(button=Button.UNKNOWN)


def test_a_payload_is_no_button(home: Home) -> None:
    talk = home.talk()
    shown(home, talk, ("Yes", "/affirm"))
    assert press(home, talk, "/affirm") == Reading(button=Button.UNKNOWN)


@pytest.mark.parametrize("payload", sorted(reading.ANSWERS))
def test_an_answer_belongs_to_the_question_it_was_shown_under(home: Home, payload: str) -> None:
    talk = home.talk()
    turn = shown(home, talk, ("Yes", payload), asks="subject")
    assert press(home, talk, f"{turn}.0") == Reading(button=Button.OLD)
    with home.store.work() as work:
        work.conversations.change(talk, asks="subject")
    assert press(home, talk, f"{turn}.0").to_dialogue == payload


@pytest.mark.parametrize("name", STANDING)
def test_a_standing_button_means_the_same_whenever_it_is_pressed(home: Home, name: str) -> None:
    found = press(home, home.talk(), name)
    assert (found.to_dialogue, found.danger) == (STANDING[name], name == "danger")


def test_a_typed_title_presses_the_button_that_was_just_shown(home: Home) -> None:
    talk = home.talk()
    shown(home, talk, ("Sign and file", "/sign"))
    assert typed(home, " sign AND file ", talk).to_dialogue == "/sign"
    shown(home, talk)
    assert typed(home, "sign and file", talk).to_dialogue == "sign and file"


@pytest.mark.parametrize(
    "text", ["should I say I'll keep it secret?", "Can I promise her I won't tell anyone?"]
)
def test_who_asks_leave_to_promise_has_promised_nothing(home: Home, text: str) -> None:
    assert typed(home, text, home.case()).to_dialogue == "/wording_check"


def test_a_promise_that_is_regretted_was_made(home: Home) -> None:
    text = "Should I have promised him I won't tell anyone?"
    assert typed(home, text, home.case()).to_dialogue == "/promise_made"


def test_a_promise_is_noticed_where_who_was_there_is_asked(home: Home) -> None:
    talk = home.case()
    with home.house.store.work() as work:
        work.conversations.change(talk, asks="present")
    text = "only the two of us, she asked me not to tell and I said ok i wont"
    assert typed(home, text, talk).to_dialogue == "/promise_made"


@pytest.mark.parametrize("strand", [EntryKind.OBSERVATION, EntryKind.OPINION])
def test_a_promise_among_what_they_saw_or_think_is_kept_and_put_right(
    home: Home, strand: EntryKind
) -> None:
    said = words(home, home.case("he hits me"), "i told him i wont tell his mum", strand)
    assert said == Reading(is_line=True, to_dialogue="/promise_made")
