"""Slows down who guesses a password of staff, and nobody else (security.md S3, S14, S15).

Failures are counted where they come from:
 1. a browser in which this person has logged in before carries a signed mark; its failures count for it alone, so
    that a stranger's guesses elsewhere never make its owner wait;
 2. everything else counts for the account, whatever device it came from, and for the network;
 3. an account's pause doubles from failure to failure up to a quarter of an hour; a network, which may be a whole
    campus, is held up by seconds at most;
 4. twenty failures in a row are written down and mailed to the person and the administrators.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from flask import current_app, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy import delete, select
from werkzeug.wrappers import Response as BaseResponse

from mails.organisation.login_notices import login_alert
from models.base.db import db, utcnow, write_transaction
from models.organisation import audit
from models.organisation.roles import Role
from models.organisation.sessions import FailedLogin, hash_token
from models.organisation.staff import Staff, staff_with, username_of

FREE_TRIES = 5
LONGEST_WAIT, LONGEST_OF_A_NETWORK = timedelta(minutes=15), timedelta(seconds=4)
ALERT_AT = 20
FORGET_AFTER = timedelta(hours=24)
KNOWN_FOR = timedelta(days=180)


def keys_of(username: str) -> tuple[str, ...]:
    """Under which keys a failure of this browser counts for this name."""
    name = hash_token(username_of(username))[:40]
    if is_known_device(username):
        return (f"device:{hash_token(request.cookies[_cookie()])[:24]}:{name}"[:80],)
    return f"account:{name}", f"address:{request.remote_addr or ''}"


def own_key(staff: Staff) -> tuple[str, ...]:
    """The page of one's own password counts for the account of the person who is logged in."""
    return (f"me:{hash_token(staff.username)[:40]}",)


def factor_keys(username: str) -> tuple[str, ...]:
    """A wrong code counts apart from wrong passwords: for this browser if it is known, else for the account."""
    return (f"factor:{keys_of(username)[0]}"[:80],)


def waiting_time(keys: Sequence[str]) -> timedelta:
    """How long the next try must still wait: doubled with each failure after the free ones."""
    longest = timedelta()
    for row in db.session.scalars(select(FailedLogin).where(FailedLogin.key.in_(keys))):
        is_network = row.key.startswith("address:")
        free = FREE_TRIES * 10 if is_network else FREE_TRIES
        if row.tries >= free and row.last_at > utcnow() - FORGET_AFTER:
            pause = timedelta(seconds=2 ** min(row.tries - free, 10))
            pause = min(LONGEST_OF_A_NETWORK if is_network else LONGEST_WAIT, pause)
            longest = max(longest, row.last_at + pause - utcnow())
    return longest


def count_failure(keys: Sequence[str], username: str) -> None:
    """One more; the twentieth in a row is written down and told."""
    with write_transaction():
        for key in keys:
            row = FailedLogin.locked(key)
            row.tries = 1 if row.tries and row.last_at < utcnow() - FORGET_AFTER else row.tries + 1
            row.last_at = utcnow()
            if row.tries == ALERT_AT:
                ip = request.remote_addr or ""
                audit.record("login:alert", "Staff", key, actor_name=username[:60], ip=ip, diff={"tries": row.tries})
                _tell(username, row.tries, ip, key.startswith("factor:"))


def forget_failures(username: str) -> None:
    """A right password ends what this browser's failures began; inside a write transaction."""
    mine = [key for key in keys_of(username) if key[0] != "a"]
    db.session.execute(delete(FailedLogin).where(FailedLogin.key.in_([*mine, *factor_keys(username)])))
    account = f"account:{hash_token(username_of(username))[:40]}"
    db.session.execute(delete(FailedLogin).where(FailedLogin.key == account))


def is_known_device(username: str) -> bool:
    """Has this person logged in with this browser in the last half year?"""
    try:
        marked = _signer().loads(request.cookies.get(_cookie(), ""), max_age=int(KNOWN_FOR.total_seconds()))
    except BadSignature:
        return False
    return isinstance(marked, list) and username_of(username) in marked


def mark_device(answer: BaseResponse, username: str) -> ResponseReturnValue:
    """This browser is known from now on; the mark names at most five people and opens nothing."""
    try:
        marked = list(_signer().loads(request.cookies.get(_cookie(), "")))
    except (BadSignature, TypeError):
        marked = []
    names = [username_of(username), *(name for name in marked if name != username_of(username))][:5]
    answer.set_cookie(
        _cookie(),
        _signer().dumps(names),
        max_age=int(KNOWN_FOR.total_seconds()),
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
        path="/",
    )
    return answer


def says_slow_down(wait: timedelta) -> str:
    return _(
        "Terlalu banyak percobaan gagal. Tunggu %(seconds)s detik, lalu coba lagi.",
        seconds=int(wait.total_seconds()) + 1,
    )


def _cookie() -> str:
    return "__Host-device" if current_app.config["SESSION_COOKIE_SECURE"] else "device"


def _signer() -> URLSafeTimedSerializer:
    """Signs with the key of today; a mark of a key before it, which still opens sessions, is read too."""
    keys: list[str] = [*(current_app.config.get("SECRET_KEY_FALLBACKS") or ()), current_app.config["SECRET_KEY"]]
    return URLSafeTimedSerializer(keys, salt="known-device")


def _tell(username: str, tries: int, ip: str, is_code: bool) -> None:
    own = db.session.scalars(select(Staff).where(Staff.username == username_of(username))).unique().one_or_none()
    people = {person.id: person for person in [own, *staff_with(Role.ADMINISTRATOR)] if person is not None}
    login_alert(list(people.values()), own.username if own else "", tries, ip, is_code)
