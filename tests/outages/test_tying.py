"""A complaint is tied to an outage that one finds: the unit's own first, the newest first, called as its ticket is."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from admin_views.tickets.workbench import workbench
from models.base import setting
from models.base.db import db, utcnow, write_transaction
from models.outages.outage import Outage
from models.tickets.ticket import Ticket
from tests.browse import Person
from tests.databases import once
from tests.outages.walk import opened, server_outage_at, small_network, unit
from tests.tickets.test_workbench import Statements
from tests.walk import file_complaint

pytestmark = once
CHOICES = re.compile(r'<option value="(\d+)">([^<]*)</option>')


@pytest.fixture
def three(app):
    """Outages of FTI (an hour old), FEB (three hours) and the academic portal (two hours), by name."""
    nodes = small_network()
    found = {
        "fti": opened(nodes, "Sakelar FTI"),
        "feb": opened(nodes, "Sakelar FEB"),
        "portal": server_outage_at("reported"),
    }
    ids = {name: ticket.id for name, ticket in found.items()}
    with write_transaction():
        for name, hours in (("fti", 1), ("feb", 3), ("portal", 2)):
            db.session.get(Outage, ids[name]).began_at = utcnow() - timedelta(hours=hours)
    return ids


def offered(app, who, ticket_id):
    page = Person(app, who).get(f"/admin/ticket/details/?id={ticket_id}").text
    select = page.split('name="incident"')[1].split("</select>")[0]
    return [(int(value), label) for value, label in CHOICES.findall(select) if value != "0"]


def test_the_unit_s_own_outage_stands_first_and_then_the_newest(app, three):
    ticket_id = file_complaint(unit=unit("FEB").id).id
    choices = offered(app, "sari", ticket_id)
    assert [ident for ident, _label in choices] == [three["feb"], three["fti"], three["portal"]]
    assert ["unit pengaduan ini" in label for _ident, label in choices] == [True, False, False]


def test_a_unit_within_a_faculty_finds_the_faculty_s_outage_first(app, three):
    ticket_id = file_complaint(unit=unit("MN-FEB").id).id
    assert offered(app, "sari", ticket_id)[0][0] == three["feb"]


def test_outages_are_called_as_their_tickets_are_and_by_place_where_the_ticket_is_not_seen(app, three):
    ticket_id, number = file_complaint().id, db.session.get(Ticket, three["portal"]).number
    sari, tono = (dict(offered(app, who, ticket_id)) for who in ("sari", "tono"))
    assert sari[three["portal"]].startswith(f"Gangguan server: Portal akademik · {number}")
    assert tono[three["feb"]].startswith("Gangguan jaringan: Sakelar FEB · ")
    assert "Gangguan server" not in tono[three["portal"]] and number in tono[three["portal"]]


def test_an_outage_that_just_began_elsewhere_is_taken_from_a_page_that_knows_it(app, three, monkeypatch):
    ticket_id, tono = file_complaint().id, Person(app, "tono")
    monkeypatch.setattr(setting, "CACHE_SECONDS", 60)
    setting.stored()
    assert three["feb"] in dict(offered(app, "tono", ticket_id))
    kept = setting.recent("open outages", list)  # as another process, whose list is some seconds old, has it
    kept[:] = [outage for outage in kept if outage.ticket_id != three["feb"]]
    assert three["feb"] not in dict(offered(app, "tono", ticket_id))
    version = db.session.get(Ticket, ticket_id).version
    answer = tono.post(f"/admin/ticket/{ticket_id}/do/tie", {"incident": three["feb"], "version": version})
    db.session.rollback()
    assert (answer.status_code, db.session.get(Ticket, ticket_id).incident_id) == (303, three["feb"])


def test_the_open_outages_are_asked_once_a_page(app, three):
    ticket_id, tono = file_complaint().id, Person(app, "tono")
    with Statements(app) as statements:
        tono.get(f"/admin/ticket/details/?id={ticket_id}")
    assert len([s for s in statements.found if "outage.began_at" in s and "web_service" in s]) == 1


def test_a_kept_choice_of_outages_fits_each_reader_unit_and_day(app, three, monkeypatch):
    fti, feb = file_complaint(unit=unit("FTI").id).id, file_complaint(unit=unit("FEB").id).id

    def all_offered():
        return [offered(app, who, ticket_id) for who in ("sari", "tono") for ticket_id in (fti, feb)]

    kept = all_offered()
    monkeypatch.setattr(workbench, "cached_html", lambda _key, here, draw: draw(here))
    assert kept == all_offered(), "as drawn anew"
    assert len({str(each) for each in kept}) == 4
    monkeypatch.undo()
    with write_transaction():
        outage = db.session.get(Outage, three["fti"])
        outage.ticket.subject, outage.began_at = "Sakelar berganti nama", outage.began_at - timedelta(days=400)
    label = dict(offered(app, "sari", fti))[three["fti"]]
    assert label.startswith("Sakelar berganti nama") and str(outage.began_at.year) in label
    before = offered(app, "sari", feb)
    monkeypatch.setattr("models.base.db.clock", lambda: datetime.now(UTC) + timedelta(days=1))
    assert [label for _ident, label in before] != [label for _ident, label in offered(app, "sari", feb)], "another day"
