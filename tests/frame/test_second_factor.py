"""The second factor of staff: app, recovery codes, enforcement, loss (security.md S9)."""

from __future__ import annotations

import re
from datetime import timedelta

import pyotp
import pytest

import models.base.db
from models.base.db import db, utcnow, write_transaction
from models.organisation.audit import AuditEntry
from models.organisation.pending_change import PendingChange
from models.organisation.second_factor import Authenticator, RecoveryCode
from models.organisation.sessions import StaffSession
from models.organisation.sign_in_pass import SignInPass
from models.organisation.staff import Staff
from models.tickets.outbox import Mail
from procedures.organisation import second_factor
from tests.browse import Person

SECOND = "/admin/login/second"
FACTOR = "/admin/me/factor/"


def at(monkeypatch, moment) -> None:
    monkeypatch.setattr(models.base.db, "clock", lambda: moment)


def code_of(secret: str, half_minutes: int = 0) -> str:
    return pyotp.TOTP(secret).at(int(utcnow().timestamp()) + 30 * half_minutes)


def enrol(person: Person) -> tuple[str, list[str]]:
    """The secret and the ten recovery codes, as the person sees them."""
    token = person.token(FACTOR)
    page = person.post(f"{FACTOR}totp", token=token, follow_redirects=True).text
    secret = re.search(r'pk-wrap-any">([A-Z2-7 ]+)<', page)[1].replace(" ", "")
    shown = person.post(f"{FACTOR}totp/confirm", {"code": code_of(secret)}, token=token)
    assert shown.status_code == 200, shown.text[:2000]
    return secret, re.findall(r'<li class="pk-num">([^<]+)</li>', shown.text)


@pytest.fixture
def enrolled(app, monkeypatch):
    """Sari with an app on her telephone, a minute later and logged out."""
    sari = Person(app, "sari")
    secret, codes = enrol(sari)
    sari.post("/admin/logout")
    moment = utcnow() + timedelta(minutes=1)
    at(monkeypatch, moment)
    return secret, codes


@pytest.fixture
def enforced(app, monkeypatch):
    monkeypatch.setitem(app.config, "SECOND_FACTOR", "required")


def opens(person: Person) -> bool:
    return person.client.get("/admin/").status_code == 200


def with_password(app, username: str = "sari", **more: str) -> Person:
    person = Person(app)
    answer = person.log_in(username, **more)
    assert (answer.status_code, answer.headers["Location"]) == (303, SECOND)
    return person


def test_s9_the_app_is_asked_after_the_password_and_nothing_opens_before(app, enrolled):
    sari = with_password(app)
    assert not opens(sari)
    assert sari.post(SECOND, {"code": "000000"}).status_code == 401
    answer = sari.post(SECOND, {"code": code_of(enrolled[0])})
    assert (answer.status_code, answer.headers["Location"], opens(sari)) == (303, "/admin/", True)


def test_s9_a_code_opens_once(app, enrolled):
    code = code_of(enrolled[0])
    first, second = with_password(app), with_password(app)
    assert first.post(SECOND, {"code": code}).status_code == 303
    assert second.post(SECOND, {"code": code}).status_code == 401
    assert not opens(second)


@pytest.mark.parametrize(("half_minutes", "status"), [(-2, 401), (-1, 303), (0, 303), (1, 303), (2, 401)])
def test_s9_a_clock_may_be_half_a_minute_off_and_no_more(app, enrolled, half_minutes, status):
    assert with_password(app).post(SECOND, {"code": code_of(enrolled[0], half_minutes)}).status_code == status


def test_s9_after_a_code_older_ones_are_refused_too(app, enrolled):
    assert with_password(app).post(SECOND, {"code": code_of(enrolled[0], 1)}).status_code == 303
    assert with_password(app).post(SECOND, {"code": code_of(enrolled[0])}).status_code == 401


def test_s9_five_wrong_codes_ask_for_the_password_again_and_slow_down(app, enrolled):
    stranger = with_password(app)
    codes = [stranger.post(SECOND, {"code": "000000"}).status_code for _n in range(5)]
    assert codes == [401] * 4 + [303]
    assert stranger.get(SECOND).headers["Location"] == "/admin/login"
    again = with_password(app)
    assert again.post(SECOND, {"code": code_of(enrolled[0])}).status_code == 429


def test_s14_a_strangers_wrong_codes_never_make_a_known_device_wait(app, monkeypatch):
    sari = Person(app, "sari")
    secret, _codes = enrol(sari)
    sari.post("/admin/logout")
    at(monkeypatch, utcnow() + timedelta(minutes=1))
    stranger = with_password(app)
    for _n in range(5):
        stranger.post(SECOND, {"code": "000000"})
    assert sari.log_in("sari").headers["Location"] == SECOND
    assert sari.post(SECOND, {"code": code_of(secret)}).status_code == 303


def test_s9_a_recovery_code_opens_once_and_the_person_hears_of_it(app, enrolled, cast):
    codes = enrolled[1]
    assert len(set(codes)) == 10
    assert with_password(app).post(SECOND, {"code": codes[3].upper()}).status_code == 303
    assert with_password(app).post(SECOND, {"code": codes[3]}).status_code == 401
    assert with_password(app).post(SECOND, {"code": codes[4]}).status_code == 303
    told = [mail.facts["what"] for mail in db.session.query(Mail).filter_by(notice="factor_changed")]
    assert told == ["totp_added", "code_used", "code_used"]


def test_s9_neither_secret_nor_codes_stand_readable_in_any_row(app, enrolled):
    secret, codes = enrolled
    rows = [vars(row) for model in (Authenticator, RecoveryCode, AuditEntry, Mail) for row in db.session.query(model)]
    text = str(rows)
    assert secret not in text
    assert not any(code in text or code.replace("-", "") in text for code in codes)


def test_s9_new_recovery_codes_void_the_old_ones(app, enrolled):
    sari = with_password(app)
    sari.post(SECOND, {"code": code_of(enrolled[0])})
    shown = sari.post(f"{FACTOR}codes").text
    fresh = re.findall(r'<li class="pk-num">([^<]+)</li>', shown)
    assert with_password(app).post(SECOND, {"code": enrolled[1][0]}).status_code == 401
    assert with_password(app).post(SECOND, {"code": fresh[0]}).status_code == 303


def test_s9_a_sign_in_on_its_way_ends_after_ten_minutes(app, enrolled, monkeypatch):
    sari = with_password(app)
    at(monkeypatch, utcnow() + timedelta(minutes=11))
    assert sari.post(SECOND, {"code": code_of(enrolled[0])}).headers["Location"] == "/admin/login"
    assert not opens(sari)


def test_s9_a_copied_cookie_of_the_second_step_opens_nothing_after_it(app, enrolled, monkeypatch):
    sari = with_password(app)
    copied = sari.client.get_cookie("sid").value
    sari.post(SECOND, {"code": code_of(enrolled[0])})
    at(monkeypatch, utcnow() + timedelta(minutes=1))
    thief = Person(app)
    thief.client.set_cookie("sid", copied)
    assert thief.client.get(SECOND).headers["Location"] == "/admin/login"
    assert db.session.query(SignInPass).count() == 0


def test_s1_preparing_or_removing_the_app_ends_every_other_session(app, monkeypatch):
    sari, elsewhere = Person(app, "sari"), Person(app, "sari")
    enrol(sari)
    assert (opens(sari), opens(elsewhere)) == (True, False)
    with write_transaction():
        db.session.add(StaffSession(token_hash="x", staff_id=db.session.query(Staff).filter_by(username="sari").one().id, ends_at=utcnow() + timedelta(hours=1)))  # fmt: skip
    sari.post(f"{FACTOR}totp/remove")
    assert (opens(sari), db.session.query(StaffSession).count()) == (True, 1)
    assert (db.session.query(Authenticator).count(), db.session.query(RecoveryCode).count()) == (0, 0)
    assert Person(app).log_in("sari").headers["Location"] == "/admin/"


def test_a_wrong_first_code_confirms_nothing(app):
    sari = Person(app, "sari")
    sari.post(f"{FACTOR}totp")
    assert sari.post(f"{FACTOR}totp/confirm", {"code": "000000"}).status_code == 422
    assert Person(app).log_in("sari").headers["Location"] == "/admin/"


def test_typed_words_survive_the_second_step(app, enrolled):
    from web.lost_session import keep

    with app.test_request_context():
        kept = keep("/admin/ticket/1/do/reply", {"text": "Kami sudah memeriksa tiga titik akses."})
    sari = with_password(app, kept=kept, next="/admin/keys/")
    answer = sari.post(SECOND, {"code": code_of(enrolled[0])}, follow_redirects=True)
    assert "Tulisan Anda tersimpan" in answer.text and answer.request.path == "/admin/keys/"


@pytest.mark.parametrize("username", ["rudi", "budi", "rina", "hadi", "sari"])
def test_s9_where_it_is_required_one_prepares_it_before_anything_else(app, enforced, username):
    person = Person(app, username)
    for path in ("/admin/", "/admin/ticket/", "/admin/me/", "/admin/staff/"):
        assert person.client.get(path).headers.get("Location") == FACTOR, path
    assert "Siapkan faktor kedua dulu" in person.get(FACTOR).text
    enrol(person)
    assert opens(person)


@pytest.mark.parametrize("username", ["tono", "lina", "wati", "ketua"])
def test_where_it_is_required_others_go_on_without(app, enforced, username):
    assert opens(Person(app, username))


def test_where_it_is_required_taking_it_off_leads_to_a_new_one(app, enforced):
    sari = Person(app, "sari")
    enrol(sari)
    sari.post(f"{FACTOR}totp/remove", token=sari.token(FACTOR))
    assert sari.client.get("/admin/").headers["Location"] == FACTOR


def test_where_it_is_offered_nobody_is_held_up(app):
    assert opens(Person(app, "rudi"))


def ask_reset(rudi: Person, staff_id: int):
    return rudi.post(f"/admin/staff/reset_factor/?id={staff_id}", {"proof": "national_card", "number_end": "0023"})


def test_s9_a_lost_factor_is_reset_by_two_people_after_a_proof(app, enrolled, cast):
    rudi, budi, staff_id = Person(app, "rudi"), Person(app, "budi"), cast["sari"].id
    assert rudi.post(f"/admin/staff/reset_factor/?id={staff_id}", {"proof": "national_card"}).status_code == 422
    assert ask_reset(rudi, staff_id).status_code == 303
    change = db.session.query(PendingChange).one()
    change_id = change.id
    assert (change.kind, change.what) == ("factor_reset", "KTP ••••0023")
    told = {mail.recipient for mail in db.session.query(Mail).filter_by(notice="change_asked")}
    assert {cast["sari"].email, cast["budi"].email} <= told
    rudi.post(f"/admin/pending_change/confirm/?id={change_id}")  # who asked does not decide
    assert with_password(app)
    assert budi.post(f"/admin/pending_change/confirm/?id={change_id}").status_code == 303
    assert Person(app).log_in("sari").headers["Location"] == "/admin/"
    assert db.session.query(Authenticator).count() == 0
    assert {row.act for row in db.session.query(AuditEntry)} >= {"ask_change", "confirm_change"}
    assert db.session.query(Mail).filter_by(notice="change_decided", recipient=cast["sari"].email).count() == 1


def test_nobody_asks_for_a_reset_of_their_own(app, cast, monkeypatch):
    rudi = Person(app, "rudi")
    enrol(rudi)
    assert ask_reset(rudi, cast["rudi"].id).headers["Location"] == f"/admin/staff/details/?id={cast['rudi'].id}"
    assert db.session.query(PendingChange).count() == 0


def test_the_command_on_the_server_resets_and_tells(app, enrolled, cast):
    ran = app.test_cli_runner().invoke(args=["reset-second-factor", "sari"])
    assert (ran.exit_code, "all sessions ended" in ran.output) == (0, True), ran.output
    assert app.test_cli_runner().invoke(args=["reset-second-factor", "nobody"]).exit_code == 1
    assert Person(app).log_in("sari").headers["Location"] == "/admin/"
    told = {
        m.recipient for m in db.session.query(Mail).filter_by(notice="factor_changed") if m.facts["what"] == "reset"
    }
    assert told == {cast["sari"].email, cast["budi"].email}


def test_a_secret_of_another_key_opens_nothing_and_breaks_nothing(app, enrolled, monkeypatch):
    sari = with_password(app)
    code = code_of(enrolled[0])
    with write_transaction():
        db.session.query(Authenticator).one().sealed = second_factor.seal("x", "totp:0")
    assert sari.post(SECOND, {"code": code}).status_code == 401


def test_production_requires_it():
    import os
    import subprocess
    import sys

    from tests.frame.test_sessions import ROOT

    safe = {
        "HELPDESK_ENV": "production", "SECRET_KEY": "x9" * 10 + "abcdefghijklmnop", "LINK_KEY": "k1:" + "y8zabcdefgh" * 5,
        "BASE_URL": "https://helpdesk.example", "INSTANCE_PATH": "/tmp", "PATH": os.environ["PATH"],
    }  # fmt: skip
    program = "import config; print(config.load()['SECOND_FACTOR'])"
    ran = [
        subprocess.run([sys.executable, "-c", program], cwd=ROOT, env={**safe, **more}, capture_output=True, text=True)
        for more in ({}, {"SECOND_FACTOR": "offered"}, {"HELPDESK_ENV": "development"})
    ]
    assert [one.stdout.strip() for one in ran] == ["required", "", "offered"]
    assert "SECOND_FACTOR must be required" in ran[1].stderr
