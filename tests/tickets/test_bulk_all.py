"""One act for all tickets that a list found: fixed when chosen, done by the worker, refused ones reported, none twice."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

import models.base.db
from jobs.operation.tidy import tidy
from jobs.tickets import bulk_acts as job
from jobs.tickets.bulk_acts import claim, run_bulk_acts
from models.base.db import db, utcnow, write_transaction
from models.organisation.roles import Role
from models.organisation.staff import GroupMember, Staff
from models.tickets.bulk_run import BulkRun
from models.tickets.label import Label, labels_of
from models.tickets.outbox import Mail
from models.tickets.ticket import Event, Ticket
from tests.browse import Person
from tests.processes import Process
from tests.tickets.test_workbench import Statements
from tests.walk import category_id, file_complaint, take


@pytest.fixture(autouse=True)
def a_few_at_a_time(monkeypatch):
    monkeypatch.setattr(job, "FEW", 2)


def filed(count, subject="Wi-Fi mati"):
    return [file_complaint(subject=f"{subject} {n}").id for n in range(count)]


def choose(person, back="/admin/ticket/?state=open"):
    """The page of a new run."""
    answer = person.post("/admin/bulk/all/", {"back": back})
    assert answer.status_code == 303, answer.text[:300]
    return answer.headers["Location"]


def events(step):
    return db.session.query(Event).filter_by(step=step).count()


def test_tono_resolves_all_that_the_list_found_without_a_script(app):
    ids, other = filed(5), file_complaint(subject="Printer macet").id
    tono = Person(app, "tono")
    page = choose(tono, "/admin/ticket/?search=mati")
    first = tono.get(page).text
    assert ("5 tiket" in first, "Belum ada yang berubah." in first, "memuat “mati”" in first) == (True, True, True)
    assert f'href="{page}?do=resolve"' in first
    assert tono.get(f"{page}?do=resolve").status_code == 200
    empty = tono.post(page, {"do": "resolve", "cause": "Sakelar mati.", "solution": ""})
    assert (empty.status_code, "Sakelar mati." in empty.text) == (422, True)
    sent = {"do": "resolve", "cause": "Sakelar mati.", "solution": "Sakelar diganti."}
    assert [tono.post(page, sent).status_code for _n in range(2)] == [303, 200], "sent twice is begun once"
    running = tono.get(page).text
    assert ("<progress" in running, 'http-equiv="refresh"' in running) == (True, True)
    assert {t.state for t in db.session.query(Ticket)} == {"with_group"}
    db.session.rollback()
    assert run_bulk_acts() == 1
    assert {db.session.get(Ticket, i).solution for i in ids} == {"Sakelar diganti."}
    assert db.session.get(Ticket, other).state == "with_group"
    assert "5 berhasil, 0 ditolak" in tono.get(page).text
    mail = db.session.query(Mail).filter_by(notice="bulk_ended").one()
    assert (mail.facts["done"], mail.facts["refused"], mail.facts["left"]) == (5, 0, 0)


def test_the_form_says_before_how_many_of_them_can_take_it_and_why_the_others_cannot(app):
    ids, tono = filed(30), Person(app, "tono")
    for ident in ids[:3]:
        take(db.session.get(Ticket, ident), "resolve", "tono", cause="Sakelar.", solution="Diganti.")
    page = choose(tono, "/admin/ticket/?state=open&search=mati")
    with write_transaction():
        run = db.session.query(BulkRun).one()
        systems = file_complaint(category=category_id("Portal dan aplikasi"))
        run.picks = [*[[ident, None] for ident in ids], [systems.id, None]]
    with Statements(app) as statements:
        asked = tono.get(f"{page}?do=resolve").text
    assert "27 dari 31 tiket dapat menerima langkah ini" in asked
    assert "3 tiket: " in asked and "1 tiket tidak dapat Anda lihat dan akan dilewati." in asked
    assert len(statements.found) <= 8, statements.found
    assert "31 tiket dapat" not in tono.get(page).text, "nothing is said before an act is chosen"


def test_the_list_offers_it_only_where_there_is_more_than_a_page(app, monkeypatch):
    filed(3)
    tono = Person(app, "tono")
    assert "/admin/bulk/all/" not in tono.get("/admin/ticket/").text
    monkeypatch.setattr("admin_views.tickets.list.search.PAGE_SIZE", 2)
    assert "Pilih semua 3 yang ditemukan" in tono.get("/admin/ticket/").text
    assert "/admin/bulk/all/" not in Person(app, "ketua").get("/admin/ticket/").text


def test_what_came_later_is_not_among_them_and_what_changed_meanwhile_is_refused_with_its_reason(app, cast):
    ids, tono = filed(4), Person(app, "tono")
    page = choose(tono)
    later = file_complaint(subject="Baru datang").id
    take(db.session.get(Ticket, ids[1]), "take", "rina")
    assert tono.post(page, {"do": "take"}).status_code == 303
    run_bulk_acts()
    report = tono.get(page).text
    assert "3 berhasil, 1 ditolak" in report
    assert "Bu Rina lebih dulu mengubah tiket ini: Ambil." in report
    assert f'href="/admin/ticket/details/?id={ids[1]}"' in report
    db.session.expire_all()
    tono_id, rina_id = cast["tono"].id, cast["rina"].id
    assert [db.session.get(Ticket, i).assignee_id for i in [*ids, later]] == [tono_id, rina_id, tono_id, tono_id, None]


def test_d2_a_list_holds_no_ticket_that_its_person_does_not_see_and_nobody_opens_anothers_run(app):
    filed(2)
    hidden = file_complaint(category=category_id("Portal dan aplikasi"), subject="Rahasia sistem").id
    page = choose(Person(app, "tono"), "/admin/ticket/?state=all")
    run = db.session.query(BulkRun).one()
    assert hidden not in [ident for ident, _version in run.picks]
    for name in ("rina", "budi", "sari"):
        person = Person(app, name)
        assert person.client.get(page).status_code == 404, name
        assert person.post(page, {"do": "take"}).status_code == 404, name
    assert (events("take"), db.session.query(BulkRun).one().state) == (0, "chosen")


@pytest.mark.parametrize("how", ["role", "left"])
def test_r4_a_right_that_is_withdrawn_in_the_middle_ends_it_there(app, cast, monkeypatch, how):
    filed(6)
    tono, tono_id = Person(app, "tono"), cast["tono"].id
    page = choose(tono)
    tono.post(page, {"do": "take"})
    whole = job.take_for

    def withdraw_after_three(*rest):
        if events("take") == 3:
            db.session.rollback()
            with write_transaction():
                staff = db.session.get_one(Staff, tono_id)
                if how == "left":
                    staff.is_active = False
                else:
                    db.session.query(GroupMember).filter_by(staff_id=tono_id).delete()
                    staff.roles = {Role.STAFF_SYSTEMS}
        return whole(*rest)

    monkeypatch.setattr(job, "take_for", withdraw_after_three)
    run_bulk_acts()
    run = db.session.query(BulkRun).one()
    assert (run.state, events("take"), run.done, len(run.refused)) == ("done", 3, 3, 3)


KILLED = """
import os, signal
from app import create_app
from jobs.tickets import bulk_acts as job
app = create_app({overrides})
job.FEW = 4
whole, done = job.take_for, []
def die_in_the_middle(*rest):
    found = whole(*rest)
    done.append(found)
    if len(done) == 6:
        os.kill(os.getpid(), signal.SIGKILL)
    return found
job.take_for = die_in_the_middle
with app.app_context():
    job.run_bulk_acts()
"""


def test_worker_killed_in_the_middle_is_followed_by_one_that_does_nothing_twice(app, cast, monkeypatch, tmp_path):
    filed(7)
    tono = Person(app, "tono")
    page = choose(tono)
    tono.post(page, {"do": "assign", "assignee": cast["rina"].id, "text": "Tolong."})
    db.session.remove()
    keys = ("SQLALCHEMY_DATABASE_URI", "INSTANCE_PATH", "BASE_URL", "MAIL_AS_FILES", "SECRET_KEY", "LINK_KEY")
    overrides = repr({key: app.config[key] for key in keys})
    assert Process(KILLED.format(overrides=overrides), tmp_path).end().returncode == -9
    run = db.session.query(BulkRun).one()
    assert (run.state, run.at, events("assign")) == ("running", 4, 6), "two are done and not yet noted"
    db.session.rollback()
    assert run_bulk_acts() == 0, "the dead worker's lease still holds"
    later = utcnow() + timedelta(minutes=3)
    monkeypatch.setattr(models.base.db, "clock", lambda: later)
    assert run_bulk_acts() == 1
    assert (events("assign"), db.session.query(Mail).filter_by(notice="assigned").count()) == (7, 7)
    assert "7 berhasil, 0 ditolak" in tono.get(page).text


def test_run_on_which_three_workers_died_is_given_up_with_what_was_done(app, monkeypatch):
    filed(3)
    tono = Person(app, "tono")
    page = choose(tono)
    tono.post(page, {"do": "take"})
    now = utcnow()
    for turn in range(3):
        monkeypatch.setattr(models.base.db, "clock", lambda moment=now + timedelta(minutes=3 * turn): moment)
        assert claim() is not None
    monkeypatch.setattr(models.base.db, "clock", lambda: now + timedelta(minutes=12))
    assert run_bulk_acts() == 0
    assert "3 tiket tidak sempat dikerjakan" in tono.get(page).text
    assert db.session.query(Mail).filter_by(notice="bulk_ended").one().facts["left"] == 3


def test_labels_for_all_are_added_to_those_that_hang_there(app):
    ids = filed(3)
    with write_transaction():
        db.session.add_all([Label(name="Gedung B"), Label(name="Mendesak")])
    building, urgent = (db.session.query(Label).filter_by(name=n).one().id for n in ("Gedung B", "Mendesak"))
    tono = Person(app, "tono")
    page = choose(tono)
    tono.post(page, {"do": "label", "labels": [building, urgent]})
    run_bulk_acts()
    assert [[label.name for label in labels_of(i)] for i in ids] == [["Gedung B", "Mendesak"]] * 3


def test_a_longer_list_is_cut_in_the_order_in_which_it_is_shown_and_says_so(app, monkeypatch):
    ids = filed(4)
    monkeypatch.setattr("admin_views.tickets.bulk_all.MOST_OF_ALL", 3)
    tono = Person(app, "tono")
    for sort, expected in (("newest", ids[:0:-1]), ("oldest", ids[:3])):
        page = choose(tono, f"/admin/ticket/?sort={sort}")
        assert "Daftarnya lebih panjang: ini 3 tiket yang teratas." in tono.get(page).text
        run = db.session.query(BulkRun).order_by(BulkRun.id.desc()).first()
        assert [ident for ident, _v in run.picks] == expected


def test_d10_bad_input_gets_its_sentence_and_leaves_nothing_behind(app):
    filed(1)
    tono = Person(app, "tono")
    for back, status in (
        ("/admin/ticket/?state=nonsense", 400),
        ("/admin/ticket/?group=1,2", 400),
        ("/admin/unit/", 400),
        ("/admin/ticket/?search=tidakadasama", 422),
        ("/admin/ticket/?search=%00", 400),
        ("/admin/ticket/?" + "&".join(f"a{n}=1" for n in range(60)), 400),
    ):
        assert tono.post("/admin/bulk/all/", {"back": back}).status_code == status, back
    assert db.session.query(BulkRun).count() == 0
    page = choose(tono, "https://evil.example/")
    for path, status in (
        (f"{page}?do=nonsense", 404),
        ("/admin/bulk/all/99999999999", 404),
        ("/admin/bulk/all/77", 404),
    ):
        assert tono.client.get(path).status_code == status, path
    assert re.search(r'pk-crumb[^>]*><a href="([^"]*)">Semua tiket', tono.get(page).text)[1] == "/admin/ticket/"


def test_one_person_has_five_under_way_and_reports_are_forgotten_after_a_week(app, monkeypatch):
    filed(1)
    tono = Person(app, "tono")
    answers = [tono.post(choose(tono), {"do": "take"}).status_code for _n in range(6)]
    assert answers == [303] * 5 + [409]
    run_bulk_acts()
    later = utcnow() + timedelta(days=8)
    monkeypatch.setattr(models.base.db, "clock", lambda: later)
    tidy()
    assert db.session.query(BulkRun).count() == 0
