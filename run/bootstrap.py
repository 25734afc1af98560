"""The composition root: the one place where the parts are joined."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import quote

from sqlalchemy import Connection, Engine

import coach
from casework.house import House
from casework.organisation import Organisation, load_organisation
from casework.phrases import Phrasebook
from casework.vocabulary import utc_now
from connectors.push import push
from connectors.signin import Links
from escalation.climb import Surroundings
from escalation.engine import DurableEngine
from escalation.rows import EscalationRows
from escalation.tick import Ticks
from policy.pack import Pack, load_pack
from records.anchors import KeptInFile, KeptInGit, Mailed, Place
from records.engine import make_engine
from records.keyring import KeyRing
from records.policy_documents import PolicyDocuments
from records.store import Store, is_new, migrate, prove_key
from records.vault import Vault
from run.outgoing import mail_checkpoints
from run.people import People
from run.settings import ROOT, Settings


@dataclass
class Built:
    """Everything that a command or the service works with. Nothing of it has been started."""

    settings: Settings
    organisation: Organisation
    pack: Pack
    engine: Engine
    vault: Vault
    store: Store
    durable: DurableEngine
    ticks: Ticks
    around: Surroundings
    people: People

    @cached_property
    def house(self) -> House:
        """The use cases' surroundings. Its coach takes a second to load, so a command that only
        lists does not wait for it."""
        return House(self.store, self.organisation, self.pack, coach.load(), self.people.on_file)

    def follow(self, organisation: Organisation) -> None:
        """From now on these are the people: every part reads them from here."""
        self.organisation = self.around.organisation = organisation
        if "house" in vars(self):
            self.house.organisation = organisation
            self.house.on_file = self.people.on_file

    @cached_property
    def phrases(self) -> Phrasebook:
        """The sentences of domain.yml."""
        return Phrasebook.read(ROOT / "domain.yml")

    @cached_property
    def places(self) -> list[Place]:
        """Where the organisation keeps checkpoints outside the database."""
        return places(self.settings, self.organisation)

    @cached_property
    def policy_documents(self) -> PolicyDocuments:
        """The organisation's own policy, as it was attached."""
        return PolicyDocuments(self.settings.home, self.vault)

    @cached_property
    def links(self) -> Links:
        """Sign-in links."""
        return Links(self.vault.derive("sign-in"))


def build(settings: Settings) -> Built:
    """Reads the organisation, its pack and the key, brings the database up to date, and joins.

    Raises:
        FaultyFile: The organisation or its pack cannot be used.
        KeyUnusable: The key is missing, open to others, or another one.
        StoreUnavailable: The database cannot be opened.
    """
    organisation = load_organisation(settings.organisation)
    pack = load_pack(organisation.pack)
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    engine = make_engine(settings.database_url)
    vault = Vault(open_keys(settings, engine))
    migrate(engine)
    prove_key(engine, vault)
    durable = DurableEngine(engine, utc_now)
    people = People(settings.organisation, organisation, engine, utc_now)
    organisation = people.now()

    def notice(
        connection: Connection, record_id: str, response: str, slots: dict[str, str]
    ) -> None:
        """Tells the reporter, in the transaction of whatever happened."""
        work = store.over(connection)
        conversation_id = work.records.head(record_id).conversation_id
        push(built.house, built.phrases, work, conversation_id, response, slots)

    around = Surroundings(
        clock=utc_now,
        organisation=organisation,
        pack=pack,
        notice=notice,
        schedule=durable.enqueue_in_transaction,
        routes=settings.outgoing.routes(),
        address=settings.address,
    )
    store = Store(engine, vault, utc_now, lambda connection: EscalationRows(connection, around))
    built = Built(
        settings=settings,
        organisation=organisation,
        pack=pack,
        engine=engine,
        vault=vault,
        store=store,
        durable=durable,
        ticks=Ticks(engine, around),
        around=around,
        people=people,
    )
    return built


def places(settings: Settings, organisation: Organisation) -> list[Place]:
    """The places of the organisation file; a path that is not absolute is one in the home."""
    anchors = organisation.anchors
    mail = settings.outgoing.mail
    return [
        *(KeptInFile(settings.home / name) for name in anchors.files),
        *(KeptInGit(settings.home / name) for name in anchors.git_clones),
        *(
            Mailed(mail_checkpoints(mail, box), settings.home / "mailed" / quote(box, safe="@"))
            for box in anchors.mailboxes
        ),
    ]


def open_keys(settings: Settings, engine: Engine, *, may_make: bool = True) -> KeyRing:
    """The organisation's key; made at the very first start. Raises KeyUnusable."""
    first = may_make and is_new(engine)
    return KeyRing.open(settings.key_file, may_make=first, environment=os.environ)
