"""The price catalogue, and RABs with their lines (N5); a line keeps a copy of the price it was made with."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint, and_, inspect, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship
from sqlalchemy.orm.attributes import set_committed_value

from models.base import setting
from models.base.columns.thousandths import Thousandths
from models.base.db import Base, db, utcnow
from models.base.request_cache import read_once
from models.base.rupiah import Ppn, Totals, line_amount, totals
from models.base.setting import Spec
from models.base.wording import Words
from models.organisation.staff import Staff
from models.tickets.ticket import Ticket

SECTIONS: dict[str, Words] = {"material": _l("Bahan"), "work": _l("Pekerjaan")}
DECISIONS: dict[str, Words] = {
    "": _l("Menunggu keputusan"),
    "approved": _l("Disetujui"),
    "returned": _l("Dikembalikan"),
    "refused": _l("Ditolak"),
    "replaced": _l("Diganti versi baru"),
}
MAX_LINES = 1_000
BUDGET = _l("RAB dan tagihan")
setting.declare("ppn_percent", Spec("", _l("PPN (persen)"), BUDGET, _l("Kosong berarti tanpa PPN, misalnya 12.")))
setting.declare("ppn_base", Spec("11/12", _l("Dasar PPN"), BUDGET, _l("Bagian dari jumlah, misalnya 11/12 atau 1.")))
setting.declare("rab_valid_days", Spec(30, _l("Masa berlaku RAB (hari)"), BUDGET, least=1, most=365))
setting.declare(
    "unit_answer_needs_letter",
    Spec(False, _l("Jawaban unit harus disertai surat"), BUDGET, _l("Surat yang ditandatangani pimpinan unit.")),
)


class PriceItem(Base):
    """One thing or work with its price from a day on; a new price is a new row of the same code."""

    __tablename__ = "price_item"
    __table_args__ = (UniqueConstraint("code", "valid_from"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(30))
    description: Mapped[str] = mapped_column(String(200))
    section: Mapped[str] = mapped_column(String(10), default="material")
    measure: Mapped[str] = mapped_column(String(20))
    price_rp: Mapped[int] = mapped_column(BigInteger)
    valid_from: Mapped[date]
    is_active: Mapped[bool] = mapped_column(default=True)
    set_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))  # who wrote or changed it last

    def __str__(self) -> str:
        return f"{self.code} {self.description}"


class Rab(Base):
    """One version of a ticket's budget plan: a draft, or submitted and then never changed again."""

    __tablename__ = "rab"
    __table_args__ = (UniqueConstraint("ticket_id", "version"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    version: Mapped[int] = mapped_column(default=1)
    number: Mapped[str | None] = mapped_column(String(80), unique=True)
    working_days: Mapped[int] = mapped_column(default=5)
    valid_until: Mapped[date]
    is_validity_typed: Mapped[bool] = mapped_column(default=False)  # not counted from the setting
    notes: Mapped[str] = mapped_column(Text, default="")
    points: Mapped[int | None]  # how many points it pays for
    ppn_percent: Mapped[Decimal | None] = mapped_column(Thousandths)
    ppn_base: Mapped[str] = mapped_column(String(20), default="1")
    sum_rp: Mapped[int] = mapped_column(BigInteger, default=0)
    ppn_rp: Mapped[int] = mapped_column(BigInteger, default=0)
    total_rp: Mapped[int] = mapped_column(BigInteger, default=0)
    saved_at: Mapped[datetime] = mapped_column(default=utcnow)
    drafted_by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    filled_by_ids: Mapped[list[int]] = mapped_column(default=list)  # everybody who saved lines of this version
    submitted_at: Mapped[datetime | None]
    submitted_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    decision: Mapped[str] = mapped_column(String(10), default="")
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    on_behalf_of: Mapped[str] = mapped_column(String(200), default="")
    decision_note: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[datetime | None]  # N6b
    answered_by: Mapped[str] = mapped_column(String(240), default="")  # name and position of who decides for the unit
    is_agreed: Mapped[bool | None]
    reminded_at: Mapped[datetime | None]
    ticket: Mapped[Ticket] = relationship()
    lines: Mapped[list[RabLine]] = relationship(
        cascade="all, delete-orphan", order_by="RabLine.position", back_populates="rab"
    )
    drafted_by: Mapped[Staff] = relationship(foreign_keys=drafted_by_id)
    submitted_by: Mapped[Staff | None] = relationship(foreign_keys=submitted_by_id)
    decided_by: Mapped[Staff | None] = relationship(foreign_keys=decided_by_id)

    @property
    def is_draft(self) -> bool:
        return self.submitted_at is None

    @property
    def decision_label(self) -> Words:
        return _l("Draf") if self.is_draft else DECISIONS[self.decision]

    @property
    def ppn(self) -> Ppn | None:
        return Ppn(self.ppn_percent, Fraction(self.ppn_base)) if self.ppn_percent else None

    @property
    def ppn_label(self) -> str:
        return ppn_label(self.ppn)

    @property
    def totals(self) -> Totals:
        return totals(((line.volume, line.price_rp) for line in self.lines), self.ppn)

    def section(self, key: str) -> list[RabLine]:
        return [line for line in self.lines if line.section == key]

    def add_up(self) -> None:
        """Write the foot of the lines as they are; the version's sums are then its own."""
        for line in self.lines:
            line.amount_rp = line_amount(line.volume, line.price_rp)
        foot = self.totals
        self.sum_rp, self.ppn_rp, self.total_rp = foot.sum_rp, foot.ppn_rp, foot.total_rp

    def submit(self, by: Staff) -> None:
        self.add_up()
        self.submitted_at, self.submitted_by_id = utcnow(), by.id

    def decide(self, decision: str, by: Staff, on_behalf_of: str, note: str = "") -> None:
        self.decision, self.decided_at, self.decided_by_id = decision, utcnow(), by.id
        self.on_behalf_of, self.decision_note = on_behalf_of, note

    def __str__(self) -> str:
        return self.number or _("RAB versi %(n)s", n=self.version)


class RabLine(Base):
    """A priced line; its amount is volume times price, rounded half up, as printed."""

    __tablename__ = "rab_line"
    __table_args__ = (Index("ix_rab_line_rab_position", "rab_id", "position"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    rab_id: Mapped[int] = mapped_column(ForeignKey("rab.id"))
    position: Mapped[int]
    section: Mapped[str] = mapped_column(String(10), default="material")
    code: Mapped[str] = mapped_column(String(30), default="")
    description: Mapped[str] = mapped_column(String(200))
    volume: Mapped[Decimal] = mapped_column(Thousandths)
    measure: Mapped[str] = mapped_column(String(20))
    price_rp: Mapped[int] = mapped_column(BigInteger)
    amount_rp: Mapped[int] = mapped_column(BigInteger, default=0)
    built_volume: Mapped[Decimal | None] = mapped_column(Thousandths)  # as built (N7); the version itself stays
    rab: Mapped[Rab] = relationship(back_populates="lines")


def ppn_label(ppn: Ppn | None) -> str:
    """ "PPN 12% dari dasar 11/12", or empty without tax."""
    if ppn is None:
        return ""
    percent = f"{ppn.rate.normalize():f}".replace(".", ",")
    return f"PPN {percent}%" + (f" dari dasar {ppn.base}" if ppn.base != 1 else "")


def price_list(day: date) -> list[PriceItem]:
    """The prices in force on a day: of each code the newest row that has begun."""
    query = select(PriceItem).where(PriceItem.valid_from <= day).order_by(PriceItem.code, PriceItem.valid_from)
    newest = {item.code: item for item in db.session.scalars(query)}
    return [item for item in newest.values() if item.is_active]


@read_once
def versions_of(ticket: Ticket) -> list[Rab]:
    """All versions of a ticket's RAB, oldest first; the last may be a draft."""
    query = select(Rab).where(Rab.ticket_id == ticket.id).order_by(Rab.version)
    return list(db.session.scalars(query.options(joinedload(Rab.drafted_by).lazyload(Staff.role_rows))).unique())


def makers_of(rab: Rab) -> tuple[int | None, ...]:
    """The ids of those who drafted, filled in and submitted a version."""
    return rab.drafted_by_id, rab.submitted_by_id, *rab.filled_by_ids


def price_setters(rab: Rab) -> set[int | None]:
    """The ids of those who wrote into the catalogue a price that stands in a line of this version; one statement reads
    its lines too, since every page that asks this shows them."""
    is_its_price = and_(RabLine.code != "", PriceItem.code == RabLine.code, PriceItem.price_rp == RabLine.price_rp)
    query = select(RabLine, PriceItem.set_by_id).outerjoin(PriceItem, is_its_price)
    rows = (
        db.session.execute(query.where(RabLine.rab_id == rab.id).order_by(RabLine.position, RabLine.id)).tuples().all()
    )
    if "lines" in inspect(rab).unloaded:
        set_committed_value(rab, "lines", list(dict.fromkeys(line for line, _by in rows)))
    return {by for _line, by in rows if by is not None}


def latest_rab(ticket: Ticket) -> Rab | None:
    return next(reversed(versions_of(ticket)), None)


def approved_rab(ticket: Ticket) -> Rab | None:
    """The version in force: approved, and not replaced since."""
    return next((rab for rab in reversed(versions_of(ticket)) if rab.decision == "approved"), None)
