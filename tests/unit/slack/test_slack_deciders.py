"""Whoever has to decide is told in Slack, also where no ladder asks them."""

from __future__ import annotations

import asyncio

import pytest

from casework import duties
from casework.facts import Duty
from casework.vocabulary import RecordKind
from escalation.reminders import Reminders
from tests.unit.home import Home
from tests.unit.slack.conftest import HEARD, Workspace, buttons, everything_sent, texts
from tests.unit.slack.test_slack_pings import pings
from tests.unit.usecases.conftest import housed as housed
from tests.unit.usecases.walk import HOME_START, KENT, MANCHESTER, Housed, Walk
from tests.unit.website import make_site, signed_in

MARK = "numbat4410"
WITHOUT_CONSENT = {"harm_concern": "no", "consent": "no", "telling_raises_risk": "no"}
RISK = {"harm_concern": "yes", "involves_us": "no", "recipient_is_danger": "no"}


@pytest.fixture
def home(housed: Housed, request: pytest.FixtureRequest) -> Home:
    return housed(request.param)


def look(home: Home) -> list[str]:
    """What the service does every minute."""
    return Reminders(home.engine, home.around, home.store.over).run()


def due_of(home: Home, person: str) -> list[Duty]:
    with home.store.read() as work:
        return list(duties.held_by(home.house, work, person))


@pytest.mark.rule("H31")
@pytest.mark.parametrize("home", [HOME_START], indirect=True)
async def test_the_data_protection_trustee_is_told_of_a_breach_that_they_decide(
    workspace: Workspace,
) -> None:
    """Asked first, by the ladder; and once they have it, told where it is decided."""
    home = workspace.home
    walk = await asyncio.to_thread(Walk.begin, home, f"i emailed {MARK}", kind=RecordKind.BREACH)
    await asyncio.to_thread(walk.say, f"an email about {MARK} went to the wrong family")
    (duty,) = due_of(home, "dp_trustee")
    await workspace.pass_time(seconds=1)
    ladder = pings(workspace)
    assert list(ladder) == ["U0DPTRUSTEE"]
    await asyncio.to_thread(look, home)
    assert list(pings(workspace)) == ["U0DPTRUSTEE"]  # whom the ladder asks is not told twice
    await workspace.interacts(ladder["U0DPTRUSTEE"].press("I have this"))
    before = len(workspace.slack.posted)
    await asyncio.to_thread(look, home)
    (sent,) = workspace.slack.posted[before:]
    assert sent["channel"] == "D-U0DPTRUSTEE"
    reference = home.head(walk.talk).reference
    assert sent["text"] == f"Heard: {reference} waits for you"
    assert texts(sent) == [
        f"{reference} waits for your answer.",
        "Kind: breach\nWaiting since: 14:00",
    ]
    assert list(buttons(sent)) == ["Open record"]
    assert buttons(sent)["Open record"]["url"] == f"{HEARD}/desk/duties/{duty.id}"
    assert MARK not in everything_sent(workspace.slack)


@pytest.mark.rule("M36", "K10")
@pytest.mark.parametrize(
    ("home", "asked", "answers"),
    [
        (MANCHESTER, "manager_decision", WITHOUT_CONSENT),
        (KENT, "telling_raises_risk", RISK),
    ],
    indirect=["home"],
)
async def test_a_manager_who_has_taken_the_case_is_told_that_a_decision_waits(
    workspace: Workspace, asked: str, answers: dict[str, str]
) -> None:
    """From the first answer to the desk: what Slack says leads to where they decide."""
    home = workspace.home
    walk = await asyncio.to_thread(Walk.begin, home, f"the school asks about {MARK}")
    await asyncio.to_thread(lambda: walk.until(asked, **answers))
    if asked == "telling_raises_risk":
        await asyncio.to_thread(walk.say, "yes")
    await workspace.pass_time(seconds=1)
    await asyncio.to_thread(look, home)
    ladder = pings(workspace)["U0LINEMANAGER"]
    assert list(buttons(ladder.message)) == ["I have this", "Pass it on", "Open record"]
    await workspace.interacts(ladder.press("I have this"))
    before = len(workspace.slack.posted)
    await asyncio.to_thread(look, home)
    sent = pings(workspace, before)
    assert list(sent) == ["U0LINEMANAGER"]
    message = sent["U0LINEMANAGER"].message
    assert texts(message)[0] == f"{home.head(walk.talk).reference} waits for your answer."
    path = str(buttons(message)["Open record"]["url"]).removeprefix(HEARD)
    async with signed_in(home, make_site(home), "line_manager") as manager:
        assert (
            f'href="/desk/{home.head(walk.talk).reference}/decide"'
            in (await manager.get(path)).text
        )
    assert MARK not in everything_sent(workspace.slack)


@pytest.mark.parametrize("home", [HOME_START], indirect=True)
async def test_what_slack_did_not_take_is_sent_again_within_minutes(workspace: Workspace) -> None:
    home = workspace.home
    walk = await asyncio.to_thread(Walk.begin, home, kind=RecordKind.BREACH)
    await asyncio.to_thread(walk.say, "an email went wrong")
    await workspace.pass_time(seconds=1)
    await workspace.interacts(pings(workspace)["U0DPTRUSTEE"].press("I have this"))
    before = len(workspace.slack.posted)
    workspace.slack.misbehave("chat.postMessage", 429, 500)
    for _ in range(3):
        await asyncio.to_thread(look, home)
        await workspace.pass_time(minutes=5)
    (told,) = [one for one in workspace.slack.posted[before:] if one["channel"] == "D-U0DPTRUSTEE"]
    assert texts(told)[0] == f"{home.head(walk.talk).reference} waits for your answer."
