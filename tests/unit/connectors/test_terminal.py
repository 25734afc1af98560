"""The terminal channel, over the same web API as the page: what goes in, what comes out."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from casework.vocabulary import EntryKind
from connectors.terminal.chat import WrongUse, chat_by_hand, chat_json
from connectors.terminal.client import Client, Refused
from tests.unit.connectors.conftest import Channel
from tests.unit.connectors.dialogue_fake import reply, served
from tests.unit.home import Home
from tests.unit.website import make_site

SHAPE = {"replies", "reference", "capture_open", "need", "asks", "outcome", "strand", "pushed"}
REPLY_SHAPE = {"text", "kind", "buttons", "clauses", "lines", "links", "entry"}


@pytest.fixture
async def address(home: Home, channel: Channel) -> AsyncIterator[str]:
    async with served(make_site(home, channel.line)) as where:
        yield where


async def talk_in_json(home: Home, address: str, *lines: Any) -> list[dict[str, Any]]:
    """What comes out for these lines, each an object of JSON."""
    source = io.StringIO("".join(f"{json.dumps(line)}\n" for line in lines))
    out = io.StringIO()
    link = home.links.make("reporter")

    def run() -> None:
        client = Client(address, link)
        try:
            chat_json(client, source, out)
        finally:
            client.close()

    await asyncio.to_thread(run)
    return [json.loads(line) for line in out.getvalue().splitlines()]


async def test_a_line_in_is_an_object_out(home: Home, channel: Channel, address: str) -> None:
    first, second = await talk_in_json(home, address, "hello", "thank you")
    assert channel.dialogue.texts == ["hello", "thank you"]
    for turn in (first, second):
        assert set(turn) == SHAPE
        assert all(set(one) == REPLY_SHAPE for one in turn["replies"])
    assert second["replies"][0]["text"] == "I'm here if you need me."


async def test_words_go_into_the_record_and_are_shown_back(
    home: Home, channel: Channel, address: str
) -> None:
    words = '  he said  "dont tell"\n😢 \ud800 '
    kept, other = await talk_in_json(
        home, address, {"words": words}, {"words": "crying", "strand": "observation"}
    )
    assert (kept["replies"][0]["text"], kept["replies"][0]["kind"]) == (words, "entry")
    assert (kept["capture_open"], other["strand"]) == (True, "observation")
    (talk,) = home.conversations_of("reporter")
    assert home.texts(talk.id, EntryKind.WORDS) == [words]
    assert home.texts(talk.id, EntryKind.OBSERVATION) == ["crying"]


async def test_a_title_presses_a_button_and_an_unknown_one_changes_nothing(
    home: Home, channel: Channel, address: str
) -> None:
    pressed = {"press": "Someone is telling me something now"}
    _, unknown = await talk_in_json(home, address, pressed, {"press": "No such button"})
    assert channel.dialogue.texts == ["/disclosure_now"]
    assert "don't know that button" in unknown["replies"][0]["text"]


async def test_a_move_to_another_conversation_is_followed(
    home: Home, channel: Channel, address: str
) -> None:
    other = home.case("he hits me")
    moved = reply("utter_moved_back", "Back.", custom={"moved_to": other})
    channel.dialogue.answer("carry on", replies=[moved])
    (turn,) = await talk_in_json(home, address, "carry on")
    assert [one["text"] for one in turn["replies"]] == ["Back.", "I'm here if you need me."]
    assert turn["reference"] == home.head(other).reference


@pytest.mark.parametrize("line", [1, None, [], {"press": "a", "words": "b"}, {"nonsense": "a"}])
async def test_another_shape_is_wrong_use_and_says_nothing_back(
    home: Home, channel: Channel, address: str, line: Any
) -> None:
    with pytest.raises(WrongUse):
        await talk_in_json(home, address, line)


async def test_an_empty_message_is_refused_in_words(
    home: Home, channel: Channel, address: str
) -> None:
    with pytest.raises(Refused, match="nothing was kept"):
        await talk_in_json(home, address, " ")


async def test_a_used_link_does_not_open_a_terminal(home: Home, address: str) -> None:
    link = home.links.make("reporter")
    await asyncio.to_thread(lambda: Client(address, link).close())
    with pytest.raises(Refused):
        await asyncio.to_thread(Client, address, link)


async def test_by_hand_a_number_presses_a_button(
    home: Home, channel: Channel, address: str
) -> None:
    source, out = io.StringIO("#2\nhello\n"), io.StringIO()
    link = home.links.make("reporter")

    def run() -> None:
        client = Client(address, link)
        chat_by_hand(client, source, out)
        client.close()

    await asyncio.to_thread(run)
    assert channel.dialogue.texts == ["/disclosure_report", "hello"]
    assert "[#2 I need to record something]" in out.getvalue()
