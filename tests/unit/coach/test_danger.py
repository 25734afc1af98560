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


@pytest.mark.parametrize(
    "text",
    [
        "cant lie he has got a knife",
        "not joking hes got a gun",
        "nobody knows hes outside the window watching us",
        "i didnt realise she had taken tablets until now",
        "haha no seriously hes got a gun",
        "lol shes not breathing",
    ],
)
def test_a_denial_of_knowing_or_joking_and_a_laugh_take_nothing_back(
    reads: Coach, text: str
) -> None:
    assert reads.danger(text) is not None


@pytest.mark.parametrize(
    "text",
    [
        "he was arrested but let out and is outside now",
        "Her brother died last year and she has taken 30 paracetamol",
        "he was outside with a knife, police arrested him, but he is back outside",
        "he was outside with a bat, was arrested but hes back here",
        "he tried to strangle her, was arrested, but they let him out, he is back at the door",
    ],
)
def test_what_ended_takes_back_nothing_that_came_after_it(reads: Coach, text: str) -> None:
    assert reads.danger(text) is not None


@pytest.mark.parametrize(
    "text",
    [
        "lol he is playing with a plastic knife",
        "haha my kids are killing me",
        "nobody believes he has a knife",
        "she took an overdose and the ambulance took her",
        "he had a knife but the police came and took him",
        "paramedics checked him, he had taken two paracetamol, theyve signed him off",
        "flat was on fire, fire brigade came, they got out safely",
        "he was outside with a knife, police arrested him, she is back in class",
        "she ran off but has been found and is back at home",
    ],
)
def test_a_joke_and_what_ended_are_no_danger(reads: Coach, text: str) -> None:
    assert reads.danger(text) is None


CALM = (
    "Visit to Mrs Khan this morning. She was in good spirits and had made samosas for the group. "
    "We talked about the boiler, which is being replaced next week, and about her daughter's "
    "exams. She would like help with the blue badge form. {} I left the leaflet about the lunch "
    "club and said I would ring on Thursday. Her brother died last year and she still misses him "
    "at Eid. Nothing else to report."
)


@pytest.mark.parametrize(
    "sentence",
    [
        "Her brother died last year and she has taken 30 paracetamol.",
        "Her neighbour is in the garage with the engine on and wont open up.",
        "Electrocuted himself, still touching the wire.",
    ],
)
def test_one_dangerous_sentence_in_a_long_calm_note_is_noticed(reads: Coach, sentence: str) -> None:
    sign = reads.danger(CALM.format(sentence))
    assert sign is not None
    assert CALM.index("{}") <= sign.span[0] < CALM.index("{}") + len(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "",
        "She used to drink and has been dry for four years.",
        "She said the stairs are killing her.",
        "In her country the soldiers burned their house and they walked for six days.",
    ],
)
def test_a_long_calm_note_is_no_danger(reads: Coach, sentence: str) -> None:
    assert reads.danger(CALM.format(sentence)) is None


def test_a_dangerous_sentence_of_a_long_exercise_is_none(reads: Coach) -> None:
    text = CALM.format("Electrocuted himself, still touching the wire.")
    assert reads.danger(f"{text} This was a training exercise.") is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("she is 15 and they fly to pakistan on friday for her wedding", "taken"),
        ("14 yr old going abroad saturday, mum says shes getting married", "taken"),
        ("he hasnt been home since thursday hes only 11", "missing"),
        ("he hasnt been seen since last night hes 12", "missing"),
        ("hes 13 and not been back home since yesterday", "missing"),
        ("year 9 girl being taken to pakistan on friday to be married", "taken"),
        ("voices tell her to jump in front of a train", "suicide"),
        ("he said 'ill kill you if you tell'", "threat"),
        ("hell kill me if i tell", "threat"),
        ("uncle will kill her if she says anything", "threat"),
        ("she said she will kill me if i tell", "threat"),
        ("she has written a note to her kids and left it on the side", "suicide"),
        ("mum has written letters to her children and left them by the bed", "suicide"),
        ("she says she isnt safe to go home", "danger"),
        ("we are not safe to go home", "danger"),
    ],
)
def test_a_plain_sign_needs_no_second_opinion(reads: Coach, text: str, why: str) -> None:
    sign = reads.danger(text)
    assert sign is not None
    assert sign.why == why


@pytest.mark.parametrize(
    "text",
    [
        "she went to pakistan last year for her cousins wedding",
        "my son is 12 and we fly to spain on friday for my sisters wedding",
        "she isnt flying to pakistan on friday for her wedding, shes 15 and has an order",
        "i havent been home since thursday and i need clean socks",
        "he hasnt been back since the summer holidays",
        "my manager will kill me if you tell her",
        "she left a note for her mum about the dinner",
        "is it safe to go home now",
        "im flying to kenya on friday for her wedding so can you cover the year 9 group",
        "shes 14 and hasnt been back since last week",
        "he is 15 and hasnt come back since the taster session",
        "pupil has not been back since last half term",
        "i have written up the notes for the family and left them on your desk",
        "i have written a letter to her family and left it on your desk",
        "written a note for the kids and left it on the fridge",
        "we are not safe to return home until the boiler is fixed",
        "ill kill him if he tells anyone about the surprise party",
        "mum will kill me if she tells dad",
        "shell kill me if you tell her about the cake",
    ],
)
def test_a_journey_an_absence_and_a_note_alone_are_no_danger(reads: Coach, text: str) -> None:
    assert reads.danger(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "help me please",
        "please help me",
        "HELP HELP HELP",
        "somebody help",
        "need help now",
        "send someone quick",
        "ring 999??",
        "urgent please help",
        "come here urgently",
    ],
)
def test_a_bare_cry_for_help_is_danger(reads: Coach, text: str) -> None:
    sign = reads.danger(text)
    assert sign is not None
    assert sign.why == "emergency"


@pytest.mark.parametrize(
    "text",
    [
        "help",
        "help please",
        "need help",
        "can you help me",
        "can you help me with the form please",
        "please help me word this",
        "help me please with this form",
        "its urgent, please ring me about the rota",
        "its urgent pls ring me",
        "please call me urgently",
        "is it urgent should i call",
        "when do we ring 999",
        "please",
        "",
    ],
)
def test_help_with_something_and_the_menu_are_no_danger(reads: Coach, text: str) -> None:
    assert reads.danger(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "nan is coming to get them",
        "gran is coming to pick them up after school",
        "my husband is coming to get me at 5",
        "her support worker is coming to get her at 10",
        "he is waiting outside for his taxi",
        "the man from bt is at the door",
    ],
)
def test_everyday_collecting_and_callers_are_no_danger(reads: Coach, text: str) -> None:
    assert reads.danger(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "he is coming to get her",
        "her ex is coming to get them",
        "her husband is coming to get her",
        "her mum is coming to kill her",
        "her mum is coming to get her and she has a knife",
        "he is waiting outside for her to come out",
        "the man from upstairs is at her door shouting",
    ],
)
def test_who_comes_for_somebody_is_danger(reads: Coach, text: str) -> None:
    assert reads.danger(text) is not None


@pytest.mark.parametrize("text", ["😢", "...", "?!", "👍👍"])
def test_a_face_alone_is_no_danger(reads: Coach, text: str) -> None:
    assert reads.danger(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "he was arrested last year for carrying a knife, he's been let out and is doing well",
        "her ex was arrested for threatening to kill her, released last week, injunction holds",
        "he said he'd kill her, was arrested, bailed, lives in Hull, she has alarms and an order",
        "he was outside with a bat last year, was arrested, got out in march, nothing since",
    ],
)
def test_whoever_was_let_out_long_ago_is_no_danger_by_that(reads: Coach, text: str) -> None:
    assert reads.danger(text) is None


def test_letting_it_rest_is_no_danger_and_hides_none(reads: Coach) -> None:
    assert reads.danger("asked without a name, she says let it rest") is None
    assert reads.danger("he wont let it rest, hes at the door with a bat") is not None
