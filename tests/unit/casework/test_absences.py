"""The organisation as it is today: stand-ins have the roles, the rota and the reports."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from casework.absences import Absence, today
from casework.organisation import Organisation, load_organisation
from run.settings import DEMONSTRATION

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def organisation() -> Organisation:
    return load_organisation(DEMONSTRATION)


def away(person: str, stand_in: str | None) -> Absence:
    return Absence(person, person, stand_in, NOON, None, "administrator")


def test_a_stand_in_has_the_roles_the_rota_and_the_reports(organisation: Organisation) -> None:
    now = today(organisation, [away("line_manager", "on_call"), away("dsl", "deputy_dsl")])
    assert {one.id for one in now.people} == {one.id for one in organisation.people} - {
        "line_manager",
        "dsl",
    }
    assert now.people_with_role("dsl", NOON) == ("deputy_dsl",)
    assert now.line_manager_of("reporter") == "on_call"
    assert "line_manager" in now.person("on_call").roles


def test_nobody_comes_to_be_their_own_manager(organisation: Organisation) -> None:
    # The Deputy DSL reports to the on-call manager.
    now = today(organisation, [away("on_call", "deputy_dsl")])
    assert now.line_manager_of("deputy_dsl") == organisation.line_manager_of("on_call")


def test_a_stand_in_who_leaves_too_hands_on_to_theirs(organisation: Organisation) -> None:
    now = today(organisation, [away("dsl", "deputy_dsl"), away("deputy_dsl", "on_call")])
    assert {"dsl", "deputy_dsl", "on_call"} <= set(now.person("on_call").roles)


def test_stand_ins_in_a_circle_are_nobody(organisation: Organisation) -> None:
    now = today(organisation, [away("dsl", "deputy_dsl"), away("deputy_dsl", "dsl")])
    assert now.people_with_role("dsl", NOON) == ()


def test_with_everybody_here_nothing_changes(organisation: Organisation) -> None:
    assert today(organisation, []) is organisation
