"""What does the policy say: the person's own, by clause; else silence and a person to ask."""

from __future__ import annotations

from pathlib import Path

import pytest

from casework import policy_talk
from tests.unit.actions.stage import Stage
from tests.unit.home import Home, Known
from tests.unit.usecases.walk import known_of


def test_an_answer_is_a_rule_of_the_persons_own_policy(home: Home) -> None:
    said = policy_talk.ask(home.house, "reporter", "can i promise her to keep it secret")
    assert said.matches
    codes = {rule.code for rule in home.house.pack.rules}
    assert {match.rule.code for match in said.matches} <= codes


def test_where_the_policy_is_silent_there_is_no_answer_but_somebody_to_ask(home: Home) -> None:
    said = policy_talk.ask(home.house, "reporter", "how many days of holiday do i get")
    assert said.matches == ()
    assert said.ask == "the Line Manager"


@pytest.mark.rule("X1", "X3")
def test_whom_the_policy_is_not_written_for_is_sent_to_their_own(
    known: Known, template: Path, tmp_path: Path
) -> None:
    home = Home(known_of("crossroads_west_wales", known.coach, known.phrases), template, tmp_path)
    said = policy_talk.ask(home.house, "volunteer", "who may look at a client's file")
    assert [match.rule.code for match in said.matches] == ["X1"]
    home.engine.dispose()


@pytest.mark.rule("X10", "C14")
async def test_a_worry_about_a_colleague_or_a_confidence_has_its_advice_and_its_rule(
    known: Known, template: Path, tmp_path: Path
) -> None:
    home = Home(known_of("crossroads_west_wales", known.coach, known.phrases), template, tmp_path)
    played = await Stage(home).play("give_advice_worry", home.talk())
    assert played.said == ["utter_advice_worry_in_confidence"]
    assert "X10" in played.slots[0]["codes"]
    home.engine.dispose()
