"""What `heard check` finds before a case does."""

from datetime import date
from pathlib import Path

import pytest

from casework.check import check
from casework.organisation import load_organisation
from policy.document import Fault
from policy.pack import PACKS, pack_names

ORGANISATIONS = Path(__file__).parents[3] / "organisations"
DEMONSTRATION = (ORGANISATIONS / "children_and_families.yml").read_text(encoding="utf-8")
SHIPPED_PACK = (PACKS / "children_and_families.yml").read_text(encoding="utf-8")
TODAY = date(2026, 6, 2)
OVERDUE = {"home_start_mid_west_suffolk": "2022-11-30", "manchester_settlement": "2018-02-01"}
PEOPLE = [
    *("reporter", "volunteer", "line_manager", "dsl"),
    *("deputy_dsl", "on_call", "trustee", "dp_trustee"),
    *("auditor", "administrator"),
]


def changed(folder: Path, *changes: tuple[str, str]) -> list[Fault]:
    """What is found in the demonstration file after these changes."""
    text = DEMONSTRATION
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = folder / "organisation.yml"
    path.write_text(text, encoding="utf-8")
    return check(path, today=TODAY)


def with_pack(folder: Path, old: str, new: str) -> list[Fault]:
    """What is found when the organisation's pack is its own, a changed copy of the shipped one."""
    assert old in SHIPPED_PACK
    (folder / "ours.yml").write_text(SHIPPED_PACK.replace(old, new), encoding="utf-8")
    return changed(folder, ("pack: children_and_families", "pack: ours.yml"))


def line_of(text: str, content: str = DEMONSTRATION) -> int:
    return content[: content.index(text)].count("\n") + 1


@pytest.mark.parametrize("path", sorted(ORGANISATIONS.glob("*.yml")), ids=lambda path: path.stem)
def test_a_demonstration_organisation_has_no_fault_but_a_policy_that_is_overdue(
    path: Path,
) -> None:
    overdue = OVERDUE.get(path.stem)
    messages = [fault.message for fault in check(path, today=TODAY)]
    assert messages == ([f"This policy was due for review on {overdue}."] if overdue else [])


def test_there_is_a_demonstration_organisation_for_every_pack() -> None:
    assert {path.stem for path in ORGANISATIONS.glob("*.yml")} == set(pack_names())


@pytest.mark.parametrize("path", sorted(ORGANISATIONS.glob("*.yml")), ids=lambda path: path.stem)
def test_the_same_ten_people_can_be_spoken_for_in_every_demonstration(path: Path) -> None:
    assert [person.id for person in load_organisation(path).people] == PEOPLE


def test_only_the_organisation_in_wales_has_welsh_law() -> None:
    packs = {path.stem: load_organisation(path) for path in ORGANISATIONS.glob("*.yml")}
    welsh = [name for name, one in packs.items() if one.jurisdiction == "wales"]
    assert welsh == ["crossroads_west_wales"]


def test_a_person_whom_nothing_can_reach_is_found(tmp_path: Path) -> None:
    route = "    email: volunteer@example.org\n    phone: 07700 900102\n"
    (fault,) = changed(tmp_path, (route, ""))
    assert fault.message == "Nothing can reach Volunteer."
    assert fault.line == line_of("- id: volunteer")


def test_a_dsl_without_a_telephone_number_is_found(tmp_path: Path) -> None:
    (fault,) = changed(tmp_path, ("    phone: 01632 960123\n", ""))
    assert "Duty DSL" in fault.message
    assert fault.cure == "Add `phone:`."


def test_a_missing_number_out_of_hours_is_found(tmp_path: Path) -> None:
    (fault,) = changed(tmp_path, ("    out_of_hours: 01632 960223\n", ""))
    assert fault.message == "Adult Social Care has no number out of hours."
    assert fault.line == line_of("  adults:")


def test_a_missing_service_is_found(tmp_path: Path) -> None:
    (fault,) = changed(tmp_path, ("  designated_officer:", "  other_officer:"))
    assert "`designated_officer` is missing" in fault.message


def test_missing_emergency_numbers_are_found(tmp_path: Path) -> None:
    (fault,) = changed(tmp_path, ('["999", "112"]', '["101"]'))
    assert fault.line == line_of("emergency_numbers")


def test_a_role_that_the_pack_does_not_know_is_found(tmp_path: Path) -> None:
    (fault,) = changed(tmp_path, ("roles: [volunteer]", "roles: [volunteer, wizard]"))
    assert fault.message == "The pack has no role `wizard`."
    assert fault.line == line_of("roles: [volunteer]")
    assert "deputy_dsl" in fault.cure


def test_a_role_that_nobody_holds_is_found_and_so_are_the_rungs_it_leaves_empty(
    tmp_path: Path,
) -> None:
    found = changed(
        tmp_path,
        ("roles: [staff, deputy_dsl]", "roles: [staff]"),
        ("  - {role: deputy_dsl, people: [deputy_dsl], when: always}\n", ""),
    )
    messages = [fault.message for fault in found]
    assert messages == [
        "Nobody is Deputy Designated Safeguarding Lead.",
        "Rung 2 of the emergency ladder asks nobody.",
        "Rung 2 of the urgent ladder asks nobody.",
        "Rung 2 of the standard ladder asks nobody.",
    ]


def test_a_gap_in_the_rota_is_found_for_every_ladder(tmp_path: Path) -> None:
    found = changed(tmp_path, ("when: always", "when: in_hours"))
    assert len(found) == 3 * 7
    assert (
        found[0].message == "Nobody on the emergency ladder is on the rota: monday, out of hours."
    )
    assert {fault.line for fault in found} == {line_of("\nrota:") + 1}


def test_a_gap_on_one_day_is_found(tmp_path: Path) -> None:
    weekdays = "when: always, days: [monday, tuesday, wednesday, thursday, friday, sunday]"
    found = changed(tmp_path, ("when: always", weekdays))
    assert {fault.message.split(": ")[1] for fault in found} == {"saturday, out of hours."}


def test_an_empty_rota_is_all_gap(tmp_path: Path) -> None:
    start = DEMONSTRATION.index("rota:\n")
    end = DEMONSTRATION.index("data_protection_trustee:")
    found = changed(tmp_path, (DEMONSTRATION[start:end], "rota: []\n\n"))
    assert len(found) == 3 * (7 + 5)


def test_a_pack_past_its_review_date_is_found_in_the_pack(tmp_path: Path) -> None:
    (fault,) = with_pack(tmp_path, "review_due: null", "review_due: 2026-06-01")
    assert fault.message == "This policy was due for review on 2026-06-01."
    assert fault.file == str(tmp_path / "ours.yml")
    assert fault.line == line_of("review_due", SHIPPED_PACK)


def test_a_pack_due_today_is_not_overdue(tmp_path: Path) -> None:
    assert with_pack(tmp_path, "review_due: null", "review_due: 2026-06-02") == []


def test_a_pack_that_does_not_exist_is_found_where_it_is_named(tmp_path: Path) -> None:
    (fault,) = changed(tmp_path, ("pack: children_and_families", "pack: nobodys_policy"))
    assert fault.line == line_of("pack: ")
    assert "children_and_families" in fault.cure


def test_faults_of_the_file_and_of_its_pack_are_told_together(tmp_path: Path) -> None:
    (tmp_path / "ours.yml").write_text(SHIPPED_PACK.replace("[C16]", "[C61]"), encoding="utf-8")
    found = changed(
        tmp_path,
        ("pack: children_and_families", "pack: ours.yml"),
        ("line_manager: trustee", "line_manager: nobody"),
    )
    assert {Path(fault.file).name for fault in found} == {"organisation.yml", "ours.yml"}


def test_a_circle_of_line_managers_is_found(tmp_path: Path) -> None:
    found = changed(tmp_path, ("line_manager: trustee\n", "line_manager: line_manager\n"))
    (fault,) = [fault for fault in found if "circle" in fault.message]
    assert fault.message == "These report to each other in a circle: line_manager, on_call."


def test_a_file_that_cannot_be_read_is_one_fault(tmp_path: Path) -> None:
    (fault,) = check(tmp_path / "nowhere.yml", today=TODAY)
    assert "cannot be opened" in fault.message
