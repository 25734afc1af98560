"""Records keep every word as it was typed, once, in order, and nobody can change it."""

import sqlite3
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casework.errors import UnknownRecord
from casework.facts import NewEntry, RecordHead
from casework.vocabulary import EntryKind, RecordKind, Status, Topic
from policy.pack import load_pack
from records.store import Store
from records.verify import verify

PACK = load_pack("children_and_families")
HARD_TEXTS = [
    'he said "dont tell"  \t two  spaces\n\nand a line',
    "\x00 NUL and \ud800 a lone surrogate",
    "\u202e right to left \u200b zero width e\u0301 combining",
    "😢 🏴󠁧󠁢󠁷󠁬󠁳󠁿 ערב خطر",
    "x" * 100_000,
    "{braces} %s </script> '; DROP TABLE entries; --",
]


def opened(store: Store) -> RecordHead:
    with store.work() as work:
        talk = work.conversations.open(person="reporter", channel="web")
        return work.records.open(
            kind=RecordKind.DISCLOSURE, conversation_id=talk.id, reporter="reporter", pack=PACK
        )


def words(text: str, key: str, kind: EntryKind = EntryKind.WORDS) -> NewEntry:
    return NewEntry(kind=kind, text=text, by="reporter", source_key=key)


@pytest.mark.parametrize("text", HARD_TEXTS)
def test_a_word_comes_back_byte_for_byte(store: Store, text: str) -> None:
    head = opened(store)
    with store.work() as work:
        work.records.append(head.id, words(text, "1"))
    with store.read() as work:
        (entry,) = work.records.entries(head.id)
    assert entry.text == text


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(exclude_categories=()), min_size=1))
def test_any_text_comes_back_as_it_was(store: Store, text: str) -> None:
    head = opened(store)
    with store.work() as work:
        work.records.append(head.id, words(text, "1"))
    with store.read() as work:
        assert [entry.text for entry in work.records.entries(head.id)] == [text]


def test_the_same_message_twice_is_one_line(store: Store) -> None:
    head = opened(store)
    with store.work() as work:
        first = work.records.append(head.id, words("once", "message-1"))
    with store.work() as work:
        again = work.records.append(head.id, words("once", "message-1"))
    assert first == again


def test_lines_are_counted_in_order_and_references_by_year(store: Store) -> None:
    first, second = opened(store), opened(store)
    with store.work() as work:
        seqs = [work.records.append(first.id, words(str(n), str(n))).seq for n in range(5)]
    assert seqs == [1, 2, 3, 4, 5]
    assert int(second.reference[-6:]) == int(first.reference[-6:]) + 1


def test_a_record_is_a_draft_until_a_filed_line_stands_in_it(store: Store) -> None:
    head = opened(store)
    with store.work() as work:
        assert work.records.status(head.id) is Status.DRAFT
        work.records.append(
            head.id,
            NewEntry(
                kind=EntryKind.ACTION_TAKEN,
                topic=Topic.FILED,
                text="Signed.",
                by="reporter",
                source_key="filed",
            ),
        )
        assert work.records.status(head.id) is Status.FILED


def test_an_unknown_record_is_said_to_be_unknown(store: Store) -> None:
    with store.read() as work, pytest.raises(UnknownRecord):
        work.records.head_by_reference("HRD-2026-999999")


def test_a_failed_block_keeps_nothing_of_it(store: Store) -> None:
    head = opened(store)
    with pytest.raises(UnknownRecord), store.work() as work:  # noqa: PT012
        work.records.append(head.id, words("lost", "1"))
        work.records.head("no-such-record")
    with store.read() as work:
        assert work.records.entries(head.id) == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entries SET kind = 'note'",
        "DELETE FROM entries",
        "INSERT OR REPLACE INTO entries SELECT * FROM entries",
        "UPDATE records SET reporter = 'someone'",
        "DELETE FROM records",
        "INSERT OR REPLACE INTO records SELECT * FROM records",
        "UPDATE conflicts SET person = 'someone'",
        "DELETE FROM conflicts",
    ],
)
def test_the_database_itself_refuses_to_change_what_was_written(
    store: Store, database: Path, statement: str
) -> None:
    head = opened(store)
    with store.work() as work:
        work.records.append(head.id, words("stays", "1"))
        work.records.add_conflict(head.id, "dsl")
    raw = sqlite3.connect(database)
    with pytest.raises(sqlite3.DatabaseError, match="append only"):
        raw.execute(statement)
    raw.close()


def test_a_changed_line_is_found_by_the_chain(store: Store, database: Path) -> None:
    head = opened(store)
    with store.work() as work:
        for n in range(3):
            work.records.append(head.id, words(str(n), str(n)))
    raw = sqlite3.connect(database)
    raw.execute("DROP TRIGGER entries_no_update")
    raw.execute("UPDATE entries SET kind = 'opinion' WHERE position = 3")
    raw.commit()
    raw.close()
    with store.read() as work:
        fault = str(verify(work.connection).fault)
    assert fault.startswith("entry 3 ")
    assert "line 2" in fault
    assert "was changed" in fault


def test_a_cut_tail_is_found_by_the_head(store: Store, database: Path) -> None:
    head = opened(store)
    with store.work() as work:
        for n in range(3):
            work.records.append(head.id, words(str(n), str(n)))
    raw = sqlite3.connect(database)
    raw.execute("DROP TRIGGER entries_no_delete")
    raw.execute("DELETE FROM entries WHERE position = 4")
    raw.commit()
    raw.close()
    with store.read() as work:
        assert "the last 1 entries are missing" in str(verify(work.connection).fault)


def test_a_whole_chain_is_whole(store: Store) -> None:
    head = opened(store)
    with store.work() as work:
        for n in range(30):
            work.records.append(head.id, words(str(n), str(n)))
    with store.read() as work:
        verdict = verify(work.connection)
    assert (verdict.entries, verdict.fault) == (31, None)


def test_nothing_that_was_typed_stands_in_the_files_in_clear(store: Store, database: Path) -> None:
    head = opened(store)
    with store.work() as work:
        work.records.append(head.id, words("marker-in-the-words", "1"))
        talk = work.conversations.get(head.conversation_id)
        work.turns.add(talk.id, {"replies": ["marker-in-a-turn"]})
    everything = b"".join(path.read_bytes() for path in database.parent.glob("heard.db*"))
    assert b"marker-in" not in everything
