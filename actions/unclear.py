"""What was not understood: a choice of meanings, never a guess that moves a case on."""

from __future__ import annotations

from actions.base import Result, Say, Turn
from actions.disclosure import may_be_their_words
from casework import cases, talk
from casework.house import House

NEEDS_OFFERED = 2


def not_understood(house: House, turn: Turn) -> Result:
    """The two likeliest meanings as buttons; after two failures in a row, a person's number."""
    theirs = _keep_what_may_be_theirs(house, turn)
    if talk.failed_before(house, turn.conversation_id):
        return Result((Say("utter_not_understood_again"), *theirs))
    likely = [name for name in turn.ranking if name in talk.NEEDS][:NEEDS_OFFERED]
    if not likely:  # a yes to nothing, say: there is no meaning to offer
        return Result((Say("utter_help"),))
    meanings = (Say(f"utter_meaning_{name}") for name in likely)
    return Result((Say("utter_not_understood"), *meanings, *theirs))


def _keep_what_may_be_theirs(house: House, turn: Turn) -> tuple[Say, ...]:
    """While somebody tells, what Heard does not follow is likeliest what they said: it stands in
    the record as a note, and one press puts it among their words."""
    if not may_be_their_words(house, turn):
        return ()
    cases.keep_unread(house, turn.conversation_id, turn.message.id)
    return (Say("utter_meaning_words", {"message": turn.message.id}),)
