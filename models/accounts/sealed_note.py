"""Seals a text that one person may read once by a link; the link alone holds the key.

What is stored can neither be opened nor be used to guess the link; this module stores nothing itself.
"""

import hashlib
import secrets
from dataclasses import dataclass

from models.base.sealed_secret import NotOpened, open_bytes, seal_bytes

TOKEN_BYTES = 32
INFO = b"sealed-note key"


class SealBroken(Exception):
    """The token does not open this note, or the stored bytes were changed."""


@dataclass(frozen=True)
class SealedNote:
    """What a row may keep: a fingerprint to find it by and the sealed bytes (nonce first)."""

    fingerprint: str
    sealed: bytes


def seal(content: str) -> tuple[str, SealedNote]:
    """Seal a text under a new token of 256 bits; the token is for the link alone."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    mark = fingerprint(token)
    return token, SealedNote(mark, seal_bytes(content.encode(), token, INFO, mark))


def unseal(token: str, note: SealedNote) -> str:
    """The text that the token opens; SealBroken when it is another's token or the bytes were altered."""
    try:
        return open_bytes(note.sealed, token, INFO, note.fingerprint).decode()
    except NotOpened as error:
        raise SealBroken from error


def fingerprint(token: str) -> str:
    """The hash by which a stored note is found (hex, 64 characters); it says nothing about the key."""
    return hashlib.sha256(b"sealed-note fingerprint\0" + token.encode()).hexdigest()
