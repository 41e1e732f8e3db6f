"""The panel of other monitors: what to paste, the rules, what came, and the box in which an alert is tried."""

import json

import pytest

from models.base.db import db, write_transaction
from models.organisation.sessions import hash_token
from models.outages.alert import SENDERS, AlertRule, AlertSource, ReceivedAlert
from models.outages.outage import Outage
from models.tickets.ticket import Ticket
from procedures.outages.alerts import receive
from tests.browse import Person
from tests.databases import both, once
from tests.outages.test_alerts import alert, work_on
from tests.outages.walk import opened, small_network

pytestmark = once

RULE = {
    "position": "1",
    "source_id": "0",
    "names": "cpu\nfan",
    "severities": "critical",
    "act": "outage",
    "note": "Panas",
}
PASTED = {
    "alertmanager": ("- url: http://localhost/api/alerts", "credentials: TOKEN"),
    "grafana": ("http://localhost/api/alerts", "Authorization Header - Credentials"),
    "uptime_kuma": ("http://localhost/api/alerts", "{&#34;Authorization&#34;: &#34;Bearer TOKEN&#34;}"),
    "zabbix": (
        "url               http://localhost/api/alerts",
        "host_ip           {HOST.IP}",
        "Bearer &#39; + params.token",
    ),
    "librenms": ("http://localhost/api/alerts", "Authorization=Bearer TOKEN", "&#34;ip&#34;: &#34;{{ $ip }}&#34;"),
}


def source(name="Zabbix", kind="zabbix"):
    row = AlertSource(name=name, kind=kind, token_hash=hash_token(name))
    with write_transaction():
        db.session.add(row)
    return row


@pytest.mark.parametrize("kind", list(SENDERS))
def test_page_of_a_source_shows_its_address_and_the_text_to_paste(app, kind):
    page = Person(app, "rudi").get(f"/admin/alert_source/details/?id={source(kind=kind).id}").text
    assert [words for words in PASTED[kind] if words not in page] == []


def test_revoked_source_shows_nothing_to_paste(app):
    row = source()
    rudi = Person(app, "rudi")
    rudi.post("/admin/alert_source/revoke/", {"id": row.id})
    assert "TOKEN" not in rudi.get(f"/admin/alert_source/details/?id={row.id}").text


@both
def test_head_of_networking_writes_a_rule_and_takes_it_away_again(app):
    rina = Person(app, "rina")
    assert rina.post("/admin/alert_rule/new/", RULE).status_code == 303
    row = db.session.query(AlertRule).one()
    assert (row.names.split(), row.severities, row.act, row.source_id) == (["cpu", "fan"], "critical", "outage", None)
    listed = rina.get("/admin/alert_rule/").text
    assert "cpu, fan" in listed and "Aturan bawaan" in listed
    assert rina.post(f"/admin/alert_rule/delete/?id={row.id}", {}).status_code == 303
    assert db.session.query(AlertRule).count() == 0


def test_rule_for_everything_and_everybody_is_refused(app):
    answer = Person(app, "rina").post("/admin/alert_rule/new/", {**RULE, "names": " \n", "severities": ""})
    assert (answer.status_code, "Isi nama atau tingkatnya" in answer.text) == (422, True)


def try_out(app, *alerts, body=None, source_id=0, by="tono"):
    pasted = json.dumps({"alerts": list(alerts)}) if body is None else body
    return Person(app, by).post("/admin/alert_rule/try/", {"source_id": str(source_id), "body": pasted})


@both
def test_pasted_alerts_say_what_would_happen_and_change_nothing(app):
    nodes = small_network()
    work_on(nodes=[nodes["Sakelar FTI"]])
    with write_transaction():
        db.session.add(AlertRule(position=1, names="fan", act="ignore", note="Kipas"))
    page = try_out(
        app, alert("10.10.1.1"), alert("10.10.1.20"), alert("10.10.2.1"), alert("203.0.113.9"),
        alert("10.10.1.1", name="HighCpu"), alert("10.10.1.1", name="FanDown"), alert("10.10.1.1", status="resolved"),
    ).text  # fmt: skip
    for sentence in (
        "Membuka satu gangguan.", "Termasuk gangguan yang dibuka untuk Sakelar FEB.", "Sedang ada pekerjaan terencana",
        "Host tidak dikenal", "Dicatat di daftar peringatan", "Diabaikan.", "Pulih; tidak ada gangguan terbuka",
        "Tentang bagian perangkat", "Kipas", "Prometheus Alertmanager",
    ):  # fmt: skip
        assert sentence in page, sentence
    assert (db.session.query(Ticket).count(), db.session.query(ReceivedAlert).count()) == (0, 0)


@both
def test_pasted_recovery_says_which_outage_it_would_prove(app):
    small_network()
    row = source()
    receive(row, json.dumps({"alerts": [alert("10.10.1.1")]}))
    number = db.session.query(Outage).one().ticket.number
    page = try_out(app, alert("10.10.1.1", status="resolved"), source_id=row.id).text
    assert f"Membuktikan bahwa gangguan {number} pulih" in page
    assert f"Termasuk gangguan {number} yang sudah terbuka." in try_out(app, alert("10.10.1.20")).text
    assert db.session.query(Outage).one().answered_at is None


def test_pasted_text_that_is_no_alert_comes_back_with_what_to_paste(app):
    answer = try_out(app, body="{bukan")
    assert (answer.status_code, "Ini bukan isi peringatan" in answer.text, "{bukan" in answer.text) == (422, True, True)
    assert "Tempel isi yang dikirim pemantau itu" in try_out(app, body=" ").text
    assert "Tidak ada peringatan di dalamnya" in try_out(app, body='{"alerts": []}').text


@both
def test_alert_that_was_noted_stands_in_the_list_of_what_came(app):
    opened(small_network())
    receive(source(), json.dumps({"alerts": [alert("10.10.2.1", name="HighCpu"), alert("10.10.1.1")]}))
    page = Person(app, "tono").get("/admin/received_alert/?fate=noted").text
    assert "HighCpu" in page and "HostDown" not in page
    row = db.session.query(ReceivedAlert).filter_by(name="HostDown").one()
    assert row.ticket.number in Person(app, "tono").get(f"/admin/received_alert/details/?id={row.id}").text
