"""Demonstration people and accounts, a unit's e-mail request and a password change at every desk, by real steps."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from jobs.demo.clock import at
from jobs.demo.letter_scan import letter_scan
from models.accounts.account import Account
from models.accounts.first_password import new_password
from models.accounts.person import Person, name_key
from models.base.db import db, utcnow, write_transaction
from models.organisation.staff import Staff
from models.organisation.unit import Contact, Unit
from models.tickets.ticket import Ticket
from procedures.accounts import directory_calls
from procedures.accounts.data_requests import DataAnswerForm, DeskDataRequestForm, answer, ask_at_desk
from procedures.engine import catalog
from procedures.engine.declaration import Actor
from procedures.engine.take_step import open_ticket, take_step

PEOPLE = [
    ("2010011110023", "Andi Saputra", "student", "FEB", "active", "andi.saputra"),
    ("2010011110047", "Andi Saputra", "student", "FTI", "active", "andi.saputra2"),
    ("2010011310102", "Rahmi Oktavia", "student", "FH", "active", "rahmi.oktavia"),
    ("1810011110009", "Yoga Pranata", "student", "FEB", "left", "yoga.pranata"),
    ("197805122005011002", "Ir. Hendra Wijaya", "lecturer", "FTI", "active", "hendra.wijaya"),
    ("198911032015042001", "Nurul Hidayah", "staff", "PERPUS", "active", "nurul.hidayah"),
    ("196902141995031001", "Budi Santoso", "staff", "REK", "active", "budi.santoso"),
]
REQUESTS = [
    ("disposition", "FEB", "prodi.akuntansi"),
    ("networking", "FTI", "himpunan.elektro"),
    ("unit_answer", "FH", "klinik.hukum"),
    ("refusal_advice", "FEB", "panitia.wisuda"),
    ("creation", "PERPUS", "layanan.perpus"),
    ("telling", "FTI", "lab.komputer"),
    ("done", "FH", "dekanat.hukum"),
]
CHANGES = [
    ("proof", "rahmi.oktavia"),
    ("comparison", "andi.saputra2"),
    ("second", "budi.santoso"),
    ("change", "nurul.hidayah"),
    ("setting", "andi.saputra2"),
    ("telling", "hendra.wijaya"),
    ("done", "andi.saputra"),
    ("refused", "rahmi.oktavia"),
]
DATA_REQUESTS = [
    ("rahmi.oktavia", "correction", "Nama belakang saya Oktaviani, bukan Oktavia.", ""),
    (
        "hendra.wijaya",
        "objection",
        "Jangan kirimi saya email tentang tiket lama.",
        "Email tentang tiket lama kami hentikan.",
    ),
]
SAME = {f"{key}_same": "y" for key in ("name", "unit", "account")}


def seed_accounts() -> int:
    """Add the register and the tickets; says how many tickets."""
    with write_transaction():
        _register()
    for days, (state, unit, address) in enumerate(REQUESTS, 1):
        with at(utcnow() - timedelta(days=days, hours=2)):
            _request(state, unit, address)
    for hours, (state, login) in enumerate(CHANGES, 1):
        with at(utcnow() - timedelta(minutes=12 * hours)):
            _change(state, login)
    _ask_about_data()
    return len(REQUESTS) + len(CHANGES)


def _ask_about_data() -> None:
    """A correction that waits for its answer, and an objection that was answered."""
    sari = db.session.scalars(select(Staff).where(Staff.username == "sari")).unique().one()
    for login, kind, text, words in DATA_REQUESTS:
        person_id = db.session.scalars(select(Person.id).where(Person.email == f"{login}@surat.example")).one()
        asked = {"kind": kind, "text": text, "proof_kind": "student_card", "is_present": "y"}
        with at(utcnow() - timedelta(hours=5)):
            request_id = ask_at_desk(person_id, sari, DeskDataRequestForm(MultiDict(asked)))
        if words:
            answer(request_id, sari, DataAnswerForm(MultiDict({"outcome": "granted", "answer": words})))


def _register() -> None:
    units = {unit.code: unit.id for unit in db.session.scalars(select(Unit))}
    heads = {s.username: s.id for s in db.session.scalars(select(Staff)).unique()}
    for number, name, kind, unit, status, login in PEOPLE:
        person = Person(number=number, name=name, name_key=name_key(name), kind=kind, unit_id=units[unit])
        person.status, person.email, person.phone = status, f"{login}@surat.example", "0812-7000-1000"
        person.staff_id = heads["budi"] if login == "budi.santoso" else None
        db.session.add(person)
        db.session.flush()
        account = Account(address=f"{login}@bunghatta.ac.id", login=login, kind="internet", owner_id=person.id)
        account.unit_id = person.unit_id
        db.session.add(account)


def _take_account_step(ticket: Ticket, step: str, username: str, **fields: str) -> None:
    person = db.session.scalars(select(Staff).where(Staff.username == username)).unique().one()
    asks = catalog.get(ticket.procedure).steps[step].asks
    take_step(ticket, step, Actor("staff", person.name, person), asks(MultiDict(fields)) if asks else None)


def _request(state: str, code: str, address: str) -> None:
    unit = db.session.scalars(select(Unit).where(Unit.code == code)).one()
    contact = db.session.scalars(
        select(Contact).where(Contact.unit_id == unit.id, Contact.kind == "it_manager")
    ).first()
    assert contact is not None  # the cast names one for each of these units
    asks = catalog.get("unit_email").steps["send_request"].asks
    assert asks is not None
    form = asks(
        MultiDict(
            {
                "name": contact.name,
                "email": contact.email,
                "phone": contact.phone,
                "unit": str(unit.id),
                "kind": "unit_email",
                "letter_number": f"{unit.id}/{code}/XI/2026",
                "letter_date": f"{utcnow() - timedelta(days=2):%Y-%m-%d}",
                "signed_by": "Pimpinan unit",
                "signed_as": "Dekan",
                "address": address,
                "purpose": "Surat-menyurat resmi unit.",
                "contact_name": contact.name,
                "contact_email": contact.email,
                "contact_phone": contact.phone,
            }
        )
    )
    ticket = open_ticket("unit_email", "send_request", Actor("requester", contact.name), form, files=[letter_scan()])
    if state == "disposition":
        return
    _take_account_step(ticket, "dispose", "budi", text="Mohon diperiksa dan ditindaklanjuti.")
    if state == "unit_answer":
        _take_account_step(
            ticket, "propose_adjustment", "rina", address=f"{address}.unit", text="Sertakan nama unitnya."
        )
    elif state == "refusal_advice":
        _take_account_step(
            ticket, "advise_refusal", "rina", reason="Kegiatan sementara; pakai alamat unit yang sudah ada."
        )
    elif state != "networking":
        _take_account_step(ticket, "find_feasible", "rina")
    if state in ("telling", "done"):
        told = {"telling": "phone", "done": "mail"}[state]
        _take_account_step(
            ticket, "create_account", "wati", told_by=told, is_done_by_hand="y", **_typed_twice(new_password())
        )


def _typed_twice(password: str) -> dict[str, str]:
    return {"first_password": password, "first_password_again": password}


def _change(state: str, login: str) -> None:
    account = db.session.scalars(select(Account).where(Account.login == login)).one()
    sari = db.session.scalars(select(Staff).where(Staff.username == "sari")).unique().one()
    asks = catalog.get("password_change").steps["request_change"].asks
    assert asks is not None
    form = asks(MultiDict({"account": str(account.id), "person": str(account.owner_id), "contact": "0"}))
    ticket = open_ticket("password_change", "request_change", Actor("staff", sari.name, sari), form)
    if state == "proof":
        return
    assert account.owner is not None
    number = account.owner.number[-4:]
    _take_account_step(ticket, "record_proof", "sari", proof_kind="student_card", proof_number=number, is_present="y")
    if state == "comparison":
        return
    if state == "refused":
        _take_account_step(ticket, "compare", "sari", result="no_match", reason="Foto pada kartu tidak sama.")
        return
    _take_account_step(ticket, "compare", "sari", result="match", **SAME)
    if state in ("second", "change"):
        return
    _take_account_step(ticket, "change_password", "sari", told_by="spot")
    directory_calls.change_password(ticket.id)
    if state == "setting":
        return
    _take_account_step(ticket, "record_set", "sari", is_set="y")
    if state == "done":
        _take_account_step(ticket, "inform", "sari", told_by="spot")
