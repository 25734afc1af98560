"""What can go wrong, and who must hear of it.

HeardError
├── CallerMistake           said kindly to the person; nothing is logged as a fault
│   ├── EmptyMessage
│   ├── MessageTooLarge
│   ├── UnusableText
│   ├── UnknownButton
│   ├── UnknownRecord       also for a record that this person may not see
│   ├── NotAllowed
│   ├── ReasonMissing
│   ├── ContentDestroyed
│   ├── NotForThisPaper
│   ├── NothingToSign
│   ├── StillMissing
│   ├── FileUnusable
│   ├── BackupUnusable
│   ├── AlreadyAcknowledged
│   ├── QuestionsOpen
│   ├── SnoozedEnough
│   └── WrongSetting
├── TemporarilyUnavailable  tried again; the person is told their words are safe, or are not
│   ├── DialogueUnavailable
│   │   └── DialogueTooSlow
│   └── StoreUnavailable
└── InvariantBroken         a human is called
    ├── KeyUnusable
    └── ChainBroken
"""

from __future__ import annotations

from collections.abc import Iterable


class HeardError(Exception):
    """Base of all. `code` is stable and unique; `say` is safe to show to anybody."""

    code = "heard_error"
    say = "Something went wrong."

    def __init__(self, say: str | None = None) -> None:
        self.say = say or self.say
        super().__init__(self.say)


class CallerMistake(HeardError):
    """The caller can mend it."""

    code = "caller_mistake"


class EmptyMessage(CallerMistake):
    """Nothing but white space, or nothing at all."""

    code = "empty_message"
    say = "There was nothing in that message, so nothing was kept."


class MessageTooLarge(CallerMistake):
    """More than 100 kB in one message."""

    code = "message_too_large"
    say = "That was too long to keep in one message. Please send it in parts."


class UnusableText(CallerMistake):
    """An id or a name that no database keeps: NUL, half a character, or too long."""

    code = "unusable_text"
    say = "That holds something that cannot be kept, so nothing was kept."


class UnknownButton(CallerMistake):
    """A button that Heard did not show in this conversation, or that is no longer open."""

    code = "unknown_button"
    say = "That button is no longer open."


class UnknownRecord(CallerMistake):
    """No such record for this person: it may not exist, or may not be theirs to see."""

    code = "unknown_record"
    say = "There is no record with that reference that you can open."


class NotAllowed(CallerMistake):
    """The person is known, and may not do this."""

    code = "not_allowed"
    say = "You can't do that with this record."


class ReasonMissing(CallerMistake):
    """A record is never opened without a reason."""

    code = "reason_missing"
    say = "Say why you need to open this record. The reason is kept with it."


class ContentDestroyed(CallerMistake):
    """The record's key was destroyed when its time was over: its words are gone for good."""

    code = "content_destroyed"
    say = "The words of this record were destroyed when their time was over."


class NotForThisPaper(CallerMistake):
    """These lines, or this record, cannot stand on the paper that was asked for. `say` has why."""

    code = "not_for_this_paper"


class NothingToSign(CallerMistake):
    """A checkpoint was asked for before anything was written."""

    code = "nothing_to_sign"
    say = "There is nothing in the records yet, so there is nothing to sign."


class StillMissing(CallerMistake):
    """A duty is not done before all of it is true. `say` names what is missing."""

    code = "still_missing"

    def __init__(self, parts: Iterable[str]) -> None:
        super().__init__("Not yet: " + " ".join(parts))


class FileUnusable(CallerMistake):
    """A file that a command was given cannot be read, or written. `say` has the cure."""

    code = "file_unusable"


class BackupUnusable(CallerMistake):
    """A backup that cannot be restored, or must not be. `say` has the cure."""

    code = "backup_unusable"


class AlreadyAcknowledged(CallerMistake):
    """Somebody else has it. `say` names who and since when."""

    code = "already_acknowledged"


class QuestionsOpen(CallerMistake):
    """A case is not closed while questions are open. `say` names how many and the cure."""

    code = "questions_open"


class SnoozedEnough(CallerMistake):
    """More time was asked for more often than a case can wait."""

    code = "snoozed_enough"
    say = "You have had more time twice. Record what you did, or hand it over."


class WrongSetting(CallerMistake):
    """A setting of the environment cannot be used. `say` has the cure, and never its value."""

    code = "wrong_setting"


class TemporarilyUnavailable(HeardError):
    """Try again soon."""

    code = "temporarily_unavailable"


class DialogueUnavailable(TemporarilyUnavailable):
    """The dialogue did not answer, or cannot keep its trackers."""

    code = "dialogue_unavailable"


class DialogueTooSlow(DialogueUnavailable):
    """The dialogue has not answered for as long as a person can be left waiting."""

    code = "dialogue_too_slow"


class DialogueFailed(TemporarilyUnavailable):
    """The dialogue took the message and failed on it; nothing of the turn was saved."""

    code = "dialogue_failed"


class StoreUnavailable(TemporarilyUnavailable):
    """The database is locked, full or gone: nothing was kept."""

    code = "store_unavailable"
    say = "I could not keep that. Please write it on paper, and ring your safeguarding lead."


class InvariantBroken(HeardError):
    """Something that must always hold does not."""

    code = "invariant_broken"


class KeyUnusable(InvariantBroken):
    """The organisation's key is missing, unreadable or not the one the data was sealed with."""

    code = "key_unusable"


class ChainBroken(InvariantBroken):
    """The chain of entries does not verify. `say` names the first bad entry."""

    code = "chain_broken"
