"""What leaves the house: buttons by name only, three at a time, clauses and numbers added here."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework import capture, record
from casework.facts import MessageKind
from casework.vocabulary import EntryKind
from connectors import replies
from connectors.replies import STANDING, Asked, in_short
from tests.unit.home import Home

PAYLOADS = st.sampled_from([*STANDING.values(), "/affirm", '/copy_line{"seq": 1}', "/x"])
BUTTONS = st.lists(st.fixed_dictionaries({"title": st.text(max_size=5), "payload": PAYLOADS}))
LINES = st.lists(
    st.fixed_dictionaries(
        {
            "title": st.text(max_size=5),
            "text": st.text(max_size=5),
            "payload": st.none() | st.just('/correct_line{"question": "subject"}'),
        }
    )
)
REPLY = st.fixed_dictionaries(
    {
        "response": st.just("utter_x"),
        "text": st.text(max_size=5),
        "buttons": BUTTONS,
        "more": BUTTONS,
        "lines": LINES,
    }
)


def raw(response: str = "utter_x", **parts: Any) -> dict[str, Any]:
    """A reply as the dialogue hands it over."""
    return {"response": response, "text": "…", "buttons": [], "metadata": {}} | parts


def button(title: str, payload: str = "/x") -> dict[str, str]:
    return {"title": title, "payload": payload}


def content(home: Home, talk: str, *said: dict[str, Any]) -> dict[str, Any]:
    with home.store.read() as work:
        conversation = work.conversations.get(talk)
        asked = Asked(replies=said)
        return replies.content(home.house, home.phrases, work, conversation, asked)


def only(home: Home, talk: str, said: dict[str, Any]) -> dict[str, Any]:
    (reply,) = content(home, talk, said)["replies"]
    assert isinstance(reply, dict)
    return reply


def summary(home: Home, talk: str) -> list[dict[str, Any]]:
    lines: list[dict[str, Any]] = only(home, talk, raw(metadata={"kind": "summary"}))["lines"]
    return lines


# ---- buttons ----


@given(st.lists(REPLY, max_size=3), st.integers(min_value=1, max_value=10**6))
def test_every_button_is_shown_by_the_id_it_is_pressed_by(
    said: list[dict[str, Any]], turn: int
) -> None:
    turned = {"replies": said}
    known = replies.every_button(turned, turn)
    out = replies.shown(turned, turn)
    parts = [r[part] for r in out["replies"] for part in ("buttons", "more", "lines")]
    ids = [one["id"] for part in parts for one in part if one["id"] is not None]
    assert ids == [one["id"] for one in known]
    own = [name for name in ids if name not in STANDING]
    assert len(own) == len(set(own))


@given(st.lists(REPLY, max_size=3))
def test_what_a_button_does_never_leaves_the_house(said: list[dict[str, Any]]) -> None:
    for reply in replies.shown({"replies": said}, 1)["replies"]:
        assert set(reply) == {"text", "buttons", "more", "lines"}
        for one in (*reply["buttons"], *reply["more"]):
            assert set(one) == {"id", "title"}
        assert all(set(line) == {"id", "title", "text"} for line in reply["lines"])


def test_three_buttons_are_shown_and_the_rest_stands_behind_more(home: Home) -> None:
    reply = only(home, home.talk(), raw(buttons=[button(str(n)) for n in range(5)]))
    assert [b["title"] for b in reply["buttons"]] == ["0", "1", "2"]
    assert [b["title"] for b in reply["more"]] == ["3", "4"]


def test_a_button_that_always_means_the_same_is_known_by_its_name(home: Home) -> None:
    turned = content(home, home.talk(), raw(buttons=[button("Done", "/done"), button("Yes")]))
    assert [one["id"] for one in replies.every_button(turned, 7)] == ["done", "7.1"]


def test_the_meanings_of_what_was_not_understood_are_buttons_of_one_reply(home: Home) -> None:
    meanings = [
        raw(f"utter_meaning_{n}", buttons=[button(n)], metadata={"kind": "meaning"}) for n in "ab"
    ]
    reply = only_of_many(home, raw("utter_not_understood"), *meanings)
    assert [b["title"] for b in reply["buttons"]] == ["a", "b"]


def only_of_many(home: Home, *said: dict[str, Any]) -> dict[str, Any]:
    (reply,) = content(home, home.talk(), *said)["replies"]
    assert isinstance(reply, dict)
    return reply


# ---- clauses and numbers ----


def test_a_topic_brings_its_clauses_in_the_order_of_the_pack(home: Home) -> None:
    reply = only(home, home.talk(), raw(metadata={"topics": ["never_promise", "limits"]}))
    assert [clause["code"] for clause in reply["clauses"]] == ["C10", "C6", "C15", "C9"]
    assert all(clause["clause"] and clause["summary"] for clause in reply["clauses"])


def test_a_clause_that_two_topics_share_is_named_once(home: Home) -> None:
    reply = only(home, home.talk(), raw(metadata={"topics": ["limits", "limits"]}))
    assert [clause["code"] for clause in reply["clauses"]] == ["C15", "C9"]


@pytest.mark.parametrize(
    ("codes", "line"),
    [
        ([], ""),
        (["C18", "C7", "C3"], "C18, C7, C3"),
        (["C18", "C7", "C3", "C11", "C4"], "C18, C7, C3 and 2 more"),
    ],
)
def test_a_line_names_the_first_clauses_and_how_many_more(codes: list[str], line: str) -> None:
    assert in_short(codes) == line


def test_a_link_dials_without_a_space(home: Home) -> None:
    reply = only(home, home.talk(), raw(metadata={"links": ["emergency", "on_call"]}))
    assert reply["links"] == [
        {"href": "tel:999", "title": "Call 999"},
        {"href": "tel:07700900106", "title": "Call On-call Manager"},
    ]


def test_no_link_dials_whoever_it_is_about(home: Home) -> None:
    talk = home.case("the duty dsl hits me")
    reply = only(home, talk, raw(metadata={"links": ["safeguarding_lead"]}))
    assert reply["links"] == [{"href": "tel:01632960124", "title": "Call Deputy DSL"}]


# ---- the turn ----


def test_a_turn_says_where_the_conversation_stands(home: Home) -> None:
    talk = home.talk()
    assert content(home, talk, raw())["reference"] is None
    capture.keep(home.house, home.message(talk, "x", kind=MessageKind.WORDS))
    turned = content(home, talk, raw())
    assert turned["reference"] == home.head(talk).reference
    assert (turned["capture_open"], turned["strand"]) == (True, EntryKind.WORDS)


def test_a_move_to_another_conversation_is_said_for_the_page(home: Home) -> None:
    moved = content(home, home.talk(), raw(custom={"moved_to": "elsewhere"}))
    assert moved["moved_to"] == "elsewhere"


@pytest.mark.parametrize(
    "text", ["{line}", "{", "%s", "<b>", "\ud800", "a\u202eb", "{0.__class__}"]
)
def test_a_line_is_shown_back_exactly_as_it_was_typed(home: Home, text: str) -> None:
    talk = home.talk()
    entry = capture.keep(home.house, home.message(talk, text, kind=MessageKind.WORDS))
    reply = replies.entry_reply(home.phrases, entry)
    assert reply["text"] == text
    assert reply["entry"]["seq"] == entry.seq


def test_the_buttons_of_a_line_are_about_that_line(home: Home) -> None:
    talk = home.case("one", "two")
    reply = replies.entry_reply(home.phrases, home.entries(talk)[1])
    payloads = [one["payload"] for one in reply["buttons"]]
    assert payloads == ["/done", '/amend_line{"seq": 2}', '/copy_line{"seq": 2}']


# ---- the read-back ----


def test_the_read_back_counts_the_lines_of_each_list(home: Home) -> None:
    talk = home.told_case("one", "two")
    saw = home.message(talk, "crying", kind=MessageKind.WORDS, strand=EntryKind.OBSERVATION)
    capture.keep(home.house, saw)
    texts = {line["title"]: line["text"] for line in summary(home, talk)}
    assert texts["Told"] == "14:00"
    assert texts["Their words"] == "2 lines"
    assert texts["What I saw"] == "1 line"
    assert texts["What I think"] == "Nothing written"


def test_a_line_of_the_read_back_asks_its_question_again(home: Home) -> None:
    talk = home.told_case()
    home.answer(talk, "subject", "jess", None)
    line = next(one for one in summary(home, talk) if one["title"] == "Who it is about")
    assert (line["text"], line["payload"]) == ("jess", '/correct_line{"question": "subject"}')


def test_what_was_skipped_is_one_line(home: Home) -> None:
    talk = home.told_case()
    record.finish_early(home.house, talk, home.message(talk).id)
    left = [one for one in summary(home, talk) if one["title"] == "Not answered"]
    assert len(left) == 1
    assert "Who it is about" in left[0]["text"]


def test_no_count_of_a_list_can_be_tapped(home: Home) -> None:
    fixed = summary(home, home.told_case())[:5]
    assert [line["payload"] for line in fixed] == [None] * 5


def test_a_conversation_without_a_record_has_nothing_to_read_back(home: Home) -> None:
    assert summary(home, home.talk()) == []
