"""Seals a text that one person may read once by a link; the link alone holds the key.

What is stored can neither be opened nor be used to guess the link; this module stores nothing itself.
"""

import hashlib
import secrets
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

TOKEN_BYTES = 32
NONCE_BYTES = 12


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
    nonce = secrets.token_bytes(NONCE_BYTES)
    mark = fingerprint(token)
    return token, SealedNote(mark, nonce + AESGCM(_key(token)).encrypt(nonce, content.encode(), mark.encode()))


def unseal(token: str, note: SealedNote) -> str:
    """The text that the token opens; SealBroken when it is another's token or the bytes were altered."""
    nonce, body = note.sealed[:NONCE_BYTES], note.sealed[NONCE_BYTES:]
    try:
        return AESGCM(_key(token)).decrypt(nonce, body, note.fingerprint.encode()).decode()
    except (InvalidTag, ValueError) as error:
        raise SealBroken from error


def fingerprint(token: str) -> str:
    """The hash by which a stored note is found (hex, 64 characters); it says nothing about the key."""
    return hashlib.sha256(b"sealed-note fingerprint\0" + token.encode()).hexdigest()


def _key(token: str) -> bytes:
    return HKDF(SHA256(), length=32, salt=None, info=b"sealed-note key").derive(token.encode())
