"""Secrecy promised by the person who writes, and by nobody else."""

import pytest

from coach import Coach


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("told her i wont tell mum tho", "not_tell"),
        ("I said I'd keep it quiet", "keep"),
        ("this stays in this room", "stays"),
        ("i told her it was off the record", "off_record"),
        ("she made me promise not to say anything", "made_to"),
    ],
)
def test_a_promise_is_noticed_under_its_code(reads: Coach, text: str, why: str) -> None:
    sign = reads.promise(text)
    assert sign is not None
    assert sign.why == why


@pytest.mark.parametrize(
    "text",
    [
        "i cant promise to keep this secret",
        "told her only people who need to know would be told",
        "she wants me to keep it secret",
        "the other volunteer promised her it would stay secret",
        "i promised to ring her back",
        "can we promise confidentiality",
        "yes i did",
        "yeah told her",
    ],
)
def test_limits_other_people_and_other_promises_are_none(reads: Coach, text: str) -> None:
    assert reads.promise(text) is None


def test_the_span_covers_the_promise_as_typed(reads: Coach) -> None:
    text = "Told her I WON’T tell mum tho"
    sign = reads.promise(text)
    assert sign is not None
    assert text[slice(*sign.span)] == "I WON’T tell"


@pytest.mark.parametrize(
    "text",
    [
        "i said i wouldnt tell anyone who doesnt need to know",
        "i told her i would not tell her mum without telling her first",
        "i told her it was confidential up to a point",
        "i said i wouldnt tell the other kids",
        "i said i wouldnt tell her friends",
        "i said i would never tell her off",
        "im not going to tell her what to do",
        "i told him i wont be in on monday",
        "she said i wont tell the dsl",
    ],
)
def test_a_promise_that_leaves_the_way_open_is_none(reads: Coach, text: str) -> None:
    assert reads.promise(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "im not going to tell the dsl, she would hate it",
        "i wont tell the other kids and i wont tell my manager either",
        "we are not going to involve the police, she begged us",
        "im not telling the dsl, she begged me not to",
        "dont worry i wont ring the police",
    ],
)
def test_what_is_kept_from_those_who_must_know_is_a_promise(reads: Coach, text: str) -> None:
    sign = reads.promise(text)
    assert sign is not None
    assert sign.why == "official"


@pytest.mark.parametrize(
    "text",
    [
        "i told her i wouldnt tell the police but id have to tell the dsl",
        "i wont tell the police, only the dsl",
        "i wont tell the dsl until monday",
        "im not going to tell the dsl yet",
        "im not going to tell the police what to do",
        "I won't ring the manager, I'll email her",
        "i wont contact the manager tonight its too late ill email",
        "im not ringing the manager, im going to email her",
    ],
)
def test_what_is_told_to_one_later_or_to_another_is_none(reads: Coach, text: str) -> None:
    assert reads.promise(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "i would not hesitate to contact the dsl",
        "i will not hesitate to tell the police",
        "i will not forget to tell the dsl",
        "im not able to contact the manager",
        "I am not able to contact the DSL, phone goes to voicemail",
        "i am not sure how to contact social services",
        "i dont know who to tell",
        "im not afraid to tell the manager",
        "im not the person who should tell the police",
    ],
)
def test_who_cannot_or_would_gladly_tell_promises_nothing(reads: Coach, text: str) -> None:
    assert reads.promise(text) is None


def test_a_promise_not_to_let_somebody_know_or_tell_is_noticed(reads: Coach) -> None:
    assert reads.promise("i wont let her mum know or tell the dsl")


def test_a_promise_beside_one_about_something_else_is_noticed(reads: Coach) -> None:
    assert reads.promise("i said i would never tell her off and i wont tell anyone, its our secret")


@pytest.mark.parametrize(
    "text",
    [
        "nearly said i wont tell anyone but stopped",
        "i told him i would not tell anyone but my lead",
        "kids made me promise not to tell anyone about the surprise party",
    ],
)
def test_telling_nobody_is_no_promise_of_secrecy_where_it_was_not_said_or_is_a_surprise(
    reads: Coach, text: str
) -> None:
    assert reads.promise(text) is None
