"""The short texts that Slack alone has: buttons, windows, App Home. One file for each language."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from ruamel.yaml import YAML

FOLDER = Path(__file__).parent
LANGUAGE = "en"


def said(name: str, **words: object) -> str:
    """The text of that name, filled in. Raises KeyError for a name or a word that is missing."""
    return texts()[name].format_map(words)


@cache
def texts(language: str = LANGUAGE) -> Mapping[str, str]:
    """Every text of a language."""
    found: dict[str, str] = YAML(typ="safe").load(FOLDER / f"{language}.yml")
    return found
