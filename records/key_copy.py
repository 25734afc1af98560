"""The copy of the data keys that lies beside backups: one file, replaced by every backup.

Backups hold no key. So when a record's key is destroyed and the next backup has replaced this
file, its words are gone from every older backup as well. The rows of destroyed keys stay in it,
empty: whatever backup is restored with it, they stay destroyed.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection, insert, select

from casework.errors import BackupUnusable, KeyUnusable
from records.chain import instant
from records.files import write_private
from records.keyring import decrypt, encrypt
from records.tables import data_keys, organisation_keys
from records.vault import ROOT, DataKey, Vault

NAME = "heard.keys"
FORMAT = "heard keys 1"
BOUND_TO = "keys"


@dataclass(frozen=True)
class KeyCopy:
    """The rows of `data_keys` and `organisation_keys` at one moment."""

    data: tuple[dict[str, Any], ...]
    organisation: tuple[dict[str, Any], ...]

    @classmethod
    def of(cls, connection: Connection) -> KeyCopy:
        """As they stand in the database."""
        data = connection.execute(select(data_keys).order_by(data_keys.c.owner)).mappings()
        known = connection.execute(select(organisation_keys)).mappings()
        return cls(tuple(map(dict, data)), tuple(map(dict, known)))

    @property
    def destroyed(self) -> frozenset[str]:
        """Owners whose key is gone."""
        return frozenset(row["owner"] for row in self.data if row["wrapped"] is None)

    @property
    def root(self) -> DataKey:
        """The key that all but the data keys is derived from."""
        row = next(row for row in self.data if row["owner"] == ROOT)
        return DataKey(ROOT, row["wrapped_by"], row["wrapped"])

    def put_into(self, connection: Connection) -> None:
        """Into an empty database."""
        connection.execute(insert(organisation_keys), list(self.organisation))
        connection.execute(insert(data_keys), list(self.data))

    def write(self, path: Path, vault: Vault) -> None:
        """Replaces the file, in one step.

        Raises:
            BackupUnusable: The file there knows of destroyed keys that this store still has: this
                store is an older copy, and would bring them back.
        """
        if path.exists():
            back = self._brought_back(path, vault)
            if back:
                raise BackupUnusable(
                    f"{path} says that {len(back)} keys were destroyed which this store still "
                    "has. It is an older copy: restore the newest backup with that file."
                )
        content = json.dumps({"data": [_plain(row) for row in self.data]}).encode()
        root = self.root
        text = {
            "format": FORMAT,
            "organisation_keys": list(self.organisation),
            "root": {"wrapped_by": root.wrapped_by, "wrapped": _text(root.wrapped)},
            "sealed": _text(encrypt(_cipher(vault), content, BOUND_TO)),
        }
        write_private(path, json.dumps(text).encode())

    def _brought_back(self, path: Path, vault: Vault) -> frozenset[str]:
        try:
            there = read(path, vault)
        except (BackupUnusable, KeyUnusable):
            return frozenset()  # another store's, or damaged: it is of no use to anybody
        return there.destroyed & frozenset(
            row["owner"] for row in self.data if row["wrapped"] is not None
        )


def read(path: Path, vault: Vault) -> KeyCopy:
    """The copy in a file. From now on the vault derives from its root key.

    Raises:
        BackupUnusable: It cannot be read, or was changed.
        KeyUnusable: It was made under an organisation key that is not here.
    """
    try:
        text = json.loads(path.read_bytes())
        if text["format"] != FORMAT:
            raise ValueError(FORMAT)
        root = DataKey(ROOT, text["root"]["wrapped_by"], base64.b64decode(text["root"]["wrapped"]))
        sealed = base64.b64decode(text["sealed"])
        organisation = tuple(text["organisation_keys"])
    except FileNotFoundError:
        raise BackupUnusable(
            f"{path} is missing: it holds the keys, and a backup is of no use without them."
        ) from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BackupUnusable(f"{path} is not a copy of keys.") from error
    vault.use_root(root)
    try:
        content = json.loads(decrypt(_cipher(vault), sealed, BOUND_TO))
    except KeyUnusable as error:
        raise BackupUnusable(f"{path} was changed.") from error
    return KeyCopy(tuple(_row(row) for row in content["data"]), organisation)


def _cipher(vault: Vault) -> AESGCM:
    return AESGCM(vault.derive("key copy"))


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "owner": row["owner"],
        "wrapped_by": row["wrapped_by"],
        "wrapped": _text(row["wrapped"]) if row["wrapped"] is not None else None,
        "destroyed_at": instant(row["destroyed_at"]) if row["destroyed_at"] else None,
    }


def _row(plain: dict[str, Any]) -> dict[str, Any]:
    wrapped, destroyed_at = plain["wrapped"], plain["destroyed_at"]
    return {
        **plain,
        "wrapped": base64.b64decode(wrapped) if wrapped is not None else None,
        "destroyed_at": datetime.fromisoformat(destroyed_at) if destroyed_at else None,
    }


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()
