"""From a turn to one Slack message in Block Kit.

Everything that may hold what somebody typed is plain text, so no mention, link or formatting can
be smuggled in (reliability.md S9). The fallback text, which notifications and lock screens show,
is the same for every turn.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from casework.phrases import Phrasebook
from casework.vocabulary import EntryKind
from connectors.replies import SHOWN_BUTTONS, STRAND_LABELS, in_short, shown
from connectors.slack.presses import MORE, PRESS
from connectors.slack.texts import said

Block = dict[str, Any]
READ_BACK, WRITE = "heard.read_back", "heard.write"
LONGEST_TEXT, LONGEST_TITLE, MOST_BLOCKS, MOST_IN_OVERFLOW = 3000, 75, 50, 5
MOST_IN_HOME = 100
# What a form is asked for differs from what typing is asked for.
BY_FORM = {
    "utter_capture_words": "utter_capture_words_by_form",
    "utter_capture_kept": "utter_capture_kept_by_form",
    "utter_capture_asked": "utter_capture_asked_by_form",
    "utter_capture_saw": "utter_capture_saw_by_form",
    "utter_capture_think": "utter_capture_think_by_form",
    "utter_amend_line": "utter_amend_line_by_form",
}
# In the id of a message that came out of a form.
FORM = "form:"


def message(
    phrases: Phrasebook, content: Mapping[str, Any], turn_id: int, *, by_form: bool
) -> dict[str, Any]:
    """`text` and `blocks` for chat.postMessage."""
    out = shown(content, turn_id)
    blocks: list[Block] = []
    for raw, reply in zip(content["replies"], out["replies"], strict=True):
        blocks += _reply(phrases, content, raw, reply, turn_id, by_form=by_form)
    return {"text": phrases.reply("utter_preview", {})["text"], "blocks": blocks[:MOST_BLOCKS]}


def _reply(
    phrases: Phrasebook,
    content: Mapping[str, Any],
    raw: Mapping[str, Any],
    reply: Mapping[str, Any],
    turn_id: int,
    *,
    by_form: bool,
) -> list[Block]:
    text, writes = _text(phrases, content, raw, by_form=by_form)
    blocks = [section(part) for part in _parts(text)]
    if reply["links"]:
        numbers = "   ".join(
            f"<{link['href']}|{escaped(link['title'])}>" for link in reply["links"]
        )
        blocks.append({"type": "context", "elements": [{"type": "mrkdwn", "text": numbers}]})
    if reply["clauses"]:
        codes = in_short([f"{c['code']} ({c['clause']})" for c in reply["clauses"]])
        blocks.append(context(codes[:LONGEST_TEXT]))
    elements = []
    if reply["lines"]:
        elements.append(button(said("read_it"), str(turn_id), READ_BACK))
    if writes:
        write = button(said("write_it_down"), str(turn_id), WRITE)
        elements.append({**write, "style": "primary"})
    room = SHOWN_BUTTONS - len(elements)
    first, rest = reply["buttons"][:room], [*reply["buttons"][room:], *reply["more"]]
    elements += [button(b["title"], b["id"], f"{PRESS}.{n}") for n, b in enumerate(first)]
    if rest:
        elements.append(_more(rest))
    if elements:
        blocks.append({"type": "actions", "elements": elements})
    return blocks


def _text(
    phrases: Phrasebook, content: Mapping[str, Any], raw: Mapping[str, Any], *, by_form: bool
) -> tuple[str, bool]:
    """What it says here, and whether a form can be opened from it."""
    if raw["kind"] == "entry":
        return _kept(phrases, content, raw["entry"]), by_form
    name = raw.get("response")
    if raw["kind"] == "summary":
        return phrases.reply("utter_summary_here", {})["text"], False
    if by_form and name in BY_FORM:
        return phrases.reply(BY_FORM[name], {})["text"], True
    return str(raw["text"]), False


def _kept(phrases: Phrasebook, content: Mapping[str, Any], entry: Mapping[str, Any]) -> str:
    """A kept line is named, never shown again: what stands in Slack can be exported."""
    written = str(content["in_reply_to"] or "").startswith(FORM)
    name = "utter_line_kept_form" if written else "utter_line_kept_typed"
    label = STRAND_LABELS.get(EntryKind(entry["strand"]), said("any_list"))
    return str(phrases.reply(name, {"seq": str(entry["seq"]), "strand": label})["text"])


def _parts(text: str) -> list[str]:
    return [text[n : n + LONGEST_TEXT] for n in range(0, len(text), LONGEST_TEXT)]


def plain_text(text: str) -> Block:
    """Text as it stands: no markup, no mention, no link."""
    return {"type": "plain_text", "text": text, "emoji": False}


def section(text: str) -> Block:
    """A paragraph of plain text."""
    return {"type": "section", "text": plain_text(text)}


def context(text: str) -> Block:
    """A line in small type."""
    return {"type": "context", "elements": [plain_text(text)]}


def button(title: str, value: str, action: str) -> Block:
    """A button that names itself and nothing else."""
    return {
        "type": "button",
        "text": plain_text(title[:LONGEST_TITLE]),
        "value": value,
        "action_id": action,
    }


def _more(offered: Sequence[Mapping[str, Any]]) -> Block:
    """ "More": a menu; a longer list needs another kind of menu."""
    options = [
        {
            "text": plain_text(one["title"][:LONGEST_TITLE]),
            "value": one["id"],
        }
        for one in offered
    ]
    if len(options) <= MOST_IN_OVERFLOW:
        return {"type": "overflow", "action_id": MORE, "options": options}
    return {
        "type": "static_select",
        "action_id": MORE,
        "placeholder": plain_text(said("more")),
        "options": options,
    }


def escaped(text: str) -> str:
    """For the few places that need Slack's markup."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def plain_message(phrases: Phrasebook, response: str, **slots: str) -> dict[str, Any]:
    """A sentence of domain.yml that is no turn of a conversation."""
    return plain(str(phrases.reply(response, slots)["text"]))


def plain(text: str) -> dict[str, Any]:
    """One sentence that may stand in a notification."""
    return {"text": escaped(text), "blocks": [section(text)]}


def link_to_thread(permalink: str) -> Block:
    """The way to another thread."""
    title = said("go_there")
    link = f"<{escaped(permalink)}|{escaped(title)}>"
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": link}]}
