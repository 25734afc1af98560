"""Planned and asked questions: their type, what is wrong, and what could be said instead."""

import pytest

from coach import Coach

SAID = ["jess 9 has just said her stepdad comes in her room at nite and she wants it kept secret"]


def test_a_question_that_brings_up_a_new_act_is_suggestive(reads: Coach) -> None:
    text = "can i ask if he touches her"
    advice = reads.wording(text, SAID)
    assert advice is not None
    assert (advice.type, advice.risky, advice.reason) == ("suggestive", True, "introduces")
    assert advice.quoted == "he touches her"
    assert advice.span is not None
    assert text[slice(*advice.span)] == "touches"


def test_the_open_way_quotes_only_what_was_said(reads: Coach) -> None:
    advice = reads.wording("can i ask if he touches her", SAID)
    assert advice is not None
    assert advice.anchor == "her stepdad comes in her room at nite"
    assert advice.anchor in SAID[0]


def test_without_anything_said_there_is_nothing_to_quote(reads: Coach) -> None:
    advice = reads.wording("did he hit you")
    assert advice is not None
    assert advice.anchor is None


def test_the_closest_thing_said_is_quoted(reads: Coach) -> None:
    said = ["he hit me with a belt", "mum was in the kitchen"]
    advice = reads.wording("can i ask was mum angry in the kitchen", said)
    assert advice is not None
    assert advice.anchor == "mum was in the kitchen"


@pytest.mark.parametrize(
    ("question", "kind", "reason"),
    [
        ("what happened next", "invitation", None),
        ("can you tell me about the belt", "invitation", None),
        ("tell me who was there", "directive", None),
        ("how did he hit you", "directive", None),
        ("did he hit you once or more than once", "option_posing", "choice"),
        ("did anyone see", "option_posing", "yes_no"),
        ("why didnt you tell mum", "suggestive", "why_blame"),
        ("he hit you didnt he", "suggestive", "tag_question"),
        ("isnt it because he was drunk", "suggestive", "negative_question"),
        ("are you sure", "suggestive", "disbelief"),
        ("if you tell me ill get you sweets", "suggestive", "reward"),
        ("you must be terrified", "suggestive", "presses"),
        ("are you safe tonight", "clarify_safety", None),
        ("are you thinking of killing yourself", "clarify_safety", None),
    ],
)
def test_a_question_is_typed_with_its_reason(
    reads: Coach, question: str, kind: str, reason: str | None
) -> None:
    advice = reads.question(question, ["he hit me with a belt"])
    assert (advice.type, advice.reason) == (kind, reason)


def test_asking_again_what_was_denied_repeats(reads: Coach) -> None:
    advice = reads.question("but did he touch you there", ["He didn't touch me."])
    assert advice.type == "suggestive"
    assert reads.question("did he touch you", ["He didn't touch me."]).reason == "repeats"


def test_a_supportive_sentence_is_not_risky(reads: Coach) -> None:
    advice = reads.wording("should I say it's not your fault", SAID)
    assert advice is not None
    assert not advice.risky


def test_the_question_is_cut_out_as_typed(reads: Coach) -> None:
    for text in ('Can I ask: "did HE hurt you?"', "did HE hurt you? can i ask that"):
        advice = reads.wording(text)
        assert advice is not None
        assert advice.quoted == "did HE hurt you?"


@pytest.mark.parametrize(
    "text",
    [
        "can i ask if he touches her",
        "should i say im glad you told me",
        "is it ok to ask what happened next",
        "what if i say are you safe",
        "can i tell her its not her fault",
    ],
)
def test_talk_to_the_assistant_is_recognised(reads: Coach, text: str) -> None:
    assert reads.is_wording_check(text)


@pytest.mark.parametrize(
    "text",
    [
        "can i ask you something",
        "can i say something about my dad",
        "he said dont tell your mum is that ok",
        "can i tell housing",
        "can i tell her gp",
        "he said can i ask mum",
        "can i ask what the policy is",
        "i want to say he hurt me",
        "I asked did he hit you",
        "my stepdad comes in my room",
        "i dont know what to say",
    ],
)
def test_what_may_be_somebodys_words_is_not_taken_for_talk_to_the_assistant(
    reads: Coach, text: str
) -> None:
    assert not reads.is_wording_check(text)
    assert not reads.asks_what_to_say(text)


@pytest.mark.parametrize("text", ["what do i say", "What should I say to her?", "how do i reply"])
def test_asking_for_words_is_recognised(reads: Coach, text: str) -> None:
    assert reads.asks_what_to_say(text)
    assert reads.wording(text) is None


def test_a_report_is_no_wording(reads: Coach) -> None:
    assert reads.wording("jess says he hits her", SAID) is None
