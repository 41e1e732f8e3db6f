"""The workbench of an outage asks at most 12 statements and shows a bounded list of each kind, however long it lasts."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from models.base.db import db, utcnow, write_transaction
from models.organisation.staff import Staff
from models.organisation.unit import Contact, Unit
from models.outages.network import Node
from models.outages.outage import (
    AffectedPerson,
    AskedProbe,
    ContactCall,
    Estimate,
    FieldReport,
    Outage,
)
from models.outages.outage_recipients import OutageRecipient
from models.tickets.ticket import Ticket
from tests.browse import Person
from tests.outages.walk import network_outage_at, server_outage_at
from tests.tickets.test_workbench import Statements
from tests.tickets.test_workbench_statements import MOST, fill
from tests.walk import file_complaint

MANY = 90
DESKS = {
    "network, supporting branch": (lambda: network_outage_at("estimated"), "tono"),
    "network, waiting for power": (lambda: network_outage_at("waiting"), "rina"),
    "network, on site (L8)": (lambda: network_outage_at("on_site"), "tono"),
    "network, recovering": (lambda: network_outage_at("repairing"), "tono"),
    "network, ended": (lambda: network_outage_at("ended"), "rina"),
    "server, checking (W5)": (lambda: server_outage_at("checking"), "lina"),
    "server, with its manager (W7)": (lambda: server_outage_at("with_manager"), "hadi"),
}


def load(ticket: Ticket) -> None:
    """Much of everything that an outage gathers, by many people."""
    fill(ticket)
    tied = [file_complaint(subject=f"Mati di ruang {n}").id for n in range(3)]
    with write_transaction():
        outage, now = db.session.get(Outage, ticket.id), utcnow()
        crew = db.session.query(Staff).order_by(Staff.id).limit(8).all()
        outage.crew = list({*outage.crew, *crew})
        above = Unit(name="A induk", code="A00")
        db.session.add(above)
        outage.units.append(Unit(name="A anak", code="A01", parent=above))
        db.session.flush()
        db.session.add(Contact(unit_id=above.id, name="Pengelola induk", kind="it_manager"))
        units = [Unit(name=f"Unit {n:03}", code=f"U{n:03}") for n in range(MANY)]
        outage.units.extend(units)
        outage.nodes.extend(Node(name=f"Simpul {n:03}", kind="switch", address=f"10.20.0.{n}") for n in range(MANY))
        db.session.flush()
        contacts = [Contact(unit_id=u.id, name=f"Pengelola {u.code}", kind="it_manager", email=f"{u.code}@x.example", phone="0811111111") for u in units]  # fmt: skip
        db.session.add_all(contacts)
        db.session.flush()
        for n in range(MANY):
            at, by = now - timedelta(minutes=MANY - n), crew[n % len(crew)].id
            db.session.add_all([
                Estimate(ticket_id=ticket.id, recovers_at=at, reason=f"Perkiraan {n:03}.", staff_id=by, at=at),
                ContactCall(ticket_id=ticket.id, contact_id=contacts[n].id, name=contacts[n].name, way="phone", said=f"Kata {n:03}.", staff_id=by, at=at),
                FieldReport(ticket_id=ticket.id, text=f"Laporan {n:03}.", staff_id=by, at=at),
                AskedProbe(ticket_id=ticket.id, kind="visit", target=f"sasaran-{n:03}", state="done", answered=False, facts={}, staff_id=by, asked_at=at, done_at=at),
                AffectedPerson(ticket_id=ticket.id, email=f"m{n}@x.example"),
                OutageRecipient(ticket_id=ticket.id, email=f"t{n:03}@x.example", name=f"Orang {n:03}", audience="it_managers", notice="passed_on", times=1, first_at=at, last_at=at),
            ])  # fmt: skip
        db.session.query(Ticket).filter(Ticket.id.in_(tied)).update({"incident_id": ticket.id})


@pytest.mark.slow
@pytest.mark.parametrize("desk", DESKS)
def test_a_full_outage_workbench_asks_at_most_twelve_statements(app, desk):
    walk, username = DESKS[desk]
    ticket = walk()
    load(ticket)
    path, person = f"/admin/ticket/details/?id={ticket.id}", Person(app, username)
    assert person.get(path).status_code == 200
    with Statements(app) as statements:
        page = person.get(path).text
    assert len(statements.found) <= MOST, "\n".join([str(len(statements.found)), *statements.found])
    documents = re.sub(r"(?s)<(select|datalist).*?</\1>", "", page)
    tied = "Mati di ruang 2" if ticket.procedure == "network_outage" else "3 pengaduan lain terikat dari kelompok lain."
    for words in ("Perkiraan 089.", "Kata 089.", "Laporan 089.", "sasaran-089", "Orang 089", tied):
        assert words in documents, words
    if ticket.procedure == "network_outage":
        assert "Pengelola induk" in documents, "a unit without an IT manager is reached through the unit above it"
    for words in ("Perkiraan 0", "Laporan 0", "sasaran-0", "Orang 0", "Unit 0", "Kata 0"):
        assert documents.count(words) <= 50, words
    assert len(re.findall(r"dan \d\d lagi", documents)) >= 5
