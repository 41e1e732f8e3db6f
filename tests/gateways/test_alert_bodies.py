"""Bodies as Alertmanager, Prometheus, Grafana, Uptime Kuma, Zabbix and LibreNMS send them, with what they say."""

import json
from datetime import UTC, datetime

import pytest

from gateways.alerts.alert import BodyUnread, Says
from gateways.alerts.bodies import read_alerts

ALERTMANAGER = {
    "version": "4", "groupKey": '{}:{alertname="InstanceDown"}', "truncatedAlerts": 0, "status": "firing",
    "receiver": "pustikom", "groupLabels": {"alertname": "InstanceDown"}, "commonLabels": {}, "commonAnnotations": {},
    "externalURL": "http://alertmanager:9093",
    "alerts": [
        {
            "status": "firing",
            "labels": {"alertname": "InstanceDown", "instance": "10.10.1.1:9100", "job": "node", "severity": "critical"},
            "annotations": {"summary": "10.10.1.1 mati", "description": "Tidak menjawab 5 menit."},
            "startsAt": "2026-11-29T03:00:00.5Z", "endsAt": "0001-01-01T00:00:00Z",
            "generatorURL": "http://prometheus:9090/graph", "fingerprint": "b1d5f4c5a6e7",
        },
        {
            "status": "resolved",
            "labels": {"alertname": "InstanceDown", "instance": "10.10.2.1:9100", "severity": "critical"},
            "annotations": {}, "startsAt": "2026-11-29T02:00:00Z", "endsAt": "2026-11-29T03:00:00Z",
            "fingerprint": "00d5f4c5a6e7",
        },
    ],
}  # fmt: skip
GRAFANA = {
    "receiver": "Pustikom", "status": "firing", "orgId": 1, "title": "[FIRING:1]", "state": "alerting", "message": "…",
    "alerts": [
        {
            "status": "firing",
            "labels": {"alertname": "Switch unreachable", "grafana_folder": "Jaringan", "instance": "10.10.1.1"},
            "annotations": {"summary": "Sakelar FEB tidak menjawab"},
            "startsAt": "2026-11-29T10:00:00+07:00", "endsAt": "0001-01-01T00:00:00Z", "values": {"B": 0},
            "fingerprint": "c6eadffa33fcdf37", "silenceURL": "https://grafana/alerting/silence/new",
            "dashboardURL": "", "panelURL": "", "valueString": "[ var='B' labels={instance=10.10.1.1} value=0 ]",
        }
    ],
}  # fmt: skip
LIBRENMS_AS_ALERTMANAGER = [
    {
        "startsAt": "2026-11-29T10:00:00+07:00", "generatorURL": "https://nms/device/4/",
        "annotations": {"summary": "Device Down! Due to no ICMP response.", "title": "Alert for sw-feb", "description": "…"},
        "labels": {"alertname": "Device Down! Due to no ICMP response.", "severity": "critical", "instance": "10.10.1.1"},
    }
]  # fmt: skip


def kuma(status, monitor=None, **heartbeat):
    return {
        "heartbeat": {
            "monitorID": 7, "status": status, "time": "2026-11-29 03:00:00.123", "msg": "PING 10.10.1.1 100% packet loss",
            "ping": None, "important": True, "duration": 62, "retries": 1, "timezone": "Asia/Jakarta",
            "timezoneOffset": "+07:00", "localDateTime": "2026-11-29 10:00:00", **heartbeat,
        },
        "monitor": {
            "id": 7, "name": "Sakelar FEB", "description": None, "pathName": "Gedung / Sakelar FEB", "url": "https://",
            "method": "GET", "hostname": "10.10.1.1", "port": None, "maxretries": 1, "type": "ping", "tags": [],
            "dns_resolve_server": "1.1.1.1", **(monitor or {}),
        },
        "msg": "[Sakelar FEB] [🔴 Down] PING 10.10.1.1 100% packet loss",
    }  # fmt: skip


def zabbix(**changes):
    return {
        "event_id": "4211", "event_value": "1", "event_update_status": "0", "event_name": "Unavailable by ICMP ping",
        "event_severity": "High", "host_host": "sw-feb", "host_name": "Sakelar FEB", "host_ip": "10.10.1.1",
        "host_dns": "", **changes,
    }  # fmt: skip


ZABBIX_MESSAGE = {
    "To": "", "Subject": "Problem: Unavailable by ICMP ping",
    "Message": "Problem started at 10:00:00 on 2026.11.29\r\nProblem name: Unavailable by ICMP ping\r\nHost: sw-feb\r\n"
               "Severity: High\r\nOperational data: Down (0)\r\nOriginal problem ID: 4211\r\n",
}  # fmt: skip
STREAMED = {
    "clock": 1795921200, "ns": 0, "value": 1, "eventid": 4211, "name": "Unavailable by ICMP ping", "severity": 4,
    "hosts": [{"host": "sw-feb", "name": "Sakelar FEB"}], "groups": ["Switches"], "tags": [],
}  # fmt: skip
STREAMED_END = {"clock": 1795921800, "ns": 0, "value": 0, "eventid": 4300, "p_eventid": 4211}
LIBRENMS = {
    "alert_id": "88", "hostname": "sw-feb.kampus.ac.id", "sysName": "sw-feb", "ip": "10.10.1.1", "severity": "critical",
    "name": "Device Down! Due to no ICMP response.", "state": "1", "title": "Alert for device sw-feb",
}  # fmt: skip


def read(body):
    return read_alerts(body if isinstance(body, str | bytes) else json.dumps(body))


def facts(body):
    reading = read(body)
    return reading.sender, [(one.says.value, one.name, one.severity.lower(), one.hosts) for one in reading.alerts]


DOWN = "Unavailable by ICMP ping"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (ALERTMANAGER, ("alertmanager", [
            ("firing", "InstanceDown", "critical", ("10.10.1.1:9100",)),
            ("resolved", "InstanceDown", "critical", ("10.10.2.1:9100",)),
        ])),
        (GRAFANA, ("grafana", [("firing", "Switch unreachable", "", ("10.10.1.1",))])),
        (LIBRENMS_AS_ALERTMANAGER, ("alertmanager", [
            ("firing", "Device Down! Due to no ICMP response.", "critical", ("10.10.1.1",))])),
        (kuma(0), ("uptime_kuma", [("firing", "Down", "", ("10.10.1.1", "Sakelar FEB"))])),
        (kuma(1), ("uptime_kuma", [("resolved", "Down", "", ("10.10.1.1", "Sakelar FEB"))])),
        (kuma(2), ("uptime_kuma", [("other", "Down", "", ("10.10.1.1", "Sakelar FEB"))])),
        (kuma(3), ("uptime_kuma", [("other", "Down", "", ("10.10.1.1", "Sakelar FEB"))])),
        (kuma(0, {"type": "http", "url": "https://portal.ac.id/x", "hostname": None, "name": "Portal"}),
         ("uptime_kuma", [("firing", "Down", "", ("https://portal.ac.id/x", "Portal"))])),
        (kuma(0, {"type": "port", "port": 443, "hostname": "2001:db8::1"}),
         ("uptime_kuma", [("firing", "Down", "", ("[2001:db8::1]:443", "2001:db8::1", "Sakelar FEB"))])),
        (kuma(0, {"type": "dns", "hostname": "www.ac.id", "port": 53}),
         ("uptime_kuma", [("firing", "Down", "", ("1.1.1.1", "Sakelar FEB"))])),
        ({"heartbeat": None, "monitor": None, "msg": "Pustikom Testing"}, ("uptime_kuma", [("other", "", "", ())])),
        (zabbix(), ("zabbix", [("firing", DOWN, "high", ("10.10.1.1", "sw-feb", "Sakelar FEB"))])),
        (zabbix(event_value="0"), ("zabbix", [("resolved", DOWN, "high", ("10.10.1.1", "sw-feb", "Sakelar FEB"))])),
        (zabbix(event_update_status="1"), ("zabbix", [("other", DOWN, "high", ("10.10.1.1", "sw-feb", "Sakelar FEB"))])),
        (zabbix(event_value="{EVENT.VALUE}", host_ip="{HOST.IP}", host_host="*UNKNOWN*", host_name=""),
         ("zabbix", [("other", DOWN, "high", ())])),
        (ZABBIX_MESSAGE, ("zabbix", [("firing", DOWN, "high", ("sw-feb",))])),
        ({**ZABBIX_MESSAGE, "Subject": f"Resolved in 5m 2s: {DOWN}"}, ("zabbix", [("resolved", DOWN, "high", ("sw-feb",))])),
        ({**ZABBIX_MESSAGE, "Subject": f"Updated problem in 5m: {DOWN}"}, ("zabbix", [("other", DOWN, "high", ("sw-feb",))])),
        (STREAMED, ("zabbix", [("firing", DOWN, "high", ("sw-feb", "Sakelar FEB"))])),
        (f"{json.dumps(STREAMED)}\n{json.dumps(STREAMED_END)}\n",
         ("zabbix", [("firing", DOWN, "high", ("sw-feb", "Sakelar FEB")), ("resolved", "", "", ())])),
        ('{"itemid": 3, "value": 1.5, "clock": 1}', ("zabbix", [])),
        (LIBRENMS, ("librenms", [("firing", LIBRENMS["name"], "critical", ("10.10.1.1", "sw-feb.kampus.ac.id", "sw-feb"))])),
        ({**LIBRENMS, "state": 0}, ("librenms", [
            ("resolved", LIBRENMS["name"], "critical", ("10.10.1.1", "sw-feb.kampus.ac.id", "sw-feb"))])),
        ({**LIBRENMS, "state": "2"}, ("librenms", [
            ("other", LIBRENMS["name"], "critical", ("10.10.1.1", "sw-feb.kampus.ac.id", "sw-feb"))])),
        ({"alerts": [{"status": "firing", "labels": {"host": "sw-feb"}}]}, ("alertmanager", [("firing", "", "", ("sw-feb",))])),
    ],
)  # fmt: skip
def test_body_of_each_monitor_is_read_as_it_sends_it(body, expected):
    assert facts(body) == expected


def test_resolved_has_the_key_of_what_it_resolves():
    pairs = [
        (kuma(0), kuma(1)), (zabbix(), zabbix(event_value="0")), (LIBRENMS, {**LIBRENMS, "state": "0"}),
        (STREAMED, STREAMED_END), (ZABBIX_MESSAGE, {**ZABBIX_MESSAGE, "Subject": f"Resolved in 5m: {DOWN}"}),
        (zabbix(), STREAMED_END), (LIBRENMS | {"alert_id": ""}, LIBRENMS | {"alert_id": "", "state": "0"}),
        (LIBRENMS_AS_ALERTMANAGER, [{**LIBRENMS_AS_ALERTMANAGER[0], "endsAt": "2026-11-29T10:05:00+07:00"}]),
    ]  # fmt: skip
    keys = [[read(body).alerts[0].key for body in pair] for pair in pairs]
    assert [len(set(pair)) for pair in keys] == [1] * len(pairs)
    assert len({read(body).alerts[0].key for body in (kuma(0), zabbix(), LIBRENMS, GRAFANA)}) == 4


@pytest.mark.parametrize(
    ("ends_at", "says"),
    [
        (None, "firing"), ("0001-01-01T00:00:00Z", "firing"), ("2999-01-01T00:00:00Z", "firing"),
        ("2020-01-01T00:00:00Z", "resolved"), ("besok", "firing"),
    ],
)  # fmt: skip
def test_list_without_status_is_firing_until_its_end(ends_at, says):
    [one] = read([{"labels": {"alertname": "X"}, "endsAt": ends_at}]).alerts
    assert one.says == Says(says)


def test_beginning_is_read_in_each_monitors_own_clock():
    at = datetime(2026, 11, 29, 3, 0, tzinfo=UTC)
    began = [read(body).alerts[0].began_at for body in (GRAFANA, kuma(0, time="2026-11-29 03:00:00"), STREAMED)]
    assert began == [at, at, datetime.fromtimestamp(1795921200, UTC)]
    assert read(kuma(0, time="kemarin")).alerts[0].began_at is None


def test_what_a_template_leaves_behind_is_read():
    lines = json.dumps(LIBRENMS).replace("Alert for device sw-feb", "Alert\nfor\tdevice sw-feb")
    assert read("\ufeff" + lines).alerts[0].text == "Alert for device sw-feb"
    assert read(lines.encode("utf-8-sig")).alerts[0].hosts[0] == "10.10.1.1"


@pytest.mark.parametrize("value", [3, None, [], {}, {"a": 1}, float("1e300"), "\ud800\x00", True, [[]]])
def test_value_of_another_kind_in_any_place_never_falls_over(value):
    for body in (ALERTMANAGER, GRAFANA, kuma(0), zabbix(), STREAMED, ZABBIX_MESSAGE, LIBRENMS):
        for key in body:
            _read_or_refused({**body, key: value})
    for part in ("heartbeat", "monitor"):
        for key in kuma(0)[part]:
            _read_or_refused({**kuma(0), part: {**kuma(0)[part], key: value}})
    for key in ALERTMANAGER["alerts"][0]:
        _read_or_refused({"alerts": [{**ALERTMANAGER["alerts"][0], key: value}]})


def _read_or_refused(body):
    try:
        for one in read(body).alerts:
            assert len(one.key) == 64 and one.text.isprintable() and all(host.isprintable() for host in one.hosts)
    except BodyUnread:
        pass


def test_more_than_five_hundred_alerts_are_refused():
    with pytest.raises(BodyUnread):
        read({"alerts": [{"labels": {}}] * 501})
