"""A browser for the whole paths: Debian's Chromium, as a phone or at a desk."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.whole.people import Person
from tests.whole.processes import Heard

PHONE = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}
DESK = {"viewport": {"width": 1100, "height": 580}}
FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
Open = Callable[..., Page]
ON_ONE_LINE = "element => element.getClientRects().length === 1"
FITS = "() => document.documentElement.scrollWidth <= window.innerWidth"


def everything_fits(page: Page) -> None:
    """Nothing is wider than the phone, and no reference is broken over two lines."""
    assert page.evaluate(FITS)
    for reference in page.locator(".reference").all():
        assert reference.evaluate(ON_ONE_LINE), reference.text_content()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium. For one module: while it is open, no event loop can be started."""
    executable = shutil.which("chromium") or shutil.which("chromium-browser")
    assert executable, "no browser: make browser"
    expect.set_options(timeout=30_000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def context_of(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Browsers that share nothing. No page may fail, nor ask for anything elsewhere."""
    wrong: list[str] = []

    def context(device: dict[str, Any]) -> BrowserContext:
        made = browser.new_context(**device, locale="en-GB", timezone_id="Europe/London")
        opened.callback(made.close)
        made.route(lambda url: "127.0.0.1" not in url, lambda route: route.fulfill(body="Sunny"))
        made.on("weberror", lambda error: wrong.append(str(error.error)))
        made.on("console", lambda said: "Content Security" in said.text and wrong.append(said.text))
        return made

    with ExitStack() as opened:
        yield context
    assert wrong == []


@pytest.fixture
def open_page(
    heard: Heard, sign_in: Callable[[str], Person], context_of: Callable[..., BrowserContext]
) -> Open:
    """A page of Heard for a person who is signed in already."""

    def open_page(person: str, path: str, device: dict[str, Any] | None = None) -> Page:
        context = context_of(device or DESK)
        context.add_cookies(sign_in(person).cookies)
        page = context.new_page()
        page.goto(heard.address + path)
        return page

    return open_page
