"""A message edited in Slack: kept beside the first version, and read once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from casework import cases, danger, record
from casework.facts import MessageKind
from casework.vocabulary import EntryKind, RecordKind, Topic
from tests.unit.slack import payloads
from tests.unit.slack.conftest import Workspace, buttons, capturing
from tests.unit.slack.payloads import changed

ALARMING = "he has a knife, he is going to kill her now"
EDITED = "1772546500.000100"


async def test_an_edit_stands_beside_the_first_version_and_is_linked_to_it(
    workspace: Workspace,
) -> None:
    talk, ts = await capturing(workspace, text="he hit me")
    edit = changed(ts, "he hit me twice", edited=EDITED)
    for _ in range(3):
        assert (await workspace.event(edit)).status_code == 200
    entries = workspace.home.entries(talk)
    (line,) = [e for e in entries if e.kind is EntryKind.WORDS]
    (amendment,) = [e for e in entries if e.kind is EntryKind.AMENDMENT]
    assert str(line.text) == "he hit me"
    assert (str(amendment.text), amendment.links_to) == ("he hit me twice", line.seq)
    assert amendment.relation == "amends"


async def test_a_change_that_is_taken_back_is_a_change(workspace: Workspace) -> None:
    talk, ts = await capturing(workspace, text="he hit me")
    for text, at in (("he hit me twice", EDITED), ("he hit me", "1772546501.000100")):
        for _ in range(2):
            await workspace.event(changed(ts, text, edited=at))
    assert workspace.home.texts(talk, EntryKind.AMENDMENT) == ["he hit me twice", "he hit me"]


async def test_an_older_change_that_comes_late_and_says_nothing_new_is_dropped(
    workspace: Workspace,
) -> None:
    talk, ts = await capturing(workspace, text="he hit me")
    await workspace.event(changed(ts, "he hit me twice", edited="1772546501.000100"))
    await workspace.event(changed(ts, "he hit me", edited=EDITED))
    assert workspace.home.texts(talk, EntryKind.AMENDMENT) == ["he hit me twice"]


async def test_an_edit_of_a_message_that_never_came_is_kept_as_a_message(
    workspace: Workspace,
) -> None:
    await workspace.event(changed("1772546400.500000", "only this", edited=EDITED))
    assert [str(m.text) for m in workspace.kept()] == ["only this"]


async def test_what_slack_changes_by_itself_is_no_edit(workspace: Workspace) -> None:
    talk, ts = await capturing(workspace, text="he hit me")
    unfurled = changed(ts, "he hit me", edited=EDITED)
    unfurled["message"].pop("edited")
    await workspace.event(unfurled)
    await workspace.event(changed(ts, "by a bot", edited="1772546500.000200", bot_id="B0HEARD"))
    assert workspace.home.texts(talk, EntryKind.AMENDMENT) == []


async def test_danger_in_an_edit_raises_the_alarm(workspace: Workspace) -> None:
    """And says who was told, as any alarm does."""
    talk, ts = await capturing(workspace, text="he hit me")
    await workspace.event(changed(ts, ALARMING, edited=EDITED))
    climb = workspace.home.climb(talk)
    assert climb is not None
    assert climb.urgency == "emergency"
    assert workspace.home.said(talk)[-2:] == ["utter_danger", "utter_danger_told"]
    (alarm,) = [e for e in workspace.home.entries(talk) if e.topic == Topic.DANGER]
    assert alarm.text == ""  # it stands in the amendment


async def test_an_edit_that_comes_again_says_nothing_and_brings_no_alarm_back(
    workspace: Workspace,
) -> None:
    """Slack repeats a delivery, and a gap is read with whatever was edited in it."""
    home = workspace.home
    talk, ts = await capturing(workspace, text="he hit me")
    edit = changed(ts, ALARMING, edited=EDITED)
    await workspace.event(edit)
    said = home.said(talk)
    press = home.message(talk, "No one is in danger", kind=MessageKind.PRESS)
    danger.note(home.house, talk, press.id, Topic.DANGER_DISMISSED)
    home.clock.now += timedelta(minutes=20)
    for _ in range(2):
        assert (await workspace.event(edit)).status_code == 200
    assert home.said(talk) == said
    assert home.conversation(talk).danger_at is None


async def test_a_typo_put_right_in_an_alarm_does_not_interrupt_again(workspace: Workspace) -> None:
    talk, ts = await capturing(workspace, text="he hit me")
    await workspace.event(changed(ts, ALARMING, edited=EDITED))
    said = workspace.home.said(talk)
    workspace.home.clock.now += timedelta(seconds=1)
    await workspace.event(changed(ts, f"{ALARMING}.", edited="1772546501.000100"))
    assert workspace.home.said(talk) == said
    amended = workspace.home.texts(talk, EntryKind.AMENDMENT)
    assert amended == [ALARMING, f"{ALARMING}."]


async def test_an_edit_that_could_not_be_kept_is_whole_when_slack_sends_it_again(
    workspace: Workspace,
) -> None:
    talk, ts = await capturing(workspace, text="he hit me")
    edit = changed(ts, ALARMING, edited=EDITED)
    workspace.home.rename("turns", "turns_away")
    assert (await workspace.event(edit)).status_code == 500
    workspace.home.rename("turns_away", "turns")
    assert (await workspace.event(edit)).status_code == 200
    assert workspace.home.texts(talk, EntryKind.AMENDMENT) == [ALARMING]
    assert workspace.home.said(talk)[-2:] == ["utter_danger", "utter_danger_told"]


async def test_a_changed_answer_counts_as_it_was_until_it_is_given_again(
    workspace: Workspace,
) -> None:
    home = workspace.home
    thread = await workspace.says("begin")
    await workspace.settled()
    (talk,) = workspace.conversations()
    (first,) = workspace.kept()
    cases.open_case(home.house, talk.id, first.id, RecordKind.DISCLOSURE)
    ts = await workspace.says("no", thread_ts=thread)
    await workspace.settled()
    answer = workspace.kept()[-1]
    record.answer(home.house, talk.id, answer.id, "consent", text="no", value="no")
    await workspace.event(changed(ts, "yes", edited=EDITED))
    await workspace.settled()
    assert home.said(talk.id)[-1] == "utter_edit_kept"
    (again,) = [
        button
        for message in workspace.slack.called("chat.postMessage")
        for title, button in buttons(message).items()
        if title == "Answer again"
    ]
    press = payloads.press(again["value"], thread, action_id=again["action_id"])
    assert (await workspace.interacts(press)).status_code == 200
    await workspace.settled()
    assert workspace.dialogue.texts[-1] == '/correct_line{"question": "consent"}'


NOT_UNDERSTOOD: dict[str, Any] = {
    "replies": [
        {
            "response": "utter_not_understood",
            "text": "Do you mean:",
            "buttons": [{"title": "I have something to report", "payload": "/disclosure_report"}],
        }
    ],
    "asks": None,
    "intent": {"name": "nlu_fallback"},
}


async def test_before_there_is_a_record_an_edit_is_answered_as_a_message(
    workspace: Workspace,
) -> None:
    workspace.dialogue.answer("tom told", **NOT_UNDERSTOOD)
    ts = await workspace.says("tom told")
    await workspace.settled()
    edit = changed(ts, "tom told me his dad hits him", edited=EDITED)
    for _ in range(2):
        assert (await workspace.event(edit)).status_code == 200
        await workspace.settled()
    assert workspace.dialogue.texts == ["tom told", "tom told me his dad hits him"]
    (talk,) = workspace.conversations()
    assert workspace.home.said(talk.id)[-2:] == ["utter_not_understood", "utter_thanks"]


async def test_what_a_button_says_the_meaning_of_is_what_was_written_last(
    workspace: Workspace,
) -> None:
    home = workspace.home
    for text in ("tom told", "tom tolld"):
        workspace.dialogue.answer(text, **NOT_UNDERSTOOD)
    ts = await workspace.says("tom told")
    await workspace.settled()
    await workspace.event(changed(ts, "tom tolld", edited=EDITED))
    await workspace.settled()
    (talk,) = workspace.conversations()
    press = home.message(talk.id, "I have something to report", kind=MessageKind.PRESS)
    cases.open_case(home.house, talk.id, press.id, RecordKind.CONCERN)
    (first,) = [e for e in home.entries(talk.id) if e.topic == Topic.FIRST_MESSAGE]
    assert str(first.text) == "tom tolld"


async def test_danger_in_an_edit_before_there_is_a_record_is_danger(workspace: Workspace) -> None:
    ts = await workspace.says("hello")
    await workspace.settled()
    await workspace.event(changed(ts, ALARMING, edited=EDITED))
    await workspace.settled()
    assert workspace.dialogue.texts[-1] == "/immediate_danger"
    (talk,) = workspace.conversations()
    climb = workspace.home.climb(talk.id)
    assert climb is not None
    assert climb.urgency == "emergency"
