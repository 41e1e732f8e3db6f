"""Hands a message to the push service of a browser (RFC 8030): encrypted for it alone (RFC 8291), signed by us.

The service's own name must be among those configured (PUSH_SERVICES): the address comes from a browser, and the server
asks nobody whom a browser names. Our key (VAPID, RFC 8292) is derived from SECRET_KEY, so that there is none to keep;
those of SECRET_KEY_FALLBACKS are tried after it.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from fnmatch import fnmatch
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from models.base.db import utcnow

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

SERVICES = [
    "https://fcm.googleapis.com",
    "https://updates.push.services.mozilla.com",
    "https://*.push.apple.com",
    "https://*.notify.windows.com",
]
SECONDS = 10
KEPT_SECONDS = 4 * 60 * 60  # by the service, for a phone that is away
INFO = b"pustikom-helpdesk\0push"
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of the curve P-256
GONE = (404, 410)
HOST = re.compile(r"[A-Za-z0-9.-]+(:[0-9]{1,5})?")


class PushGone(Exception):
    """This browser takes nothing any more: the address is to be forgotten."""


class PushLater(Exception):
    """The service was not reached or has no time; the words name the kind of fault alone."""


class PushNever(Exception):
    """The service does not take this message."""


@dataclass(frozen=True)
class Address:
    """Where a browser is told, and the keys that it made for that."""

    endpoint: str
    public_key: str
    auth: str


def is_known_service(endpoint: str, services: Sequence[str]) -> bool:
    """Does this address belong to a push service that is configured, without a name, port or host of its own?"""
    try:
        parts = urlsplit(endpoint)
        origin = f"{parts.scheme}://{parts.netloc}"
    except ValueError:
        return False
    is_plain = endpoint.isascii() and HOST.fullmatch(parts.netloc) is not None
    return is_plain and any(fnmatch(origin, one) for one in services)


def is_sound(address: Address) -> bool:
    """Are the keys such that something can be encrypted for them?"""
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415  # for who switches it on

    try:
        point, auth = _unb64(address.public_key), _unb64(address.auth)
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except (ValueError, binascii.Error):
        return False
    return len(auth) == 16


@lru_cache(maxsize=8)  # a few secrets at most; making a key takes a while
def key_of(secret: str) -> EllipticCurvePrivateKey:
    """The key with which we sign, of this secret."""
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415  # 4 MB, for who tells by push alone

    digest = hmac.digest(secret.encode(), INFO, "sha512")
    return ec.derive_private_key(int.from_bytes(digest, "big") % (ORDER - 1) + 1, ec.SECP256R1())


def public_key(secret: str) -> str:
    """What a browser is told of it when it subscribes: 65 bytes in base64url."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat  # noqa: PLC0415  # as above

    return _b64(key_of(secret).public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


def push(to: Address, message: bytes, topic: str, secrets: Sequence[str], contact: str) -> None:
    """Hand it over; raises PushGone, PushLater or PushNever. `topic`: a newer message of it takes the older's place."""
    import http_ece  # noqa: PLC0415  # for who tells by push alone
    import httpx  # noqa: PLC0415  # 5 MB, as above
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415  # as above

    body = http_ece.encrypt(
        message,
        private_key=ec.generate_private_key(ec.SECP256R1()),
        dh=_unb64(to.public_key),
        auth_secret=_unb64(to.auth),
        version="aes128gcm",
    )
    headers = {
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(KEPT_SECONDS),
        "Topic": topic,
        "Urgency": "high",
    }
    status = 0
    try:
        with httpx.Client(timeout=SECONDS, follow_redirects=False, trust_env=False) as client:
            for secret in secrets:
                signed = {**headers, **_signature(to.endpoint, secret, contact)}
                status = client.post(to.endpoint, content=body, headers=signed).status_code
                if status not in (401, 403):
                    break
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as fault:
        raise PushLater(type(fault).__name__) from None
    _judge(status)


def _judge(status: int) -> None:
    if status in GONE:
        raise PushGone(str(status))
    if status == 429 or status >= 500:
        raise PushLater(str(status))
    if not 200 <= status < 300:
        raise PushNever(str(status))


def _signature(endpoint: str, secret: str, contact: str) -> dict[str, str]:
    from py_vapid import Vapid02  # noqa: PLC0415  # for who tells by push alone

    parts = urlsplit(endpoint)
    claims = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": int((utcnow() + timedelta(hours=12)).timestamp()),
        "sub": contact,
    }
    signed: dict[str, str] = Vapid02(private_key=key_of(secret)).sign(claims)
    return signed


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _unb64(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
