"""A subject access pack: every line looked at, and what was removed is nowhere in the file."""

from __future__ import annotations

import json
from typing import Any

import pytest

from casework import capture
from casework.facts import MessageKind
from casework.vocabulary import WHICH_OF_US, EntryKind, Topic
from tests.unit.home import Home
from tests.unit.papers import drawn_text, everything, whole
from tests.unit.run.commandline import Command, command_in, out

# Letters that stand nowhere else in a pack: if one is in the file, it came from here.
THIRD_PARTY = "Żółć Ðœð"
HARM = "ВЪЮГА"
SAID = f"he hit me and {THIRD_PARTY} saw it"


@pytest.fixture
def heard(home: Home) -> Command:
    return command_in(home)


@pytest.fixture
def talk(home: Home) -> str:
    """Line 1 names somebody else, line 2 could do harm, line 3 is harmless."""
    talk = home.case(SAID, f"the address is {HARM}", "I was scared")
    capture.close_capture(home.house, talk)
    home.answer(talk, "involves_us", "No", "no")
    return talk


def review(heard: Command, home: Home, talk: str, lines: str, *more: str, who: str = "dsl") -> Any:
    why = () if "--why" in more else ("--why", "looked at it")
    ref = home.head(talk).reference
    return heard("records", "review", ref, "--as", who, "--lines", lines, *why, *more)


def pack(heard: Command, home: Home, talk: str, *more: str, who: str = "dsl") -> Any:
    ref = home.head(talk).reference
    asked = ("--as", who, "--reason", "she asked for her data", *more)
    return heard("records", "subject-access", ref, *asked)


def answers(home: Home, talk: str) -> str:
    return ",".join(str(e.seq) for e in home.entries(talk) if e.kind is EntryKind.ANSWER)


def reviewed(heard: Command, home: Home, talk: str) -> None:
    """All lines decided, as a careful reviewer would."""
    words = ("--remove", "third_party", "--words", THIRD_PARTY.upper())
    asked = ("--remove", "serious_harm", "--advice", "Dr Q agrees")
    for done in (
        review(heard, home, talk, "1", *words),
        review(heard, home, talk, "2", *asked),
        review(heard, home, talk, f"3,{answers(home, talk)}"),
    ):
        assert done.exit_code == 0, done.output


def test_nothing_leaves_before_every_line_was_looked_at(
    home: Home, heard: Command, talk: str
) -> None:
    review(heard, home, talk, "3")
    refused = pack(heard, home, talk)
    assert refused.exit_code == 1
    assert f"Nobody has looked at these lines yet: 1, 2, {answers(home, talk)}" in refused.output


def test_what_was_removed_is_in_no_byte_of_the_file(home: Home, heard: Command, talk: str) -> None:
    reviewed(heard, home, talk)
    pdf = pack(heard, home, talk).stdout_bytes
    text = whole(pdf)
    assert "removed: about somebody else" in text
    assert "removed: could do serious harm" in text
    for given in ("he hit me and", "saw it", "I was scared"):
        assert given in text
    raw, drawable = everything(pdf), drawn_text(pdf)
    assert "h" in drawable  # the tables were found
    for secret in (THIRD_PARTY, HARM):
        for word in secret.split():
            assert word not in text
            for encoded in (
                word.encode(),
                word.encode("utf-16-be"),
                word.encode("utf-16-be").hex().encode(),
                word.encode("utf-16-be").hex().upper().encode(),
                json.dumps(word).strip('"').encode(),
            ):
                assert encoded not in raw
        odd = {letter for letter in secret if not letter.isascii()}
        assert not odd & set(drawable), "a font of the file can still draw what was removed"


def test_what_is_given_can_be_found_by_the_same_means(
    home: Home, heard: Command, talk: str
) -> None:
    """So that not finding it says something."""
    review(heard, home, talk, f"1,2,3,{answers(home, talk)}")
    pdf = pack(heard, home, talk).stdout_bytes
    assert set(HARM) | set("Żółć") <= set(drawn_text(pdf))
    assert HARM in whole(pdf)


def test_what_was_removed_is_not_in_the_json_either(home: Home, heard: Command, talk: str) -> None:
    reviewed(heard, home, talk)
    made = pack(heard, home, talk, "--format", "json")
    content = out(made)
    lines = {line["seq"]: line for line in content["lines"]}
    assert lines[1]["pieces"] == [
        {"text": "he hit me and "},
        {"removed": "third_party"},
        {"text": " saw it"},
    ]
    assert (lines[2]["removed"], lines[2]["pieces"]) == ("serious_harm", [])
    for secret in (THIRD_PARTY, HARM, json.dumps(THIRD_PARTY)[1:-1], json.dumps(HARM)[1:-1]):
        assert secret not in made.stdout


def test_nobody_who_works_here_is_named(home: Home, heard: Command, talk: str) -> None:
    reviewed(heard, home, talk)
    for format_ in ("json", "pdf"):
        made = pack(heard, home, talk, "--format", format_)
        text = made.stdout if format_ == "json" else whole(made.stdout_bytes)
        assert "Family Worker" not in text
        assert "she asked for her data" not in text
        assert "looked at it" not in text
    assert "proof" not in json.loads(pack(heard, home, talk, "--format", "json").stdout)


def test_words_removed_in_one_line_may_not_stand_in_another(
    home: Home, heard: Command, talk: str
) -> None:
    later = capture.keep(home.house, home.message(talk, THIRD_PARTY, kind=MessageKind.WORDS))
    reviewed(heard, home, talk)
    review(heard, home, talk, str(later.seq))
    refused = pack(heard, home, talk)
    assert refused.exit_code == 1
    assert f"taken out of line 1 still stand in line {later.seq}" in refused.output
    assert THIRD_PARTY not in refused.output


def test_the_last_decision_about_a_line_counts_and_all_are_kept(
    home: Home, heard: Command, talk: str
) -> None:
    reviewed(heard, home, talk)
    review(heard, home, talk, "3", "--remove", "child_abuse_data", "--why", "changed my mind")
    assert "I was scared" not in whole(pack(heard, home, talk).stdout_bytes)
    kept = [e for e in home.entries(talk) if e.topic == Topic.ACCESS_REVIEW and e.links_to == 3]
    assert [str(entry.text) for entry in kept] == ["looked at it", "changed my mind"]
    assert {entry.by for entry in kept} == {"dsl"}


def test_what_is_written_later_waits_for_its_own_review(
    home: Home, heard: Command, talk: str
) -> None:
    reviewed(heard, home, talk)
    assert pack(heard, home, talk).exit_code == 0
    late = capture.keep(home.house, home.message(talk, "and more", kind=MessageKind.WORDS))
    assert f"yet: {late.seq}." in pack(heard, home, talk).output


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--remove", "serious_harm"), "who was asked about the harm"),
        (("--words", "he"), "on which ground"),
        (("--remove", "third_party", "--words", "not in it"), "does not hold"),
        (("--why", " "), "reason"),
    ],
)
def test_a_decision_that_is_not_whole_is_refused(
    home: Home, heard: Command, talk: str, more: tuple[str, ...], said: str
) -> None:
    refused = review(heard, home, talk, "1", *more)
    assert (refused.exit_code, said in refused.output) == (1, True)
    assert Topic.ACCESS_REVIEW not in home.topics(talk)


@pytest.mark.parametrize("line", ["99", "4"])
def test_a_line_that_is_none_or_never_given_word_for_word_is_refused(
    home: Home, heard: Command, talk: str, line: str
) -> None:
    assert review(heard, home, talk, line).exit_code == 1


@pytest.mark.rule("H29", "K4")
@pytest.mark.parametrize("who", ["reporter", "dp_trustee", "volunteer"])
def test_only_who_sees_everything_and_has_to_act_decides(
    home: Home, heard: Command, talk: str, who: str
) -> None:
    assert review(heard, home, talk, "1", who=who).exit_code == 1
    assert pack(heard, home, talk, who=who).exit_code == 1
    assert Topic.ACCESS_REVIEW not in home.topics(talk)


def test_the_person_complained_about_learns_nothing(home: Home, heard: Command, talk: str) -> None:
    reviewed(heard, home, talk)
    home.answer(talk, WHICH_OF_US, "Duty DSL", None)
    never = heard("records", "subject-access", "HRD-2026-999999", "--as", "dsl", "--reason", "x")
    refused = pack(heard, home, talk)
    assert (refused.exit_code, refused.output) == (never.exit_code, never.output)
    assert review(heard, home, talk, "1").output == never.output
