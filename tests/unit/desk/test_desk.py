"""The case desk: who sees what, a reason before anything opens, one press takes a case."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI

from casework import capture, escalate
from casework.facts import MessageKind
from casework.vocabulary import INVOLVES_US, WHICH_OF_US, EntryKind
from tests.unit.home import Home
from tests.unit.website import Browser, make_site, signed_in

WITH_A_DESK = ("line_manager", "dsl", "deputy_dsl", "on_call", "trustee", "dp_trustee")
WATCHING = ("trustee", "dp_trustee")
MARKER = "a marker in their words"
NEVER_WAS = "HRD-2026-999999"


@pytest.fixture
def site(home: Home) -> FastAPI:
    return make_site(home)


@pytest.fixture
async def dsl(home: Home, site: FastAPI) -> AsyncIterator[Browser]:
    async with signed_in(home, site, "dsl") as somebody:
        yield somebody


async def listed(home: Home, site: FastAPI, person: str) -> list[str]:
    """The references on this person's desk, from the top."""
    async with signed_in(home, site, person) as somebody:
        page = await somebody.get("/desk")
    assert page.status_code == 200
    return re.findall(r'data-reference="([^"]+)"', page.text)


def reference(home: Home, talk: str) -> str:
    return home.head(talk).reference


def visits(home: Home, talk: str) -> list[tuple[str, str]]:
    """Who opened the record, and why."""
    return [(e.by, str(e.text)) for e in home.entries(talk) if e.kind is EntryKind.ACCESS]


# ---- who sees what ----


@pytest.mark.parametrize("person", ["reporter", "volunteer"])
async def test_there_is_no_desk_for_whoever_only_reports(
    home: Home, site: FastAPI, person: str
) -> None:
    talk = home.told_case(MARKER)
    async with signed_in(home, site, person) as somebody:
        assert (await somebody.get("/desk")).status_code == 404
        path = f"/desk/{reference(home, talk)}"
        assert (await somebody.get(path)).status_code == 404
        assert (await somebody.submit(path, reason="to see")).status_code == 404
        assert (await somebody.submit(f"{path}/acknowledge")).status_code == 404
        assert "/desk" not in (await somebody.get("/")).text
    assert visits(home, talk) == []


@pytest.mark.parametrize(
    ("minutes", "seeing"),
    [
        (0, {"line_manager", "dsl", "deputy_dsl"}),
        (10, {"line_manager", "dsl", "deputy_dsl"}),
        (20, {"line_manager", "dsl", "deputy_dsl", "on_call"}),
        (30, set(WITH_A_DESK)),
    ],
)
async def test_a_case_is_seen_by_office_and_by_whoever_was_asked(
    home: Home, site: FastAPI, minutes: int, seeing: set[str]
) -> None:
    talk = home.told_case()
    home.pass_time(minutes=minutes)
    found = {person for person in WITH_A_DESK if await listed(home, site, person)}
    assert found == seeing
    for person in WITH_A_DESK:
        async with signed_in(home, site, person) as somebody:
            answer = await somebody.get(f"/desk/{reference(home, talk)}")
            watches = person in WATCHING
            assert answer.status_code == (200 if person in seeing or watches else 404)


@pytest.mark.parametrize("person", WATCHING)
async def test_trustees_see_what_was_done_and_no_name_and_no_word(
    home: Home, site: FastAPI, person: str
) -> None:
    talk = home.told_case(MARKER)
    home.answer(talk, "subject", "jess marker", None)
    async with signed_in(home, site, "dsl") as dsl:
        await dsl.submit(f"/desk/{reference(home, talk)}", reason="a marker in a reason")
    async with signed_in(home, site, person) as trustee:
        assert reference(home, talk) in (await trustee.get("/desk/process")).text
        page = await trustee.submit(f"/desk/{reference(home, talk)}", reason="to check")
    assert 'data-kind="words"' in page.text
    may_read_reasons = person == "dp_trustee"  # the Data Protection Trustee answers for access
    assert ("marker" in page.text) is may_read_reasons
    for hidden in (MARKER, "jess", "Family Worker", "Duty DSL"):
        assert hidden not in page.text
    assert (person, "to check") in visits(home, talk)


async def test_what_was_done_is_shown_to_nobody_else(home: Home, site: FastAPI) -> None:
    for person in ("dsl", "line_manager", "on_call"):
        async with signed_in(home, site, person) as somebody:
            assert (await somebody.get("/desk/process")).status_code == 404
            assert "/desk/process" not in (await somebody.get("/desk")).text


async def test_a_trustee_whom_it_is_about_watches_everything_but_that(
    home: Home, site: FastAPI
) -> None:
    theirs = concerning(home, "someone here hits me", "the chair of trustees")
    other = home.told_case()
    async with signed_in(home, site, "trustee") as chair:
        page = (await chair.get("/desk/process")).text
    assert reference(home, other) in page
    assert reference(home, theirs) not in page


async def test_another_teams_manager_sees_nothing(home: Home, site: FastAPI) -> None:
    # The Duty DSL reports to the Chair; the Line Manager leads another team.
    home.told_case(person="dsl")
    assert await listed(home, site, "line_manager") == []
    assert await listed(home, site, "deputy_dsl") != []


async def test_a_case_on_hold_is_on_nobodys_desk(home: Home, site: FastAPI) -> None:
    talk = home.case("he hits me")
    capture.close_capture(home.house, talk)
    for person in WITH_A_DESK:
        assert await listed(home, site, person) == []
        async with signed_in(home, site, person) as somebody:
            path = f"/desk/{reference(home, talk)}"
            assert (await somebody.get(path)).status_code == 404
            assert (await somebody.submit(f"{path}/acknowledge")).status_code == 404


async def test_a_draft_is_on_nobodys_desk(home: Home, site: FastAPI) -> None:
    talk = home.case("he hits me")
    async with signed_in(home, site, "dsl") as somebody:
        assert (await somebody.get(f"/desk/{reference(home, talk)}")).status_code == 404


async def test_what_nobody_has_stands_above_what_somebody_has(home: Home, site: FastAPI) -> None:
    taken, older, newer = (home.told_case() for _ in range(3))
    home.pass_time(minutes=1)
    with home.store.work() as work:
        escalate.acknowledge(home.house, work, reference(home, taken), "dsl")
    assert set((await listed(home, site, "dsl"))[:2]) == {
        reference(home, older),
        reference(home, newer),
    }


async def test_the_case_of_somebody_who_has_left_is_still_there(home: Home) -> None:
    talk = home.told_case()
    home.leaves("reporter")
    for person in ("dsl", "deputy_dsl"):
        assert await listed(home, make_site(home), person) == [reference(home, talk)]


async def test_somebody_who_has_left_has_no_desk_any_more(home: Home) -> None:
    home.told_case()
    site = make_site(home)
    async with signed_in(home, site, "dsl") as gone:
        home.leaves("dsl")
        assert (await gone.get("/desk")).status_code == 401
        assert (await gone.sign_in(home.links.make("dsl"))).status_code == 410


# ---- whoever it is about ----


def concerning(home: Home, words: str, answer: str | None) -> str:
    """A case that has gone up, about somebody here."""
    talk = home.case(MARKER, words)
    capture.close_capture(home.house, talk)
    if answer is None:
        home.pass_time(minutes=5)  # nobody answered: the clock raised it
    else:
        home.answer(talk, INVOLVES_US, "Yes", "yes")
        home.answer(talk, WHICH_OF_US, answer, None)
    return talk


@pytest.mark.parametrize(
    ("words", "answer", "person"),
    [
        ("someone here hits me", "the duty dsl", "dsl"),
        ("someone here hits me", "the safeguarding lead", "dsl"),
        ("someone here hits me", "my manager", "line_manager"),
        ("someone here hits me", "the on-call manager", "deputy_dsl"),  # reports to them
        ("the duty dsl hits me", None, "dsl"),
        ("my manager hits me", None, "line_manager"),
    ],
)
async def test_for_whoever_it_is_about_there_is_no_such_case(
    home: Home, site: FastAPI, words: str, answer: str | None, person: str
) -> None:
    talk = concerning(home, words, answer)
    before = home.entries(talk)
    assert await listed(home, site, person) == []
    async with signed_in(home, site, person) as somebody:
        for theirs, never in ((reference(home, talk), NEVER_WAS),):
            for path in ("", "/acknowledge"):
                there = f"/desk/{theirs}{path}"
                nowhere = f"/desk/{never}{path}"
                got = await somebody.submit(there, reason="to see")
                none = await somebody.submit(nowhere, reason="to see")
                assert (got.status_code, got.text) == (404, none.text)
            got, none = await somebody.get(f"/desk/{theirs}"), await somebody.get(f"/desk/{never}")
            assert (got.status_code, got.text) == (404, none.text)
    assert home.entries(talk) == before


async def test_somebody_named_late_loses_the_case_from_their_desk(
    home: Home, site: FastAPI
) -> None:
    talk = home.told_case()
    assert await listed(home, site, "dsl") == [reference(home, talk)]
    home.answer(talk, WHICH_OF_US, "the duty dsl", None)
    assert await listed(home, site, "dsl") == []


async def test_the_others_still_see_what_it_is_about_somebody_else(
    home: Home, site: FastAPI
) -> None:
    talk = concerning(home, "someone here hits me", "the duty dsl")
    assert await listed(home, site, "line_manager") == [reference(home, talk)]


# ---- a reason first ----


async def test_looking_at_the_address_of_a_record_opens_nothing(home: Home, dsl: Browser) -> None:
    talk = home.told_case(MARKER)
    page = await dsl.get(f"/desk/{reference(home, talk)}")
    assert page.status_code == 200
    assert MARKER not in page.text
    assert visits(home, talk) == []


@pytest.mark.parametrize("reason", ["", " ", "\n\t", "x" * 501])
async def test_without_a_reason_nothing_opens(home: Home, dsl: Browser, reason: str) -> None:
    talk = home.told_case(MARKER)
    page = await dsl.submit(f"/desk/{reference(home, talk)}", reason=reason)
    assert page.status_code == 422
    assert 'data-testid="reason-error"' in page.text
    assert MARKER not in page.text
    assert visits(home, talk) == []


async def test_a_reason_opens_the_record_and_stands_in_it(home: Home, dsl: Browser) -> None:
    talk = home.told_case(MARKER)
    page = await dsl.submit(f"/desk/{reference(home, talk)}", reason="I was asked to act")
    assert page.status_code == 200
    assert MARKER in page.text
    assert visits(home, talk) == [("dsl", "I was asked to act")]
    assert "I was asked to act" in page.text


async def test_every_opening_is_an_entry_of_its_own(home: Home, dsl: Browser) -> None:
    talk = home.told_case()
    for reason in ("first", "second", "second"):
        await dsl.submit(f"/desk/{reference(home, talk)}", reason=reason)
    assert [reason for _, reason in visits(home, talk)] == ["first", "second", "second"]


async def test_no_word_of_a_case_stands_in_the_list(home: Home, dsl: Browser) -> None:
    home.told_case(MARKER)
    page = (await dsl.get("/desk")).text
    assert MARKER not in page
    assert "Family Worker" not in page


async def test_what_was_typed_is_shown_and_never_run(home: Home, dsl: Browser) -> None:
    talk = home.told_case("<script>alert(1)</script> {{ 7*7 }} \u202e &amp;")
    home.answer(talk, "subject", "<img src=x onerror=alert(1)>", None)
    page = (await dsl.submit(f"/desk/{reference(home, talk)}", reason="<b>why</b>")).text
    assert "<script>alert" not in page
    assert "<img" not in page
    assert "<b>why" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; {{ 7*7 }} \u202e &amp;amp;" in page
    assert page.count("<bdi>") == page.count("</bdi>") > 0


async def test_the_lists_of_a_record_are_never_mixed(home: Home, dsl: Browser) -> None:
    talk = home.told_case("they said this")
    press = home.message(talk, "What I think")
    capture.also_in(home.house, talk, press.id, 1, EntryKind.OPINION)
    home.answer(talk, "subject", "jess", None)
    page = (await dsl.submit(f"/desk/{reference(home, talk)}", reason="to act")).text
    for kind, text in (("words", "they said this"), ("opinion", "they said this")):
        strand = page[page.index(f'data-testid="strand-{kind}"') :]
        assert text in strand[: strand.index("</section>")]
    answers = page[page.index('data-testid="strand-answer"') :]
    assert "Who it is about" in answers


@pytest.mark.parametrize(
    "made_up",
    ["HRD-1", "HRD-2026-00001", "hrd-2026-000001", "HRD-2026-000001x", "x" * 500, "%2e%2e", "'--"],
)
async def test_a_made_up_reference_is_not_there(home: Home, dsl: Browser, made_up: str) -> None:
    home.told_case()
    assert (await dsl.get(f"/desk/{made_up}")).status_code == 404
    assert (await dsl.submit(f"/desk/{made_up}", reason="r")).status_code == 404
    assert (await dsl.submit(f"/desk/{made_up}/acknowledge")).status_code == 404


# ---- one press ----


async def test_one_press_takes_the_case_and_goes_back_to_the_list(home: Home, dsl: Browser) -> None:
    talk = home.told_case()
    answer = await dsl.submit(f"/desk/{reference(home, talk)}/acknowledge")
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk")
    climb = home.climb(talk)
    assert climb is not None
    assert climb.acknowledged_by == "dsl"
    assert home.said(talk) == ["utter_acknowledged"]
    assert "Duty DSL" in (await dsl.get("/desk")).text


async def test_a_second_press_of_the_same_person_changes_nothing(home: Home, dsl: Browser) -> None:
    talk = home.told_case()
    path = f"/desk/{reference(home, talk)}/acknowledge"
    await dsl.submit(path)
    before = home.entries(talk)
    assert (await dsl.submit(path)).status_code == 303
    assert home.entries(talk) == before


async def test_a_second_person_is_told_who_has_it(home: Home, site: FastAPI, dsl: Browser) -> None:
    talk = home.told_case()
    path = f"/desk/{reference(home, talk)}/acknowledge"
    await dsl.submit(path)
    async with signed_in(home, site, "line_manager") as second:
        answer = await second.submit(path)
    assert answer.status_code == 409
    assert "Duty DSL has had this since 14:00" in answer.text


async def test_a_reporter_does_not_take_their_own_case(home: Home, dsl: Browser) -> None:
    talk = home.told_case(person="dsl")
    assert 'data-testid="acknowledge"' not in (await dsl.get("/desk")).text
    answer = await dsl.submit(f"/desk/{reference(home, talk)}/acknowledge")
    assert answer.status_code == 404
    climb = home.climb(talk)
    assert climb is not None
    assert climb.acknowledged_by is None


async def test_a_taken_case_can_not_be_pressed_again_by_others(
    home: Home, site: FastAPI, dsl: Browser
) -> None:
    talk = home.told_case()
    await dsl.submit(f"/desk/{reference(home, talk)}/acknowledge")
    async with signed_in(home, site, "line_manager") as other:
        assert 'data-testid="acknowledge"' not in (await other.get("/desk")).text


# ---- the climb, as it is shown ----


async def test_a_case_that_is_overdue_is_shown_to_be(home: Home, dsl: Browser) -> None:
    home.told_case()
    assert "Late:" not in (await dsl.get("/desk")).text
    home.queue.waiting.clear()  # the ticks are lost
    home.pass_time(minutes=11)
    assert "Late:" in (await dsl.get("/desk")).text


async def test_the_climb_shows_who_did_not_answer_and_who_did(
    home: Home, site: FastAPI, dsl: Browser
) -> None:
    talk = home.told_case()
    home.pass_time(minutes=10)
    async with signed_in(home, site, "deputy_dsl") as deputy:
        await deputy.submit(f"/desk/{reference(home, talk)}/acknowledge")
    page = (await dsl.submit(f"/desk/{reference(home, talk)}", reason="to know")).text
    states = re.findall(r'<li data-state="(\w+)" data-testid="rung">\s*<b>([^<]+)</b>', page)
    assert states == [
        ("no_answer", "Line Manager"),
        ("no_answer", "Duty DSL"),
        ("told", "Deputy DSL"),
        ("acknowledged", "Deputy DSL"),
    ]


async def test_a_corrected_question_shows_the_coachs_mark_of_both(home: Home, dsl: Browser) -> None:
    talk = home.told_case()
    asked = home.message(
        talk, "did he hurt you", kind=MessageKind.WORDS, strand=EntryKind.QUESTION_ASKED
    )
    capture.begin_amending(home.house, talk, capture.keep(home.house, asked).seq)
    capture.keep(home.house, home.message(talk, "what happened then"))
    page = await dsl.submit(f"/desk/{home.head(talk).reference}", reason="it is my case")
    assert page.text.count("Kind of question, by the coach: suggestive") == 1
    assert page.text.count("Kind of question, by the coach: invitation") == 1
