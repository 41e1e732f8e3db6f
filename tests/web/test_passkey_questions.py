"""What the browser is asked for a passkey is what the library would ask; it is loaded only to check an answer."""

from __future__ import annotations

import json

import pytest
import webauthn
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from models.base import setting
from models.base.db import db, utcnow, write_transaction
from models.organisation.second_factor import Passkey
from procedures.organisation import passkeys
from tests.databases import once

pytestmark = once
CHALLENGE = "c" * 64


def test_to_sign_in_the_browser_is_asked_as_by_the_library(app):
    theirs = webauthn.generate_authentication_options(
        rp_id=passkeys._rp_id(),
        challenge=webauthn.base64url_to_bytes(CHALLENGE),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    assert json.loads(passkeys.options_to_sign_in(CHALLENGE)) == json.loads(webauthn.options_to_json(theirs))


@pytest.mark.parametrize("holds_one", [False, True])
def test_to_register_the_browser_is_asked_as_by_the_library(app, cast, holds_one):
    rina = cast["rina"]
    if holds_one:
        with write_transaction():
            db.session.add(
                Passkey(staff_id=rina.id, name="HP", credential_id="aGFsbG8", public_key="cGs", user_handle="d" * 64)
            )
    ours = json.loads(passkeys.options_to_register(rina, CHALLENGE))
    theirs = webauthn.generate_registration_options(
        rp_id=passkeys._rp_id(),
        rp_name=str(setting.get("centre_name")),
        user_name="rina",
        user_display_name=rina.name,
        user_id=webauthn.base64url_to_bytes(ours["user"]["id"]),
        challenge=webauthn.base64url_to_bytes(CHALLENGE),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=b"hallo")] if holds_one else [],
    )
    said = json.loads(webauthn.options_to_json(theirs))
    for descriptor in said["excludeCredentials"]:
        descriptor.pop("transports", None)
    assert ours == said
    assert len(ours["user"]["id"]) == 64 and (ours["user"]["id"] == "d" * 64) is holds_one


@pytest.mark.parametrize("answer", ["", "null", "[]", '"x"', "7", "{}", '{"response": 3}', "[" * 9_000, "\x00"])
def test_d10_an_answer_of_no_browser_is_refused_before_the_library_is_asked(app, monkeypatch, answer):
    monkeypatch.setattr(webauthn, "verify_authentication_response", None)
    with pytest.raises(passkeys.PasskeyRefused, match="no browser answers so"), write_transaction():
        passkeys.use(answer, CHALLENGE, utcnow().timestamp())
