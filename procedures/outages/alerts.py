"""Takes in alerts of other monitors: what each says is kept, and decided on the same path as what our watch sees."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from gateways.alerts.alert import Alert, Says
from gateways.alerts.bodies import read_alerts
from models.base.db import db, utcnow, write_transaction
from models.organisation.sessions import hash_token
from models.outages.alert import AlertSource, ReceivedAlert, UnknownAlert
from models.outages.outage import Outage
from procedures.engine.declaration import MONITOR
from procedures.engine.take_step import StepRefused, take_step
from procedures.outages.alert_rules import LabelRule, judge, rules_of_the_panel
from procedures.outages.alert_targets import AlertTarget, AlertTargets
from procedures.outages.deciding import carry_out
from procedures.outages.situation import Fate, Situation

WORDS = ("opened", "known", "waiting", "muted", "recovered", "noted", "unknown", "ignored")
BEGAN_WITHIN = timedelta(days=30)
MOST_NAMED = 5


def source_of(token: str) -> AlertSource | None:
    """The source that this bearer token belongs to, unless it was revoked."""
    if not token or len(token) > 200:
        return None
    query = select(AlertSource).where(AlertSource.token_hash == hash_token(token), AlertSource.revoked_at.is_(None))
    return db.session.scalars(query).one_or_none()


def receive(source: AlertSource, body: bytes | str) -> dict[str, int]:
    """Keep and decide the alerts of one body; how many had which fate. BodyUnread: nothing was changed."""
    alerts = read_alerts(body).alerts
    counts: Counter[str] = Counter()
    with write_transaction():
        db.session.execute(select(AlertSource.id).where(AlertSource.id == source.id).with_for_update())  # one at a time
        kept = _keep(source, alerts, counts)
    now = Situation.read([row for row in kept if row.act == "outage" and row.resolved_at and not row.ticket_id])
    fates = list(zip(kept, fates_of(kept, now), strict=True))
    counts.update(fate.word for _row, fate in fates)
    carry_out(now)
    with write_transaction():
        _tie(fates)
    for outage, rows in _heard(fates).items():
        _note(outage, source, rows)
    return {word: counts[word] for word in WORDS}


def fates_of(rows: Sequence[ReceivedAlert], now: Situation) -> list[Fate]:
    """What comes of each; of several that say the same the first opens the outage and the others belong to it."""
    fates, opened = [], set()
    for row in rows:
        fate, about = now.fate_of(row), (row.node_id, row.service_id)
        if fate.word == "opened":
            fate = fate._replace(word="known") if about in opened else fate
            opened.add(about)
        fates.append(fate)
    return fates


def _keep(source: AlertSource, alerts: Sequence[Alert], counts: Counter[str]) -> list[ReceivedAlert]:
    """The rows of these alerts, new or renewed; what has none is counted."""
    targets, rules = AlertTargets.read(), rules_of_the_panel()
    query = select(ReceivedAlert).where(
        ReceivedAlert.source_id == source.id, ReceivedAlert.key.in_({alert.key for alert in alerts})
    )
    rows = {row.key: row for row in db.session.scalars(query)}
    kept: dict[str, ReceivedAlert] = {}
    for alert in alerts:
        target = targets.find(alert.hosts)
        row = rows.get(alert.key) or _same(source, alert, target)
        if alert.says is Says.OTHER or (row is None and target is None and alert.says is Says.RESOLVED):
            counts["ignored"] += 1
        elif row is None and target is None:
            _keep_unknown(source, alert)
            counts["unknown"] += 1
        else:
            rule = judge(alert.name or (row.name if row else ""), _severity(alert, row), source.id, rules)
            if row is None and rule.act == "ignore":
                counts["ignored"] += 1
            else:
                rows[alert.key] = kept[alert.key] = renew(row, source, alert, target, rule)
    db.session.flush()
    return list(kept.values())


def _same(source: AlertSource, alert: Alert, target: AlertTarget | None) -> ReceivedAlert | None:
    """The alert that a "resolved" with a key of its own ends: the same name about the same target."""
    if target is None or alert.says is not Says.RESOLVED:
        return None
    column = ReceivedAlert.node_id if target.kind == "node" else ReceivedAlert.service_id
    query = select(ReceivedAlert).where(
        ReceivedAlert.source_id == source.id,
        column == target.id,
        ReceivedAlert.name == alert.name,
        ReceivedAlert.resolved_at.is_(None),
    )
    return db.session.scalars(query.order_by(ReceivedAlert.id.desc())).first()


def _severity(alert: Alert, row: ReceivedAlert | None) -> str:
    return alert.severity or (row.severity if row else "")


def renew(
    row: ReceivedAlert | None, source: AlertSource | None, alert: Alert, target: AlertTarget | None, rule: LabelRule
) -> ReceivedAlert:
    """What the alert says now, on its row; a new one is added to the session unless it has no source (a test)."""
    now = utcnow()
    if row is None:
        row = ReceivedAlert(key=alert.key, source=source, fired_at=now, times=0)
        if source is not None:
            db.session.add(row)
    if target is not None:
        row.node_id, row.service_id = (target.id, None) if target.kind == "node" else (None, target.id)
    row.name, row.text = alert.name or row.name or "", alert.text or row.text or ""
    row.severity, row.act = _severity(alert, row) or "", rule.act
    row.times, row.last_at = row.times + 1, now
    if alert.says is Says.RESOLVED:
        row.resolved_at = row.resolved_at or now
        return row
    if row.resolved_at is not None:
        row.fired_at, row.resolved_at = now, None
    if row.ticket is not None and not row.ticket.is_open:
        row.ticket = None  # said again after its outage ended
    is_recent = alert.began_at is not None and now - BEGAN_WITHIN < alert.began_at <= now
    row.began_at = alert.began_at if is_recent else row.began_at
    return row


def _keep_unknown(source: AlertSource, alert: Alert) -> None:
    host = (alert.hosts[0] if alert.hosts else "?")[:253]
    row = db.session.scalars(
        select(UnknownAlert).where(UnknownAlert.source_id == source.id, UnknownAlert.host == host)
    ).one_or_none()
    if row is None:
        row = UnknownAlert(source_id=source.id, host=host, times=0)
        db.session.add(row)
    row.times, row.last_at, row.text = row.times + 1, utcnow(), (alert.text or alert.name)[:500]


def _tie(fates: Sequence[tuple[ReceivedAlert, Fate]]) -> None:
    """Write on each alert what came of it and to which outage it belongs, now that the steps are taken."""
    now = Situation.read()
    for row, fate in fates:
        row.fate = fate.word
        if row.act == "outage" and row.ticket_id is None and (outage := now.open_outage_of(row)) is not None:
            row.ticket_id = outage.ticket_id


def _heard(fates: Sequence[tuple[ReceivedAlert, Fate]]) -> dict[Outage, list[ReceivedAlert]]:
    """What is to be read in the timeline of an outage that was open before: what is said for the first time."""
    found: dict[Outage, list[ReceivedAlert]] = defaultdict(list)
    for row, fate in fates:
        is_news = row.times == 1 or row.resolved_at == row.last_at
        if fate.outage is not None and fate.word in ("known", "noted") and is_news:
            found[fate.outage].append(row)
    return found


def _note(outage: Outage, source: AlertSource, rows: Sequence[ReceivedAlert]) -> None:
    """One line for all that one body says of the outage; it moves nothing."""
    parts = []
    for is_over in (False, True):
        names = list(dict.fromkeys(str(row.target) for row in rows if (row.resolved_at is not None) == is_over))
        more = f", … (+{len(names) - MOST_NAMED})" if len(names) > MOST_NAMED else ""
        listed = ", ".join(names[:MOST_NAMED]) + more
        if names and is_over:
            parts.append(_("%(source)s: pulih, %(names)s.", source=source.name, names=listed))
        elif names:
            parts.append(_("%(source)s juga melaporkan: %(names)s.", source=source.name, names=listed))
    try:
        take_step(outage.ticket_id, "hear_alert", MONITOR, " ".join(parts))
    except StepRefused:
        db.session.rollback()  # a person ended it meanwhile
