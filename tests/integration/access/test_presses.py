"""Drills 6, 13 and 21 of reliability.md with Slack and the desk in it, on each database.

Three tests of Slack by itself run here again: a press that was kept is told from a new one by the
database.
"""

from __future__ import annotations

import asyncio

import pytest
from fastapi import FastAPI

from casework.facts import Entry
from casework.vocabulary import EntryKind
from connectors.slack import api
from escalation.routes import Routes
from tests.unit.slack.conftest import Workspace
from tests.unit.slack.conftest import dialogue as dialogue
from tests.unit.slack.conftest import slack as slack
from tests.unit.slack.conftest import workspace as workspace
from tests.unit.slack.test_slack_home import (
    test_a_turn_is_swapped_when_both_have_said_so as test_a_turn_is_swapped_when_both_have_said_so,
)
from tests.unit.slack.test_slack_home import two_dsls as two_dsls
from tests.unit.slack.test_slack_pings import Mail, by_slack, case, climb_of
from tests.unit.slack.test_slack_pings import (
    test_an_old_press_sent_again_changes_nothing as test_an_old_press_sent_again_changes_nothing,
)
from tests.unit.website import make_site, signed_in


@pytest.fixture
def site(workspace: Workspace) -> FastAPI:
    """The desk of the same house."""
    return make_site(workspace.home)


def taken_by(workspace: Workspace, talk: str) -> list[Entry]:
    entries = workspace.home.entries(talk)
    return [entry for entry in entries if entry.kind is EntryKind.ACKNOWLEDGEMENT]


async def test_of_twenty_presses_in_two_places_one_is_in_the_record_and_the_rest_hear_whose_it_is(
    workspace: Workspace, site: FastAPI
) -> None:
    talk, found = await case(workspace)
    path = f"/desk/{workspace.home.head(talk).reference}/acknowledge"
    async with (
        signed_in(workspace.home, site, "dsl") as dsl,
        signed_in(workspace.home, site, "deputy_dsl") as deputy,
    ):
        answers = await asyncio.gather(
            *(workspace.interacts(found["U0LINEMANAGER"].press("I have this")) for _ in range(10)),
            *(browser.submit(path) for browser in [dsl, deputy] * 5),
        )
        owner = str(climb_of(workspace, talk).acknowledged_by)
        (entry,) = taken_by(workspace, talk)
        assert entry.by == owner
        assert workspace.home.said(talk).count("utter_acknowledged") == 1
        late = [answer for answer in answers[10:] if answer.status_code == 409]
        assert len(late) == (5 if owner in ("dsl", "deputy_dsl") else 10)
        assert all(" has had this since 14:00." in answer.text for answer in late)


async def test_fifty_replays_of_a_signed_press_change_nothing(workspace: Workspace) -> None:
    talk, found = await case(workspace)
    press = found["U0DSL"].press("I have this")
    await workspace.interacts(press)
    first, entries = climb_of(workspace, talk), workspace.home.entries(talk)
    assert first.acknowledged_by == "dsl"
    for _ in range(50):
        assert (await workspace.interacts(press)).status_code == 200
    assert climb_of(workspace, talk) == first
    assert workspace.home.entries(talk) == entries


@pytest.mark.parametrize(
    ("way", "result"),
    [(429, "failed:ratelimited"), ("account_inactive", "failed:account_inactive")],
)
async def test_what_slack_did_not_take_is_kept_with_its_code_and_goes_by_mail(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, way: int | str, result: str
) -> None:
    monkeypatch.setattr(api, "TIMEOUT_SECONDS", 0.3)
    mail = Mail([])
    workspace.home.around.routes = Routes((*workspace.home.around.routes.all, mail))
    workspace.slack.misbehave("chat.postMessage", way, way)
    talk = await asyncio.to_thread(workspace.home.told_case)
    await workspace.pass_time(seconds=30)
    assert by_slack(workspace, talk) == [("line_manager", result), ("dsl", result)]
    assert sorted(mail.sent) == ["dsl", "line_manager"]
