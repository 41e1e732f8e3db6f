"""Zabbix: a webhook media type's fields, its default subject and message, and the lines that a connector streams."""

from __future__ import annotations

import re
from typing import Any

from gateways.alerts.alert import Alert, Says, hosts_of, key_of, moment, plain
from models.base.columns.json_value import Json

SEVERITIES = ("not classified", "information", "warning", "average", "high", "disaster")
HOSTS = ("hostip", "hostconn", "hostdns", "hosthost", "hostname", "host")
LINE = re.compile(r"^\s*(Host|Severity|Problem name|Original problem ID):\s*(.+?)\s*$", re.MULTILINE)


def read(body: Any) -> tuple[str, list[Alert]] | None:
    """The sender and its alerts; None where the body has another shape."""
    rows = body if isinstance(body, list) else [body]
    if not rows or not all(isinstance(row, dict) for row in rows):
        return None
    if all("eventid" in row and "value" in row or "itemid" in row for row in rows):
        return "zabbix", [_streamed(row) for row in rows if "eventid" in row]
    if len(rows) > 1:
        return None
    fields = {re.sub(r"[^a-z]", "", str(key).lower()): value for key, value in rows[0].items()}
    if "eventid" in fields and {"eventvalue", "triggerstatus", "eventstatus"} & fields.keys():
        return "zabbix", [_of_fields(fields)]
    if isinstance(fields.get("subject"), str) and isinstance(fields.get("message"), str):
        return "zabbix", [_of_message(fields["subject"], fields["message"])]
    return None


def _streamed(row: dict[str, Json]) -> Alert:
    """A connector's event; a recovery names nothing but the event that it ends."""
    if row["value"] == 0:
        return Alert(key_of("event", row.get("p_eventid")), Says.RESOLVED)
    severity, hosts = row.get("severity"), row.get("hosts")
    named = [one for one in hosts if isinstance(one, dict)] if isinstance(hosts, list) else []
    name = plain(row.get("name"), 200)
    return Alert(
        key=key_of("event", row["eventid"]),
        says=Says.FIRING if row["value"] == 1 else Says.OTHER,
        name=name,
        severity=SEVERITIES[severity] if isinstance(severity, int) and 0 <= severity < 6 else "",
        hosts=hosts_of(one.get(key) for one in named for key in ("host", "name")),
        text=name,
        began_at=moment(row.get("clock")),
    )


def _of_fields(fields: dict[str, Json]) -> Alert:
    name = plain(fields.get("eventname"), 200) or plain(fields.get("triggername"), 200)
    return Alert(
        key=key_of("event", plain(fields["eventid"])),
        says=_says(fields),
        name=name,
        severity=plain(fields.get("eventseverity"), 40) or plain(fields.get("triggerseverity"), 40),
        hosts=hosts_of(fields.get(key) for key in HOSTS),
        text=name,
    )


def _says(fields: dict[str, Json]) -> Says:
    """Zabbix tells of an acknowledgement like of a problem, with its update status 1."""
    value = plain(fields.get("eventvalue", fields.get("triggerstatus", fields.get("eventstatus")))).upper()
    if value in ("0", "OK", "RESOLVED"):
        return Says.RESOLVED
    is_problem = value in ("1", "PROBLEM") and plain(fields.get("eventupdatestatus")) != "1"
    return Says.FIRING if is_problem else Says.OTHER


def _of_message(subject: str, message: str) -> Alert:
    """Zabbix's own words, which a media type sends whose parameters were left as they are."""
    facts = dict(LINE.findall(message))
    name = plain(facts.get("Problem name") or subject.partition(": ")[2], 200)
    starts = {"problem": Says.FIRING, "resolved": Says.RESOLVED}
    return Alert(
        key=key_of("event", facts.get("Original problem ID", (facts.get("Host"), name))),
        says=starts.get(re.split(r"[\s:]", subject.strip().lower(), maxsplit=1)[0], Says.OTHER),
        name=name,
        severity=plain(facts.get("Severity"), 40),
        hosts=hosts_of([facts.get("Host")]),
        text=name or plain(subject),
    )
