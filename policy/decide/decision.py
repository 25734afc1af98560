"""What comes out: the outcome, what it rests on, and what has to be done."""

from dataclasses import dataclass
from enum import StrEnum

from policy.law import LawEntry
from policy.pack.rules import Rule


class Outcome(StrEnum):
    """Source: design.md section 4."""

    SHARE = "share"
    SHARE_WITH_CARE = "share_with_care"
    DO_NOT_SHARE = "do_not_share"
    SEEK_ADVICE = "seek_advice"


class Why(StrEnum):
    """Why it came out so."""

    HARM = "harm"
    PERHAPS_HARM = "perhaps_harm"
    ASKING_IS_DANGEROUS = "asking_is_dangerous"
    RECIPIENT_IS_DANGER = "recipient_is_danger"
    RECIPIENT_HAS_NO_PART = "recipient_has_no_part"
    RECIPIENT_PROTECTS = "recipient_protects"
    OTHER_GUIDANCE = "other_guidance"
    NO_GROUND = "no_ground"
    NOT_SURE = "not_sure"
    CONSENT = "consent"
    NOT_IDENTIFIABLE = "not_identifiable"
    NOT_CONFIDENTIAL = "not_confidential"
    NEED_TO_KNOW = "need_to_know"
    OTHER_REASON = "other_reason"
    CONSENT_IS_ASKED_FIRST = "consent_is_asked_first"
    WRONG_RECIPIENT = "wrong_recipient"
    NO_SECURE_ROUTE = "no_secure_route"
    MANAGER_DECIDES = "manager_decides"
    MANAGER_SAID_NO = "manager_said_no"


class ToDo(StrEnum):
    """What has to be done next, by the person or by Heard."""

    CALL_EMERGENCY = "call_emergency"
    RAISE_CONCERN = "raise_concern"
    SAY_NOTHING_TO_RECIPIENT = "say_nothing_to_recipient"
    CONSULT = "consult"
    ASK_FOR_ADVICE = "ask_for_advice"
    ASK_FOR_CONSENT = "ask_for_consent"
    SHARE_ONLY_WHAT_IS_NEEDED = "share_only_what_is_needed"
    MARK_OPINION = "mark_opinion"
    USE_A_SAFE_ROUTE = "use_a_safe_route"
    TELL_PERSON_FIRST = "tell_person_first"
    TELL_PERSON = "tell_person"
    DO_NOT_TELL_PERSON = "do_not_tell_person"
    HOLD_TELLING = "hold_telling"
    RECORD_WHY_NO_CONSENT = "record_why_no_consent"
    RECORD_DETRIMENT = "record_detriment"
    REPORT_YOURSELF = "report_yourself"
    RECORD_DECISION = "record_decision"
    DISCUSS_WITH_REQUESTER = "discuss_with_requester"
    RECORD_ADVICE = "record_advice"


class Matter(StrEnum):
    """What a decision may wait for."""

    CONSENT = "consent"
    SHARING_WITHOUT_CONSENT = "sharing_without_consent"
    NOT_TELLING = "not_telling"
    SECURE_ROUTE = "secure_route"


@dataclass(frozen=True)
class Step:
    """One answer on the way, and the rules its question comes from."""

    question: str
    answer: str
    rules: tuple[str, ...]


@dataclass(frozen=True)
class Reason:
    """Why, at which question, by which rules."""

    why: Why
    rules: tuple[str, ...] = ()
    question: str | None = None


@dataclass(frozen=True)
class Task:
    """Something to do, by which rules; `roles` are those who are asked or told."""

    what: ToDo
    rules: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()


@dataclass(frozen=True)
class Wait:
    """What is still waited for, from whom. `holds_sharing`: until then nothing goes out.

    `parties` are those who can consent (person, advocate, representative, host).
    """

    matter: Matter
    roles: tuple[str, ...] = ()
    parties: tuple[str, ...] = ()
    rule: str | None = None
    holds_sharing: bool = True


@dataclass(frozen=True)
class Decision:
    """`outcome` is None while a question is open; `asks` is then its id.

    A concern in `must_do` is raised at once, whatever is still open.
    `clauses` are all rules it rests on, the deciding ones first; `laws` only what is in force.
    """

    outcome: Outcome | None
    asks: str | None
    reasons: tuple[Reason, ...]
    path: tuple[Step, ...]
    must_do: tuple[Task, ...]
    waits_for: tuple[Wait, ...]
    clauses: tuple[Rule, ...]
    laws: tuple[LawEntry, ...]
    advice_from: tuple[str, ...]
    advice_without_naming: str | None

    @property
    def shares(self) -> bool:
        """Whether something may go out now."""
        return self.outcome in (Outcome.SHARE, Outcome.SHARE_WITH_CARE)

    def does(self, what: ToDo) -> bool:
        """Whether this has to be done."""
        return any(task.what is what for task in self.must_do)
