"""Step 4 of 7: policy. A pack's flowchart drawn in text, the harm gate in front of it."""

from collections.abc import Iterator

from policy.pack.sharing import Approval, Asked, Node
from policy.pack.whole import Pack

_HOW = ("how_much", "fact_from_opinion", "right_recipient", "secure_route")


def draw(pack: Pack) -> list[str]:
    """The lines of the drawing."""
    return [*_gate(pack), *_chart(pack), *_how(pack)]


def _gate(pack: Pack) -> Iterator[str]:
    gate = pack.sharing.harm_gate
    yield from _box("A", "harm_concern", gate.harm_concern)
    yield f"   ├─ yes ─────► the safeguarding lead is told at once{_by(gate.raise_rules)}, then [B]"
    yield "   ├─ not sure ► the safeguarding lead is told at once; nothing is shared before advice"
    yield "   └─ no ──────► [1]"
    yield from _box("B", "recipient_is_danger", gate.recipient_is_danger)
    yield "   ├─ yes ─────► DO NOT SHARE with them"
    yield "   ├─ not sure ► SEEK ADVICE"
    yield "   └─ no ──────► [C]"
    yield from _box("C", "recipient_protects", gate.recipient_protects)
    yield f"   ├─ yes ─────► [how], without consent{_by(gate.exception_rules)}"
    yield "   ├─ not sure ► SEEK ADVICE"
    yield "   └─ no ──────► DO NOT SHARE with them"


def _chart(pack: Pack) -> Iterator[str]:
    chart = pack.sharing.flowchart
    order = {name: str(n) for n, name in enumerate(_in_order(pack), start=1)}
    for name, number in order.items():
        node = chart.nodes[name]
        yield from _box(number, name, node)
        yield f"   ├─ yes ─────► {_target(pack, node, node.yes, order)}"
        yield f"   ├─ not sure ► {_target(pack, node, node.unsure, order)}"
        yield f"   └─ no ──────► {_target(pack, node, node.no, order)}"


def _how(pack: Pack) -> Iterator[str]:
    how, telling = pack.sharing.how, pack.sharing.telling
    yield "[how]"
    for name in _HOW:
        asked: Asked = getattr(how, name)
        yield f"   · {asked.ask}{_by(asked.rules)}  {name}"
    if how.secure_route_is_needed:
        yield "     Without a safe route it does not go, except to protect somebody."
    for name, asked in (
        ("telling_raises_risk", telling.telling_raises_risk),
        *telling.unless.items(),
    ):
        yield f"   · {asked.ask}{_by(asked.rules)}  {name}"
    yield f"   ► {_telling(pack)}"


def _telling(pack: Pack) -> str:
    telling = pack.sharing.telling
    whom = " or ".join(telling.whom)
    when = "first, where possible" if telling.first else "that it was shared"
    if telling.always:
        roles = _roles(pack, telling.deviation)
        return f"Tell the {whom} {when}{_by(telling.rules)}. Not telling needs a yes from {roles}."
    return f"Tell the {whom} {when}{_by(telling.rules)}, unless one of the last answers is yes."


def _in_order(pack: Pack) -> list[str]:
    """The questions as they come up, yes before not sure before no."""
    nodes, order = pack.sharing.flowchart.nodes, [pack.sharing.flowchart.start]
    for name in order:
        node = nodes[name]
        order += [t for t in (node.yes, node.unsure, node.no) if t in nodes and t not in order]
    return order


def _target(pack: Pack, node: Node, target: str, order: dict[str, str]) -> str:
    if target in order:
        return f"[{order[target]}]"
    if target == "share":
        return f"[how]{_approval(pack, node.approval)}"
    if target == "seek_advice":
        advice = pack.sharing.advice
        return f"SEEK ADVICE from {_roles(pack, advice.roles)}{_by(advice.rules)}"
    ends = {
        "do_not_share": "DO NOT SHARE",
        "wait_for_consent": "ask them alone, if that is safe; nothing is shared until then",
        "harm": "[B], the safeguarding lead is told",
    }
    return ends[target]


def _approval(pack: Pack, approval: Approval | None) -> str:
    if approval is None:
        return ""
    return f", once {_roles(pack, approval.roles)} said yes ({approval.rule})"


def _roles(pack: Pack, roles: tuple[str, ...]) -> str:
    return " or ".join(pack.roles[role].title for role in roles)


def _box(number: str, name: str, asked: Asked) -> Iterator[str]:
    yield f"[{number}] {asked.ask}{_by(asked.rules)}  {name}"


def _by(rules: tuple[str, ...]) -> str:
    return f" ({', '.join(rules)})" if rules else ""
