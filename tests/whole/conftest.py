"""Ring 4: the whole, with real processes. One running Heard is shared by all tests that may."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.unit.usecases.walk import PACKS
from tests.whole.browser import browser, context_of, open_page
from tests.whole.people import Person
from tests.whole.processes import HURRIED, Heard

__all__ = ["browser", "context_of", "open_page"]  # fixtures

SignIn = Callable[[str], Person]
started: list[Heard] = []


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test that failed shows what the processes wrote."""
    report = yield
    if report.failed:
        report.sections += [(f"Heard in {heard.home}", heard.logs()) for heard in started]
    return report


@contextmanager
def cleared_away(heard: Heard) -> Iterator[Heard]:
    """Whatever becomes of it, nothing of it is left running."""
    started.append(heard)
    try:
        yield heard
    finally:
        heard.clear_away()
        started.remove(heard)


@pytest.fixture(scope="session")
def heard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Heard]:
    """A running Heard, with the demonstration organisation."""
    with cleared_away(Heard(tmp_path_factory.mktemp("heard"))) as heard:
        yield heard.start()


@pytest.fixture(scope="session")
def hurried(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Heard]:
    """A running Heard whose clocks count seconds. It may be killed; each test leaves it running."""
    with cleared_away(Heard(tmp_path_factory.mktemp("hurried"), HURRIED)) as heard:
        yield heard.start()


@pytest.fixture(scope="session", params=PACKS)
def packed(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Heard]:
    """A running Heard for each of the five organisations; tests are put in their order."""
    pack: str = request.param
    with cleared_away(Heard(tmp_path_factory.mktemp(pack), pack=pack)) as heard:
        yield heard.start()


@pytest.fixture
def idle(tmp_path: Path) -> Iterator[Heard]:
    """A home in which nothing runs yet."""
    with cleared_away(Heard(tmp_path)) as heard:
        yield heard


@pytest.fixture(scope="session")
def sign_in(heard: Heard) -> Iterator[SignIn]:
    """Signs people in to the shared Heard, each once."""
    yield from _door(heard)


@pytest.fixture(scope="session")
def sign_in_hurried(hurried: Heard) -> Iterator[SignIn]:
    """Signs people in where clocks count seconds."""
    yield from _door(hurried)


def _door(heard: Heard) -> Iterator[SignIn]:
    inside: dict[str, Person] = {}
    with ExitStack() as leaving:

        def sign_in(person: str) -> Person:
            if person not in inside:
                inside[person] = leaving.enter_context(Person(heard, person))
            return inside[person]

        yield sign_in


@pytest.fixture
def reporter(sign_in: SignIn) -> Person:
    return sign_in("reporter")
