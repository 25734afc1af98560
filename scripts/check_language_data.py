"""Check the language data: no copies, no leaks into the tests, nothing thin or malformed.

Run as ``python scripts/check_language_data.py``. Every fault is printed as
``file:line: what is wrong. Cure: what to do``; the exit code is 1 when there is one.

Training rows are ``data/nlu/*.yml`` (Rasa 3.1) and ``data/coach/*.jsonl``. A coach file has the
fields of the test file of its name and "idea": one slug for all rows that spring from one
thought, so that a split can go by idea. Test rows are ``tests/language/*.jsonl``, by which the
models are developed, and ``tests/language/unseen/*.jsonl``, by which nobody develops anything
(tests/language/README.md). A row too like a stricter one goes; the stricter one stays.
Source: shared/labels.md (labels, similarity under 0.7), design.md section 6 (formats).
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml

# fmt: off
NEEDS = frozenset({
    "disclosure_now", "disclosure_report", "immediate_danger", "share_request",
    "official_request", "breach", "policy_question", "colleague_concern", "worry_in_confidence",
    "contact_lookup", "record_status", "wording_check", "practice", "smalltalk_or_off_topic",
})
CONTROLS = frozenset({
    "greet", "affirm", "deny", "unsure", "skip", "done", "finish", "start_again", "help",
    "thanks", "write_words", "say_again", "what_is_due",
})
# fmt: on
ANSWERS = frozenset({"yes", "no", "unsure", "not_an_answer"})
RISKY_TYPES = frozenset({"option_posing", "suggestive"})
QUESTION_TYPES = RISKY_TYPES | {"invitation", "directive", "clarify_safety"}
BOOLEANS = frozenset({True, False})

# Test file -> (its fields besides "text", the field that is the label, the labels allowed).
TEST_FORMATS: dict[str, tuple[tuple[str, ...], str, frozenset[Any]]] = {
    "intents.jsonl": (("need",), "need", NEEDS),
    "answers.jsonl": (("question", "answer"), "answer", ANSWERS),
    "questions.jsonl": (("context", "type", "risky"), "type", QUESTION_TYPES),
    "promises.jsonl": (("promise",), "promise", BOOLEANS),
    "danger.jsonl": (("danger",), "danger", BOOLEANS),
}

DEVELOPMENT = "tests/language"
UNSEEN = "tests/language/unseen"

# What the coach is trained with, each checked where it is there.
COACH_FILES = ("questions.jsonl", "promises.jsonl", "answers.jsonl", "danger.jsonl")

TOO_ALIKE = 0.7
# "Who was there" is typed by everybody: so short a text leaks only with its context.
SHORT = 25
MOST_CHARACTERS = 500
FEWEST_PER_NEED = 250
FEWEST_PER_CONTROL = 25

# Rasa reads "[a](b)" and "[a]{..}" as entities, and a leading slash as an intent.
RASA_MARKUP = re.compile(r"\][({]|^/")
TELEPHONE = re.compile(r"(?<!\d)0(?:[ -]?\d){9,10}(?!\d)")
# Ofcom keeps these two ranges for drama; nobody answers there.
DRAMA_NUMBER = re.compile(r"01632960\d{3}|07700900\d{3}")


@dataclass(frozen=True)
class Row:
    """One example: where it stands, what was typed, how it is labelled.

    ``task`` is the name of the test file that would measure it; ``context`` is the question or
    the words a test row is judged in the light of.
    """

    place: str
    task: str
    text: str
    label: str
    context: str = ""
    idea: str = ""

    @property
    def plain(self) -> str:
        """The text in lower case with single spaces, as copies are compared."""
        return " ".join(self.text.lower().split())


class LanguageDataError(Exception):
    """A file that cannot be read as what it should be; the message is the fault line."""


def training_rows(path: Path, shown: str) -> Iterator[Row]:
    """Yield the examples of one Rasa training file.

    Raises:
        LanguageDataError: The file is not Rasa 3.1 training data.
    """
    for block in _intent_blocks(path, shown):
        fields = _fields_of(block)
        if fields.keys() != {"intent", "examples"}:
            line = block.start_mark.line + 1
            raise LanguageDataError(f"{shown}:{line}: not an intent with examples. Cure: give both")
        # The scalar's mark is the line of its "|"; marks count from 0 and the text starts below.
        first = fields["examples"].start_mark.line + 2
        for offset, line_text in enumerate(fields["examples"].value.rstrip("\n").split("\n")):
            text = line_text.removeprefix("-").strip() if line_text.startswith("-") else ""
            yield Row(f"{shown}:{first + offset}", "intents", text, fields["intent"].value)


def _intent_blocks(path: Path, shown: str) -> list[yaml.Node]:
    source = path.read_text(encoding="utf-8")
    try:
        root = yaml.compose(source)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise LanguageDataError(f"{shown}:{line}: {error.problem}. Cure: mend the YAML") from error
    top = _fields_of(root)
    if "nlu" not in top or "version" not in top or top["version"].value != "3.1":
        raise LanguageDataError(f'{shown}:1: not Rasa 3.1. Cure: open with version: "3.1" and nlu:')
    blocks: list[yaml.Node] = top["nlu"].value
    return blocks


def _fields_of(node: yaml.Node | None) -> dict[str, yaml.Node]:
    if not isinstance(node, yaml.MappingNode):
        return {}
    return {key.value: value for key, value in node.value}


def test_rows(path: Path, shown: str) -> Iterator[Row]:
    """Yield the rows of one labelled test file.

    Raises:
        LanguageDataError: A line is not an object with exactly the fields of its format.
    """
    return _labelled_rows(path, shown, ())


def coach_rows(path: Path, shown: str) -> Iterator[Row]:
    """Yield the rows of one training file of the coach.

    Raises:
        LanguageDataError: A line is not an object with exactly the fields of its format.
    """
    return _labelled_rows(path, shown, ("idea",))


def _labelled_rows(path: Path, shown: str, more: tuple[str, ...]) -> Iterator[Row]:
    fields, label, allowed = TEST_FORMATS[path.name]
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        place = f"{shown}:{number}"
        values = _object_of(line, place, {"text", *fields, *more})
        # By repr, since 1 equals True but is no label.
        if repr(values[label]) not in map(repr, allowed):
            names = ", ".join(sorted(map(str, allowed)))
            raise LanguageDataError(f"{place}: {label} is {values[label]!r}. Cure: one of {names}")
        if "risky" in values and values["risky"] is not (values["type"] in RISKY_TYPES):
            raise LanguageDataError(f"{place}: risky contradicts type. Cure: follow labels.md")
        context = values.get("question") or values.get("context") or ""
        idea = values.get("idea", "")
        yield Row(place, path.stem, values["text"], str(values[label]), context, idea)


def _object_of(line: str, place: str, fields: set[str]) -> dict[str, Any]:
    try:
        values = json.loads(line)
    except json.JSONDecodeError as error:
        raise LanguageDataError(f"{place}: not JSON. Cure: one object a line") from error
    if not isinstance(values, dict) or values.keys() != fields:
        wanted = ", ".join(sorted(fields))
        raise LanguageDataError(f"{place}: wrong fields. Cure: exactly {wanted}")
    if not all(isinstance(value, str | bool) for value in values.values()):
        raise LanguageDataError(f"{place}: neither text nor true or false. Cure: quote the words")
    return values


def trigrams(text: str) -> frozenset[str]:
    """The set of character trigrams of a text, its ends marked by a space."""
    padded = f" {text} "
    return frozenset(padded[i : i + 3] for i in range(len(padded) - 2))


def jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    """Shared trigrams over all trigrams of two texts, 0.0 to 1.0."""
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared or 1)


def alike(rows: list[Row], against: list[Row] | None = None) -> Iterator[tuple[Row, Row, float]]:
    """Yield each pair with a similarity of at least TOO_ALIKE.

    Without ``against``, rows are compared among themselves and the later one comes first. Whoever
    shares a trigram is counted once for each that is shared, all at once: pair by pair, thousands
    of rows would take minutes.
    """
    others = rows if against is None else against
    grams = [trigrams(other.plain) for other in others]
    sizes = np.array([len(one) for one in grams])
    numbers: defaultdict[str, list[int]] = defaultdict(list)
    for number, one in enumerate(grams):
        for gram in one:
            numbers[gram].append(number)
    holders = {gram: np.array(of) for gram, of in numbers.items()}
    for number, row in enumerate(rows):
        own = trigrams(row.plain)
        upto = len(others) if against is not None else number
        parts = [
            of[: np.searchsorted(of, upto)] for gram in own if (of := holders.get(gram)) is not None
        ]
        if not parts:
            continue
        shared = np.bincount(np.concatenate(parts), minlength=upto)
        likeness = shared / (sizes[:upto] + len(own) - shared)
        for at in np.flatnonzero(likeness >= TOO_ALIKE):
            yield row, others[at], float(likeness[at])


def shape_faults(rows: Iterable[Row]) -> Iterator[str]:
    """Yield rows that are empty, over-long, read as markup, or hold a real telephone number."""
    for row in rows:
        if not row.text.strip():
            yield f"{row.place}: an empty row. Cure: write '- ' and the words, or take it out"
        if len(row.text) > MOST_CHARACTERS:
            yield f"{row.place}: over {MOST_CHARACTERS} characters. Cure: nobody types that; cut it"
        if RASA_MARKUP.search(row.text):
            yield f"{row.place}: Rasa reads this as markup. Cure: no brackets, no slash in front"
        for number in TELEPHONE.findall(row.text):
            if not DRAMA_NUMBER.fullmatch(re.sub(r"\D", "", number)):
                yield f"{row.place}: a real telephone number. Cure: 01632 960xxx or 07700 900xxx"


def label_faults(rows: Iterable[Row]) -> Iterator[str]:
    """Yield rows of intents that nobody knows."""
    for row in rows:
        if row.label not in NEEDS | CONTROLS:
            yield f"{row.place}: unknown intent {row.label}. Cure: a need or a control of labels.md"


def copy_faults(training: list[Row]) -> Iterator[str]:
    """Yield the same text twice, and rows of the needs that are too alike.

    Control phrases are too short for likeness ("yes" and "yess"); they are compared whole.
    """
    first: dict[str, Row] = {}
    for row in training:
        seen = first.setdefault(row.plain, row)
        if seen is not row and (row.label in CONTROLS or seen.label != row.label):
            cure = "Cure: keep it once" if seen.label == row.label else "Cure: keep one meaning"
            yield f"{row.place}: same text as {seen.place} ({seen.label}). {cure}"
    for row, other, likeness in alike([row for row in training if row.label in NEEDS]):
        if row.plain != other.plain or row.label == other.label:
            yield f"{row.place}: {likeness:.2f} like {other.place}. Cure: say a different thing"


def leak_faults(known: list[Row], stricter: list[Row]) -> Iterator[str]:
    """Yield known rows that give a stricter row away.

    The fault is always the known row's, so that a test never bends to what is trained. One
    encoder serves all tasks: a whole sentence leaks into any of them, a short one into its own.
    """
    for row, other, likeness in alike(known, stricter):
        if len(row.plain) >= SHORT or (row.task == other.task and _contexts_alike(row, other)):
            yield f"{row.place}: {likeness:.2f} like test row {other.place}. Cure: take it out"


def _contexts_alike(one: Row, other: Row) -> bool:
    contexts = one.context.lower(), other.context.lower()
    return contexts[0] == contexts[1] or jaccard(*map(trigrams, contexts)) >= TOO_ALIKE


def coach_faults(rows: list[Row]) -> Iterator[str]:
    """Yield rows of one coach file that are without idea or too alike.

    One idea may say the same in different contexts: that is how a context is learned.
    """
    for row in rows:
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", row.idea):
            yield f"{row.place}: idea is {row.idea!r}. Cure: a slug such as who-was-there"
    for row, other, likeness in alike(rows):
        if row.idea != other.idea or row.context.lower() == other.context.lower():
            yield f"{row.place}: {likeness:.2f} like {other.place}. Cure: say a different thing"


def repeat_faults(tests: list[Row]) -> Iterator[str]:
    """Yield test rows asked twice: same file, same context, same text."""
    first: dict[tuple[str, str, str], Row] = {}
    for row in tests:
        seen = first.setdefault((row.place.rpartition(":")[0], row.context, row.plain), row)
        if seen is not row:
            yield f"{row.place}: same as {seen.place}. Cure: take one out"


def count_faults(training: list[Row]) -> Iterator[str]:
    """Yield intents with too few examples."""
    counts = Counter(row.label for row in training)
    last = {row.label: row.place for row in training}
    for labels, fewest in ((NEEDS, FEWEST_PER_NEED), (CONTROLS, FEWEST_PER_CONTROL)):
        for label in sorted(labels):
            if counts[label] < fewest:
                place = last.get(label, f"data/nlu/{label}.yml:1")
                missing = fewest - counts[label]
                yield f"{place}: {label} has {counts[label]} rows. Cure: write {missing} more"


def check(root: Path) -> tuple[list[Row], list[Row], list[str]]:
    """Read all language data under a repository root.

    Returns:
        The training rows, the test rows, and one line per fault.
    """
    faults: list[str] = []
    nlu: list[Row] = []
    for path in sorted(root.glob("data/nlu/*.yml")):
        nlu += _read(training_rows, path, root, faults)
    training, development, unseen = [*nlu], [], []
    for name in TEST_FORMATS:
        development += _read(test_rows, root / DEVELOPMENT / name, root, faults)
        unseen += _read(test_rows, root / UNSEEN / name, root, faults)
        path = root / "data/coach" / name
        if name in COACH_FILES and path.exists():
            rows = _read(coach_rows, path, root, faults)
            faults += coach_faults(rows)
            training += rows
    tests = [*development, *unseen]
    faults += [*shape_faults([*training, *tests]), *label_faults(nlu)]
    faults += [*copy_faults(nlu), *leak_faults(training, tests), *leak_faults(development, unseen)]
    faults += [*repeat_faults(tests), *count_faults(nlu)]
    return training, tests, faults


def _read(
    read: Callable[[Path, str], Iterator[Row]], path: Path, root: Path, faults: list[str]
) -> list[Row]:
    shown = path.relative_to(root).as_posix()
    rows: list[Row] = []
    try:
        rows.extend(read(path, shown))
    except FileNotFoundError:
        faults.append(f"{shown}:1: there is no such file. Cure: write it")
    except LanguageDataError as error:
        faults.append(str(error))
    return rows


def main() -> int:
    """Print the faults, or the counts when there are none; return the exit code."""
    training, tests, faults = check(Path(__file__).resolve().parents[1])
    if faults:
        print("\n".join(faults))
        return 1
    for (task, label), count in sorted(Counter((r.task, r.label) for r in training).items()):
        print(f"{task:12}{label:24}{count:5}")
    unseen = sum(row.place.startswith(UNSEEN) for row in tests)
    print(f"{len(training)} training rows, {len(tests) - unseen} development rows, ", end="")
    print(f"{unseen} unseen rows, no faults")
    return 0


if __name__ == "__main__":
    sys.exit(main())
