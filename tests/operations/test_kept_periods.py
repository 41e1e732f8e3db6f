"""D16: the privacy page is made from the periods that the jobs keep: each is forgotten when the page says, not before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

import models.base.db
from jobs.accounts.keep_accounts import forget_secrets
from jobs.operation.tidy import tidy
from models.accounts.identity_check import IdentityCheck
from models.base import setting
from models.base.counter import Rate, count_up
from models.base.db import db, utcnow, write_transaction
from models.base.retention import PERIODS
from models.organisation.audit import AuditEntry
from models.organisation.contact_change import ContactChange, Holder
from models.tickets.copied_person import CopiedPerson
from models.tickets.draft import Draft
from models.tickets.incoming_mail import IncomingMail, MailFate
from models.tickets.mailbox import Mailbox
from models.tickets.outbox import Mail
from models.tickets.presence import Presence
from models.tickets.ticket import Event, Ticket
from procedures.organisation.contact_changes import note_change
from procedures.tickets.forget_identity import FORGOTTEN
from tests.accounts.stories import change_at, staff
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
}


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
    db.session.expire_all()


def test_every_period_has_its_world():
    assert set(WORLD) == set(PERIODS)


@pytest.mark.parametrize("key", sorted(WORLD))
def test_d16_what_the_page_promises_is_what_the_jobs_do(app, cast, monkeypatch, key):
    make, is_gone = WORLD[key]
    made_at = utcnow()
    make()
    with app.test_request_context():
        what, days = str(PERIODS[key].what), PERIODS[key].days
    assert f"{what}: {days} hari." in app.test_client().get("/privasi").text
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
    run_jobs(monkeypatch, made_at + timedelta(days=101))
    assert (identity(), db.session.get(Ticket, ticket.id).number) == (True, ticket.number)
