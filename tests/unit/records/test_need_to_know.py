"""Every role x kind of record x part x circumstance, against a table written by hand."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from casework.facts import Entry, RecordHead, Secret
from casework.organisation import Organisation, Person, load_organisation
from casework.vocabulary import EntryKind, RecordKind, Topic
from policy.pack import Pack, load_pack
from records.permissions import (
    Circumstances,
    Part,
    View,
    has_desk,
    seen_entries,
    view_of,
)
from run.settings import ROOT

TABLE: dict[str, Any] = YAML(typ="safe").load(Path(__file__).with_name("need_to_know.yml"))
COLUMNS = ("plain", "asked", "early", "in_conflict", "taken_away", "given_words")
PACKS = (
    *("children_and_families", "crossroads_west_wales", "home_start_mid_west_suffolk"),
    *("kent_shared_lives", "manchester_settlement"),
)
NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
# One line of each part, by the person who would write it; then what others added.
LINES: dict[str, dict[str, Any]] = {
    "W": {"kind": EntryKind.WORDS},
    "W2": {"kind": EntryKind.QUESTION_ASKED},
    "W3": {"kind": EntryKind.OBSERVATION},
    "W4": {"kind": EntryKind.NOTE, "topic": Topic.FIRST_MESSAGE},
    "W5": {"kind": EntryKind.ANSWER, "topic": "where_told"},
    "W6": {"kind": EntryKind.DECISION, "by": "dsl"},
    "W7": {"kind": EntryKind.AMENDMENT, "links_to": 1},
    "I": {"kind": EntryKind.ANSWER, "topic": "subject"},
    "I2": {"kind": EntryKind.ANSWER, "topic": "source_of_harm"},
    "O": {"kind": EntryKind.OPINION},
    "O2": {"kind": EntryKind.NOTE, "by": "dsl"},
    "O3": {"kind": EntryKind.AMENDMENT, "links_to": 10},
    "P": {"kind": EntryKind.ACTION_TAKEN, "topic": Topic.FILED},
    "P2": {"kind": EntryKind.ACKNOWLEDGEMENT, "by": "dsl"},
    "P3": {"kind": EntryKind.ACTION_TAKEN, "by": "heard", "topic": Topic.ESCALATED},
    "P4": {"kind": EntryKind.ACTION_TAKEN, "by": "dsl"},
    "r": {"kind": EntryKind.ACCESS, "by": "dsl"},
}
BY_REPORTER = {name for name, line in LINES.items() if "by" not in line}
RECEIPT = {"P2", "P3"}


@dataclass(frozen=True)
class Rules:
    organisation: Organisation
    pack: Pack


@pytest.fixture(scope="module", params=PACKS)
def rules(request: pytest.FixtureRequest) -> Rules:
    """A demonstration organisation with the roles that it lacks."""
    organisation = load_organisation(ROOT / "organisations" / f"{request.param}.yml")
    more = [
        Person(id="other_manager", name="Other Manager", roles=("line_manager",)),
        Person(id="auditor", name="Auditor", roles=("auditor",)),
        Person(id="administrator", name="Administrator", roles=("administrator",)),
        Person(id="colleague", name="Colleague", roles=("staff",)),
    ]
    standing = [one for one in organisation.people if one.id not in {m.id for m in more}]
    people = (*standing, *more)
    return Rules(organisation.model_copy(update={"people": people}), load_pack(request.param))


def head(kind: RecordKind) -> RecordHead:
    return RecordHead("r", "HRD-2026-000001", kind, "c", "reporter", NOON, "p", "1", "0")


def entries() -> list[Entry]:
    return [_line(seq, name, **line) for seq, (name, line) in enumerate(LINES.items(), start=1)]


def _line(seq: int, name: str, *, kind: EntryKind, by: str = "reporter", **more: Any) -> Entry:
    given = {"topic": None, "links_to": None, "relation": None, **more}
    return Entry(
        seq=seq,
        kind=kind,
        text=Secret(f"text of {name}"),
        by=by,
        told_at=NOON,
        happened_at=None,
        written_at=NOON,
        value="a value",
        hash="0",
        source_key=name,
        **given,
    )


def given(column: str, person: str) -> Circumstances:
    nobody: frozenset[str] = frozenset()
    them = frozenset({person})
    decided = {
        "taken_away": {person: frozenset[Part]()},
        "given_words": {person: frozenset({Part.WORDS})},
    }
    return Circumstances(
        left_out=them if column == "in_conflict" else nobody,
        asked=them if column in ("asked", "in_conflict") else nobody,
        has_gone_up=column != "early",
        about_reporter=column == "in_conflict" and person == "reporter",
        decided=decided.get(column, {}),
    )


def cell(role: str, kind: RecordKind, pack: str, column: str) -> str:
    """What the table says; the most particular line counts."""
    found = {**TABLE["everybody"], **TABLE["roles"][role]}
    for more in (found.get("packs", {}).get(pack, {}), found):
        by_kind = more.get("kinds", {}).get(kind.value, {})
        for said in (by_kind, more):
            if column in said:
                return str(said[column])
    raise KeyError(column)


def legible(view: View | None, person: str) -> set[str] | None:
    """The lines whose text this person reads; None when there is no record for them."""
    if view is None:
        return None
    seen = seen_entries(view, person, entries())
    assert not any(str(one.text) or one.value for one in seen if one.withheld)
    return {one.source_key for one in seen if not one.withheld}


def expected(said: str) -> set[str] | None:
    if said == "-":
        return None
    if said == "own":
        return BY_REPORTER | RECEIPT
    if said == "own_words_only":
        return BY_REPORTER
    return {name for name in LINES if name[0] in said}


def every_cell() -> Iterator[tuple[str, RecordKind, str]]:
    for role in TABLE["roles"]:
        for kind in RecordKind:
            for column in COLUMNS:
                yield role, kind, column


@pytest.mark.rule("X4", "M33")
def test_everybody_sees_what_the_table_says_and_nothing_else(rules: Rules) -> None:
    cells = list(every_cell())
    began = time.perf_counter()
    found = {
        (role, kind, column): legible(view_of(rules, role, head(kind), given(column, role)), role)
        for role, kind, column in cells
    }
    took = time.perf_counter() - began
    wrong = [
        (role, kind.value, column, seen)
        for (role, kind, column), seen in found.items()
        if seen != expected(cell(role, kind, rules.pack.name, column))
    ]
    assert wrong == []
    parts = len(cells) * len(LINES)
    print(f"\n{rules.pack.name}: {len(cells)} cells, {parts} lines decided in {took * 1000:.0f} ms")


@pytest.mark.rule("K7")
def test_a_record_that_concerns_a_host_is_seen_by_no_more_people_than_any_other(
    rules: Rules,
) -> None:
    others = {person.id for person in rules.organisation.people} - {"reporter", "volunteer"}
    workers = head(RecordKind.DISCLOSURE)
    hosts = replace(workers, reporter="volunteer")
    for person in others - {rules.organisation.line_manager_of("volunteer")}:
        seen = legible(view_of(rules, person, hosts, given("plain", person)), person)
        of_worker = legible(view_of(rules, person, workers, given("plain", person)), person)
        assert seen is None or (of_worker is not None and seen <= of_worker), person


def test_the_table_has_a_line_for_every_role_that_somebody_here_has(rules: Rules) -> None:
    people = {person.id for person in rules.organisation.people}
    assert people - {"volunteer"} == set(TABLE["roles"]) - {"gone"}


def test_whoever_watches_sees_that_every_line_stands(rules: Rules) -> None:
    for role in ("trustee", "dp_trustee", "auditor"):
        view = view_of(rules, role, head(RecordKind.DISCLOSURE), given("plain", role))
        assert view is not None
        assert [one.seq for one in seen_entries(view, role, entries())] == [
            one.seq for one in entries()
        ]


def test_a_reporter_does_not_learn_that_others_wrote_about_it(rules: Rules) -> None:
    view = view_of(rules, "reporter", head(RecordKind.DISCLOSURE), given("plain", "reporter"))
    assert view is not None
    seen = {one.source_key for one in seen_entries(view, "reporter", entries())}
    assert seen == BY_REPORTER | RECEIPT | {"r"}  # who opened it and when, not why


def test_the_desk_is_for_whoever_may_have_to_act_or_to_watch(rules: Rules) -> None:
    without = {person.id for person in rules.organisation.people if not has_desk(rules, person.id)}
    assert without == {"reporter", "volunteer", "colleague", "administrator"}
