"""Step 4 of 7: policy. Somebody official asks, or rings: nothing is said before it is checked."""

from collections.abc import Mapping
from dataclasses import dataclass

from policy.pack.sharing import Asked
from policy.pack.whole import Pack

YES = "yes"


@dataclass(frozen=True)
class CallerCheck:
    """`asks` is the next check, None when none is left or one failed.

    `may_go_on` only when every check was answered with yes: then sharing is decided as always.
    """

    asks: str | None
    may_go_on: bool
    failed: str | None
    rules: tuple[str, ...]


def caller_check(pack: Pack, answers: Mapping[str, str]) -> CallerCheck:
    """How far the checks of a caller have come. Not sure is no."""
    done: list[Asked] = []
    for name, asked in pack.caller.checks.items():
        done.append(asked)
        if name not in answers:
            return CallerCheck(name, False, None, _rules(done))
        if answers[name] != YES:
            return CallerCheck(None, False, name, _rules(done))
    return CallerCheck(None, True, None, _rules(done))


@dataclass(frozen=True)
class RequestPlan:
    """What follows from an official request. `told` hear of it at once, before it is answered.

    `from_signed_entries`: the answer is a statement built of signed, dated entries only.
    `refused_at` is the question at which another agency turned out not to qualify.
    """

    asks: str | None
    told: tuple[str, ...]
    from_signed_entries: bool
    refused_at: str | None
    rules: tuple[str, ...]


def request_plan(pack: Pack, answers: Mapping[str, str], *, agency: bool) -> RequestPlan:
    """The plan; `agency` when it is another agency without a power of its own to ask."""
    request = pack.official_request
    questions = request.questions | (request.agency_questions if agency else {})
    refused = next((q for q in request.agency_questions if agency and answers.get(q) == "no"), None)
    asks = next((name for name in questions if name not in answers), None)
    # A court or the police get a statement; another agency is decided about like any sharing.
    statement = request.statement_from_signed_entries and not agency
    rules = (
        *_rules(list(questions.values())),
        *request.told_rules,
        *(request.statement_rules if statement else ()),
    )
    return RequestPlan(
        asks=None if refused else asks,
        told=request.told,
        from_signed_entries=statement,
        refused_at=refused,
        rules=tuple(dict.fromkeys(rules)),
    )


def _rules(asked: list[Asked]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(code for one in asked for code in one.rules))
