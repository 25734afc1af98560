"""A guide walked without the dialogue: each answer goes to the question that is open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import coach
from casework import guide, guided
from casework.facts import Entry, MessageKind
from casework.guide import Moved, Standing
from casework.organisation import load_organisation
from casework.phrases import Phrasebook
from casework.vocabulary import EntryKind, RecordKind
from policy.decide import Decision, ToDo
from policy.pack import load_pack
from run.settings import ROOT
from tests.unit.home import Home, Known

PACKS = (
    "kent_shared_lives",
    "children_and_families",
    "crossroads_west_wales",
    "home_start_mid_west_suffolk",
    "manchester_settlement",
)
KENT, CHILDREN, CROSSROADS, HOME_START, MANCHESTER = PACKS
Housed = Callable[[str], Home]


def known_of(pack: str, coach: coach.Coach, phrases: Phrasebook) -> Known:
    """What a house of this pack's demonstration organisation is made of."""
    organisation = load_organisation(ROOT / "organisations" / f"{pack}.yml")
    return Known(organisation, load_pack(organisation.pack), coach, phrases)


@dataclass
class Walk:
    """One person in one guide."""

    home: Home
    talk: str
    moved: Moved | None = None

    @classmethod
    def begin(
        cls,
        home: Home,
        first: str = "the school asks where they live",
        *,
        kind: RecordKind = RecordKind.DECISION,
        person: str = "reporter",
    ) -> Walk:
        talk = home.talk(person)
        message = home.message(talk, first, kind=MessageKind.TEXT)
        guide.begin(home.house, talk, message.id, kind)
        return cls(home, talk)

    @property
    def standing(self) -> Standing:
        found = guide.standing(self.home.house, self.talk)
        assert found is not None
        return found

    @property
    def asks(self) -> str | None:
        return self.standing.ask.id if self.standing.ask else None

    @property
    def decision(self) -> Decision:
        assert self.standing.decision is not None
        return self.standing.decision

    def say(self, text: str, *, button: str | None = None) -> Moved:
        """Answers what is open, in words."""
        ask = self.standing.ask
        assert ask is not None, "nothing is asked"
        message = self.home.message(self.talk, text)
        value = guided.understand(self.home.house, message, ask, button=button)
        assert value != guided.UNCLEAR, (ask, text)
        house = self.home.house
        self.moved = guide.answer(house, self.talk, message.id, ask, text=text, value=value)
        return self.moved

    def change(self, question: str, text: str) -> Moved:
        """Goes back to a question and answers it otherwise."""
        message = self.home.message(self.talk, text)
        ask = guide.ask_of(self.home.house, self.standing.case, question)
        assert ask is not None
        value = guided.understand(self.home.house, message, ask, button=None)
        house = self.home.house
        self.moved = guide.answer(house, self.talk, message.id, ask, text=text, value=value)
        return self.moved

    def until(self, question: str | None, **answers: str) -> Walk:
        """Answers what is open, with "yes" where nothing is given, until this is asked."""
        for _ in range(40):
            if self.asks == question:
                return self
            assert self.asks is not None, f"{question} is never asked"
            self.say(answers.get(self.asks, "yes"))
        raise AssertionError(f"{question} is never asked")

    @property
    def outcome(self) -> str | None:
        """What the last answer decided."""
        assert self.moved is not None
        return str(self.moved.made.decision.outcome) if self.moved.made else None

    def does(self, what: ToDo) -> bool:
        return self.decision.does(what)

    def codes(self) -> set[str]:
        return {rule.code for rule in self.decision.clauses}

    def decisions(self) -> list[Entry]:
        return [one for one in self.home.entries(self.talk) if one.kind is EntryKind.DECISION]


def house_of(known: Known, template: Path, folder: Path) -> Home:
    """A house in a folder of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    return Home(known, template, folder)
