"""Danger: noticed in any spelling, and not where it is over, denied, practised or asked about."""

import pytest

from coach import Coach


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("hes got a nife", "weapon"),
        ("not breathin pls help", "breathing"),
        ("shes bleedin really badly", "bleeding"),
        ("she OD'd", "overdose"),
        ("took loads of tablets", "overdose"),
        ("hes going to kill himself tonight", "suicide"),
        ("he's outside with a bat", "intruder"),
        ("resident collapsed in the hall", "medical"),
        ("shes unconshious", "unconscious"),
        ("he is strangling her", "attack"),
        ("threatening to jump", "suicide"),
        ("she cant go home tonight, he'll batter her", "danger"),
    ],
)
def test_a_sign_is_noticed_under_its_code(reads: Coach, text: str, why: str) -> None:
    sign = reads.danger(text)
    assert sign is not None
    assert sign.why == why


@pytest.mark.parametrize(
    "text",
    [
        "she is not in danger",
        "no danger",
        "hes not got a knife",
        "no weapon, nothing like that",
        "no one is bleeding",
        "he tried to kill himself years ago",
        "years ago, he tried to kill himself",
        "the ambulance has already taken him",
        "when should we call 999",
        "what do we do if someone has a knife",
        "practice: he is outside with a knife",
        "can i ask if she is in danger",
        "my manager will kill me",
    ],
)
def test_what_is_over_denied_practised_or_asked_about_is_no_danger(reads: Coach, text: str) -> None:
    assert reads.danger(text) is None


def test_a_rule_asked_about_a_live_case_is_danger(reads: Coach) -> None:
    assert reads.danger("whats the policy, he is threatening her with a hammer right now")


def test_present_danger_counts_after_an_older_danger_that_is_over(reads: Coach) -> None:
    assert reads.danger("police arrested him last year but he is outside with a bat now")


def test_no_before_a_person_denies_nothing(reads: Coach) -> None:
    assert reads.danger("no he's outside kicking the door")


def test_an_answer_that_names_danger_is_danger(reads: Coach) -> None:
    assert reads.danger("yes danger now")


def test_the_span_covers_the_words_as_typed(reads: Coach) -> None:
    text = "   look  he’s got a\u200b NIFE!!"
    sign = reads.danger(text)
    assert sign is not None
    assert text[slice(*sign.span)] == "’s got a\u200b NIFE"


def test_letters_hidden_apart_do_not_hide_danger(reads: Coach) -> None:
    assert reads.danger("he has a kn\u200bi\u2060fe")
    assert reads.danger("\u202ehe has a ｋｎｉｆｅ")


def test_danger_deep_in_a_long_text_is_noticed(reads: Coach) -> None:
    text = "We talked about school and her cat. " * 100 + "He is strangling her."
    sign = reads.danger(text)
    assert sign is not None
    assert sign.span[0] > 3_000
