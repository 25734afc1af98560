"""The page on which a manager decides about sharing: theirs alone, without a word of the record."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.home import Home, Known
from tests.unit.usecases.walk import Walk, known_of
from tests.unit.website import make_site, signed_in

MARKER = "a marker in what was written first"
WITHOUT_CONSENT = {"harm_concern": "no", "consent": "no", "telling_raises_risk": "no"}


@pytest.fixture
def waiting(known: Known, template: Path, tmp_path: Path) -> Iterator[Walk]:
    home = Home(known_of("manchester_settlement", known.coach, known.phrases), template, tmp_path)
    yield Walk.begin(home, MARKER).until("manager_decision", **WITHOUT_CONSENT)
    home.engine.dispose()


@pytest.mark.rule("M36")
async def test_the_manager_decides_with_a_reason_and_no_word_of_the_record(waiting: Walk) -> None:
    home = waiting.home
    record = f"/desk/{home.head(waiting.talk).reference}"
    path = f"{record}/decide"
    async with signed_in(home, make_site(home), "line_manager") as manager:
        opened = await manager.submit(record, reason="it waits for me")
        assert f'href="{path}"' in opened.text
        page = await manager.get(path)
        assert page.status_code == 200
        assert "M36" in page.text
        assert MARKER not in page.text
        matter = {"matter": "sharing_without_consent", "answer": "yes"}
        assert (await manager.submit(path, **matter, reason=" ")).status_code == 422
        assert (await manager.submit(path, **matter, reason="to stop a crime")).status_code == 303
        assert "nothing-waits" in (await manager.get(path)).text
        assert (await manager.submit(path, **matter, reason="again")).status_code == 422
    assert home.said(waiting.talk)[-1] == "utter_manager_yes_sharing"


async def test_others_are_shown_nothing_and_may_not_decide(waiting: Walk) -> None:
    home = waiting.home
    path = f"/desk/{home.head(waiting.talk).reference}/decide"
    matter = {"matter": "sharing_without_consent", "answer": "yes", "reason": "I say so"}
    async with signed_in(home, make_site(home), "dsl") as lead:
        assert "nothing-waits" in (await lead.get(path)).text
        assert (await lead.submit(path, **matter)).status_code == 422
        odd = {**matter, "matter": "something_else"}
        assert (await lead.submit(path, **odd)).status_code == 422
    async with signed_in(home, make_site(home), "volunteer") as volunteer:
        assert (await volunteer.submit(path, **matter)).status_code == 404
    assert len(waiting.decisions()) == 1
