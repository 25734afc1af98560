"""Where things are: the home of the state, the organisation file, the database."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from records.engine import sqlite_url
from run.outgoing import NOTHING_SET_UP, OutgoingSettings

ROOT = Path(__file__).resolve().parent.parent
DEMONSTRATION = ROOT / "organisations" / "children_and_families.yml"


@dataclass(frozen=True)
class Settings:
    """Read from the environment. State is written to `home` and nowhere else."""

    home: Path
    organisation: Path
    database_url: str
    address: str = "http://127.0.0.1:8080"
    outgoing: OutgoingSettings = NOTHING_SET_UP

    @classmethod
    def read(
        cls, environment: Mapping[str, str] = os.environ, organisation: Path | None = None
    ) -> Settings:
        """HEARD_HOME (var/), HEARD_ORGANISATION, HEARD_DATABASE_URL (SQLite in the home), and
        HEARD_ADDRESS, where people find the desk. run/outgoing.py reads the rest.

        Raises:
            WrongSetting: One of them cannot be used.
        """
        home = Path(environment.get("HEARD_HOME", ROOT / "var")).resolve()
        named = environment.get("HEARD_ORGANISATION")
        file = organisation or (Path(named) if named else DEMONSTRATION)
        url = environment.get("HEARD_DATABASE_URL", sqlite_url(home / "heard.db"))
        return cls(
            home,
            file.resolve(),
            url,
            environment.get("HEARD_ADDRESS", cls.address).rstrip("/"),
            OutgoingSettings.read(environment),
        )

    @property
    def key_file(self) -> Path:
        """The organisation's key; whoever has it and the database has everything."""
        return self.home / "keys" / "organisation.key"

    @property
    def logs(self) -> Path:
        """Logs of the two processes."""
        return self.home / "logs"

    def for_auditor(self, environment: Mapping[str, str]) -> dict[str, str]:
        """The environment of the auditor's process."""
        return dict(environment) | {
            "HEARD_DATABASE_URL": self.database_url,
            "HEARD_ORGANISATION": str(self.organisation),
        }

    @property
    def running(self) -> Path:
        """Written while the service runs: its address and process id."""
        return self.home / "running.json"
