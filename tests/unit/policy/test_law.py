"""The law table: dated, sourced, and off where nobody has seen that it is in force."""

from datetime import date
from pathlib import Path

import pytest

from policy.law import LAW, Law, load_law, read_law
from policy.pack import load_pack, pack_names

JURISDICTIONS = ("england", "wales", "scotland", "northern_ireland")
TODAY = date(2026, 6, 2)
ENGLAND = (LAW / "england.yml").read_text(encoding="utf-8")


@pytest.fixture(params=JURISDICTIONS)
def law(request: pytest.FixtureRequest) -> Law:
    return load_law(request.param)


def test_every_table_is_sound_and_every_entry_has_a_source(law: Law) -> None:
    assert all(entry.source and entry.summary for entry in law.entries)


def test_what_nobody_verified_counts_on_no_day_and_says_why(law: Law) -> None:
    for entry in law.entries:
        if not entry.verified:
            assert not any(entry.counts(day) for day in (TODAY, date(2030, 1, 1)))
            assert entry.note


def test_the_duties_of_the_new_act_and_the_bill_are_off() -> None:
    off = {entry.id for entry in load_law("england").switched_off(TODAY)}
    assert off == {"childrens_wellbeing_act_duty_to_share", "crime_and_policing_duty_to_report"}
    assert load_law("england").having("duty_to_share_child_welfare", TODAY) == ()


def test_the_duties_that_begin_in_england_are_not_in_the_welsh_table() -> None:
    ids = {entry.id for entry in load_law("wales").entries}
    assert "wales_safeguarding_procedures" in ids
    assert not {"childrens_wellbeing_act_duty_to_share", "dfe_information_sharing_2024"} & ids


@pytest.mark.parametrize(("day", "in_force"), [(date(2026, 2, 4), False), (date(2026, 2, 5), True)])
def test_the_recognised_legitimate_interest_began_on_its_day(day: date, in_force: bool) -> None:
    found = load_law("england").having("lawful_basis_safeguarding", day)
    assert bool(found) is in_force


def test_a_breach_is_reported_within_72_hours_everywhere(law: Law) -> None:
    assert [e.notice_within_hours for e in law.having("breach_notice", TODAY)] == [72]


@pytest.mark.rule("M22", "M23", "M24", "M25", "M26", "M27", "M28", "M2", "C22", "M46")
@pytest.mark.parametrize("name", pack_names())
def test_a_superseded_wording_leads_to_what_counts_now(name: str) -> None:
    england = load_law("england")
    for old in load_pack(name).superseded:
        newest = england.newest(old.wording_of, TODAY)
        assert newest is not None
        assert newest.counts(TODAY)
        if old.point:
            assert newest.point(old.point) is not None


def test_the_seven_rules_of_2015_are_all_marked_as_superseded() -> None:
    old = {one.rule for one in load_pack("manchester_settlement").superseded}
    assert {f"M{n}" for n in range(22, 29)} <= old


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("replaced_by: dpa_2018\n", "replaced_by: dpa_2081\n", "no entry `dpa_2081`"),
        ("replaced_by: dpa_2018\n", "replaced_by: dpa_1998\n", "cannot replace itself"),
        ("    ends: 2018-05-24\n", "", "no last day"),
        ("  - id: dpa_1998", "  - id: dpa_2018", "stands here twice"),
        ("    note: >-\n      Royal", "    summary_of_note: >-\n      Royal", "not a setting"),
    ],
)
def test_what_is_wrong_in_a_table_is_said_with_its_line(
    tmp_path: Path, old: str, new: str, words: str
) -> None:
    assert old in ENGLAND
    path = tmp_path / "england.yml"
    path.write_text(ENGLAND.replace(old, new, 1), encoding="utf-8")
    faults = read_law(path).faults
    assert any(words in fault.message for fault in faults)
    assert all(fault.line > 1 and fault.cure for fault in faults)
