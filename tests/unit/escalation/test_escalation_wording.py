"""What every message says, word for word: a reference, urgency, since when, a link, no more."""

from __future__ import annotations

import pytest

from casework.vocabulary import RecordKind, Urgency
from escalation.wording import MESSAGES, CardFacts, Facts, Wording
from tests.unit.escalation.people import PEOPLE

LINK = "https://heard.test/desk/HRD-2026-000123/ladder"
FACTS = Facts("HRD-2026-000123", Urgency.URGENT, "14:02", LINK)
REPEAT = Facts("HRD-2026-000123", Urgency.URGENT, "14:02", LINK, repeat_of="14:02")
START = "Heard: HRD-2026-000123 needs you. Urgent, waiting since 14:02."
GOLDEN = {
    "ask": f"{START} Take it, or say you can't: {LINK}",
    "alone": "Heard: nobody has answered HRD-2026-000123. Urgent, waiting since 14:02. "
    f"Please take it now: {LINK}",
    "nudge": "Heard: you have HRD-2026-000123. Urgent, waiting since 14:02. No first step is "
    f"written down. Say what you did, or it goes to somebody else: {LINK}",
    "handed": "Heard: you are asked to take over HRD-2026-000123. Urgent, waiting since 14:02. "
    f"Take it: {LINK}",
    "look_again": "Heard: HRD-2026-000123 is still open with you. Urgent, waiting since 14:02. "
    f"Add what was done, or close it: {LINK}",
    "news": "Heard: there is something new and urgent in HRD-2026-000123, which you have. Urgent, "
    f"waiting since 14:02. Look now: {LINK}",
    "digest": f"Heard: something with a date waits for you, the first by 14:02. See it: {LINK}",
    "statutory": "Heard: something with a legal time limit waits for you, due by 14:02. "
    f"See to it: {LINK}",
    "decide": f"Heard: HRD-2026-000123 waits for your answer, since 14:02. Give it: {LINK}",
    "read": "Heard: there is something you have to know of, HRD-2026-000123, since 14:02. "
    f"Read it: {LINK}",
    "rota": f"Heard: the rota of the coming days needs looking at. See why: {LINK}",
    "drill": f"Heard: this is a drill, nothing has happened. Say that it reached you: {LINK}",
}
LANGUAGES = sorted(folder.name for folder in MESSAGES.iterdir() if folder.is_dir())
PURPOSES = sorted({path.stem for path in MESSAGES.rglob("*.j2")} - {"subject", "card"})


def test_every_template_has_its_golden_text_here() -> None:
    assert sorted(GOLDEN) == PURPOSES
    assert LANGUAGES == ["en"]


@pytest.mark.parametrize("purpose", PURPOSES)
def test_a_message_says_this_and_nothing_else(purpose: str) -> None:
    assert Wording().text(purpose, FACTS) == GOLDEN[purpose]


@pytest.mark.parametrize("purpose", PURPOSES)
def test_a_repeat_says_so_in_words_and_a_spoken_one_has_no_link(purpose: str) -> None:
    assert "Repeat of 14:02." in Wording().text(purpose, REPEAT)
    spoken = Wording().text(purpose, REPEAT, spoken=True)
    assert LINK not in spoken
    assert "case desk" in spoken


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("purpose", PURPOSES)
def test_no_message_holds_a_name_or_what_a_case_is_about(language: str, purpose: str) -> None:
    text = Wording(language).text(purpose, FACTS).casefold()
    telling = [str(kind) for kind in RecordKind] + [person.name for person in PEOPLE]
    telling += ["abuse", "child", "harm", "safeguarding"]
    assert [word for word in telling if word.casefold() in text] == []
    assert len(text) <= 306  # two text messages at most


def test_a_subject_is_a_reference_and_how_urgent_it_is() -> None:
    assert Wording().subject(FACTS) == "HRD-2026-000123: urgent"
    assert Wording().subject(REPEAT) == "HRD-2026-000123: urgent, repeat"


WAITS = ("Urgency: urgent", "Kind: disclosure", "Waiting since: 14:02")
TURN = "Who should act: the Line Manager and the Duty DSL"
CARD = CardFacts(
    **{**vars(FACTS), "repeat_of": None},
    kind="disclosure",
    whose_turn="the Line Manager and the Duty DSL",
    holder="Duty DSL",
    held_since="14:05",
)
CARDS = {
    "ask": ("HRD-2026-000123 needs you.", *WAITS, TURN),
    "alone": ("Nobody has answered HRD-2026-000123. Please take it now.", *WAITS, TURN),
    "handed": ("You are asked to take over HRD-2026-000123.", *WAITS, TURN),
    "nudge": (
        "You have HRD-2026-000123. Write down your first step on the desk, or it goes to somebody "
        "else.",
        *WAITS,
        TURN,
    ),
    "look_again": (
        "HRD-2026-000123 is still open with you. Add what was done, or close it.",
        *WAITS,
        TURN,
    ),
    "news": (
        "There is something new and urgent in HRD-2026-000123, which you have. Please look now.",
        *WAITS,
        TURN,
    ),
    "yours": ("You have HRD-2026-000123.", *WAITS, TURN),
    "taken": ("Duty DSL has had HRD-2026-000123 since 14:05. There is nothing for you to do.",),
    "passed": ("You passed HRD-2026-000123 on. There is nothing for you to do.",),
    "gone_on": ("Somebody else is asked about HRD-2026-000123 now.",),
    "closed": ("HRD-2026-000123 is closed. There is nothing for you to do.",),
}
# What waits for whoever decides has no urgency, and nobody else whose turn it is.
DUTY_CARD = CardFacts(
    **{**vars(FACTS), "repeat_of": None},
    kind="breach",
)
DUTY_CARDS = {
    "decide": ("HRD-2026-000123 waits for your answer.", "Kind: breach", "Waiting since: 14:02"),
    "read": (
        "There is something you have to know of: HRD-2026-000123.",
        "Kind: breach",
        "Waiting since: 14:02",
    ),
}


@pytest.mark.parametrize("purpose", CARDS)
def test_a_card_says_this_and_nothing_else(purpose: str) -> None:
    assert Wording().card(purpose, CARD) == CARDS[purpose]


@pytest.mark.parametrize("purpose", DUTY_CARDS)
def test_a_card_about_a_duty_says_this_and_nothing_else(purpose: str) -> None:
    assert Wording().card(purpose, DUTY_CARD) == DUTY_CARDS[purpose]


def test_a_card_that_is_a_repeat_says_so() -> None:
    repeat = CardFacts(**{**vars(CARD), "repeat_of": "14:02"})
    assert Wording().card("ask", repeat) == (*CARDS["ask"], "Repeat of 14:02")
