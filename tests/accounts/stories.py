"""Walks unit e-mail requests and password changes to any state by real steps."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from gateways.files.file_store import StoredFile
from models.accounts.account import Account
from models.accounts.person import Person, name_key
from models.base.db import db, utcnow, write_transaction
from models.base.wording import local
from models.organisation.staff import Staff
from models.organisation.unit import Contact, Unit
from procedures.accounts import directory_calls
from procedures.accounts.password_forms import SetByHandForm
from procedures.engine.take_step import open_ticket, take_step
from tests.remembered import remembered
from tests.walk import REQUESTER, as_staff, form_of, take

UNIT = REQUESTER
SCAN = StoredFile("a" * 64, 1000, "surat.pdf", "application/pdf", False)
BY_HAND = "Pasang-tangan-2026"  # the first password where no directory is connected
TYPED = {"first_password": BY_HAND, "first_password_again": BY_HAND}


def unit_id(code="FEB"):
    return db.session.scalars(select(Unit.id).where(Unit.code == code)).one()


def email_fields(**changes):
    return {
        "name": "Dewi Anggraini",
        "email": "dewi@feb.example",
        "phone": "0812-6600-0001",
        "unit": unit_id(),
        "kind": "unit_email",
        "letter_number": "12/FEB/XI/2025",
        "letter_date": "2025-11-10",
        "again_reason": "Beberapa permohonan dalam satu surat.",  # tests walk as many tickets as they need
        "signed_by": "Pak Dekan",
        "signed_as": "Dekan",
        "address": "prodi.akuntansi",
        "purpose": "Surat-menyurat program studi.",
        "contact_name": "Dewi Anggraini",
        "contact_email": "dewi@feb.example",
        "contact_phone": "0812-6600-0001",
        **changes,
    }


def entry_fields(**changes):
    """What the operator types of a paper letter: as the unit would, with the time of receipt."""
    return email_fields(**{"received_at": f"{local(utcnow() - timedelta(days=1)):%Y-%m-%dT%H:%M}", **changes})


def request_email(**changes):
    form = form_of("unit_email", "send_request", **email_fields(**changes))
    return open_ticket("unit_email", "send_request", UNIT, form, files=[SCAN])


@remembered
def email_at(state, **changes):
    """A unit's request in the given state."""
    ticket = request_email(**changes)
    if state == "disposition":
        return ticket
    take(ticket, "dispose", "budi", text="Mohon ditindaklanjuti.")
    if state == "networking":
        return ticket
    if state == "unit_answer":
        take(ticket, "propose_adjustment", "rina", address="akuntansi.feb", text="Sertakan fakultas.")
        return ticket
    if state == "refusal_advice":
        take(ticket, "advise_refusal", "rina", reason="Unit sudah punya alamat.")
        return ticket
    take(ticket, "find_feasible", "rina")
    if state == "creation":
        return ticket
    take(ticket, "create_account", "wati", told_by="phone", is_done_by_hand="y", **TYPED)
    assert ticket.state == state == "telling"
    return ticket


def person(number="2010011110023", name="Andi Saputra", **facts):
    row = Person(number=number, name=name, name_key=name_key(name), unit_id=unit_id(), **facts)
    row.email = facts.get("email", "andi.pribadi@surat.example")
    with write_transaction():
        db.session.add(row)
    return row


def account(owner=None, address="andi@bunghatta.ac.id", **facts):
    row = Account(address=address, login=address.partition("@")[0], owner_id=owner.id if owner else None)
    row.kind = facts.pop("kind", "internet")
    for key, value in facts.items():
        setattr(row, key, value)
    with write_transaction():
        db.session.add(row)
    return row


def unit_account():
    return account(None, "feb@bunghatta.ac.id", kind="unit_email", unit_id=unit_id())


def ask_change(row, who=None, contact=None, by="sari"):
    form = form_of("password_change", "request_change", account=row.id, person=who.id if who else 0,
                   contact=contact.id if contact else 0)  # fmt: skip
    return open_ticket("password_change", "request_change", as_staff(by), form)


ALL_SAME = {"name_same": "y", "unit_same": "y", "account_same": "y", "result": "match"}


@remembered
def change_at(state, row=None, who=None, contact=None, by="sari"):
    """A password change in the given state, by the operator."""
    if row is None:
        who = who or person()
        row = account(who)
    ticket = ask_change(row, who, contact, by)
    if state == "proof":
        return ticket
    number = who.number[-4:].rjust(4, "0") if who else "0023"
    take(ticket, "record_proof", by, proof_kind="student_card", proof_number=number, is_present="y")
    if state == "comparison":
        return ticket
    take(ticket, "compare", by, **ALL_SAME)
    if state in ("change", "second"):
        assert ticket.state == state
        return ticket
    change(ticket, by)
    assert ticket.state == state == "telling"
    return ticket


def change(ticket, by="sari", told_by="spot"):
    """P4 as the operator's screen does it: intent, directory, result; returns what the page would show.

    Where no directory is connected the operator sets the password and records it.
    """
    take(ticket, "change_password", by, told_by=told_by)
    made = directory_calls.change_password(ticket.id)
    db.session.refresh(ticket)
    if ticket.state == "setting":
        typed = {"first_password": made.password, "first_password_again": made.password} if told_by == "link" else {}
        form = SetByHandForm(MultiDict({"is_set": "y", **typed}))
        form.is_about(ticket)
        take_step(ticket, "record_set", as_staff(by), form)
    return made


def dewi():
    return db.session.scalars(select(Contact).where(Contact.email == "dewi@feb.example")).one()


def staff(username):
    return db.session.scalars(select(Staff).where(Staff.username == username)).unique().one()
