"""Shows what would happen if an alert came now, by the same decision as at the door."""

from __future__ import annotations

from typing import NamedTuple

from flask_babel import gettext as _

from gateways.alerts.alert import Alert, Says
from gateways.alerts.bodies import read_alerts
from models.base.wording import Words
from models.outages.alert import ReceivedAlert
from procedures.outages.alert_rules import LabelRule, judge, rules_of_the_panel
from procedures.outages.alert_targets import AlertTarget, AlertTargets
from procedures.outages.alerts import fates_of, renew
from procedures.outages.situation import Fate, Situation


class Foreseen(NamedTuple):
    """One alert of the body: about what, by which rule, and what comes of it in a sentence."""

    alert: Alert
    target: AlertTarget | None
    rule: LabelRule | None
    word: str
    sentence: str


class Forecast(NamedTuple):
    """Who seems to have sent the body, and what comes of each of its alerts."""

    sender: str
    alerts: list[Foreseen]


def foresee(source_id: int | None, body: str) -> Forecast:
    """The forecast of a pasted body as if this source sent it. Raises BodyUnread."""
    reading = read_alerts(body)
    targets, rules = AlertTargets.read(), rules_of_the_panel()
    judged: list[tuple[Alert, AlertTarget | None, LabelRule | None, ReceivedAlert | None]] = []
    for alert in reading.alerts:
        target = targets.find(alert.hosts)
        if target is None or alert.says is Says.OTHER:
            judged.append((alert, target, None, None))
        else:
            rule = judge(alert.name, alert.severity, source_id, rules)
            judged.append((alert, target, rule, renew(None, None, alert, target, rule)))
    rows = [row for *_facts, row in judged if row is not None]
    now = Situation.read([row for row in rows if row.act == "outage"])
    fates = iter(fates_of(rows, now))
    return Forecast(
        reading.sender,
        [
            Foreseen(alert, target, rule, *(_without_row(alert) if row is None else _said(next(fates), row)))
            for alert, target, rule, row in judged
        ],
    )


def _without_row(alert: Alert) -> tuple[str, str]:
    if alert.says is Says.OTHER:
        return "ignored", _("Uji sambungan atau pengakuan di pemantau itu: tidak ada yang berubah.")
    if alert.says is Says.RESOLVED:
        return "ignored", _("Pulih, tetapi tidak menyebut host kita: tidak ada yang berubah.")
    return "unknown", _("Host tidak dikenal: masuk daftar peringatan tak dikenal, tidak ada gangguan yang dibuka.")


def _said(fate: Fate, row: ReceivedAlert) -> tuple[str, str]:
    number = fate.outage.ticket.number if fate.outage is not None else ""
    name = fate.cause.name if fate.cause is not None else ""
    sentences: dict[str, Words] = {
        "opened": _("Membuka satu gangguan."),
        "muted": _("Sedang ada pekerjaan terencana: tidak dibuka. Bila masih begitu sesudahnya, barulah dibuka."),
        "waiting": _("Menunggu: perangkat di atasnya sedang diperiksa pemantau kita."),
        "recovered": _("Membuktikan bahwa gangguan %(number)s pulih; petugas yang mengakhirinya.", number=number),
    }
    if fate.word == "known" and number:
        return fate.word, _("Termasuk gangguan %(number)s yang sudah terbuka.", number=number)
    if fate.word == "known":
        return fate.word, _("Termasuk gangguan yang dibuka untuk %(name)s.", name=name or row.name)
    if fate.word == "noted":
        return fate.word, _noted(row, number)
    if fate.word == "ignored":
        is_rule = row.act == "ignore"
        return fate.word, _("Diabaikan.") if is_rule else _("Pulih; tidak ada gangguan terbuka tentang ini.")
    return fate.word, str(sentences[fate.word])


def _noted(row: ReceivedAlert, number: str) -> str:
    if row.act == "note":
        return _("Dicatat di daftar peringatan; tidak ada gangguan yang dibuka.")
    if row.resolved_at is None:
        return _("Dicatat saja: pemantau kita melihatnya menjawab sejak peringatan itu.")
    return _("Dicatat di riwayat %(number)s: pemulihannya belum terbukti.", number=number)
