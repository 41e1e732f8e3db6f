"""What is out now, and who is at the place, beside the desk of everybody who may see those tickets."""

from __future__ import annotations

from datetime import date

from flask_babel import gettext as _
from sqlalchemy import ScalarSelect, false, func, or_, select

from admin_views.tickets.desk.desk_parts import BESIDE, Beside, HeadAnswer, Visit
from models.base.columns.statement_types import Found, Query
from models.base.db import db
from models.organisation.staff import Staff
from models.outages.network import Node, WebService
from models.outages.open_outages import HAS_OPEN_TICKET
from models.outages.outage import Estimate, Outage, OutageCrew, OutageNode, OutageUnit
from models.tickets.ticket import Ticket, visible_to

SHOWN = 5
MOST = 200  # outages open at once
AT_THE_PLACE = ("on_site", "inventoried")


def out_now(staff: Staff, _days: list[date]) -> Beside:
    """The open outages that this person may see, newest first, in one statement; what answers again is out no more."""
    rows = list(db.session.execute(_open(staff)))
    out = [row for row in rows if row.answered_at is None]
    visits = tuple(
        Visit(row.since_at, _("%(what)s: perbaikan", what=_name(row)), row.crew, row.ticket_id)
        for row in rows
        if row.crew and row.state in AT_THE_PLACE
    )
    facts = {"rows": out[:SHOWN], "count": len(out), "name": _name, "at_the_place": AT_THE_PLACE}
    units, complaints = sum(row.units for row in out), sum(row.complaints for row in out)
    more = _("%(units)s unit, %(complaints)s pengaduan", units=units, complaints=complaints) if out else ""
    answer = HeadAnswer(str(len(out)), _("sedang padam"), more, "/admin/ticket/?state=out", bool(out))
    return Beside("admin/outages/desk_part.html", facts, visits, answer)


def _name(row: Found) -> str:
    return row.node or row.service or row.subject


def _open(staff: Staff) -> Query:
    def count(table: type[OutageNode | OutageUnit]) -> ScalarSelect[int]:
        return select(func.count()).select_from(table).where(table.ticket_id == Outage.ticket_id).scalar_subquery()

    tied = Ticket.__table__.alias("tied")
    complaints = select(func.count()).select_from(tied).where(tied.c.incident_id == Outage.ticket_id).scalar_subquery()
    crew = select(func.aggregate_strings(Staff.name, ", ")).join(OutageCrew, OutageCrew.staff_id == Staff.id)
    promised = (
        select(Estimate.recovers_at)
        .where(Estimate.ticket_id == Outage.ticket_id, or_(Estimate.branch == "", Estimate.branch == Outage.branch))
        .order_by(Estimate.id.desc())
        .limit(1)
    )
    return (
        select(
            Outage.ticket_id, Outage.kind, Outage.began_at, Outage.answered_at, Ticket.subject, Ticket.line,
            Ticket.state, Ticket.since_at, Node.name.label("node"), WebService.name.label("service"),
            count(OutageNode).label("nodes"), count(OutageUnit).label("units"), complaints.label("complaints"),
            promised.scalar_subquery().label("recovers_at"),
            crew.where(OutageCrew.ticket_id == Outage.ticket_id).scalar_subquery().label("crew"),
        )
        .join(Ticket, Ticket.id == Outage.ticket_id)
        .outerjoin(Node, Node.id == Outage.cause_node_id)
        .outerjoin(WebService, WebService.id == Outage.service_id)
        .where(HAS_OPEN_TICKET, Outage.ended_at.is_(None), func.coalesce(visible_to(staff), false()))
        .order_by(Outage.began_at.desc(), Outage.ticket_id.desc())
        .limit(MOST)
    )  # fmt: skip


BESIDE.append(out_now)
