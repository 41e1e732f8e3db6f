"""Sesi saya: devices, places, last seen; one, the others and all of them ended at once."""

from __future__ import annotations

import re
from datetime import timedelta

import models.base.db
from models.base.db import db, utcnow
from models.organisation.audit import AuditEntry
from models.organisation.sessions import StaffSession
from tests.browse import Person
from tests.frame.test_sessions import opens

PHONE = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Mobile Safari/537.36"
)
HOME = "/admin/me/sessions/"


def on_phone(app, username: str) -> Person:
    person = Person(app)
    person.client.environ_base["HTTP_USER_AGENT"] = PHONE
    person.client.environ_base["REMOTE_ADDR"] = "10.20.30.40"
    person.log_in(username)
    return person


def ids(page: str) -> list[str]:
    return re.findall(r'name="which" value="(\d+)"', page)


def test_sari_sees_her_devices_and_places_and_nobody_elses(app):
    sari, _phone, _tono = Person(app, "sari"), on_phone(app, "sari"), Person(app, "tono")
    page = sari.get(HOME).text
    assert len(ids(page)) == 2
    assert "Chrome di Android" in page and "10.20.30.40" in page
    assert page.count(">perangkat ini<") == 1


def test_one_session_ended_is_refused_at_once_and_the_rest_goes_on(app):
    sari, phone = Person(app, "sari"), on_phone(app, "sari")
    (row,) = db.session.query(StaffSession).filter(StaffSession.device.contains("Android"))
    assert sari.post(f"{HOME}end", {"which": str(row.id)}).status_code == 303
    assert (opens(sari), opens(phone)) == (True, False)
    assert db.session.query(AuditEntry).filter_by(act="end_session").count() == 1


def test_the_others_or_all_end(app):
    sari, phone, tono = Person(app, "sari"), on_phone(app, "sari"), Person(app, "tono")
    sari.post(f"{HOME}end", {"which": "others"})
    assert (opens(sari), opens(phone), opens(tono)) == (True, False, True)
    phone = on_phone(app, "sari")
    assert sari.post(f"{HOME}end", {"which": "all"}).headers["Location"] == "/admin/login"
    assert (opens(sari), opens(phone), opens(tono)) == (False, False, True)


def test_nobody_ends_somebody_elses_session(app):
    sari, tono = Person(app, "sari"), Person(app, "tono")
    (his,) = ids(tono.get(HOME).text)
    sari.post(f"{HOME}end", {"which": his})
    assert opens(tono)
    for which in ("", "-1", "x", "1 or 1"):
        assert sari.post(f"{HOME}end", {"which": which}).status_code == 400


def test_a_session_that_went_idle_is_not_listed(app, monkeypatch):
    Person(app, "sari")
    later = utcnow() + timedelta(minutes=31)
    monkeypatch.setattr(models.base.db, "clock", lambda: later)
    sari = Person(app, "sari")
    assert len(ids(sari.get(HOME).text)) == 1


def test_last_seen_is_written_once_a_minute_at_most(app, monkeypatch):
    sari, started = Person(app, "sari"), utcnow()
    written = []
    for seconds in (10, 50, 70, 100, 140):
        monkeypatch.setattr(models.base.db, "clock", lambda s=seconds: started + timedelta(seconds=s))
        sari.client.get("/admin/keys/")
        written.append(round((db.session.query(StaffSession).one().seen_at - started).total_seconds()))
        db.session.rollback()
    assert written == [0, 0, 70, 70, 140]


def test_s1_who_signs_in_over_an_open_session_leaves_none_behind(app, cast):
    sari = Person(app, "sari")
    old = sari.client.get_cookie(app.config["SESSION_COOKIE_NAME"]).value
    sari.log_in("sari")
    assert db.session.query(StaffSession).filter_by(staff_id=cast["sari"].id).count() == 1
    thief = Person(app)
    thief.client.set_cookie(app.config["SESSION_COOKIE_NAME"], old)
    assert thief.client.get("/admin/").status_code == 302
