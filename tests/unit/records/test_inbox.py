"""The inbox keeps a message once, and hands messages out in the order of their source."""

from datetime import UTC, datetime, timedelta

from casework.facts import Message
from records.store import OpenWork, Store

AT = datetime(2026, 6, 1, 14, 0, tzinfo=UTC)


def take(
    work: OpenWork, talk: str, message_id: str, text: str, minutes: int = 0
) -> tuple[Message, bool]:
    return work.inbox.take(
        conversation_id=talk,
        channel="web",
        message_id=message_id,
        kind="text",
        text=text,
        strand=None,
        button=None,
        source_at=AT + timedelta(minutes=minutes),
    )


def test_a_message_that_comes_eleven_times_is_kept_once(store: Store) -> None:
    with store.work() as work:
        talk = work.conversations.open(person="reporter", channel="web").id
    taken = []
    for _ in range(11):
        with store.work() as work:
            taken.append(take(work, talk, "same", "hello"))
    assert [is_new for _, is_new in taken] == [True] + [False] * 10
    assert len({message.id for message, _ in taken}) == 1


def test_messages_wait_in_the_order_of_their_source(store: Store) -> None:
    with store.work() as work:
        talk = work.conversations.open(person="reporter", channel="web").id
        take(work, talk, "late", "second", minutes=1)
        take(work, talk, "early", "first", minutes=0)
    with store.read() as work:
        assert [m.text for m in work.inbox.unanswered(talk)] == ["first", "second"]


def test_an_answered_message_waits_no_more(store: Store) -> None:
    with store.work() as work:
        talk = work.conversations.open(person="reporter", channel="web").id
        message, _ = take(work, talk, "one", "hello")
        assert work.inbox.conversations_waiting() == [talk]
        work.inbox.mark_answered(message.id)
        assert work.inbox.conversations_waiting() == []


def test_a_message_never_shows_its_text_by_accident(store: Store) -> None:
    with store.work() as work:
        talk = work.conversations.open(person="reporter", channel="web").id
        message, _ = take(work, talk, "one", "something private")
    assert "private" not in repr(message)
