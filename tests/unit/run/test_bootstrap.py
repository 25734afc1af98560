"""The parts are joined in one place, and joining them starts nothing."""

from __future__ import annotations

import importlib
import pkgutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from casework.errors import HeardError, KeyUnusable
from casework.facts import Secret
from policy.document import FaultyFile
from records.engine import sqlite_url
from run.bootstrap import Built, build
from run.settings import DEMONSTRATION, Settings

PACKAGES = ("actions", "casework", "coach", "connectors", "desk", "escalation", "policy")


def settings(home: Path) -> Settings:
    return Settings(home, DEMONSTRATION, sqlite_url(home / "heard.db"))


@pytest.fixture
def built(tmp_path: Path) -> Iterator[Built]:
    joined = build(settings(tmp_path / "home"))
    yield joined
    joined.engine.dispose()


def test_joining_starts_no_thread(tmp_path: Path) -> None:
    before = threading.enumerate()
    joined = build(settings(tmp_path))
    assert joined.house.coach
    assert joined.phrases.names()
    assert threading.enumerate() == before
    joined.engine.dispose()


def test_everything_is_written_to_the_home_and_only_its_owner_can_read_it(built: Built) -> None:
    home = built.settings.home
    assert home.stat().st_mode & 0o077 == 0
    assert (home / "heard.db").stat().st_mode & 0o077 == 0
    assert built.settings.key_file.stat().st_mode & 0o777 == 0o600


def test_a_second_start_opens_what_the_first_one_kept(built: Built) -> None:
    with built.store.work() as work:
        talk = work.conversations.open(person="reporter", channel="web").id
        work.turns.add(talk, {"replies": ["kept"]})
    again = build(built.settings)
    with again.store.read() as work:
        assert work.turns.after(talk, 0)[0].content == {"replies": ["kept"]}
    again.engine.dispose()


def test_a_missing_key_is_refused_and_none_is_made(built: Built) -> None:
    built.settings.key_file.unlink()
    with pytest.raises(KeyUnusable):
        build(built.settings)
    assert not built.settings.key_file.exists()


def test_a_faulty_organisation_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    faulty = tmp_path / "organisation.yml"
    faulty.write_text("name: [")
    home = tmp_path / "home"
    with pytest.raises(FaultyFile):
        build(Settings(home, faulty, sqlite_url(home / "heard.db")))
    assert not home.exists()


def test_settings_come_from_the_environment(tmp_path: Path) -> None:
    read = Settings.read({"HEARD_HOME": str(tmp_path), "HEARD_ORGANISATION": "a.yml"})
    assert read.home == tmp_path
    assert read.organisation == Path("a.yml").resolve()
    assert read.database_url == sqlite_url(tmp_path / "heard.db")
    own = Settings.read({"HEARD_DATABASE_URL": "postgresql://x"}, organisation=Path("b.yml"))
    assert (own.database_url, own.organisation) == ("postgresql://x", Path("b.yml").resolve())


# ---- errors ----


def every_error() -> set[type[HeardError]]:
    """Every error of the house, wherever it is defined."""
    for package in (*PACKAGES, "records", "run"):
        for found in pkgutil.walk_packages(
            importlib.import_module(package).__path__, f"{package}."
        ):
            if "migrations" not in found.name and not found.name.endswith("__main__"):
                importlib.import_module(found.name)
    known, new = {HeardError}, {HeardError}
    while new:
        new = {child for one in new for child in one.__subclasses__()} - known
        known |= new
    return known


def test_every_error_has_a_code_of_its_own() -> None:
    codes = sorted(error.code for error in every_error())
    assert codes == sorted(set(codes))
    assert all("code" in vars(error) for error in every_error())


def test_what_an_error_says_is_calm_and_holds_nothing_to_fill_in() -> None:
    for error in every_error():
        assert error.say.endswith(".")
        assert not {"!", "{", "%"} & set(error.say)


def test_text_of_a_case_hides_itself_wherever_it_is_shown_by_accident() -> None:
    text = Secret("he hits me")
    assert "hits" not in repr(text)
    assert "hits" not in f"{[text]} { ({'a': text})!r}"
    assert text == "he hits me"
