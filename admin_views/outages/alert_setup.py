"""What is pasted into each other monitor so that it sends its alerts here; TOKEN stands for the token shown once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from flask_babel import gettext as _

from models.base.wording import Words

ALERTMANAGER = """\
receivers:
  - name: pustikom
    webhook_configs:
      - url: {url}
        send_resolved: true
        max_alerts: 500
        http_config:
          authorization:
            type: Bearer
            credentials: TOKEN
"""
ZABBIX_PARAMETERS = """\
url               {url}
token             TOKEN
event_id          {{EVENT.ID}}
event_value       {{EVENT.VALUE}}
event_update_status  {{EVENT.UPDATE.STATUS}}
event_name        {{EVENT.NAME}}
event_severity    {{EVENT.SEVERITY}}
host_ip           {{HOST.IP}}
host_dns          {{HOST.DNS}}
host_host         {{HOST.HOST}}
host_name         {{HOST.NAME}}
"""
ZABBIX_SCRIPT = """\
var params = JSON.parse(value), url = params.url, request = new HttpRequest();
request.addHeader('Content-Type: application/json');
request.addHeader('Authorization: Bearer ' + params.token);
delete params.url;
delete params.token;
var answer = request.post(url, JSON.stringify(params));
if (request.getStatus() !== 200) {
    throw 'Pustikom: ' + request.getStatus() + ' ' + answer;
}
return 'OK';
"""
LIBRENMS_BODY = """\
{
  "alert_id": "{{ $alert_id }}",
  "hostname": "{{ $hostname }}",
  "sysName": "{{ $sysName }}",
  "ip": "{{ $ip }}",
  "name": "{{ $name }}",
  "severity": "{{ $severity }}",
  "state": "{{ $state }}"
}
"""


class Setup(NamedTuple):
    """Where to go in the other monitor, the texts to paste there by the field's own name, and what to heed."""

    way: str
    texts: Sequence[tuple[Words, str]]
    heed: str


def setup_of(kind: str, url: str) -> Setup:
    """How a monitor of this kind is told to send to this address."""
    if kind == "grafana":
        way = _("Alerting, Contact points, Add contact point, Integration: Webhook, HTTP Method POST.")
        texts = [
            ("URL", url),
            ("Authorization Header - Scheme", "Bearer"),
            ("Authorization Header - Credentials", "TOKEN"),
        ]
        heed = _("Biarkan “Disable resolved message” kosong. Beri tiap aturan label instance (alamat) dan severity.")
        return Setup(way, texts, heed)
    if kind == "uptime_kuma":
        way = _("Settings, Notifications, Setup Notification, jenis Webhook, Request Body: Preset - application/json.")
        texts = [("Post URL", url), ("Additional Headers", '{"Authorization": "Bearer TOKEN"}')]
        heed = _(
            "Hostname atau URL monitornya sama dengan alamat perangkat atau layanan di sini; nama yang sama dikenali."
        )
        return Setup(way, texts, heed)
    if kind == "zabbix":
        way = _(
            "Alerts, Media types, Create media type, jenis Webhook. Ganti parameter bawaannya dengan yang di bawah."
        )
        texts = [(_("Parameter"), ZABBIX_PARAMETERS.format(url=url)), ("Script", ZABBIX_SCRIPT)]
        heed = _(
            "Beri media itu kepada satu pengguna, lalu pakai di Trigger actions: Operations dan Recovery operations."
        )
        return Setup(way, texts, heed)
    if kind == "librenms":
        way = _("Alerts, Alert Transports, Create alert transport, jenis API, API Method: POST.")
        headers = "Authorization=Bearer TOKEN\nContent-Type=application/json"
        texts = [("API URL", url), ("headers", headers), ("body", LIBRENMS_BODY)]
        heed = _("Pilih transport itu di tiap Alert Rule, dengan “Recovery alerts” menyala.")
        return Setup(way, texts, heed)
    way = _("Tambahkan receiver ini, lalu arahkan sebuah route kepadanya.")
    heed = _("Prometheus yang mengirim sendiri tanpa Alertmanager memakai alamat yang sama sebagai Alertmanager-nya.")
    return Setup(way, [("alertmanager.yml", ALERTMANAGER.format(url=url))], heed)
