"""Which outages are open, where they are, and which of them a new complaint may be about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

from sqlalchemy import Select, bindparam, false, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from models.base import setting
from models.base.bulk_insert import rows_of
from models.base.columns.statement_types import Query
from models.base.db import db
from models.organisation.unit import Unit
from models.outages.network import WebService
from models.outages.outage import Outage, OutageUnit
from models.tickets.listing.out_now import says_what_is_out
from models.tickets.ticket import Ticket

# Said so that no index of tickets answers it: a million may be open, while the few outages each lead to their own.
HAS_OPEN_TICKET = Ticket.is_open.is_not(false())
IS_OUT = (HAS_OPEN_TICKET, Outage.ended_at.is_(None), Outage.answered_at.is_(None))  # what answers again is out no more


says_what_is_out(lambda: select(Outage.ticket_id).join(Ticket, Ticket.id == Outage.ticket_id).where(*IS_OUT))


def open_outages(kind: str | None = None) -> list[Outage]:
    """The outages whose tickets are open, oldest first."""
    query = select(Outage).join(Ticket).where(HAS_OPEN_TICKET, Outage.ended_at.is_(None))
    if kind:
        query = query.where(Outage.kind == kind)
    query = query.options(contains_eager(Outage.ticket), joinedload(Outage.units), joinedload(Outage.service))
    return list(db.session.scalars(query.order_by(Outage.began_at, Outage.ticket_id)).unique())


@cache
def _open_places() -> Query:
    """Built once: every workbench of a complaint asks it."""
    return (
        select(
            Outage.ticket_id, Outage.began_at, Ticket.number, Ticket.subject, Ticket.group_id, Unit.id.label("unit_id"),
            Unit.building, Unit.name.label("unit"), WebService.public_name, WebService.name,
        )
        .join(Ticket, Ticket.id == Outage.ticket_id)
        .outerjoin(WebService, WebService.id == Outage.service_id)
        .outerjoin(OutageUnit, OutageUnit.ticket_id == Outage.ticket_id)
        .outerjoin(Unit, Unit.id == OutageUnit.unit_id)
        .where(HAS_OPEN_TICKET, Outage.ended_at.is_(None))
        .order_by(Outage.began_at.desc(), Outage.ticket_id.desc())
    )  # fmt: skip


@dataclass
class OpenOutage:
    """An open outage as a list of them shows it; `places` are of its units, or else its service or its subject."""

    ticket_id: int
    number: str
    subject: str
    group_id: int
    began_at: datetime
    places: set[str] = field(default_factory=set)
    unit_ids: set[int] = field(default_factory=set)


def open_outage_places() -> list[OpenOutage]:
    """The open outages, newest first, in one statement, however many they are."""
    found: dict[int, OpenOutage] = {}
    for row in rows_of(_open_places()):
        new = OpenOutage(row.ticket_id, row.number, row.subject, row.group_id, row.began_at)
        outage = found.setdefault(row.ticket_id, new)
        outage.places.add(row.building or row.unit or row.public_name or row.name or row.subject)
        outage.unit_ids |= {row.unit_id} if row.unit_id else set()
    return list(found.values())


def known_for(unit_id: int | None, category_id: int | None) -> list[Outage]:
    """Open, confirmed or not, outages that a complaint of this unit or category is likely to be about."""
    units, categories = _places_of_open()
    if unit_id not in units and category_id not in categories:
        return []
    ids = rows_of(_known(), unit=unit_id or 0, category=category_id or 0).scalars().all()
    return [found for each in ids if (found := db.session.get(Outage, each))]  # hardly ever more than one


def _places_of_open() -> tuple[frozenset[int], frozenset[int]]:
    """The units and the categories that an open outage is about, as they were at most setting.CACHE_SECONDS ago."""

    def ask() -> tuple[frozenset[int], frozenset[int]]:
        rows = rows_of(_places()).all()
        units = frozenset(unit for unit, _category in rows if unit is not None)
        return units, frozenset(category for _unit, category in rows if category is not None)

    return setting.recent("places of open outages", ask)


@cache
def _places() -> Select[int | None, int | None]:
    query = select(OutageUnit.unit_id, WebService.category_id).select_from(Outage).join(Ticket)
    query = query.outerjoin(OutageUnit, OutageUnit.ticket_id == Outage.ticket_id)
    query = query.outerjoin(WebService, WebService.id == Outage.service_id)
    return query.where(HAS_OPEN_TICKET, Outage.ended_at.is_(None)).distinct()


@cache
def _known() -> Select[int]:
    """Built once: every complaint asks it. No unit and no category has the number 0."""
    by_unit = select(OutageUnit.ticket_id).where(OutageUnit.unit_id == bindparam("unit"))
    by_category = select(WebService.id).where(WebService.category_id == bindparam("category"))
    rules = or_(Outage.ticket_id.in_(by_unit), Outage.service_id.in_(by_category))
    query = select(Outage.ticket_id).join(Ticket).where(HAS_OPEN_TICKET, Outage.ended_at.is_(None), rules)
    return query.order_by(Outage.began_at)


def tied_to(ticket_ids: Iterable[int]) -> list[Ticket]:
    """The tickets tied to these outages, in the order of their ids, in which they are locked."""
    tied = select(Ticket).where(Ticket.incident_id.in_(list(ticket_ids))).order_by(Ticket.id)
    return list(db.session.scalars(tied).unique())
