"""Socket Mode over real websockets: what comes in, and what is done when nothing does."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl

import pytest

from connectors.slack import canary, sockets, watching
from connectors.slack.errors import SlackSettingsWrong
from connectors.slack.settings import SlackSettings
from tests.unit.connectors.dialogue_fake import FakeDialogue
from tests.unit.home import Home
from tests.unit.slack import payloads
from tests.unit.slack.conftest import HEARD, Workspace, buttons, joined, texts
from tests.unit.slack.slack_server import APP_TOKEN, CANARY, TOKEN, SlackServer

MARK = "quokka7261"


@pytest.fixture
async def socketed(
    home: Home, slack: SlackServer, dialogue: FakeDialogue, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Workspace]:
    """The channel with SLACK_APP_TOKEN alone: no address, no signing secret."""
    monkeypatch.setattr(sockets, "AGAIN_SECONDS", 0.05)
    monkeypatch.setattr(canary, "BACK_WITHIN_SECONDS", 0.5)
    monkeypatch.setattr(watching, "LOOK_SECONDS", 0.05)
    settings = SlackSettings(TOKEN, None, APP_TOKEN, slack.url)
    async with joined(home, slack, dialogue, settings, monkeypatch) as made:
        await slack.sockets.until(lambda: len(slack.sockets.open) == 2)
        await slack.until("chat.delete")  # the first canary is back
        yield made


async def sent(workspace: Workspace, text: str, **more: Any) -> dict[str, Any]:
    """Writes something; returns its event's envelope."""
    payload: dict[str, Any] = json.loads(payloads.event(payloads.message(text, **more)))
    return payload


async def test_a_message_is_kept_and_acknowledged_and_answered(socketed: Workspace) -> None:
    where = socketed.slack.sockets
    payload = await sent(socketed, "hello")
    for ticket in list(where.open):  # the same by both connections
        ack = await where.acked(await where.send(payload, to=ticket))
        assert set(ack) <= {"envelope_id", "payload"}
    await socketed.settled()
    assert [str(m.text) for m in socketed.kept()] == ["hello"]
    assert len(socketed.slack.posted) == 1


async def test_a_start_says_where_it_is_and_raises_no_alarm(
    socketed: Workspace, caplog: pytest.LogCaptureFixture
) -> None:
    assert socketed.channel.where() == "In Slack it is in the workspace Heard, by Socket Mode."
    said = [record.getMessage() for record in caplog.get_records("setup")]
    assert not [line for line in said if "not_there" in line]


async def test_a_command_is_answered_in_the_acknowledgement(socketed: Workspace) -> None:
    where = socketed.slack.sockets
    payload = dict(parse_qsl(payloads.command("jess said wallaby")))
    ack = await where.acked(await where.send(payload, "slash_commands"))
    assert ack["payload"]["response_type"] == "ephemeral"
    assert "wallaby" not in json.dumps(ack)
    await socketed.settled()
    assert [str(m.text) for m in socketed.kept()] == ["jess said wallaby"]


async def test_a_manager_takes_a_case_by_a_socket(socketed: Workspace) -> None:
    talk = await asyncio.to_thread(socketed.home.told_case)
    await socketed.pass_time(seconds=1)
    ping = next(one for one in socketed.slack.posted if one["channel"] == "D-U0DSL")
    button = buttons(ping)["I have this"]
    press = payloads.press(
        button["value"], ping["ts"], user="U0DSL", channel="D-U0DSL", action_id="heard.take"
    )
    press["container"]["message_ts"] = ping["ts"]
    where = socketed.slack.sockets
    await where.acked(await where.send(press, "interactive"))
    climb = socketed.home.climb(talk)
    assert climb is not None
    assert climb.acknowledged_by == "dsl"


async def test_another_workspace_is_refused_counted_and_not_sent_again(
    socketed: Workspace, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    where = socketed.slack.sockets
    payload = {**await sent(socketed, MARK), "team_id": "T0OTHER"}
    await where.acked(await where.send(payload))
    assert socketed.home.inbox_size() == 0
    assert socketed.channel.refusals.by_reason == {"team": 1}
    assert MARK not in caplog.text


async def test_what_cannot_be_kept_is_not_acknowledged(socketed: Workspace) -> None:
    where = socketed.slack.sockets
    socketed.home.rename("inbox", "inbox_away")
    lost = await where.send(await sent(socketed, "hello"))
    ok = await where.send({**await sent(socketed, "x"), "team_id": "T0OTHER"})
    await where.acked(ok)
    socketed.home.rename("inbox_away", "inbox")
    assert lost not in where.acks


async def test_a_malformed_envelope_harms_nobody(
    socketed: Workspace, caplog: pytest.LogCaptureFixture
) -> None:
    where = socketed.slack.sockets
    for payload in ([], "x", {"team_id": 7}, {**await sent(socketed, MARK), "event": MARK}):
        await where.send(payload)  # type: ignore[arg-type]
    await where.acked(await where.send(await sent(socketed, "hello")))
    assert [str(m.text) for m in socketed.kept()] == ["hello"]
    assert MARK not in caplog.text


async def test_cut_connections_come_back(
    socketed: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = socketed.slack.sockets
    before = set(where.open)
    await where.cut()
    await where.until(lambda: len(where.open) == 2 and not before & set(where.open))
    await where.acked(await where.send(await sent(socketed, "hello")))


async def test_slack_asks_for_a_new_connection_and_gets_it(socketed: Workspace) -> None:
    where = socketed.slack.sockets
    ticket, websocket = next(iter(where.open.items()))
    await websocket.send_text(json.dumps({"type": "disconnect", "reason": "refresh_requested"}))
    await where.until(lambda: ticket not in where.open and len(where.open) == 2)
    await where.acked(await where.send(await sent(socketed, "hello")))


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A canary each moment instead of every five minutes."""
    monkeypatch.setattr(sockets, "CANARY_SECONDS", 0.1)


async def test_a_silent_death_is_noticed_and_what_was_written_meanwhile_is_kept(
    quick: None, socketed: Workspace, caplog: pytest.LogCaptureFixture
) -> None:
    where, slack = socketed.slack.sockets, socketed.slack
    before = set(where.open)
    where.is_silent = True
    written = [payloads.message(f"line {n}", channel="D-U0REPORTER") for n in range(5)]
    slack.history["D-U0REPORTER"] = written
    for one in written:
        assert await where.send(json.loads(payloads.event(one))) not in where.acks
    await where.until(lambda: len(where.open) == 2 and not before & set(where.open))
    where.is_silent = False
    await socketed.until_kept(5)
    assert sorted(str(m.text) for m in socketed.kept()) == [f"line {n}" for n in range(5)]
    assert "slack_silent 2" in caplog.text
    await where.acked(await where.send(await sent(socketed, "hello")))


async def test_the_canary_sings_where_nobody_is_and_is_taken_back(socketed: Workspace) -> None:
    (made,) = socketed.slack.called("conversations.create")
    assert made["is_private"] is True
    (song,) = [c for c in socketed.slack.called("chat.postMessage") if c["channel"] == CANARY]
    assert texts(song) == [] if "blocks" in song else song["text"]
    assert socketed.slack.called("chat.delete")[0]["channel"] == CANARY
    assert socketed.home.inbox_size() == 0


async def test_a_canary_that_may_not_sing_restarts_nothing(
    quick: None, socketed: Workspace, caplog: pytest.LogCaptureFixture
) -> None:
    before = set(socketed.slack.sockets.open)
    sung = len(socketed.slack.called("chat.postMessage"))
    socketed.slack.misbehave("chat.postMessage", *["missing_scope"] * 5)
    await socketed.slack.until("chat.postMessage", sung + 5)
    assert set(socketed.slack.sockets.open) == before
    assert "slack_canary_not_sent missing_scope" in caplog.text


async def test_after_a_gap_what_was_written_is_fetched_with_its_threads(
    socketed: Workspace,
) -> None:
    """The service was down for three hours: every page, threads, edits, in order, each once."""
    slack, home = socketed.slack, socketed.home
    first = payloads.message("kept before", channel="D-U0REPORTER", ts="1772546400.900001")
    await socketed.slack.sockets.acked(
        await socketed.slack.sockets.send(json.loads(payloads.event(first)))
    )
    await socketed.settled()
    home.clock.now += timedelta(hours=3)
    new = [
        {"type": "message", "user": "U0REPORTER", "text": f"new {n}", "ts": f"1772550000.00000{n}"}
        for n in range(5)
    ]
    new[2] |= {"text": "said better", "edited": {"user": "U0REPORTER", "ts": "1772550001.000001"}}
    heard = {"type": "message", "bot_id": "B0HEARD", "text": "mine", "ts": "1772550002.000001"}
    reply = {
        "type": "message", "user": "U0REPORTER", "text": "in the thread",
        "ts": "1772550003.000001", "thread_ts": first["ts"],
    }  # fmt: skip
    slack.history["D-U0REPORTER"] = [first, *new, heard]
    slack.replies["D-U0REPORTER", str(first["ts"])] = [first, reply]
    await socketed.until_kept(7)
    mine = sorted(socketed.kept(), key=lambda m: m.source_at)
    assert [str(m.text) for m in mine] == [
        "kept before", "new 0", "new 1", "said better", "new 3", "new 4", "in the thread",
    ]  # fmt: skip
    assert mine[0].conversation_id == mine[-1].conversation_id


@pytest.mark.parametrize("code", ["invalid_auth", "not_allowed_token_type", "missing_scope"])
async def test_an_app_token_that_slack_refuses_stops_the_start_and_says_which(
    socketed: Workspace, code: str
) -> None:
    socketed.slack.misbehave("apps.connections.open", code)
    with pytest.raises(SlackSettingsWrong, match=r"SLACK_APP_TOKEN.*connections:write"):
        await socketed.channel.start(HEARD)
