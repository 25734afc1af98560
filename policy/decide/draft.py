"""A decision while it is being made: what is known, and what has come of it so far."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from policy.decide.decision import Decision, Outcome, Reason, Step, Task, ToDo, Wait, Why
from policy.decide.facts import Facts
from policy.law import Effect, Law, LawEntry
from policy.pack.sharing import Asked, Sharing
from policy.pack.whole import Pack


@dataclass
class Draft:
    """Lives inside one call of `decide`. `protects`: sharing is now about stopping harm."""

    facts: Facts
    pack: Pack
    law: Law
    today: date
    protects: bool = False
    reasons: list[Reason] = field(default_factory=list)
    path: list[Step] = field(default_factory=list)
    must_do: list[Task] = field(default_factory=list)
    waits_for: list[Wait] = field(default_factory=list)
    laws: list[LawEntry] = field(default_factory=list)

    @property
    def sharing(self) -> Sharing:
        """The part of the pack that is about sharing."""
        return self.pack.sharing

    def answer(self, question: str, asked: Asked) -> str | None:
        """The answer, noted as a step on the way; None while it is open."""
        answer = self.facts.answer(question)
        if answer is not None:
            self.path.append(Step(question, answer, asked.rules))
        return answer

    def because(self, why: Why, rules: Iterable[str] = (), question: str | None = None) -> None:
        """Adds a reason."""
        self.reasons.append(Reason(why, tuple(rules), question))

    def do(self, what: ToDo, rules: Iterable[str] = (), roles: Iterable[str] = ()) -> None:
        """Adds something to do, once."""
        if all(task.what is not what for task in self.must_do):
            self.must_do.append(Task(what, tuple(rules), tuple(roles)))

    def rest_on(self, *effects: Effect) -> None:
        """Names the law in force that has these effects."""
        found = [entry for effect in effects for entry in self.law.having(effect, self.today)]
        self.laws += [entry for entry in dict.fromkeys(found) if entry not in self.laws]

    def ask(self, question: str) -> Decision:
        """Nothing is decided before this is answered."""
        return self._finished(None, question)

    def share(self, *, with_care: bool) -> Decision:
        """It may be shared."""
        self._record()
        return self._finished(Outcome.SHARE_WITH_CARE if with_care else Outcome.SHARE)

    def do_not_share(
        self, why: Why, rules: Iterable[str] = (), question: str | None = None
    ) -> Decision:
        """Nothing is shared with whoever asked, and that is recorded as fully as sharing."""
        self.because(why, rules, question)
        self._record()
        if self.law.having("duty_to_share_child_welfare", self.today):
            self.rest_on("duty_to_share_child_welfare")
            self.do(ToDo.RECORD_DETRIMENT)
        self.do(ToDo.DISCUSS_WITH_REQUESTER, self.sharing.afterwards.discuss_with_requester)
        return self._finished(Outcome.DO_NOT_SHARE)

    def seek_advice(
        self, why: Why, rules: Iterable[str] = (), question: str | None = None
    ) -> Decision:
        """Nothing is shared until the right person has been asked."""
        advice, after = self.sharing.advice, self.sharing.afterwards
        self.because(why, rules, question)
        self.do(ToDo.SAY_NOTHING_TO_RECIPIENT)
        self.do(ToDo.ASK_FOR_ADVICE, advice.rules, advice.roles)
        self.do(ToDo.RECORD_ADVICE, after.record_advice)
        self._record()
        return self._finished(Outcome.SEEK_ADVICE)

    def _record(self) -> None:
        self.do(ToDo.RECORD_DECISION, self.sharing.afterwards.record_decision)

    def _finished(self, outcome: Outcome | None, asks: str | None = None) -> Decision:
        return Decision(
            outcome=outcome,
            asks=asks,
            reasons=tuple(self.reasons),
            path=tuple(self.path),
            must_do=tuple(self.must_do),
            waits_for=tuple(self.waits_for),
            clauses=tuple(self.pack.rule(code) for code in self._codes()),
            laws=tuple(self.laws),
            advice_from=self.sharing.advice.roles,
            advice_without_naming=self.sharing.advice.without_naming,
        )

    def _codes(self) -> Iterable[str]:
        waits = [wait.rule for wait in self.waits_for if wait.rule]
        reasons = [code for reason in self.reasons for code in reason.rules]
        path = [code for step in self.path for code in step.rules]
        tasks = [code for task in self.must_do for code in task.rules]
        return dict.fromkeys([*reasons, *waits, *tasks, *path])
