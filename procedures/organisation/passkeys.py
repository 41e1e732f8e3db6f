"""Passkeys of staff (WebAuthn): registering one, and signing in with it; every check is the library's (webauthn 3).

The origin and the name that a key is bound to are those of BASE_URL, never what a request says. A challenge is random,
answered within five minutes and once. A key proves the person by finger, face or PIN, so it needs no password.
"""

from __future__ import annotations

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
    from webauthn import base64url_to_bytes, generate_registration_options, options_to_json  # noqa: PLC0415  # 9 MB
    from webauthn.helpers.structs import (  # noqa: PLC0415  # as above
        AuthenticatorSelectionCriteria,
        PublicKeyCredentialDescriptor,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    held = keys_of(staff.id)
    return options_to_json(
        generate_registration_options(
            rp_id=_rp_id(),
            rp_name=str(setting.get("centre_name")),
            user_name=staff.username,
            user_display_name=staff.name,
            user_id=base64url_to_bytes(held[0].user_handle) if held else secrets.token_bytes(48),
            challenge=base64url_to_bytes(challenge),
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
            ),
            exclude_credentials=[PublicKeyCredentialDescriptor(id=base64url_to_bytes(k.credential_id)) for k in held],
        )
    )


def options_to_sign_in(challenge: str) -> str:
    """What the browser needs to ask for a key, as JSON; which person it is, the key says."""
    from webauthn import base64url_to_bytes, generate_authentication_options, options_to_json  # noqa: PLC0415  # 9 MB
    from webauthn.helpers.structs import UserVerificationRequirement  # noqa: PLC0415  # as above

    return options_to_json(
        generate_authentication_options(
            rp_id=_rp_id(),
            challenge=base64url_to_bytes(challenge),
            user_verification=UserVerificationRequirement.REQUIRED,
        )
    )


def register(staff: Staff, answer: str, challenge: str, asked_at: float, handle: str, name: str, ip: str) -> None:
    """Keep a new key, inside the caller's transaction. Raises PasskeyRefused."""
    from webauthn import base64url_to_bytes, verify_registration_response  # noqa: PLC0415  # 9 MB
    from webauthn.helpers import bytes_to_base64url  # noqa: PLC0415  # as above
    from webauthn.helpers.exceptions import WebAuthnException  # noqa: PLC0415  # as above

    _spend(answer, challenge, asked_at)
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
    from webauthn import base64url_to_bytes, verify_authentication_response  # noqa: PLC0415  # 9 MB
    from webauthn.helpers import bytes_to_base64url, parse_authentication_credential_json  # noqa: PLC0415  # as above
    from webauthn.helpers.exceptions import WebAuthnException  # noqa: PLC0415  # as above

    _spend(answer, challenge, asked_at)
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
    if not 0 <= utcnow().timestamp() - asked_at <= ANSWERED_WITHIN.total_seconds():
        raise PasskeyRefused("the challenge is too old")
    if not SignInPass.spend(PassKind.SPENT_CHALLENGE, challenge):
        raise PasskeyRefused("the challenge was answered before")


def _rp_id() -> str:
    return urlsplit(current_app.config["BASE_URL"]).hostname or ""
