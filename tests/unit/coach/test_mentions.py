"""Directory people in a text: compared by id, whatever they are called."""

import pytest

from coach import Coach, Known

DSL = Known("p-dsl", ("Duty DSL", "Safeguarding Sam"))
DEPUTY = Known("p-deputy", ("Deputy DSL",))
MANAGER = Known("p-manager", ("Line Manager",))
CHAIR = Known("p-chair", ("Chair of Trustees", "Robin Example"))
PEOPLE = (DSL, DEPUTY, MANAGER, CHAIR)


@pytest.mark.parametrize(
    ("text", "person_id"),
    [
        ("its about the duty dsl", "p-dsl"),
        ("our safeguarding lead shouts at them", "p-dsl"),
        ("tell the DSL", "p-dsl"),
        ("deputy dsl was there", "p-deputy"),
        ("my manager", "p-manager"),
        ("My Line Manager did it", "p-manager"),
        ("its my boss", "p-manager"),
        ("the line mangaer", "p-manager"),
        ("Robin Exmaple said so", "p-chair"),
        ("robin example's car", "p-chair"),
        ("safe\u200bguarding sam", "p-dsl"),
    ],
)
def test_a_person_is_found_by_name_role_or_nickname(
    reads: Coach, text: str, person_id: str
) -> None:
    assert [mention.person_id for mention in reads.mentions(text, PEOPLE)] == [person_id]


@pytest.mark.parametrize(
    "text", ["her manager at the shop", "the school dsl", "the care home manager", "sam", ""]
)
def test_other_houses_people_are_not_ours(reads: Coach, text: str) -> None:
    assert reads.mentions(text, PEOPLE) == []


def test_people_come_in_the_order_of_the_text(reads: Coach) -> None:
    found = reads.mentions("my boss and the deputy dsl", PEOPLE)
    assert [mention.person_id for mention in found] == ["p-manager", "p-deputy"]


def test_two_people_with_one_title_are_both_found(reads: Coach) -> None:
    people = (Known("a", ("Line Manager",)), Known("b", ("Line Manager",)))
    assert {mention.person_id for mention in reads.mentions("my manager", people)} == {"a", "b"}


def test_the_span_covers_the_name_as_typed(reads: Coach) -> None:
    text = "Ask the DUTY  DSL."
    [mention] = reads.mentions(text, PEOPLE)
    assert text[slice(*mention.span)] == "DUTY  DSL"
