"""Actions that steer the two forms as the service does (actions/questions.py), and say nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from support import FakeActions

ANSWERS = frozenset({"affirm", "deny", "unsure", "skip", "finish", "choose"})
SLOT = "requested_slot"
Events = list[dict[str, Any]]


class FakeService(FakeActions):
    """Settles a question with whatever is an answer, and leaves a form where the service does."""

    def __init__(self, forms: Mapping[str, Sequence[str]]) -> None:
        """Takes the questions of each form, in order."""
        super().__init__()
        self._forms = forms

    def answer(self, call: dict[str, Any]) -> dict[str, Any]:
        """Returns the events; no action says anything, so that only Rasa's own replies are seen."""
        name, tracker = call["next_action"], call["tracker"]
        form = tracker["active_loop"].get("name")
        if name.startswith("validate_"):
            return _said(self._validated(form, tracker))
        if name == "action_file_record":
            return _said([_loop(None), _slot(SLOT, None)])
        events = [_loop(form)] if form else []
        if name == "action_correct_line":
            asked = tracker["latest_message"]["entities"][0]["value"]
            events += [_slot(asked, None), _slot(SLOT, asked)]
        return _said(events)

    def _validated(self, form: str, tracker: dict[str, Any]) -> Events:
        asked, latest = tracker["slots"][SLOT], tracker["latest_message"]
        intent = latest["intent"]["name"]
        if asked is None or not _since(tracker["events"]) <= {form}:
            again = asked if intent == "correct_line" else None
            return [_slot(SLOT, again or self._open(form, tracker))]
        if latest["text"].startswith("/") and intent not in ANSWERS:
            return []
        if intent == "finish":
            return [_slot(asked, "settled"), _slot(SLOT, None)]
        return [_slot(asked, "settled"), _slot(SLOT, self._open(form, tracker, asked))]

    def _open(self, form: str, tracker: dict[str, Any], *settled: str) -> str | None:
        values = {**tracker["slots"], **dict.fromkeys(settled, "settled")}
        return next((name for name in self._forms[form] if values[name] is None), None)


def _since(events: Events) -> set[str]:
    """What has run, or was refused, since the person spoke."""
    latest = max(n for n, event in enumerate(events) if event["event"] == "user")
    return {
        event["name"] if event["event"] == "action" else event["event"]
        for event in events[latest:]
        if event["event"] in {"action", "action_execution_rejected"}
    }


def _said(events: Events) -> dict[str, Any]:
    return {"events": events, "responses": []}


def _slot(name: str, value: str | None) -> dict[str, Any]:
    return {"event": "slot", "name": name, "value": value}


def _loop(name: str | None) -> dict[str, Any]:
    return {"event": "active_loop", "name": name}
