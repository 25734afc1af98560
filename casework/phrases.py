"""The sentences of domain.yml for what Heard says without the dialogue: a push, a failure."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

Raw = dict[str, Any]


class Phrasebook:
    """The responses of domain.yml, filled in as Rasa fills them in."""

    def __init__(self, domain: Mapping[str, Any]) -> None:
        self.domain = domain
        self._responses: Mapping[str, list[Raw]] = domain["responses"]

    @classmethod
    def read(cls, path: Path) -> Phrasebook:
        """Reads domain.yml."""
        return cls(YAML(typ="safe").load(path))

    def names(self) -> frozenset[str]:
        """Every response there is."""
        return frozenset(self._responses)

    def reply(self, response: str, slots: Mapping[str, str]) -> Raw:
        """One reply in the shape of the dialogue's own: response, text, buttons, metadata.

        Raises:
            KeyError: There is no such response, or a word in braces is missing. (Rasa would
                say nothing at all.)
        """
        raw: Raw = _filled(self._responses[response][0], slots)
        return {"response": response, "buttons": [], "metadata": {}} | raw

    def buttons(self, response: str) -> list[Raw]:
        """The buttons of a response, as they stand."""
        return list(self._responses[response][0].get("buttons", []))

    def title_of_payload(self, payload: str) -> str:
        """The title of the first button that does this; the payload's own name if there is none."""
        for response in self._responses:
            for button in self.buttons(response):
                if button["payload"] == payload:
                    return str(button["title"])
        return payload.removeprefix("/").replace("_", " ")

    def label(self, question: str) -> str:
        """The short name of a question in the read-back."""
        for form in ("record_form", "danger_form"):
            asked = self._responses.get(f"utter_ask_{form}_{question}")
            if asked:
                return str(asked[0]["metadata"]["label"])
        return question.replace("_", " ").capitalize()


def _filled(value: Any, slots: Mapping[str, str]) -> Any:
    """Fills the braces in every text, at any depth, as Rasa does; double braces become single."""
    if isinstance(value, str):
        return value.format_map(slots) if "{" in value else value
    if isinstance(value, list):
        return [_filled(item, slots) for item in value]
    if isinstance(value, dict):
        return {key: _filled(item, slots) for key, item in value.items()}
    return value
