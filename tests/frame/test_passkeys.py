"""Passkeys: registering and signing in, and each refusal, with a key made by the test itself (security.md S17)."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import secrets
from datetime import timedelta

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

import models.base.db
from models.base.db import db, utcnow, write_transaction
from models.organisation.second_factor import Passkey, RecoveryCode
from models.organisation.sign_in_pass import SignInPass
from models.organisation.staff import Staff
from models.tickets.outbox import Mail
from tests.browse import Person
from tests.frame.test_again import KEPT, grow_old, kept

FACTOR = "/admin/me/factor/"
PRESENT, VERIFIED, ATTESTED = 1, 4, 64


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Key:
    """A device's key: it answers as told, rightly or wrongly."""

    def __init__(self) -> None:
        self.private = ec.generate_private_key(ec.SECP256R1())
        self.id, self.count, self.handle = secrets.token_bytes(32), 0, ""

    def _client(self, kind: str, challenge: str, origin: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": origin, "crossOrigin": False}).encode()

    def _authenticator(self, rp_id: str, flags: int) -> bytes:
        return hashlib.sha256(rp_id.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def make(self, options, origin="http://localhost", rp_id="localhost", flags=PRESENT | VERIFIED | ATTESTED) -> str:
        self.handle = options["user"]["id"]
        point = self.private.public_key().public_numbers()
        cose = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")})
        data = self._authenticator(rp_id, flags) + bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cose
        said = {
            "clientDataJSON": b64(self._client("webauthn.create", options["challenge"], origin)),
            "attestationObject": b64(cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})),
        }
        return json.dumps({"id": b64(self.id), "rawId": b64(self.id), "type": "public-key", "response": said})

    def answer(
        self, options, origin="http://localhost", rp_id="localhost", flags=PRESENT | VERIFIED, handle=None, private=None
    ) -> str:
        self.count += 1
        client = self._client("webauthn.get", options["challenge"], origin)
        data = self._authenticator(rp_id, flags)
        signature = (private or self.private).sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        said = {
            "clientDataJSON": b64(client),
            "authenticatorData": b64(data),
            "signature": b64(signature),
            "userHandle": handle or self.handle,
        }
        return json.dumps({"id": b64(self.id), "rawId": b64(self.id), "type": "public-key", "response": said})


def asked(person: Person) -> dict:
    return person.post("/admin/login/passkey/options").json


def opens(person: Person) -> bool:
    return person.client.get("/admin/").status_code == 200


def register(person: Person, key: Key, name: str = "Laptop kantor", **wrong):
    token = person.token(FACTOR)
    options = person.post(f"{FACTOR}passkey/options", token=token).json
    fields = {"credential": key.make(options, **wrong), "name": name}
    return person.post(f"{FACTOR}passkey/add", fields, token=token)


def sign_in(app, key: Key, **wrong) -> Person:
    person = Person(app)
    options = asked(person)
    person.post("/admin/login/passkey", {"credential": key.answer(options, **wrong)})
    return person


@pytest.fixture
def key(app) -> Key:
    """Sari's, registered."""
    made = Key()
    assert register(Person(app, "sari"), made).status_code == 200
    return made


def test_sari_registers_a_key_gets_ten_codes_and_signs_in_without_the_password(app, key, cast):
    row = db.session.query(Passkey).one()
    assert (row.name, row.staff_id, row.used_at) == ("Laptop kantor", cast["sari"].id, None)
    assert db.session.query(RecoveryCode).count() == 10
    assert [mail.facts["what"] for mail in db.session.query(Mail).filter_by(notice="factor_changed")] == [
        "passkey_added"
    ]
    sari = sign_in(app, key)
    assert opens(sari) and "Sari" in sari.get("/admin/me/").text
    db.session.expire_all()
    assert db.session.query(Passkey).one().used_at is not None


def test_a_key_satisfies_the_house_that_requires_a_second_factor(app, key, monkeypatch):
    monkeypatch.setitem(app.config, "SECOND_FACTOR", "required")
    assert opens(sign_in(app, key))


def test_after_the_password_the_key_is_the_second_factor_and_leads_where_one_was_going(app, key):
    sari = Person(app)
    assert sari.log_in("sari", next="/admin/keys/").headers["Location"] == "/admin/login/second"
    assert not opens(sari) and "Pakai passkey" in sari.get("/admin/login/second").text
    token = sari.token("/admin/login/second")
    options = sari.post("/admin/login/passkey/options", token=token).json
    answer = sari.post("/admin/login/passkey", {"credential": key.answer(options)}, token=token)
    assert (answer.headers["Location"], opens(sari)) == ("/admin/keys/", True)


WRONG = {
    "another origin": {"origin": "https://evil.example"},
    "another site's name": {"rp_id": "evil.example"},
    "nobody verified": {"flags": PRESENT},
    "nobody present": {"flags": VERIFIED},
    "another key's signature": {"private": ec.generate_private_key(ec.SECP256R1())},
    "another person's handle": {"handle": b64(b"x" * 48)},
}


@pytest.mark.parametrize("what", WRONG)
def test_s17_a_wrong_answer_opens_nothing(app, key, what):
    assert not opens(sign_in(app, key, **WRONG[what]))
    assert opens(sign_in(app, key))


@pytest.mark.parametrize("what", ["another origin", "another site's name", "nobody verified"])
def test_s17_a_wrong_registration_keeps_nothing(app, what):
    wrong = dict(WRONG[what])
    if "flags" in wrong:
        wrong["flags"] |= ATTESTED
    assert register(Person(app, "sari"), Key(), **wrong).headers["Location"] == FACTOR
    assert (db.session.query(Passkey).count(), db.session.query(RecoveryCode).count()) == (0, 0)


def test_s17_a_challenge_is_answered_once(app, key):
    sari = Person(app)
    options, cookie = asked(sari), None
    cookie = sari.client.get_cookie("sid").value
    answer = key.answer(options)
    token = sari.token()
    assert sari.post("/admin/login/passkey", {"credential": answer}).headers["Location"] == "/admin/"
    key.count += 1
    again = key.answer(options)
    for credential in (answer, again):
        thief = Person(app)
        thief.client.set_cookie("sid", cookie)
        thief.post("/admin/login/passkey", {"credential": credential}, token=token)
        assert not opens(thief)


def test_s17_a_challenge_lasts_five_minutes(app, key, monkeypatch):
    sari = Person(app)
    answer = key.answer(asked(sari))
    later = utcnow() + timedelta(minutes=5, seconds=1)
    monkeypatch.setattr(models.base.db, "clock", lambda: later)
    sari.post("/admin/login/passkey", {"credential": answer})
    assert not opens(sari)


def test_s17_without_a_challenge_or_with_somebody_elses_nothing_opens(app, key):
    other, sari = Person(app), Person(app)
    answer = key.answer(asked(other))
    asked(sari)
    sari.post("/admin/login/passkey", {"credential": answer})
    assert not opens(sari)
    bare = Person(app)
    bare.post("/admin/login/passkey", {"credential": answer})
    assert not opens(bare)


def test_s17_a_counter_that_goes_back_is_refused(app, key):
    key.count = 7
    assert opens(sign_in(app, key))
    key.count = 6
    assert not opens(sign_in(app, key))


@pytest.mark.parametrize("credential", ["", "{}", "x", "[]", json.dumps({"id": "a", "rawId": "b"}), "y" * 30_000])
def test_s17_nonsense_is_refused_without_a_fault(app, key, credential):
    person = Person(app)
    asked(person)
    answer = person.post("/admin/login/passkey", {"credential": credential})
    assert (answer.status_code, answer.headers["Location"], opens(person)) == (303, "/admin/login", False)


def test_s17_the_key_of_somebody_who_left_opens_nothing(app, key, cast):
    with write_transaction():
        db.session.get(Staff, cast["sari"].id).is_active = False
    assert not opens(sign_in(app, key))


def test_asking_for_a_challenge_leaves_no_row(app):
    asked(Person(app))
    assert db.session.query(SignInPass).count() == 0


def test_a_key_is_renamed_and_removed_by_its_owner_alone(app, key):
    pk = db.session.query(Passkey.id).scalar()
    tono = Person(app, "tono")
    assert tono.post(f"{FACTOR}passkey/{pk}/rename", {"name": "x"}).status_code == 404
    assert tono.post(f"{FACTOR}passkey/{pk}/remove").status_code == 404
    sari = sign_in(app, key)
    sari.post(f"{FACTOR}passkey/{pk}/rename", {"name": "Ponsel saya"})
    assert "Ponsel saya" in sari.get(FACTOR).text
    sari.post(f"{FACTOR}passkey/{pk}/remove")
    assert (db.session.query(Passkey).count(), db.session.query(RecoveryCode).count()) == (0, 0)
    assert not opens(sign_in(app, key))
    assert Person(app).log_in("sari").headers["Location"] == "/admin/"


def test_a_device_is_not_registered_twice(app, key):
    sari = sign_in(app, key)
    assert register(sari, key).headers["Location"] == FACTOR
    assert db.session.query(Passkey).count() == 1


@pytest.mark.parametrize("base", ["http://192.168.1.5:5000", "https://[2001:db8::1]", "http://helpdesk.example"])
def test_at_an_address_that_browsers_refuse_the_page_says_why_and_offers_the_app(app, monkeypatch, base):
    monkeypatch.setitem(app.config, "BASE_URL", base)
    sari = Person(app, "sari")
    page = sari.get(FACTOR).text
    assert "Passkey terikat pada nama situs" in page and "Pasang aplikasi kode" in page
    assert "data-passkey" not in page and "data-passkey" not in Person(app).get("/admin/login").text
    assert sari.post(f"{FACTOR}passkey/options").status_code == 404
    assert re.search("Kata sandi", Person(app).get("/admin/login").text)


def test_what_is_grave_goes_on_with_ones_own_passkey_too_and_the_old_cookie_opens_nothing(app, key):
    sari = sign_in(app, key)
    grow_old()
    asked_again = sari.post(f"{FACTOR}codes")
    assert asked_again.status_code == 401 and "Pakai passkey" in asked_again.text
    before = sari.client.get_cookie(app.config["SESSION_COOKIE_NAME"]).value
    typed = kept(asked_again.text)
    answer = sari.post(f"{FACTOR}codes", {KEPT: typed, "credential": key.answer(asked(sari))})
    assert answer.status_code == 200 and "Simpan sepuluh kode ini" in answer.text
    assert opens(sari)
    thief = Person(app)
    thief.client.set_cookie(app.config["SESSION_COOKIE_NAME"], before)
    assert not opens(thief)


@pytest.mark.parametrize("wrong", [{"flags": PRESENT}, {"origin": "https://evil.example"}, {"handle": b64(b"x" * 48)}])
def test_s17_what_is_grave_does_not_go_on_with_a_wrong_answer(app, key, wrong):
    sari = sign_in(app, key)
    grow_old()
    typed = kept(sari.post(f"{FACTOR}codes").text)
    answer = sari.post(f"{FACTOR}codes", {KEPT: typed, "credential": key.answer(asked(sari), **wrong)})
    assert answer.status_code == 401


def test_s17_what_is_grave_does_not_go_on_with_somebody_elses_passkey(app, key):
    budi = Person(app, "budi")
    grow_old()
    typed = kept(budi.post(f"{FACTOR}codes").text)
    answer = budi.post(f"{FACTOR}codes", {KEPT: typed, "credential": key.answer(asked(budi))})
    assert answer.status_code == 401
