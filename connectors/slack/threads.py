"""One case is one thread. A thread's place is workspace/channel/ts of its first message."""

from __future__ import annotations

from dataclasses import dataclass

from casework import cases
from casework.facts import Conversation
from connectors.push import push
from connectors.slack.errors import Forged
from connectors.slack.room import CHANNEL, Room
from escalation import presses
from records.store import OpenWork

# Stands for the channel while Slack has not been asked for a thread yet.
WAITING = "waiting"


@dataclass(frozen=True)
class Place:
    """Where a thread is."""

    team: str
    channel: str
    ts: str

    def __str__(self) -> str:
        return f"{self.team}/{self.channel}/{self.ts}"

    @classmethod
    def read(cls, place: str) -> Place:
        """The place that `str` wrote."""
        return cls(*place.split("/", 2))


def conversation_at(room: Room, work: OpenWork, place: Place, person: str) -> Conversation:
    """The conversation of a thread, opened when there is none yet.

    Raises:
        Forged: It is somebody else's.
    """
    thread = work.threads.at(CHANNEL, str(place))
    if thread is None:
        talk = work.conversations.open(person=person, channel=CHANNEL)
        work.threads.open(talk.id, CHANNEL, str(place))
        return talk
    return own(work.conversations.get(thread.conversation_id), person)


def has_begun(work: OpenWork, place: Place) -> bool:
    """Whether a conversation has begun here before: one that waited may stand elsewhere by now."""
    return not presses.is_new(work.connection, f"{CHANNEL}/{place}", work.now())


def own(talk: Conversation, person: str) -> Conversation:
    """Raises Forged for a conversation of somebody else."""
    if talk.person != person:
        raise Forged("conversation")
    return talk


def open_greeted(room: Room, place: Place, person: str) -> None:
    """A new thread that Heard begins: what is still open, and what they may need. Once."""
    drafts = cases.open_drafts(room.house, person)[:2]
    with room.store.work() as work:
        if work.threads.at(CHANNEL, str(place)) is not None or has_begun(work, place):
            return
        talk = conversation_at(room, work, place, person)
        for case in drafts:
            named = {"reference": case.head.reference, "conversation": case.conversation_id}
            push(room.house, room.phrases, work, talk.id, "utter_carry_on_with", named)
        push(room.house, room.phrases, work, talk.id, "utter_greet", {})
