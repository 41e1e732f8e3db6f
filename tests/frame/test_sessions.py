"""Logins and sessions: security.md D5–D7, D13, S1–S5, S7, S10, R4."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

import models.base.db
from models.base.db import db, utcnow, write_transaction
from models.organisation.audit import AuditEntry
from models.organisation.roles import Role
from models.organisation.sessions import FailedLogin, StaffSession, StaffToken
from models.organisation.staff import Staff
from models.tickets.draft import Draft
from models.tickets.outbox import Mail
from tests.browse import TOKEN, Person
from tests.conftest import PASSWORD
from tests.walk import file_complaint

NEW_PASSWORD = "gulai-ikan-karang-pantai"
ROOT = Path(__file__).resolve().parent.parent.parent


def opens(person: Person) -> bool:
    return person.client.get("/admin/").status_code == 200


def cookie(person: Person) -> str:
    return person.client.get_cookie("sid").value


def with_cookie(app, value: str) -> Person:
    thief = Person(app)
    thief.client.set_cookie("sid", value)
    return thief


def test_s1_a_copied_cookie_opens_nothing_after_logout(app):
    sari = Person(app, "sari")
    copied = cookie(sari)
    assert opens(with_cookie(app, copied))
    sari.post("/admin/logout")
    assert not opens(with_cookie(app, copied))


def test_s1_a_password_change_ends_every_other_session(app):
    sari, elsewhere = Person(app, "sari"), Person(app, "sari")
    answer = sari.post("/admin/me/", {"password": PASSWORD, "new_password": NEW_PASSWORD, "repeat": NEW_PASSWORD})
    assert (answer.status_code, opens(sari), opens(elsewhere)) == (303, True, False)
    assert Person(app).log_in("sari", PASSWORD).status_code == 401


def test_s1_disabling_and_role_change_end_the_session_within_one_request(app, cast):
    lina, tono, rudi = Person(app, "lina"), Person(app, "tono"), Person(app, "rudi")
    for person, change in (
        (cast["lina"], {"role_names": ["operator"], "is_active": "y"}),
        (cast["tono"], {"role_names": ["staff_networking"]}),
    ):
        page = rudi.get(f"/admin/staff/edit/?id={person.id}").text
        seen = page.split('name="seen" value="')[1].split('"')[0]
        fields = {
            "username": person.username,
            "name": person.name,
            "email": person.email,
            "language": "id",
            "seen": seen,
            **change,
        }
        assert rudi.post(f"/admin/staff/edit/?id={person.id}", fields).status_code == 303
    assert (opens(lina), opens(tono)) == (False, False)


def test_s1_a_person_disabled_elsewhere_is_out_at_the_next_request(app, cast):
    lina = Person(app, "lina")
    with write_transaction():
        db.session.get(Staff, cast["lina"].id).is_active = False
    assert lina.client.get("/admin/").headers["Location"] == "/admin/login?next=/admin/"


def test_s1_eight_hours_end_a_session_that_was_never_idle(app, monkeypatch):
    sari, started = Person(app, "sari"), utcnow()
    found = []
    for minutes in range(25, 9 * 60, 25):
        monkeypatch.setattr(models.base.db, "clock", lambda m=minutes: started + timedelta(minutes=m))
        found.append(opens(sari))
    assert found == [25 * (n + 1) <= 8 * 60 for n in range(len(found))]


def test_s1_an_idle_session_ends(app, monkeypatch):
    sari = Person(app, "sari")
    later = utcnow() + timedelta(minutes=31)
    monkeypatch.setattr(models.base.db, "clock", lambda: later)
    assert not opens(sari)


def test_s2_what_was_planted_before_the_login_is_gone(app):
    sari = Person(app)
    sari.client.get("/admin/login")
    with sari.client.session_transaction() as session:
        session["planted"] = "by a stranger"
    sari.log_in("sari")
    with sari.client.session_transaction() as session:
        assert "planted" not in session
    flags = sari.client.get_cookie("sid")
    assert (flags.http_only, flags.same_site) == (True, "Lax")


def test_s3_failed_tries_slow_down_and_never_lock(app, monkeypatch):
    stranger = Person(app)
    codes = [stranger.log_in("sari", f"wrong-{n}").status_code for n in range(7)]
    assert codes == [401] * 5 + [429, 429]
    assert Person(app).log_in("sari").status_code == 429
    later = utcnow() + timedelta(minutes=16)
    monkeypatch.setattr(models.base.db, "clock", lambda: later)
    assert Person(app).log_in("sari").status_code == 303


def test_s3_twenty_failures_are_on_record(app, monkeypatch):
    stranger = Person(app)
    for _n in range(20):
        later = utcnow() + timedelta(minutes=16)
        monkeypatch.setattr(models.base.db, "clock", lambda later=later: later)
        stranger.log_in("sari", "wrong")
    alerts = [row.object_id.split(":")[0] for row in db.session.query(AuditEntry).filter_by(act="login:alert")]
    assert sorted(alerts) == ["account", "address"]


def test_s14_a_stranger_who_guesses_never_makes_a_known_device_wait(app):
    """Sari's own browser, which has been logged in once, on the same campus address as whoever guesses."""
    sari = Person(app, "sari")
    sari.post("/admin/logout")
    stranger = Person(app)
    assert [stranger.log_in("sari", f"wrong-{n}").status_code for n in range(60)][-1] == 429
    assert sari.log_in("sari").status_code == 303
    codes = [Person(app).log_in("tono", f"wrong-{n}").status_code for n in range(3)]
    assert set(codes) <= {401, 429}


def test_s14_a_known_device_stays_known_after_the_secret_key_was_changed(app, monkeypatch):
    sari = Person(app, "sari")
    sari.post("/admin/logout")
    monkeypatch.setitem(app.config, "SECRET_KEY_FALLBACKS", [app.config["SECRET_KEY"]])
    monkeypatch.setitem(app.config, "SECRET_KEY", "another-secret-key-of-the-house")
    stranger = Person(app)
    assert [stranger.log_in("sari", f"wrong-{n}").status_code for n in range(6)][-1] == 429
    assert sari.log_in("sari").status_code == 303


def test_s14_a_mark_of_somebody_elses_or_a_forged_one_frees_nobody(app):
    tono = Person(app, "tono")
    tono.post("/admin/logout")
    codes = [tono.log_in("sari", f"wrong-{n}").status_code for n in range(7)]
    assert codes == [401] * 5 + [429, 429]
    forged = Person(app)
    forged.client.set_cookie("device", "WyJzYXJpIl0.aaaa.bbbb")
    assert forged.log_in("sari").status_code == 429


def test_s3_a_networks_failures_hold_others_up_by_seconds_at_most(app, monkeypatch):
    for n in range(60):
        Person(app).log_in(f"nama-{n}", "wrong")
    later = utcnow() + timedelta(seconds=5)
    monkeypatch.setattr(models.base.db, "clock", lambda: later)
    assert Person(app).log_in("sari").status_code == 303


def test_s15_wrong_passwords_on_ones_own_page_are_counted_slowed_and_told(app, cast, monkeypatch):
    sari = Person(app, "sari")
    fields = {"password": "salah", "new_password": NEW_PASSWORD, "repeat": NEW_PASSWORD}
    pages = [sari.post("/admin/me/", fields).text for _n in range(6)]
    assert ["Terlalu banyak percobaan" in page for page in pages] == [False] * 5 + [True]
    assert "Terlalu banyak percobaan" in sari.post("/admin/me/", {**fields, "password": PASSWORD}).text
    for _n in range(15):
        later = utcnow() + timedelta(minutes=16)
        monkeypatch.setattr(models.base.db, "clock", lambda later=later: later)
        with write_transaction():
            db.session.query(StaffSession).update({"seen_at": utcnow(), "ends_at": utcnow() + timedelta(hours=1)})
        sari.post("/admin/me/", fields)
    told = {mail.recipient for mail in db.session.query(Mail).filter_by(notice="login_alert")}
    assert told == {cast["sari"].email, cast["rudi"].email}


def test_s4_an_unknown_name_and_a_wrong_password_read_alike(app):
    def words(name: str) -> str:
        page = Person(app).log_in(name, "wrong-password").text
        return re.sub(r' nonce="[^"]+"', "", TOKEN.sub("", page)).replace(name, "NAME")

    assert words("sari") == words("tidak-ada")


def test_s4_an_unknown_name_costs_one_hash_too(app, monkeypatch):
    from models.organisation import staff

    hashed = []
    verify = staff.PasswordHasher.verify
    monkeypatch.setattr(staff.PasswordHasher, "verify", lambda self, *a: hashed.append(a) or verify(self, *a))
    Person(app).log_in("tidak-ada", "wrong-password")
    Person(app).log_in("sari", "wrong-password")
    assert len(hashed) == 2


def test_s5_an_invitation_works_once_in_time_and_voids_the_older_one(app, cast, monkeypatch):
    rudi = Person(app, "rudi")
    staff_id = cast["yusuf"].id
    first, second = (
        rudi.post(f"/admin/staff/invite/?id={staff_id}").text.split("/admin/invite/")[1].split("<")[0]
        for _n in range(2)
    )
    fields = {"new_password": NEW_PASSWORD, "repeat": NEW_PASSWORD}
    assert Person(app).post(f"/admin/invite/{first}", fields).status_code == 404
    assert Person(app).post("/admin/invite/" + "", fields).status_code == 404
    assert Person(app).post(f"/admin/invite/{second}", fields).status_code == 303
    assert Person(app).post(f"/admin/invite/{second}", fields).status_code == 404
    assert Person(app).log_in("yusuf", NEW_PASSWORD).status_code == 303
    assert second not in str([t.token_hash for t in db.session.query(StaffToken)])
    third = rudi.post(f"/admin/staff/invite/?id={staff_id}").text.split("/admin/invite/")[1].split("<")[0]
    later = utcnow() + timedelta(minutes=31)
    monkeypatch.setattr(models.base.db, "clock", lambda: later)
    assert Person(app).get(f"/admin/invite/{third}").status_code == 404


@pytest.mark.parametrize(
    "password",
    [
        "pendek",
        "pustikom-padang-2026",
        "aaaaaaaaaaaaaa",
        "sari-sari-123456",
        "password12345",
        "1q2w3e4r5t6y",
        "Sunshine!2026",
    ],
)
def test_a_password_that_anyone_would_guess_is_refused(app, password):
    sari = Person(app, "sari")
    answer = sari.post("/admin/me/", {"password": PASSWORD, "new_password": password, "repeat": password})
    assert answer.status_code == 422
    assert Person(app).log_in("sari").status_code == 303


def test_the_list_of_stolen_passwords_is_long_and_a_phrase_of_ones_own_is_not_on_it():
    from admin_views.frame.sign_in.password_rules import STOLEN, _is_stolen

    assert len(set(STOLEN.read_text().splitlines())) >= 20_000
    assert _is_stolen("qwertyuiop") and _is_stolen("sunshine!2026") and not _is_stolen(NEW_PASSWORD)


def test_s7_a_forged_forwarded_address_is_not_believed(app):
    stranger = Person(app)
    for n in range(6):
        stranger.post(
            "/admin/login", {"username": "sari", "password": "wrong"}, headers={"X-Forwarded-For": f"10.0.0.{n}"}
        )
    assert {row.key for row in db.session.query(FailedLogin) if row.key.startswith("address:")} == {"address:127.0.0.1"}


def start(place: Path, program: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A production start in a process of its own."""
    safe = {
        "HELPDESK_ENV": "production",
        "SECRET_KEY": "x9" * 10 + "abcdefghijklmnop",
        "LINK_KEY": "k1:" + "y8zabcdefgh" * 5,
        "BASE_URL": "https://helpdesk.example",
        "INSTANCE_PATH": str(place),
        "PATH": "/usr/bin",
    }
    command = [sys.executable, "-c", program]
    return subprocess.run(command, cwd=ROOT, env={**safe, **environment}, capture_output=True, text=True)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("SECRET_KEY", ""),
        ("SECRET_KEY", "dev"),
        ("LINK_KEY", ""),
        ("BASE_URL", "http://helpdesk.example"),
        ("FLASK_DEBUG", "1"),
    ],
)
def test_s10_production_refuses_to_start_unsafely(tmp_path, key, value):
    refused = start(tmp_path, "import config; config.load()", **{key: value})
    assert refused.returncode != 0
    assert "ConfigError" in refused.stderr and key in refused.stderr


@pytest.mark.slow
def test_s10_production_starts_safely_with_passwords_hashed_as_owasp_asks(tmp_path):
    program = "from app import create_app; print(create_app().config['PASSWORD_COST'])"
    started, refused = start(tmp_path, program), start(tmp_path, program, SECRET_KEY="dev")
    assert (started.stdout, started.returncode) == ("(2, 19456)\n", 0), started.stderr[-800:]
    assert (refused.stdout, refused.returncode != 0) == ("", True)


def test_d5_a_logout_by_image_and_a_login_without_token_do_nothing(app):
    sari = Person(app, "sari")
    assert sari.client.get("/admin/logout").status_code == 405
    assert opens(sari)
    assert Person(app).client.post("/admin/login", data={"username": "sari", "password": PASSWORD}).status_code == 400


def test_d6_smuggled_fields_go_nowhere(app, cast):
    rudi = Person(app, "rudi")
    person = cast["lina"]
    seen = rudi.get(f"/admin/staff/edit/?id={person.id}").text.split('name="seen" value="')[1].split('"')[0]
    before = person.password_hash
    rudi.post(
        f"/admin/staff/edit/?id={person.id}",
        {
            "username": "lina",
            "name": "Lina",
            "language": "id",
            "seen": seen,
            "is_active": "y",
            "role_names": ["staff_systems"],
            "password_hash": "x",
            "id": "1",
            "is_demo": "y",
            "created_at": "2020-01-01",
        },
    )
    db.session.expire_all()
    lina = db.session.get(Staff, person.id)
    assert (lina.password_hash, lina.id) == (before, person.id)


def test_d7_nobody_raises_themselves_and_the_last_administrator_stays(app, cast):
    rudi = Person(app, "rudi")
    me = cast["rudi"]
    seen = rudi.get(f"/admin/staff/edit/?id={me.id}").text.split('name="seen" value="')[1].split('"')[0]
    fields = {"username": "rudi", "name": "Rudi", "language": "id", "seen": seen, "is_active": "y"}
    for roles in (["administrator", "head_of_centre"], []):
        assert rudi.post(f"/admin/staff/edit/?id={me.id}", {**fields, "role_names": roles}).status_code == 422
    db.session.expire_all()
    assert db.session.get(Staff, me.id).roles == {Role.ADMINISTRATOR}


@pytest.mark.parametrize(
    "target", ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", "\t//evil"]
)
def test_d13_next_leads_only_to_own_paths(app, target):
    answer = Person(app).log_in("sari", next=target)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/admin/")


def test_a_lost_session_keeps_the_long_reply(app, cast):
    ticket_id, number = (lambda t: (t.id, t.number))(file_complaint())
    tono = Person(app, "tono")
    token = tono.token()
    with write_transaction():
        StaffSession.end_all(cast["tono"].id)
    words = "Kami sudah memeriksa tiga titik akses dan menemukan penyebabnya. " * 5
    lost = tono.post(f"/admin/ticket/{ticket_id}/do/reply", {"text": words}, token=token)
    assert lost.status_code == 401
    kept = lost.text.split('name="kept" value="')[1].split('"')[0]
    back = lost.text.split('name="next" value="')[1].split('"')[0]
    answer = tono.post(
        "/admin/login",
        {"username": "tono", "password": PASSWORD, "kept": kept, "next": back},
        token=TOKEN.search(lost.text)[1],
    )
    page = tono.get(answer.headers["Location"]).text
    assert words.strip() in page and number in page
    tono.post(f"/admin/ticket/{ticket_id}/do/reply", {"text": words})
    assert db.session.query(Draft).count() == 0


def test_r4_a_right_that_is_revoked_while_the_form_is_open_is_refused(app, cast):
    ticket_id = file_complaint().id
    tono = Person(app, "tono")
    assert "Mulai tindak lanjut" in tono.get(f"/admin/ticket/details/?id={ticket_id}").text
    with write_transaction():
        db.session.get(Staff, cast["tono"].id).roles = {Role.VIEWER}
    answer = tono.post(f"/admin/ticket/{ticket_id}/do/follow_up", {"text": ""})
    assert answer.status_code == 403
