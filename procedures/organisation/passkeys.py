"""Passkeys of staff (WebAuthn): registering one, and signing in with it; every check is the library's (webauthn 3).

The origin and the name that a key is bound to are those of BASE_URL, never what a request says. A challenge is random,
answered within five minutes and once. A key proves the person by finger, face or PIN, so it needs no password.
"""

from __future__ import annotations

import json
import secrets
from datetime import timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select

from models.base import setting
from models.base.db import db, utcnow
from models.organisation.second_factor import Passkey
from models.organisation.sign_in_pass import PassKind, SignInPass
from models.organisation.staff import Staff
from procedures.organisation.second_factor import drop_idle_codes, tell

ANSWERED_WITHIN = timedelta(minutes=5)
MOST_KEYS = 10
ALGORITHMS = (-8, -7, -257)  # EdDSA, ES256, RS256 (COSE): those that the library verifies by itself
TIMEOUT_MS = 60_000
LONGEST_NAME = 60
LONGEST_ANSWER = 20_000  # characters of what a browser sends back


class PasskeyRefused(Exception):
    """This answer opens nothing; the text is for the log, the page says one sentence for all."""


def why_not_here() -> str:
    """Why browsers offer no passkey at this address, or an empty text."""
    parts = urlsplit(current_app.config["BASE_URL"])
    host = parts.hostname or ""
    try:
        ip_address(host)
    except ValueError:
        is_named = True
    else:
        is_named = False
    if is_named and (parts.scheme == "https" or host == "localhost"):
        return ""
    return _(
        "Passkey terikat pada nama situs dengan https; alamat ini (%(host)s) tidak memungkinkannya. Pakailah aplikasi "
        "kode.",
        host=host,
    )


def new_challenge() -> str:
    """Random, as base64url; the browser's session carries it and the moment of its making."""
    return secrets.token_urlsafe(48)


def keys_of(staff_id: int) -> list[Passkey]:
    return list(db.session.scalars(select(Passkey).where(Passkey.staff_id == staff_id).order_by(Passkey.id)))


def options_to_register(staff: Staff, challenge: str) -> str:
    """What the browser needs to make a key, as JSON; a device that has one already makes no second one."""
    held = keys_of(staff.id)
    user = held[0].user_handle if held else secrets.token_urlsafe(48)
    options = {
        "rp": {"id": _rp_id(), "name": str(setting.get("centre_name"))},
        "user": {"id": user, "name": staff.username, "displayName": staff.name},
        "challenge": challenge,
        "pubKeyCredParams": [{"type": "public-key", "alg": number} for number in ALGORITHMS],
        "timeout": TIMEOUT_MS,
        "excludeCredentials": [{"type": "public-key", "id": key.credential_id} for key in held],
        "authenticatorSelection": {
            "residentKey": "required",
            "requireResidentKey": True,
            "userVerification": "required",
        },
        "attestation": "none",
    }
    return json.dumps(options)


def options_to_sign_in(challenge: str) -> str:
    """What the browser needs to ask for a key, as JSON; which person it is, the key says."""
    options = {"challenge": challenge, "timeout": TIMEOUT_MS, "rpId": _rp_id(), "allowCredentials": []}
    return json.dumps({**options, "userVerification": "required"})


def register(staff: Staff, answer: str, challenge: str, asked_at: float, handle: str, name: str, ip: str) -> None:
    """Keep a new key, inside the caller's transaction. Raises PasskeyRefused."""
    _spend(answer, challenge, asked_at)
    from webauthn import base64url_to_bytes, verify_registration_response  # noqa: PLC0415  # 13 MB, for keys alone
    from webauthn.helpers import bytes_to_base64url  # noqa: PLC0415  # as above
    from webauthn.helpers.exceptions import WebAuthnException  # noqa: PLC0415  # as above

    held = keys_of(staff.id)
    if len(held) >= MOST_KEYS:
        raise PasskeyRefused("ten keys are enough")
    try:
        made = verify_registration_response(
            credential=answer,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=_rp_id(),
            expected_origin=current_app.config["BASE_URL"],
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError) as fault:
        raise PasskeyRefused(str(fault)) from fault
    credential_id = bytes_to_base64url(made.credential_id)
    if db.session.scalar(select(Passkey.id).where(Passkey.credential_id == credential_id)) is not None:
        raise PasskeyRefused("this key is registered already")
    key = Passkey(
        staff_id=staff.id,
        name=name[:LONGEST_NAME],
        credential_id=credential_id,
        public_key=bytes_to_base64url(made.credential_public_key),
        user_handle=held[0].user_handle if held else handle,
        sign_count=made.sign_count,
    )
    db.session.add(key)
    tell(staff, "passkey_added", ip)


def use(answer: str, challenge: str, asked_at: float) -> Staff:
    """Whose key answered, inside the caller's transaction. Raises PasskeyRefused."""
    _spend(answer, challenge, asked_at)
    from webauthn import base64url_to_bytes, verify_authentication_response  # noqa: PLC0415  # 13 MB, for keys alone
    from webauthn.helpers import bytes_to_base64url, parse_authentication_credential_json  # noqa: PLC0415  # as above
    from webauthn.helpers.exceptions import WebAuthnException  # noqa: PLC0415  # as above

    try:
        credential = parse_authentication_credential_json(answer)
        query = select(Passkey).where(Passkey.credential_id == credential.id).with_for_update()
        key = db.session.scalars(query).one_or_none()
        staff = db.session.get(Staff, key.staff_id) if key is not None else None
        if key is None or staff is None or not staff.is_active:
            raise PasskeyRefused("nobody's key")
        handle = credential.response.user_handle
        if handle is not None and bytes_to_base64url(handle) != key.user_handle:
            raise PasskeyRefused("the key names another person")
        done = verify_authentication_response(
            credential=credential,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=_rp_id(),
            expected_origin=current_app.config["BASE_URL"],
            credential_public_key=base64url_to_bytes(key.public_key),
            credential_current_sign_count=key.sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError) as fault:
        raise PasskeyRefused(str(fault)) from fault
    key.sign_count, key.used_at = done.new_sign_count, utcnow()
    return staff


def rename(staff_id: int, key_id: int, name: str) -> bool:
    """Inside the caller's transaction; False where this person has no such key."""
    key = _own(staff_id, key_id)
    if key is not None:
        key.name = name[:LONGEST_NAME]
    return key is not None


def remove(staff: Staff, key_id: int, ip: str) -> bool:
    """Inside the caller's transaction; False where this person has no such key."""
    key = _own(staff.id, key_id)
    if key is None:
        return False
    db.session.delete(key)
    db.session.flush()
    drop_idle_codes(staff.id)
    tell(staff, "passkey_removed", ip)
    return True


def _own(staff_id: int, key_id: int) -> Passkey | None:
    return db.session.scalars(select(Passkey).where(Passkey.id == key_id, Passkey.staff_id == staff_id)).one_or_none()


def _spend(answer: str, challenge: str, asked_at: float) -> None:
    """In time, and never answered before."""
    if not challenge or len(answer) > LONGEST_ANSWER:
        raise PasskeyRefused("no challenge was given")
    if not _is_credential(answer):
        raise PasskeyRefused("no browser answers so")
    if not 0 <= utcnow().timestamp() - asked_at <= ANSWERED_WITHIN.total_seconds():
        raise PasskeyRefused("the challenge is too old")
    if not SignInPass.spend(PassKind.SPENT_CHALLENGE, challenge):
        raise PasskeyRefused("the challenge was answered before")


def _is_credential(answer: str) -> bool:
    """Has it the form of a browser's answer at all? What it is worth, the library says."""
    try:
        said = json.loads(answer)
    except (ValueError, RecursionError):
        return False
    return isinstance(said, dict) and isinstance(said.get("response"), dict)


def _rp_id() -> str:
    return urlsplit(current_app.config["BASE_URL"]).hostname or ""
