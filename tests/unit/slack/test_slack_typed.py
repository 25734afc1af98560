"""What Slack delivers, and what the person typed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.slack.typed import as_typed
from tests.unit.slack.conftest import Workspace

NAMES = {"U0DSL": "Duty DSL"}
TYPED = {
    "he said &lt;shut up&gt; &amp; hit me": "he said <shut up> & hit me",
    "&amp;lt; is not a bracket": "&lt; is not a bracket",
    "&amp;amp;": "&amp;",
    "tell <@U0DSL> now": "tell @Duty DSL now",
    "tell <@U0X|jess> now": "tell @jess now",
    "tell <@U0X> now": "tell @U0X now",
    "in <#C012|general> and <#C013>": "in #general and #C013",
    "<!here> <!channel>": "@here @channel",
    "<!subteam^S1|@team-a> <!subteam^S2|team-b>": "@team-a @team-b",
    "<!date^1392734382^{date}|18 Feb>": "18 Feb",
    "see <https://a.example/?x=1&amp;y=2>": "see https://a.example/?x=1&y=2",
    "see <http://a.example|a.example>": "see a.example",
    "write <mailto:a@b.example|a@b.example>": "write a@b.example",
    "ring <tel:01632960123|01632 960123>": "ring 01632 960123",
    "“don’t tell mum” – she said": "“don’t tell mum” – she said",
    "  two  spaces \n\tand lines  ": "  two  spaces \n\tand lines  ",
    "*he* _did_ `it` ~no~": "*he* _did_ `it` ~no~",
    "at 10:30: then :3:": "at 10:30: then :3:",
    "a &nbsp; b &#39;": "a &nbsp; b &#39;",
    "broken < here and > there": "broken < here and > there",
}


@pytest.mark.parametrize(("delivered", "typed"), TYPED.items())
def test_what_was_typed_comes_out_of_what_was_delivered(delivered: str, typed: str) -> None:
    assert as_typed(delivered, [], NAMES.get) == typed


def rich(*elements: dict[str, Any]) -> list[dict[str, Any]]:
    section = {"type": "rich_text_section", "elements": list(elements)}
    return [{"type": "rich_text", "block_id": "b", "elements": [section]}]


def test_an_emoji_comes_back_as_the_character_and_typed_colons_stay() -> None:
    blocks = rich(
        {"type": "text", "text": "ok :cry: "},
        {"type": "emoji", "name": "sob", "unicode": "1f62d"},
        {"type": "emoji", "name": "+1", "unicode": "1f44d-1f3fd", "skin_tone": 4},
        {"type": "emoji", "name": "our_own"},
    )
    delivered = "ok :cry: :sob::+1::skin-tone-4::our_own:"
    assert as_typed(delivered, blocks, NAMES.get) == "ok :cry: 😭👍🏽:our_own:"


@given(st.text())
def test_any_text_that_slack_escapes_comes_back_as_it_was(text: str) -> None:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert as_typed(escaped, [], NAMES.get) == text


@given(st.text(alphabet="<>|@#!&ampltg;:^ "))
def test_no_text_breaks_it(text: str) -> None:
    assert isinstance(as_typed(text, [], NAMES.get), str)


async def test_the_delivered_form_is_kept_beside_what_was_typed(workspace: Workspace) -> None:
    await workspace.says("he &lt;hit&gt; me")
    (message,) = workspace.kept()
    with workspace.home.store.read() as work:
        assert str(message.text) == "he <hit> me"
        assert work.threads.form(message.id) == "he &lt;hit&gt; me"
