"""From the dialogue's replies to what a page or a terminal shows.

Clauses, telephone links and the lines of the read-back are added here: they come from the pack,
the organisation and the record, and never pass the dialogue.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from casework import contacts, extract, guide, record, sharing
from casework.contacts import Contact
from casework.facts import Conversation, Entry
from casework.guide_words import OWN_WORDS
from casework.guided import Guided
from casework.house import House
from casework.phrases import Phrasebook
from casework.ports import Work
from casework.vocabulary import EntryKind

Raw = Mapping[str, Any]
Reply = dict[str, Any]
SHOWN_BUTTONS = 3
# A decision may rest on eighteen: the first are why it was made, and all stand in the record.
SHOWN_CLAUSES = 3
MEANING = "meaning"
DANGER = "/immediate_danger"
# Buttons that mean the same whenever they are pressed have a name for an id: the page has controls
# of its own for some of them (the danger bar, Done, the tabs, the first page).
STANDING = {
    "danger": DANGER,
    **{
        name: f"/{name}"
        for name in (
            "done",
            "strand_words",
            "strand_asked",
            "strand_saw",
            "strand_think",
            "write_words",
            "say_again",
            "help",
            "disclosure_now",
            "disclosure_report",
            "share_request",
            "official_request",
            "breach",
            "colleague_concern",
            "worry_in_confidence",
            "contact_lookup",
            "record_status",
            "answer_on",
        )
    },
}
_STANDING_IDS = {payload: name for name, payload in STANDING.items()}
STRAND_LABELS = {
    EntryKind.WORDS: "Their words",
    EntryKind.QUESTION_ASKED: "What I asked",
    EntryKind.OBSERVATION: "What I saw",
    EntryKind.OPINION: "What I think",
}


@dataclass(frozen=True)
class Asked:
    """What the dialogue understood and asks now, for the turn object."""

    need: str | None = None
    asks: str | None = None
    outcome: str | None = None
    replies: Sequence[Raw] = field(default_factory=tuple)


def content(
    house: House,
    phrases: Phrasebook,
    work: Work,
    talk: Conversation,
    said: Asked,
    *,
    in_reply_to: str | None = None,
    pushed: bool = False,
) -> dict[str, Any]:
    """The turn object, but for its id. Buttons keep their payload here and lose it on the way
    out (`shown`): a browser only ever names a button, it never says what the button does."""
    found = contacts.within(house, work, talk.id)
    merged = _merge_meanings(said.replies)
    replies = [_reply(house, phrases, work, talk, raw, found) for raw in merged]
    head = work.records.head(talk.record_id) if talk.record_id else None
    moved = [raw["custom"]["moved_to"] for raw in merged if "moved_to" in (raw.get("custom") or {})]
    return {
        "in_reply_to": in_reply_to,
        "pushed": pushed,
        "replies": replies,
        "reference": head.reference if head else None,
        "capture_open": talk.capture_strand is not None,
        "strand": talk.capture_strand,
        "need": said.need,
        "asks": said.asks,
        "outcome": said.outcome,
        "moved_to": moved[0] if moved else None,
    }


def _merge_meanings(replies: Sequence[Raw]) -> list[dict[str, Any]]:
    """ "Do you mean …" and its meanings are one reply with their buttons."""
    merged: list[dict[str, Any]] = []
    for raw in replies:
        if merged and raw.get("metadata", {}).get("kind") == MEANING:
            merged[-1]["buttons"] = [*merged[-1]["buttons"], *raw["buttons"]]
        else:
            merged.append({**raw, "buttons": list(raw.get("buttons") or [])})
    return merged


def _reply(
    house: House,
    phrases: Phrasebook,
    work: Work,
    talk: Conversation,
    raw: Raw,
    found: Mapping[str, Contact],
) -> Reply:
    metadata = raw.get("metadata") or {}
    kind = metadata.get("kind", "message")
    buttons = [{"title": b["title"], "payload": b["payload"]} for b in raw.get("buttons") or []]
    lines = _answered if raw.get("response") == GUIDE_READ_BACK else _LINES.get(kind)
    return {
        "response": raw.get("response"),
        "text": raw.get("text") or "",
        "kind": kind,
        "buttons": buttons[:SHOWN_BUTTONS],
        "more": buttons[SHOWN_BUTTONS:],
        "lines": lines(house, phrases, work, talk) if lines else [],
        "clauses": _clauses(house, raw, metadata.get("topics", ())),
        "links": [*_links(metadata.get("links", ()), found), *_calls(house, raw)],
        "entry": raw.get("entry"),
    }


def _clauses(house: House, raw: Raw, topics: Sequence[str]) -> list[dict[str, str]]:
    """What a sentence rests on: the rules that its action named, then those of its topics."""
    named = str((raw.get("custom") or {}).get("codes", "")).split(",")
    rules = [house.pack.rule(code) for code in named if code]
    rules += [rule for topic in topics for rule in house.pack.clauses(topic)]
    rules = list(dict.fromkeys(rules))
    return [{"code": r.code, "clause": r.clause, "summary": r.summary} for r in rules]


def in_short(clauses: Sequence[str]) -> str:
    """The first clauses in one line, and how many more there are."""
    rest = len(clauses) - SHOWN_CLAUSES
    shown = ", ".join(clauses[:SHOWN_CLAUSES])
    return f"{shown} and {rest} more" if rest > 0 else shown


def _links(wanted: Sequence[str], found: Mapping[str, Contact]) -> list[dict[str, str]]:
    return [_call(found[key]) for key in wanted]


def _calls(house: House, raw: Raw) -> list[dict[str, str]]:
    """Whom an action named to be rung, by id."""
    named = str((raw.get("custom") or {}).get("call", "")).split(",")
    people = [house.organisation.person(one) for one in named if one]
    return [_call(Contact(one.name, one.phone)) for one in people if one.phone]


def _call(contact: Contact) -> dict[str, str]:
    href = "tel:" + contact.phone.replace(" ", "")
    return {"href": href, "title": f"Call {_called(contact)}"}


def _called(contact: Contact) -> str:
    return contact.phone if contact.name == contact.phone else contact.name


def _lines(
    house: House, phrases: Phrasebook, work: Work, talk: Conversation
) -> list[dict[str, Any]]:
    if talk.record_id is None:
        return []
    back = record.read_back(house, work, talk)
    fixed = [
        ("Told", back.told_at),
        *((STRAND_LABELS[k], _count(n)) for k, n in back.counts.items()),
    ]
    lines = [{"title": title, "text": text, "payload": None} for title, text in fixed]
    lines += [
        _line(phrases.label(line.question), str(line.text), line.question)
        for line in back.answers
        if line.value != record.SKIPPED
    ]
    left = [line.question for line in back.answers if line.value == record.SKIPPED]
    if left:
        labels = ", ".join(phrases.label(question) for question in left)
        lines.append(_line("Not answered", labels, left[0]))
    return lines


def _line(title: str, text: str, question: str) -> dict[str, Any]:
    """A line that can be tapped: the question is asked again."""
    return {
        "title": title,
        "text": text,
        "payload": f'/correct_line{{"question": "{question}"}}',
    }


def _way(house: House, phrases: Phrasebook, work: Work, talk: Conversation) -> list[dict[str, Any]]:
    """The way that led to a decision. A line that is tapped is asked again."""
    here = guide.standing_in(house, work, talk)
    if here is None or here.decision is None:
        return []
    said = here.case.answers()
    return [
        {
            "title": sharing.ask_of(house, step.question).text or _own(phrases, step.question),
            "text": str(said[step.question].text) if step.question in said else step.answer,
            "payload": f'/change_answer{{"question": "{step.question}"}}',
        }
        for step in here.decision.path
    ]


def _own(phrases: Phrasebook, question: str) -> str:
    """A question that no pack words, as it was asked."""
    if question not in OWN_WORDS:
        return phrases.label(question)
    return str(phrases.reply(OWN_WORDS[question], {"codes": ""})["text"])


def _extract(
    house: House, phrases: Phrasebook, work: Work, talk: Conversation
) -> list[dict[str, Any]]:
    """What goes out, and what does not."""
    if talk.record_id is None:
        return []
    found = extract.compose(Guided.read(work, talk.record_id))
    if found is None:
        return []
    title = "Goes out: say if it is fact or opinion" if found.marked else "Goes out"
    goes = [(title, line) for line in found.goes]
    return [
        {"title": title, "text": text, "payload": None}
        for title, text in (*goes, ("Left out", "; ".join(found.left_out)))
    ]


def _answered(
    house: House, phrases: Phrasebook, work: Work, talk: Conversation
) -> list[dict[str, Any]]:
    """What a guide asked and was told, before it is signed. A tapped line is asked again."""
    here = guide.standing_in(house, work, talk)
    said = here.case.answers() if here else {}
    asked = [(guide.ask_of(house, here.case, name), one) for name, one in said.items() if here]
    return [
        {
            "title": ask.text or _own(phrases, ask.id),
            "text": str(one.text),
            "payload": f'/change_answer{{"question": "{ask.id}"}}',
        }
        for ask, one in asked
        if ask is not None
    ]


# Replies whose lines are the record's: they are put in here and never pass the dialogue.
_LINES = {"summary": _lines, "decision": _way, "extract": _extract}
GUIDE_READ_BACK = "utter_guide_read_back"


def _count(lines: int) -> str:
    return "Nothing written" if lines == 0 else "1 line" if lines == 1 else f"{lines} lines"


def entry_reply(phrases: Phrasebook, entry: Entry) -> Raw:
    """A kept line, shown back exactly as it was typed; in the dialogue's own shape."""
    raw = phrases.reply("utter_line_kept", {"line": entry.text, "seq": str(entry.seq)})
    shown_back = {
        "seq": entry.seq,
        "strand": str(entry.kind),
        "written_at": entry.written_at.isoformat(),
    }
    return {**raw, "text": str(entry.text), "entry": shown_back}


def every_button(content: Raw, turn_id: int) -> list[dict[str, Any]]:
    """Every button and line of a turn that does something, with the id it is pressed by."""
    offered = [
        button
        for reply in content["replies"]
        for button in (*reply["buttons"], *reply["more"], *reply["lines"])
        if button["payload"] is not None
    ]
    return [
        {**button, "id": _STANDING_IDS.get(button["payload"], f"{turn_id}.{n}")}
        for n, button in enumerate(offered)
    ]


def shown(content: Raw, turn_id: int) -> dict[str, Any]:
    """The turn as it leaves the house: with ids for buttons, and without what they do."""
    ids = iter(button["id"] for button in every_button(content, turn_id))
    replies = []
    for reply in content["replies"]:
        out = {key: value for key, value in reply.items() if key != "response"}
        for part in ("buttons", "more"):
            out[part] = [{"id": next(ids), "title": b["title"]} for b in reply[part]]
        out["lines"] = [
            {
                "id": None if line["payload"] is None else next(ids),
                "title": line["title"],
                "text": line["text"],
            }
            for line in reply["lines"]
        ]
        replies.append(out)
    return {"id": turn_id, **content, "replies": replies}


def in_place(talk: Conversation, asks: str | None, said: Sequence[Raw]) -> Sequence[Raw]:
    """While lines are written no question is shown again with what was said: its answer would
    become a line. It comes back when the capture is closed."""
    if talk.capture_strand is None or len(said) == 1:
        return said
    return [raw for raw in said if not _asks(str(raw.get("response")), f"_form_{asks}")]


def _asks(response: str, question: str) -> bool:
    return response.endswith(question) or response.startswith("utter_guide_ask")
