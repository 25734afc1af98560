"""The command line as scripts use it: a disclosure in JSON lines, records, escalations, codes."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from typing import Any

import pytest

from tests.whole.people import said, says
from tests.whole.processes import Heard, texts

Line = str | dict[str, str]
REASON = ("--reason", "I have the case.")
DONE, SAID_NO, WRONG_USE = 0, 1, 2

TO_THE_END = [
    "hello",
    {"press": "Someone is telling me something now"},
    "no hes at work till 6",
    "can i ask if he touches her",
    {"press": "Write down their words"},
    {"words": "he comes in my room  at nite"},
    {"words": '/he said\n  "dont tell" 😢 ', "strand": "words"},
    {"words": "what happened then", "strand": "question_asked"},
    {"press": "What I saw"},
    {"words": "she was shaking"},
    {"press": "Done"},
    {"press": "No"},
]
THEIR_WORDS = ["he comes in my room  at nite", '/he said\n  "dont tell" 😢 ']


class Terminal:
    """One `heard chat --json`: a line in, an object out."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._in = process.stdin
        self._out = process.stdout
        self._process = process

    def send(self, line: Line) -> dict[str, Any]:
        """One line; returns its answer. What was pushed before it is part of neither."""
        self._in.write(json.dumps(line) + "\n")
        self._in.flush()
        return self._next(pushed=False)

    def pushed(self) -> dict[str, Any]:
        """What Heard says by itself."""
        return self._next(pushed=True)

    def leave(self) -> int:
        """The end of the input; returns the exit code."""
        self._in.close()
        return self._process.wait(timeout=60)

    def _next(self, *, pushed: bool) -> dict[str, Any]:
        for line in self._out:
            turn: dict[str, Any] = json.loads(line)
            if turn["pushed"] is pushed:
                return turn
        raise AssertionError(f"the terminal ended: {self._process.communicate()[1]}")


def script(heard: Heard, lines: Sequence[Line], person: str = "reporter") -> list[dict[str, Any]]:
    """A whole conversation at once, as `heard chat --json < script` has it."""
    given = "".join(json.dumps(line) + "\n" for line in lines)
    done = heard.command("chat", "--as", person, "--json", given=given)
    assert done.returncode == DONE, done.stderr
    turns = [json.loads(line) for line in done.stdout.splitlines()]
    return [turn for turn in turns if not turn["pushed"]]


def test_a_scripted_disclosure_goes_from_greeting_to_acknowledgement(heard: Heard) -> None:
    with heard.piped("chat", "--as", "reporter", "--json") as process:
        terminal = Terminal(process)
        turns = [terminal.send(line) for line in TO_THE_END]
        greeted, begun, danger, checked, *captured, closed, told = turns
        assert says(greeted, "utter_greet")
        assert begun["asks"] == "danger_now"
        assert [reply["kind"] for reply in danger["replies"]][:2] == ["say", "never"]
        assert "C16" in [code for reply in checked["replies"] for code in reply["clauses"]]
        assert checked["reference"] == danger["reference"]
        assert all(turn["capture_open"] for turn in captured)
        assert closed["asks"] == "involves_us"
        reference = closed["reference"]
        assert says(told, "utter_told")
        assert "the Line Manager and the Duty DSL" in said(told)

        taken = heard.command("escalations", "acknowledge", reference, "--as", "dsl")
        assert (taken.returncode, taken.stdout) == (DONE, f"You have {reference}.\n")
        taken_up = terminal.pushed()
        assert says(taken_up, "utter_acknowledged")
        assert "Duty DSL" in said(taken_up)
        late = heard.command("escalations", "acknowledge", reference, "--as", "line_manager")
        assert late.returncode == SAID_NO
        assert "Duty DSL has had this since" in late.stderr

        assert terminal.send("Jess")["asks"] == "child_or_adult"
        assert terminal.send({"press": "That's enough"})["asks"] == "safe_now"
        assert says(terminal.send({"press": "Yes"}), "utter_summary")
        filed = terminal.send({"press": "Sign and file"})
        assert says(filed, "utter_filed")
        assert reference in said(filed)
        status = terminal.send("status")
        assert says(status, "utter_status_acknowledged")
        assert "Duty DSL" in said(status)
        assert terminal.leave() == DONE
    record = heard.record(reference)
    assert record["status"] == "filed"
    assert texts(record, "words") == THEIR_WORDS
    assert texts(record, "question_asked") == ["what happened then"]
    assert texts(record, "observation") == ["she was shaking"]


@pytest.fixture(scope="module")
def told(heard: Heard) -> list[dict[str, Any]]:
    """The answers to a script that was sent at once; the case has gone up."""
    return script(heard, TO_THE_END)


def test_every_object_has_the_keys_that_scripts_rely_on(told: list[dict[str, Any]]) -> None:
    assert len(told) == len(TO_THE_END)
    for turn in told:
        promised = {"replies", "reference", "capture_open", "need", "asks", "outcome"}
        assert promised <= set(turn)
        for reply in turn["replies"]:
            assert {"text", "kind", "buttons", "clauses"} <= set(reply)
            assert all(set(button) == {"title"} for button in reply["buttons"])
    assert told[1]["need"] == "disclosure_now"


def test_records_are_listed_shown_exported_and_verified(
    heard: Heard, told: list[dict[str, Any]]
) -> None:
    reference = told[-1]["reference"]
    listed = heard.command_json("records", "list", "--as", "dsl")
    assert reference in [row["reference"] for row in listed]
    shown = heard.record(reference)
    assert {"reference", "kind", "status", "entries"} <= set(shown)
    line = next(entry for entry in shown["entries"] if entry["kind"] == "words")
    assert {"seq", "kind", "text", "by", "happened_at", "told_at", "written_at"} <= set(line)
    exported = heard.command_json("records", "export", reference, "--as", "dsl", *REASON)
    assert texts(exported, "words") == THEIR_WORDS
    assert texts(exported, "access")[-2:] == ["A test reads it.", "I have the case."]
    assert all(entry["hash"] for entry in exported["entries"])
    verified = heard.command_json("records", "verify")
    assert verified["entries"] > len(exported["entries"])
    assert verified["fault"] is None


def test_a_record_is_not_opened_without_a_reason_nor_for_everybody(
    heard: Heard, told: list[dict[str, Any]]
) -> None:
    reference = told[-1]["reference"]
    opened = texts(heard.record(reference), "access")
    for asked in (
        ("show", reference, "--as", "dsl"),
        ("export", reference, "--as", "dsl", "--reason", "  "),
        ("show", reference, "--as", "volunteer", *REASON),
        ("show", "HRD-2026-999999", "--as", "dsl", *REASON),
    ):
        refused = heard.command("records", *asked)
        assert (refused.returncode, refused.stdout) == (SAID_NO, "")
        assert refused.stderr.strip()
    assert texts(heard.record(reference), "access") == [*opened, "A test reads it."]
    listed = heard.command_json("records", "list", "--as", "volunteer")
    assert reference not in [row["reference"] for row in listed]


@pytest.mark.parametrize(
    ("arguments", "given"),
    [
        (("made-up",), ""),
        (("records", "show"), ""),
        (("chat", "--as", "nobody"), ""),
        (("chat", "--as", "reporter", "--json"), "not json\n"),
        (("chat", "--as", "reporter", "--json"), '{"push": "Done"}\n'),
    ],
)
def test_wrong_use_is_said_with_exit_code_2(
    arguments: tuple[str, ...], given: str, heard: Heard
) -> None:
    done = heard.command(*arguments, given=given)
    assert done.returncode == WRONG_USE
    assert done.stderr


def test_a_second_service_on_the_same_home_is_refused(heard: Heard) -> None:
    second = heard.command("up", "--port", "0")
    assert second.returncode == SAID_NO
    assert f"Heard runs already at {heard.address}" in second.stderr


def test_by_hand_a_button_is_pressed_by_number_or_title(heard: Heard) -> None:
    typed = ["#1", "No", "what do i say", "Write down their words", "it was dark", "#1", "status"]
    done = heard.command("chat", "--as", "on_call", given="\n".join(typed) + "\n")
    assert done.returncode == DONE, done.stderr
    for shown in ("[#1 Someone is telling me something now]", "[#2 No]", "I'm glad you told me"):
        assert shown in done.stdout
    assert "it was dark" in done.stdout
    assert "HRD-" in done.stdout


def test_one_person_has_several_open_cases_and_goes_from_one_to_the_other(heard: Heard) -> None:
    *_, first = script(heard, TO_THE_END, "volunteer")
    lines: list[Line] = [
        {"press": "I need to record something"},
        "no",
        {"words": "another child, another day"},
        {"press": "Done"},
        "start again",
        {"press": "Start again"},
        {"press": f"Carry on with {first['reference']}"},
        "status",
        "Sam",
    ]
    begun, _, kept, _, asked, moved, back, status, answered = script(heard, lines, "volunteer")
    assert kept["reference"] not in (None, first["reference"])
    assert says(asked, "utter_start_again")
    assert says(moved, "utter_moved")
    assert (moved["reference"], back["reference"]) == (None, first["reference"])
    assert back["asks"] == "subject"
    assert first["reference"] in said(status)
    assert answered["reference"] == first["reference"]
    assert begun["asks"] == "danger_now"
    listed = heard.command_json("records", "list", "--as", "volunteer")
    assert {kept["reference"], first["reference"]} <= {row["reference"] for row in listed}


def test_without_a_service_it_starts_its_own_and_hours_later_everything_is_there(
    idle: Heard,
) -> None:
    *_, closed = script(idle, [*TO_THE_END, "Jess"])
    assert closed["asks"] == "child_or_adult"
    reference = closed["reference"]
    assert not (idle.home / "running.json").exists()
    hours_pass(idle)
    lines: list[Line] = [{"press": f"Carry on with {reference}"}, "status", "she is 9"]
    back, status, answered = script(idle, lines)
    assert (back["reference"], back["asks"]) == (reference, "child_or_adult")
    assert says(status, "utter_status_climbing")
    assert reference in said(status)
    assert answered["asks"] == "told_limits"
    record = idle.record(reference)
    assert texts(record, "words") == THEIR_WORDS
    assert texts(record, "answer") == ["no hes at work till 6", "No", "Jess", "she is 9"]


def hours_pass(heard: Heard) -> None:
    """Everything that is remembered about the conversation is five hours older."""
    columns = {"conversations": ("last_message_at", "opened_at"), "turns": ("at",)}
    with heard.database() as connection:
        for table, names in columns.items():
            for name in names:
                connection.execute(
                    f"UPDATE {table} SET {name} = datetime({name}, '-5 hours') || '.000000'"
                )


def test_who_has_to_be_asked_first_is_remembered_until_they_have_answered(heard: Heard) -> None:
    lines: list[Line] = [
        "housing want to know if shes still living w him, do i tell them",
        "no its about the bedroom tax thing",
        "they say its to sort her benefit out so yeh i think so",
        "yes",
        "yes",
        "she said its ok i think? he was stood there",
        "i'll ask",
        {"press": "Remind me tomorrow"},
        "what do i have to do",
        "not sure",
        "shes fine with it, was on her own",
    ]
    *_, waiting, reminded, due, unsure, agreed = script(heard, lines)
    assert waiting["outcome"] == "do_not_share"
    assert says(reminded, "utter_share_remind_consent")
    assert says(due, "utter_due_ask_consent")
    assert waiting["reference"] in said(due)
    assert [turn["asks"] for turn in (waiting, reminded, due, unsure)] == ["consent"] * 4
    assert agreed["asks"] == "how_much"
