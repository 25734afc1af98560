"""An organisation's own policy document, sealed in its home: never in the repository, never read
without the organisation's key."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from casework.errors import FileUnusable
from records.files import write_private
from records.keyring import decrypt, encrypt
from records.vault import Vault

PURPOSE = "policy-documents"


@dataclass(frozen=True)
class OwnDocument:
    """The document of a pack: what it was called, and its lines."""

    name: str
    lines: tuple[str, ...]


class PolicyDocuments:
    """One document a pack; attaching another replaces it."""

    def __init__(self, home: Path, vault: Vault) -> None:
        self._folder = home / "uploads" / "policies"
        self._vault = vault

    def keep(self, pack: str, name: str, lines: Sequence[str]) -> None:
        """Sealed and on the disk when it returns. Raises FileUnusable."""
        content = json.dumps({"name": name, "lines": list(lines)}).encode()
        write_private(self._path(pack), encrypt(self._cipher(), content, f"policy/{pack}"))

    def of(self, pack: str) -> OwnDocument | None:
        """The pack's document, None without one.

        Raises:
            KeyUnusable: It was sealed under another key, or for another pack.
            FileUnusable: It cannot be read.
        """
        path = self._path(pack)
        if not path.exists():
            return None
        try:
            sealed = path.read_bytes()
        except OSError as error:
            raise FileUnusable(f"{path} cannot be read: {error.strerror}.") from error
        kept = json.loads(decrypt(self._cipher(), sealed, f"policy/{pack}"))
        return OwnDocument(kept["name"], tuple(kept["lines"]))

    def _path(self, pack: str) -> Path:
        return self._folder / f"{pack}.sealed"

    def _cipher(self) -> AESGCM:
        return AESGCM(self._vault.derive(PURPOSE))
