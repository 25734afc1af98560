"""Quoted words are found as phones mark them, and belong to whoever is said to speak them."""

import pytest

from coach import Coach
from coach.language import reader
from coach.quotes import quotes
from coach.rulebook import Rulebook


@pytest.fixture(scope="module")
def read():
    return reader(Rulebook.read().pipeline)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('she said "not at home" to me', ["not at home"]),
        ("she said “not at home” to me", ["not at home"]),
        ("she said 'not at home' to me", ["not at home"]),
        ("she said ‘he’s not at home’ to me", ["he's not at home"]),
        ('he goes "just between us mate', ["just between us mate"]),
        ('"one" and "two"', ["one", "two"]),
        ("its the hosts' house and they don't know", []),
        ("don't say 'cos of me", []),
        ('empty "" marks', []),
    ],
)
def test_quotes_are_found_without_their_marks(read, text: str, found: list[str]) -> None:
    assert [quote.text for quote in quotes(read(text).doc)] == found


@pytest.mark.parametrize(
    "text",
    [
        'she said "i will keep it quiet" to me',
        'he said ‘our secret’ and i said "no"',
    ],
)
def test_a_quoted_promise_is_its_speakers(reads: Coach, text: str) -> None:
    assert reads._promises.rules(text) is None  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "text",
    [
        '"my lips are sealed" i said',
        '"my lips are sealed", i said',
        "she cried so i told her 'this stays in this room'",
        'he said "you told mum i would not tell" and i said "i wont tell anyone"',
    ],
)
def test_the_writers_own_quoted_promise_is_noticed(reads: Coach, text: str) -> None:
    assert reads._promises.rules(text) is not None  # type: ignore[attr-defined]


def test_a_planned_question_is_cut_out_of_its_marks(reads: Coach) -> None:
    text = "can i say “did he touch you” to her"
    advice = reads.wording(text)
    assert advice is not None
    assert advice.quoted == "did he touch you"
