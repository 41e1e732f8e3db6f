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
        f"profile/?id=c{contact_id}",
        f"profile/?id=t{ticket.id}",
        f"profile/?id=p{person_id}",
    )
    for path in pages:
        assert leads_to(sari, f"/admin/{path}") == f"/admin/profile/?id=p{person_id}", path
    page = sari.get(f"/admin/profile/?id=p{person_id}").text
    for words in ("Wi-Fi dosen putus", "Portal nilai lambat", "ratna@bunghatta.example", MAIL):
        assert words in page, words
    assert ("Pengelola IT" in page, "198001" in page) == (True, True)
    assert f"/admin/profile/?id=t{ticket.id}" in sari.get(f"/admin/ticket/details/?id={ticket.id}").text
    found = sari.get("/admin/search/?q=ratna").text
    assert f"/admin/profile/?id=c{contact_id}" in found and f"/admin/profile/?id=p{person_id}" in found
    assert "Halaman orang ini" in sari.get(f"/admin/ticket/new/?who={MAIL}").text
    for register in ("person", "contact"):
        assert "/admin/profile/?id=" in sari.get(f"/admin/{register}/").text


def leads_to(person: Person, path: str) -> str:
    """Where one stands after all redirects."""
    answer = person.get(path, check=False)
    while answer.status_code == 303:
        path = answer.location
        answer = person.get(path, check=False)
    assert answer.status_code == 200, path
    return path


def test_who_may_not_open_the_register_reads_the_same_person_by_contact_or_first_ticket(app):
    _person_id, contact_id = known_everywhere()
    tickets = db.session.query(Ticket).filter_by(requester_email=MAIL).order_by(Ticket.id).all()
    tono = Person(app, "tono")
    assert leads_to(tono, f"/admin/profile/?id=t{tickets[0].id}") == f"/admin/profile/?id=c{contact_id}"
    assert "198001" not in tono.get(f"/admin/profile/?id=c{contact_id}").text
    assert tono.get(f"/admin/profile/?id=p{_person_id}", check=False).status_code == 403
    first, second = file_complaint(phone="").id, file_complaint(phone="", subject="Masih putus").id
    assert leads_to(tono, f"/admin/profile/?id=t{second}") == f"/admin/profile/?id=t{first}"


def test_a_contacts_own_page_leads_to_the_register_only_by_the_same_address_and_for_whom_may_open_it(app):
    """known_as: of people first, then of contacts; capitals are the same address; nobody else's address leads there."""
    person_id, contact_id = known_everywhere()
    unit_id = unit("FEB").id
    with write_transaction():
        more = {"unit_id": unit_id, "kind": "it_manager", "language": "id"}
        other = Contact(name="Lain", email="lain@x.example", phone="", **more)
        nobody = Contact(name="Tanpa Email", email="", phone="1", **more)
        nameless = Registered(number="7", name="Tanpa", name_key=name_key("Tanpa"), kind="staff", email="")
        db.session.add_all([other, nobody, nameless])
        db.session.flush()
        others = other.id, nobody.id
        db.session.get_one(Contact, contact_id).email = MAIL.upper()
    sari, tono = Person(app, "sari"), Person(app, "tono")
    assert leads_to(sari, f"/admin/profile/?id=c{contact_id}") == f"/admin/profile/?id=p{person_id}"
    assert leads_to(tono, f"/admin/profile/?id=c{contact_id}") == f"/admin/profile/?id=c{contact_id}"
    for one in others:
        assert leads_to(sari, f"/admin/profile/?id=c{one}") == f"/admin/profile/?id=c{one}"


def test_d1_a_register_page_is_refused_to_whom_may_not_open_the_register_whatever_address_leads_there(app, cast):
    """_register: the profile opens no register that its own page would not open."""
    person_id, contact_id = known_everywhere()
    may_open = {"sari": (200, 303), "tono": (403, 200), "rudi": (403, 200)}
    for who, expected in may_open.items():
        asked = (f"/admin/profile/?id=p{person_id}", f"/admin/profile/?id=c{contact_id}")
        assert tuple(Person(app, who).get(address, check=False).status_code for address in asked) == expected, who
        own = Person(app, who).get(f"/admin/person/details/?id={person_id}", check=False).status_code
        assert (own in (200, 303)) is (expected[0] == 200), who


def test_open_tickets_stand_before_the_history_and_each_is_listed_once(app):
    closed = complaint_at("closed")
    still = file_complaint(subject="Masih putus")
    page = Person(app, "sari").get(f"/admin/profile/?id=t{closed.id}").text
    ongoing, past = page.split("Riwayatnya")
    assert "Masih putus" in ongoing and closed.number in past
    assert closed.number not in ongoing and still.number not in past


def test_two_who_share_an_office_telephone_are_two_people(app):
    one = file_complaint(name="Rina", email="", phone="0751-7051678", subject="Rina punya").id
    other = file_complaint(name="Budi", email="", phone="0751-7051678", subject="Budi punya").id
    again = file_complaint(name="Budi", email="", phone="0751-7051678", subject="Budi lagi").id
    sari = Person(app, "sari")
    assert leads_to(sari, f"/admin/profile/?id=t{one}") == f"/admin/profile/?id=t{one}"
    assert leads_to(sari, f"/admin/profile/?id=t{again}") == f"/admin/profile/?id=t{other}"


def test_d1_a_person_page_says_nothing_of_tickets_that_the_reader_may_not_see(app):
    _person, contact_id = known_everywhere()
    page = Person(app, "tono").get(f"/admin/profile/?id=c{contact_id}").text
    assert "Wi-Fi dosen putus" in page and "Portal nilai" not in page
    other = db.session.query(Ticket).filter_by(subject="Portal nilai lambat").one().id
    for path in ("requester/?id=", "profile/?id=t"):
        assert Person(app, "tono").get(f"/admin/{path}{other}").status_code == 404, path
    assert Person(app, "rudi").get(f"/admin/requester/?id={other}").status_code == 403
    assert Person(app, "rudi").get(f"/admin/profile/?id=t{other}").status_code == 404
    admin = Person(app, "rudi").get(f"/admin/profile/?id=c{contact_id}").text
    assert "Wi-Fi dosen putus" not in admin and "Tiketnya" not in admin


@once
def test_i3_one_whose_identity_went_leads_to_nobody_elses_tickets(app):
    with write_transaction():
        for n in range(2):
            ticket = file_complaint(subject=f"Lama {n}")
            ticket.requester_name, ticket.requester_email, ticket.requester_phone = FORGOTTEN, "", ""
    first = db.session.query(Ticket).filter_by(subject="Lama 0").one().id
    assert "Lama 1" not in Person(app, "sari").get(f"/admin/profile/?id=t{first}").text
    sari = Person(app, "sari")
    assert sari.get("/admin/requester/?id=999999").status_code == 404
    assert sari.get("/admin/requester/?id=x").status_code == 400
    assert sari.get("/admin/requester/").status_code == 404
    assert sari.get("/admin/profile/?id=t999999").status_code == 404
    assert sari.get("/admin/profile/?id=z1").status_code == 400
    assert sari.get("/admin/profile/").status_code == 404


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
