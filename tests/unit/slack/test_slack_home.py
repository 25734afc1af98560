"""App Home: what waits, whose turn it is, who can be reached; swaps; and nothing in conflict."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest

from casework import escalate
from connectors.slack import accounts
from escalation import reach, rota
from escalation.reach import ReachDrill
from tests.unit.slack import payloads
from tests.unit.slack.conftest import Workspace, buttons, texts

MARK = "numbat4410"


async def opens(workspace: Workspace, user: str) -> dict[str, Any]:
    """Somebody opens their Home; the view that they then have."""
    before = len(workspace.slack.called("views.publish"))
    event = {"type": "app_home_opened", "user": user, "channel": f"D-{user}", "tab": "home"}
    await workspace.event({**event, "event_ts": payloads.next_ts()})
    published = (await workspace.slack.until("views.publish", before + 1))[-1]
    assert published["user_id"] == user
    return dict(published["view"])


def part(view: dict[str, Any], header: str) -> list[dict[str, Any]]:
    """The blocks under a heading."""
    found: list[dict[str, Any]] = []
    inside = False
    for block in view["blocks"]:
        if block["type"] == "header":
            inside = block["text"]["text"] == header
        elif inside:
            found.append(block)
    return found


def lines(view: dict[str, Any], header: str) -> list[str]:
    return [one["text"]["text"] for one in part(view, header) if one["type"] == "section"]


def on_home(value: str, action_id: str, user: str) -> dict[str, Any]:
    """A press on the Home."""
    press = payloads.press(value, "", user=user, action_id=action_id)
    press["container"] = {"type": "view", "view_id": "V0HOME"}
    press["view"] = {"id": "V0HOME", "type": "home", "callback_id": ""}
    del press["message"], press["channel"]
    return press


async def test_a_manager_sees_what_waits_the_longest_silent_first(workspace: Workspace) -> None:
    home = workspace.home
    first = await asyncio.to_thread(home.told_case, f"jess said {MARK}")
    home.clock.now += timedelta(minutes=3)
    second = await asyncio.to_thread(home.told_case)
    taken = await asyncio.to_thread(home.told_case)
    with home.store.work() as work:
        escalate.acknowledge(home.house, work, home.head(taken).reference, "dsl")
    view = await opens(workspace, "U0DSL")
    references = [home.head(talk).reference for talk in (first, second, taken)]
    assert lines(view, "Open concerns") == [
        f"{references[0]} · urgent · disclosure\nSince 14:00. Nobody has it yet. Asked: the Line "
        "Manager and the Duty DSL.",
        f"{references[1]} · urgent · disclosure\nSince 14:03. Nobody has it yet. Asked: the Line "
        "Manager and the Duty DSL.",
        f"{references[2]} · urgent · disclosure\nSince 14:03. Duty DSL has had this since 14:03.",
    ]
    link = part(view, "Open concerns")[0]["accessory"]["url"]
    assert link == f"https://heard.example.org/desk/{references[0]}/ladder"
    assert MARK not in json.dumps(view)


async def test_whoever_is_in_conflict_sees_nothing_not_even_a_count(workspace: Workspace) -> None:
    home = workspace.home
    before = await opens(workspace, "U0DSL")
    talk = await asyncio.to_thread(home.told_case)
    with home.store.work() as work:
        head = work.records.head(home.head(talk).id)
        escalate.leave_out(home.house, work, head, frozenset({"dsl"}))
    assert await opens(workspace, "U0DSL") == before
    others = lines(await opens(workspace, "U0DEPUTYDSL"), "Open concerns")
    assert others != ["Nothing waits for you."]


async def test_a_home_on_somebodys_screen_loses_what_they_must_not_know_any_more(
    workspace: Workspace,
) -> None:
    home = workspace.home
    talk = await asyncio.to_thread(home.told_case)
    reference = home.head(talk).reference
    assert reference in json.dumps(await opens(workspace, "U0DSL"))
    with home.store.work() as work:
        head = work.records.head(home.head(talk).id)
        escalate.leave_out(home.house, work, head, frozenset({"dsl"}))
    await workspace.channel.homes.refresh()
    last = workspace.slack.called("views.publish")[-1]
    assert last["user_id"] == "U0DSL"
    assert reference not in json.dumps(last)
    count = len(workspace.slack.called("views.publish"))
    await workspace.channel.homes.refresh()
    assert len(workspace.slack.called("views.publish")) == count  # nothing has changed


async def test_staff_see_their_own_cases_and_who_has_them(workspace: Workspace) -> None:
    home = workspace.home
    talk = await asyncio.to_thread(home.told_case)
    await asyncio.to_thread(home.told_case, person="volunteer")
    reference = home.head(talk).reference
    view = await opens(workspace, "U0REPORTER")
    assert [b["text"]["text"] for b in view["blocks"] if b["type"] == "header"] == ["My cases"]
    assert lines(view, "My cases") == [
        f"{reference} · disclosure · draft\nNobody has it yet. Asked: the Line Manager and the "
        "Duty DSL."
    ]
    with home.store.work() as work:
        escalate.acknowledge(home.house, work, reference, "dsl")
    view = await opens(workspace, "U0REPORTER")
    assert lines(view, "My cases")[0].endswith("Duty DSL has had this since 14:00.")


async def test_a_stranger_is_told_whom_to_ring(workspace: Workspace) -> None:
    assert "01632 960123" in json.dumps(await opens(workspace, "U0GUEST"))


async def test_the_messages_tab_publishes_nothing(workspace: Workspace) -> None:
    event = {"type": "app_home_opened", "user": "U0DSL", "channel": "D1", "tab": "messages"}
    await workspace.event(event)
    await workspace.says("hello")
    await workspace.settled()
    assert workspace.slack.called("views.publish") == []


async def swap_window(workspace: Workspace) -> tuple[str, dict[str, Any]]:
    """The window that the Duty DSL's first turn opens: (role, view)."""
    view = await opens(workspace, "U0DSL")
    turn = part(view, "My turn on the rota")[0]["accessory"]
    await workspace.interacts(on_home(turn["value"], turn["action_id"], "U0DSL"))
    (opened,) = await workspace.slack.until("views.open")
    return str(turn["value"]).split()[-1], dict(opened["view"])


def sent_in(view: dict[str, Any], stand_in: str, **more: Any) -> dict[str, Any]:
    payload = payloads.submission(
        {k: view[k] for k in ("type", "callback_id", "private_metadata", "blocks")}, {}, **more
    )
    chosen = {"type": "static_select", "selected_option": {"value": stand_in}}
    payload["view"]["state"] = {"values": {"stand_in": {"stand_in": chosen}}}
    return payload


@pytest.fixture
def two_dsls(workspace: Workspace) -> Workspace:
    """The deputy may be the lead as well."""
    people = tuple(
        one.model_copy(update={"roles": (*one.roles, "dsl")}) if one.id == "deputy_dsl" else one
        for one in workspace.home.house.organisation.people
    )
    workspace.home.organise(people)
    return workspace


def agreed(workspace: Workspace) -> list[tuple[str, bool]]:
    with workspace.home.store.read() as work:
        day = workspace.home.clock.now.date() - timedelta(days=1)
        return [(one.swap.stand_in, one.is_agreed) for one in rota.asked(work.connection, day)]


async def test_a_turn_is_swapped_when_both_have_said_so(two_dsls: Workspace) -> None:
    workspace = two_dsls
    role, view = await swap_window(workspace)
    assert role == "dsl"
    payload = sent_in(view, "deputy_dsl", user="U0DSL")
    for _ in range(3):  # sent again it is asked once
        assert (await workspace.interacts(payload)).status_code == 200
    assert agreed(workspace) == [("deputy_dsl", False)]
    (request,) = await workspace.slack.until_posted(1)
    assert request["channel"] == "D-U0DEPUTYDSL"
    assert texts(request)[0].startswith("Duty DSL asks you to take a turn: Tuesday 3 March")
    yes = buttons(request)["I take it"]
    press = payloads.press(
        yes["value"], request["ts"], user="U0DEPUTYDSL", channel="D-U0DEPUTYDSL",
        action_id=yes["action_id"],
    )  # fmt: skip
    press["container"]["message_ts"] = request["ts"]
    assert (await workspace.interacts(press)).status_code == 200
    assert agreed(workspace) == [("deputy_dsl", True)]
    (changed,) = await workspace.slack.until("chat.update")
    assert (changed["ts"], texts(changed)) == (request["ts"], ["You take it."])


@pytest.mark.parametrize("user", ["U0DSL", "U0REPORTER"])
async def test_nobody_else_can_agree_to_a_swap(two_dsls: Workspace, user: str) -> None:
    workspace = two_dsls
    _, view = await swap_window(workspace)
    await workspace.interacts(sent_in(view, "deputy_dsl", user="U0DSL"))
    answer = await workspace.interacts(on_home("1", "heard.agree.0", user))
    assert answer.status_code == 200
    assert agreed(workspace) == [("deputy_dsl", False)]


@pytest.mark.parametrize("stand_in", ["reporter", "dsl", "nobody"])
async def test_a_swap_that_cannot_be_is_refused_in_the_window(
    workspace: Workspace, stand_in: str
) -> None:
    workspace.home.organise(
        tuple(
            one.model_copy(update={"roles": (*one.roles, "dsl")}) if one.id == "deputy_dsl" else one
            for one in workspace.home.house.organisation.people
        )
    )
    _, view = await swap_window(workspace)
    answer = await workspace.interacts(sent_in(view, stand_in, user="U0DSL"))
    assert answer.json()["response_action"] == "errors"
    assert agreed(workspace) == []


@pytest.mark.parametrize(
    ("value", "action_id"),
    [
        ("x", "heard.agree.0"),
        ("9" * 30, "heard.end.0"),
        ("2026-03-03", "heard.swap"),
        ("", "heard.swap"),
    ],
)
async def test_a_forged_swap_is_refused(workspace: Workspace, value: str, action_id: str) -> None:
    answer = await workspace.interacts(on_home(value, action_id, "U0DSL"))
    assert answer.status_code == 401


def checks(workspace: Workspace) -> dict[str, str]:
    with workspace.home.store.read() as work:
        since = workspace.home.clock.now.date() - timedelta(days=14)
        return {one.person: one.result for one in reach.latest(work.connection, since)}


async def test_the_weekly_check_sends_nothing_and_stands_on_the_desk_and_the_home(
    workspace: Workspace,
) -> None:
    workspace.slack.users["U0DEPUTYDSL"] = {"deleted": True}
    drill = ReachDrill(workspace.home.engine, workspace.home.around)
    await asyncio.to_thread(drill.run)
    assert workspace.slack.called("chat.postMessage") == []
    found = checks(workspace)
    assert found["dsl"] == "reachable"
    assert found["deputy_dsl"] == "failed:account_switched_off"
    assert "reporter" not in found  # not on the ladder
    shown = lines(await opens(workspace, "U0DSL"), "Who can be reached now")
    assert any("Duty DSL (slack can be messaged, 14:00)" in line for line in shown)


async def test_an_account_that_was_switched_off_is_found_at_night_and_is_a_stranger_then(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts, "PAUSE_SECONDS", 0.0)
    workspace.slack.users["U0REPORTER"] = {"deleted": True}
    await accounts.look(workspace.channel.room)
    assert checks(workspace) == {"reporter": "failed:account_switched_off"}
    await workspace.says("hello")
    await workspace.settled()
    assert workspace.kept() == []
    press = payloads.press("1.0", "1772546400.000001")
    assert (await workspace.interacts(press)).status_code == 401
    del workspace.slack.users["U0REPORTER"]
    await accounts.look(workspace.channel.room)
    await workspace.says("hello again")
    assert [str(m.text) for m in workspace.kept()] == ["hello again"]


async def test_somebody_who_has_left_is_a_stranger_at_once(workspace: Workspace) -> None:
    workspace.home.leaves("reporter")
    await workspace.says("hello")
    await workspace.settled()
    assert workspace.kept() == []
    (said,) = await workspace.slack.until_posted(1)
    assert "01632 960123" in texts(said)[0]
