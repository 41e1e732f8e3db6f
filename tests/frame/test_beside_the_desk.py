"""Beside a desk: what is out now and who is in the field, by the row rule, in a statement a room."""

from __future__ import annotations

from datetime import timedelta

from models.base.db import db, utcnow, write_transaction
from models.installation.survey import Appointment
from models.outages.outage import Outage
from tests.browse import Person
from tests.databases import both
from tests.installation.installation_walk import installation_at
from tests.outages.walk import network_outage_at, server_outage_at
from tests.tickets.test_workbench import Statements


def side_of(app, name: str) -> str:
    return Person(app, name).get("/admin/").text.split("<aside")[1]


@both
def test_the_desk_shows_what_is_out_since_when_and_what_was_promised_to_those_who_may_see_it(app):
    ticket = network_outage_at("on_site")
    server_outage_at("with_manager")
    side = side_of(app, "tono")
    for words in ("Sedang padam", "Sakelar FEB", "perangkat di belakangnya", "elum ada pengaduan", "Tono di lokasi"):
        assert words in side, words
    assert f"details/?id={ticket.id}" in side
    seen = {name: ("Sakelar FEB" in side_of(app, name), "Portal" in side_of(app, name)) for name in ("lina", "budi")}
    assert seen["lina"][0] is False and seen["budi"][0] is True
    with write_transaction():
        db.session.get(Outage, ticket.id).answered_at = utcnow()
    assert "Sakelar FEB</a>" not in side_of(app, "tono")


def test_the_newest_outage_stands_first_and_the_rest_are_counted(app):
    first, second = network_outage_at("waiting"), server_outage_at("checking")
    with write_transaction():
        db.session.get(Outage, first.id).began_at = utcnow() - timedelta(hours=5)
        db.session.get(Outage, second.id).began_at = utcnow() - timedelta(hours=1)
    side = side_of(app, "budi")
    assert side.index(f"details/?id={second.id}") < side.index(f"details/?id={first.id}")
    assert "Perkiraan pulih" in side


@both
def test_the_desk_names_who_is_in_the_field_today_and_on_the_days_ahead(app):
    installation_at("survey")
    network_outage_at("on_site")
    with write_transaction():
        for visit in db.session.query(Appointment):
            visit.starts_at = utcnow()
    today = side_of(app, "rina").split('id="h-hari"')[1].split("</section>")[0]
    assert "Survey: Gedung" in today and "titik" in today and ": perbaikan" in today
    with write_transaction():
        for visit in db.session.query(Appointment):
            visit.starts_at = utcnow() + timedelta(days=2)
    side = side_of(app, "rina")
    assert "Survey: Gedung" not in side.split('id="h-hari"')[1].split("</section>")[0]
    assert "Survey: Gedung" in side.split('id="h-hari-1"')[1]
    assert "Survey: Gedung" not in side_of(app, "lina")


def test_what_stands_beside_the_desk_keeps_its_bound(app):
    installation_at("survey")
    network_outage_at("on_site")
    budi = Person(app, "budi")
    budi.get("/admin/")
    with Statements(app) as asked:
        assert budi.client.get("/admin/").status_code == 200
    assert len(asked.found) <= 10
