"""Quality tests of what was installed, and re-checks of what failed (N7, N9)."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from models.base import setting
from models.base.columns.photo_marks import drawing_of
from models.base.columns.thousandths import Thousandths
from models.base.db import Base, db, utcnow
from models.base.request_cache import read_once
from models.base.setting import Spec
from models.base.typed_number import spelled
from models.base.wording import Words
from models.installation.limits import (
    FIRST_LIMITS,
    Connection,
    Limits,
    Measurement,
    Shortfall,
    is_passed,
    shortfalls,
)
from models.installation.readings import Reading
from models.organisation.staff import Staff
from models.tickets.ticket import Attachment, Ticket

CONNECTIONS: dict[str, Words] = {"wired": _l("Kabel"), "wifi": _l("Wi-Fi")}
QUALITY = _l("Uji kualitas")
LIMIT_NAMES: dict[str, Words] = {
    "length_max_m": _l("panjang kabel paling banyak (m)"),
    "loss_max_percent": _l("paket hilang paling banyak (%)"),
    "packets_min": _l("paket ping paling sedikit"),
    "rtt_max_ms": _l("waktu pulang pergi paling lama (ms)"),
    "jitter_max_ms": _l("jitter paling besar (ms)"),
    "throughput_min_percent": _l("laju iperf3 paling sedikit (% nominal)"),
    "signal_min_dbm": _l("sinyal paling lemah (dBm)"),
}


def _declare_limits() -> None:
    for connection, first in FIRST_LIMITS.items():
        for name, words in LIMIT_NAMES.items():
            value = getattr(first, name)
            label = _l("%(kind)s: %(limit)s", kind=CONNECTIONS[connection], limit=words)
            spec = Spec("" if value is None else str(value), label, QUALITY, may_be_empty=True)
            setting.declare(f"limit_{connection.value}_{name}", spec)


_declare_limits()


def limits_for(connection: Connection) -> Limits:
    """The limits in force for a kind of connection; an empty or unreadable setting is not judged."""
    first = FIRST_LIMITS[connection]
    values = {name: _number(setting.get(f"limit_{connection.value}_{name}")) for name in LIMIT_NAMES}
    packets = values.pop("packets_min")
    judged: dict[str, Any] = {**values, "packets_min": None if packets is None else int(packets)}
    return replace(first, **judged)


def _number(text: str | Decimal | None) -> Decimal | None:
    try:
        return spelled(str(text)) if str(text).strip() else None
    except ValueError:
        return None


class QualityTest(Base):
    """One round of tests: a draft while it is filled in, then sent with the verdict that was computed."""

    __tablename__ = "quality_test"
    __table_args__ = (UniqueConstraint("ticket_id", "round"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    round: Mapped[int] = mapped_column(default=1)
    number: Mapped[str | None] = mapped_column(String(80), unique=True)
    tested_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    saved_at: Mapped[datetime] = mapped_column(default=utcnow)
    sent_at: Mapped[datetime | None]
    passed: Mapped[bool | None]
    points_reason: Mapped[str] = mapped_column(Text, default="")  # why letter, survey, RAB, report and test differ
    ticket: Mapped[Ticket] = relationship()
    tested_by: Mapped[Staff | None] = relationship()
    points: Mapped[list[TestPoint]] = relationship(cascade="all, delete-orphan", order_by="TestPoint.position")
    photos: Mapped[list[TestPhoto]] = relationship(cascade="all, delete-orphan", order_by="TestPhoto.id")

    @force_locale("id")  # kept and printed, whoever sends it
    def judge(self) -> bool:
        """Compute and keep the verdict, point by point, from the limits in force now."""
        for point in self.points:
            point.failures = [one.sentence for one in point.shortfalls()]
        self.passed = is_passed([(p.measurement, limits_for(Connection(p.connection))) for p in self.points])
        return self.passed

    def __str__(self) -> str:
        return self.number or _("Uji kualitas putaran %(n)s", n=self.round)


class TestPhoto(Base):
    """A photo of what was installed, or of the tester's screen."""

    __test__ = False  # not a test of pytest's
    __tablename__ = "test_photo"
    id: Mapped[int] = mapped_column(primary_key=True)
    test_id: Mapped[int] = mapped_column(ForeignKey("quality_test.id"), index=True)
    attachment_id: Mapped[int] = mapped_column(ForeignKey("attachment.id"))
    caption: Mapped[str] = mapped_column(String(120), default="")
    marks: Mapped[str] = mapped_column(Text, default="")  # drawn over it, as models/base/columns/photo_marks.py
    attachment: Mapped[Attachment] = relationship()

    @property
    def drawing(self) -> Markup:
        """What was drawn, to lie over the photo; nothing where nothing was."""
        return drawing_of(self.marks)


class TestPoint(Base):
    """One tested point: what was measured, from which files, and why it failed if it did."""

    __test__ = False  # not a test of pytest's
    __tablename__ = "test_point"
    __table_args__ = (Index("ix_test_point_test_position", "test_id", "position"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    test_id: Mapped[int] = mapped_column(ForeignKey("quality_test.id"))
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(80))
    connection: Mapped[str] = mapped_column(String(10), default="wired")
    nominal_mbps: Mapped[int | None]
    negotiated_mbps: Mapped[int | None]
    wire_map_good: Mapped[bool | None]
    length_m: Mapped[Decimal | None] = mapped_column(Thousandths)
    sent: Mapped[int | None]
    received: Mapped[int | None]
    rtt_ms: Mapped[Decimal | None] = mapped_column(Thousandths)
    jitter_ms: Mapped[Decimal | None] = mapped_column(Thousandths)
    throughput_mbps: Mapped[Decimal | None] = mapped_column(Thousandths)
    signal_dbm: Mapped[Decimal | None] = mapped_column(Thousandths)
    udp_loss_percent: Mapped[Decimal | None] = mapped_column(Thousandths)
    readings: Mapped[list[Any]] = mapped_column(default=list)  # what each file told, as models.installation.readings
    failures: Mapped[list[str]] = mapped_column(default=list)
    ping_file_id: Mapped[int | None] = mapped_column(ForeignKey("attachment.id"))
    iperf_file_id: Mapped[int | None] = mapped_column(ForeignKey("attachment.id"))
    ping_file: Mapped[Attachment | None] = relationship(foreign_keys=ping_file_id)
    iperf_file: Mapped[Attachment | None] = relationship(foreign_keys=iperf_file_id)

    @property
    def measurement(self) -> Measurement:
        named = {one.name: getattr(self, one.name) for one in fields(Measurement) if one.name != "connection"}
        return Measurement(Connection(self.connection), **named)

    @property
    def taken(self) -> list[Reading]:
        """The readings of the point's files, in the order in which they came."""
        return [Reading.kept(row) for row in self.readings or []]

    def shortfalls(self) -> list[Shortfall]:
        return shortfalls(self.measurement, limits_for(Connection(self.connection)))

    @property
    def connection_label(self) -> Words:
        return CONNECTIONS[self.connection]


class Recheck(Base):
    """What was found and mended at the installed connection after a failed round (N9)."""

    __tablename__ = "recheck"
    id: Mapped[int] = mapped_column(primary_key=True)
    test_id: Mapped[int] = mapped_column(ForeignKey("quality_test.id"), unique=True)
    findings: Mapped[str] = mapped_column(Text)
    action: Mapped[str] = mapped_column(Text)
    made_by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    made_at: Mapped[datetime] = mapped_column(default=utcnow)
    test: Mapped[QualityTest] = relationship()
    made_by: Mapped[Staff] = relationship()


@read_once
def tests_of(ticket: Ticket) -> list[QualityTest]:
    """All rounds, oldest first; the last may be a draft."""
    query = select(QualityTest).where(QualityTest.ticket_id == ticket.id).order_by(QualityTest.round)
    return list(db.session.scalars(query.options(joinedload(QualityTest.points))).unique())


def latest_test(ticket: Ticket) -> QualityTest | None:
    return next(reversed(tests_of(ticket)), None)


def recheck_before(test: QualityTest) -> Recheck | None:
    """The re-check that came before this round."""
    query = (
        select(Recheck)
        .join(QualityTest)
        .where(QualityTest.ticket_id == test.ticket_id, QualityTest.round == test.round - 1)
    )
    return db.session.scalars(query).first()
