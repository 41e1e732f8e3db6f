"""What an administrator sees first: how the installation stands, what waits, and only what their role may open."""

from __future__ import annotations

from datetime import timedelta

import pytest

from admin_views.tickets.desk.house_desk import house_of
from gateways.files.last_backup import note_backup
from models.base.db import db, utcnow, write_transaction
from models.base.health_check import HealthCheck
from models.base.heartbeat import beat
from models.organisation import audit
from models.organisation.pending_change import OPEN_FOR, PendingChange
from models.organisation.sessions import FailedLogin
from models.organisation.staff import Staff
from models.tickets.mailbox import Mailbox
from models.tickets.outbox import Mail, MailState
from tests.browse import Person
from tests.walk import file_complaint


@pytest.fixture
def well(app):
    """A worker is there and a backup was just made."""
    with write_transaction():
        beat("w", {})
    note_backup()


def _desk(app, name="rudi"):
    return Person(app, name).get("/admin/").text


def test_administrator_reads_that_all_is_well(app, cast, well):
    page = _desk(app)
    assert "Tidak ada yang menunggu Anda" in page and '<a href="#h-keadaan"><b>0</b>' in page
    assert page.count("pk-chip--stop") == 0 and "Pekerja latar" in page and "Cadangan" in page


def test_without_a_worker_and_with_an_old_backup_both_are_to_be_looked_at(app, cast, monkeypatch):
    two_days_ago = utcnow() - timedelta(days=2)
    monkeypatch.setattr("admin_views.tickets.desk.house_desk.last_backup_at", lambda: two_days_ago)
    assert [str(one.name) for one in house_of_rudi(app, cast).unwell] == ["Pekerja latar", "Cadangan"]
    assert "Pekerja latar perlu dilihat" in _desk(app)


def house_of_rudi(app, cast):
    with app.test_request_context("/admin/"):
        return house_of(cast["rudi"])


def test_a_check_that_failed_a_mailbox_that_is_silent_and_held_mail_are_named(app, cast, well):
    long_ago = utcnow() - timedelta(hours=2)
    with write_transaction():
        db.session.add(HealthCheck(name="jobs", is_well=False, sentence="tidy failed", since=long_ago))
        db.session.add(Mailbox(address="a@b.example", host="imap.example", connected_at=long_ago, fetched_at=long_ago))
        db.session.add(_mail(MailState.HELD))
    unwell = [str(one.name) for one in house_of_rudi(app, cast).unwell]
    assert unwell == ["Email keluar", "Kotak surat a@b.example", "Pekerjaan berkala"]
    page = _desk(app)
    assert "tidy failed" not in page  # English of the worker; the doctor's command is named instead
    assert "flask --app app doctor" in page


def _mail(state):
    return Mail(message_id=f"<{state}@x>", notice="reply", recipient="andi@mhs.example", state=state, last_error="550")


def test_changes_that_wait_are_first_and_lapsed_or_decided_ones_are_not_there(app, cast, well):
    asked = {"kind": "roles", "staff_id": cast["lina"].id, "made_by_id": cast["budi"].id}
    with write_transaction():
        db.session.add_all(
            [
                PendingChange(**asked),
                PendingChange(**asked, made_at=utcnow() - OPEN_FOR),
                PendingChange(**asked, decided_at=utcnow()),
            ]
        )
    house = house_of_rudi(app, cast)
    assert len(house.changes) == 1
    page = _desk(app)
    assert f'<a class="pk-btn pk-btn--primary" href="/admin/pending_change/details/?id={house.changes[0].id}"' in page


def test_mail_that_was_given_up_and_wrong_passwords_are_counted(app, cast, well):
    key = "account:" + "a" * 40
    with write_transaction():
        db.session.add_all([_mail(MailState.DEAD), _mail(MailState.SENT)])
        db.session.add_all([FailedLogin(key=key, tries=21), FailedLogin(key="address:10.0.0.9", tries=21)])
        db.session.add(FailedLogin(key="account:old", tries=7, last_at=utcnow() - timedelta(days=2)))
        audit.record("login:alert", "Staff", key, actor_name="tono", ip="10.0.0.9", diff={"tries": 20})
    page = _desk(app)
    assert '<a href="#h-gagal"><b>1</b>' in page and "andi@mhs.example" in page and "1 email tidak terkirim" in page
    assert '<a href="#h-masuk"><b>21</b>' in page and "21 kata sandi salah pada 1 akun" in page
    assert "20 kali salah" in page and "10.0.0.9" in page


def test_who_never_made_a_password_is_counted_among_the_staff(app, cast, well):
    with write_transaction():
        db.session.add(Staff(username="baru", name="Baru"))
    assert "1 di antaranya belum membuat kata sandi" in _desk(app)


def test_nothing_of_a_ticket_stands_there_and_who_reads_tickets_has_the_other_desk(app, cast, well):
    number = file_complaint(subject="Wi-Fi aula mati").number
    page = _desk(app)
    assert number not in page and "Wi-Fi aula mati" not in page
    assert "Keadaan sistem" not in _desk(app, "sari")


def test_a_part_that_a_role_may_not_open_is_not_read(app, cast, well):
    """Tono reads neither outbox nor audit nor what waits for a second person."""
    with write_transaction():
        db.session.add(_mail(MailState.DEAD))
    with app.test_request_context("/admin/"):
        house = house_of(cast["tono"])
    assert (house.given_up, house.given_up_count, house.changes, house.alerts, house.tries) == (None, 0, None, None, 0)
    assert {one.href for one in house.standings} == {""}
