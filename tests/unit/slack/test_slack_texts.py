"""Every text of buttons, windows and Home stands in the file of texts, and none is idle there."""

from __future__ import annotations

import re

import pytest

from connectors.slack.texts import said, texts
from run.settings import ROOT

# said("name" …), and both names of said("one" if … else "other").
USED = re.compile(r'\bsaid\(\s*"(\w+)"(?: if [^"]+? else "(\w+)")?')
SHOWN = re.compile(r'(?:plain_text|section|context|header|button)\(\s*f?"[A-Z]')


def sources() -> dict[str, str]:
    return {path.name: path.read_text() for path in (ROOT / "connectors/slack").glob("*.py")}


def test_every_text_that_is_used_is_there_and_no_other() -> None:
    found = {name for text in sources().values() for pair in USED.findall(text) for name in pair}
    assert found - {""} == set(texts())


def test_no_text_for_people_stands_in_code() -> None:
    assert [name for name, text in sources().items() if SHOWN.search(text)] == []


def test_a_word_that_is_missing_is_not_passed_over() -> None:
    assert said("turn", duty="Monday", role="Lead") == "Monday: Lead"
    with pytest.raises(KeyError):
        said("turn", duty="Monday")
