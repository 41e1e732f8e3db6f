"""The second factor of staff: an app's six digits and ten recovery codes (security.md S9).

How it goes:
 1. somebody begins under "Akun saya": a secret is made and sealed, its QR code read by the app;
 2. the first right code confirms it; ten recovery codes are shown once and kept hashed;
 3. at each sign-in a code is asked after the password: of this half minute, or of the one before or after it, and
    later than the last one taken, so that none is taken twice; or a recovery code, which is then used up;
 4. whoever has lost both shows a proof of identity; the reset waits for a second person (second_person.py).
"""

from __future__ import annotations

import secrets
from hmac import compare_digest

import pyotp
from argon2.exceptions import VerificationError
from flask import current_app
from sqlalchemy import delete, func, select

from mails.organisation.factor_notices import factor_changed
from models.base import setting
from models.base.db import db, utcnow
from models.base.sealed_secret import SecretLost, seal, unseal
from models.organisation import audit
from models.organisation.roles import Role
from models.organisation.second_factor import MUST_HAVE, Authenticator, RecoveryCode, forget_factors, has_factor
from models.organisation.sessions import StaffSession
from models.organisation.staff import Staff, hasher, staff_with

STEP_SECONDS = 30
DRIFT = 1  # half minutes that the telephone's clock may be early or late
PLACES = "abcdefghij"  # the first letters of the ten recovery codes
LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"  # none that are taken for one another
CODE_LETTERS = 12


def is_required(staff: Staff) -> bool:
    """Must this person's login have a second factor here?"""
    return current_app.config["SECOND_FACTOR"] == "required" and staff.has(*MUST_HAVE)


def begin(staff_id: int) -> None:
    """A new secret that waits for its first code, inside the caller's transaction; the one in use stays."""
    waiting = delete(Authenticator).where(Authenticator.staff_id == staff_id, Authenticator.confirmed_at.is_(None))
    db.session.execute(waiting)
    sealed = seal(pyotp.random_base32(), _purpose(staff_id))
    db.session.add(Authenticator(staff_id=staff_id, sealed=sealed))


def waiting_secret(staff_id: int) -> str:
    """The secret that waits for its first code, or an empty text."""
    query = select(Authenticator).where(Authenticator.staff_id == staff_id, Authenticator.confirmed_at.is_(None))
    row = db.session.scalars(query.order_by(Authenticator.id.desc()).limit(1)).first()
    try:
        return unseal(row.sealed, _purpose(staff_id)) if row is not None else ""
    except SecretLost:
        return ""


def app_address(staff: Staff, secret: str) -> str:
    """What the app reads from the QR code."""
    issuer = str(setting.get("centre_name"))
    return pyotp.TOTP(secret).provisioning_uri(name=staff.username, issuer_name=issuer)


def confirm(staff: Staff, typed: str, ip: str) -> bool:
    """The first code: the app counts from now on, an older one no more. Inside the caller's transaction."""
    query = select(Authenticator).where(Authenticator.staff_id == staff.id, Authenticator.confirmed_at.is_(None))
    row = db.session.scalars(query.order_by(Authenticator.id.desc()).limit(1).with_for_update()).first()
    if row is None or not _takes(row, typed):
        return False
    row.confirmed_at = utcnow()
    db.session.execute(delete(Authenticator).where(Authenticator.staff_id == staff.id, Authenticator.id != row.id))
    tell(staff, "totp_added", ip)
    return True


def take_code(staff_id: int, typed: str) -> bool:
    """Is this the app's code of now, and not taken yet? It is taken by asking, inside the caller's transaction."""
    query = select(Authenticator).where(Authenticator.staff_id == staff_id, Authenticator.confirmed_at.is_not(None))
    row = db.session.scalars(query.with_for_update().execution_options(populate_existing=True)).first()
    return row is not None and _takes(row, typed)


def _takes(row: Authenticator, typed: str) -> bool:
    digits = "".join(c for c in typed if c.isascii() and c.isdigit())
    if len(digits) != 6:
        return False
    try:
        codes = pyotp.TOTP(unseal(row.sealed, _purpose(row.staff_id)))
    except SecretLost:
        return False
    now = int(utcnow().timestamp()) // STEP_SECONDS
    for step in range(now - DRIFT, now + DRIFT + 1):
        if step > row.last_step and compare_digest(codes.generate_otp(step), digits):
            row.last_step, row.used_at = step, utcnow()
            return True
    return False


def new_codes() -> list[str]:
    """Ten recovery codes as they are shown, such as a7kq-93mx-pd2w-h: the first letter is the code's place."""
    return [place + "".join(secrets.choice(LETTERS) for _n in range(CODE_LETTERS)) for place in PLACES]


def hashed(codes: list[str]) -> list[tuple[str, str]]:
    """Place and hash of each; ten hashes take a moment, so nobody works them out inside a transaction."""
    return [(code[0], hasher().hash(code)) for code in codes]


def keep_codes(staff: Staff, rows: list[tuple[str, str]]) -> None:
    """These are valid now and older ones no more; inside the caller's transaction."""
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.staff_id == staff.id))
    db.session.add_all(RecoveryCode(staff_id=staff.id, place=place, code_hash=code) for place, code in rows)


def shown(code: str) -> str:
    """In groups, as it is printed."""
    return "-".join([code[:5], code[5:9], code[9:]])


def codes_left(staff_id: int) -> int:
    query = select(func.count(RecoveryCode.id)).where(RecoveryCode.staff_id == staff_id, RecoveryCode.used_at.is_(None))
    return int(db.session.scalar(query) or 0)


def take_recovery_code(staff_id: int, typed: str) -> bool:
    """Is this one of the codes, not used yet? It is used up by asking, inside the caller's transaction."""
    code = "".join(c for c in typed.lower() if c in LETTERS or c in PLACES)
    if len(code) != CODE_LETTERS + 1:
        return False
    query = select(RecoveryCode).where(
        RecoveryCode.staff_id == staff_id, RecoveryCode.place == code[0], RecoveryCode.used_at.is_(None)
    )
    row = db.session.scalars(query.with_for_update().execution_options(populate_existing=True)).first()
    if row is None or not _is_hash_of(row.code_hash, code):
        return False
    row.used_at = utcnow()
    return True


def _is_hash_of(code_hash: str, code: str) -> bool:
    try:
        return bool(hasher().verify(code_hash, code))
    except VerificationError:
        return False


def remove_authenticator(staff: Staff, ip: str) -> None:
    """The app asks no more. Inside the caller's transaction."""
    db.session.execute(delete(Authenticator).where(Authenticator.staff_id == staff.id))
    drop_idle_codes(staff.id)
    tell(staff, "totp_removed", ip)


def drop_idle_codes(staff_id: int) -> None:
    """Recovery codes go with the last factor that they stand in for. Inside the caller's transaction."""
    if not has_factor(staff_id):
        db.session.execute(delete(RecoveryCode).where(RecoveryCode.staff_id == staff_id))


def end_other_sessions(staff_id: int, session_id: int) -> None:
    """A factor was taken off: this session goes on and knows whether one is left; inside the caller's transaction."""
    StaffSession.end_all(staff_id, but=session_id)
    db.session.get_one(StaffSession, session_id).has_second = has_factor(staff_id)


def reset_factors(staff: Staff) -> None:
    """Lost: everything besides the password is gone, and every session ends. Inside the caller's transaction."""
    forget_factors(staff.id)
    StaffSession.end_all(staff.id)


def reset_at_the_server(staff: Staff) -> None:
    """The same by a command on the server; the person and the heads of the centre hear of it."""
    reset_factors(staff)
    audit.record("factor", "Staff", staff.id, actor_name="command", diff={"what": "reset"})
    for told in {person.id: person for person in (staff, *staff_with(Role.HEAD_OF_CENTRE))}.values():
        factor_changed(told, "reset", "", of=staff)


def tell(staff: Staff, what: str, ip: str) -> None:
    """On record, and by mail to the person whose login it is."""
    audit.record("factor", "Staff", staff.id, staff=staff, ip=ip, diff={"what": what})
    factor_changed(staff, what, ip)


def _purpose(staff_id: int) -> str:
    return f"totp:{staff_id}"
