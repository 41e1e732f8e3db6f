"""Alerts of other monitors at their door: who may send them, how much, and what comes of them with our own rules."""

import base64
import json
import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from jobs.outages.observations import store
from jobs.outages.probe_runner import ProbeOutcome
from jobs.outages.upkeep import forget_old_alerts
from models.base.db import db, utcnow, write_transaction
from models.organisation.sessions import hash_token
from models.outages.alert import AlertRule, AlertSource, ReceivedAlert, UnknownAlert
from models.outages.network import PlannedWork, WebService
from models.outages.outage import Outage
from models.tickets.ticket import Ticket
from procedures.outages.deciding import decide_outages
from tests.outages.walk import opened, small_network, small_services
from tests.walk import complaint_at, take

TOKEN = "sumber-zabbix-0123456789"
NONE = dict.fromkeys(("opened", "known", "waiting", "muted", "recovered", "noted", "unknown", "ignored"), 0)


@pytest.fixture
def source(app):
    with write_transaction():
        db.session.add(AlertSource(name="Zabbix", token_hash=hash_token(TOKEN)))
    return app.test_client()


def alert(host, status="firing", name="HostDown", **more):
    labels = {"alertname": name, "instance": host, **more.pop("labels", {})}
    return {"status": status, "labels": labels, "annotations": {"summary": "mati"}, **more}


def send(client, *alerts, token=TOKEN, body=None):
    data = json.dumps({"version": "4", "alerts": list(alerts)}) if body is None else body
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return client.post("/api/alerts", data=data, headers={**headers, "Content-Type": "application/json"})


def said(client, *alerts):
    """The counts that are not zero."""
    return {word: count for word, count in send(client, *alerts).json.items() if count}


def outages():
    db.session.expire_all()
    return list(db.session.scalars(select(Outage).order_by(Outage.ticket_id)).unique())


def open_causes():
    return [str(one.watched) for one in outages() if one.ticket.is_open]


def timeline(ticket):
    return [(event.step, event.text) for event in ticket.events]


def work_on(**targets):
    with write_transaction():
        work = PlannedWork(title="Ganti UPS", starts_at=utcnow(), ends_at=utcnow() + timedelta(hours=1))
        work.nodes, work.services = targets.get("nodes", []), targets.get("services", [])
        db.session.add(work)
    return work


def probe(node, answered, times=3, kind="node"):
    for _round in range(times):
        store([ProbeOutcome(kind, node.id, utcnow(), answered)])


def test_alerts_about_one_node_and_what_lies_behind_it_open_one_outage(source):
    small_network()
    answer = send(source, alert("10.10.1.1:9100"), alert("Sakelar FEB"), alert("10.10.1.20"))
    assert answer.json == {**NONE, "opened": 1, "known": 2}
    [outage] = outages()
    assert (outage.source, outage.ticket.is_open, outage.cause_node.name) == ("alert", True, "Sakelar FEB")
    assert outage.ticket.description == "Zabbix: mati. 1 perangkat di belakangnya ikut terdampak."


def test_switches_and_their_uplink_in_one_body_open_one_outage_whatever_their_order(source):
    small_network()
    hosts = ["10.10.1.20", "10.10.2.1", "10.10.1.1", "10.10.0.1"]
    assert said(source, *map(alert, hosts)) == {"opened": 1, "known": 3}
    assert (open_causes(), len(outages()[0].nodes)) == (["Router inti"], 4)


def test_switches_and_then_their_uplink_in_bodies_of_their_own_end_as_one_outage(source):
    small_network()
    assert [said(source, alert(host)) for host in ("10.10.1.1", "10.10.2.1")] == [{"opened": 1}] * 2
    waiting = complaint_at("in_progress")
    with write_transaction():
        waiting.incident_id = outages()[1].ticket_id
    assert said(source, alert("10.10.0.1")) == {"known": 1}
    kept, joined = outages()
    assert (open_causes(), joined.ticket.state, waiting.incident_id) == (["Router inti"], "joined", kept.ticket_id)
    assert timeline(joined.ticket)[-1] == ("join_outage", f"Sebabnya ada di perangkat induk: {kept.ticket.number}.")


def test_outage_that_somebody_works_on_is_not_taken_away_by_one_found_above_it(source):
    small_network()
    for host in ("10.10.1.1", "10.10.2.1"):
        send(source, alert(host))
    take(outages()[1].ticket, "confirm_without_ping", "tono", reason="Dilihat di tempat.")
    send(source, alert("10.10.0.1"))
    assert [(one.ticket.state, one.cause_node.name) for one in outages()] == [
        ("joined", "Sakelar FEB"), ("confirmed", "Router inti"),
    ]  # fmt: skip


def test_alert_behind_an_outage_that_our_own_watch_opened_belongs_to_it(source):
    nodes = small_network()
    probe(nodes["Sakelar FEB"], False)
    assert said(source, alert("10.10.1.20")) == {"known": 1}
    [outage] = outages()
    assert (outage.source, timeline(outage.ticket)[-1]) == (
        "monitor", ("hear_alert", "Zabbix juga melaporkan: AP FEB lantai 2."),
    )  # fmt: skip
    send(source, alert("10.10.1.20"))
    assert [step for step, _text in timeline(outage.ticket)].count("hear_alert") == 1


def test_alert_waits_while_our_own_watch_decides_about_its_uplink(source):
    nodes = small_network()
    probe(nodes["Router inti"], False, times=2)
    assert said(source, alert("10.10.1.1")) == {"waiting": 1}
    assert outages() == []
    probe(nodes["Router inti"], False, times=1)
    assert open_causes() == ["Router inti"]


@pytest.mark.parametrize("name", ["Sakelar FEB", "Router inti"])
def test_alert_during_planned_work_opens_nothing_until_the_work_has_ended(source, name):
    work = work_on(nodes=[small_network()[name]])
    assert said(source, alert("10.10.1.1")) == {"muted": 1}
    decide_outages()
    assert outages() == []
    with write_transaction():
        work.ends_at = utcnow() - timedelta(seconds=1)
    decide_outages()
    assert open_causes() == ["Sakelar FEB"]


def test_alert_resolved_during_planned_work_opens_nothing_afterwards(source):
    work = work_on(nodes=[small_network()["Sakelar FEB"]])
    send(source, alert("10.10.1.1"))
    send(source, alert("10.10.1.1", "resolved"))
    with write_transaction():
        work.ends_at = utcnow() - timedelta(seconds=1)
    decide_outages()
    assert outages() == []


@pytest.mark.parametrize("muted", ["service", "host"])
def test_alert_about_a_service_under_planned_work_opens_nothing(source, muted):
    nodes, service = small_network(), small_services()["Portal akademik"]
    with write_transaction():
        db.session.get(WebService, service.id).host_node_id = nodes["Sakelar FTI"].id
    work_on(**({"services": [service]} if muted == "service" else {"nodes": [nodes["Sakelar FTI"]]}))
    assert (said(source, alert("http://10.10.9.9/")), outages()) == ({"muted": 1}, [])


def test_alert_about_a_service_opens_a_server_outage_and_not_twice(source):
    small_services()
    assert said(source, alert("http://10.10.9.9/")) == {"opened": 1}
    assert said(source, alert("http://10.10.9.9")) == {"known": 1}
    assert [(one.kind, one.source, str(one.service)) for one in outages()] == [("server", "alert", "Portal akademik")]


def test_alert_about_a_service_whose_host_is_out_of_reach_belongs_to_that_outage(source):
    nodes, service = small_network(), small_services()["Portal akademik"]
    with write_transaction():
        db.session.get(WebService, service.id).host_node_id = nodes["AP FEB lantai 2"].id
    assert said(source, alert("http://10.10.9.9/"), alert("10.10.1.1")) == {"opened": 1, "known": 1}
    assert (open_causes(), said(source, alert("http://10.10.9.9/"))) == (["Sakelar FEB"], {"known": 1})


def test_resolved_alert_proves_the_recovery_and_a_person_ends_the_outage(source):
    small_network()
    send(source, alert("10.10.1.1"))
    [outage] = outages()
    take(outage.ticket, "confirm_without_ping", "tono", reason="Terlihat mati.")
    assert said(source, alert("10.10.1.1", "resolved")) == {"recovered": 1}
    assert (outage.ticket.is_open, outage.answered_at is not None) == (True, True)
    assert timeline(outage.ticket)[-1] == ("prove_recovery", "Sakelar FEB menjawab lagi. Menurut Zabbix.")
    take(outage.ticket, "end", "tono", cause="Listrik.", text="Menyala lagi.")
    assert outage.ticket.state == "ended"


def test_alert_that_comes_back_before_the_end_is_still_the_same_outage(source):
    small_network()
    for status in ("firing", "resolved", "firing", "resolved", "firing"):
        send(source, alert("10.10.1.1", status))
    [outage] = outages()
    steps = [step for step, _text in timeline(outage.ticket)]
    assert (steps.count("prove_recovery"), steps.count("fall_again"), outage.answered_at) == (2, 2, None)


def test_resolved_alert_is_noted_and_proves_nothing_while_our_own_watch_sees_it_down(source):
    nodes = small_network()
    probe(nodes["Sakelar FEB"], False)
    send(source, alert("10.10.1.1"))
    assert said(source, alert("10.10.1.1", "resolved")) == {"noted": 1}
    [outage] = outages()
    assert (outage.answered_at, timeline(outage.ticket)[-1]) == (
        None, ("hear_alert", "Zabbix: pulih, Sakelar FEB."),
    )  # fmt: skip
    probe(nodes["Sakelar FEB"], True)
    assert outages()[0].answered_at is not None


def test_recovery_waits_for_the_last_monitor_that_says_down(source):
    small_network()
    with write_transaction():
        db.session.add(AlertSource(name="Uptime Kuma", token_hash=hash_token("lain")))
    send(source, alert("10.10.1.1"))
    send(source, alert("10.10.1.1"), token="lain")
    assert send(source, alert("10.10.1.1", "resolved"), token="lain").json["noted"] == 1
    assert outages()[0].answered_at is None
    assert said(source, alert("10.10.1.1", "resolved")) == {"recovered": 1}


def test_own_watch_that_sees_it_come_up_outweighs_an_alert_that_is_never_resolved(source):
    nodes = small_network()
    send(source, alert("10.10.1.1"))
    probe(nodes["Sakelar FEB"], False)
    probe(nodes["Sakelar FEB"], True, times=5)
    [outage] = outages()
    assert outage.answered_at is not None
    assert (said(source, alert("10.10.1.1")), [step for step, _ in timeline(outage.ticket)].count("fall_again")) == (
        {"noted": 1}, 0,
    )  # fmt: skip


def test_alert_that_stands_after_its_outage_was_ended_opens_another_only_when_it_is_said_again(source):
    small_network()
    send(source, alert("10.10.1.1"))
    take(outages()[0].ticket, "cancel", "rina", reason="Salah.")
    decide_outages()
    assert open_causes() == []
    assert (said(source, alert("10.10.1.1")), open_causes()) == ({"opened": 1}, ["Sakelar FEB"])


def test_resolved_alert_of_a_monitor_that_was_not_heard_before_proves_the_recovery_too(source):
    ticket = opened(small_network())
    assert said(source, alert("10.10.1.1", "resolved")) == {"recovered": 1}
    assert timeline(ticket)[-1][0] == "prove_recovery"


def test_same_body_sent_four_times_at_once_opens_one_outage(source):
    small_network()
    db.session.remove()
    start, found = threading.Barrier(4), []

    def post():
        client = source.application.test_client()
        start.wait()
        found.append(send(client, alert("10.10.1.1"), alert("10.10.2.1"), alert("203.0.113.9")).status_code)

    threads = [threading.Thread(target=post) for _time in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (found, open_causes()) == ([200] * 4, ["Sakelar FEB", "Sakelar FTI"])
    assert sorted(row.times for row in db.session.query(ReceivedAlert)) == [4, 4]


def test_cpu_warning_is_noted_and_opens_nothing(source):
    small_network()
    warning = alert("10.10.1.1", name="HostHighCpuLoad", labels={"severity": "warning"})
    assert (said(source, warning), outages()) == ({"noted": 1}, [])
    row = db.session.scalars(select(ReceivedAlert)).one()
    assert (row.name, row.severity, str(row.node), row.fate) == ("HostHighCpuLoad", "warning", "Sakelar FEB", "noted")


def test_rule_of_the_panel_decides_before_the_built_in_ones_and_for_its_own_monitor_alone(source):
    small_network()
    with write_transaction():
        other = AlertSource(name="Lain", token_hash=hash_token("lain"))
        db.session.add(other)
        db.session.flush()
        db.session.add(AlertRule(position=1, names="cpu", severities="warning, critical", act="outage"))
        db.session.add(AlertRule(position=2, names="host down", source_id=other.id, act="ignore"))
    assert said(source, alert("10.10.1.1", name="HighCpu", labels={"severity": "Critical"})) == {"opened": 1}
    assert said(source, alert("10.10.2.1", name="HighCpu", labels={"severity": "info"})) == {"noted": 1}
    assert send(source, alert("10.10.2.1"), token="lain").json["ignored"] == 1
    assert said(source, alert("10.10.2.1")) == {"opened": 1}


def test_unknown_host_goes_to_a_list_and_opens_nothing(source):
    for _time in range(3):
        assert said(source, alert("203.0.113.9")) == {"unknown": 1}
    [row] = db.session.scalars(select(UnknownAlert))
    assert (row.host, row.times, db.session.query(Ticket).count()) == ("203.0.113.9", 3, 0)


def test_alerts_not_heard_for_ninety_days_go_unless_their_outage_is_open(source, monkeypatch):
    small_network()
    send(source, alert("10.10.1.1"), alert("10.10.2.1", name="HighCpu"), alert("203.0.113.9"))
    assert forget_old_alerts() == 0
    now = utcnow()
    monkeypatch.setattr("models.base.db.clock", lambda: now + timedelta(days=91))
    assert (forget_old_alerts(), db.session.query(UnknownAlert).count()) == (1, 0)
    assert [row.name for row in db.session.query(ReceivedAlert)] == ["HostDown"]


def test_form_of_uptime_kuma_the_address_of_alertmanagers_and_a_password_are_taken_too(source):
    small_network()
    basic = {"Authorization": "Basic " + base64.b64encode(f"siapa:{TOKEN}".encode()).decode()}
    listed = json.dumps([{"labels": {"alertname": "Device Down", "instance": "10.10.1.1"}}])
    answer = source.post("/api/alerts/api/v2/alerts", data=listed, headers=basic)
    assert (answer.status_code, answer.json["opened"]) == (200, 1)
    heartbeat = {"heartbeat": {"monitorID": 3, "status": 0}, "monitor": {"name": "x", "hostname": "10.10.1.1"}}
    answer = source.post(
        "/api/alerts", data={"data": json.dumps(heartbeat)}, headers=basic, content_type="multipart/form-data"
    )
    assert (answer.status_code, answer.json["known"]) == (200, 1)


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b"null", b'{"alerts": {}}', b'{"alerts": [1]}', b'{"alerts":[{"labels":3}]}', b"\xff\xfe",
        b"[" * 90_000, b'{"heartbeat": 1}', b"3", b'[{"labels": {}}, 4]',
    ],
)  # fmt: skip
def test_payload_that_is_no_alert_is_refused(source, body):
    assert send(source, body=body).status_code == 400


def test_wrong_revoked_and_missing_tokens_are_refused_alike(source):
    answers = [send(source, token=token) for token in ("", "salah", "x" * 300)]
    answers.append(source.post("/api/alerts", headers={"Authorization": "Basic ###"}))
    with write_transaction():
        db.session.scalars(select(AlertSource)).one().revoked_at = utcnow()
    answers.append(send(source))
    assert {(answer.status_code, answer.text) for answer in answers} == {(401, answers[0].text)}


def test_large_and_frequent_alerts_are_refused(source, monkeypatch):
    now = utcnow()
    monkeypatch.setattr("models.base.db.clock", lambda: now)  # they all come within one minute, however slow we are
    assert send(source, body=b" " * (256 * 1024 + 1)).status_code == 413
    large = {"data": "x" * (256 * 1024 + 1)}
    headers = {"Authorization": f"Bearer {TOKEN}"}
    answer = source.post("/api/alerts", data=large, headers=headers, content_type="multipart/form-data")
    assert answer.status_code == 413
    assert [send(source).status_code for _time in range(60)][-1] == 429
