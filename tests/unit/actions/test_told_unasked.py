"""What is told without a button: it is in the record all the same."""

from __future__ import annotations

import pytest

from casework import danger
from casework.facts import MessageKind
from casework.vocabulary import DANGER_NOW, EntryKind, RecordKind, Topic
from records.permissions import Part, part_of
from tests.unit.actions.stage import Stage
from tests.unit.home import Home


def listening(home: Home) -> str:
    """A disclosure whose danger question is answered: "Now listen" was the last that was said."""
    talk = home.case()
    home.answer(talk, DANGER_NOW, "no", "no")
    return talk


def begun_worries(home: Home, talk: str) -> list[str]:
    return [other.id for other in home.conversations_of("reporter") if other.id != talk]


@pytest.mark.parametrize("call", ["begin_disclosure_in_words", "begin_worry", "begin_colleague"])
async def test_what_is_typed_while_they_listen_is_the_first_of_their_words(
    home: Home, stage: Stage, call: str
) -> None:
    talk = listening(home)
    played = await stage.play(call, talk, text="she said dont tell mum")
    assert played.said == ["utter_capture_kept"]
    assert home.texts(talk, EntryKind.WORDS) == ["she said dont tell mum"]
    assert home.conversation(talk).capture_strand is EntryKind.WORDS
    assert begun_worries(home, talk) == []
    assert played.events[-1]["name"] == "action_listen"


async def test_what_leads_elsewhere_is_asked_about_while_they_listen(
    home: Home, stage: Stage
) -> None:
    talk = listening(home)
    typed = home.message(talk, "do i have to tell her mum")
    played = await stage.play_again("begin_share", typed)
    assert played.said[0] == "utter_not_understood"
    assert played.said[-1] == "utter_meaning_words"
    assert begun_worries(home, talk) == []
    assert played.events[-1]["name"] == "action_listen"


async def test_what_is_answered_while_they_listen_can_be_kept_as_their_words(
    home: Home, stage: Stage
) -> None:
    talk = listening(home)
    played = await stage.play("give_advice_in_words", talk, text="i hate going to school")
    assert played.said[-1] == "utter_taken_as_question"
    press = home.message(talk, "Keep it as their words", kind=MessageKind.PRESS)
    await stage.play_again("keep_line", press, KEPT=played.message.id)
    assert home.texts(talk, EntryKind.WORDS) == ["i hate going to school"]


async def test_after_an_alarm_nothing_leads_away_either(home: Home, stage: Stage) -> None:
    talk = home.talk()
    danger.raise_alarm(home.house, talk, home.message(talk, "he has a knife").id)
    typed = home.message(talk, "do i have to tell her mum")
    played = await stage.play_again("begin_share", typed)
    assert played.said[0] == "utter_not_understood"
    assert begun_worries(home, talk) == []


async def test_the_same_message_twice_is_one_line(home: Home, stage: Stage) -> None:
    talk = listening(home)
    played = await stage.play("begin_disclosure_in_words", talk, text="he pushed me")
    await stage.play_again("begin_disclosure_in_words", played.message)
    assert home.texts(talk, EntryKind.WORDS) == ["he pushed me"]


async def test_a_worry_once_words_are_written_down_is_a_case_of_its_own(
    home: Home, stage: Stage
) -> None:
    talk = home.case("he hits me")
    home.answer(talk, DANGER_NOW, "no", "no")
    played = await stage.play("begin_worry", talk)
    assert played.said == ["utter_moved"]
    assert len(begun_worries(home, talk)) == 1


async def test_a_worry_by_its_button_is_a_case_of_its_own(home: Home, stage: Stage) -> None:
    talk = listening(home)
    press = home.message(talk, "Somebody told me in confidence", kind=MessageKind.PRESS)
    assert (await stage.play_again("begin_worry", press)).said == ["utter_moved"]


async def test_what_is_told_on_before_the_danger_question_is_answered_is_kept(
    home: Home, stage: Stage
) -> None:
    talk = home.case()
    text = "shes 9 and its her stepdad"
    played = await stage.play("begin_disclosure_in_words", talk, text=text)
    assert played.said == ["utter_begin"]
    kept = [entry for entry in home.entries(talk) if entry.topic == Topic.FIRST_MESSAGE]
    assert [entry.text for entry in kept][-1] == text


async def test_what_is_not_understood_while_they_listen_can_be_their_words(
    home: Home, stage: Stage
) -> None:
    talk = listening(home)
    played = await stage.play("not_understood", talk)
    assert played.said[-1] == "utter_meaning_words"
    assert played.slots[-1]["message"] == played.message.id


async def test_nothing_is_offered_as_words_where_nobody_tells(home: Home, stage: Stage) -> None:
    report = home.case(kind=RecordKind.CONCERN)
    home.answer(report, DANGER_NOW, "no", "no")
    for talk in (home.talk(), report):
        assert "utter_meaning_words" not in (await stage.play("not_understood", talk)).said


async def test_what_is_not_understood_twice_is_in_the_record_and_can_be_their_words(
    home: Home, stage: Stage
) -> None:
    talk = listening(home)
    first = await stage.play("not_understood", talk, text="im scared of him")
    with home.store.work() as work:
        replies = [{"response": response} for response in first.said]
        work.turns.add(talk, {"replies": replies})
    second = await stage.play("not_understood", talk, text="and my brother too")
    assert second.said == ["utter_not_understood_again", "utter_meaning_words"]
    # Nobody knows yet whether they are words or an opinion: the narrower of the two.
    entries = {entry.seq: entry for entry in home.entries(talk)}
    kept = [one.text for one in entries.values() if part_of(one, entries) is Part.OPINION]
    assert kept == ["im scared of him", "and my brother too"]


async def test_a_question_they_have_put_is_kept_and_they_are_still_listened_to(
    home: Home, stage: Stage
) -> None:
    talk = listening(home)
    played = await stage.play("check_wording", talk, text="I asked her if he hits her")
    assert played.said[-1] == "utter_asked_kept"
    assert home.texts(talk, EntryKind.QUESTION_ASKED) == ["I asked her if he hits her"]
    await stage.play("begin_worry", talk, text="she said yes he does")
    assert home.texts(talk, EntryKind.WORDS) == ["she said yes he does"]
    assert begun_worries(home, talk) == []


PROMISED = "a girl told me he hits her and i told her i wont tell anyone"


async def test_a_promise_in_what_a_button_said_the_meaning_of_is_put_right(
    home: Home, stage: Stage
) -> None:
    talk = home.talk()
    asked = await stage.play("not_understood", talk, text=PROMISED)
    with home.store.work() as work:
        replies = [{"response": response} for response in asked.said]
        work.turns.add(talk, {"replies": replies}, inbox_id=asked.message.id)
    played = await stage.play("begin_disclosure_by_button", talk)
    assert played.said == ["utter_begin", "utter_promise_repair"]
    assert home.texts(talk, EntryKind.TOLD) == [PROMISED]


async def test_a_promise_beside_danger_is_kept_and_put_right(home: Home, stage: Stage) -> None:
    talk = home.case()
    text = "i told him i wont tell anyone. hes got a knife now"
    played = await stage.play("raise_alarm", talk, text=text)
    assert played.said[0] == "utter_danger"
    assert "utter_promise_repair" in played.said
    assert home.texts(talk, EntryKind.TOLD) == [text]


async def test_a_promise_in_a_worry_about_a_colleague_is_put_right(
    home: Home, stage: Stage
) -> None:
    talk = home.talk()
    text = "one of our volunteers hit a lad, i promised him id keep it to myself"
    played = await stage.play("begin_colleague", talk, text=text)
    assert "utter_promise_repair" in played.said
    assert home.texts(talk, EntryKind.TOLD) == [text]
