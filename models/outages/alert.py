"""Alerts from other monitors: who may send them, what each said last, the rules for them, and unknown hosts."""

from __future__ import annotations

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base.db import Base, utcnow
from models.base.wording import Words
from models.outages.network import Node, WebService
from models.tickets.ticket import Ticket

SENDERS = {
    "alertmanager": "Prometheus Alertmanager",
    "grafana": "Grafana",
    "uptime_kuma": "Uptime Kuma",
    "zabbix": "Zabbix",
    "librenms": "LibreNMS",
}
ACTS: dict[str, Words] = {
    "outage": _l("Buka gangguan"),
    "note": _l("Catat saja"),
    "ignore": _l("Abaikan"),
}


class AlertSource(Base):
    """Another monitor that may send alerts; its bearer token is kept as a hash and can be revoked."""

    __tablename__ = "alert_source"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    kind: Mapped[str] = mapped_column(String(20), default="alertmanager")  # which text its page gives to paste
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    @property
    def kind_label(self) -> str:
        return SENDERS.get(self.kind, self.kind)

    def __str__(self) -> str:
        return self.name


class AlertRule(Base):
    """What is done with alerts of a name and severity; the rule with the lowest position that fits decides."""

    __tablename__ = "alert_rule"
    id: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(default=10)
    source_id: Mapped[int | None] = mapped_column(ForeignKey("alert_source.id"), index=True)  # None: every monitor
    names: Mapped[str] = mapped_column(Text, default="")  # words or phrases, one a line; empty: every name
    severities: Mapped[str] = mapped_column(String(200), default="")  # separated by commas; empty: every severity
    act: Mapped[str] = mapped_column(String(10), default="note")
    note: Mapped[str] = mapped_column(String(200), default="")
    source: Mapped[AlertSource | None] = relationship()

    @property
    def act_label(self) -> Words:
        return ACTS.get(self.act, self.act)

    def __str__(self) -> str:
        return f"{self.position}. {', '.join(self.names.split(chr(10))) or '*'}"


class ReceivedAlert(Base):
    """What another monitor last said in one of its alerts about a node or service of ours."""

    __tablename__ = "received_alert"
    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("alert_source.id"), index=True)
    key: Mapped[str] = mapped_column(String(64))  # recognises the same alert when it comes again
    node_id: Mapped[int | None] = mapped_column(ForeignKey("node.id", ondelete="CASCADE"), index=True)
    service_id: Mapped[int | None] = mapped_column(ForeignKey("web_service.id", ondelete="CASCADE"), index=True)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"), index=True)  # the outage it belongs to
    name: Mapped[str] = mapped_column(String(200), default="")
    severity: Mapped[str] = mapped_column(String(40), default="")
    text: Mapped[str] = mapped_column(String(1000), default="")
    act: Mapped[str] = mapped_column(String(10), default="note")  # as the rules decided when it came last
    fate: Mapped[str] = mapped_column(String(12), default="")  # what came of it then
    began_at: Mapped[datetime | None]  # as the other monitor says
    fired_at: Mapped[datetime] = mapped_column(default=utcnow)  # heard here first, since it was last resolved
    last_at: Mapped[datetime] = mapped_column(default=utcnow)
    times: Mapped[int] = mapped_column(default=1)
    resolved_at: Mapped[datetime | None]
    source: Mapped[AlertSource] = relationship()
    node: Mapped[Node | None] = relationship()
    service: Mapped[WebService | None] = relationship()
    ticket: Mapped[Ticket | None] = relationship()

    __table_args__ = (
        UniqueConstraint("source_id", "key"),
        Index("ix_received_alert_last", "last_at", "id"),
        Index("ix_received_alert_act_resolved", "act", "resolved_at"),
    )

    @property
    def target(self) -> Node | WebService | None:
        return self.node or self.service

    def __str__(self) -> str:
        return f"{self.name or '—'} · {self.target or '—'}"


class UnknownAlert(Base):
    """An alert about a host that is no node or service of ours; it opens nothing."""

    __tablename__ = "unknown_alert"
    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("alert_source.id"), index=True)
    host: Mapped[str] = mapped_column(String(253))
    text: Mapped[str] = mapped_column(String(500), default="")
    first_at: Mapped[datetime] = mapped_column(default=utcnow)
    last_at: Mapped[datetime] = mapped_column(default=utcnow)
    times: Mapped[int] = mapped_column(default=1)
    source: Mapped[AlertSource] = relationship()

    def __str__(self) -> str:
        return self.host

    __table_args__ = (UniqueConstraint("source_id", "host"), Index("ix_unknown_alert_last", "last_at", "id"))
