"""Step 4 of 7: policy. A pack as a person would read it, in text."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from textwrap import wrap

from policy.drawing import draw
from policy.law import Law
from policy.pack.rules import Rule
from policy.pack.whole import Pack

WIDTH = 96


def page(
    pack: Pack, law: Law, today: date, exact: Mapping[str, Sequence[str]] | None = None
) -> list[str]:
    """Every line of it. `exact`: by rule, the lines of the organisation's own document."""
    parts = (
        _head(pack, today),
        _rules(pack, law, today, exact or {}),
        ["", "SHOULD I SHARE THIS?", *draw(pack)],
        _consent(pack),
        _requests(pack),
        _breach(pack, law, today),
        _duties(pack),
        _law(law, today),
    )
    return [line for part in parts for line in part]


def _head(pack: Pack, today: date) -> Iterator[str]:
    yield f"{pack.title}"
    yield f"pack {pack.name}, version {pack.version}, fingerprint {pack.sha256[:12]}"
    if pack.review_due is None:
        yield "The text gives no date of review."
    else:
        late = ": OVERDUE" if pack.review_due < today else ""
        yield f"Review due {pack.review_due}{late}"
    for guidance in pack.other_guidance:
        yield f"Not for {_titles(pack, guidance.roles)}: {guidance.title} ({guidance.rule})"
    yield ""
    yield "WHO DECIDES"
    for matter, decider in pack.who_decides.items():
        yield f"  {matter}: {_titles(pack, decider.roles)} ({decider.rule})"
    yield f"  when unsure, ask: {_titles(pack, pack.sharing.advice.roles)}"


def _rules(pack: Pack, law: Law, today: date, exact: Mapping[str, Sequence[str]]) -> Iterator[str]:
    newer = {old.rule: old for old in pack.superseded}
    yield ""
    yield "RULES"
    for rule in pack.rules:
        yield from _rule(rule)
        for line in exact.get(rule.code, ()):
            yield from _text(line, " " * 7 + "│ ")
        old = newer.get(rule.code)
        entry = law.newest(old.wording_of, today) if old else None
        if old is not None and entry is not None and entry.id != old.wording_of:
            point = entry.point(old.point)
            said = f", rule {point.number}: {point.summary}" if point else ""
            yield from _text(f"Older wording. What counts: {entry.title}{said}", " " * 8)
    for notice in pack.owner_notices:
        yield from _rule(notice)
        yield from _text(f"For the policy's owner: {notice.cure}", " " * 8)


def _rule(rule: Rule) -> Iterator[str]:
    yield f"  {rule.code:<4} clause {rule.clause}  [{', '.join(rule.carried)}]"
    yield from _text(rule.summary, " " * 7)


def _consent(pack: Pack) -> Iterator[str]:
    yield ""
    yield "CONSENT, AND WITHOUT IT"
    for source in pack.sharing.consent_from:
        yield f"  about the {source.about}: from the {source.party} ({source.rule or 'no clause'})"
    for trigger in pack.sharing.triggers:
        yield f"  without consent: {trigger.id.replace('_', ' ')} ({trigger.rule})"
    for consequence in pack.sharing.consequences:
        rule = pack.rule(consequence.rule)
        yield f"  for {_titles(pack, consequence.roles)}: {rule.summary} ({rule.code})"
    for refusal in pack.sharing.refusals:
        yield f"  Heard refuses: {refusal.id.replace('_', ' ')} ({refusal.rule})"


def _requests(pack: Pack) -> Iterator[str]:
    request = pack.official_request
    yield ""
    yield "SOMEBODY OFFICIAL ASKS"
    yield from (f"  · {asked.ask}{_by(asked.rules)}" for asked in request.questions.values())
    yield f"  told: {_titles(pack, request.told)}{_by(request.told_rules)}"
    if request.statement_from_signed_entries:
        yield f"  answered by a statement of signed entries only{_by(request.statement_rules)}"
    yield from (f"  agency: {a.ask}{_by(a.rules)}" for a in request.agency_questions.values())
    yield "SOMEBODY RINGS"
    yield from (f"  · {asked.ask}{_by(asked.rules)}" for asked in pack.caller.checks.values())


def _breach(pack: Pack, law: Law, today: date) -> Iterator[str]:
    breach = pack.breach
    yield ""
    yield "A BREACH"
    yield from (f"  · {asked.ask}{_by(asked.rules)}" for asked in breach.questions.values())
    decided_by = f"({breach.decides_rule})" if breach.decides_rule else "(a setting; no clause)"
    yield f"  reporting it is decided by: {_titles(pack, breach.decides)} {decided_by}"
    for entry in law.having("breach_notice", today):
        yield f"  to the regulator within {entry.notice_within_hours} hours ({entry.title})"


def _duties(pack: Pack) -> Iterator[str]:
    yield ""
    yield "DUTIES WITH A DATE"
    for duty in pack.duties:
        again = f", then every {duty.every_months} months" if duty.every_months else ""
        when = f"within {duty.within_days} days of {duty.after.replace('_', ' ')}{again}"
        doer = f", done by the {_titles(pack, (duty.done_by,))}" if duty.done_by else ""
        yield f"  {duty.id}: {_titles(pack, duty.roles)}, {when}{doer}{_by(duty.rules)}"
        yield from _text(duty.ask, " " * 6)
    for reading in pack.required_reading:
        yield f"  to read: {reading.title}, {_titles(pack, reading.roles)} ({reading.rule})"


def _law(law: Law, today: date) -> Iterator[str]:
    yield ""
    yield f"THE LAW AROUND IT ({law.jurisdiction}, read on {law.read_on})"
    yield from _text(law.covers, "  ")
    for entry in law.entries:
        if entry.counts(today):
            yield from _text(f"counts: {entry.title}. {entry.summary}", "  ")
    for entry in law.switched_off(today):
        yield from _text(f"OFF: {entry.title}. {entry.note or ''}", "  ")


def _text(text: str, indent: str) -> list[str]:
    return wrap(text, WIDTH, initial_indent=indent, subsequent_indent=indent)


def _titles(pack: Pack, roles: Iterable[str]) -> str:
    return ", ".join(pack.roles[role].title for role in roles)


def _by(rules: tuple[str, ...]) -> str:
    return f" ({', '.join(rules)})" if rules else ""
