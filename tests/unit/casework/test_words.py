"""Times and names as the reporter reads them."""

from __future__ import annotations

from datetime import UTC, datetime

from casework.organisation import Organisation, Person
from casework.words import clock_words, name_of, names_of

PEOPLE = Organisation.model_construct(
    people=(
        Person(id="manager", name="Line Manager", roles=("line_manager",)),
        Person(id="dsl", name="Duty DSL", roles=("dsl",)),
        Person(id="deputy", name="Deputy DSL", roles=("deputy_dsl",)),
    )
)


def test_todays_time_is_a_time() -> None:
    winter = datetime(2026, 1, 12, 14, 5, tzinfo=UTC)
    assert clock_words(winter, winter.replace(hour=18)) == "14:05"


def test_summer_time_is_the_time_on_the_wall() -> None:
    summer = datetime(2026, 7, 1, 13, 5, tzinfo=UTC)
    assert clock_words(summer, summer) == "14:05"


def test_another_day_is_named() -> None:
    tuesday = datetime(2026, 3, 3, 14, 5, tzinfo=UTC)
    assert clock_words(tuesday, tuesday.replace(day=4)) == "14:05 on Tuesday 3 March"


def test_the_day_changes_at_midnight_in_the_uk() -> None:
    late = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)  # half past midnight on the wall
    assert clock_words(late, datetime(2026, 7, 1, 8, 0, tzinfo=UTC)) == "00:30"


def test_people_are_listed_as_one_says_it() -> None:
    assert (
        names_of(PEOPLE, ("manager", "dsl", "deputy"))
        == "the Line Manager, the Duty DSL and the Deputy DSL"
    )
    assert names_of(PEOPLE, ("manager", "dsl")) == "the Line Manager and the Duty DSL"
    assert names_of(PEOPLE, ("dsl",)) == "the Duty DSL"
    assert names_of(PEOPLE, ()) == ""


def test_somebody_who_left_the_directory_is_still_called_something() -> None:
    assert name_of(PEOPLE, "dsl_of_last_year") == "dsl_of_last_year"
