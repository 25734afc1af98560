"""The rota on the desk: who is on, what to put right, and a swap that both agree to."""

from __future__ import annotations

import re

from escalation import reach
from escalation.nights import Nights
from escalation.routes import Outcome
from tests.unit.home import Home
from tests.unit.website import make_site, signed_in


async def test_the_page_says_who_is_on_duty(home: Home) -> None:
    async with signed_in(home, make_site(home), "dsl") as dsl:
        page = (await dsl.get("/desk/rota")).text
    assert "Duty DSL" in page
    assert "What to put right" not in page


async def test_a_gap_is_on_the_page_two_weeks_before(home: Home) -> None:
    people = home.house.organisation.people
    home.organise(tuple(one for one in people if one.id != "deputy_dsl"))
    async with signed_in(home, make_site(home), "dsl") as dsl:
        page = (await dsl.get("/desk/rota")).text
    assert 'data-kind="gap"' in page
    assert "What to put right" in page


async def test_what_last_night_found_stands_on_top_of_the_open_cases(home: Home) -> None:
    people = home.house.organisation.people
    home.organise(tuple(one for one in people if one.id != "deputy_dsl"))
    async with signed_in(home, make_site(home), "dsl") as dsl:
        before = (await dsl.get("/desk")).text
        Nights(home.engine, home.around, lambda: home.house.organisation).run()
        after = (await dsl.get("/desk")).text
    assert 'data-testid="rota-banner"' not in before
    assert 'data-testid="rota-banner"' in after
    assert "things to put right" in after


def deputy_may_stand_in(home: Home) -> None:
    people = home.house.organisation.people
    deputy = next(one for one in people if one.id == "deputy_dsl")
    both = deputy.model_copy(update={"roles": (*deputy.roles, "dsl")})
    home.organise(tuple(both if one.id == deputy.id else one for one in people))


async def test_only_who_has_the_role_can_be_asked_to_take_a_turn(home: Home) -> None:
    async with signed_in(home, make_site(home), "dsl") as dsl:
        alone = (await dsl.get("/desk/rota")).text
    assert "Nobody else has your role" in alone
    assert 'name="stand_in"' not in alone
    deputy_may_stand_in(home)
    async with signed_in(home, make_site(home), "dsl") as dsl:
        page = (await dsl.get("/desk/rota")).text
    (offered,) = re.findall(r'<select name="stand_in">(.*?)</select>', page, re.S)
    assert re.findall(r'value="(\w+)"', offered) == ["deputy_dsl"]


async def test_a_swap_needs_both(home: Home) -> None:
    deputy_may_stand_in(home)
    site = make_site(home)
    async with signed_in(home, site, "dsl") as dsl, signed_in(home, site, "deputy_dsl") as other:
        form = {"role": "dsl", "duty": "2026-03-04 in", "stand_in": "deputy_dsl"}
        assert (await dsl.submit("/desk/rota/ask", **form)).status_code == 303
        page = (await other.get("/desk/rota")).text
        assert "Not agreed yet." in page
        (swap,) = set(re.findall(r'name="swap" value="([0-9]+)"', page))
        assert (await dsl.submit("/desk/rota/agree", swap=swap)).status_code == 409
        assert (await other.submit("/desk/rota/agree", swap=swap)).status_code == 303
        assert "Agreed." in (await dsl.get("/desk/rota")).text


async def test_what_a_silent_check_found_stands_on_the_page_with_nothing_to_confirm(
    home: Home,
) -> None:
    day = home.clock.now.date()
    with home.store.work() as work:
        for person, outcome in (
            ("dsl", Outcome(reach.REACHABLE)),
            ("deputy_dsl", Outcome.failed("account_switched_off")),
        ):
            seen = reach.Seen(home.clock.now, outcome)
            reach.found(work.connection, day, person, "slack", seen)
    async with signed_in(home, make_site(home), "dsl") as dsl:
        page = " ".join((await dsl.get("/desk/rota")).text.split())
    shown = page.partition('data-testid="who-is-reached"')[2].partition("</section>")[0]
    (first, second) = re.findall(r'<li class="line[^"]*"><b>(.+?)</b>(.+?)</ul>', shown)
    assert [first[0], second[0]] == ["Deputy DSL", "Duty DSL"]  # who was not reached comes first
    assert 'Slack: <b class="late">not reached</b> (account switched off)' in first[1]
    assert "Slack: can be messaged, looked at" in second[1]
    assert 'data-testid="reached"' not in page


async def test_what_makes_no_sense_is_refused(home: Home) -> None:
    async with signed_in(home, make_site(home), "dsl") as dsl:
        for press, form in (
            ("ask", {"duty": "tomorrow"}),
            ("agree", {"swap": "x"}),
            ("reached", {"route": "sms"}),
            ("anything", {}),
        ):
            assert (await dsl.submit(f"/desk/rota/{press}", **form)).status_code == 409


async def test_whoever_has_no_desk_has_no_rota(home: Home) -> None:
    async with signed_in(home, make_site(home), "volunteer") as somebody:
        assert (await somebody.get("/desk/rota")).status_code == 404
