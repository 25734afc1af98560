"""The web API: whose conversation it is, what it takes, and how it refuses."""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from typing import Any

import pytest
from fastapi import FastAPI

from casework.vocabulary import EntryKind
from connectors.dialogue import Dialogue
from connectors.incoming import LARGEST_MESSAGE_BYTES
from connectors.line import Line
from run.web import BODY_LIMIT
from tests.unit.connectors.conftest import Channel
from tests.unit.home import DATABASE, Home
from tests.unit.website import NOBODY_THERE, Browser, browser, make_site, signed_in

MARKER = "a marker that nobody may see"


@pytest.fixture
def site(home: Home) -> FastAPI:
    return make_site(home)


@pytest.fixture
async def reporter(home: Home, site: FastAPI) -> AsyncIterator[Browser]:
    async with signed_in(home, site, "reporter") as somebody:
        yield somebody


# ---- whose it is ----

CHANGES = [
    "/api/conversations",
    "/api/conversations/{talk}/messages",
    "/sign-out",
    "/desk/{reference}",
    "/desk/{reference}/acknowledge",
]
LOOKS = [
    "/",
    "/notes/{talk}",
    "/api/session",
    "/api/conversations",
    "/api/conversations/{talk}",
    "/api/conversations/{talk}/events",
    "/desk",
    "/desk/{reference}",
]


def filled(home: Home, path: str, talk: str) -> str:
    return path.format(talk=talk, reference=home.head(talk).reference)


@pytest.mark.parametrize("path", CHANGES)
@pytest.mark.parametrize("token", [None, "", "wrong", "ünï"])
async def test_a_change_without_the_token_of_the_session_is_refused(
    home: Home, site: FastAPI, path: str, token: str | None
) -> None:
    talk = home.told_case(person="dsl")
    before = home.entries(talk)
    async with signed_in(home, site, "dsl") as somebody:
        headers = {} if token is None else {"X-CSRF-Token": token.encode()}
        body = {"message_id": "1", "text": "hello"}
        target = filled(home, path, talk)
        answer = await somebody.http.post(target, headers=headers, json=body)
        assert answer.status_code == 403
        form = {} if token is None else {"csrf_token": token}
        assert (await somebody.http.post(target, data=form)).status_code == 403
    assert home.entries(talk) == before


async def test_the_token_of_another_session_is_refused(home: Home, site: FastAPI) -> None:
    async with signed_in(home, site, "reporter") as one, signed_in(home, site, "reporter") as two:
        one.csrf = two.csrf
        assert (await one.post("/api/conversations", json={})).status_code == 403


@pytest.mark.parametrize("path", CHANGES)
async def test_nobody_changes_anything_without_signing_in(
    home: Home, site: FastAPI, path: str
) -> None:
    target = filled(home, path, home.told_case())
    async with browser(site) as stranger:
        assert (await stranger.post(target, json={})).status_code == 401


@pytest.mark.parametrize("path", LOOKS)
async def test_nobody_sees_anything_without_signing_in(
    home: Home, site: FastAPI, path: str
) -> None:
    talk = home.told_case(MARKER)
    async with browser(site) as stranger:
        answer = await stranger.get(filled(home, path, talk))
    assert answer.status_code == 401
    assert MARKER not in answer.text
    assert home.head(talk).reference not in answer.text


OF_ONE = ["", "/events", "/messages"]


@pytest.mark.parametrize("person", ["volunteer", "line_manager", "dsl", "trustee"])
async def test_somebody_elses_conversation_is_as_if_it_were_not_there(
    home: Home, site: FastAPI, person: str
) -> None:
    talk = home.told_case(MARKER)
    async with signed_in(home, site, person) as other:
        for theirs, never in ((talk, "0" * 32), (talk, "x")):
            assert (await other.get(f"/notes/{theirs}")).status_code == 404
            for part in ("", "/events"):
                got = await other.get(f"/api/conversations/{theirs}{part}")
                none = await other.get(f"/api/conversations/{never}{part}")
                assert (got.status_code, got.content) == (404, none.content)
            posted = await other.send(theirs, text="hello")
            assert (posted.status_code, posted.json()) == (404, {"error": "404"})


async def test_everybody_lists_their_own_conversations_only(home: Home, site: FastAPI) -> None:
    talk = home.told_case()
    home.case(person="volunteer")
    async with signed_in(home, site, "reporter") as somebody:
        listed = (await somebody.get("/api/conversations")).json()["conversations"]
    assert listed == [
        {
            "id": talk,
            "reference": home.head(talk).reference,
            "status": "Draft",
            "opened_at": "2026-03-03T14:00:00+00:00",
            "title": "Disclosure",
        }
    ]


# ---- what it takes ----


@pytest.mark.parametrize(
    ("message", "error"),
    [
        ({}, "empty_message"),
        ({"text": ""}, "empty_message"),
        ({"text": " \n\t"}, "empty_message"),
        ({"words": "\u2003"}, "empty_message"),
        ({"press": ""}, "empty_message"),
        ({"text": 1}, "bad_message"),
        ({"text": None}, "bad_message"),
        ({"text": ["a"]}, "bad_message"),
        ({"text": "a", "words": "b"}, "bad_message"),
        ({"text": "a", "press": "b", "words": "c"}, "bad_message"),
        ({"words": "a", "strand": "secret"}, "bad_message"),
        ({"words": "a", "strand": 1}, "bad_message"),
        ({"words": "a", "strand": []}, "bad_message"),
        ({"words": "a", "strand": "answer"}, "bad_message"),
        ({"text": "a", "message_id": ""}, "bad_message"),
        ({"text": "a", "message_id": "x" * 65}, "bad_message"),
        ({"text": "a", "message_id": 7}, "bad_message"),
        ({"text": "a", "message_id": "a b"}, "bad_message"),
        ({"text": "a", "message_id": "ünï"}, "bad_message"),
        ({"text": "a", "message_id": "\ud800"}, "bad_message"),
    ],
)
async def test_what_is_no_message_is_refused_and_not_kept(
    home: Home, reporter: Browser, message: dict[str, Any], error: str
) -> None:
    talk = home.talk()
    answer = await reporter.send(talk, **message)
    assert answer.status_code == 422
    assert set(answer.json()) == {"error", "say"}
    assert answer.json()["error"] == error
    with home.store.read() as work:
        assert work.inbox.of_conversation(talk) == []


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b'"text"', b"\xff", b"[" * 100_000, b'{"text": "a"}']
)
async def test_a_body_that_is_no_message_is_refused(
    home: Home, reporter: Browser, body: bytes
) -> None:
    answer = await reporter.post(f"/api/conversations/{home.talk()}/messages", content=body)
    assert answer.status_code == 422
    assert answer.json()["error"] == "bad_message"


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff", b"[" * 100_000, b'{"channel": "slack"}', b'{"channel": []}']
)
async def test_a_conversation_is_not_opened_by_a_body_that_cannot_be_read(
    home: Home, reporter: Browser, body: bytes
) -> None:
    answer = await reporter.post("/api/conversations", content=body)
    assert answer.status_code == 422
    assert home.conversations_of("reporter") == []


async def test_a_message_of_more_than_100_kb_is_refused_and_said_to_be(
    home: Home, reporter: Browser
) -> None:
    answer = await reporter.send(home.talk(), text="a" * (LARGEST_MESSAGE_BYTES + 1))
    assert answer.status_code == 413
    assert answer.json()["error"] == "message_too_large"
    assert "parts" in answer.json()["say"]


async def test_a_body_that_is_too_large_is_refused_in_the_same_way(
    home: Home, reporter: Browser
) -> None:
    path = f"/api/conversations/{home.talk()}/messages"
    answer = await reporter.post(path, content=b"x" * (BODY_LIMIT + 1))
    assert answer.status_code == 413
    assert answer.json()["error"] == "message_too_large"


async def test_a_body_of_unknown_length_is_not_read_at_all(home: Home, reporter: Browser) -> None:
    async def endless() -> AsyncIterator[bytes]:
        yield b"{"

    path = f"/api/conversations/{home.talk()}/messages"
    assert (await reporter.post(path, content=endless())).status_code == 413


async def test_the_largest_message_of_any_letters_is_taken(home: Home, reporter: Browser) -> None:
    talk = home.talk()
    text = "\x01" * LARGEST_MESSAGE_BYTES  # six signs each, as JSON is written
    assert (await reporter.send(talk, words=text)).status_code in (202, 413)
    body = json.dumps({"message_id": "1", "words": "é" * 20_000})
    answer = await reporter.post(f"/api/conversations/{talk}/messages", content=body)
    assert answer.status_code == 202


async def test_a_message_is_stored_and_said_to_be(home: Home, reporter: Browser) -> None:
    talk = home.talk()
    answer = await reporter.send(talk, message_id="m-1", words="he hits me", strand="opinion")
    assert (answer.status_code, answer.json()) == (202, {"stored": True, "message_id": "m-1"})
    assert home.texts(talk, EntryKind.OPINION) == ["he hits me"]


@pytest.mark.parametrize("message_id", ["a", "a:b", ":", "~!", "x" * 64])
async def test_a_message_is_known_by_the_id_its_sender_gave_it(
    home: Home, reporter: Browser, message_id: str
) -> None:
    talk = home.talk()
    answer = await reporter.send(talk, message_id=message_id, words="hello")
    assert answer.json()["message_id"] == message_id
    with home.store.read() as work:
        assert [m.sent_as for m in work.inbox.of_conversation(talk)] == [message_id]


async def test_the_same_message_twice_is_one_line(home: Home, reporter: Browser) -> None:
    talk = home.talk()
    for _ in range(3):
        answer = await reporter.send(talk, message_id="same", words="he hits me")
        assert answer.status_code == 202
    assert home.texts(talk, EntryKind.WORDS) == ["he hits me"]


async def test_the_same_id_in_two_conversations_is_two_messages(
    home: Home, reporter: Browser
) -> None:
    one, two = home.talk(), home.talk()
    for talk in (one, two):
        await reporter.send(talk, message_id="same", words=talk)
    assert [home.texts(talk, EntryKind.WORDS) for talk in (one, two)] == [[one], [two]]


@pytest.mark.parametrize(
    "button", ["no-such-button", "1.0", "9" * 60 + ".0", "/sign", "\ud800", "x" * 5_000]
)
async def test_an_unknown_button_is_taken_and_answered_kindly(
    home: Home, channel: Channel, button: str
) -> None:
    async with signed_in(home, make_site(home, channel.line), "reporter") as somebody:
        talk = home.talk()
        assert (await somebody.send(talk, press=button)).status_code == 202
        assert await channel.said(talk, 1) == ["utter_unknown_button"]
    assert channel.dialogue.texts == []


async def test_a_title_presses_its_button(home: Home, channel: Channel) -> None:
    async with signed_in(home, make_site(home, channel.line), "reporter") as somebody:
        talk = await somebody.open_conversation()
        title = "someone IS telling me something now"
        await somebody.send(talk, message_id="m", press=title, by_title=True)
        await channel.turns(talk, 2)
    assert channel.dialogue.texts == ["/disclosure_now"]


# ---- what is handed out ----


async def test_a_transcript_is_in_the_order_in_which_it_was_said(
    home: Home, channel: Channel
) -> None:
    async with signed_in(home, make_site(home, channel.line), "reporter") as somebody:
        talk = await somebody.open_conversation()
        home.pass_time(seconds=1)
        await somebody.send(talk, message_id="m-1", text="hello {braces} <b>")
        await channel.turns(talk, 2)
        got = (await somebody.get(f"/api/conversations/{talk}")).json()
    assert got["id"] == talk
    assert [item["from"] for item in got["transcript"]] == ["heard", "you", "heard"]
    you = got["transcript"][1]
    assert (you["message_id"], you["text"]) == ("m-1", "hello {braces} <b>")
    assert got["transcript"][2]["turn"]["in_reply_to"] == "m-1"
    assert got["state"] == {
        "reference": None,
        "capture_open": False,
        "strand": None,
        "asks": None,
    }


async def test_a_turn_has_the_shape_that_was_agreed(home: Home, reporter: Browser) -> None:
    talk = await reporter.open_conversation()
    got = (await reporter.get(f"/api/conversations/{talk}")).json()
    turn = got["transcript"][0]["turn"]
    assert set(turn) == {
        *("id", "in_reply_to", "pushed", "replies", "reference", "capture_open", "strand"),
        *("need", "asks", "outcome", "moved_to", "at"),
    }
    assert set(turn["replies"][0]) == {
        *("text", "kind", "buttons", "more", "lines", "clauses", "links", "entry"),
    }
    assert len(turn["replies"][0]["buttons"]) == 3


async def test_the_state_says_what_is_open(home: Home, reporter: Browser) -> None:
    talk = home.case("he hits me")
    state = (await reporter.get(f"/api/conversations/{talk}")).json()["state"]
    assert state["reference"] == home.head(talk).reference
    assert (state["capture_open"], state["strand"]) == (True, "words")


async def test_odd_letters_come_out_as_they_went_in(home: Home, reporter: Browser) -> None:
    talk = home.talk()
    text = "\x00\ud800\u202e😢e\u0301"
    await reporter.send(talk, words=text)
    got = (await reporter.get(f"/api/conversations/{talk}")).json()
    assert got["transcript"][0]["text"] == text


# ---- when it fails ----


async def test_a_locked_database_is_said_to_have_kept_nothing(
    home: Home, reporter: Browser
) -> None:
    talk = home.talk()
    with closing(sqlite3.connect(home.folder / DATABASE)) as other:
        other.execute("BEGIN EXCLUSIVE")
        answer = await reporter.send(talk, text=MARKER)
    assert answer.status_code == 503
    assert answer.json()["error"] == "store_unavailable"
    assert "could not keep" in answer.json()["say"]


class BrokenLine(Line):
    """Fails with the words in its error, as careless code does."""

    async def open_conversation(self, person: str, channel: str) -> str:
        raise RuntimeError(MARKER)


async def test_a_failure_nobody_expected_shows_a_number_and_logs_the_same_one(
    home: Home, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    line = BrokenLine(home.house, home.phrases, Dialogue(NOBODY_THERE, ""))
    async with signed_in(home, make_site(home, line), "reporter") as somebody:
        answer = await somebody.post("/api/conversations", json={})
    assert answer.status_code == 500
    assert set(answer.json()) == {"error", "error_id"}
    assert answer.json()["error_id"] in caplog.text
    assert MARKER not in answer.text + caplog.text
    assert answer.headers["cache-control"] == "no-store"


# ---- pages ----


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200),
        ("/notes/{talk}", 200),
        ("/signed-out", 200),
        ("/sign-in/forged", 410),
        ("/static/page.js", 200),
        ("/static/missing.js", 404),
        ("/api/session", 200),
        ("/api/conversations/{talk}", 200),
        ("/api/conversations/none", 404),
        ("/desk", 404),
        ("/nothing-here", 404),
    ],
)
async def test_every_answer_forbids_keeping_framing_and_foreign_code(
    home: Home, reporter: Browser, path: str, status: int
) -> None:
    answer = await reporter.get(path.format(talk=home.told_case()))
    assert answer.status_code == status
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "require-trusted-types-for 'script'" in policy
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("path", ["/", "/notes/{talk}", "/signed-out", "/nothing-here"])
async def test_every_page_has_the_same_quiet_title(
    home: Home, reporter: Browser, path: str
) -> None:
    page = (await reporter.get(path.format(talk=home.told_case()))).text
    assert "<title>Notes</title>" in page
    assert 'data-testid="quick-exit"' in page
    assert 'href="tel:999"' in page


async def test_no_word_of_a_case_stands_in_a_page(home: Home, reporter: Browser) -> None:
    talk = home.told_case(MARKER)
    for path in ("/", f"/notes/{talk}"):
        assert MARKER not in (await reporter.get(path)).text


async def test_no_page_runs_a_script_or_a_style_of_its_own(home: Home, reporter: Browser) -> None:
    talk = home.told_case()
    for path in ("/", f"/notes/{talk}", "/signed-out"):
        page = (await reporter.get(path)).text
        assert "<script>" not in page
        assert " style=" not in page
        assert " onclick=" not in page


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json", "/webhook", "/.env"])
async def test_nothing_else_is_there(reporter: Browser, path: str) -> None:
    assert (await reporter.get(path)).status_code == 404
