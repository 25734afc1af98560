"""Step 4 of 7: policy. What is wrong with a pack whose shape is right."""

from collections.abc import Iterator

from policy.document import Document, Fault, Place
from policy.pack.whole import Pack


def faults(document: Document[Pack], pack: Pack) -> Iterator[Fault]:
    """Everything, in no order; a document puts it in the order of its lines."""
    yield from _rule_faults(document, pack)
    yield from _unknown_rules(document, pack)
    yield from _unknown_roles(document, pack)
    yield from _ladder_faults(document, pack)
    yield from _question_faults(document, pack)


def _rule_faults(document: Document[Pack], pack: Pack) -> Iterator[Fault]:
    shown = {code for codes in pack.topics.values() for code in codes}
    seen: set[str] = set()
    for section, rules in (("rules", pack.rules), ("owner_notices", pack.owner_notices)):
        for n, rule in enumerate(rules):
            place = (section, n, "code")
            if rule.code in seen:
                yield document.fault(place, f"{rule.code} stands here twice.", "Keep one.")
            elif section == "rules" and rule.code not in shown:
                cure = "Add it to a topic under `topics`."
                yield document.fault(place, f"{rule.code} is in no topic: nobody sees it.", cure)
            seen.add(rule.code)


def _unknown_rules(document: Document[Pack], pack: Pack) -> Iterator[Fault]:
    known = {rule.code for rule in pack.rules}
    named: list[tuple[Place, str]] = []
    for topic, codes in pack.topics.items():
        named += [(("topics", topic, n), code) for n, code in enumerate(codes)]
    for matter, decider in pack.who_decides.items():
        named.append((("who_decides", matter, "rule"), decider.rule))
    for n, reading in enumerate(pack.required_reading):
        named.append((("required_reading", n, "rule"), reading.rule))
    if pack.need_to_know.line_manager.rule:
        manager: Place = ("need_to_know", "line_manager", "rule")
        named.append((manager, pack.need_to_know.line_manager.rule))
    if pack.retention.rule:
        named.append((("retention", "rule"), pack.retention.rule))
    for place, code in named:
        if code not in known:
            cure = "Use the code of a rule under `rules`."
            yield document.fault(place, f"There is no rule {code}.", cure)


def _unknown_roles(document: Document[Pack], pack: Pack) -> Iterator[Fault]:
    named: list[tuple[Place, tuple[str, ...]]] = [
        (("contacts_needed", "roles"), pack.contacts_needed.roles)
    ]
    for matter, decider in pack.who_decides.items():
        named.append((("who_decides", matter, "roles"), decider.roles))
    for n, reading in enumerate(pack.required_reading):
        named.append((("required_reading", n, "roles"), reading.roles))
    for n, rule in enumerate(pack.rules):
        named.append((("rules", n, "addressed_to"), rule.addressed_to))
    for ladder, rungs in pack.ladders.all():
        named += [((*ladder, n, "roles"), rung.roles) for n, rung in enumerate(rungs)]
    for place, roles in named:
        for n, role in enumerate(roles):
            if role not in pack.roles:
                cure = f"Use one of: {', '.join(pack.roles)}."
                yield document.fault((*place, n), f"There is no role `{role}`.", cure)


def _ladder_faults(document: Document[Pack], pack: Pack) -> Iterator[Fault]:
    for ladder, rungs in pack.ladders.all():
        if not rungs[-1].outside:
            message = f"The {' '.join(ladder[1:])} ladder ends inside the organisation."
            cure = "Add `outside: true` to its last rung, so the reporter gets numbers to ring."
            yield document.fault((*ladder, len(rungs) - 1), message, cure)


def _question_faults(document: Document[Pack], pack: Pack) -> Iterator[Fault]:
    earlier: set[str] = set()
    for n, question in enumerate(pack.questions):
        if question.id in earlier:
            message = f"`{question.id}` would be asked twice."
            yield document.fault(("questions", n), message, "Keep one.")
        for asked in question.only_if:
            if asked not in earlier:
                message = f"`{question.id}` waits for `{asked}`, which is not asked before it."
                cure = f"Put `{asked}` above it."
                yield document.fault(("questions", n, "only_if", asked), message, cure)
        earlier.add(question.id)
