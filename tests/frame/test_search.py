"""One box for everything: nobody finds by it what their lists would not show; numbers lead straight to the place."""

from __future__ import annotations

import re

import pytest

from models.accounts.account import Account
from models.accounts.person import Person as RegisteredPerson
from models.base.db import db, write_transaction
from models.installation.bill import Bill, Payment
from models.installation.quality_test import QualityTest
from models.installation.rab import Rab
from models.installation.survey import Survey
from models.organisation.staff import Staff
from models.organisation.unit import Contact, Unit
from models.outages.network import Node, WebService
from models.tickets.letter import Disposition, RequestLetter
from models.tickets.ticket import Ticket
from tests.browse import Person
from tests.frame.test_rights import ACTORS, REGISTERS
from tests.installation.installation_walk import installation_at
from tests.tickets.test_workbench import Statements
from tests.walk import file_complaint

CANARY = "kenari7"
SHOWN = re.compile(r'aria-labelledby="h-(\w+)"')
ORGANISATION = ("unit", "contact", "person", "account", "staff", "node", "web_service")
PAPERS = {"request_letter": RequestLetter, "disposition": Disposition, "survey": Survey, "rab": Rab,
          "quality_test": QualityTest, "bill": Bill, "payment": Payment}  # fmt: skip
NUMBERS = {"request_letter": "number", "disposition": "agenda_number", "payment": "receipt_number"}


@pytest.fixture
def canaries(app, cast):
    """The canary's word in one row of every kind; the installation is closed, with all its papers."""
    ticket = installation_at("closed")
    with write_transaction():
        db.session.add(unit := Unit(code="KEN", name=f"Unit {CANARY}"))
        db.session.flush()
        db.session.add(Contact(unit_id=unit.id, name=f"Kontak {CANARY}"))
        db.session.add(RegisteredPerson(number="1", name=f"Orang {CANARY}", name_key=f"orang {CANARY}"))
        db.session.add(Account(address=f"{CANARY}@kampus.example", login=CANARY, kind="internet"))
        db.session.add(Staff(username="kenari", name=f"Petugas {CANARY}"))
        db.session.add(Node(name=f"Sakelar {CANARY}"))
        db.session.add(WebService(name=f"Layanan {CANARY}", url="http://10.0.0.9/"))
        for view, model in PAPERS.items():
            row = db.session.query(model).order_by(model.id).first()
            setattr(row, NUMBERS.get(view, "number"), f"{CANARY}/{view}")
    file_complaint(subject=f"Keluhan {CANARY}")
    return ticket.id


def found_by(person: Person, words: str) -> set[str]:
    answer = person.get(f"/admin/search/?q={words}")
    return set(SHOWN.findall(answer.text)) if answer.status_code == 200 else set()


@pytest.mark.slow
@pytest.mark.parametrize("name", ACTORS)
def test_nobody_finds_what_their_own_lists_would_not_show(app, canaries, name):
    person = Person(app, None if name in ("stranger", "holder") else name)
    kinds = {view for view in (*ORGANISATION, *PAPERS) if name in REGISTERS[view]["list"]}
    sees_the_complaint = name in {"budi", "rina", "tono", "sari", "ketua"}  # it lies with the network group
    assert found_by(person, CANARY) == kinds | ({"ticket"} if sees_the_complaint else set())


def test_tono_finds_no_letter_of_a_ticket_that_still_lies_at_the_front_desk(app, cast):
    ticket = installation_at("disposition")
    with write_transaction():
        db.session.query(RequestLetter).one().number = f"{CANARY}/X"
    assert "request_letter" in REGISTERS and ticket.group.name == "Meja Layanan"
    assert found_by(Person(app, "tono"), CANARY) == set()
    assert found_by(Person(app, "budi"), CANARY) == {"request_letter"}


def test_a_ticket_number_opens_its_ticket_and_tells_others_nothing(app, cast):
    ticket = file_complaint()
    number, ticket_id = ticket.number, ticket.id
    tono = Person(app, "tono").get(f"/admin/search/?q={number.lower()}")
    assert tono.headers["Location"] == f"/admin/ticket/details/?id={ticket_id}"
    lina = Person(app, "lina").get(f"/admin/search/?q={number}")
    assert lina.status_code == 200 and "Wi-Fi perpustakaan" not in lina.text and "Tidak ditemukan" in lina.text


def test_the_paper_of_exactly_this_number_comes_first(app, canaries):
    with write_transaction():
        db.session.add(Unit(code="T1", name=f"Unit {CANARY}/bill yang lain"))
    page = Person(app, "sari").get(f"/admin/search/?q={CANARY}/bill").text
    assert SHOWN.findall(page) == ["bill", "unit"]
    assert f"/admin/ticket/details/?id={canaries}" in page


def test_of_each_kind_at_most_ten_are_shown_and_the_rest_is_one_press_away(app, cast):
    with write_transaction():
        db.session.add_all(Unit(code=f"K{n}", name=f"Unit {CANARY} {n}") for n in range(15))
    page = Person(app, "sari").get(f"/admin/search/?q={CANARY}").text
    assert page.count("/admin/unit/details/?id=") == 10
    assert f'href="/admin/unit/?search={CANARY}"' in page and "10+" in page


def test_the_search_asks_few_statements(app, canaries):
    for name in ("sari", "tono", "rudi"):
        person = Person(app, name)
        person.get("/admin/")
        with Statements(app) as asked:
            person.client.get(f"/admin/search/?q={CANARY}")
        assert len(asked.found) <= 6, (name, asked.found)


@pytest.mark.slow
@pytest.mark.parametrize(
    "words", ["%00", "%25", "_", "'", "a", "", "%5C", "kata+" * 2000, "9" * 5000, "²", "((", "%22*"]
)
def test_d10_no_search_makes_a_fault(app, canaries, words):
    for name in ("sari", "rudi"):
        answer = Person(app, name).get(f"/admin/search/?q={words}")
        assert answer.status_code in (200, 400), words
        assert "SELECT" not in answer.text


def test_an_empty_and_a_vain_search_say_what_can_be_found(app, cast):
    rudi = Person(app, "rudi")
    assert "Satu kotak untuk semuanya" in rudi.get("/admin/search/").text
    vain = rudi.get("/admin/search/?q=zzzqqq").text
    assert "Tidak ditemukan" in vain and "Unit" in vain and "Tiket, " not in re.search(r"Yang dicari: ([^<]+)", vain)[1]
    assert db.session.query(Ticket).count() == 0
