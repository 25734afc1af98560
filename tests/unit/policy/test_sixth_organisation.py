"""A sixth organisation is a file: one built from nothing decides, and its faults are named."""

import json
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from policy.decide import Outcome, ToDo
from policy.document import Fault, FaultyFile
from policy.pack import Pack, load_pack
from tests.unit.policy.paths import decided, walk

RUNGS = [{"roles": ["dsl"], "acknowledge_within_minutes": 5, "outside": True}]
ASK = {"ask": "Is it so?", "rules": ["Z1"]}


def written(folder: Path, **changes: Any) -> Path:
    """A whole pack that resembles none of the five, with these parts changed."""
    flowchart = {
        "drawn_from": "page 2",
        "start": "asked_in_person",
        "nodes": {
            "asked_in_person": {**ASK, "yes": "already_known", "no": "do_not_share"},
            "already_known": {**ASK, "yes": "share", "no": "harm", "ground": "not_confidential"},
        },
    }
    content: dict[str, Any] = {
        "name": "riverbank_club",
        "title": "What we keep to ourselves",
        "version": "1",
        "review_due": "2030-01-31",
        "roles": {"dsl": {"title": "Safeguarding lead"}, "helper": {"title": "Helper"}},
        "who_decides": {},
        "rules": [
            {"code": "Z1", "clause": "1", "carried": ["asked"], "summary": "Ask before you tell."}
        ],
        "topics": {"consent": ["Z1"]},
        "ladders": {"emergency": RUNGS, "urgent": RUNGS, "standard": RUNGS},
        "clocks": {
            "draft_escalates_after_minutes": 15,
            "hold_for_conflict_question_seconds": 45,
            "acknowledged_expires_after_minutes": {"emergency": 15, "urgent": 60, "standard": 90},
        },
        "conflict": {"reports_to_alleged_are_left_out": "true"},
        "questions": [{"id": "subject"}],
        "retention": {"review_after_months": 12},
        "required_reading": [],
        "contacts_needed": {"roles": ["dsl"], "services": {}},
        "sharing": {
            "harm_gate": {
                "harm_concern": ASK,
                "recipient_is_danger": ASK,
                "recipient_protects": ASK,
            },
            "triggers": [],
            "consent_from": [{"about": "person", "party": "person"}],
            "flowchart": flowchart,
            "how": {
                "how_much": ASK,
                "fact_from_opinion": ASK,
                "right_recipient": ASK,
                "secure_route": ASK,
            },
            "telling": {
                "always": "false",
                "whom": ["person"],
                "deviation": ["dsl"],
                "telling_raises_risk": ASK,
            },
            "advice": {"roles": ["dsl"]},
        },
        "official_request": {"questions": {"in_writing": ASK}, "told": ["dsl"]},
        "caller": {"checks": {"identity": ASK}},
        "breach": {"questions": {"what_happened": ASK}, "decides": ["dsl"]},
        "duties": [],
    }
    for path, value in changes.items():
        place: Any = content
        *parents, last = path.split("__")
        for parent in parents:
            place = place[parent]
        place[last] = value
    file = folder / "riverbank_club.yml"
    with file.open("w", encoding="utf-8") as out:
        YAML().dump(json.loads(json.dumps(content)), out)  # no part shared, so no aliases
    return file


def faults(folder: Path, **changes: Any) -> list[Fault]:
    with pytest.raises(FaultyFile) as raised:
        load_pack(written(folder, **changes))
    return list(raised.value.faults)


@pytest.fixture
def riverbank(tmp_path: Path) -> Pack:
    return load_pack(written(tmp_path))


def test_it_asks_its_own_questions_after_the_harm_gate(riverbank: Pack) -> None:
    assert decided(riverbank, {}).asks == "harm_concern"
    assert decided(riverbank, {"harm_concern": "no"}).asks == "asked_in_person"


def test_it_decides(riverbank: Pack) -> None:
    answers = {"harm_concern": "no", "asked_in_person": "no"}
    assert decided(riverbank, answers).outcome is Outcome.DO_NOT_SHARE
    answers = {
        "harm_concern": "no",
        "asked_in_person": "yes",
        "already_known": "yes",
        "how_much": "given",
        "fact_from_opinion": "yes",
        "right_recipient": "yes",
        "secure_route": "yes",
        "telling_raises_risk": "no",
    }
    assert decided(riverbank, answers).outcome is Outcome.SHARE


def test_a_way_of_its_flowchart_may_lead_back_to_the_harm_gate(riverbank: Pack) -> None:
    answers = {"harm_concern": "no", "asked_in_person": "yes", "already_known": "no"}
    decision = decided(riverbank, answers)
    assert decision.asks == "recipient_is_danger"
    assert decision.does(ToDo.RAISE_CONCERN)
    protecting = {"recipient_is_danger": "no", "recipient_protects": "yes"}
    assert decided(riverbank, {**answers, **protecting}).asks == "how_much"


def test_all_its_paths_end(riverbank: Pack) -> None:
    assert all(end.decision.outcome is not None for end in walk(riverbank))


@pytest.mark.parametrize(
    ("part", "value", "words"),
    [
        ("start", "nowhere", "no question `nowhere`"),
        ("nodes__already_known__yes", "elsewhere", "leads to `elsewhere`, which is nowhere"),
        ("nodes__already_known__no", "asked_in_person", "comes back to `asked_in_person`"),
        ("nodes__asked_in_person__yes", "do_not_share", "never be asked"),
        ("nodes__share", {**ASK, "yes": "share", "no": "share"}, "asked elsewhere, or is an end"),
        ("nodes__asked_in_person__rules", ["Z9"], "no rule Z9"),
    ],
)
def test_a_flowchart_that_leads_nowhere_is_refused_with_its_line(
    tmp_path: Path, part: str, value: Any, words: str
) -> None:
    found = faults(tmp_path, **{f"sharing__flowchart__{part}": value})
    assert any(words in fault.message for fault in found)
    assert all(fault.line > 1 and fault.cure for fault in found)


def test_sharing_without_a_ground_is_refused(tmp_path: Path) -> None:
    node = {**ASK, "yes": "share", "no": "do_not_share"}
    (fault,) = faults(tmp_path, sharing__flowchart__nodes__already_known=node)
    assert "on what ground" in fault.message


def test_a_role_that_nobody_knows_is_refused(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, sharing__advice__roles=["wizard"])
    assert fault.message == "There is no role `wizard`."


def test_a_question_of_the_telling_that_stands_elsewhere_is_refused(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, sharing__telling__unless={"already_known": ASK})
    assert "asked twice" in fault.message
