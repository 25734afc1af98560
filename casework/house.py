"""What every use case works with, built once in run/bootstrap.py."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

from casework.facts import Conversation, Message, NewEntry, RecordHead
from casework.organisation import Organisation
from casework.ports import Store, Work
from casework.vocabulary import EntryKind, RecordKind, Topic
from casework.words import name_of
from coach import Coach
from policy.law import Law, load_law
from policy.pack import Pack

NOT_UNDERSTOOD = "utter_not_understood"


@dataclass
class House:
    """The organisation, its policy, its store, and the coach that reads every message.

    `organisation` is who is here today. It is exchanged when people come and go (run/people.py):
    read it where it is used, and keep no part of it. `everybody` is who belongs to it, away or not:
    somebody on leave can be complained about.
    """

    store: Store
    organisation: Organisation
    pack: Pack
    coach: Coach
    on_file: Organisation | None = None

    @property
    def everybody(self) -> Organisation:
        """The organisation as its file says it."""
        return self.on_file or self.organisation

    @property
    def law(self) -> Law:
        """The law of the country that the organisation works in."""
        return _law_of(self.organisation.jurisdiction)

    def open_case(
        self, work: Work, talk: Conversation, message: Message, kind: RecordKind
    ) -> RecordHead:
        """The conversation's record; opened when there is none yet.

        The message that opened it is lifted into it word for word, so that the record begins
        where the person began; so is the one that a button said the meaning of.
        """
        if talk.record_id is not None:
            return work.records.head(talk.record_id)
        head = work.records.open(
            kind=kind, conversation_id=talk.id, reporter=talk.person, pack=self.pack
        )
        work.conversations.change(talk.id, record_id=head.id)
        first = message if message.kind == "text" else _meant(work, talk)
        if first is not None:
            work.records.append(head.id, first_message(first, talk))
        return head

    def title(self, person: str) -> str:
        """How a person is named to others: by their role."""
        return name_of(self.everybody, person)


@cache
def _law_of(jurisdiction: str) -> Law:
    return load_law(jurisdiction)


def _meant(work: Work, talk: Conversation) -> Message | None:
    """What was typed before "do you mean", where that was the last that was said."""
    for turn in work.turns.latest(talk.id):
        said = {reply["response"] for reply in turn.content["replies"]}
        if NOT_UNDERSTOOD in said and turn.inbox_id is not None:
            return work.inbox.get(turn.inbox_id)
    return None


def first_message(message: Message, talk: Conversation) -> NewEntry:
    """What the person wrote before there was a record."""
    return NewEntry(
        kind=EntryKind.NOTE,
        topic=Topic.FIRST_MESSAGE,
        text=message.text,
        by=talk.person,
        told_at=message.source_at,
        source_key=f"{message.id}/first",
    )


def not_sorted(message: Message, talk: Conversation) -> NewEntry:
    """What was typed, where it is not known yet what it is to the record. It may be an opinion, so
    only who may read those reads it."""
    return replace(first_message(message, talk), topic=None)
