"""What the centre watches: nodes with their uplinks, web services, planned work, and the checks made."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey, Index, String, Text, bindparam, select, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base.db import Base, UTCDateTime, db, utcnow
from models.base.setting import Spec, declare
from models.base.wording import Words
from models.organisation.unit import Unit
from models.outages.topology import Topology
from models.outages.watching import Condition, Rule, Watched
from models.tickets.category import Category

NODE_KINDS: dict[str, Words] = {
    "router": _l("Router"),
    "switch": _l("Sakelar"),
    "access_point": _l("Titik akses"),
    "link": _l("Jalur"),
    "ups": _l("UPS"),
    "server": _l("Server"),
    "other": _l("Perangkat lain"),
}
MANAGED_BY: dict[str, Words] = {"centre": _l("Pustikom"), "other": _l("Pihak lain")}
CONDITIONS: dict[str, Words] = {
    Condition.UP: _l("Menjawab"),
    Condition.DOWN: _l("Tidak menjawab"),
    Condition.UNKNOWN: _l("Belum diketahui"),
}
WATCH = _l("Pemantauan")
declare(
    "watch_networks",
    Spec(
        "10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16",
        _l("Jaringan yang boleh dipantau"),
        WATCH,
        _l("Dipisah koma. Alamat di luar daftar ini tidak pernah dihubungi, dan bukan tujuan uji kualitas."),
    ),
)
declare(
    "watch_ports",
    Spec("22, 53, 80, 443, 8000, 8080, 8443", _l("Porta yang boleh dipantau"), WATCH, _l("Dipisah koma.")),
)
declare(
    "watch_gateways",
    Spec(
        "",
        _l("Gerbang jaringan sendiri"),
        WATCH,
        _l("Diperiksa lebih dulu; bila tidak menjawab, pemantau buta. Kosong: gerbang bawaan mesin ini."),
    ),
)
declare("certificate_days", Spec(14, _l("Peringatan sertifikat berakhir (hari)"), WATCH, least=1, most=90))
declare("checks_kept_days", Spec(7, _l("Hasil pemeriksaan disimpan (hari)"), WATCH, least=1, most=60))


class WatchState:
    """The columns in which a target's condition is kept; written by the watch alone."""

    is_watched: Mapped[bool] = mapped_column(default=True)
    interval_seconds: Mapped[int] = mapped_column(default=30)
    down_after: Mapped[int] = mapped_column(default=3)
    up_after: Mapped[int] = mapped_column(default=2)
    condition: Mapped[str] = mapped_column(String(10), default=Condition.UNKNOWN.value)
    failures: Mapped[int] = mapped_column(default=0)
    successes: Mapped[int] = mapped_column(default=0)
    since_at: Mapped[datetime | None]
    checked_at: Mapped[datetime | None]
    last_ms: Mapped[float | None]
    last_detail: Mapped[str] = mapped_column(String(300), default="")
    changes: Mapped[list[str]] = mapped_column(default=list)  # ISO times of the last changes

    @property
    def rule(self) -> Rule:
        return Rule(self.down_after, self.up_after)

    @property
    def watched(self) -> Watched:
        changes = tuple(datetime.fromisoformat(text) for text in self.changes or ())
        return Watched(Condition(self.condition), self.failures, self.successes, self.since_at, changes)

    def see(self, watched: Watched) -> None:
        """Take over what is now known."""
        self.condition, self.failures, self.successes = watched.condition.value, watched.failures, watched.successes
        self.since_at, self.changes = watched.since, [moment.isoformat() for moment in watched.changes]

    @property
    def is_flapping(self) -> bool:
        return self.watched.is_flapping(utcnow())

    @property
    def condition_label(self) -> Words:
        return CONDITIONS[Condition(self.condition)]


class Node(WatchState, Base):
    """Router, switch, access point, link or UPS; without an address it is known but not probed."""

    __tablename__ = "node"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    kind: Mapped[str] = mapped_column(String(20), default="switch")
    address: Mapped[str | None] = mapped_column(String(253), unique=True)
    tcp_port: Mapped[int | None]  # watched by TCP connect instead of ping
    uplink_id: Mapped[int | None] = mapped_column(ForeignKey("node.id"), index=True)
    building: Mapped[str] = mapped_column(String(160), default="")
    floor: Mapped[str] = mapped_column(String(20), default="")
    room: Mapped[str] = mapped_column(String(80), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    uplink: Mapped[Node | None] = relationship(remote_side="Node.id")
    units: Mapped[list[Unit]] = relationship(secondary="node_unit", order_by="Unit.name")

    @property
    def kind_label(self) -> Words:
        return NODE_KINDS.get(self.kind, self.kind)

    @property
    def place(self) -> str:
        return ", ".join(part for part in (self.building, self.floor, self.room) if part)

    def __str__(self) -> str:
        return self.name


class NodeUnit(Base):
    """A unit that is served by a node."""

    __tablename__ = "node_unit"
    node_id: Mapped[int] = mapped_column(ForeignKey("node.id", ondelete="CASCADE"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id", ondelete="CASCADE"), primary_key=True, index=True)


class WebService(WatchState, Base):
    """A web address that must answer, managed by the centre or by somebody else with a contact."""

    __tablename__ = "web_service"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    public_name: Mapped[str] = mapped_column(String(120), default="")
    url: Mapped[str] = mapped_column(String(500))
    expected_status: Mapped[int] = mapped_column(default=200)
    expected_text: Mapped[str] = mapped_column(String(200), default="")
    slow_after_ms: Mapped[int] = mapped_column(default=5000)
    host_node_id: Mapped[int | None] = mapped_column(ForeignKey("node.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    category_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"), index=True)
    managed_by: Mapped[str] = mapped_column(String(10), default="centre")
    manager_name: Mapped[str] = mapped_column(String(120), default="")
    manager_email: Mapped[str] = mapped_column(String(254), default="")
    manager_phone: Mapped[str] = mapped_column(String(30), default="")
    last_finding: Mapped[str] = mapped_column(String(20), default="")
    certificate_ends_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(Text, default="")
    host_node: Mapped[Node | None] = relationship()
    unit: Mapped[Unit | None] = relationship()
    category: Mapped[Category | None] = relationship()

    def __str__(self) -> str:
        return self.name


class Check(Base):
    """One probe's answer; kept for a week, then only its hour's counts remain."""

    __tablename__ = "probe_check"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))  # node or service
    target_id: Mapped[int]
    at: Mapped[datetime]
    answered: Mapped[bool | None]  # None: our own fault, or forbidden
    milliseconds: Mapped[float | None]
    detail: Mapped[str] = mapped_column(String(300), default="")

    __table_args__ = (Index("ix_probe_check_target", "kind", "target_id", "at"), Index("ix_probe_check_at", "at"))


class CheckHour(Base):
    """How often a target answered in one hour (UTC)."""

    __tablename__ = "check_hour"
    kind: Mapped[str] = mapped_column(String(8), primary_key=True)
    target_id: Mapped[int] = mapped_column(primary_key=True)
    hour: Mapped[datetime] = mapped_column(primary_key=True)
    answered: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    unknown: Mapped[int] = mapped_column(default=0)


class WatchRun(Base):
    """The watch's one row: which worker holds it, until when, and since when it sees nothing at all."""

    __tablename__ = "watch_run"
    id: Mapped[int] = mapped_column(primary_key=True)
    holder: Mapped[str] = mapped_column(String(80), default="")
    held_until: Mapped[datetime] = mapped_column(default=utcnow)
    blind_since: Mapped[datetime | None]

    @classmethod
    def row(cls) -> WatchRun:
        """The row, made where it is missing; inside a write transaction."""
        found = db.session.get(cls, 1)
        if found is None:
            found = cls(id=1, holder="", held_until=utcnow())
            db.session.add(found)
        return found

    @classmethod
    def lock(cls) -> None:
        """Hold the row until the transaction ends; made where it is missing, by however many at once."""
        row = {"holder": "", "held_until": utcnow()}
        db.session.execute(_LOCK, row)


_LOCK = text(
    "INSERT INTO watch_run (id, holder, held_until) VALUES (1, :holder, :held_until)"
    " ON CONFLICT (id) DO UPDATE SET id = excluded.id"
).bindparams(bindparam("held_until", type_=UTCDateTime()))


class PlannedWork(Base):
    """Work announced beforehand: its nodes, what lies behind them, and its services open no outage."""

    __tablename__ = "planned_work"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(160))
    note: Mapped[str] = mapped_column(Text, default="")  # public
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(index=True)
    announced_at: Mapped[datetime | None]
    changed_at: Mapped[datetime | None]  # the last change that those told of it were told of
    cancelled_at: Mapped[datetime | None]
    cancel_reason: Mapped[str] = mapped_column(String(500), default="")  # read by those told
    nodes: Mapped[list[Node]] = relationship(secondary="planned_work_node", order_by="Node.name")
    services: Mapped[list[WebService]] = relationship(secondary="planned_work_service", order_by="WebService.name")

    @property
    def is_over(self) -> bool:
        return self.cancelled_at is not None or self.ends_at <= utcnow()

    def __str__(self) -> str:
        return self.title


class PlannedWorkNode(Base):
    __tablename__ = "planned_work_node"
    work_id: Mapped[int] = mapped_column(ForeignKey("planned_work.id", ondelete="CASCADE"), primary_key=True)
    node_id: Mapped[int] = mapped_column(ForeignKey("node.id", ondelete="CASCADE"), primary_key=True, index=True)


class PlannedWorkService(Base):
    __tablename__ = "planned_work_service"
    work_id: Mapped[int] = mapped_column(ForeignKey("planned_work.id", ondelete="CASCADE"), primary_key=True)
    service_id: Mapped[int] = mapped_column(
        ForeignKey("web_service.id", ondelete="CASCADE"), primary_key=True, index=True
    )


def topology() -> Topology:
    """The whole tree as it stands (one statement)."""
    return Topology(dict(db.session.execute(select(Node.id, Node.uplink_id)).tuples().all()))


def muted_now(tree: Topology) -> tuple[set[int], set[int]]:
    """Nodes (with all behind them) and services under planned work at this moment."""
    now = utcnow()
    running = (PlannedWork.starts_at <= now, PlannedWork.ends_at > now, PlannedWork.cancelled_at.is_(None))
    nodes: set[int] = set()
    for node in db.session.scalars(select(PlannedWorkNode.node_id).join(PlannedWork).where(*running)):
        nodes |= {node} | tree.behind(node)
    services = db.session.scalars(select(PlannedWorkService.service_id).join(PlannedWork).where(*running))
    return nodes, set(services)


def units_served(node_ids: Iterable[int]) -> list[Unit]:
    """The units served by these nodes, by name."""
    query = select(Unit).join(NodeUnit, NodeUnit.unit_id == Unit.id).where(NodeUnit.node_id.in_(list(node_ids)))
    return list(db.session.scalars(query.order_by(Unit.name)).unique())
