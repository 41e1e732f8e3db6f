"""What people outside see and send: the board, "already known", and the copy; P7."""

import json
from datetime import timedelta

from sqlalchemy import select

from jobs.outages.static_copy import write_outage_copy
from models.base import setting
from models.base.db import db, utcnow, write_transaction
from models.outages.network import PlannedWork, WebService
from models.outages.outage import AffectedPerson, Outage
from models.tickets.outbox import Mail
from models.tickets.ticket import Ticket
from tests.databases import both, once
from tests.outages.walk import network_outage_at, server_outage_at, small_network, small_services, unit
from tests.pages import check
from tests.public.visitor import complain, hidden, number_in
from tests.walk import category_id, complaint_fields, take

pytestmark = once


def test_p7_board_says_places_and_times_and_never_hosts_addresses_or_people(app):
    network_outage_at("waiting")
    client = app.test_client()
    page = client.get("/gangguan").text
    check(page)
    data = client.get("/gangguan", headers={"Accept": "application/json"}).json
    assert [set(n) for n in data["current"]] == [
        {"condition", "what", "places", "units", "starts_at", "ends_at", "text"}
    ]
    assert data["current"][0]["places"] == ["Kampus II Aia Pacah"]
    for secret in ("10.10.", "Sakelar", "Router", "Dewi", "Tono", "PLN", "dewi@"):
        assert secret not in page and secret not in json.dumps(data)


NOTICE_KEYS = ["condition", "ends_at", "places", "starts_at", "text", "units", "what"]


def test_p7_every_public_json_has_these_keys_and_no_others(app, tmp_path):
    """A snapshot typed by hand: the board's data and the copy's file, with an outage of each kind and planned work."""
    nodes = small_network()
    network_outage_at("waiting", nodes)
    services = small_services()
    server_outage_at("checking", services)
    with write_transaction():
        db.session.get(WebService, services["Portal akademik"].id).public_name = "Portal Mahasiswa"
        work = PlannedWork(title="Ganti UPS", starts_at=utcnow(), ends_at=utcnow() + timedelta(hours=2))
        work.nodes = [nodes["Router inti"]]
        db.session.add(work)
    data = app.test_client().get("/gangguan", headers={"Accept": "application/json"}).json
    app.config.update(OUTAGE_COPY_FOLDER=str(tmp_path))
    try:
        write_outage_copy()
    finally:
        app.config.update(OUTAGE_COPY_FOLDER="")
    copy = json.loads((tmp_path / "gangguan.json").read_text())
    for said in (data, copy):
        assert sorted(said) == ["current", "planned"]
        assert [sorted(notice) for notice in said["current"]] == [NOTICE_KEYS] * 2
        assert [sorted(notice) for notice in said["planned"]] == [NOTICE_KEYS]
    assert {n["what"] for n in data["current"]} == {"Jaringan lokal", "Layanan web: Portal Mahasiswa"}
    everything = json.dumps([data, copy]) + (tmp_path / "index.html").read_text()
    for secret in ("10.10.", "http://10", "Sakelar", "Router", "Portal akademik", "Dewi", "Tono", "PLN", "@", "PTK-"):
        assert secret not in everything, secret


@both
def test_outage_of_which_no_unit_is_known_is_placed_by_its_node(app):
    nodes = small_network()
    network_outage_at("waiting", nodes)
    with write_transaction():
        outage = db.session.scalars(select(Outage)).one()
        outage.units = []
        outage.cause_node.building = "Gedung Rektorat"
    data = app.test_client().get("/gangguan", headers={"Accept": "application/json"}).json
    assert data["current"][0]["places"] == ["Gedung Rektorat"]


def test_service_without_a_public_name_is_not_named_on_the_board(app):
    server_outage_at("checking")
    page = app.test_client().get("/gangguan").text
    assert ("layanan kampus" in page, "Portal akademik" in page) == (True, False)


def test_unconfirmed_outage_is_not_on_the_board(app):
    network_outage_at("reported")
    assert "Tidak ada gangguan" in app.test_client().get("/gangguan").text


@both
def test_complaint_of_an_affected_unit_is_told_first_and_one_press_adds_the_person(app, monkeypatch):
    ticket = network_outage_at("repairing")
    client = app.test_client()
    told = complain(client, monkeypatch, unit=unit("FEB").id)
    check(told.text)
    assert (told.status_code, "sudah kami ketahui" in told.text) == (200, True)
    fields = {**hidden(told.text, "/pengaduan"), **complaint_fields(unit=unit("FEB").id), "affected": ticket.id}
    for _press in range(2):
        assert client.post("/pengaduan", data=fields).location == "/gangguan"
    assert [person.email for person in db.session.scalars(select(AffectedPerson))] == ["andi@mhs.example"]
    assert db.session.query(Ticket).filter_by(procedure="complaint").count() == 0
    take(ticket, "end", "tono", cause="x", text="Diganti.", no_proof_reason="x")
    assert db.session.query(Mail).filter_by(notice="outage_ended", recipient="andi@mhs.example").count() == 1


@both
def test_p5_me_too_of_a_machine_or_over_the_limit_adds_nobody_and_waits_for_the_operator(app, monkeypatch):
    network = network_outage_at("repairing")
    with write_transaction():
        setting.put("complaints_per_hour_per_address", 3)
    client = app.test_client()
    told = complain(client, monkeypatch, unit=unit("FEB").id)
    fields = {**hidden(told.text, "/pengaduan"), **complaint_fields(unit=unit("FEB").id), "affected": network.id}
    client.post("/pengaduan", data={**fields, "situs": "http://x", "email": "korban1@mhs.example"})
    for number in range(2, 5):
        client.post("/pengaduan", data={**fields, "email": f"korban{number}@mhs.example"})
    assert [p.email for p in db.session.scalars(select(AffectedPerson))] == ["korban2@mhs.example"]
    suspicions = {t.suspicion for t in db.session.query(Ticket).filter_by(procedure="complaint")}
    assert suspicions <= {"honeypot", "address_limit"} and suspicions


def test_person_with_another_matter_sends_the_complaint_all_the_same(app, monkeypatch):
    network_outage_at("repairing")
    client = app.test_client()
    told = complain(client, monkeypatch, unit=unit("FEB").id)
    fields = {**hidden(told.text, "/pengaduan"), **complaint_fields(unit=unit("FEB").id), "anyway": "1"}
    assert number_in(client.post("/pengaduan", data=fields)).startswith("PTK-")


def test_complaint_of_another_unit_or_matter_is_not_held_up(app, monkeypatch):
    network_outage_at("repairing")
    client = app.test_client()
    assert number_in(complain(client, monkeypatch, unit=unit("FTI").id))
    assert number_in(complain(client, monkeypatch, unit=unit("FEB").id, category=category_id("Akun dan password")))


def test_copy_is_written_by_rename_and_pushed_on_each_change_only(app, tmp_path):
    pushed = tmp_path / "pushed"
    script = tmp_path / "push"
    script.write_text(f'#!/bin/sh\necho "$1" >> {pushed}\n')
    script.chmod(0o755)
    app.config.update(OUTAGE_COPY_FOLDER=str(tmp_path / "copy"), OUTAGE_PUSH_COMMAND=str(script))
    try:
        assert (write_outage_copy(), write_outage_copy()) == (True, False)
        network_outage_at("waiting")
        assert (write_outage_copy(), write_outage_copy()) == (True, False)
    finally:
        app.config.update(OUTAGE_COPY_FOLDER="", OUTAGE_PUSH_COMMAND="")
    assert pushed.read_text().splitlines() == [str(tmp_path / "copy")] * 2
    names = sorted(path.name for path in (tmp_path / "copy").iterdir())
    assert names == ["as-of.js", "gangguan.json", "index.html", "pk-public.css", "pk.css"]
    html = (tmp_path / "copy" / "index.html").read_text()
    assert "Kampus II Aia Pacah" in html and "Sakelar" not in html and "10 menit" in html
