"""What was not understood: a choice of meanings, never a guess that moves a case on."""

from __future__ import annotations

from actions.base import Result, Say, Turn
from actions.disclosure import may_be_their_words
from casework import talk
from casework.house import House

NEEDS_OFFERED = 2


def not_understood(house: House, turn: Turn) -> Result:
    """The two likeliest meanings as buttons; after two failures in a row, a person's number."""
    if talk.failed_before(house, turn.conversation_id):
        return Result((Say("utter_not_understood_again"),))
    likely = [name for name in turn.ranking if name in talk.NEEDS][:NEEDS_OFFERED]
    if not likely:  # a yes to nothing, say: there is no meaning to offer
        return Result((Say("utter_help"),))
    meanings = (Say(f"utter_meaning_{name}") for name in likely)
    return Result((Say("utter_not_understood"), *meanings, *_offer_as_first_words(house, turn)))


def _offer_as_first_words(house: House, turn: Turn) -> tuple[Say, ...]:
    """While somebody tells, what Heard does not follow is likeliest what they said."""
    if not may_be_their_words(house, turn):
        return ()
    return (Say("utter_meaning_words", {"message": turn.message.id}),)
