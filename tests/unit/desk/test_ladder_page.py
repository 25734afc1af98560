"""One case's ladder on the desk: how it climbed, and what its holder can do with it."""

from __future__ import annotations

import pytest
from fastapi import FastAPI

from casework.vocabulary import WHICH_OF_US
from tests.unit.home import Home
from tests.unit.website import make_site, signed_in

MARKER = "a marker in their words"


@pytest.fixture
def site(home: Home) -> FastAPI:
    return make_site(home)


def path(home: Home, talk: str) -> str:
    return f"/desk/{home.head(talk).reference}"


async def test_the_page_shows_every_rung_and_no_word_of_the_case(home: Home, site: FastAPI) -> None:
    talk = home.told_case(MARKER)
    home.pass_time(minutes=20)
    async with signed_in(home, site, "deputy_dsl") as somebody:
        page = (await somebody.get(f"{path(home, talk)}/ladder")).text
    assert page.count('data-testid="stay"') == 3
    assert "On-call Manager" in page
    assert MARKER not in page


async def test_the_holder_does_everything_on_one_page(home: Home, site: FastAPI) -> None:
    talk = home.told_case()
    case = path(home, talk)
    async with signed_in(home, site, "dsl") as dsl:
        assert (await dsl.submit(f"{case}/acknowledge")).status_code == 303
        page = (await dsl.get(f"{case}/ladder")).text
        for press in ("step", "snooze", "hand-over", "pass", "close"):
            assert f'data-testid="{press}"' in page
        done = await dsl.submit(f"{case}/ladder/step", what="Rang the school.")
        assert done.status_code == 303
        refused = await dsl.submit(f"{case}/ladder/close", reason="Done.")
        assert refused.status_code == 409
        assert "still open" in refused.text
        closed = await dsl.submit(f"{case}/ladder/close", reason="Done.", set_aside="Not needed.")
        assert closed.status_code == 303
        assert home.head(talk).reference not in (await dsl.get("/desk")).text


async def test_an_old_page_is_told_who_has_it(home: Home, site: FastAPI) -> None:
    talk = home.told_case()
    case = path(home, talk)
    async with signed_in(home, site, "dsl") as dsl, signed_in(home, site, "line_manager") as other:
        await dsl.submit(f"{case}/acknowledge")
        late = await other.submit(f"{case}/ladder/pass")
        assert late.status_code == 409
        assert "Duty DSL has had this since 14:00." in late.text


async def test_whoever_is_in_conflict_or_has_no_business_there_finds_no_page(
    home: Home, site: FastAPI
) -> None:
    talk = home.told_case()
    home.answer(talk, WHICH_OF_US, "the duty dsl", None)
    case = path(home, talk)
    for person in ("dsl", "volunteer"):
        async with signed_in(home, site, person) as somebody:
            assert (await somebody.get(f"{case}/ladder")).status_code == 404
            assert (await somebody.submit(f"{case}/ladder/pass")).status_code == 404
    async with signed_in(home, site, "deputy_dsl") as somebody:
        assert (await somebody.submit(f"{case}/ladder/anything")).status_code == 404
