"""What a reply means for the question it answers."""

import pytest

from coach import Coach


@pytest.mark.parametrize(
    ("question", "text", "value"),
    [
        ("danger_now", "no hes at work till 6", "no"),
        ("danger_now", "no she isnt safe", "yes"),
        ("danger_now", "i think so", "unsure"),
        ("danger_now", "dunno", "unsure"),
        ("danger_now", "i dont know", "unsure"),
        ("danger_now", "what should i say?", "not_an_answer"),
        ("telling_raises_risk", "shed be fine", "no"),
        ("telling_raises_risk", "he'd go mad", "yes"),
        ("consent", "she said its ok i think? he was stood there", "unsure"),
        ("consent", "havent asked", "unsure"),
        ("consent", "shes fine with it, was on her own", "yes"),
        (
            "legitimate_purpose",
            "they say its to sort her benefit out so yeh i think so",
            "yes",
        ),
        ("told_limits", "told her i wont tell mum", "no"),
        ("told_limits", "not yet", "no"),
        ("harm_concern", "no its about the bedroom tax thing", "no"),
        ("identifiable", "theyd never work it out", "no"),
        ("secure_route", "just normal email", "no"),
    ],
)
def test_a_reply_means_what_it_means_for_its_question(
    reads: Coach, question: str, text: str, value: str
) -> None:
    assert reads.answer(question, text).value == value


@pytest.mark.parametrize("text", ["ye", "yh", "Yes", "yep", "YES!!!", "yesss", "👍", "👍🏽"])
def test_a_short_yes_is_yes_to_any_question(reads: Coach, text: str) -> None:
    assert reads.answer("danger_now", text).value == "yes"
    assert reads.answer("Something a pack asks?", text).value == "yes"


@pytest.mark.parametrize("text", ["na", "nope", "No.", "nah", "nooo", "👎", "not yet", "none"])
def test_a_short_no_is_no_to_any_question(reads: Coach, text: str) -> None:
    assert reads.answer("confidential", text).value == "no"
    assert reads.answer("Something a pack asks?", text).value == "no"


def test_danger_in_a_reply_outweighs_its_no(reads: Coach) -> None:
    assert reads.answer("danger_now", "no but hes got a knife").value == "yes"


def test_the_wording_of_a_question_tells_what_it_is_about(reads: Coach) -> None:
    asked = "Would telling them put anyone at more risk?"
    assert reads.answer(asked, "shed be fine").value == "no"


def test_a_question_about_safety_is_read_the_other_way_round(reads: Coach) -> None:
    assert reads.answer("Are they safe tonight?", "she isnt safe").value == "no"
    assert reads.answer("danger_now", "she isnt safe").value == "yes"


@pytest.mark.parametrize(
    ("text", "value"),
    [("she said no", "no"), ("They said yes", "yes"), ("he says no", "no"), ("said no", "no")],
)
def test_what_the_person_said_is_their_consent_or_not(reads: Coach, text: str, value: str) -> None:
    read = reads.answer("consent", text)
    assert (read.value, read.sure) == (value, True)


@pytest.mark.parametrize("text", ["said what", "agreed to what", "she said maybe", "who said yes"])
def test_a_question_back_is_no_consent(reads: Coach, text: str) -> None:
    read = reads.answer("consent", text)
    assert not (read.sure and read.value == "yes")


@pytest.mark.parametrize("text", ["", "   ", "\u200b", "...", "!!"])
def test_nothing_is_not_an_answer(reads: Coach, text: str) -> None:
    assert reads.answer("consent", text).value == "not_an_answer"


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("danger_now", "yes she is safe"),
        ("consent", "she would go mad if i did"),
        ("confidential", "nobody else knows"),
        ("harm_concern", "housing want to know if shes still living there"),
    ],
)
def test_what_rules_and_encoder_read_differently_is_asked_and_never_guessed(
    reads: Coach, question: str, text: str
) -> None:
    assert not reads.answer(question, text).sure
