"""Names are shared by Python, domain.yml, the rules and the pack: none may miss its other half.

Rasa 3.6.21 says nothing at all when a response is unknown, and runs no action it has no rule for.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from ruamel.yaml import YAML

from actions.decisions import TASKS
from actions.disclosure import CAPTURE_SENTENCES, STRAND_TITLES
from actions.guide import SLOT
from actions.questions import ANSWERS, GUESSED
from actions.registry import ACTIONS
from casework.contacts import SERVICES
from casework.duties import Own
from casework.duty_words import THEIR_EVENTS
from casework.facts import EscalationStatus
from casework.guided import CHOICES
from casework.questions import YES_NO
from casework.talk import NEEDS
from casework.vocabulary import DANGER_NOW, STRANDS, Status
from coach.signs import Reason
from connectors import reading, replies
from policy.decide import Matter, Outcome, Why
from policy.pack import load_pack
from run.settings import ROOT

PACKAGES = ("actions", "casework", "connectors", "desk", "escalation", "records", "run")
DOMAIN: dict[str, Any] = YAML(typ="safe").load(ROOT / "domain.yml")
RESPONSES: dict[str, list[dict[str, Any]]] = DOMAIN["responses"]
RULES = [
    rule
    for path in sorted((ROOT / "data" / "rules").glob("*.yml"))
    for rule in YAML(typ="safe").load(path)["rules"]
]
PACK = load_pack("children_and_families")
QUESTIONS = tuple(DOMAIN["forms"]["record_form"]["required_slots"])
# Needs that have a guide of their own: they are never answered with advice alone.
GUIDED = {
    "disclosure_now",
    "disclosure_report",
    "immediate_danger",
    "contact_lookup",
    "record_status",
    "wording_check",
}
KINDS = {
    *("message", "question", "say", "never", "danger", "entry", "summary", "receipt"),
    *("status", "help", "failure", "meaning", "decision", "extract"),
}


def intents() -> set[str]:
    return {one if isinstance(one, str) else next(iter(one)) for one in DOMAIN["intents"]}


def trees() -> Iterator[tuple[Path, ast.Module]]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            yield path, ast.parse(path.read_text())


def names_in_python() -> tuple[set[str], set[str]]:
    """Every response named in the code: whole, and as the beginning of an f-string."""
    whole, beginnings = set(), set()
    for _, tree in trees():
        inside = {
            id(part) for n in ast.walk(tree) if isinstance(n, ast.JoinedStr) for part in n.values
        }
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Constant) and isinstance(node.value, str)):
                continue
            if re.fullmatch(r"utter_\w*", node.value):
                (beginnings if id(node) in inside else whole).add(node.value)
    return whole, beginnings


def made_in_python() -> set[str]:
    """The responses whose names the code puts together."""
    made = {f"utter_advice_{need}" for need in NEEDS if need not in GUIDED}
    made |= {f"utter_meaning_{need}" for need in NEEDS}
    made |= {f"utter_status_{status}" for status in (*EscalationStatus, Status.DRAFT, Status.FILED)}
    made |= {f"utter_wording_not_{reason}" for reason in get_args(Reason)}
    made |= {f"utter_ask_record_form_{question}" for question in QUESTIONS}
    made |= {f"utter_decision_{outcome}" for outcome in Outcome}
    made |= {f"utter_why_{why}" for why in Why}
    made |= {f"utter_todo_{task}" for task in TASKS}
    made |= {f"utter_share_waits_{matter}" for matter in Matter}
    made |= {f"utter_{put}_{own}" for put in ("due", "begin_duty") for own in Own}
    made |= {f"utter_event_{event}" for event in THEIR_EVENTS}
    return made | {f"utter_ask_danger_form_{DANGER_NOW}"}


def steps_of_rules() -> Iterator[dict[str, Any]]:
    for rule in RULES:
        for step in rule["steps"]:
            yield from step.get("or", [step])


def used_in_rules(part: str) -> set[str]:
    return {step[part] for step in steps_of_rules() if part in step}


def buttons() -> Iterator[tuple[str, str, str]]:
    """Every button there is: response, title, payload."""
    for name, variants in RESPONSES.items():
        for variant in variants:
            for button in variant.get("buttons", []):
                yield name, button["title"], button["payload"]


def intent_of(payload: str) -> str:
    return re.split(r"[{\s]", payload.removeprefix("/"))[0]


# ---- responses ----


def test_every_response_named_in_python_is_in_the_domain() -> None:
    whole, beginnings = names_in_python()
    assert whole - set(RESPONSES) == set()
    assert [b for b in beginnings if not any(name.startswith(b) for name in RESPONSES)] == []


def test_every_response_that_python_puts_together_is_in_the_domain() -> None:
    assert made_in_python() - set(RESPONSES) == set()


def test_every_response_that_a_rule_says_is_in_the_domain() -> None:
    said = {name for name in used_in_rules("action") if name.startswith("utter_")}
    assert said - set(RESPONSES) == set()


def test_every_response_of_the_domain_is_said_by_somebody() -> None:
    whole, _ = names_in_python()
    assert set(RESPONSES) - whole - made_in_python() - used_in_rules("action") == set()


def test_no_python_says_a_sentence_of_its_own() -> None:
    for path, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "utter_message":
                given = {keyword.arg for keyword in node.keywords}
                assert not node.args, path
                assert not given & {"text", "json_message"}, path


@pytest.mark.parametrize("name", RESPONSES)
def test_a_response_is_calm_short_and_of_a_known_kind(name: str) -> None:
    (variant,) = RESPONSES[name]
    metadata = variant.get("metadata", {})
    assert "!" not in variant["text"]
    assert len(variant["text"]) <= 300
    assert metadata.get("kind", "message") in KINDS
    assert set(metadata) <= {"kind", "topics", "links", "label"}


@pytest.mark.parametrize("name", RESPONSES)
def test_what_a_response_talks_about_is_in_the_pack_and_can_be_rung(name: str) -> None:
    metadata = RESPONSES[name][0].get("metadata", {})
    assert [topic for topic in metadata.get("topics", []) if not PACK.clauses(topic)] == []
    numbers = {"emergency", "on_call", "safeguarding_lead", "line_manager", "outside", "trustee"}
    numbers |= set(SERVICES)
    assert set(metadata.get("links", [])) <= numbers


# ---- actions, intents, rules ----


def test_the_registry_and_the_domain_name_the_same_actions() -> None:
    assert set(DOMAIN["actions"]) == set(ACTIONS)


def test_every_action_is_taken_by_a_rule_or_a_form() -> None:
    fallback = re.findall(r"core_fallback_action_name: (\w+)", (ROOT / "config.yml").read_text())
    validations = {f"validate_{form}" for form in DOMAIN["forms"]}
    assert set(ACTIONS) - used_in_rules("action") - validations - set(fallback) == set()


def test_every_step_of_a_rule_is_known() -> None:
    known = {*ACTIONS, *DOMAIN["forms"], *RESPONSES}
    assert used_in_rules("action") - known == set()
    assert used_in_rules("intent") - intents() - {"nlu_fallback"} == set()


def test_no_rule_speaks_after_an_action_of_ours() -> None:
    for rule in RULES:
        taken = [step["action"] for step in rule["steps"] if "action" in step]
        after = taken[next((n for n, one in enumerate(taken) if one in ACTIONS), len(taken)) :]
        assert not [one for one in after if one.startswith("utter_")], rule["rule"]


def test_the_needs_are_those_of_the_labels() -> None:
    assert len(NEEDS) == len(set(NEEDS)) == 14
    assert set(NEEDS) <= intents()
    first = [one for one in DOMAIN["intents"] if isinstance(one, str)][: len(NEEDS)]
    assert tuple(first) == NEEDS


@pytest.mark.parametrize("need", NEEDS)
def test_every_need_has_a_way(need: str) -> None:
    assert need in used_in_rules("intent")


def test_every_button_sends_an_intent_that_some_rule_or_form_takes() -> None:
    sent = {intent_of(payload) for _, _, payload in buttons()}
    assert sent - intents() == set()
    assert sent - used_in_rules("intent") == set()


def test_what_the_channel_sends_by_itself_is_an_intent() -> None:
    payloads = {*reading.COMMANDS.values(), *reading.ANSWERS, *replies.STANDING.values()}
    assert {intent_of(payload) for payload in payloads} - intents() == set()


def test_what_may_interrupt_or_answer_a_question_is_an_intent() -> None:
    assert (ANSWERS | GUESSED) - intents() == set()
    assert {f"/{intent}" for intent in ANSWERS} == reading.ANSWERS


def test_the_entities_in_payloads_are_in_the_domain_and_are_json() -> None:
    for name, _, payload in buttons():
        if "{" in payload:
            filled = payload.replace("{{", "{").replace("}}", "}")
            body = re.sub(r"\{(\w+)\}", "1", filled[filled.index("{") :])
            assert set(json.loads(body)) <= set(DOMAIN["entities"]), name


# ---- questions ----


def test_the_form_asks_what_the_pack_asks() -> None:
    assert [question.id for question in PACK.questions] == list(QUESTIONS)
    assert set(DOMAIN["slots"]) == {*QUESTIONS, DANGER_NOW, SLOT}


@pytest.mark.parametrize("slot", DOMAIN["slots"])
def test_no_slot_is_filled_from_what_is_typed(slot: str) -> None:
    assert DOMAIN["slots"][slot]["mappings"] == [{"type": "custom"}]
    assert DOMAIN["slots"][slot]["influence_conversation"] is False


def asked(question: str) -> dict[str, Any]:
    form = "danger_form" if question == DANGER_NOW else "record_form"
    return RESPONSES[f"utter_ask_{form}_{question}"][0]


@pytest.mark.parametrize("question", sorted(YES_NO))
def test_every_yes_or_no_question_has_its_buttons(question: str) -> None:
    sent = [button["payload"] for button in asked(question)["buttons"]]
    assert sent[:2] == ["/affirm", "/deny"]
    assert "/unsure" in sent


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_record_question_can_be_skipped_and_not_known(question: str) -> None:
    sent = {button["payload"] for button in asked(question)["buttons"]}
    assert {"/skip", "/unsure"} <= sent


@pytest.mark.parametrize("question", [*QUESTIONS, DANGER_NOW])
def test_every_question_has_a_name_for_the_read_back(question: str) -> None:
    assert asked(question)["metadata"]["label"]
    assert asked(question)["metadata"]["kind"] == "question"


def test_every_answer_button_stands_under_a_question_of_a_form() -> None:
    under = {name for name, _, payload in buttons() if payload in reading.ANSWERS}
    asks = ("utter_ask_", "utter_guide_ask", "utter_caller_")  # the last say what is waited for
    assert {name for name in under if not name.startswith(asks)} == set()


def test_what_a_guide_lets_people_choose_stands_on_its_buttons() -> None:
    titles = {
        title.casefold()
        for name, title, payload in buttons()
        if name.startswith(("utter_guide_ask", "utter_caller_")) and payload == "/choose"
    }
    assert titles == set(CHOICES)


def test_a_guide_shows_the_clauses_of_every_question_it_asks() -> None:
    for name, variants in RESPONSES.items():
        if name.startswith("utter_guide_ask"):
            assert variants[0]["custom"] == {"codes": "{codes}"}, name


# ---- lists ----


def test_the_titles_of_the_lists_are_those_on_the_buttons() -> None:
    titles = {button["title"] for button in RESPONSES["utter_copy_line"][0]["buttons"]}
    assert {title.casefold() for title in titles} == set(STRAND_TITLES)
    assert titles == set(replies.STRAND_LABELS.values())
    assert set(STRAND_TITLES.values()) == set(STRANDS) == set(CAPTURE_SENTENCES)


def test_a_list_is_called_the_same_wherever_it_is_opened() -> None:
    opens = {
        "/strand_words": "Their words",
        "/strand_asked": "What I asked",
        "/strand_saw": "What I saw",
        "/strand_think": "What I think",
    }
    for name, title, payload in buttons():
        if payload in opens:
            assert title == opens[payload], name


def test_a_button_is_called_the_same_wherever_it_does_the_same_at_the_start() -> None:
    starts = {b["payload"]: b["title"] for b in RESPONSES["utter_greet"][0]["buttons"]}
    for name, variants in RESPONSES.items():
        if name.startswith("utter_meaning_"):
            button = variants[0]["buttons"][0]
            assert button["title"] == starts.get(button["payload"], button["title"])
