"""Step 4 of 7: policy. Reads a YAML file into a model, and says where and how it is wrong.

Packs and organisation files are written by people who are not programmers. So every fault is
found in one go where it can be, and each one carries the line and what to do about it.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode

Place = tuple[str | int, ...]

_CURES = {
    "bool_parsing": "Write true or false.",
    "bool_type": "Write true or false.",
    "date_from_datetime_parsing": "Write the day as 2026-01-31.",
    "dict_type": "Write `name: value` lines below it, indented.",
    "greater_than": "Write a larger number.",
    "greater_than_equal": "Write a larger number.",
    "int_parsing": "Write a whole number.",
    "int_type": "Write a whole number.",
    "less_than_equal": "Write a smaller number.",
    "model_type": "Write `name: value` lines below it, indented.",
    "string_too_short": "Write some text here.",
    "string_type": "Write some text here.",
    "time_parsing": 'Write the time as "09:00".',
    "too_short": "Add at least one.",
    "tuple_type": "Write a list: [one, two], or a line starting with - for each.",
}


class Model(BaseModel):
    """What a file is read into: never changed after reading, and no key is silently ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid")


M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Fault:
    """One thing wrong in a file: the file as it was named, its line from 1, and the cure."""

    file: str
    line: int
    message: str
    cure: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message} {self.cure}"


class FaultyFile(ValueError):
    """A file that cannot be used. `faults` holds everything found, in the order of its lines."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


@dataclass(frozen=True)
class Document(Generic[M]):
    """A file that was read: its model if its shape is right, and whatever is wrong with it."""

    file: str
    lines: Mapping[Place, int]
    model: M | None = None
    faults: tuple[Fault, ...] = ()

    def fault(self, place: Place, message: str, cure: str) -> Fault:
        """A fault at the line of `place`, or of the nearest thing around it that is in the file."""
        while place and place not in self.lines:
            place = place[:-1]
        return Fault(self.file, self.lines.get(place, 1), message, cure)

    def having(self, faults: Iterable[Fault]) -> "Document[M]":
        """The same document with these faults too, in the order of their lines."""
        found = (*self.faults, *faults)
        return replace(self, faults=tuple(sorted(found, key=lambda fault: fault.line)))

    def sound(self) -> M:
        """The model of a file with nothing wrong in it.

        Raises:
            FaultyFile: something is wrong; it holds all of it.
        """
        if self.model is None or self.faults:
            raise FaultyFile(self.faults)
        return self.model


def read(path: Path, model: type[M]) -> Document[M]:
    """The file as a `model`, or every way in which its shape is wrong. Raises nothing."""
    nodes = _Nodes(str(path))
    document = Document[M](nodes.file, nodes.lines)
    try:
        return replace(document, model=model.model_validate(nodes.read()))
    except FaultyFile as unreadable:
        return document.having(unreadable.faults)
    except ValidationError as wrong:
        return document.having(_explained(error, document) for error in wrong.errors())


def refusal(message: str, cure: str) -> PydanticCustomError:
    """What a validator raises. Pydantic adds where it was; this says what is wrong and the cure."""
    return PydanticCustomError("refusal", "{message}", {"message": message, "cure": cure})


def matching(pattern: str, message: str, cure: str) -> Callable[[str], str]:
    """A validator for text that has to look like `pattern` from end to end."""
    compiled = re.compile(pattern)

    def validate(value: str) -> str:
        if not compiled.fullmatch(value):
            raise refusal(message, cure)
        return value

    return validate


class _Nodes:
    """A file's YAML as dict, list, text and None, with the line of each thing in `lines`.

    Scalars stay text, and the model says what they are: YAML's own guesses would take the zero
    off a telephone number, and fall over a day that does not exist without saying where.
    """

    def __init__(self, file: str) -> None:
        self.file = file
        self.lines: dict[Place, int] = {}
        self._seen: set[int] = set()

    def read(self) -> dict[str, Any]:
        """Raises FaultyFile when it is not YAML text that holds `name: value` lines."""
        node = self._compose()
        if not isinstance(node, MappingNode):
            raise self._faulty(1, "It holds no `name: value` lines.", "Write some.")
        return self._mapping(node, ())

    def _compose(self) -> Node | None:
        try:
            text = Path(self.file).read_text(encoding="utf-8-sig")
            node: Node | None = YAML(typ="safe", pure=True).compose(text)
        except OSError as error:
            message = f"It cannot be opened: {error.strerror}."
            raise self._faulty(1, message, "Check its name, and who may read it.") from error
        except UnicodeDecodeError as error:
            raise self._faulty(1, "It is not UTF-8 text.", "Save it as UTF-8.") from error
        except MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            cure = "Check the spaces that begin this line and the one above, colons and quotes."
            raise self._faulty(line, f"YAML cannot read this: {error.problem}.", cure) from error
        except YAMLError as error:
            message = "It holds a character that YAML does not allow."
            raise self._faulty(1, message, "Save it as plain text.") from error
        except RecursionError as error:
            cure = "Look for brackets that are never closed."
            raise self._faulty(1, "Its brackets go too deep.", cure) from error
        return node

    def _plain(self, node: Node, place: Place) -> Any:
        line = node.start_mark.line + 1
        self.lines.setdefault(place, line)
        # An alias (*name) would make one thing stand in two places, with the line of only one.
        if id(node) in self._seen:
            raise self._faulty(line, "Heard reads no aliases (*name).", "Write it out twice.")
        self._seen.add(id(node))
        if isinstance(node, ScalarNode):
            return None if node.tag == "tag:yaml.org,2002:null" else node.value
        if isinstance(node, MappingNode):
            return self._mapping(node, place)
        return [self._plain(item, (*place, n)) for n, item in enumerate(node.value)]

    def _mapping(self, node: MappingNode, place: Place) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for key, value in node.value:
            line, name = key.start_mark.line + 1, key.value
            if not isinstance(key, ScalarNode):
                raise self._faulty(line, "This name is not plain text.", "Write `name: value`.")
            if name in data:
                raise self._faulty(line, f"`{name}` stands here twice.", "Keep one.")
            self.lines[(*place, name)] = line
            data[name] = self._plain(value, (*place, name))
        return data

    def _faulty(self, line: int, message: str, cure: str) -> FaultyFile:
        return FaultyFile([Fault(self.file, line, message, cure)])


def _explained(error: ErrorDetails, document: Document[M]) -> Fault:
    """Pydantic's finding in words for the person who wrote the file."""
    place, kind, context = error["loc"], error["type"], error.get("ctx", {})
    name = ".".join(str(part) for part in place if isinstance(part, str) and part != "[key]")
    if kind == "missing":
        return document.fault(place, f"`{name}` is missing.", f"Add `{place[-1]}:` here.")
    if kind == "extra_forbidden":
        cure = "Correct its spelling, or take it out."
        return document.fault(place, f"`{name}` is not a setting Heard knows.", cure)
    if kind == "literal_error":
        cure = f"Use one of: {context['expected'].replace(' or ', ', ')}."
        return document.fault(place, f"`{name}` has a value Heard does not know.", cure)
    if kind == "refusal":
        return document.fault(place, f"`{name}`: {context['message']}", context["cure"])
    if error["input"] is None:
        return document.fault(place, f"`{name}` is empty.", "Write a value, or take the line out.")
    return document.fault(place, f"`{name}`: {error['msg']}.", _CURES.get(kind, "Correct it."))
