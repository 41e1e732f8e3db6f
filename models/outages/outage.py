"""An outage and what hangs on it: cause and reach, estimates, calls, field reports, probes asked for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from models.base import setting
from models.base.db import Base, db, utcnow
from models.base.request_cache import read_once
from models.base.wording import Words
from models.organisation.staff import Staff
from models.organisation.unit import Contact, Unit
from models.outages.network import Node, WebService
from models.tickets.listing import concerned
from models.tickets.ticket import Ticket

OUTAGE_PROCEDURES = ("network_outage", "server_outage")
BRANCHES: dict[str, Words] = {
    "": _l("Belum ditentukan"),
    "supporting": _l("Prasarana infrastruktur"),
    "it": _l("Infrastruktur IT"),
}
WAYS: dict[str, Words] = {
    "phone": _l("Telepon"),
    "whatsapp": _l("WhatsApp"),
    "email": _l("Email"),
    "letter": _l("Surat"),
    "visit": _l("Bertemu langsung"),
}


@setting.changes_lists
class Outage(Base):
    """What failed, what lies behind it, since when, and how it ended. Its ticket carries the steps."""

    __tablename__ = "outage"
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))  # network or server
    source: Mapped[str] = mapped_column(String(10), default="hand")  # monitor, alert, complaint, hand
    cause_node_id: Mapped[int | None] = mapped_column(ForeignKey("node.id"), index=True)
    service_id: Mapped[int | None] = mapped_column(ForeignKey("web_service.id"), index=True)
    public_note: Mapped[str] = mapped_column(String(300), default="")
    branch: Mapped[str] = mapped_column(String(12), default="")
    managed_by: Mapped[str] = mapped_column(String(10), default="")
    began_at: Mapped[datetime] = mapped_column(default=utcnow)
    answered_at: Mapped[datetime | None]  # the cause answers again, by the monitor or by a ping
    ended_at: Mapped[datetime | None] = mapped_column(index=True)  # of many outages few are open
    held_outside_since: Mapped[datetime | None]  # W7: an outside manager has it
    held_outside_seconds: Mapped[int] = mapped_column(default=0)
    follow_up_at: Mapped[datetime | None]  # W7: when the outside manager is asked again
    cause: Mapped[str] = mapped_column(Text, default="")
    action: Mapped[str] = mapped_column(Text, default="")
    no_proof_reason: Mapped[str] = mapped_column(Text, default="")
    ticket: Mapped[Ticket] = relationship()
    cause_node: Mapped[Node | None] = relationship()
    service: Mapped[WebService | None] = relationship()
    nodes: Mapped[list[Node]] = relationship(secondary="outage_node", order_by="Node.name")
    units: Mapped[list[Unit]] = relationship(secondary="outage_unit", order_by="Unit.name")
    crew: Mapped[list[Staff]] = relationship(secondary="outage_crew", order_by="Staff.name")
    estimates: Mapped[list[Estimate]] = relationship(back_populates="outage", order_by="Estimate.id")
    calls: Mapped[list[ContactCall]] = relationship(back_populates="outage", order_by="ContactCall.id")
    reports: Mapped[list[FieldReport]] = relationship(back_populates="outage", order_by="FieldReport.id")
    probes: Mapped[list[AskedProbe]] = relationship(back_populates="outage", order_by="AskedProbe.id")
    affected: Mapped[list[AffectedPerson]] = relationship(back_populates="outage", order_by="AffectedPerson.id")

    @property
    def is_open(self) -> bool:
        return self.ended_at is None

    @property
    def duration(self) -> timedelta:
        """From its beginning until it answered again (or ended, or now)."""
        return (self.answered_at or self.ended_at or utcnow()) - self.began_at

    @property
    def held_outside(self) -> timedelta:
        """Time in the hands of an outside manager (W7), its own clock."""
        running = utcnow() - self.held_outside_since if self.held_outside_since else timedelta(0)
        return timedelta(seconds=self.held_outside_seconds) + running

    def keeps(self, promised: datetime) -> bool | None:
        """Did it answer again by then? None while that is still open."""
        done = self.answered_at or self.ended_at
        if done is not None:
            return done <= promised
        return False if promised < utcnow() else None

    @property
    def latest_estimate(self) -> Estimate | None:
        """The newest promise of the branch that the work is on; one of a branch that was left is a promise no more."""
        standing = [each for each in self.estimates if each.branch in ("", self.branch)]
        return standing[-1] if standing else None

    @property
    def last_answered_probe(self) -> AskedProbe | None:
        """The last probe that was done, if it was answered: a later failure takes the proof away."""
        last = next((probe for probe in reversed(self.probes) if probe.state == "done"), None)
        return last if last is not None and last.answered else None

    @property
    def watched(self) -> Node | WebService | None:
        return self.cause_node if self.kind == "network" else self.service

    def __str__(self) -> str:
        return self.ticket.subject


class OutageNode(Base):
    """A node behind the cause, or the cause itself."""

    __tablename__ = "outage_node"
    ticket_id: Mapped[int] = mapped_column(ForeignKey("outage.ticket_id", ondelete="CASCADE"), primary_key=True)
    node_id: Mapped[int] = mapped_column(ForeignKey("node.id", ondelete="CASCADE"), primary_key=True, index=True)


@setting.changes_lists
@concerned.is_kept_in
class OutageUnit(Base):
    """A unit that the outage affects."""

    __tablename__ = "outage_unit"
    ticket_id: Mapped[int] = mapped_column(ForeignKey("outage.ticket_id", ondelete="CASCADE"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id", ondelete="CASCADE"), primary_key=True, index=True)


class OutageCrew(Base):
    """Staff sent to the place (L7) or ordered to check (W4)."""

    __tablename__ = "outage_crew"
    ticket_id: Mapped[int] = mapped_column(ForeignKey("outage.ticket_id", ondelete="CASCADE"), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), primary_key=True, index=True)


class Estimate(Base):
    """A promise of recovery, with its reason; none is ever overwritten."""

    __tablename__ = "estimate"
    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("outage.ticket_id"), index=True)
    recovers_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(Text, default="")
    source: Mapped[str] = mapped_column(String(160), default="")  # who is responsible and said so (L4)
    step: Mapped[str] = mapped_column(String(40), default="")
    branch: Mapped[str] = mapped_column(String(12), default="")  # for which it was made (L4, L8)
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime] = mapped_column(default=utcnow)
    staff: Mapped[Staff | None] = relationship()
    outage: Mapped[Outage] = relationship(back_populates="estimates")

    @property
    def is_kept(self) -> bool | None:
        """Did it answer again by then? None while that is still open."""
        return self.outage.keeps(self.recovers_at)


class ContactCall(Base):
    """Who was contacted, how, and what they said (L3, W7)."""

    __tablename__ = "contact_call"
    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("outage.ticket_id"), index=True)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    way: Mapped[str] = mapped_column(String(10))
    said: Mapped[str] = mapped_column(Text, default="")
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime] = mapped_column(default=utcnow)
    contact: Mapped[Contact | None] = relationship()
    staff: Mapped[Staff | None] = relationship()
    outage: Mapped[Outage] = relationship(back_populates="calls")


class FieldReport(Base):
    """What staff found at the place (L8, L9): the problems, and the words of the report."""

    __tablename__ = "field_report"
    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("outage.ticket_id"), index=True)
    step: Mapped[str] = mapped_column(String(40), default="")
    problems: Mapped[list[str]] = mapped_column(default=list)
    text: Mapped[str] = mapped_column(Text, default="")
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime] = mapped_column(default=utcnow)
    staff: Mapped[Staff | None] = relationship()
    outage: Mapped[Outage] = relationship(back_populates="reports")


class AskedProbe(Base):
    """A ping (L2) or a visit (W2) that a person asked for; the worker does it and the result is kept.

    Without a ticket it was asked for on the device's own page, and is kept as long as single checks are.
    """

    __tablename__ = "asked_probe"
    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("outage.ticket_id"), index=True)
    kind: Mapped[str] = mapped_column(String(8))  # ping or visit
    target: Mapped[str] = mapped_column(String(500))
    state: Mapped[str] = mapped_column(String(8), default="asked", index=True)  # asked, running, done, failed
    claimed_at: Mapped[datetime | None]
    answered: Mapped[bool | None]
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)  # sent, received, loss, times; or status, first bytes …
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    asked_at: Mapped[datetime] = mapped_column(default=utcnow)
    done_at: Mapped[datetime | None]
    staff: Mapped[Staff | None] = relationship()
    outage: Mapped[Outage | None] = relationship(back_populates="probes")


class AffectedPerson(Base):
    """Somebody who said "me too" on the complaint form; told once, at the end."""

    __tablename__ = "affected_person"
    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("outage.ticket_id"), index=True)
    email: Mapped[str] = mapped_column(String(254))
    name: Mapped[str] = mapped_column(String(120), default="")
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    language: Mapped[str] = mapped_column(String(2), default="id")
    at: Mapped[datetime] = mapped_column(default=utcnow)
    outage: Mapped[Outage] = relationship(back_populates="affected")

    __table_args__ = (UniqueConstraint("ticket_id", "email"),)


@read_once
def outage_row_of(ticket: Ticket) -> Outage | None:
    """The outage of a ticket with its cause or service, in one statement."""
    return db.session.get(Outage, ticket.id, options=[joinedload(Outage.cause_node), joinedload(Outage.service)])


@read_once
def is_sent(ticket: Ticket, *, staff_id: int) -> bool:
    """Is this person among the staff sent to the place or ordered to check?"""
    query = select(OutageCrew.staff_id).where(OutageCrew.ticket_id == ticket.id, OutageCrew.staff_id == staff_id)
    return db.session.scalar(query) is not None


def set_reach(outage: Outage, nodes: Iterable[Node], units: Iterable[Unit]) -> None:
    """Add nodes and units to what the outage affects; nothing that was affected is forgotten."""
    have = {node.id for node in outage.nodes}
    outage.nodes = [*outage.nodes, *(node for node in nodes if node.id not in have)]
    known = {unit.id for unit in outage.units}
    outage.units = [*outage.units, *(unit for unit in units if unit.id not in known)]
