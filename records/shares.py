"""The organisation's key in the hands of trustees: any few of them together can bring it back.

Shares are SLIP-39 words (checked by a checksum, so that a slip of the pen is seen).
"""

from __future__ import annotations

from collections.abc import Sequence

from shamir_mnemonic import MnemonicError, Share, combine_mnemonics, generate_mnemonics

from casework.errors import KeyUnusable
from records.keyring import KEY_BYTES

MOST_SHARES = 16


def split(key: bytes, *, shares: int, threshold: int) -> list[str]:
    """The shares, each a line of 33 words. Fewer than `threshold` of them say nothing.

    Raises:
        KeyUnusable: One share would be the key itself, or there are fewer shares than needed.
    """
    if not 2 <= threshold <= shares <= MOST_SHARES:
        raise KeyUnusable(
            f"Choose at least 2 to open, and between that and {MOST_SHARES} shares in all."
        )
    return list(generate_mnemonics(1, [(threshold, shares)], key)[0])


def combine(shares: Sequence[str]) -> bytes:
    """The key again.

    Raises:
        KeyUnusable: A word is wrong, a share is missing, or they are of different keys.
    """
    lines = [" ".join(share.lower().split()) for share in shares if share.strip()]
    try:
        enough = Share.from_mnemonic(lines[0]).member_threshold  # the library refuses more
        key = combine_mnemonics(list(dict.fromkeys(lines))[:enough])
    except (MnemonicError, ValueError, IndexError) as wrong:
        raise KeyUnusable(f"These shares do not make a key: {wrong}") from wrong
    if len(key) != KEY_BYTES:
        raise KeyUnusable("These shares are of something else than a key of Heard.")
    return bytes(key)
