"""The panel of the network: registers that refuse what must not be probed, my shift, picture, availability, import."""

from datetime import timedelta

import pytest

from jobs.commands.network_commands import create_alert_source
from models.base.db import db, utcnow, write_transaction
from models.organisation.sessions import hash_token
from models.outages.alert import AlertSource
from models.outages.network import CheckHour, Node, PlannedWork, WebService
from models.outages.outage import Outage
from models.tickets.ticket import Ticket
from tests.browse import Person
from tests.databases import both, once
from tests.outages.walk import network_outage_at, small_network, small_services, staff_id, wib

pytestmark = once

NODE = {
    "name": "Sakelar baru", "kind": "switch", "address": "10.10.7.1", "uplink_id": "0", "interval_seconds": "30",
    "down_after": "3", "up_after": "2", "is_watched": "y",
}  # fmt: skip
SERVICE = {
    "name": "Portal", "url": "http://10.10.7.9/", "expected_status": "200", "slow_after_ms": "5000",
    "host_node_id": "0", "unit_id": "0", "category_id": "0", "managed_by": "centre", "interval_seconds": "60",
    "down_after": "3", "up_after": "2", "is_watched": "y",
}  # fmt: skip
FORBIDDEN = ["127.0.0.1", "127.1", "0", "2130706433", "①②⑦.0.0.1", "64:ff9b::7f00:1", "169.254.169.254", "203.0.113.7"]


def test_a_service_of_others_needs_a_name_and_a_mail_or_telephone_of_who_manages_it(app):
    hadi, service = Person(app, "hadi"), {**SERVICE, "managed_by": "other"}
    named = {**service, "manager_name": "PT Hosting"}
    assert "Isi nama pengelola luar" in hadi.post("/admin/web_service/new/", service).text
    assert "Isi email atau telepon pengelola luar" in hadi.post("/admin/web_service/new/", named).text
    reached = {**named, "manager_phone": "0751-445566"}
    assert hadi.post("/admin/web_service/new/", reached).status_code == 303


@both
def test_head_of_networking_adds_a_node_with_its_uplink(app):
    nodes = small_network()
    rina = Person(app, "rina")
    answer = rina.post("/admin/node/new/", {**NODE, "uplink_id": nodes["Router inti"].id})
    assert answer.status_code == 303
    node = db.session.query(Node).filter_by(name="Sakelar baru").one()
    assert (node.address, node.uplink.name, node.is_watched) == ("10.10.7.1", "Router inti", True)


@both
@pytest.mark.parametrize("host", FORBIDDEN)
def test_n1_forbidden_addresses_are_refused_when_saved(app, host):
    assert Person(app, "rina").post("/admin/node/new/", {**NODE, "address": host}).status_code == 422
    url = f"http://[{host}]/" if ":" in host else f"http://{host}/"
    assert Person(app, "hadi").post("/admin/web_service/new/", {**SERVICE, "url": url}).status_code == 422
    assert (db.session.query(Node).count(), db.session.query(WebService).count()) == (0, 0)


def test_n3_only_keepers_add_targets_and_credentials_or_other_ports_are_refused(app):
    assert Person(app, "tono").post("/admin/node/new/", NODE).status_code == 403
    hadi = Person(app, "hadi")
    for url in ("http://u:rahasia@10.10.7.9/", "http://10.10.7.9:5432/"):
        assert hadi.post("/admin/web_service/new/", {**SERVICE, "url": url}).status_code == 422
    assert hadi.post("/admin/web_service/new/", SERVICE).status_code == 303


def test_node_that_is_its_own_uplinks_uplink_and_a_second_use_of_an_address_are_refused(app):
    nodes = small_network()
    rina = Person(app, "rina")
    router = nodes["Router inti"]
    page = rina.get(f"/admin/node/edit/?id={router.id}").text
    seen = page.split('name="seen" value="')[1].split('"')[0]
    fields = {**NODE, "name": "Router inti", "address": "10.10.0.1", "kind": "router", "seen": seen}
    looped = rina.post(f"/admin/node/edit/?id={router.id}", {**fields, "uplink_id": nodes["AP FEB lantai 2"].id})
    assert (looped.status_code, "induk dari induknya sendiri" in looped.text) == (422, True)
    taken = rina.post("/admin/node/new/", {**NODE, "address": "10.10.1.1"})
    assert (taken.status_code, "sudah dipakai Sakelar FEB" in taken.text) == (422, True)


def test_shift_shows_what_is_down_and_what_was_promised(app):
    network_outage_at("repairing")
    page = Person(app, "tono").get("/admin/shift/").text
    assert "Gangguan jaringan: Sakelar FEB" in page
    assert "Gangguan jaringan: Sakelar FEB" not in Person(app, "lina").get("/admin/shift/").text


def test_workbench_shows_reach_promises_and_the_call_list(app):
    ticket = network_outage_at("waiting")
    page = Person(app, "tono").get(f"/admin/ticket/details/?id={ticket.id}").text
    for words in ("Sakelar FEB", "Dewi Anggraini", "https://wa.me/6281266000001", "PLN", "Gardu diperbaiki."):
        assert words in page


def test_picture_shows_every_node_and_zooms_into_a_branch(app):
    nodes = small_network()
    tono = Person(app, "tono")
    assert tono.get("/admin/shift/picture/").text.count("<title>Sakelar FTI:") == 2
    branch = tono.get(f"/admin/shift/picture/?root={nodes['Sakelar FEB'].id}&zoom=150").text
    assert ("<title>AP FEB lantai 2:" in branch, "<title>Sakelar FTI:" in branch) == (True, False)
    assert tono.get("/admin/shift/picture/?zoom=9999", check=False).status_code == 400


def test_availability_counts_checks_and_leaves_planned_work_out(app):
    nodes = small_network()
    hour = utcnow().replace(minute=0, second=0, microsecond=0)
    with write_transaction():
        key = {"kind": "node", "target_id": nodes["Sakelar FEB"].id, "hour": hour}
        db.session.add(CheckHour(**key, answered=2, failed=1, unknown=9))
    page = Person(app, "rina").get("/admin/shift/availability/").text
    assert "66,66%" in page
    assert "66,66" in Person(app, "rina").get("/admin/shift/export/", check=False).text


def test_planned_work_is_entered_with_its_nodes(app):
    nodes = small_network()
    fields = {"title": "Ganti UPS", "starts_local": wib(hours=1), "ends_local": wib(hours=3)}
    tono = Person(app, "tono")
    assert tono.post("/admin/planned_work/new/", fields).status_code == 422
    node_ids = str(nodes["Router inti"].id)
    assert tono.post("/admin/planned_work/new/", {**fields, "node_ids": node_ids}).status_code == 303
    work = db.session.query(PlannedWork).one()
    assert ([n.name for n in work.nodes], work.ends_at - work.starts_at) == (["Router inti"], timedelta(hours=2))


def test_operator_reports_an_outage_by_hand(app):
    small_network()
    services = small_services()
    sari = Person(app, "sari")
    fields = {"service": services["Portal akademik"].id, "subject": "Portal mati", "description": "Tidak terbuka."}
    answer = sari.post("/admin/shift/report/server", {**fields, "nonce": "n1"})
    assert answer.status_code == 303
    assert sari.post("/admin/shift/report/server", {**fields, "nonce": "n1"}).location == answer.location
    assert db.session.query(Ticket).count() == 1
    assert sari.post("/admin/shift/report/jaringan", {"subject": "x", "description": "y"}).status_code == 422


def test_command_makes_a_token(app):
    token = app.test_cli_runner().invoke(create_alert_source, ["Zabbix"]).output.strip()
    assert db.session.query(AlertSource).one().token_hash == hash_token(token)


def test_token_of_another_monitor_is_shown_once_and_can_be_revoked(app):
    rudi = Person(app, "rudi")
    answer = rudi.post("/admin/alert_source/new/", {"name": "Uptime Kuma"})
    assert answer.status_code == 303
    source = db.session.query(AlertSource).one()
    assert "hanya tampil sekali" in rudi.get(answer.location).text
    assert "hanya tampil sekali" not in rudi.get(answer.location).text
    rudi.post("/admin/alert_source/revoke/", {"id": source.id})
    db.session.refresh(source)
    assert source.revoked_at is not None


def test_head_sends_staff_from_the_workbench(app):
    ticket = network_outage_at("to_dispatch")
    rina = Person(app, "rina")
    fields = {"crew": str(staff_id("tono")), "text": "Bawa tangga."}
    assert rina.post(f"/admin/ticket/{ticket.id}/do/dispatch", fields).status_code == 303
    assert [p.name for p in db.session.get(Outage, ticket.id).crew] == ["Tono"]
