"""Step 4 of 7: policy. What whoever owns a policy should put right, each with file, line and cure.

A pack with findings still works: they are about the policy's text, not about the file's shape.
"""

from collections.abc import Collection, Iterator
from datetime import date

from policy.document import Document, Fault, Place
from policy.law import Law
from policy.pack.rules import Rule
from policy.pack.whole import Pack


def lint(
    document: Document[Pack], law: Law, today: date, *, untested: Collection[str] = ()
) -> list[Fault]:
    """Every finding, in the order of the lines. `untested` are rules known to have no test.

    Raises:
        FaultyFile: the pack cannot be read at all.
    """
    pack = document.sound()
    found = (
        *_overdue(document, pack, today),
        *_owner_notices(document, pack),
        *_superseded(document, pack, law, today),
        *_no_flowchart(document, pack),
        *_nobody_at_night(document, pack),
        *_contradictions(document, pack),
        *_untested(document, pack, untested),
    )
    return list(document.having(found).faults)


def _overdue(document: Document[Pack], pack: Pack, today: date) -> Iterator[Fault]:
    if pack.review_due and pack.review_due < today:
        message = f"This policy was due for review on {pack.review_due}."
        cure = "Have it reviewed, then write the next date here."
        yield document.fault(("review_due",), message, cure)


def _owner_notices(document: Document[Pack], pack: Pack) -> Iterator[Fault]:
    for n, notice in enumerate(pack.owner_notices):
        yield document.fault(("owner_notices", n), f"{notice.code}: {notice.summary}", notice.cure)


def _superseded(document: Document[Pack], pack: Pack, law: Law, today: date) -> Iterator[Fault]:
    for n, old in enumerate(pack.superseded):
        place: Place = ("superseded", n)
        entry, newest = law.entry(old.wording_of), law.newest(old.wording_of, today)
        if entry is None:
            message = f"{old.rule} names `{old.wording_of}`, which {law.jurisdiction} has not."
            yield document.fault(place, message, f"Add it to data/law/{law.jurisdiction}.yml.")
        elif newest is None:
            message = f"{old.rule} prints {entry.title}, and nothing that counts replaces it."
            yield document.fault(place, message, "Look up what replaced it.")
        elif newest != entry:
            point = f", rule {old.point}" if old.point else ""
            message = f"{old.rule} prints {entry.title}. What counts is {newest.title}{point}."
            yield document.fault(place, message, "Ask the policy's owner to print the newer one.")


def _no_flowchart(document: Document[Pack], pack: Pack) -> Iterator[Fault]:
    code = pack.sharing.flowchart.missing_under
    if code is not None:
        clause = pack.rule(code).clause
        message = (
            f"{code}: the policy has a heading for a flowchart (clause {clause}) and no chart."
        )
        cure = "Give its owner the one that `heard policy show` draws."
        yield document.fault(("sharing", "flowchart", "missing_under"), message, cure)


def _nobody_at_night(document: Document[Pack], pack: Pack) -> Iterator[Fault]:
    if "round_the_clock" not in pack.contacts_needed.services.values():
        message = "No service outside has to have a number out of hours."
        cure = "Write `round_the_clock` for at least one service."
        yield document.fault(("contacts_needed", "services"), message, cure)


def _contradictions(document: Document[Pack], pack: Pack) -> Iterator[Fault]:
    """Two parts of one pack that cannot both be kept."""
    sharing = pack.sharing
    if sharing.telling.always and sharing.telling.unless:
        message = "The person is told always, and yet there are questions for not telling."
        cure = "Write `always: false`, or take `unless` out."
        yield document.fault(("sharing", "telling", "unless"), message, cure)
    yield from _two_deciders(document, pack, "unsure", sharing.advice.roles, ("sharing", "advice"))
    yield from _two_deciders(document, pack, "breach", pack.breach.decides, ("breach", "decides"))
    for name, node in sharing.flowchart.nodes.items():
        if node.approval is not None:
            place: Place = ("sharing", "flowchart", "nodes", name, "approval")
            yield from _two_deciders(document, pack, "without_consent", node.approval.roles, place)
    for n, duty in enumerate(pack.duties):
        months = pack.retention.review_after_months
        if duty.after == "kept_record" and duty.every_months not in (None, months):
            message = f"Records are looked at every {duty.every_months} months and {months} months."
            yield document.fault(("duties", n, "every_months"), message, "Write the same twice.")
        if duty.after == "end_of_support" and not duty.first:
            message = f"`{duty.id}` would destroy notes that a record may need."
            cure = "Add a `first:` that lifts anything about a worry into the record."
            yield document.fault(("duties", n), message, cure)


def _two_deciders(
    document: Document[Pack], pack: Pack, matter: str, roles: tuple[str, ...], place: Place
) -> Iterator[Fault]:
    decider = pack.who_decides.get(matter)
    if decider is not None and set(decider.roles) != set(roles):
        message = (
            f"By {decider.rule} {_titles(pack, decider.roles)} decides on `{matter}`; "
            f"here it is {_titles(pack, roles)}."
        )
        yield document.fault(place, message, "Name the same roles in both.")


def _titles(pack: Pack, roles: tuple[str, ...]) -> str:
    return " or ".join(pack.roles[role].title for role in roles if role in pack.roles)


def _untested(document: Document[Pack], pack: Pack, untested: Collection[str]) -> Iterator[Fault]:
    sections: tuple[tuple[str, tuple[Rule, ...]], ...] = (
        ("rules", pack.rules),
        ("owner_notices", pack.owner_notices),
    )
    for section, rules in sections:
        for n, rule in enumerate(rules):
            if rule.code in untested:
                cure = 'Write one, and mark it `@pytest.mark.rule("…")`.'
                message = f"No test shows that {rule.code} is carried."
                yield document.fault((section, n), message, cure)
