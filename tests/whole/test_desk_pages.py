"""The desk's pages and duties as they are seen: at a desk and on a phone, in Chromium."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from casework.vocabulary import utc_now
from escalation import reach
from escalation.routes import Outcome
from records.engine import make_engine, sqlite_url
from tests.whole.browser import DESK, PHONE, Open, everything_fits
from tests.whole.conftest import SignIn
from tests.whole.processes import Heard


@pytest.mark.parametrize(("device", "columns"), [(PHONE, 1), (DESK, 3)], ids=["phone", "desk"])
def test_the_rota_fits_every_screen_and_says_who_is_not_reached(
    heard: Heard, open_page: Open, device: dict[str, Any], columns: int
) -> None:
    _weekly_look(heard, {"deputy_dsl": "failed:account_switched_off", "dsl": "reachable"})
    page = open_page("dsl", "/desk/rota", device)
    tiles = page.get_by_test_id("who-is-reached").locator(":scope > li")
    expect(tiles.nth(0)).to_contain_text("Deputy DSL")
    expect(tiles.nth(0)).to_contain_text("not reached (account switched off)")
    expect(tiles.nth(1)).to_contain_text("Slack: can be messaged")
    days = page.get_by_test_id("days").locator(":scope > li")
    boxes = [days.nth(n).bounding_box() for n in range(columns + 1)]
    assert len({box["x"] for box in boxes if box}) == columns
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def _weekly_look(heard: Heard, found: dict[str, str]) -> None:
    """What the look of this week found in Slack."""
    engine = make_engine(sqlite_url(heard.home / "heard.db"))
    now = utc_now()
    with engine.begin() as connection:
        for person, result in found.items():
            reach.found(connection, now.date(), person, "slack", reach.Seen(now, Outcome(result)))
    engine.dispose()


# ---- what has to be done by a date ----


def test_on_a_phone_a_duty_is_put_on_a_calendar_is_late_opened_answered_and_done(
    open_page: Open, heard: Heard
) -> None:
    begun = heard.command("duties", "begin", "start_of_role", "--as", "line_manager")
    assert begun.returncode == 0, begun.stderr
    manager = open_page("line_manager", "/desk/duties", PHONE)
    manager.get_by_label("To whom").select_option("reporter")
    manager.locator("select[name=event]").select_option("start_of_role")
    manager.get_by_test_id("begin-duty").click()
    put = manager.get_by_test_id("theirs").locator("[data-kind=child_protection_training]")
    expect(put).to_contain_text("Due by")
    expect(put.get_by_test_id("late")).to_have_count(0)

    with heard.database() as connection:  # a month goes by
        connection.execute("UPDATE duties SET added_at = '2020-01-01', due_at = '2020-02-01'")
    manager.reload()
    expect(put.get_by_test_id("late")).to_be_visible()
    everything_fits(manager)

    put.locator("summary").click()
    put.get_by_label("Why not?").fill("has left")
    everything_fits(manager)
    put.get_by_test_id("close-duty").click()
    expect(manager.get_by_test_id("done")).to_contain_text("Family Worker")
    expect(put).to_have_count(0)

    mine = manager.get_by_test_id("mine").locator("[data-kind=child_protection_training]")
    expect(mine.get_by_test_id("late")).to_be_visible()
    mine.get_by_test_id("open-duty").click()
    expect(manager.get_by_test_id("late")).to_be_visible()
    manager.get_by_test_id("begin").click()
    asked = manager.get_by_test_id("asked")
    expect(asked).to_contain_text("Have you had your basic child protection training?")
    expect(asked).to_contain_text("C13")
    everything_fits(manager)
    manager.get_by_test_id("answer-no").click()
    expect(manager.get_by_test_id("waits")).to_be_visible()
    expect(manager.get_by_test_id("answered")).to_contain_text("No")
    everything_fits(manager)
    manager.get_by_test_id("answer-yes").click()
    expect(manager.get_by_test_id("done")).to_contain_text("Line Manager: Child protection")
    expect(mine).to_have_count(0)


def test_on_a_phone_a_breach_is_decided_about_and_its_reference_stays_on_one_line(
    open_page: Open, sign_in: SignIn
) -> None:
    talk = sign_in("reporter").begin()
    talk.ask(press="breach")
    talk.say("her file went to the wrong family")
    page = open_page("reporter", f"/notes/{talk.id}", PHONE)
    expect(page.get_by_test_id("message-box")).to_be_visible()
    everything_fits(page)
    elsewhere = sign_in("reporter").begin()
    elsewhere.say("hello")
    fresh = open_page("reporter", f"/notes/{elsewhere.id}", PHONE)
    choices = fresh.get_by_test_id("choices")
    expect(choices.get_by_text(f"Carry on with {talk.reference}")).to_be_visible()
    everything_fits(fresh)

    trustee = open_page("dp_trustee", "/desk/duties", PHONE)
    duty = trustee.get_by_test_id("mine").locator("[data-kind=breach_decision]").last
    expect(duty).to_contain_text(str(talk.reference))
    everything_fits(trustee)
    duty.get_by_test_id("open-duty").click()
    expect(trustee.locator(".reference").first).to_have_text(str(talk.reference))
    trustee.get_by_test_id("begin").click()
    trustee.get_by_test_id("answer-no").click()
    expect(trustee.get_by_label("Why not?")).to_be_visible()
    everything_fits(trustee)
    trustee.get_by_label("Why not?").fill("it reached nobody, the letter came back unopened")
    trustee.get_by_test_id("answer").click()
    expect(trustee.get_by_test_id("done")).to_contain_text("Decide if the regulator is told")
