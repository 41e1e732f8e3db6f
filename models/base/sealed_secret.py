"""Seals secrets: what the house itself must use again (a mailbox's password), so that a copy of the database lacks it.

The key comes from SECRET_KEY, which no backup holds; with another key the secret is typed anew.
"""

from __future__ import annotations

import base64
import binascii
import secrets

from flask import current_app

INFO = b"pustikom-helpdesk\0sealed secret"
NONCE_BYTES = 12


class SecretLost(Exception):
    """No key that we have opens it: it was sealed by another installation, or changed."""


def seal(secret: str, purpose: str) -> str:
    """The secret as text of base 64, bound to its purpose; equal secrets look different."""
    return base64.b64encode(seal_bytes(secret.encode(), current_app.config["SECRET_KEY"], INFO, purpose)).decode()


def unseal(sealed: str, purpose: str) -> str:
    """The secret; keys of SECRET_KEY_FALLBACKS are tried too. Raises SecretLost."""
    try:
        data = base64.b64decode(sealed, validate=True)
    except binascii.Error as error:
        raise SecretLost from error
    for key in (current_app.config["SECRET_KEY"], *(current_app.config.get("SECRET_KEY_FALLBACKS") or ())):
        try:
            return open_bytes(data, key, INFO, purpose).decode()
        except NotOpened:
            continue
    raise SecretLost


class NotOpened(Exception):
    """Another key sealed these bytes, another purpose was named, or they were changed."""


def seal_bytes(plain: bytes, secret: str, info: bytes, bound_to: str) -> bytes:
    """The sealed bytes, nonce first; `info` tells the kinds of keys apart, `bound_to` must be named to open them."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415  # 6 MB, for sealing alone

    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(_key(secret, info)).encrypt(nonce, plain, bound_to.encode())


def open_bytes(sealed: bytes, secret: str, info: bytes, bound_to: str) -> bytes:
    """What was sealed; raises NotOpened."""
    from cryptography.exceptions import InvalidTag  # noqa: PLC0415  # as above
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415  # as above

    try:
        return AESGCM(_key(secret, info)).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound_to.encode())
    except (InvalidTag, ValueError) as error:
        raise NotOpened from error


def _key(secret: str, info: bytes) -> bytes:
    from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415  # as above
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF  # noqa: PLC0415  # as above

    return HKDF(SHA256(), length=32, salt=None, info=info).derive(secret.encode())
