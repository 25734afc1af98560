"""A link signs one person in, once and not for long; a session ends by itself."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from itsdangerous import TimestampSigner, URLSafeTimedSerializer

from connectors.signin import LIVES_SECONDS, Links
from tests.unit.home import Home
from tests.unit.website import browser, make_site, signed_in


@pytest.fixture
def site(home: Home) -> FastAPI:
    return make_site(home)


def old_link(home: Home, seconds: int) -> str:
    """A link of ours that was made so long ago."""

    class Earlier(TimestampSigner):
        def get_timestamp(self) -> int:
            return super().get_timestamp() - seconds

    key = home.vault.derive("sign-in")
    made = URLSafeTimedSerializer(key, salt="heard-sign-in", signer=Earlier)
    token = made.dumps(["an-id", "reporter"])
    return token if isinstance(token, str) else token.decode()


# ---- links ----


async def test_looking_at_a_link_does_not_use_it_up(home: Home, site: FastAPI) -> None:
    link = home.links.make("volunteer")
    async with browser(site) as somebody:
        for _ in range(3):
            page = await somebody.get(f"/sign-in/{link}")
            assert page.status_code == 200
        assert "Sign in as Volunteer" in page.text
        assert (await somebody.get("/api/session")).status_code == 401


async def test_a_link_signs_its_person_in(home: Home, site: FastAPI) -> None:
    async with signed_in(home, site, "volunteer") as somebody:
        assert (await somebody.get("/api/session")).json()["person"] == "volunteer"


async def test_a_link_works_once(home: Home, site: FastAPI) -> None:
    link = home.links.make("reporter")
    async with browser(site) as first, browser(site) as second:
        assert (await first.sign_in(link)).status_code == 303
        assert (await second.sign_in(link)).status_code == 410
        assert second.csrf == ""
        assert (await second.get(f"/sign-in/{link}")).status_code == 410
        assert (await first.get("/api/session")).status_code == 200


def forged_links(home: Home) -> dict[str, str]:
    good = home.links.make("reporter")
    head, middle, tail = good.split(".")
    return {
        "empty": "",
        "garbage": "x" * 200,
        "another key": Links(b"another key of thirty-two bytes..").make("reporter"),
        "another person": ".".join((head[:-4] + "AAAA", middle, tail)),
        "another signature": ".".join((head, middle, tail[::-1])),
        "no signature": head,
        "not ASCII": "ünï",
        "cut": good[:-1],
    }


@pytest.mark.parametrize(
    "kind",
    [
        "empty",
        "garbage",
        "another key",
        "another person",
        "another signature",
        "no signature",
        "not ASCII",
        "cut",
    ],
)
async def test_a_forged_link_signs_nobody_in(home: Home, site: FastAPI, kind: str) -> None:
    link = forged_links(home)[kind]
    async with browser(site) as stranger:
        assert (await stranger.sign_in(link)).status_code == 410
        assert stranger.csrf == ""
        if link:
            assert (await stranger.get(f"/sign-in/{link}")).status_code == 410


async def test_a_link_that_is_too_old_signs_nobody_in(home: Home, site: FastAPI) -> None:
    async with browser(site) as late:
        answer = await late.sign_in(old_link(home, LIVES_SECONDS + 5))
        assert (answer.status_code, late.csrf) == (410, "")
        assert (await late.get(f"/sign-in/{old_link(home, LIVES_SECONDS + 5)}")).status_code == 410


async def test_a_link_lives_for_a_shift(home: Home, site: FastAPI) -> None:
    async with browser(site) as late:
        assert (await late.sign_in(old_link(home, LIVES_SECONDS - 60))).status_code == 303


def test_two_links_are_never_the_same(home: Home) -> None:
    assert len({home.links.make("reporter") for _ in range(50)}) == 50


# ---- the cookie ----


@pytest.mark.parametrize(
    ("address", "secure"), [("http://heard.test", False), ("https://heard.test", True)]
)
async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(
    home: Home, site: FastAPI, address: str, secure: bool
) -> None:
    async with browser(site, address=address) as somebody:
        answer = await somebody.sign_in(home.links.make("reporter"))
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert ("secure" in cookie) is secure
    assert "max-age" not in cookie
    assert "expires" not in cookie


async def test_the_store_does_not_hold_what_the_cookie_holds(home: Home, site: FastAPI) -> None:
    async with signed_in(home, site, "reporter") as somebody:
        token = somebody.http.cookies["heard"]
    files = b"".join(path.read_bytes() for path in home.folder.glob("heard.db*"))
    assert token.encode() not in files


@pytest.mark.parametrize("cookie", ["", "x", "ünï", "a" * 4_000, '"; DROP TABLE web_sessions'])
async def test_a_made_up_cookie_is_nobodys(site: FastAPI, cookie: str) -> None:
    async with browser(site) as stranger:
        headers = {"Cookie": f"heard={cookie}".encode()}
        assert (await stranger.get("/api/session", headers=headers)).status_code == 401


# ---- the end of a session ----


async def test_a_session_ends_after_half_an_hour_of_silence(home: Home, site: FastAPI) -> None:
    async with signed_in(home, site, "reporter") as somebody:
        home.pass_time(minutes=29)
        assert (await somebody.get("/api/session")).status_code == 200
        home.pass_time(minutes=2)
        assert (await somebody.get("/api/session")).status_code == 401


async def test_whoever_writes_stays_signed_in(home: Home, site: FastAPI) -> None:
    async with signed_in(home, site, "reporter") as somebody:
        talk = await somebody.open_conversation()
        for _ in range(4):
            home.pass_time(minutes=20)
            assert (await somebody.send(talk, words="one more line")).status_code == 202


async def test_whoever_works_at_the_desk_stays_signed_in(home: Home, site: FastAPI) -> None:
    reference = home.head(home.told_case()).reference
    async with signed_in(home, site, "dsl") as manager:
        mine = {"passphrase": "green boats at noon"}
        await manager.submit("/desk/passphrase", **mine)
        for _ in range(4):
            home.pass_time(minutes=20)
            path = f"/desk/{reference}"
            opened = await manager.submit(path, reason="to act on it", **mine)
            assert opened.status_code == 200


async def test_a_page_that_only_looks_does_not_keep_anybody_signed_in(
    home: Home, site: FastAPI
) -> None:
    async with signed_in(home, site, "dsl") as manager:
        for _ in range(3):
            home.pass_time(minutes=10)
            await manager.get("/desk")
        home.pass_time(minutes=1)
        assert (await manager.get("/desk")).status_code == 401


async def test_no_session_lives_longer_than_a_shift(home: Home, site: FastAPI) -> None:
    async with signed_in(home, site, "reporter") as somebody:
        talk = await somebody.open_conversation()
        for _ in range(24):
            home.pass_time(minutes=20)
            answer = await somebody.send(talk, words="one more line")
        assert answer.status_code == 401


async def test_signing_out_ends_the_session_for_every_copy_of_the_cookie(
    home: Home, site: FastAPI
) -> None:
    async with signed_in(home, site, "reporter") as somebody, browser(site) as thief:
        thief.http.cookies = somebody.http.cookies
        answer = await somebody.submit("/sign-out")
        assert answer.headers["location"] == "/signed-out"
        assert answer.headers["clear-site-data"] == '"cache", "cookies", "storage"'
        assert (await thief.get("/api/session")).status_code == 401


async def test_one_person_can_be_signed_in_twice(home: Home, site: FastAPI) -> None:
    async with signed_in(home, site, "reporter") as one, signed_in(home, site, "reporter") as two:
        await one.submit("/sign-out")
        assert (await two.get("/api/session")).status_code == 200
