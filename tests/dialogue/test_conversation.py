"""The real model on the real rules: questions are asked in turn, and nothing loses the place."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from fake_service import ANSWERS, FakeService
from ruamel.yaml import YAML
from support import ROOT, environment, make_database, trained

from bot.channel import _answered
from bot.messages import Turn

if TYPE_CHECKING:
    from rasa.core.agent import Agent

DOMAIN = YAML(typ="safe").load(ROOT / "domain.yml")
INTENTS = [name if isinstance(name, str) else next(iter(name)) for name in DOMAIN["intents"]]
# A guide's questions are the pack's: the service asks them, and no response stands for them.
FORMS = {
    name: form["required_slots"] for name, form in DOMAIN["forms"].items() if name != "guide_form"
}
RECORD = FORMS["record_form"]
# These leave the form, or take it elsewhere, on purpose.
MOVES = {"sign", "correct_line", "done", "change_answer", "go_back"}
INTERRUPTIONS = [name for name in INTENTS if name not in ANSWERS | MOVES]
OPENED_BY = {"danger_form": ["/disclosure_now"], "record_form": ["/done"]}
UNKNOWN = "her and the form"  # could be any of several things


class Conversation:
    """One conversation with the real model."""

    def __init__(self, agent: Agent, loop: asyncio.AbstractEventLoop, service: FakeService) -> None:
        self.id, self.said = uuid4().hex, 0
        self.agent, self.loop, self.service = agent, loop, service

    def say(self, text: str) -> dict[str, Any]:
        """Sends one message and returns the answer."""
        self.said += 1
        turn = Turn(self.id, f"m{self.said}", text)
        return self.loop.run_until_complete(_answered(self.agent, turn))

    def in_form(self, form: str) -> dict[str, Any]:
        """Opens a form and returns what was answered."""
        return [self.say(text) for text in OPENED_BY[form]][-1]

    def actions(self) -> list[str]:
        """Returns what ran in the service, but for the forms' own checks."""
        calls = (c["next_action"] for c in self.service.calls if c["sender_id"] == self.id)
        return [name for name in calls if not name.startswith("validate_")]


@pytest.fixture(scope="module")
def service() -> Iterator[FakeService]:
    """The service's side of the forms."""
    fake = FakeService(FORMS)
    yield fake
    fake.shutdown()


@pytest.fixture(scope="module")
def heard_agent(service: FakeService, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agent]:
    """The model that `heard up` would run, loaded once."""
    from bot.server import load_agent

    model = trained(ROOT / "models", ROOT)
    database = tmp_path_factory.mktemp("real") / "heard.db"
    make_database(database)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        for name, value in environment(f"sqlite:///{database}", service.url).items():
            patch.setenv(name, value)
        yield load_agent(model)


@pytest.fixture
def conversation(
    heard_agent: Agent, loop: asyncio.AbstractEventLoop, service: FakeService
) -> Conversation:
    """A new conversation."""
    return Conversation(heard_agent, loop, service)


def _responses(answer: dict[str, Any]) -> list[str]:
    return [reply["response"] for reply in answer["replies"]]


@pytest.mark.parametrize(
    ("form", "question"), [(form, name) for form, names in FORMS.items() for name in names]
)
def test_every_question_can_be_asked_and_named(form: str, question: str) -> None:
    (response,) = DOMAIN["responses"][f"utter_ask_{form}_{question}"]
    assert response["text"]
    assert response["metadata"]["label"]
    payloads = {button["payload"].partition("{")[0] for button in response["buttons"]}
    assert payloads <= {f"/{intent}" for intent in ANSWERS}


def test_every_question_of_the_record_is_asked_in_turn_until_it_is_read_back(
    conversation: Conversation,
) -> None:
    answer = conversation.in_form("record_form")
    asked = []
    while answer["asks"]:
        assert _responses(answer) == [f"utter_ask_record_form_{answer['asks']}"]
        asked.append(answer["asks"])
        answer = conversation.say("by the gate, after school")
    assert asked == RECORD
    assert conversation.actions() == ["action_close_capture", "action_read_back"]


@pytest.mark.parametrize("intent", sorted(ANSWERS - {"finish"}))
def test_a_button_under_a_question_answers_it(conversation: Conversation, intent: str) -> None:
    conversation.in_form("record_form")
    assert conversation.say(f"/{intent}")["asks"] == RECORD[1]


@pytest.mark.parametrize("text", ["no", "her dad told me", "hiya", "thanks", UNKNOWN])
def test_whatever_the_service_takes_for_an_answer_is_one(
    conversation: Conversation, text: str
) -> None:
    conversation.in_form("record_form")
    assert conversation.say(text)["asks"] == RECORD[1]
    assert conversation.actions() == ["action_close_capture"]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("intent", INTERRUPTIONS)
def test_an_interruption_is_answered_and_the_question_asked_again(
    conversation: Conversation, form: str, intent: str
) -> None:
    asks = conversation.in_form(form)["asks"]
    before = conversation.actions()
    answer = conversation.say(_payload(intent))
    assert (answer["form"], answer["asks"]) == (form, asks)
    *said, question = _responses(answer)
    assert question == f"utter_ask_{form}_{asks}"
    assert len(said) + len(conversation.actions()[len(before) :]) == 1
    assert conversation.say("/skip")["asks"] != asks


def _payload(intent: str) -> str:
    return f"/{intent}" + json.dumps({"seq": 1}) if intent.endswith("_line") else f"/{intent}"


def test_a_question_outlives_every_interruption_one_after_the_other(
    conversation: Conversation,
) -> None:
    conversation.in_form("record_form")
    conversation.say("/skip")
    for intent in INTERRUPTIONS:
        assert conversation.say(_payload(intent))["asks"] == RECORD[1]
    assert conversation.say("the caretaker")["asks"] == RECORD[2]


@pytest.mark.parametrize("form", FORMS)
def test_done_in_a_form_closes_the_capture_and_asks_again(
    conversation: Conversation, form: str
) -> None:
    asks = conversation.in_form(form)["asks"]
    conversation.say("/write_words")
    assert conversation.say("/done")["asks"] == asks
    assert conversation.actions()[-2:] == ["action_open_words", "action_close_capture"]


def test_that_is_enough_reads_back_at_once(conversation: Conversation) -> None:
    conversation.in_form("record_form")
    answer = conversation.say("/finish")
    assert (answer["form"], answer["asks"]) == (None, None)
    assert conversation.actions()[-1] == "action_read_back"


def test_a_correction_asks_that_question_and_reads_back_again(conversation: Conversation) -> None:
    conversation.in_form("record_form")
    for _ in RECORD:
        conversation.say("/skip")
    answer = conversation.say('/correct_line{"question": "present"}')
    assert answer["asks"] == "present"
    assert conversation.say("her brother")["asks"] is None
    assert conversation.actions()[-2:] == ["action_correct_line", "action_read_back"]


def test_signing_in_the_middle_ends_the_questions(conversation: Conversation) -> None:
    conversation.in_form("record_form")
    answer = conversation.say("/sign")
    assert (answer["form"], answer["asks"]) == (None, None)
    assert conversation.actions()[-1] == "action_file_record"
    conversation.say("/record_status")
    assert conversation.actions()[-1] == "action_show_status"


def test_the_answered_danger_question_leads_on(conversation: Conversation) -> None:
    conversation.in_form("danger_form")
    assert conversation.say("no hes at work till 6")["asks"] is None
    assert conversation.actions() == ["action_begin_disclosure", "action_after_danger_question"]


def test_words_that_mean_nothing_to_it_are_asked_about_and_not_guessed(
    conversation: Conversation,
) -> None:
    answer = conversation.say(UNKNOWN)
    assert answer["intent"]["name"] == "nlu_fallback"
    assert conversation.actions() == ["action_not_understood"]


def test_unseen_messages_are_understood(
    heard_agent: Agent, loop: asyncio.AbstractEventLoop
) -> None:
    from sklearn.metrics import f1_score

    lines = (ROOT / "tests" / "language" / "intents.jsonl").read_text().splitlines()
    rows = [json.loads(line) for line in lines]
    needs = sorted({row["need"] for row in rows})
    parsed = [loop.run_until_complete(heard_agent.parse_message(row["text"])) for row in rows]
    likeliest = [
        next(each["name"] for each in found["intent_ranking"] if each["name"] in needs)
        for found in parsed
    ]
    score = f1_score([row["need"] for row in rows], likeliest, labels=needs, average="macro")
    assert score > 0.85
