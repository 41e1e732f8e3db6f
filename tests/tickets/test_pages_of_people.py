"""One page a person and a unit: tickets by the row rule, roles, accounts, letters, bills; reached from everywhere."""

from __future__ import annotations

import re

from models.accounts.account import Account
from models.accounts.person import Person as Registered
from models.accounts.person import name_key
from models.base.db import db, write_transaction
from models.installation.bill import Bill
from models.installation.rab import Rab
from models.organisation.unit import Contact
from models.tickets.issued_document import IssuedDocument
from models.tickets.letter import RequestLetter
from models.tickets.ticket import Participant, Ticket
from procedures.tickets.forget_identity import FORGOTTEN
from tests.browse import Person
from tests.databases import once
from tests.installation.installation_walk import installation_at
from tests.outages.walk import small_network, unit
from tests.walk import category_id, complaint_at, file_complaint

MAIL = "ratna@kampus.example"
ROW_LINK = re.compile(r'href="/admin/\w+/details/\?id=\d+"')


def known_everywhere() -> tuple[int, int]:
    """Ratna is a unit's contact, stands in the register with an account, and asked once of each division."""
    with write_transaction():
        person = Registered(number="198001", name="Ratna Dewita", name_key=name_key("Ratna Dewita"), kind="staff",
                            email=MAIL, phone="0812-3333-4444")  # fmt: skip
        contact = Contact(unit=unit("FEB"), name="Ratna Dewita", kind="it_manager", email=MAIL, phone="", language="id")
        db.session.add_all([person, contact])
        db.session.flush()
        db.session.add(Account(address="ratna@bunghatta.example", login="ratna", kind="personal_email", owner=person))
        ids = person.id, contact.id
    file_complaint(name="Ratna Dewita", email=MAIL, subject="Wi-Fi dosen putus")
    file_complaint(
        name="Ratna Dewita", email=MAIL, subject="Portal nilai lambat", category=category_id("Portal dan aplikasi")
    )
    return ids


def test_a_person_is_one_page_whether_from_register_contact_or_ticket(app):
    person_id, contact_id = known_everywhere()
    ticket = db.session.query(Ticket).filter_by(subject="Wi-Fi dosen putus").one()
    sari = Person(app, "sari")
    pages = (
        f"person/details/?id={person_id}",
        f"contact/details/?id={contact_id}",
        f"requester/?id={ticket.id}",
    )
    for path in pages:
        page = sari.get(f"/admin/{path}").text
        for words in ("Wi-Fi dosen putus", "Portal nilai lambat", "ratna@bunghatta.example", MAIL):
            assert words in page, (path, words)
        assert ("Pengelola IT" in page, "198001" in page) == (True, True), path
    assert f"/admin/requester/?id={ticket.id}" in sari.get(f"/admin/ticket/details/?id={ticket.id}").text
    assert f"/admin/contact/details/?id={contact_id}" in sari.get("/admin/search/?q=ratna").text
    assert "Halaman orang ini" in sari.get(f"/admin/ticket/new/?who={MAIL}").text


def test_open_tickets_stand_first(app):
    closed = complaint_at("closed")
    still = file_complaint(subject="Masih putus")
    page = Person(app, "sari").get(f"/admin/requester/?id={closed.id}").text
    assert page.index("Masih putus") < page.index(closed.subject)
    assert still.is_open


def test_d1_a_person_page_says_nothing_of_tickets_that_the_reader_may_not_see(app):
    _person, contact_id = known_everywhere()
    page = Person(app, "tono").get(f"/admin/contact/details/?id={contact_id}").text
    assert "Wi-Fi dosen putus" in page and "Portal nilai" not in page
    other = db.session.query(Ticket).filter_by(subject="Portal nilai lambat").one().id
    assert Person(app, "tono").get(f"/admin/requester/?id={other}").status_code == 404
    assert Person(app, "rudi").get(f"/admin/requester/?id={other}").status_code == 403
    admin = Person(app, "rudi").get(f"/admin/contact/details/?id={contact_id}").text
    assert "Wi-Fi dosen putus" not in admin and "Tiketnya" not in admin


@once
def test_i3_one_whose_identity_went_leads_to_nobody_elses_tickets(app):
    with write_transaction():
        for n in range(2):
            ticket = file_complaint(subject=f"Lama {n}")
            ticket.requester_name, ticket.requester_email, ticket.requester_phone = FORGOTTEN, "", ""
    first = db.session.query(Ticket).filter_by(subject="Lama 0").one().id
    assert "Lama 1" not in Person(app, "sari").get(f"/admin/requester/?id={first}").text
    sari = Person(app, "sari")
    assert sari.get("/admin/requester/?id=999999").status_code == 404
    assert sari.get("/admin/requester/?id=x").status_code == 400
    assert sari.get("/admin/requester/").status_code == 404


@once
def test_a_unit_page_shows_what_is_open_awaited_owed_and_running(app):
    small_network()
    billed = installation_at("payment")
    asked = installation_at("unit_agreement")
    unit_id = billed.unit_id
    file_complaint(subject="Wi-Fi unit putus", unit=unit_id)
    file_complaint(subject="Portal unit lambat", unit=unit_id, category=category_id("Portal dan aplikasi"))
    page = Person(app, "sari").get(f"/admin/unit/details/?id={unit_id}").text
    for words in ("Wi-Fi unit putus", "Portal unit lambat", "Tagihan belum lunas", "Rp4.500.000", "berlaku sampai",
                  f"/admin/ticket/details/?id={asked.id}"):  # fmt: skip
        assert words in page, words
    lina = Person(app, "lina").get(f"/admin/unit/details/?id={unit_id}").text
    assert ("Portal unit lambat" in lina, "Wi-Fi unit putus" in lina, "Tagihan" in lina) == (True, False, False)
    served = Person(app, "tono").get(f"/admin/unit/details/?id={unit('FEB').id}").text
    assert "Sakelar FEB" in served and "belum diperiksa" in served


def test_a_unit_page_and_the_registers_hold_back_papers_of_installations_that_one_may_not_see(app):
    """Tono may open letters, plans and bills, but not these: they lie with another group and he never worked on them."""
    billed, asked = installation_at("payment"), installation_at("unit_agreement")
    page, tickets, tono = f"/admin/unit/details/?id={billed.unit_id}", (billed.id, asked.id), Person(app, "tono")
    links = {
        view: [f"/admin/{view}/details/?id={row.id}" for row in db.session.query(model) if row.ticket_id in tickets]
        for view, model in (("request_letter", RequestLetter), ("rab", Rab), ("bill", Bill))
    }
    words = ("Rp4.500.000", "berlaku sampai", f"/admin/ticket/details/?id={asked.id}")
    assert all(word in tono.get(page).text for word in words)
    for view, rows in links.items():
        assert ROW_LINK.findall(tono.get(f"/admin/{view}/").text), view
        assert [tono.get(row).status_code for row in rows] == [200] * len(rows) and rows
    document = db.session.query(IssuedDocument).filter(IssuedDocument.ticket_id == billed.id).first().id
    doors = (f"/admin/installation/paper/{document}", f"/admin/rab/fill/{asked.id}")
    assert 404 not in [tono.get(door, check=False).status_code for door in doors]
    assert "Rp4.500.000" in tono.get("/admin/installation/reports/").text
    elsewhere = file_complaint(category=category_id("Portal dan aplikasi")).group_id
    with write_transaction():
        for ticket in tickets:
            db.session.get_one(Ticket, ticket).group_id = elsewhere
        db.session.query(Participant).delete()
    assert not [word for word in (*words, billed.number, asked.number) if word in tono.get(page).text]
    for view, rows in links.items():
        assert not ROW_LINK.findall(tono.get(f"/admin/{view}/").text), view
        assert {tono.get(row, check=False).status_code for row in rows} == {404}, view
    assert [tono.get(door, check=False).status_code for door in doors] == [404, 404]
    assert "Rp4.500.000" not in tono.get("/admin/installation/reports/").text


@once
def test_a_bill_that_is_paid_is_owed_no_more(app):
    from tests.installation.test_overpayment import pay

    ticket = installation_at("payment")
    pay(ticket, "1.000.000")
    page = Person(app, "sari").get(f"/admin/unit/details/?id={ticket.unit_id}").text
    assert "Rp3.500.000" in page and "Dibayar sebagian" in page
    pay(ticket, "3.500.000")
    assert (
        "Tidak ada tagihan unit ini yang belum lunas."
        in Person(app, "sari").get(f"/admin/unit/details/?id={ticket.unit_id}").text
    )
