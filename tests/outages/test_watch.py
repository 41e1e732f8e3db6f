"""From packets to outages: the campus with a cut cable, flapping, planned work, Z22 and Z32 on rows."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import TimeoutError as PoolTimeout

from jobs.outages import watch as watch_job
from jobs.outages.asked_probes import answer_asked_probes
from jobs.outages.observations import note_blindness, store
from jobs.outages.probe_runner import ProbeOutcome
from jobs.outages.upkeep import announce_planned_work, forget_old_checks
from jobs.outages.watch import take_watch, watch_once
from models.base import setting
from models.base.db import db, utcnow, write_transaction
from models.outages.network import Check, CheckHour, Node, PlannedWork, WatchRun, WebService
from models.outages.outage import Outage
from models.tickets.outbox import Mail
from models.tickets.ticket import Ticket
from tests.browse import Person
from tests.outages.walk import small_network, unit
from tests.probes.campus import campus  # noqa: F401  # a fixture
from tests.probes.webserver import answer, serving
from tests.walk import take


def said(nodes, **names):
    """One round in which the named nodes failed (False), answered (True) or were not known (None)."""
    store([ProbeOutcome("node", nodes[n.replace("_", " ")].id, utcnow(), answered) for n, answered in names.items()])


def rounds(nodes, times, **names):
    for _round in range(times):
        said(nodes, **names)


def allow(networks, ports="80"):
    with write_transaction():
        setting.put("watch_networks", networks)
        setting.put("watch_ports", ports)


def outages():
    return list(db.session.scalars(select(Outage).order_by(Outage.ticket_id)).unique())


FEB_DOWN = {"Router_inti": True, "Sakelar_FEB": False, "AP_FEB_lantai_2": False, "Sakelar_FTI": True}
ALL_UP = dict.fromkeys(FEB_DOWN, True)


def test_three_failed_rounds_open_one_outage_for_switch_and_all_behind_it(app):
    nodes = small_network()
    rounds(nodes, 1, **ALL_UP)
    rounds(nodes, 2, **FEB_DOWN)
    assert outages() == []
    rounds(nodes, 3, **FEB_DOWN)
    assert [(o.cause_node.name, len(o.nodes)) for o in outages()] == [("Sakelar FEB", 2)]


def test_z22_rounds_that_say_nothing_open_nothing(app):
    nodes = small_network()
    rounds(nodes, 1, **ALL_UP)
    rounds(nodes, 10, **dict.fromkeys(ALL_UP))
    assert (outages(), {n.condition for n in db.session.query(Node)}) == ([], {"up"})
    hour = db.session.query(CheckHour).filter_by(target_id=nodes["Router inti"].id).one()
    assert (hour.answered, hour.failed, hour.unknown) == (1, 0, 10)


def test_z22_empty_pool_answers_503_and_makes_no_target_down(app, monkeypatch):
    nodes = small_network()
    rounds(nodes, 1, **ALL_UP)
    ids = {name: node.id for name, node in nodes.items()}
    tono = Person(app, "tono")
    db.session.remove()
    monkeypatch.setattr(db.engine.pool, "_timeout", 0.1)
    app.extensions.pop("settings_cache", None)  # the page that says so must need no row either
    held = []
    with pytest.raises(PoolTimeout):
        while True:
            held.append(db.engine.connect())
    try:
        for answer in (app.test_client().get("/gangguan"), tono.client.get("/admin/shift/")):
            assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
            assert "Sistem sedang sibuk" in answer.text
        for _round in range(5):
            with pytest.raises(PoolTimeout):
                store([ProbeOutcome("node", node_id, utcnow(), False) for node_id in ids.values()])
            db.session.remove()
    finally:
        for connection in held:
            connection.close()
    assert (outages(), {n.condition for n in db.session.query(Node)}) == ([], {"up"})


def test_z32_blind_monitor_tells_networking_once_and_nobody_of_any_node(app):
    small_network()
    for _round in range(5):
        note_blindness(False)
    mails = [(m.notice, m.recipient) for m in db.session.query(Mail)]
    assert sorted(mails) == [("monitor_blind", "rina@pustikom.example"), ("monitor_blind", "tono@pustikom.example")]
    note_blindness(True)
    assert db.session.get(WatchRun, 1).blind_since is None


def test_outage_that_flaps_stays_one_outage(app):
    nodes = small_network()
    for _time in range(4):
        rounds(nodes, 3, **FEB_DOWN)
        rounds(nodes, 2, **ALL_UP)
    assert len(outages()) == 1
    steps = [event.step for event in outages()[0].ticket.events]
    assert steps.count("prove_recovery") == 4 and steps.count("fall_again") == 3
    assert db.session.get(Node, nodes["Sakelar FEB"].id).is_flapping


def test_cause_that_is_found_higher_up_moves_the_outage(app):
    nodes = small_network()
    rounds(nodes, 3, **FEB_DOWN)
    rounds(nodes, 3, **dict.fromkeys(ALL_UP, False))
    assert [(o.cause_node.name, len(o.nodes)) for o in outages()] == [("Router inti", 4)]


def test_uplink_removed_while_its_outage_is_open_leaves_the_outage_whole(app):
    nodes = small_network()
    rounds(nodes, 3, **dict.fromkeys(ALL_UP, False))
    with write_transaction():
        db.session.get(Node, nodes["Sakelar FEB"].id).uplink_id = None
    rounds(nodes, 2, Router_inti=True, Sakelar_FEB=False)
    assert outages()[0].answered_at is not None
    assert [o.cause_node.name for o in outages()] == ["Router inti", "Sakelar FEB"]


def test_planned_work_mutes_its_nodes_and_is_announced_once(app):
    nodes = small_network()
    with write_transaction():
        work = PlannedWork(title="Ganti sakelar", starts_at=utcnow(), ends_at=utcnow() + timedelta(hours=2))
        work.nodes = [nodes["Sakelar FEB"]]
        db.session.add(work)
    assert (announce_planned_work(), announce_planned_work()) == (1, 0)
    assert [m.recipient for m in db.session.query(Mail)] == ["dewi@feb.example"]
    rounds(nodes, 5, **FEB_DOWN)
    assert outages() == []


def test_service_behind_a_failed_node_opens_no_outage_of_its_own(app):
    nodes = small_network()
    with write_transaction():
        hosted = WebService(name="Portal", url="http://10.10.1.9/", host_node_id=nodes["AP FEB lantai 2"].id)
        alone = WebService(name="Jurnal", url="http://10.10.2.9/")
        db.session.add_all([hosted, alone])
    rounds(nodes, 3, **FEB_DOWN)
    for _round in range(3):
        store([ProbeOutcome("service", s.id, utcnow(), False) for s in (hosted, alone)])
    assert [(o.kind, o.ticket.subject) for o in outages()] == [
        ("network", "Gangguan jaringan: Sakelar FEB"),
        ("server", "Gangguan server: Jurnal"),
    ]


def test_old_checks_go_and_the_counts_of_their_hours_stay(app):
    nodes = small_network()
    rounds(nodes, 2, Router_inti=True)
    with write_transaction():
        db.session.query(Check).update({Check.at: utcnow() - timedelta(days=8)})
    assert (forget_old_checks(), db.session.query(Check).count()) == (2, 0)
    assert db.session.query(CheckHour).one().answered == 2


def test_one_worker_holds_the_watch(app):
    assert (take_watch("a:1"), take_watch("b:2"), take_watch("a:1")) == (True, False, True)
    with write_transaction():
        db.session.get(WatchRun, 1).held_until = utcnow() - timedelta(seconds=1)
    assert take_watch("b:2") is True


def test_five_sick_web_servers_are_seen_by_the_watch(app):
    with serving(answer(b"oops", "500 Error")) as sick, serving(answer(b"siap")) as well:
        allow("127.0.0.1/32", f"{sick.port} {well.port}")
        with write_transaction():
            for name, server in (("Sakit", sick), ("Sehat", well)):
                db.session.add(WebService(name=name, url=f"http://127.0.0.1:{server.port}/", expected_text="siap"))
        for _round in range(3):
            watch_once()
    assert {s.name: (s.condition, s.last_finding) for s in db.session.query(WebService)} == {
        "Sakit": ("down", "status"),
        "Sehat": ("up", "ok"),
    }
    assert [o.ticket.subject for o in outages()] == ["Gangguan server: Sakit"]


def test_ping_asked_from_the_workbench_is_done_by_the_worker_and_kept(app):
    allow("127.0.0.0/8")
    with write_transaction():
        node = Node(name="Sakelar", address="127.0.0.9", units=[unit("FEB")])
        db.session.add(node)
    for _round in range(3):
        store([ProbeOutcome("node", node.id, utcnow(), False)])
    ticket = outages()[0].ticket
    take(ticket, "ping", "tono", node="0")
    assert answer_asked_probes() == 1
    db.session.refresh(ticket)
    probe = outages()[0].probes[0]
    assert (ticket.state, probe.state, probe.answered, probe.facts["sent"]) == ("answered", "done", True, 4)


def test_ping_to_a_forbidden_address_says_nothing_and_leaves_the_step_open(app):
    allow("10.0.0.0/8")
    with write_transaction():
        node = Node(name="Sakelar", address="127.0.0.9")
        db.session.add(node)
    for _round in range(3):
        store([ProbeOutcome("node", node.id, utcnow(), False)])
    ticket = outages()[0].ticket
    take(ticket, "ping", "tono", node="0")
    answer_asked_probes()
    db.session.refresh(ticket)
    assert (ticket.state, outages()[0].probes[0].state) == ("reported", "failed")


@pytest.mark.only("sqlite")  # packets and namespaces; the rows are asked on both databases above
def test_campus_with_a_cut_cable_from_outage_to_recovery(app, campus):  # noqa: F811
    allow("10.77.0.0/16")
    served = {"sw2": "FEB", "h21": "MN-FEB", "sw3": "FTI"}
    with write_transaction():
        made = {}
        for name, address in campus.addresses.items():
            made[name] = Node(name=name, address=address, uplink=made.get(campus.uplinks[name]), down_after=2)
            made[name].units = [unit(served[name])] if name in served else []
        db.session.add_all(made.values())
    with campus.monitor():
        watch_once()
        campus.cut("sw2")
        for _round in range(2):
            watch_once()
    [outage] = outages()
    assert (outage.cause_node.name, {n.name for n in outage.nodes}) == ("sw2", {"sw2", "h21", "h22", "h23"})
    assert {u.code for u in outage.units} == {"FEB", "MN-FEB"}
    ticket = outage.ticket
    take(ticket, "ping", "tono", node="0")
    with campus.monitor():
        answer_asked_probes()
    call = {"contact": "0", "name": "Dewi", "way": "phone", "text": "Kabel tercabut."}
    take(ticket, "contact_manager", "tono", finding="it", **call)
    take(ticket, "report_it", "tono", text="Kabel ke sakelar putus.")
    assert [
        m.recipient for m in db.session.query(Mail).filter_by(notice="outage_reported", recipient="dewi@feb.example")
    ]
    campus.mend("sw2")
    with campus.monitor():
        for _round in range(2):
            watch_once()
    take(ticket, "end", "tono", cause="Kabel tercabut.", text="Kabel dipasang.")
    db.session.refresh(ticket)
    assert (ticket.state, db.session.query(Ticket).count()) == ("ended", 1)
    assert {m.recipient for m in db.session.query(Mail).filter_by(notice="outage_ended")} >= {"dewi@feb.example"}


def test_watch_without_targets_sends_nothing(app, monkeypatch):
    monkeypatch.setattr(watch_job, "new_runner", lambda _ca: pytest.fail("a runner was made"))
    assert watch_once() == 0
