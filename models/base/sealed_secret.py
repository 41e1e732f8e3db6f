"""Seals a secret that the house itself must use again (a mailbox's password), so that a copy of the database lacks it.

The key comes from SECRET_KEY, which no backup holds; with another key the secret is typed anew.
"""

from __future__ import annotations

import base64
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app

NONCE_BYTES = 12


class SecretLost(Exception):
    """No key that we have opens it: it was sealed by another installation, or changed."""


def seal(secret: str, purpose: str) -> str:
    """The secret as text of base 64, bound to its purpose; equal secrets look different."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    key = _key(current_app.config["SECRET_KEY"])
    return base64.b64encode(nonce + AESGCM(key).encrypt(nonce, secret.encode(), purpose.encode())).decode()


def unseal(sealed: str, purpose: str) -> str:
    """The secret; keys of SECRET_KEY_FALLBACKS are tried too. Raises SecretLost."""
    keys = [current_app.config["SECRET_KEY"], *(current_app.config.get("SECRET_KEY_FALLBACKS") or ())]
    for key in map(_key, keys):
        try:
            data = base64.b64decode(sealed, validate=True)
            return AESGCM(key).decrypt(data[:NONCE_BYTES], data[NONCE_BYTES:], purpose.encode()).decode()
        except (InvalidTag, ValueError):
            continue
    raise SecretLost


def _key(secret: str) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=b"pustikom-helpdesk\0sealed secret").derive(secret.encode())
