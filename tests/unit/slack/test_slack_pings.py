"""Managers are pinged by direct message, and one press takes a case."""

from __future__ import annotations

import asyncio
import json
import logging
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import text

from casework import escalate
from casework.facts import Escalation
from casework.organisation import Person
from connectors.slack import api
from escalation.routes import Outcome, Outgoing, Routes
from tests.unit.slack import payloads
from tests.unit.slack.conftest import HEARD, Workspace, buttons, everything_sent, texts

MARK = "numbat4410"
MANAGER, DSL = "D-U0LINEMANAGER", "D-U0DSL"


@dataclass
class Ping:
    """A ping as it stands in somebody's direct messages."""

    user: str
    channel: str
    ts: str
    message: dict[str, Any]

    def press(self, title: str, **more: Any) -> dict[str, Any]:
        button = buttons(self.message)[title]
        press = payloads.press(
            button["value"],
            more.pop("ts", self.ts),
            user=more.pop("user", self.user),
            channel=more.pop("channel", self.channel),
            action_id=button["action_id"],
            **more,
        )
        press["container"]["message_ts"] = press["container"].pop("thread_ts")
        return press


async def case(workspace: Workspace) -> tuple[str, dict[str, Ping]]:
    """A case whose first rung was pinged: the conversation, and the pings by Slack id."""
    talk = await asyncio.to_thread(workspace.home.told_case, f"jess said {MARK}")
    before = len(workspace.slack.called("chat.postMessage"))
    await workspace.pass_time(seconds=1)
    return talk, pings(workspace, before)


def pings(workspace: Workspace, before: int = 0) -> dict[str, Ping]:
    """What was posted since, by the Slack id of whoever got it."""
    found = {}
    for call in workspace.slack.posted[before:]:
        if str(call["channel"]).startswith("D-"):
            user = str(call["channel"]).removeprefix("D-")
            found[user] = Ping(user, str(call["channel"]), str(call["ts"]), call)
    return found


def climb_of(workspace: Workspace, talk: str) -> Escalation:
    climb = workspace.home.climb(talk)
    assert climb is not None
    return climb


def by_slack(workspace: Workspace, talk: str) -> list[tuple[str, str]]:
    """(person, result) of every attempt by Slack."""
    with workspace.home.store.read() as work:
        steps = work.escalations.steps(workspace.home.head(talk).id)
    return [(s["person"], s["result"]) for s in steps if s["route"] == "slack"]


async def test_a_ping_says_this_and_nothing_else(workspace: Workspace) -> None:
    talk, found = await case(workspace)
    reference = workspace.home.head(talk).reference
    assert sorted(found) == ["U0DSL", "U0LINEMANAGER"]
    sent = found["U0DSL"].message
    key = buttons(sent)["I have this"]["value"]
    plain = {"type": "plain_text", "emoji": False}
    assert {name: sent[name] for name in ("text", "blocks", "unfurl_links", "unfurl_media")} == {
        "text": f"{reference}: urgent",
        "unfurl_links": False,
        "unfurl_media": False,
        "blocks": [
            {"type": "section", "text": {**plain, "text": f"{reference} needs you."}},
            {
                "type": "section",
                "text": {
                    **plain,
                    "text": "Urgency: urgent\nKind: disclosure\nWaiting since: 14:00\n"
                    "Who should act: the Line Manager and the Duty DSL",
                },
            },
            {
                "type": "actions",
                "elements": [
                    {
                        "type": "button",
                        "text": {**plain, "text": "I have this"},
                        "value": key,
                        "action_id": "heard.take",
                        "style": "primary",
                    },
                    {
                        "type": "button",
                        "text": {**plain, "text": "Pass it on"},
                        "value": key,
                        "action_id": "heard.pass",
                    },
                    {
                        "type": "button",
                        "text": {**plain, "text": "Open record"},
                        "value": key,
                        "action_id": "heard.open",
                        "url": f"{HEARD}/desk/{reference}/ladder",
                    },
                ],
            },
        ],
    }
    assert by_slack(workspace, talk) == [("line_manager", "delivered"), ("dsl", "delivered")]
    assert MARK not in everything_sent(workspace.slack)


async def test_the_first_press_wins_and_everybody_sees_it(workspace: Workspace) -> None:
    talk, found = await case(workspace)
    reference = workspace.home.head(talk).reference
    press = found["U0DSL"].press("I have this")
    assert (await workspace.interacts(press)).status_code == 200
    assert climb_of(workspace, talk).acknowledged_by == "dsl"
    assert workspace.home.said(talk)[-1] == "utter_acknowledged"  # the reporter hears of it
    await workspace.pass_time(seconds=1)
    changed = {call["channel"]: call for call in workspace.slack.called("chat.update")}
    assert {channel: texts(call)[0] for channel, call in changed.items()} == {
        DSL: f"You have {reference}.",
        MANAGER: f"Duty DSL has had {reference} since 14:00. There is nothing for you to do.",
    }
    assert changed[DSL]["ts"] == found["U0DSL"].ts
    assert list(buttons(changed[DSL])) == ["Pass it on", "Open record"]
    assert buttons(changed[MANAGER]) == {}


async def test_a_later_press_is_told_who_has_it_and_changes_nothing(
    workspace: Workspace, caplog: pytest.LogCaptureFixture
) -> None:
    talk, found = await case(workspace)
    await workspace.interacts(found["U0DSL"].press("I have this"))
    with caplog.at_level(logging.WARNING):
        late = await workspace.interacts(found["U0LINEMANAGER"].press("I have this"))
    assert late.status_code == 200
    (said,) = await workspace.slack.until("chat.postEphemeral")
    assert (said["channel"], said["user"]) == (MANAGER, "U0LINEMANAGER")
    assert texts(said) == ["Duty DSL has had this since 14:00."]
    assert climb_of(workspace, talk).acknowledged_by == "dsl"
    assert "press_refused heard.take line_manager already_acknowledged" in caplog.text


async def test_twenty_presses_at_once_have_one_owner(workspace: Workspace) -> None:
    talk, found = await case(workspace)
    both = [found["U0DSL"], found["U0LINEMANAGER"]] * 10
    answers = await asyncio.gather(*(workspace.interacts(p.press("I have this")) for p in both))
    assert {answer.status_code for answer in answers} == {200}
    owner = climb_of(workspace, talk).acknowledged_by
    said = await workspace.slack.until("chat.postEphemeral", 10)
    other = {"dsl": MANAGER, "line_manager": DSL}[str(owner)]
    assert [call["channel"] for call in said] == [other] * 10
    assert workspace.home.said(talk).count("utter_acknowledged") == 1


async def test_pass_it_on_asks_the_next_and_says_so(workspace: Workspace) -> None:
    talk, found = await case(workspace)
    for user in ("U0DSL", "U0LINEMANAGER"):
        assert (await workspace.interacts(found[user].press("Pass it on"))).status_code == 200
    before = len(workspace.slack.posted)
    await workspace.pass_time(seconds=1)
    assert list(pings(workspace, before)) == ["U0DEPUTYDSL"]
    reference = workspace.home.head(talk).reference
    last = {call["channel"]: texts(call)[0] for call in workspace.slack.called("chat.update")}
    passed = f"You passed {reference} on. There is nothing for you to do."
    assert last == {DSL: passed, MANAGER: passed}


async def test_an_old_press_sent_again_changes_nothing(workspace: Workspace) -> None:
    talk, found = await case(workspace)
    taken = found["U0DSL"].press("I have this")
    await workspace.interacts(taken)
    await workspace.interacts(found["U0DSL"].press("Pass it on"))
    for _ in range(5):
        assert (await workspace.interacts(taken)).status_code == 200
    assert climb_of(workspace, talk).acknowledged_by is None
    said = await workspace.slack.until("chat.postEphemeral", 5)
    assert texts(said[0]) == ["Nobody has this yet. Open it on your desk."]


async def test_a_press_that_was_refused_stays_refused(workspace: Workspace) -> None:
    talk, found = await case(workspace)
    await workspace.interacts(found["U0DSL"].press("I have this"))
    late = found["U0LINEMANAGER"].press("I have this")
    await workspace.interacts(late)
    await workspace.interacts(found["U0DSL"].press("Pass it on"))
    await workspace.interacts(late)
    assert climb_of(workspace, talk).acknowledged_by is None


@pytest.mark.parametrize(
    ("forge", "told"),
    [
        ({"user": "U0LINEMANAGER"}, True),  # the button of the Duty DSL
        ({"channel": MANAGER}, True),
        ({"ts": "1772546400.999999"}, True),
        ({"user": "U0VOLUNTEER"}, False),  # must not know that there is a case
        ({"user": "U0GUEST"}, False),
    ],
    ids=str,
)
async def test_a_button_of_somebody_else_or_elsewhere_is_refused(
    workspace: Workspace, caplog: pytest.LogCaptureFixture, forge: dict[str, str], told: bool
) -> None:
    talk, found = await case(workspace)
    await workspace.interacts(found["U0DSL"].press("I have this"))
    await workspace.pass_time(seconds=1)
    before = len(workspace.slack.posted)
    forged = found["U0DSL"].press("Pass it on", **forge)
    assert (await workspace.interacts(forged)).status_code == 401
    assert workspace.channel.refusals.by_reason.total() == 1
    assert climb_of(workspace, talk).acknowledged_by == "dsl"
    if told:
        (said,) = (await workspace.slack.until_posted(before + 1))[before:]
        assert said["channel"] == f"D-{forge.get('user', 'U0DSL')}"
        assert texts(said) == ["Duty DSL has had this since 14:00."]
    assert "Duty" not in caplog.text


@pytest.mark.parametrize("value", ["", "x", "0-0-slack-dsl-1", "x" * 3000, "/affirm"])
async def test_a_button_that_no_ping_had_is_refused(workspace: Workspace, value: str) -> None:
    _, found = await case(workspace)
    press = found["U0DSL"].press("I have this")
    press["actions"][0]["value"] = value
    assert (await workspace.interacts(press)).status_code == 401


async def test_whoever_is_named_hears_nothing_and_their_button_finds_nothing(
    workspace: Workspace,
) -> None:
    talk, found = await case(workspace)
    with workspace.home.store.work() as work:
        head = work.records.head(workspace.home.head(talk).id)
        escalate.leave_out(workspace.home.house, work, head, frozenset({"dsl"}))
    assert (await workspace.interacts(found["U0DSL"].press("I have this"))).status_code == 200
    assert climb_of(workspace, talk).acknowledged_by is None
    (said,) = await workspace.slack.until("chat.postEphemeral")
    assert texts(said) == ["There is no record with that reference that you can open."]
    await workspace.interacts(found["U0LINEMANAGER"].press("I have this"))
    await workspace.pass_time(minutes=1)
    assert [call["channel"] for call in workspace.slack.called("chat.update")] == [MANAGER]


async def test_a_press_counts_while_its_sending_is_not_kept_yet(workspace: Workspace) -> None:
    """Its sender died after Slack took it: the button stands there all the same."""
    talk, found = await case(workspace)
    with workspace.home.engine.begin() as connection:
        connection.execute(text("UPDATE deliveries SET receipt = NULL, result = 'sending'"))
    await workspace.interacts(found["U0DSL"].press("I have this"))
    assert climb_of(workspace, talk).acknowledged_by == "dsl"


@dataclass
class Mail:
    """The next route."""

    sent: list[str]
    name: str = "email"
    updates: bool = False

    def reaches(self, person: Person) -> bool:
        return True

    async def send(self, message: Outgoing) -> Outcome:
        self.sent.append(message.person.id)
        return Outcome("delivered")

    async def check(self, receipt: str) -> Outcome:
        return Outcome("delivered")

    async def update(self, receipt: str, message: Outgoing) -> None:
        raise AssertionError


FAULTS: list[tuple[str, int | str, str]] = [
    ("chat.postMessage", 429, "failed:ratelimited"),
    ("chat.postMessage", 500, "failed:http_500"),
    ("chat.postMessage", "no json", "failed:http_200"),
    ("chat.postMessage", "no ts", "failed:no_ts"),
    ("chat.postMessage", "hangs", "failed:no_answer:TimeoutError"),
    ("chat.postMessage", "account_inactive", "failed:account_inactive"),
    ("chat.postMessage", "token_revoked", "failed:token_revoked"),
    ("chat.postMessage", "channel_not_found", "failed:channel_not_found"),
    ("conversations.open", "user_disabled", "failed:user_disabled"),
    ("conversations.open", "cannot_dm_bot", "failed:cannot_dm_bot"),
]


@pytest.mark.parametrize(("method", "way", "result"), FAULTS, ids=str)
async def test_what_slack_did_not_take_goes_by_the_next_route_with_its_code_kept(
    workspace: Workspace,
    monkeypatch: pytest.MonkeyPatch,
    method: str,
    way: int | str,
    result: str,
) -> None:
    monkeypatch.setattr(api, "TIMEOUT_SECONDS", 0.3)
    mail = Mail([])
    routes = workspace.home.around.routes
    workspace.home.around.routes = Routes((*routes.all, mail))
    workspace.slack.misbehave(method, *[way] * 2)
    talk = await asyncio.to_thread(workspace.home.told_case)
    await workspace.pass_time(seconds=30)
    assert by_slack(workspace, talk) == [("line_manager", result), ("dsl", result)]
    assert sorted(mail.sent) == ["dsl", "line_manager"]


async def test_no_route_at_all_is_told_to_the_reporter(workspace: Workspace) -> None:
    workspace.slack.misbehave("chat.postMessage", *["account_inactive"] * 40)
    talk = await asyncio.to_thread(workspace.home.told_case)
    await workspace.pass_time(seconds=30)
    assert "utter_nobody_call" in workspace.home.said(talk)


async def test_a_digest_and_its_like_have_a_way_to_the_desk(workspace: Workspace) -> None:
    (route,) = workspace.home.around.routes.all
    person = workspace.home.house.organisation.person("dsl")
    message = Outgoing(
        key="digest-1", person=person, subject="Heard: a date", text="See it: https://x",
        spoken="Open your case desk to see it.", link=f"{HEARD}/", reference="", can_take=False,
    )  # fmt: skip
    assert (await route.send(message)).result == "delivered"
    (sent,) = workspace.slack.called("chat.postMessage")
    assert texts(sent) == ["Open your case desk to see it."]
    assert list(buttons(sent)) == ["Open the desk"]
    assert json.dumps(sent).count("https://") == 1
