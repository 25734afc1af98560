"""Step 4 of 7: policy. What is wrong with the parts of a pack that decide and remind."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from policy.document import Document, Fault, Place
from policy.pack.sharing import ENDS, SHARE, Flowchart, Node
from policy.pack.whole import Pack

SECTIONS = (
    *("sharing", "official_request", "caller", "breach", "duties"),
    *("other_guidance", "superseded"),
)
ROLE_LISTS = ("roles", "told", "decides", "deviation")
CHART: Place = ("sharing", "flowchart")
# Asked before or after the flowchart, in every organisation.
ELSEWHERE = (
    *("harm_concern", "recipient_is_danger", "recipient_protects", "can_ask"),
    *("how_much", "fact_from_opinion", "right_recipient", "secure_route", "telling_raises_risk"),
)
_CODE = re.compile(r"[A-Z]{1,3}[0-9]{1,3}")


def cited(pack: Pack) -> Iterator[tuple[Place, str]]:
    """Every rule's code that these parts of the pack name, with its place."""
    for place, value in _strings(pack):
        if _CODE.fullmatch(value):
            yield place, value


def sharing_faults(document: Document[Pack], pack: Pack) -> Iterator[Fault]:
    """Unknown rules and roles, and a flowchart that leads nowhere, in a circle or to no ground."""
    known = {rule.code for rule in (*pack.rules, *pack.owner_notices)}
    for place, code in cited(pack):
        if code not in known:
            cure = "Use the code of a rule under `rules`."
            yield document.fault(place, f"There is no rule {code}.", cure)
    for place, value in _strings(pack):
        if set(place) & set(ROLE_LISTS) and value not in pack.roles and not _CODE.fullmatch(value):
            cure = f"Use one of: {', '.join(pack.roles)}."
            yield document.fault(place, f"There is no role `{value}`.", cure)
    yield from _chart_faults(document, pack.sharing.flowchart)
    yield from _unless_faults(document, pack)


def _strings(pack: Pack) -> Iterator[tuple[Place, str]]:
    said = pack.model_dump(mode="json", include=set(SECTIONS))
    return _below((), said)


def _below(place: Place, value: Any) -> Iterator[tuple[Place, str]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _below((*place, key), inner)
    elif isinstance(value, list):
        for n, inner in enumerate(value):
            yield from _below((*place, n), inner)
    elif isinstance(value, str):
        yield place, value


def _chart_faults(document: Document[Pack], chart: Flowchart) -> Iterator[Fault]:
    cure = f"Use a question of the flowchart, or one of: {', '.join(ENDS)}."
    if chart.start not in chart.nodes:
        yield document.fault((*CHART, "start"), f"There is no question `{chart.start}`.", cure)
    for name, node in chart.nodes.items():
        place = (*CHART, "nodes", name)
        if name in (*ENDS, *ELSEWHERE):
            message = f"`{name}` is asked elsewhere, or is an end: no question can be called so."
            yield document.fault(place, message, "Give it another name.")
        for answer, target in _ways(node):
            if target not in chart.nodes and target not in ENDS:
                message = f"`{answer}` leads to `{target}`, which is nowhere."
                yield document.fault((*place, answer), message, cure)
            if target == SHARE and node.ground is None:
                message = f"`{answer}` leads to sharing without saying on what ground."
                yield document.fault((*place, answer), message, "Add `ground:` to this question.")
    yield from _circle_faults(document, chart)


def _circle_faults(document: Document[Pack], chart: Flowchart) -> Iterator[Fault]:
    reached: set[str] = set()
    in_circle: set[str] = set()

    def walk(name: str, above: tuple[str, ...]) -> None:
        if name in above:
            in_circle.add(name)
        elif name in chart.nodes and name not in reached:
            reached.add(name)
            for _, target in _ways(chart.nodes[name]):
                walk(target, (*above, name))

    walk(chart.start, ())
    for name in chart.nodes:
        place = (*CHART, "nodes", name)
        if name in in_circle:
            message = f"The flowchart comes back to `{name}`: it would never end."
            yield document.fault(place, message, "Let one of its answers lead on.")
        elif name not in reached:
            message = f"No answer leads to `{name}`: it would never be asked."
            yield document.fault(place, message, "Lead to it, or take it out.")


def _ways(node: Node) -> tuple[tuple[str, str], ...]:
    return (("yes", node.yes), ("no", node.no), ("unsure", node.unsure))


def _unless_faults(document: Document[Pack], pack: Pack) -> Iterator[Fault]:
    for name in pack.sharing.telling.unless:
        if name in pack.sharing.flowchart.nodes or name in ELSEWHERE:
            place = ("sharing", "telling", "unless", name)
            yield document.fault(place, f"`{name}` is asked twice.", "Give it another name.")
