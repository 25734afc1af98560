"""Step 4 of 7: policy. Where in a pack each of its rules lives: for the table of all rules."""

from collections import defaultdict

from policy.document import Place
from policy.pack.sharing_faults import cited
from policy.pack.whole import Pack

_SECTIONS = {
    "official_request": "official request",
    "caller": "phone caller",
    "breach": "breach",
    "other_guidance": "whose policy",
    "superseded": "superseded wording",
}


def places(pack: Pack) -> dict[str, tuple[str, ...]]:
    """By code: the parts of the guide in which the rule is shown, asked, enforced or timed."""
    found: dict[str, list[str]] = defaultdict(list)
    for matter, decider in pack.who_decides.items():
        found[decider.rule].append(f"who decides: {matter}")
    for place, code in cited(pack):
        found[code].append(_name(pack, place))
    for topic, codes in pack.topics.items():
        for code in codes:
            found[code].append(f"topic {topic}")
    for reading in pack.required_reading:
        found[reading.rule].append("required reading")
    for notice in pack.owner_notices:
        found[notice.code].append("notice to the owner (`heard policy lint`)")
    return {code: tuple(dict.fromkeys(names)) for code, names in found.items()}


def _name(pack: Pack, place: Place) -> str:
    head, *rest = place
    if head == "duties":
        return f"duty {pack.duties[int(rest[0])].id}"
    if head != "sharing":
        return _SECTIONS[str(head)]
    part = str(rest[0])
    if part == "flowchart":
        return f"flowchart: {rest[2]}" if rest[1] == "nodes" else "flowchart"
    if part in ("harm_gate", "how", "telling", "afterwards"):
        return f"{part.replace('_', ' ')}: {rest[1]}"
    if part in ("triggers", "refusals"):
        named = getattr(pack.sharing, part)[int(rest[1])].id
        return f"{part[:-1] if part == 'triggers' else 'refusal'}: {named}"
    return part.replace("_", " ")
