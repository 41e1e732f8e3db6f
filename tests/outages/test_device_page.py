"""The page of a device: thirty days of checks, its outages by the row rule, work ahead, and a ping when one wants it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jobs.outages import asked_probes
from jobs.outages.upkeep import forget_old_checks
from models.base.db import db, utcnow, write_transaction
from models.organisation.audit import AuditEntry
from models.outages.network import CheckHour, Node, PlannedWork, WebService
from models.outages.outage import AskedProbe
from procedures.outages.availability import availability_of, check_days
from tests.browse import Person
from tests.databases import once
from tests.outages.walk import network_outage_at, small_network, small_services


def counted(node: Node, *days: tuple[int, int, int]) -> None:
    """(days ago, answered, failed) of each."""
    with write_transaction():
        for ago, answered, failed in days:
            hour = (utcnow() - timedelta(days=ago)).replace(minute=0, second=0, microsecond=0)
            db.session.add(CheckHour(kind="node", target_id=node.id, hour=hour, answered=answered, failed=failed))


def test_days_are_those_of_the_centre_and_count_as_availability_does(app):
    node = small_network()["Sakelar FEB"]
    counted(node, (0, 100, 0), (3, 90, 10), (40, 0, 500))
    days = check_days("node", node.id, 30)
    assert (len(days), days[-1].percent, days[-4].percent, days[-2].percent) == (30, 100.0, 90.0, None)
    (share,) = availability_of(utcnow() - timedelta(days=30), utcnow() + timedelta(hours=1), {"node": [node.id]})
    assert (share.name, share.percent, share.checks) == ("Sakelar FEB", 95.0, 200)
    everything = availability_of(utcnow() - timedelta(days=30), utcnow() + timedelta(hours=1))
    assert share in everything and len(everything) == 4


def test_a_device_page_shows_checks_outage_and_the_work_on_what_it_hangs_on(app):
    nodes = small_network()
    outage = network_outage_at("repairing", nodes)
    counted(nodes["Sakelar FEB"], (1, 90, 10))
    with write_transaction():
        start = utcnow() + timedelta(hours=2)
        work = PlannedWork(title="Ganti catu daya", starts_at=start, ends_at=start + timedelta(hours=1))
        work.nodes = [db.session.get(Node, nodes["Router inti"].id)]
        db.session.add(work)
    page = Person(app, "tono").get(f"/admin/node/details/?id={nodes['Sakelar FEB'].id}").text
    for words in ("pk-days", "90,00%", outage.subject, "Ganti catu daya", "Ping sekarang"):
        assert words in page, words
    assert "ikut terkena" in Person(app, "tono").get(f"/admin/node/details/?id={nodes['AP FEB lantai 2'].id}").text
    lina = Person(app, "lina").get(f"/admin/node/details/?id={nodes['Sakelar FEB'].id}").text
    assert outage.subject not in lina and "Belum ada gangguan yang boleh Anda lihat." in lina


def test_tono_pings_now_and_the_worker_s_answer_stands_on_the_page(app, monkeypatch):
    node_id = small_network()["Sakelar FEB"].id
    tono = Person(app, "tono")
    for _twice in range(2):
        assert tono.post(f"/admin/node/probe/?id={node_id}").status_code == 303
    probe = db.session.query(AskedProbe).one()
    assert (probe.ticket_id, probe.kind, probe.target, probe.state) == (None, "ping", "10.10.1.1", "asked")
    assert db.session.query(AuditEntry).filter_by(act="ping").count() == 1
    assert "Sedang diperiksa" in tono.get(f"/admin/node/details/?id={node_id}").text
    facts = {"sent": 4, "received": 3, "loss": 25, "times_ms": [1.0], "way": "icmp"}
    monkeypatch.setattr(asked_probes, "_ping", lambda target, allow: (True, facts))
    assert asked_probes.answer_asked_probes() == 1
    assert "3 dari 4 dijawab, hilang 25%" in tono.get(f"/admin/node/details/?id={node_id}").text


def test_a_service_is_opened_now_likewise(app, monkeypatch):
    service_id = small_services()["Portal akademik"].id
    lina = Person(app, "lina")
    assert lina.post(f"/admin/web_service/probe/?id={service_id}").status_code == 303
    monkeypatch.setattr(asked_probes, "_visit", lambda *asked: (False, {"status": 502, "milliseconds": 41}))
    asked_probes.answer_asked_probes()
    page = lina.get(f"/admin/web_service/details/?id={service_id}").text
    assert "502, 41 ms" in page and "gagal" in page


@once
@pytest.mark.parametrize("who", ["sari", "budi", "rudi", "ketua", "wati"])
def test_who_is_no_technician_asks_for_no_ping(app, who):
    node_id = small_network()["Sakelar FEB"].id
    assert Person(app, who).post(f"/admin/node/probe/?id={node_id}").status_code == 403
    if who != "wati":
        assert "Ping sekarang" not in Person(app, who).get(f"/admin/node/details/?id={node_id}").text


@once
def test_without_an_address_nothing_is_asked_and_the_page_says_why(app):
    with write_transaction():
        db.session.add(Node(name="Kabel"))
        db.session.add(WebService(name="Situs", url="http://10.0.0.9/"))
    node_id, tono = db.session.query(Node).one().id, Person(app, "tono")
    tono.post(f"/admin/node/probe/?id={node_id}")
    assert db.session.query(AskedProbe).count() == 0
    assert "Isi alamatnya dulu" in tono.get(f"/admin/node/details/?id={node_id}").text
    assert tono.post("/admin/node/probe/?id=999999").status_code == 404


def test_old_pings_of_no_outage_go_with_the_old_checks(app):
    with write_transaction():
        old = utcnow() - timedelta(days=30)
        db.session.add(AskedProbe(ticket_id=None, kind="ping", target="10.0.0.1", asked_at=old, state="done"))
    forget_old_checks()
    assert db.session.query(AskedProbe).count() == 0
