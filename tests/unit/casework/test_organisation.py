"""The organisation's file: who there is, who is on duty, who is asked, whom to ring."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from casework.organisation import DAYS, Organisation, Slot, load_organisation
from policy.document import Fault, FaultyFile
from policy.pack import URGENCIES, Pack, Rung, load_pack

DEMONSTRATION = Path(__file__).parents[3] / "organisations" / "children_and_families.yml"
TUESDAY_NOON = datetime(2026, 6, 2, 11, 0, tzinfo=UTC)
TUESDAY_NIGHT = datetime(2026, 6, 2, 22, 0, tzinfo=UTC)
SATURDAY_NOON = datetime(2026, 6, 6, 11, 0, tzinfo=UTC)

Build = Callable[..., Organisation]


@pytest.fixture
def pack() -> Pack:
    return load_pack("children_and_families")


@pytest.fixture
def build(tmp_path: Path) -> Build:
    """The demonstration organisation with some of its settings changed."""

    def change(**settings: Any) -> Organisation:
        path = tmp_path / "organisation.yml"
        data = YAML(typ="safe").load(DEMONSTRATION) | settings
        with path.open("w", encoding="utf-8") as file:
            YAML(typ="safe").dump(data, file)
        return load_organisation(path)

    return change


@pytest.fixture
def demonstration() -> Organisation:
    return load_organisation(DEMONSTRATION)


def faults_of(tmp_path: Path, old: str, new: str) -> list[Fault]:
    """The faults of the demonstration file with one piece of text put in place of another."""
    text = DEMONSTRATION.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "changed.yml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(FaultyFile) as raised:
        load_organisation(path)
    return list(raised.value.faults)


def line_of(text: str) -> int:
    content = DEMONSTRATION.read_text(encoding="utf-8")
    return content[: content.index(text)].count("\n") + 1


def shift(role: str, person: str, when: str, *days: str) -> dict[str, Any]:
    return {"role": role, "people": [person], "when": when, "days": list(days or DAYS)}


def test_the_demonstration_people_answer_to_their_fixed_ids(demonstration: Organisation) -> None:
    assert [person.id for person in demonstration.people] == [
        "reporter",
        "volunteer",
        "line_manager",
        "dsl",
        "deputy_dsl",
        "on_call",
        "trustee",
        "dp_trustee",
        "auditor",
        "administrator",
    ]


def test_demonstration_numbers_and_addresses_reach_nobody(demonstration: Organisation) -> None:
    services = demonstration.local_authority.values()
    phones = [person.phone for person in demonstration.people]
    phones += [number for s in services for number in (s.in_hours, s.out_of_hours)]
    # 101 is the police's own number all over the UK: the reporter is to reach it.
    for phone in {*filter(None, phones)} - {"101"}:
        assert phone.startswith(("01632 960", "07700 900"))
        assert len(phone.replace(" ", "")) == 11
    assert all((p.email or "").endswith("@example.org") for p in demonstration.people)


def test_an_unknown_person_is_a_key_error(demonstration: Organisation) -> None:
    with pytest.raises(KeyError):
        demonstration.person("nobody")


def test_those_who_report_to_somebody_are_their_own_reports_only(
    demonstration: Organisation,
) -> None:
    assert demonstration.reports_to("line_manager") == {"reporter", "volunteer"}
    assert demonstration.reports_to("on_call") == {"line_manager", "deputy_dsl"}
    assert demonstration.reports_to("volunteer") == frozenset()


@pytest.mark.parametrize("at", [TUESDAY_NOON, TUESDAY_NIGHT, SATURDAY_NOON])
@pytest.mark.parametrize("urgency", URGENCIES)
def test_the_demonstration_can_be_tried_at_any_hour(
    demonstration: Organisation, pack: Pack, at: datetime, urgency: str
) -> None:
    rungs = demonstration.ladder(pack, urgency)
    assert [demonstration.rung_people(rung, reporter="reporter", at=at) for rung in rungs] == [
        ("line_manager", "dsl"),
        ("deputy_dsl",),
        ("on_call",),
        ("trustee", "dp_trustee"),
    ]


@pytest.mark.parametrize("alleged", ["dsl", "line_manager", "on_call", "trustee"])
def test_whoever_it_is_about_somebody_independent_is_still_asked(
    demonstration: Organisation, pack: Pack, alleged: str
) -> None:
    left_out = {alleged} | demonstration.reports_to(alleged)
    asked = {
        person
        for rung in demonstration.ladder(pack, "urgent")
        for person in demonstration.rung_people(
            rung, reporter="reporter", at=TUESDAY_NOON, left_out=left_out
        )
    }
    assert asked
    assert not asked & left_out


def test_a_line_manager_is_the_reporters_own(build: Build) -> None:
    people = YAML(typ="safe").load(DEMONSTRATION)["people"]
    people[1]["line_manager"] = "deputy_dsl"
    organisation = build(people=people)
    rung = Rung(roles=("line_manager",), acknowledge_within_minutes=5)
    assert organisation.rung_people(rung, reporter="volunteer", at=TUESDAY_NOON) == ("deputy_dsl",)


def test_nobody_is_asked_to_act_on_their_own_report(demonstration: Organisation) -> None:
    rung = Rung(roles=("dsl", "deputy_dsl"), acknowledge_within_minutes=5)
    assert demonstration.rung_people(rung, reporter="dsl", at=TUESDAY_NOON) == ("deputy_dsl",)


def test_somebody_with_two_roles_is_asked_once(demonstration: Organisation) -> None:
    rung = Rung(roles=("trustee", "dp_trustee"), acknowledge_within_minutes=5)
    asked = demonstration.rung_people(rung, reporter="reporter", at=TUESDAY_NOON)
    assert asked == ("trustee", "dp_trustee")


def test_a_rung_whose_people_are_all_left_out_is_empty(demonstration: Organisation) -> None:
    rung = Rung(roles=("dsl",), acknowledge_within_minutes=5)
    asked = demonstration.rung_people(
        rung, reporter="reporter", at=TUESDAY_NOON, left_out={"dsl", "deputy_dsl"}
    )
    assert asked == ()


def test_a_shift_in_office_hours_does_not_hold_at_night_or_weekends(build: Build) -> None:
    organisation = build(rota=[shift("dsl", "dsl", "in_hours")])
    assert organisation.people_with_role("dsl", TUESDAY_NOON) == ("dsl",)
    assert organisation.people_with_role("dsl", TUESDAY_NIGHT) == ()
    assert organisation.people_with_role("dsl", SATURDAY_NOON) == ()


def test_a_shift_out_of_hours_holds_at_night_and_weekends_only(build: Build) -> None:
    organisation = build(rota=[shift("on_call", "on_call", "out_of_hours")])
    assert organisation.people_with_role("on_call", TUESDAY_NOON) == ()
    assert organisation.people_with_role("on_call", TUESDAY_NIGHT) == ("on_call",)
    assert organisation.people_with_role("on_call", SATURDAY_NOON) == ("on_call",)


def test_a_shift_holds_on_its_days_only(build: Build) -> None:
    organisation = build(rota=[shift("on_call", "on_call", "always", "saturday")])
    assert organisation.people_with_role("on_call", SATURDAY_NOON) == ("on_call",)
    assert organisation.people_with_role("on_call", TUESDAY_NOON) == ()


def test_a_role_that_the_rota_does_not_name_is_held_at_any_time(build: Build) -> None:
    organisation = build(rota=[])
    assert organisation.people_with_role("dsl", TUESDAY_NIGHT) == ("dsl",)


def test_a_line_manager_off_duty_is_not_asked(build: Build) -> None:
    organisation = build(rota=[shift("line_manager", "line_manager", "in_hours")])
    rung = Rung(roles=("line_manager",), acknowledge_within_minutes=5)
    assert organisation.rung_people(rung, reporter="reporter", at=TUESDAY_NIGHT) == ()


@pytest.mark.parametrize(
    ("utc_hour", "month", "in_hours"),
    [(7, 6, False), (8, 6, True), (8, 1, False), (9, 1, True), (16, 6, False), (16, 1, True)],
)
def test_office_hours_follow_summer_time(
    demonstration: Organisation, utc_hour: int, month: int, in_hours: bool
) -> None:
    tuesday = datetime(2026, month, 6 if month == 1 else 2, utc_hour, 30, tzinfo=UTC)
    assert demonstration.slot(tuesday) == Slot("tuesday", in_hours)


def test_a_day_on_which_the_office_is_closed_is_out_of_hours(build: Build) -> None:
    hours = {"days": list(DAYS), "opens": "09:00", "closes": "17:00", "closed_on": ["2026-06-02"]}
    assert build(hours=hours).slot(TUESDAY_NOON) == Slot("tuesday", in_hours=False)


def test_a_time_without_a_zone_is_refused(demonstration: Organisation) -> None:
    naive = datetime(2026, 6, 2, 11, 0)  # noqa: DTZ001 - what must be refused
    with pytest.raises(ValueError, match="time zone"):
        demonstration.slot(naive)
    with pytest.raises(ValueError, match="time zone"):
        demonstration.local_time(naive)


def test_times_are_said_in_uk_time(demonstration: Organisation) -> None:
    assert demonstration.local_time(TUESDAY_NIGHT) == "23:00 on 2 June 2026"


def test_at_night_the_numbers_are_those_that_answer_at_night(demonstration: Organisation) -> None:
    by_day = demonstration.service_number("children", TUESDAY_NOON)
    by_night = demonstration.service_number("children", TUESDAY_NIGHT)
    assert by_day == ("Children's Services", "01632 960111")
    assert by_night == ("Children's Services", "01632 960222")
    assert demonstration.service_number("designated_officer", TUESDAY_NIGHT) is None
    assert demonstration.service_number("no_such_service", TUESDAY_NOON) is None


def test_without_clocks_of_its_own_an_organisation_keeps_its_packs(
    demonstration: Organisation, pack: Pack
) -> None:
    assert demonstration.ladder(pack, "urgent") == pack.ladders.urgent
    assert demonstration.draft_escalates_after(pack) == timedelta(minutes=15)
    assert demonstration.hold_seconds(pack, "urgent") == 45


def test_an_organisations_own_clocks_count_for_that_urgency_alone(build: Build, pack: Pack) -> None:
    organisation = build(clocks={"urgent": {"acknowledge_within_seconds": 3}})
    waits = {rung.acknowledge_within for rung in organisation.ladder(pack, "urgent")}
    assert waits == {timedelta(seconds=3)}
    assert organisation.ladder(pack, "emergency") == pack.ladders.emergency
    assert [rung.roles for rung in organisation.ladder(pack, "urgent")] == [
        rung.roles for rung in pack.ladders.urgent
    ]


def test_drafts_and_the_hold_have_clocks_of_their_own_too(build: Build, pack: Pack) -> None:
    organisation = build(
        clocks={"draft_escalates_after_seconds": 4, "hold_for_conflict_question_seconds": 0}
    )
    assert organisation.draft_escalates_after(pack) == timedelta(seconds=4)
    assert organisation.hold_seconds(pack, "standard") == 0


def test_danger_waits_for_no_question(build: Build, pack: Pack) -> None:
    organisation = build(clocks={"hold_for_conflict_question_seconds": 60})
    assert organisation.hold_seconds(pack, "emergency") == 0


def test_an_organisation_may_look_at_records_sooner_than_its_pack(build: Build) -> None:
    retention = build(retention={"review_after_months": 6}).retention
    assert retention is not None
    assert retention.review_after_months == 6


def test_a_pack_of_its_own_lies_beside_the_organisations_file(build: Build, tmp_path: Path) -> None:
    assert build(pack="ours.yml").pack == str(tmp_path / "ours.yml")


@pytest.mark.parametrize(
    ("old", "new", "at", "words"),
    [
        ("line_manager: line_manager", "line_manager: boss", None, "no person `boss`"),
        ("people: [on_call]", "people: [night]", None, "no person `night`"),
        (
            "data_protection_trustee: dp",
            "data_protection_trustee: x",
            None,
            "no person `x_trustee`",
        ),
        ("people: [on_call]", "people: [dsl]", None, "without that role"),
        ("- id: volunteer", "- id: reporter", None, "same `id`"),
        ("email: deputy.dsl@", "email: DSL@", None, "Duty DSL have the same `email`"),
        ("phone: 07700 900101", "phone: ask at the desk", None, "digits and spaces"),
        ("email: chair@example.org", "email: chair", None, "not an e-mail"),
        ("email: chair@example.org", "slack_id: chair", "email: chair", "Slack member ID"),
        ("jurisdiction: england", "jurisdiction: narnia", None, "does not know"),
        ('opens: "09:00"', "opens: 9", None, "not a time of day"),
        ('opens: "09:00"', 'opens: "18:00"', "  days:", "closes before it opens"),
        ("- id: dsl", "- id: Duty DSL", None, "small letters"),
        ("when: always}", "when: sometimes}", "role: dsl,", "does not know"),
    ],
)
def test_a_fault_is_told_with_its_line_and_a_cure(
    tmp_path: Path, old: str, new: str, at: str | None, words: str
) -> None:
    told = faults_of(tmp_path, old, new)
    fault = next(fault for fault in told if words in fault.message)
    assert abs(fault.line - line_of(at or old)) <= (1 if at == "  days:" else 0)
    assert fault.cure


@pytest.mark.parametrize(
    "own", ["line_manager: trustee\n    email: on", "line_manager: trustee\n    email: dsl"]
)
def test_managers_who_report_to_each_other_in_a_circle_are_found_once(
    tmp_path: Path, own: str
) -> None:
    circle = "dsl" if own.endswith("dsl") else "line_manager"
    (fault,) = faults_of(tmp_path, own, own.replace("trustee", circle))
    assert "in a circle" in fault.message


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    text = DEMONSTRATION.read_text(encoding="utf-8")
    path = tmp_path / "faulty.yml"
    path.write_text(
        text.replace("line_manager: trustee", "line_manager: nobody")
        .replace("people: [on_call]", "people: [someone]")
        .replace("data_protection_trustee: dp_trustee", "data_protection_trustee: other"),
        encoding="utf-8",
    )
    with pytest.raises(FaultyFile) as raised:
        load_organisation(path)
    lines = [fault.line for fault in raised.value.faults]
    assert len(lines) == 4
    assert lines == sorted(lines)
    assert {fault.file for fault in raised.value.faults} == {str(path)}
