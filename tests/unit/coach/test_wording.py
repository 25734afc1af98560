"""Planned and asked questions: their type, what is wrong, and what could be said instead."""

import pytest

from coach import Coach
from coach.language import reader
from coach.questions import Concepts, QuestionRules
from coach.rulebook import Rulebook

SAID = ["jess 9 has just said her stepdad comes in her room at nite and she wants it kept secret"]


@pytest.fixture(scope="module")
def rules() -> QuestionRules:
    """The rules without the encoder, which reads the same in its own way."""
    book = Rulebook.read()
    return QuestionRules.of(book, reader(book.pipeline), Concepts.of_book(book))


def test_a_question_that_brings_up_a_new_act_is_suggestive(reads: Coach) -> None:
    text = "can i ask if he touches her"
    advice = reads.wording(text, SAID)
    assert advice is not None
    assert (advice.type, advice.risky, advice.reason) == ("suggestive", True, "introduces")
    assert advice.quoted == "he touches her"
    assert advice.span is not None
    assert text[slice(*advice.span)] == "touches"


@pytest.mark.parametrize(
    ("said", "anchor"),
    [
        ("he comes in my room at night", "he comes in my room at night"),
        ("i told nan he hits me", "i told nan he hits me"),
        ("he does things to me", "he does things to me"),
        ("i feel sick when he comes in", "i feel sick when he comes in"),
        ("im 9 and my dad hits me", "my dad hits me"),
        ("me and mum are sleeping in the car", "me and mum are sleeping in the car"),
        ("My daughter-in-law has my insulin", "My daughter-in-law has my insulin"),
        ("I wear the sleeves because of my Len", "I wear the sleeves"),
        ("amma ties me to the chair so i dont run off", "amma ties me to the chair"),
        ("my grandson hurt me (points at her wrist)", "my grandson hurt me"),
        ("i dont like the shed. he didnt touch me", "i dont like the shed"),
    ],
)
def test_the_open_way_quotes_whole_clauses_of_their_own(
    reads: Coach, said: str, anchor: str
) -> None:
    assert reads.question("did he touch you", [said]).anchor == anchor


@pytest.mark.parametrize(
    "said",
    [
        "he said i liked it",
        "he told me i was asking for it",
        "mum says i am lying and he loves me",
        "my uncle thinks im stupid and i deserve it",
        "she hasnt said he hit her but i think so",
        "she never said he touched her",
        "nobody told me he hits her",
        "teen girl upset, i suspect sexual abuse by the stepdad",
        "worker says its probably her dad who did it",
        "i think her dad is hitting her",
        "i feel she is being abused",
        "im worried about a girl at club, her dad drinks",
        "i noticed bruises on her arm when i changed her",
        "he is violent and he drinks",
    ],
)
def test_what_others_say_or_suppose_is_never_quoted_as_theirs(reads: Coach, said: str) -> None:
    assert reads.question("did he touch you", [said]).anchor is None


@pytest.mark.parametrize(
    "said", ["i think her dad is hitting her", "nobody told me her dad hits her"]
)
def test_what_a_reporter_supposes_is_not_told(reads: Coach, said: str) -> None:
    advice = reads.question("did your dad hit you", [said])
    assert (advice.type, advice.reason) == ("suggestive", "introduces")


def test_what_nobody_said_is_no_denial(reads: Coach) -> None:
    advice = reads.question("did he hit you", ["she hasnt said he hit her but i think so"])
    assert advice.reason == "introduces"


def test_what_mum_was_not_told_is_told(reads: Coach) -> None:
    said = ["she hasnt told her mum he hits her"]
    assert reads.question("when does he hit you", said).reason is None


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


@pytest.mark.parametrize(
    ("text", "said", "marked"),
    [
        (
            "thank you for telling me your uncle touched you",
            "he came in my room",
            "touched",
        ),
        ("its not your fault he raped you", "he came in my room", "raped"),
        ("Im glad you told me. So your dad hit you", "my arm hurts", "hit"),
        ("I believe you. did he rape you?", "he came in my room", "rape"),
    ],
)
def test_kind_words_do_not_hide_what_is_new(
    reads: Coach, text: str, said: str, marked: str
) -> None:
    advice = reads.question(text, [said])
    assert (advice.type, advice.reason) == ("suggestive", "introduces")
    assert advice.span is not None
    assert text[slice(*advice.span)] == marked


@pytest.mark.parametrize(
    "text",
    [
        "thank you for telling me, i will speak to my manager",
        "i believe you and its not your fault he hit you",
        "its not your fault and nobody should hurt you",
        "you are so brave for telling me",
        "you are not in trouble",
        "you can have a break when you need one",
    ],
)
def test_kind_words_alone_are_right(reads: Coach, text: str) -> None:
    assert not reads.question(text, ["he hit me and it hurts"]).risky


def test_refusing_to_help_is_not_kind(reads: Coach) -> None:
    text = "tell me what happened or I can't help you"
    assert reads.question(text, ["he came in my room"]).reason == "reward"


def test_only_what_is_no_kind_word_is_marked(rules: QuestionRules) -> None:
    matter = rules.matter
    text = "I believe you. did he do that?"
    assert text[slice(*matter(text))] == "did he do that?"
    assert matter("did he do that") == (0, 14)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("did he take photos of you tonight", "im going to his flat"),
        ("will he come in your bed tonight", "i dont want to go home"),
        ("is he making you have sex with men tonight", "i dont want to go home"),
        ("are you scared he will rape you tonight", "i dont want to go home"),
        ("is someone touching you at home tonight", "i dont want to go home"),
    ],
)
def test_tonight_makes_no_leading_question_needed(reads: Coach, text: str, said: str) -> None:
    advice = reads.question(text, [said])
    assert (advice.type, advice.reason) == ("suggestive", "introduces")


@pytest.mark.parametrize(
    "text",
    [
        "has he hurt you today",
        "is mum in bed now",
        "is there someone who can give you a hug tonight",
        "has anyone got dry clothes for you tonight",
        "can he get in touch with you tonight",
        "has dad had a stroke today",
        "is he drunk tonight",
    ],
)
def test_what_safety_needs_may_be_asked(reads: Coach, text: str) -> None:
    assert reads.question(text, ["i dont want to go home"]).type == "clarify_safety"


@pytest.mark.parametrize(
    "text",
    [
        "how did that make you feel",
        "does that make sense",
        "do you want to lie down",
        "would you like your mum with you",
        "shall i take you down to the shops",
    ],
)
def test_comfort_leads_nobody(reads: Coach, text: str) -> None:
    assert not reads.question(text, ["he came in my room"]).risky


@pytest.mark.parametrize("text", ["did he sit down", "did he come back inside"])
def test_small_words_bring_nothing_in(rules: QuestionRules, text: str) -> None:
    judged = rules(text, ["he came in my room"])
    assert judged is not None
    assert judged.type == "option_posing"


def test_lying_down_is_no_lie(rules: QuestionRules) -> None:
    down, lie = rules("were you lying on the sofa"), rules("are you lying")
    assert down is not None
    assert down.reason != "disbelief"
    assert lie is not None
    assert lie.reason == "disbelief"


def test_a_hand_down_your_pants_is_new(reads: Coach) -> None:
    text = "did he put his hand down your pants"
    advice = reads.question(text, ["he came in my room"])
    assert advice.span is not None
    assert text[slice(*advice.span)] == "pants"


@pytest.mark.parametrize(
    "text", ["can i ask if she was alone", "can i ask if he was there", "can i ask if hes been in"]
)
def test_if_takes_nothing_for_granted(reads: Coach, text: str) -> None:
    advice = reads.wording(text, ["he came in my room"])
    assert advice is not None
    assert advice.reason != "presses"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("i asked if she was ok", "clarify_safety"),
        ("i asked tom if he was ok", "clarify_safety"),
        ("asked her who he was", "directive"),
        ("asked him if it had happened before", "option_posing"),
        ("i asked her what happened", "invitation"),
        ("asked her if dad hit her", "suggestive"),
    ],
)
def test_a_question_that_is_told_is_read_as_it_was_put(reads: Coach, text: str, kind: str) -> None:
    assert reads.question(text, ["he came in my room"]).type == kind


def test_words_are_marked_where_they_were_typed(reads: Coach) -> None:
    for text in ("can i ask if shes scared of uncle", "can i ask if her big brother was scared"):
        advice = reads.wording(text, ["it hurts"])
        assert advice is not None
        assert advice.span is not None
        assert text[slice(*advice.span)] in {"scared", "brother"}


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


@pytest.mark.parametrize(
    ("written", "anchor"),
    [
        (
            "jess 9 has just said her stepdad comes in her room at nite and she wants me to keep "
            "it secret",
            "your stepdad comes in your room at nite",
        ),
        ("girl told me he comes in her room", "he comes in your room"),
        ("a boy of 8 told me his mum locks him out at night", "your mum locks you out at night"),
        ("the lady said her carer shouts at her every day", "your carer shouts at you every day"),
        ("she says her dad hits her when hes drunk", "your dad hits you when hes drunk"),
        ("she said dad hit her yesterday", "dad hit you yesterday"),
    ],
)
def test_what_a_reporter_passes_on_is_said_back_to_the_person(
    reads: Coach, written: str, anchor: str
) -> None:
    advice = reads.wording("can i ask if he touches her", [written])
    assert advice is not None
    assert advice.anchor == anchor


@pytest.mark.parametrize(
    "written",
    [
        "he said i liked it",
        "dad says her uncle hits her",
        "neighbours said her dad hits her",
        "they said her dad hits her",
        "he told me he hits her",
        "a boy of 8 told me he hits her",
        "tom 9 said he hits her",
        "he said mum hits her",
        "she told her teacher her dad hits her",
        "he said his mate touches her",
        "she said she is scared of him",
        "she hasnt said her dad hits her",
        "she said her mum hurt herself",
        "she says her mum lets her boyfriend in her room",
        "she said he calls her fat",
        "she said her brother gave her sweets",
        "Mrs K says her son takes her pension and i think her son hits her",
        "my friend jess said her dad hits her",
    ],
)
def test_where_it_is_not_clear_who_is_meant_nothing_is_said_back(
    reads: Coach, written: str
) -> None:
    advice = reads.wording("can i ask if he touches her", [written])
    assert advice is not None
    assert advice.anchor is None


@pytest.mark.parametrize("said", ["-👍 he hit me in my room", "-🙂 dad hit me", "- he hit me", "-"])
def test_a_dash_in_front_of_what_was_said_is_no_fault(reads: Coach, said: str) -> None:
    assert reads.question("did he touch you", [said]).type == "suggestive"


@pytest.mark.parametrize(
    "question",
    [
        "do you want to have sex with him",
        "do you like sharing a bed with him?",
        "does he like being in bed with you",
        "do you like being alone with him?",
        "do you like sleeping with her",
        "do you like cuddles with him",
        "do you want a bath with him",
        "do you want your dad in bed with you",
    ],
)
def test_whether_they_like_it_with_somebody_presses(reads: Coach, question: str) -> None:
    assert reads.question(question, []).type == "suggestive"


@pytest.mark.parametrize(
    "question",
    [
        "would you like your mum with you",
        "do you want someone with you",
        "do you want me to sit with you",
        "does she want her nan with her",
        "would you like to lie down",
    ],
)
def test_comfort_may_be_offered(reads: Coach, question: str) -> None:
    assert reads.question(question, []).type == "clarify_safety"
