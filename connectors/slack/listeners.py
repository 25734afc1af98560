"""What is done after Slack has its answer: windows, greetings, a kind word. All was kept before."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext

from casework.contacts import ROLES
from casework.organisation import Swap
from casework.vocabulary import utc_now
from connectors.slack import blocks, forms, messages, pings, presses, shortcuts, swaps
from connectors.slack.errors import SlackUnavailable
from connectors.slack.home import Homes
from connectors.slack.incoming import PRIVATE, Kept
from connectors.slack.room import Room
from connectors.slack.texts import said
from connectors.slack.threads import Place, open_greeted

log = logging.getLogger("heard.slack")
Listener = Callable[..., Awaitable[None]]
Body = Mapping[str, Any]


def events(room: Room, homes: Homes) -> dict[str, Listener]:
    """By event type. What is not here is answered and left."""

    async def message(body: Body, context: AsyncBoltContext) -> None:
        event = body["event"]
        if context["taken"].stranger:
            await _tell_stranger(room, str(event["channel"]), event.get("user"))
        elif messages.is_direct(event) and event.get("thread_ts"):
            await _show_status(room, event)

    async def mentioned(body: Body) -> None:
        event = body["event"]
        if messages.is_direct(event):
            return  # a mention in private is a message, and came as one
        answer = blocks.plain_message(room.phrases, "utter_in_private")
        offer = blocks.button(said("talk_in_private"), "private", PRIVATE)
        answer["blocks"].append({"type": "actions", "elements": [offer]})
        with _best_effort("mention"):
            await room.api.call(
                "chat.postEphemeral", channel=event["channel"], user=event["user"], **answer
            )

    async def pane_opened(body: Body) -> None:
        pane = body["event"]["assistant_thread"]
        channel, ts = str(pane["channel_id"]), str(pane["thread_ts"])
        person = room.person(pane.get("user_id"))
        if person is None:
            await _tell_stranger(room, channel, pane.get("user_id"), thread=ts)
            return
        place = Place(str(body["team_id"]), channel, ts)
        await asyncio.to_thread(open_greeted, room, place, person)
        await _suggest(room, channel, ts)

    async def home_opened(body: Body) -> None:
        event = body["event"]
        slack_id, person = str(event.get("user")), room.person(event.get("user"))
        if event.get("tab") != "home":
            return
        with _best_effort("home"):
            if person is not None:
                await homes.open(slack_id, person)
            else:
                view = {"type": "home", "blocks": _for_stranger(room)["blocks"]}
                await room.api.call("views.publish", user_id=slack_id, view=view)

    async def nothing() -> None:
        """Acknowledged, so that Slack does not send it again."""

    return {
        "message": message,
        "app_mention": mentioned,
        "app_home_opened": home_opened,
        "assistant_thread_started": pane_opened,
        "assistant_thread_context_changed": nothing,
    }


def actions(room: Room, homes: Homes) -> dict[str, Listener]:
    """By action id."""

    async def pressed(ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        await ack()
        kept: Kept = context["taken"]
        if kept.form is not None:
            with _best_effort("window"):
                await forms.open_form(room, str(body["trigger_id"]), kept.form)

    async def add(ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        await ack()
        view = body["view"]
        with _best_effort("window"):
            await room.api.call(
                "views.update",
                view_id=view["id"],
                hash=view.get("hash"),
                view=context["taken"].form.view(room),
            )

    async def read_back(ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        await ack()
        turn_id = presses.pressed(body["actions"][0])
        lines = await asyncio.to_thread(
            _lines, room, context["taken"].form.conversation_id, turn_id
        )
        if lines:
            with _best_effort("window"):
                view = forms.read_back(room, lines)
                await room.api.call("views.open", trigger_id=body["trigger_id"], view=view)

    async def private(ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        await ack()
        team, trigger = str(body["team"]["id"]), str(body["trigger_id"])
        await shortcuts.begin(room, team, trigger, context["taken"].person)

    async def answered(ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        await ack()
        refused = context["taken"].refused
        if refused is not None:
            channel, user = body["container"]["channel_id"], body["user"]["id"]
            with _best_effort("refusal"):
                await room.api.call(
                    "chat.postEphemeral", channel=channel, user=user, **blocks.plain(refused)
                )

    async def nothing(ack: AsyncAck) -> None:
        await ack()

    async def swap(ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        await ack()
        value = presses.pressed(body["actions"][0])
        view = await asyncio.to_thread(swaps.window, room, context["taken"].person, value)
        with _best_effort("window"):
            await room.api.call("views.open", trigger_id=body["trigger_id"], view=view)

    async def swap_answered(ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        await ack()
        done: swaps.Swapped = context["taken"].swapped
        await homes.refresh()
        if body["container"].get("type") == "message":
            with _best_effort("swap"):
                where = body["container"]
                answer = blocks.plain(done.refused or done.said)
                await room.api.call(
                    "chat.update", channel=where["channel_id"], ts=where["message_ts"], **answer
                )

    return {
        swaps.SWAP: swap,
        swaps.AGREE: swap_answered,
        swaps.END: swap_answered,
        pings.TAKE: answered,
        pings.PASS: answered,
        pings.OPEN: nothing,
        presses.PRESS: pressed,
        presses.MORE: pressed,
        blocks.WRITE: pressed,
        blocks.READ_BACK: read_back,
        forms.ADD: add,
        PRIVATE: private,
    }


async def tell(room: Room, slack_id: str, text: str) -> None:
    """Tells somebody something in their direct messages."""
    with _best_effort("telling"):
        await room.api.post(await room.api.direct(slack_id), blocks.plain(text))


def submission(room: Room, homes: Homes) -> Listener:
    """A window was sent in; what stood in it is kept already."""

    async def submitted(ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        done: swaps.Swapped | None = context["taken"].swapped
        if done is not None:
            if done.refused is not None:
                await ack(response_action="errors", errors={swaps.STAND_IN: done.refused})
                return
            await ack()
            await homes.refresh()
            if done.asked is not None:
                await _ask_stand_in(room, *done.asked)
            return
        if not context["taken"].is_empty:
            await ack()
            return
        first = next(b["block_id"] for b in body["view"]["blocks"] if b["type"] == "input")
        nothing = room.phrases.reply("utter_form_empty", {})["text"]
        await ack(response_action="errors", errors={first: nothing})

    return submitted


async def _ask_stand_in(room: Room, number: int, swap: Swap) -> None:
    slack_id = room.slack_id(swap.stand_in)
    if slack_id is not None:
        with _best_effort("swap"):
            channel = await room.api.direct(slack_id)
            await room.api.post(channel, swaps.request(room, number, swap))


def command(room: Room) -> Listener:
    """/heard: answered where it was typed, for nobody else to see, without a word of it."""

    async def asked(ack: AsyncAck, context: AsyncBoltContext) -> None:
        if context["taken"].stranger:
            await ack(response_type="ephemeral", **_for_stranger(room))
        else:
            answer = blocks.plain_message(room.phrases, "utter_in_private_now")
            await ack(response_type="ephemeral", **answer)

    return asked


def shortcut(room: Room) -> Listener:
    """ "Record this safely"."""

    async def used(ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        await ack()
        if context["taken"].stranger:
            user = str(body["user"]["id"])
            with _best_effort("stranger"):
                channel = await room.api.direct(user)
                await room.api.post(channel, _for_stranger(room))

    return used


@contextlib.contextmanager
def _best_effort(what: str) -> Any:
    """What failed can be asked for again by the person; nothing of the record depends on it."""
    try:
        yield
    except SlackUnavailable as error:
        log.warning("%s_failed %s", what, error.code)


async def _tell_stranger(room: Room, channel: str, user: object, thread: str | None = None) -> None:
    if not isinstance(user, str):
        return
    with _best_effort("stranger"):
        await room.api.post(channel, _for_stranger(room), thread)


def _for_stranger(room: Room) -> dict[str, Any]:
    """Whom to ring, for somebody who is not of this organisation. Nothing of theirs is kept."""
    organisation = room.house.organisation
    for role in ROLES["safeguarding_lead"]:
        for person_id in organisation.people_with_role(role, utc_now()):
            person = organisation.person(person_id)
            if person.phone:
                found = {
                    "safeguarding_lead": person.name,
                    "safeguarding_lead_phone": person.phone,
                }
                return blocks.plain_message(room.phrases, "utter_stranger", **found)
    emergency = organisation.emergency_numbers[0]
    nobody = {"safeguarding_lead": said("emergency_services"), "safeguarding_lead_phone": emergency}
    return blocks.plain_message(room.phrases, "utter_stranger", **nobody)


async def _show_status(room: Room, event: Mapping[str, Any]) -> None:
    """ "is reading the policy…" under what they wrote, while the answer is made; it goes away by
    itself with the answer."""
    with _best_effort("status"):
        await room.api.call(
            "assistant.threads.setStatus",
            channel_id=event["channel"],
            thread_ts=event["thread_ts"],
            status=said("reading"),
        )


async def _suggest(room: Room, channel: str, ts: str) -> None:
    offered = room.phrases.buttons("utter_greet")[:4]
    prompts = [{"title": one["title"], "message": one["title"]} for one in offered]
    with _best_effort("prompts"):
        await room.api.call(
            "assistant.threads.setSuggestedPrompts",
            channel_id=channel,
            thread_ts=ts,
            prompts=prompts,
        )


def _lines(room: Room, conversation_id: str, turn_id: str) -> list[Mapping[str, Any]]:
    with room.store.read() as work:
        turn = work.turns.get(conversation_id, int(turn_id)) if turn_id.isdecimal() else None
    replies = turn.content["replies"] if turn else []
    return [line for reply in replies for line in reply["lines"]]
