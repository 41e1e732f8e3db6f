"""The signed nonce of a public form: it lets one form open one ticket, and tells the form's age."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app
from itsdangerous import BadSignature, TimestampSigner, URLSafeTimedSerializer

from models.base.db import utcnow

FIELD = "nonce"
LEAST_SECONDS = 3  # nobody fills a form faster (security.md P5)


@dataclass(frozen=True)
class Nonce:
    """A form's nonce as sent back; `id` is None when it is missing or forged."""

    id: str | None = None
    seconds: float = 0

    @property
    def made_at(self) -> datetime:
        """When the page with this form was made; now, where nobody knows."""
        return utcnow() - timedelta(seconds=self.seconds)

    @property
    def suspicion(self) -> str:
        """Why this form does not look filled by hand, or nothing; an old form is as good as a new one."""
        if self.id is None:
            return "no_nonce"
        return "too_fast" if self.seconds < LEAST_SECONDS else ""


class HouseSigner(TimestampSigner):
    """Signs with the house's one clock."""

    def get_timestamp(self) -> int:
        return int(utcnow().timestamp())


def signer(purpose: str) -> URLSafeTimedSerializer:
    """Signs with SECRET_KEY; what an older key signed is still read while it stands in the fallbacks."""
    keys: list[str] = [*(current_app.config.get("SECRET_KEY_FALLBACKS") or ()), current_app.config["SECRET_KEY"]]
    return URLSafeTimedSerializer(keys, salt=f"public-{purpose}", signer=HouseSigner)


def new_nonce() -> str:
    return str(signer("form").dumps(secrets.token_urlsafe(18)))


def read_nonce(signed: str | None) -> Nonce:
    try:
        found = signer("form").loads(signed or "", return_timestamp=True)
    except BadSignature:
        return Nonce()
    return Nonce(found[0], utcnow().timestamp() // 1 - found[1].timestamp())
