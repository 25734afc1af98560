"""What a reply means for the question it answers."""

import pytest

from coach import Coach
from coach.answers import AnswerRules
from coach.danger import DangerRules
from coach.language import reader
from coach.rulebook import Rulebook


@pytest.fixture(scope="module")
def rules() -> AnswerRules:
    """The rules without the encoder, which reads the same in its own way."""
    book = Rulebook.read()
    read = reader(book.pipeline)
    return AnswerRules.of(book, read, DangerRules.of(book, read))


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


@pytest.mark.parametrize(
    "text",
    ["dsl said yes", "police said yes", "school said yes", "manager says no", "my boss said yes"],
)
def test_what_somebody_else_said_is_nobodys_consent(reads: Coach, text: str) -> None:
    read = reads.answer("consent", text)
    assert not read.sure or read.value == "unsure"


@pytest.mark.parametrize(
    "text", ["he signed on her behalf", "he signed it for her", "her social worker signed for her"]
)
def test_a_form_signed_for_them_is_no_sure_consent(reads: Coach, text: str) -> None:
    read = reads.answer("consent", text)
    assert not (read.sure and read.value == "yes")


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
        ("consent", "she agreed it was nobodys business"),
        ("how_much", "left nothing out"),
        ("identifiable", "no names but everyone would know"),
        ("harm_concern", "housing want to know if shes still living there"),
    ],
)
def test_what_rules_and_encoder_read_differently_is_asked_and_never_guessed(
    reads: Coach, question: str, text: str
) -> None:
    assert not reads.answer(question, text).sure


NOBODY_IS_SAFE = [
    "nobody is safe there",
    "none of them are safe",
    "no one is keeping her safe",
    "never safe with him",
    "no way is she safe",
    "no one in that house is safe",
    "no child is safe there",
    "no ones safe there",
]


@pytest.mark.parametrize("text", NOBODY_IS_SAFE)
def test_nobody_is_safe_means_that_somebody_is_in_danger(reads: Coach, text: str) -> None:
    for question, value in (("danger_now", "yes"), ("harm_concern", "yes"), ("safe_now", "no")):
        read = reads.answer(question, text)
        assert (read.value, read.sure) == (value, True), question


def surely_no(reads: Coach, question: str, text: str) -> bool:
    """Whether the case moves on as if nobody were at risk."""
    read = reads.answer(question, text)
    return read.sure and read.value == "no"


@pytest.mark.parametrize(
    "text",
    [
        "no one has seen her since",
        "no one knows where she is",
        "no one is protecting them",
        "no one is looking after the kids",
        "nobody there to protect her",
        "no one can get hold of her",
        "nobody came back for them",
        "nothing in the fridge for them",
        "nobody hears her at night",
        "no locks on her door",
        "no answer from her all day",
    ],
)
def test_a_denial_is_no_answer_until_what_it_denies_is_known(reads: Coach, text: str) -> None:
    assert not surely_no(reads, "danger_now", text)
    assert not surely_no(reads, "harm_concern", text)


@pytest.mark.parametrize(
    "text",
    [
        "she is with her dad now and hes the one who does it",
        "home with her mum who did it",
        "she went home, she lives with him",
        "she has gone home with her dad",
        "shes staying with him",
        "hes back with her mum",
    ],
)
def test_the_one_who_does_it_is_no_safe_place(reads: Coach, text: str) -> None:
    assert not surely_no(reads, "danger_now", text)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("danger_now", "no hes at work till 6"),
        ("danger_now", "nah shes ok"),
        ("danger_now", "no one is in danger"),
        ("danger_now", "nobody is hurt"),
        ("danger_now", "no immediate danger"),
        ("danger_now", "definitely not"),
        ("harm_concern", "no its about the bedroom tax thing"),
        ("danger_now", "not at the moment no"),
        ("danger_now", "nothing urgent"),
        ("harm_concern", "no concerns"),
        ("harm_concern", "nothing like that"),
        ("telling_raises_risk", "shed be fine"),
        ("telling_raises_risk", "he already knows"),
        ("telling_raises_risk", "no they are really supportive"),
        ("others_at_risk", "no one else"),
        ("others_at_risk", "just her"),
        ("others_at_risk", "no shes an only child"),
    ],
)
def test_a_plain_no_is_not_asked_again(reads: Coach, question: str, text: str) -> None:
    assert surely_no(reads, question, text)


@pytest.mark.parametrize(
    "text",
    [
        "no one would protect her",
        "id not risk it",
        "i wouldnt risk it",
        "not worth the risk",
        "he would not be happy",
        "hed not be pleased",
        "he wouldnt take it well",
        "she would never see her kids again",
        "no chance she would be ok",
        "no way could we tell him",
        "no good would come of it",
        "no dont tell him",
        "i wouldnt",
    ],
)
def test_nobody_is_told_on_a_no_that_means_the_opposite(reads: Coach, text: str) -> None:
    assert not surely_no(reads, "telling_raises_risk", text)


@pytest.mark.parametrize(
    "text",
    [
        "no one except her sister",
        "no one other than the twins",
        "nobody but the baby",
        "only her brother",
        "no one in that house is safe",
    ],
)
def test_no_one_except_somebody_is_somebody(reads: Coach, text: str) -> None:
    assert not surely_no(reads, "others_at_risk", text)


@pytest.mark.parametrize(
    "text",
    [
        "i told her i have to go",
        "told her i had to get back to work",
        "she knows she can trust me",
        "she knows where i am",
    ],
)
def test_other_things_they_were_told_are_not_the_limits(reads: Coach, text: str) -> None:
    read = reads.answer("told_limits", text)
    assert not (read.sure and read.value == "yes")


@pytest.mark.parametrize(
    "text",
    [
        "told her i have to pass it on",
        "told her i have to go to my manager",
        "told her i have to get help",
        "she knows i have to tell",
    ],
)
def test_what_has_to_be_passed_on_is_the_limits(reads: Coach, text: str) -> None:
    read = reads.answer("told_limits", text)
    assert (read.value, read.sure) == ("yes", True)


@pytest.mark.parametrize(
    "text",
    [
        "no hes in bed asleep and shes here with me at the club",
        "no the boiler man is at the door thats all",
        "danger of what",
    ],
)
def test_a_word_of_danger_alone_does_not_overrule_a_plain_no(reads: Coach, text: str) -> None:
    read = reads.answer("danger_now", text)
    assert not (read.sure and read.value == "yes")


@pytest.mark.parametrize(
    "text", ["no she isnt safe", "no im scared for her life", "no adult is with them"]
)
def test_a_no_that_only_the_rules_hear_as_danger_stays_yes(reads: Coach, text: str) -> None:
    assert reads.answer("danger_now", text).value == "yes"


def test_no_one_is_surely_safe_where_danger_is_noticed(reads: Coach) -> None:
    text = "no driver. minibus is rolling. kids belted in"
    assert reads.danger(text) is not None
    assert not reads.answer("danger_now", text).sure


@pytest.mark.parametrize(
    "text",
    [
        "n",
        "N.",
        "No-one.",
        "nobody is in danger",
        "no one hurt",
        "none known",
        "nobody at the moment",
        "no reason to think so",
    ],
)
def test_a_plain_no_to_any_question_of_risk_is_not_asked_again(reads: Coach, text: str) -> None:
    for question in ("danger_now", "harm_concern", "telling_raises_risk", "others_at_risk"):
        assert surely_no(reads, question, text)


def test_they_are_ok_is_no_danger_and_no_harm(reads: Coach) -> None:
    assert surely_no(reads, "danger_now", "they are ok")
    assert surely_no(reads, "harm_concern", "they are ok")


@pytest.mark.parametrize(
    "text",
    [
        "they are ok?",
        "nobody is safe",
        "no one is feeding them",
        "nobody knows where she is",
        "nobody cares shes hurt",
        "nobody at risk except the baby",
        "no reason to think she is safe",
        "none known but she has bruises",
        "n he hits her",
        "not that i know of",
    ],
)
def test_what_only_begins_like_a_plain_no_is_no_sure_no_to_any_question_of_risk(
    reads: Coach, text: str
) -> None:
    for question in ("danger_now", "harm_concern", "telling_raises_risk", "others_at_risk"):
        assert not surely_no(reads, question, text)


@pytest.mark.parametrize(
    "text",
    [
        "no concerns about capacity",
        "no she has capacity",
        "no he has full capacity",
        "no she is able to decide",
        "no doubts she has capacity",
        "no she does not lack capacity",
    ],
)
def test_who_has_no_doubt_of_their_capacity_says_no(reads: Coach, text: str) -> None:
    assert surely_no(reads, "capacity", text)


@pytest.mark.parametrize("text", ["no doubt", "no doubts at all", "no doubts whatsoever"])
def test_no_doubt_of_their_capacity_is_a_plain_no(rules: AnswerRules, text: str) -> None:
    read = rules("capacity", text)
    assert (read.value, read.sure) == ("no", True)


def test_no_doubt_put_as_a_question_is_no_plain_no(rules: AnswerRules) -> None:
    assert not rules("capacity", "no doubt?").sure


@pytest.mark.parametrize("question", ["danger_now", "harm_concern", "told_limits", "safe_now"])
@pytest.mark.parametrize(
    "text",
    ["purple monkey", "tea towels", "xx", "grey jumper", "purple monkey :)", "tea towels 😂"],
)
def test_a_word_or_two_that_no_rule_knows_are_asked_again(
    reads: Coach, question: str, text: str
) -> None:
    answer = reads.answer(question, text)
    assert not (answer.sure and answer.value in {"yes", "no"})


@pytest.mark.parametrize("text", ["she can", "she does", "he can", "they are"])
def test_what_they_can_do_is_no_doubt_of_their_capacity(reads: Coach, text: str) -> None:
    read = reads.answer("capacity", text)
    assert not (read.sure and read.value == "yes")


@pytest.mark.parametrize(
    "text",
    [
        "no she has no capacity",
        "no she is not able to decide",
        "no she has lost capacity",
        "no doubt she lacks capacity",
        "no capacity",
    ],
)
def test_who_says_that_they_lack_capacity_does_not_say_no(reads: Coach, text: str) -> None:
    assert not surely_no(reads, "capacity", text)
