"""Step 7 of 7: manager. What every page of the desk shares."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from fastapi import HTTPException, Request, Response

from casework.facts import RecordHead
from casework.house import House
from casework.phrases import Phrasebook
from casework.vocabulary import REFERENCE
from desk.roles import role_titles
from records import access
from records.passphrases import Passphrases
from records.permissions import View, has_desk
from records.store import Store

COOKIE = "heard"


class Pages(Protocol):
    """Drawing and guarding, shared by every part of the site (run/web.py)."""

    def draw(
        self, request: Request, name: str, /, status: int = 200, **context: Any
    ) -> Response: ...

    def person(self, request: Request) -> str: ...

    async def may_change(self, request: Request) -> str: ...


@dataclass(frozen=True)
class Desk:
    """What the routes need."""

    pages: Pages
    house: House
    store: Store
    phrases: Phrasebook

    def person(self, request: Request) -> str:
        """Who is signed in, if the desk is any of their business. Raises 401, 404."""
        return self.has_business(self.pages.person(request))

    async def changing(self, request: Request) -> str:
        """The same, for a request that changes something. Raises 401, 403, 404."""
        return self.has_business(await self.pages.may_change(request))

    def has_business(self, person: str) -> str:
        """Raises 404."""
        if not has_desk(self.house, person):
            raise HTTPException(404)
        return person

    def known(self, person: str, reference: str) -> tuple[RecordHead, View]:
        """The record's head, and what this person sees of it. Raises 404: no record, or none for
        them; that they asked is kept."""
        if not REFERENCE.fullmatch(reference):
            raise HTTPException(404)
        with self.store.read() as work:
            found = access.look(work, self.house, person, reference)
        if found is None:
            with self.store.work() as work:
                access.note_attempt(work, self.house, person, reference)
            raise HTTPException(404)
        return found

    def proving(self, request: Request) -> str:
        """How they prove who they are before exact words open: "fresh" (they have just done so),
        "passphrase", or "link" (they have none: they sign in anew)."""
        session = request.state.session
        with self.store.read() as work:
            if work.now() < session.fresh_until:
                return "fresh"
            known = Passphrases(work.connection, work.now).can_be_asked(session.person)
        return "passphrase" if known else "link"

    def names(self, people: Iterable[str]) -> str:
        """Several people, as they are called here."""
        return ", ".join(self.house.title(person) for person in people)

    def titles(self) -> Callable[[str], str]:
        """A person's name by id; somebody who has left keeps their id."""
        known = {person.id: person.name for person in self.house.everybody.people}
        return lambda person: known.get(person, person.replace("_", " ").capitalize())

    def role_titles(self) -> Callable[[str], str]:
        """What somebody is here instead of who, for whoever watches the process."""
        return role_titles(self.house)


async def form_of(request: Request) -> dict[str, str]:
    """What a form of a page sent, each field as text."""
    return {key: str(value) for key, value in (await request.form()).items()}
