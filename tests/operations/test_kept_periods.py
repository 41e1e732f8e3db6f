"""D16: the privacy page is made from the periods that the jobs keep: each is forgotten when the page says, not before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

import models.base.db
from jobs.accounts.keep_accounts import forget_secrets
from jobs.operation.retention import run_now
from jobs.operation.tidy import tidy
from jobs.outages.upkeep import forget_old_alerts
from models.accounts.identity_check import IdentityCheck
from models.accounts.people_import import PeopleImport
from models.accounts.person import Person
from models.base import setting
from models.base.counter import Rate, count_up
from models.base.db import db, utcnow, write_transaction
from models.base.retention import PERIODS
from models.installation.bill import Bill, Payment
from models.organisation import audit
from models.organisation.audit import AuditEntry
from models.organisation.contact_change import ContactChange, Holder
from models.organisation.pending_change import PendingChange
from models.organisation.sessions import StaffSession
from models.outages.alert import AlertSource, UnknownAlert
from models.tickets.bulk_run import BulkRun, RunState
from models.tickets.copied_person import CopiedPerson
from models.tickets.draft import Draft
from models.tickets.incoming_mail import IncomingMail, MailFate
from models.tickets.issued_document import IssuedDocument
from models.tickets.mailbox import Mailbox
from models.tickets.mailing.data_request import DataRequest
from models.tickets.outbox import Mail
from models.tickets.presence import Presence
from models.tickets.ticket import Attachment, Event, Ticket
from procedures.organisation.contact_changes import note_change
from procedures.tickets.forget_identity import FORGOTTEN
from tests.accounts.stories import change_at, staff
from tests.installation.installation_walk import installation_at
from tests.walk import complaint_at, file_complaint

STEP = timedelta(hours=2)  # a counter begins with its hour


def identity() -> bool:
    ticket = db.session.query(Ticket).filter(Ticket.closed_at.is_not(None)).one()
    about = (ticket.requester_name, ticket.requester_email, ticket.requester_phone)
    mails = {mail.recipient for mail in db.session.query(Mail).filter_by(ticket_id=ticket.id)}
    said = {event.actor_name for event in ticket.events if event.actor_kind == "requester"}
    gone = (about == (FORGOTTEN, "", ""), mails == {""}, said == {FORGOTTEN})
    assert gone in ((True,) * 3, (False,) * 3), "all of it goes, or nothing"
    return gone[0]


def addresses() -> bool:
    rows = [*db.session.query(AuditEntry.ip), *db.session.query(Event.ip)]
    return not any(ip for (ip,) in rows)


WORLD: dict[str, tuple[Callable[[], object], Callable[[], bool]]] = {
    "identity": (lambda: complaint_at("closed"), identity),
    "addresses": (lambda: (file_complaint(), audited()), addresses),
    "mails": (lambda: discarded_mail(), lambda: db.session.query(IncomingMail).one().text == ""),
    "proof": (lambda: change_at("comparison"), lambda: db.session.query(IdentityCheck).one().proof_number == ""),
    "contact": (lambda: contact(), lambda: db.session.query(ContactChange).count() == 0),
    "presence": (lambda: present(), lambda: db.session.query(Presence).count() == 0),
    "copies": (lambda: asked_copy(), lambda: db.session.query(CopiedPerson).count() == 0),
    "drafts": (lambda: draft(), lambda: db.session.query(Draft).count() == 0),
    "counters": (lambda: counted(), lambda: db.session.query(Rate).count() == 0),
    "texts": (lambda: closed_with_a_file(), lambda: texts()),
    "acts": (lambda: edited(), lambda: acts()),
    "sent_mails": (lambda: told(), lambda: db.session.query(Mail).filter(Mail.recipient != "").count() == 0),
    "bills": (lambda: installation_at("closed"), lambda: bills()),
    "register": (lambda: somebody_left(), lambda: db.session.query(Person).filter_by(name="Andi Lulus").count() == 0),
    "sessions": (lambda: logged_in(), lambda: db.session.query(StaffSession).count() == 0),
    "files_made": (lambda: bulk_run(), lambda: db.session.query(BulkRun).count() == 0),
    "imports": (lambda: imported(), lambda: db.session.query(PeopleImport).count() == 0),
    "alerts": (lambda: alerted(), lambda: db.session.query(UnknownAlert).count() == 0),
    "data_requests": (lambda: asked_about_data(), lambda: db.session.query(DataRequest).one().text == ""),
    "leave": (lambda: asked_for_roles(), lambda: db.session.query(PendingChange).one().facts == {}),
}


def closed_with_a_file() -> None:
    ticket = complaint_at("closed")
    with write_transaction():
        db.session.add(
            Attachment(ticket_id=ticket.id, sha256="c" * 64, name="foto-andi.png", size=3, content_type="image/png")
        )


def texts() -> bool:
    ticket = db.session.query(Ticket).one()
    said = {ticket.description, ticket.solution, *(event.text for event in ticket.events)}
    gone = (said == {""}, ticket.files == [], ticket.forgotten_at is not None)
    assert gone in ((True,) * 3, (False,) * 3), "all of it goes, or nothing"
    assert ticket.number and len(ticket.events) > 2, "number and steps stay"
    return gone[0]


def edited() -> None:
    with write_transaction():
        audit.record("edit", "Person", 1, staff=staff("sari"), diff={"email": ["lama@x.example", "baru@x.example"]})
        audit.record("login", actor_name="Andi Saputra", diff={"tries": 3})


def acts() -> bool:
    rows = list(db.session.query(AuditEntry).filter(AuditEntry.act.in_(("edit", "login"))))
    gone = ("example" not in str([row.diff for row in rows]), "Andi Saputra" not in [row.actor_name for row in rows])
    assert gone in ((True, True), (False, False)), "all of it goes, or nothing"
    assert {row.diff.get("tries") for row in rows} == {None, 3}, "counts stay"
    return gone[0]


def told() -> None:
    with write_transaction():
        db.session.add(
            Mail(message_id="<1@x>", notice="login_alert", recipient="tono@kampus.example", state="sent", facts={})
        )


def bills() -> bool:
    assert db.session.query(Ticket).one().forgotten_at is None or db.session.query(Bill).one().total_rp > 0
    payers = {payment.payer for payment in db.session.query(Payment)}
    papers = {paper.data != "" for paper in db.session.query(IssuedDocument).filter_by(kind="bill")}
    gone = (payers == {""}, papers == {False})
    assert gone in ((True, True), (False, False)), "all of it goes, or nothing"
    return gone[0]


def somebody_left() -> None:
    with write_transaction():
        db.session.add(Person(number="19990001", name="Andi Lulus", name_key="andi lulus", status="left"))


def logged_in() -> None:
    with write_transaction():
        db.session.add(StaffSession(token_hash="x", staff_id=staff("tono").id, ends_at=utcnow(), ip="10.0.0.9"))


def bulk_run() -> None:
    with write_transaction():
        db.session.add(
            BulkRun(staff_id=staff("tono").id, words="Andi", act="close", title="x", state=RunState.DONE.value)
        )


def imported() -> None:
    with write_transaction():
        db.session.add(
            PeopleImport(
                name="a.csv", file_hash="d" * 64, size=1, state="done", made_by_id=staff("sari").id,
                finished_at=utcnow(),
            )
        )  # fmt: skip


def alerted() -> None:
    with write_transaction():
        db.session.add(source := AlertSource(name="zabbix", kind="zabbix", token_hash="x"))
        db.session.flush()
        db.session.add(UnknownAlert(source_id=source.id, host="pc-andi"))


def asked_for_roles() -> None:
    with write_transaction():
        by = staff("rudi").id
        db.session.add(
            PendingChange(kind="delegation", staff_id=staff("tono").id, made_by_id=by, facts={"words": "karena sakit"})
        )


def asked_about_data() -> None:
    with write_transaction():
        db.session.add(
            DataRequest(kind="correction", name="Andi", email="a@b.example", text="Nama saya", answered_at=utcnow())
        )


def audited() -> None:
    with write_transaction():
        db.session.add(AuditEntry(act="login", actor_name="Sari", ip="10.0.0.9"))


def contact() -> None:
    with write_transaction():
        note_change(Holder.PERSON, 1, {"email": ""}, {"email": "a@b.example"}, staff("sari").id, "Sari")


def discarded_mail() -> None:
    with write_transaction():
        db.session.add(box := Mailbox(address="pengaduan@kampus.example"))
        db.session.flush()
        db.session.add(
            IncomingMail(mailbox_id=box.id, digest="x", text="Halo", state=MailFate.DISCARDED, decided_at=utcnow())
        )


def present() -> None:
    ticket_id = complaint_at("in_progress").id
    with write_transaction():
        Presence.put(ticket_id, staff("tono").id, is_writing=True)


def asked_copy() -> None:
    ticket_id = complaint_at("in_progress").id
    with write_transaction():
        db.session.add(CopiedPerson(ticket_id=ticket_id, name="Rahmi", email="rahmi@kampus.example"))


def draft() -> None:
    ticket = complaint_at("in_progress")
    with write_transaction():
        Draft.keep(staff("tono").id, f"/admin/ticket/{ticket.id}/note", {"text": "Belum selesai."})


def counted() -> None:
    with write_transaction():
        count_up("complaint:10.0.0.9", timedelta(hours=1))


def run_jobs(monkeypatch, moved) -> None:
    monkeypatch.setattr(models.base.db, "clock", lambda: moved)
    tidy()
    forget_secrets()
    forget_old_alerts()
    run_now()
    db.session.expire_all()


def test_every_period_has_its_world():
    assert set(WORLD) == {key for key, period in PERIODS.items() if period.ends}


@pytest.mark.parametrize("key", sorted(WORLD))
def test_d16_what_the_page_promises_is_what_the_jobs_do(app, cast, monkeypatch, key):
    make, is_gone = WORLD[key]
    made_at = utcnow()
    make()
    with app.test_request_context():
        what, days = str(PERIODS[key].what), PERIODS[key].days
    promised = {365: "1 tahun", 730: "2 tahun", 3_650: "10 tahun"}.get(days, f"{days} hari")
    assert f"{what}: {promised}." in app.test_client().get("/privasi").text
    run_jobs(monkeypatch, made_at + timedelta(days=days) - STEP)
    assert not is_gone(), "kept until then"
    run_jobs(monkeypatch, made_at + timedelta(days=days, hours=2))
    assert is_gone()


@pytest.mark.only("sqlite")
def test_d16_another_setting_changes_page_form_and_job_together(app, cast, monkeypatch):
    with write_transaction():
        setting.put("identity_kept_days", 100)
    client, made_at = app.test_client(), utcnow()
    assert "sejak tiketnya ditutup: 100 hari." in client.get("/privasi").text
    assert "Identitas dihapus 100 hari setelah tiket ditutup." in client.get("/pengaduan").text
    ticket = complaint_at("closed")
    ticket_id, number = ticket.id, ticket.number
    run_jobs(monkeypatch, made_at + timedelta(days=101))
    assert (identity(), db.session.get_one(Ticket, ticket_id).number) == (True, number)
