"""Every message is kept, then answered: one at a time, in order, and once, whatever goes wrong.

Source: docs/adr/0002; reliability.md findings 1, 2 and 4, R2-R5.
"""

from __future__ import annotations

import asyncio
import random
import sqlite3
import threading
from contextlib import closing

import pytest

from casework import capture
from casework.errors import EmptyMessage, MessageTooLarge, StoreUnavailable
from casework.facts import MessageKind
from casework.vocabulary import EntryKind, Topic, Urgency
from coach import Coach
from connectors import dialogue as seam
from connectors.dialogue import Dialogue
from connectors.incoming import LARGEST_MESSAGE_BYTES
from connectors.line import HOLDS_UP_UNTIL, Line
from tests.unit.connectors.conftest import Channel
from tests.unit.connectors.dialogue_fake import TOKEN, FakeDialogue, Way, reply
from tests.unit.home import DATABASE, Home

FAILED = "utter_dialogue_down"
WARNED = "utter_danger"
ANSWERED = "utter_thanks"
ALL_WAYS: tuple[Way, ...] = (
    "503",
    "500",
    "422",
    "says nothing",
    "says no JSON",
    "says another shape",
)


# ---- kept first ----


async def test_a_message_is_kept_before_anybody_is_asked(home: Home, channel: Channel) -> None:
    channel.dialogue.open.clear()
    talk = home.talk()
    message = await channel.send(talk, "she told me something")
    with home.store.read() as work:
        assert [m.text for m in work.inbox.unanswered(talk)] == ["she told me something"]
    channel.dialogue.open.set()
    await channel.answered(message)


async def test_a_line_is_in_the_record_before_it_is_acknowledged(
    home: Home, channel: Channel
) -> None:
    channel.dialogue.open.clear()
    talk = home.talk()
    await channel.send(talk, "he hits me", kind=MessageKind.WORDS, strand=EntryKind.OPINION)
    assert home.texts(talk, EntryKind.OPINION) == ["he hits me"]


@pytest.mark.parametrize("text", ["", " ", "\n\t ", "\u2003"])
async def test_nothing_but_white_space_is_not_kept(home: Home, channel: Channel, text: str) -> None:
    talk = home.talk()
    with pytest.raises(EmptyMessage):
        await channel.send(talk, text)
    assert home.turns(talk) == []


@pytest.mark.parametrize("letter", ["a", "é", "\ud800"])
async def test_the_largest_message_is_kept_and_a_larger_one_is_not(
    home: Home, channel: Channel, letter: str
) -> None:
    width = len(letter.encode("utf-8", "surrogatepass"))
    largest = letter * (LARGEST_MESSAGE_BYTES // width)
    talk = home.talk()
    await channel.send(talk, largest, kind=MessageKind.WORDS)
    with pytest.raises(MessageTooLarge):
        await channel.send(talk, largest + "aa", kind=MessageKind.WORDS)
    assert home.texts(talk, EntryKind.WORDS) == [largest]


async def test_a_message_that_cannot_be_kept_is_said_not_to_be(
    home: Home, channel: Channel
) -> None:
    talk = home.talk()
    with closing(sqlite3.connect(home.folder / DATABASE)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreUnavailable):
            await channel.send(talk, "she told me something")
    await channel.answered(await channel.send(talk, "again"))
    assert channel.dialogue.texts == ["again"]


# ---- once ----


async def test_a_message_that_comes_eleven_times_is_answered_once(
    home: Home, channel: Channel
) -> None:
    talk = home.talk()
    sent = await asyncio.gather(*(channel.send(talk, "hello", message_id="m") for _ in range(11)))
    await channel.answered(sent[0])
    assert len({message.id for message in sent}) == 1
    assert channel.dialogue.texts == ["hello"]
    assert len(home.turns(talk)) == 1


async def test_a_repeat_of_an_answered_message_says_nothing_more(
    home: Home, channel: Channel
) -> None:
    talk = home.talk()
    await channel.answered(await channel.send(talk, "hello", message_id="m"))
    await channel.send(talk, "hello", message_id="m")
    await channel.answered(await channel.send(talk, "bye"))
    assert channel.dialogue.texts == ["hello", "bye"]


# ---- in order ----


async def test_messages_are_answered_one_at_a_time_in_the_order_of_their_source(
    home: Home, channel: Channel
) -> None:
    channel.dialogue.open.clear()
    talk = home.talk()
    await channel.send(talk, "first", seconds=-1)
    await channel.dialogue.until(1)
    order = list(range(10))
    random.Random(7).shuffle(order)
    sent = await asyncio.gather(*(channel.send(talk, f"no. {n}", seconds=n) for n in order))
    channel.dialogue.open.set()
    for message in sent:
        await channel.answered(message)
    assert channel.dialogue.texts == ["first", *(f"no. {n}" for n in range(10))]
    assert channel.dialogue.most_at_once[talk] == 1
    in_order = [message.sent_as for message in sorted(sent, key=lambda m: m.source_at)]
    assert [turn["in_reply_to"] for turn in home.turns(talk)][1:] == in_order


async def test_one_conversation_does_not_wait_for_another(home: Home, channel: Channel) -> None:
    slow, quick = home.talk(), home.talk("volunteer")
    channel.dialogue.misbehave("slow", "hangs")
    await channel.send(slow, "slow")
    await channel.dialogue.until(1)
    await channel.answered(await channel.send(quick, "quick"))
    assert home.said(quick) == [ANSWERED]


# ---- when it fails ----


@pytest.mark.parametrize("way", ALL_WAYS)
async def test_a_failure_is_said_once_and_the_message_answered_later(
    home: Home, sweeping: Channel, way: Way
) -> None:
    talk = home.talk()
    sweeping.dialogue.misbehave("hello", *[way] * 7)
    message = await sweeping.send(talk, "hello")
    await sweeping.answered(message)
    assert home.said(talk) == [FAILED, ANSWERED]
    assert [turn["in_reply_to"] for turn in home.turns(talk)] == [message.sent_as] * 2


async def test_a_dialogue_that_hangs_is_given_up_once_and_the_person_told(
    impatient: None, home: Home, channel: Channel
) -> None:
    talk = home.talk()
    channel.dialogue.misbehave("hello", "hangs")
    message = await channel.send(talk, "hello")
    assert await channel.said(talk, 1) == [FAILED]
    assert channel.dialogue.texts == ["hello"]
    sweep = asyncio.create_task(channel.line.sweep())
    await channel.answered(message)
    sweep.cancel()
    assert home.said(talk) == [FAILED, ANSWERED]


async def test_what_is_said_on_failure_has_the_numbers_and_keeps_the_place(
    home: Home, channel: Channel
) -> None:
    talk = home.case()
    with home.store.work() as work:
        work.conversations.change(talk, asks="subject")
    channel.dialogue.misbehave("hello", *["503"] * 3)
    await channel.send(talk, "hello")
    (turn,) = await channel.turns(talk, 1)
    (said,) = turn["replies"]
    assert [link["href"] for link in said["links"]] == ["tel:999", "tel:01632960123"]
    assert (turn["asks"], said["kind"]) == ("subject", "failure")


async def test_the_number_of_whoever_it_is_about_is_not_given_on_failure(
    home: Home, channel: Channel
) -> None:
    talk = home.case("the duty dsl hits me")
    capture.close_capture(home.house, talk)
    channel.dialogue.misbehave("hello", *["503"] * 3)
    await channel.send(talk, "hello")
    await channel.turns(talk, 1)
    assert "Duty DSL" not in str(home.turns(talk))


async def test_messages_behind_a_failing_dialogue_wait_in_their_order(
    home: Home, sweeping: Channel
) -> None:
    talk = home.talk()
    # Down for longer than a message has tries of its own: none of them is used up.
    sweeping.dialogue.misbehave("one", *["503"] * 3 * (HOLDS_UP_UNTIL + 2))
    sent = [await sweeping.send(talk, text, seconds=n) for n, text in enumerate(("one", "two"))]
    await sweeping.answered(sent[1])
    first_two = sweeping.dialogue.texts.index("two")
    assert set(sweeping.dialogue.texts[:first_two]) == {"one"}
    assert home.said(talk) == [FAILED, ANSWERED, ANSWERED]


@pytest.mark.parametrize("way", ["500", "422", "says nothing", "says another shape"])
async def test_a_message_that_always_fails_does_not_hold_up_those_behind_it(
    home: Home, sweeping: Channel, way: Way
) -> None:
    talk = home.talk()
    sweeping.dialogue.misbehave("never mind the tea", *[way] * 3 * (HOLDS_UP_UNTIL + 400))
    await sweeping.send(talk, "never mind the tea", seconds=0)
    await sweeping.answered(await sweeping.send(talk, "behind it", seconds=1))
    assert home.said(talk) == [FAILED, ANSWERED]


async def test_a_message_on_which_the_dialogue_always_hangs_does_not_hold_up_those_behind_it(
    impatient: None, home: Home, sweeping: Channel
) -> None:
    talk = home.talk()
    sweeping.dialogue.misbehave("never mind the tea", *["hangs"] * (HOLDS_UP_UNTIL + 400))
    await sweeping.send(talk, "never mind the tea", seconds=0)
    await sweeping.answered(await sweeping.send(talk, "behind it", seconds=1))
    assert home.said(talk) == [FAILED, ANSWERED]


async def test_what_a_crash_left_without_an_answer_is_answered_by_the_sweep(
    home: Home, sweeping: Channel
) -> None:
    talk = home.talk()
    left_waiting(home, talk, "before the crash")
    assert await sweeping.said(talk, 1) == [ANSWERED]


async def test_one_broken_conversation_does_not_stop_the_sweep(
    home: Home, sweeping: Channel
) -> None:
    broken, sound = home.talk(), home.talk()
    left_waiting(home, broken, "cannot be opened any more")
    with closing(sqlite3.connect(home.folder / DATABASE)) as raw:
        raw.execute("UPDATE data_keys SET wrapped = x'00' WHERE owner = ?", (broken,))
        raw.commit()
    for n in range(2):
        left_waiting(home, sound, str(n))
        assert await sweeping.said(sound, n + 1) == [ANSWERED] * (n + 1)


async def test_the_sweep_ends_when_told_although_a_conversation_breaks_at_that_moment(
    home: Home, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    left_waiting(home, home.talk(), "hello")
    reached = asyncio.Event()

    async def breaks_when_stopped(_talk: str) -> None:
        reached.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            raise OSError from None

    monkeypatch.setattr(channel.line, "_drain", breaks_when_stopped)
    sweep = asyncio.create_task(channel.line.sweep())
    await reached.wait()
    sweep.cancel()
    ended, _ = await asyncio.wait({sweep}, timeout=10)
    monkeypatch.undo()
    assert ended == {sweep}
    assert sweep.cancelled()


async def test_a_line_that_is_stopped_leaves_no_hand_behind_and_its_message_to_the_next(
    home: Home, channel: Channel
) -> None:
    talk, hands = home.talk(), hands_at_work()
    channel.dialogue.open.clear()
    message = await channel.send(talk, "are you there?")
    await channel.dialogue.until(1)
    assert hands_at_work() > hands
    await channel.line.stop()
    assert hands_at_work() == hands
    assert home.said(talk) == []
    channel.dialogue.open.set()
    seam = Dialogue(channel.dialogue.address, TOKEN)
    channel.line = Line(home.house, home.phrases, seam)
    sweep = asyncio.create_task(channel.line.sweep())
    await channel.answered(message)
    sweep.cancel()
    await asyncio.gather(sweep, return_exceptions=True)
    await channel.line.stop()
    await seam.close()
    assert home.said(talk) == [ANSWERED]
    assert hands_at_work() == hands


def hands_at_work() -> int:
    return sum(thread.name.startswith("answering") for thread in threading.enumerate())


def left_waiting(home: Home, talk: str, text: str) -> None:
    """A message that was kept, and nobody was woken for it."""
    with home.store.work() as work:
        work.inbox.take(
            conversation_id=talk,
            channel="web",
            message_id=f"{talk}:{text}",
            kind=MessageKind.TEXT,
            text=text,
            strand=None,
            button=None,
            source_at=home.clock.now,
        )


@pytest.mark.parametrize("text", ["\ud800", "he said \udfff and then", "\x00", "\u202e", "😢" * 9])
async def test_odd_text_is_answered_like_any_other(home: Home, channel: Channel, text: str) -> None:
    talk = home.talk()
    message = await channel.send(talk, text)
    await channel.turns(talk, 1)
    assert home.said(talk) == [ANSWERED]
    with home.store.read() as work:
        assert work.inbox.get(message.id).text == text


async def test_the_dialogue_is_never_sent_more_than_it_takes(home: Home, channel: Channel) -> None:
    await channel.answered(await channel.send(home.talk(), "a" * 20_000))
    assert channel.dialogue.texts == ["a" * 8_000]


# ---- capture and danger, with the dialogue down ----


async def test_capture_works_while_the_dialogue_is_down(
    home: Home, channel: Channel, dialogue: FakeDialogue
) -> None:
    dialogue.open.clear()
    talk = home.case("he hits me")
    lines = ["and again", "  with two spaces ", "😢"]
    for n, text in enumerate(lines):
        await channel.answered(await channel.send(talk, text, seconds=n))
    assert home.texts(talk, EntryKind.WORDS) == ["he hits me", *lines]
    assert dialogue.texts == []
    assert home.said(talk) == ["utter_line_kept"] * 3


async def test_a_kept_line_is_shown_back_exactly(home: Home, channel: Channel) -> None:
    talk = home.case("he hits me")
    text = ' he said\n"dont {tell}" \u202e %s </b>'
    await channel.answered(await channel.send(talk, text))
    (shown,) = home.turns(talk)[-1]["replies"]
    assert (shown["text"], shown["kind"], shown["entry"]["strand"]) == (text, "entry", "words")


async def test_danger_is_raised_while_the_dialogue_is_down(
    home: Home, channel: Channel, dialogue: FakeDialogue
) -> None:
    talk = home.talk()
    dialogue.misbehave("/immediate_danger", *["503"] * 3)
    await channel.send(talk, "he has a knife")
    await channel.turns(talk, 1)
    climb = home.climb(talk)
    assert climb is not None
    assert climb.urgency is Urgency.EMERGENCY
    assert home.said(talk) == [WARNED, FAILED]
    assert home.asked_ever(talk) == ["line_manager", "dsl"]


@pytest.mark.parametrize("way", ["503", "500", "hangs"])
@pytest.mark.parametrize(
    ("kind", "button"), [(MessageKind.TEXT, None), (MessageKind.PRESS, "danger")]
)
async def test_danger_behind_a_message_that_waits_is_raised_and_said(
    impatient: None,
    home: Home,
    channel: Channel,
    dialogue: FakeDialogue,
    way: Way,
    kind: MessageKind,
    button: str | None,
) -> None:
    talk = home.talk()
    dialogue.misbehave("hello", *[way] * 60)
    await channel.send(talk, "hello")
    assert await channel.said(talk, 1) == [FAILED]
    sent = await channel.send(talk, "he has a knife", kind=kind, button=button, seconds=1)
    turn = (await channel.turns(talk, 2))[-1]
    assert (turn["in_reply_to"], home.said(talk)) == (sent.sent_as, [FAILED, WARNED, FAILED])
    assert "tel:999" in str(turn["replies"])
    climb = home.climb(talk)
    assert climb is not None
    assert climb.urgency is Urgency.EMERGENCY
    assert home.topics(talk).count(Topic.DANGER) == 1


@pytest.mark.parametrize("kind", [MessageKind.TEXT, MessageKind.WORDS])
async def test_danger_among_their_words_is_raised_behind_a_question_that_waits(
    home: Home, channel: Channel, dialogue: FakeDialogue, kind: MessageKind
) -> None:
    talk = home.case("he hits me")
    dialogue.misbehave("/say_again", *["503"] * 60)
    await channel.send(talk, "what do i say?")
    await channel.turns(talk, 1)
    await channel.send(talk, "he has a knife", kind=kind)
    await channel.turns(talk, 2)
    home.pass_time(seconds=1)  # whoever writes on about it is stopped once
    await channel.send(talk, "he has a knife still", kind=kind)
    pressed = await channel.send(talk, "Danger", kind=MessageKind.PRESS, button="danger", seconds=1)
    last = (await channel.turns(talk, 3))[-1]
    warned = [FAILED, WARNED, FAILED, WARNED, FAILED]
    assert (home.said(talk), last["in_reply_to"]) == (warned, pressed.sent_as)
    assert home.topics(talk).count(Topic.DANGER) == 3


async def test_every_danger_that_waits_is_raised_once_and_answered_once_in_its_order(
    home: Home, sweeping: Channel, dialogue: FakeDialogue
) -> None:
    dialogue.misbehave("hello", *["503"] * 3 * (HOLDS_UP_UNTIL + 2))
    talk = home.talk()
    texts = ("hello", "he has a knife", "are you there?", "he is going to kill her")
    sent = [await sweeping.send(talk, text, seconds=n) for n, text in enumerate(texts)]
    for message in sent:
        await sweeping.answered(message)
    asked_of_it = list(dict.fromkeys(dialogue.texts))
    assert asked_of_it == ["hello", "/immediate_danger", "are you there?"]
    assert dialogue.texts.count("/immediate_danger") == 2
    meanwhile = [FAILED, WARNED, FAILED, WARNED, FAILED]
    assert sorted(home.said(talk)) == sorted([*meanwhile, *[ANSWERED] * 4])
    assert home.said(talk)[-4:] == [ANSWERED] * 4
    assert home.topics(talk).count(Topic.DANGER) == 2
    assert home.asked_ever(talk) == ["line_manager", "dsl"]


async def test_whoever_is_named_in_a_message_that_waits_is_not_told_of_the_danger_behind_it(
    home: Home, channel: Channel, dialogue: FakeDialogue
) -> None:
    talk = home.talk()
    dialogue.misbehave("my manager hits her", *["503"] * 60)
    await channel.send(talk, "my manager hits her")
    await channel.turns(talk, 1)
    await channel.send(talk, "he has a knife", seconds=1)
    await channel.turns(talk, 2)
    assert home.asked_ever(talk) == ["dsl"]
    assert str(home.entries(talk)[0].text) == "my manager hits her"


async def test_a_message_that_cannot_be_read_for_danger_does_not_hide_the_next(
    home: Home, channel: Channel, dialogue: FakeDialogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    understood = Coach.danger

    def breaks(coach: Coach, text: str) -> object:
        if text == "breaks it":
            raise ValueError
        return understood(coach, text)

    talk = home.talk()
    dialogue.misbehave("hello", *["503"] * 60)
    await channel.send(talk, "hello")
    await channel.turns(talk, 1)
    monkeypatch.setattr(Coach, "danger", breaks)
    await channel.send(talk, "breaks it", seconds=1)
    await channel.send(talk, "he has a knife", seconds=2)
    assert await channel.said(talk, 2) == [FAILED, WARNED, FAILED]


async def test_danger_among_their_words_is_kept_and_interrupts(
    home: Home, channel: Channel, dialogue: FakeDialogue
) -> None:
    dialogue.answer("/immediate_danger", replies=[reply("utter_danger")])
    talk = home.case("he hits me")
    await channel.answered(await channel.send(talk, "he has a knife"))
    assert home.texts(talk, EntryKind.WORDS)[-1] == "he has a knife"
    assert home.said(talk) == ["utter_line_kept", "utter_danger"]


async def test_danger_among_their_words_interrupts_although_the_first_try_failed(
    home: Home, sweeping: Channel, dialogue: FakeDialogue
) -> None:
    dialogue.misbehave("/immediate_danger", *["503"] * 3)
    dialogue.answer("/immediate_danger", replies=[reply("utter_danger")])
    talk = home.case("he hits me")
    await sweeping.answered(await sweeping.send(talk, "he has a knife"))
    assert home.said(talk) == [WARNED, FAILED, "utter_line_kept", "utter_danger"]
    assert home.topics(talk).count(Topic.DANGER) == 1


async def test_the_second_danger_line_does_not_interrupt_again(
    home: Home, channel: Channel, dialogue: FakeDialogue
) -> None:
    talk = home.case("he hits me")
    for _ in range(2):
        await channel.answered(await channel.send(talk, "he has a knife"))
        home.pass_time(seconds=1)
    assert dialogue.texts == ["/immediate_danger"]
    assert home.said(talk) == ["utter_line_kept", ANSWERED, "utter_line_kept"]


# ---- what a turn holds ----


async def test_a_question_that_now_waits_stands_in_the_conversation(
    home: Home, channel: Channel, dialogue: FakeDialogue
) -> None:
    dialogue.answer("hello", asks="subject")
    talk = home.talk()
    await channel.answered(await channel.send(talk, "hello"))
    assert home.conversation(talk).asks == home.turns(talk)[-1]["asks"] == "subject"


async def test_a_kept_line_leaves_the_waiting_question_as_it_is(
    home: Home, channel: Channel
) -> None:
    talk = home.case("he hits me")
    with home.store.work() as work:
        work.conversations.change(talk, asks="subject")
    await channel.answered(await channel.send(talk, "one more", kind=MessageKind.WORDS))
    assert home.conversation(talk).asks == "subject"


async def test_a_waiting_question_is_not_shown_under_an_open_capture(
    home: Home, channel: Channel, dialogue: FakeDialogue
) -> None:
    question = reply("utter_ask_record_form_subject")
    dialogue.answer("/say_again", asks="subject", replies=[reply("utter_say_once"), question])
    talk = home.case("he hits me")
    await channel.answered(await channel.send(talk, "what do i say?"))
    assert home.said(talk)[-1] == "utter_say_once"
    assert home.conversation(talk).asks == "subject"
    capture.close_capture(home.house, talk)
    await channel.answered(await channel.send(talk, "what do i say?"))
    assert home.said(talk)[-2:] == ["utter_say_once", "utter_ask_record_form_subject"]


@pytest.mark.parametrize(
    ("intent", "need"), [("disclosure_now", "disclosure_now"), ("thanks", None), (None, None)]
)
async def test_a_turn_names_the_need_and_no_other_intent(
    home: Home, channel: Channel, dialogue: FakeDialogue, intent: str | None, need: str | None
) -> None:
    dialogue.answer("hello", intent={"name": intent, "confidence": 1.0, "ranking": []})
    talk = home.talk()
    await channel.answered(await channel.send(talk, "hello"))
    assert home.turns(talk)[-1]["need"] == need


async def test_an_answer_to_a_question_is_no_need(
    home: Home, channel: Channel, dialogue: FakeDialogue
) -> None:
    talk = home.talk()
    with home.store.work() as work:
        work.conversations.change(talk, asks="subject")
    dialogue.answer("jess", intent={"name": "breach"}, asks="child_or_adult")
    await channel.answered(await channel.send(talk, "jess"))
    assert home.turns(talk)[-1]["need"] is None


async def test_a_new_conversation_is_greeted_and_offers_two_drafts(
    home: Home, channel: Channel
) -> None:
    for _ in range(3):
        home.case()
    talk = await channel.line.open_conversation("reporter", "web")
    assert home.said(talk) == ["utter_carry_on_with", "utter_carry_on_with", "utter_greet"]
    assert home.turns(talk)[0]["pushed"] is True


async def test_nobody_is_offered_somebody_elses_draft(home: Home, channel: Channel) -> None:
    home.case(person="volunteer")
    talk = await channel.line.open_conversation("reporter", "web")
    assert home.said(talk) == ["utter_greet"]


# ---- the seam itself ----


async def test_a_wrong_token_is_an_unavailable_dialogue(dialogue: FakeDialogue) -> None:
    stranger = seam.Dialogue(dialogue.address, "another token")
    with pytest.raises(seam.DialogueUnavailable):
        await stranger.turn("c", "m", "hello")
    await stranger.close()
    assert dialogue.turns == []


async def test_an_error_of_the_seam_holds_no_word(dialogue: FakeDialogue) -> None:
    talker = seam.Dialogue(dialogue.address, "another token")
    with pytest.raises(seam.DialogueUnavailable) as error:
        await talker.turn("c", "m", "a marker in the text")
    await talker.close()
    assert "marker" not in str(error.value)
    assert error.value.__cause__ is None


async def test_the_seam_knows_whether_the_dialogue_is_up(dialogue: FakeDialogue) -> None:
    talker = seam.Dialogue(dialogue.address, "t")
    assert await talker.is_up()
    dialogue.open.clear()
    assert not await talker.is_up()
    await talker.close()
    nobody = seam.Dialogue("http://127.0.0.1:9", "t")
    assert not await nobody.is_up()
    await nobody.close()


async def test_texts_are_understood_without_a_conversation(dialogue: FakeDialogue) -> None:
    talker = seam.Dialogue(dialogue.address, "t")
    found = await talker.parse(["one", "two"])
    await talker.close()
    assert [result["text"] for result in found] == ["one", "two"]
