"""Finding a case: only among one's own, by what is not sealed."""

from __future__ import annotations

import re

from fastapi import FastAPI

from casework import capture
from casework.vocabulary import INVOLVES_US, WHICH_OF_US
from tests.unit.home import Home
from tests.unit.website import make_site, signed_in


async def found(home: Home, site: FastAPI, person: str, **asked: str) -> tuple[list[str], str]:
    async with signed_in(home, site, person) as somebody:
        page = await somebody.submit("/desk/search", **asked)
    count = re.search(r"<h2>(\d+) found</h2>", page.text)
    return re.findall(r'data-reference="([^"]+)"', page.text), count.group(1) if count else ""


async def test_a_case_is_found_by_a_part_of_its_reference_and_by_kind(home: Home) -> None:
    site = make_site(home)
    one, two = (home.head(home.told_case()).reference for _ in range(2))
    assert await found(home, site, "dsl", reference=one[-3:]) == ([one], "1")
    assert await found(home, site, "dsl", reference=one.lower()) == ([one], "1")
    assert set((await found(home, site, "dsl", kind="disclosure"))[0]) == {one, two}
    assert await found(home, site, "dsl", kind="breach") == ([], "0")


async def test_words_and_names_are_not_searched(home: Home) -> None:
    site = make_site(home)
    talk = home.told_case("he hits me in Canterbury")
    home.answer(talk, "subject", "jess", None)
    for word in ("canterbury", "jess", "reporter", "%", "_", "<b>"):
        assert await found(home, site, "dsl", reference=word) == ([], "0")


async def test_nobody_finds_or_counts_what_concerns_them(home: Home) -> None:
    site = make_site(home)
    talk = home.case("someone here hits me")
    capture.close_capture(home.house, talk)
    home.answer(talk, INVOLVES_US, "Yes", "yes")
    home.answer(talk, WHICH_OF_US, "the duty dsl", None)
    reference = home.head(talk).reference
    assert await found(home, site, "dsl", reference=reference) == ([], "0")
    assert await found(home, site, "line_manager", reference=reference) == ([reference], "1")
    assert await found(home, site, "on_call", reference=reference) == ([], "0")
