"""Nodes and IT managers are typed by name, with suggestions of the ticket's own place first; no register is read whole."""

from __future__ import annotations

import re

import pytest

from models.base.db import db, write_transaction
from models.organisation.unit import Contact, Unit
from models.outages.network import Node
from models.outages.outage import AskedProbe, ContactCall, Outage
from tests.browse import Person
from tests.outages.walk import network_outage_at, unit


def suggested(page, field):
    listed = re.search(rf'(?s)<datalist id="{field}-l">(.*?)</datalist>', page)[1]
    return re.findall(r'value="([^"]*)"', listed)


@pytest.fixture
def many(app):
    """A confirmed outage of FEB beside hundreds of other nodes and managers, all of which come first by name."""
    ticket = network_outage_at("confirmed")
    with write_transaction():
        db.session.add_all(Node(name=f"AA {n:03}", address=f"10.9.{n // 200}.{n % 200}") for n in range(300))
        for n in range(300):
            other = Unit(code=f"A{n}", name=f"AA unit {n:03}")
            db.session.add(other)
            db.session.flush()
            db.session.add(Contact(unit_id=other.id, name=f"AA {n:03}", kind="it_manager"))
        db.session.add(Contact(unit_id=unit("FEB").id, name="Dewi", kind="it_manager", phone="0812-6600-0001"))
    return ticket.id


def test_tono_is_offered_the_nodes_and_managers_of_this_outage_first_and_few_others(app, many):
    page = Person(app, "tono").get(f"/admin/ticket/details/?id={many}").text
    nodes, managers = suggested(page, "ping_again-node"), suggested(page, "contact_manager-contact")
    assert nodes[0].startswith("AP FEB lantai 2") and nodes[1].startswith("Sakelar FEB")
    assert "Fakultas Ekonomi" in managers[0]
    assert len(nodes) <= 40 and len(managers) <= 40


@pytest.mark.parametrize("typed", ["sakelar fti", "Sakelar FTI · 10.10.2.1", "FTI", "10.10.2.1"])
def test_tono_pings_the_node_that_he_types(app, many, typed):
    answer = Person(app, "tono").post(f"/admin/ticket/{many}/do/ping_again", {"node": typed})
    assert answer.status_code == 303
    assert db.session.query(AskedProbe).order_by(AskedProbe.id.desc()).first().target == "10.10.2.1"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [("AA 0", "Lebih dari satu yang cocok: AA 000"), ("tiada", "Tidak ada perangkat bernama “tiada”"), ("%", "Tidak ada"),
     ("99999999999999999999", "Tidak ada")],
)  # fmt: skip
def test_d10_what_tono_types_in_vain_is_kept_with_a_sentence(app, many, typed, sentence):
    answer = Person(app, "tono").post(f"/admin/ticket/{many}/do/ping_again", {"node": typed})
    assert answer.status_code == 422 and sentence in answer.text
    assert f'value="{typed}"' in answer.text


def test_tono_records_a_call_to_the_manager_of_a_unit_that_he_types(app, many):
    fields = {"contact": "AA unit 007", "way": "phone", "text": "Listrik mati.", "finding": ""}
    assert Person(app, "tono").post(f"/admin/ticket/{many}/do/contact_manager", fields).status_code == 303
    call = db.session.query(ContactCall).order_by(ContactCall.id.desc()).first()
    assert (call.name, call.contact.unit.name) == ("AA 007", "AA unit 007")


def test_sari_reports_an_outage_of_a_unit_that_she_types(app, many):
    fields = {
        "node": "",
        "unit": "AA unit 011",
        "subject": "Wi-Fi mati",
        "description": "Semua lantai.",
        "channel": "phone",
    }
    answer = Person(app, "sari").post("/admin/shift/report/jaringan", fields)
    assert answer.status_code == 303
    outage = db.session.query(Outage).order_by(Outage.ticket_id.desc()).first()
    assert [u.name for u in outage.units] == ["AA unit 011"]
