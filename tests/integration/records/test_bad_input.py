"""Whatever is typed comes back as it was; whatever cannot be an id is refused kindly."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from casework.errors import CallerMistake, MessageTooLarge
from records.entries import LONGEST_TEXT
from tests.integration.records.archive import Archive, line

HARD_TEXTS = [
    "\x00 NUL in the middle \x00",
    "\ud800 a lone surrogate, and another \udfff",
    "\u202e right to left \u2066 isolated \u200b zero width",
    "e" + "\u0301" * 1_000,  # a thousand combining marks
    "é e\u0301",  # the same to a reader, and not the same
    " ".join(["word"] * 12_000),
    "x" * 100_000,
    "\r\n\t  leading, trailing, and \x0b\x0c\x85\u2028\u2029 breaks \n\n",
    "😢 🏴\U000e0067\U000e0062\U000e0077\U000e006c\U000e0073\U000e007f \U0010ffff \ufffe",
    "'; DROP TABLE entries; -- %s {0} $1 \\x00 :name",
    "<script>alert(1)</script> =cmd|' /C calc'!A0 {{7*7}}",
    "dŵr a thân · ہیلو · مرحبا · 你好",
]
IDS = ["", "\x00", "\ud800", "x" * 10_000, "' OR 1=1 --", "%", "_", "\u202e", "../..", "1; DROP"]
ANY_TEXT = st.text(st.characters(exclude_categories=()), min_size=1)


@pytest.mark.parametrize("words", HARD_TEXTS, ids=lambda words: ascii(words)[:20])
def test_hard_words_come_back_byte_for_byte_and_prove_themselves(
    archive: Archive, words: str
) -> None:
    head = archive.opened()
    archive.write(head, words)
    assert archive.read(head) == [words]
    archive.checkpoint()
    assert archive.verdict().fault is None
    archive.export(head).encode()  # a file can be written of it


@settings(max_examples=40, suppress_health_check=list(HealthCheck), deadline=None)
@given(words=ANY_TEXT, value=st.none() | ANY_TEXT)
def test_any_words_come_back(archive: Archive, words: str, value: str | None) -> None:
    head = archive.opened()
    archive.write(head, words, value=value)
    with archive.store.read() as work:
        (entry,) = work.records.entries(head.id)
    assert (entry.text, entry.value) == (words, value)


def test_words_longer_than_a_book_are_refused(archive: Archive) -> None:
    head = archive.opened()
    archive.write(head, "x" * LONGEST_TEXT)
    with pytest.raises(MessageTooLarge):
        archive.write(head, "x" * (LONGEST_TEXT + 1))
    assert len(archive.read(head)) == 1


@pytest.mark.parametrize("odd", IDS, ids=lambda odd: ascii(odd)[:12])
def test_what_cannot_be_an_id_finds_nothing_and_breaks_nothing(archive: Archive, odd: str) -> None:
    head = archive.opened()
    looks = [
        lambda work: work.records.head(odd),
        lambda work: work.records.head_by_reference(odd),
        lambda work: work.records.entry(odd, 1),
        lambda work: work.conversations.get(odd),
        lambda work: work.inbox.get(odd),
    ]
    for look in looks:
        with pytest.raises(CallerMistake), archive.store.read() as work:
            look(work)
    with archive.store.read() as work:
        assert work.sessions.find(odd) is None
    assert archive.read(head) == []


@pytest.mark.parametrize("odd", ["\x00", "\ud800", "x" * 10_000], ids=["NUL", "surrogate", "long"])
def test_an_id_that_cannot_be_kept_is_refused_and_its_message_with_it(
    archive: Archive, odd: str
) -> None:
    head = archive.opened()
    attempts = [
        lambda work: work.records.append(head.id, line("words", source_key=odd)),
        lambda work: work.records.append(head.id, line("words", by=odd)),
        lambda work: work.records.append(head.id, line("words", topic=odd)),
        lambda work: work.records.add_conflict(head.id, odd),
        lambda work: work.conversations.open(person=odd, channel="web"),
        lambda work: _take(work, head.conversation_id, odd),
    ]
    for attempt in attempts:
        with pytest.raises(CallerMistake), archive.store.work() as work:
            attempt(work)
    assert archive.read(head) == []
    assert archive.verdict().fault is None
    with archive.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM inbox")).scalar_one() == 0


def _take(work, conversation_id: str, message_id: str) -> None:  # type: ignore[no-untyped-def]
    work.inbox.take(
        conversation_id=conversation_id,
        channel="web",
        message_id=message_id,
        kind="text",
        text="hello",
        strand=None,
        button=None,
        source_at=work.now(),
    )
