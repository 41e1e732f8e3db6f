"""Reads what hangs on one outage in one statement, for its workbench."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import NamedTuple, Protocol, TypeAlias, TypeVar

from sqlalchemy import Select, case, cast, func, literal, literal_column, null, select, type_coerce
from sqlalchemy.orm import InstrumentedAttribute, aliased

from admin_views.tickets.workbench.named_texts import named, placed
from models.base.columns.json_value import Json
from models.base.columns.statement_types import Asked, Query
from models.base.db import UTCDateTime, db
from models.organisation.staff import Staff
from models.organisation.unit import Contact, Unit
from models.outages.it_manager import reachable_units
from models.outages.outage import (
    AffectedPerson,
    AskedProbe,
    ContactCall,
    Estimate,
    FieldReport,
    Outage,
    OutageNode,
    OutageUnit,
)
from models.outages.outage_recipients import OutageRecipient
from models.tickets.ticket import Ticket, visible_to

T = TypeVar("T")
Hung: TypeAlias = Estimate | ContactCall | FieldReport | AskedProbe
MOST_UNITS, MOST_SHOWN, MOST_PROBES, MOST_PEOPLE = 12, 10, 6, 30
MOST_TEXTS = 6  # of the kind that has most
BESIDE_TEXTS = ("number", "at", "until")


@dataclass
class Listed:
    """The first rows of one kind, and how many there are in all; a row's fields are named by its kind, below."""

    rows: list[SimpleNamespace] = field(default_factory=list)
    total: int = 0

    @property
    def more(self) -> int:
        return self.total - len(self.rows)


Columns = Mapping[str, Asked]  # what is shown of a row, by the name under which the page reads it


class OutagePart(NamedTuple):
    """The statement of one kind's first rows, and the names of its texts."""

    query: Query
    texts: list[str]


class Make(Protocol):
    """Says what of one kind hangs on an outage, as this person sees it."""

    def __call__(self, kind: str, ticket_id: int, staff: Staff | None, /) -> OutagePart: ...


def outage_rows(outage: Outage, staff: Staff | None) -> dict[str, Listed]:
    """Kind: its rows in the order in which they are shown; a kind without rows is an empty list."""
    parts = {kind: make(kind, outage.ticket_id, staff) for kind, make in KINDS.items()}
    found = {kind: Listed() for kind in KINDS}
    asked = [part.query for part in parts.values()]
    for row in db.session.execute(asked[0].union_all(*asked[1:]).order_by("kind", "place")):
        listed = found[row.kind]
        listed.total = row.total
        listed.rows.append(named(row, parts[row.kind].texts, *BESIDE_TEXTS))
    return found


def _part(kind: str, query: Select[T], order: Sequence[Asked], most: int, columns: Columns) -> OutagePart:
    """One kind as (kind, place, total, number, its texts, at, until); wrapped, so that each keeps its own limit."""
    moment = type_coerce(cast(null(), UTCDateTime()), UTCDateTime())
    texts = [name for name in columns if name not in BESIDE_TEXTS]
    inner = query.with_only_columns(
        literal_column(f"'{kind}'").label("kind"),
        func.row_number().over(order_by=order).label("place"),
        func.count().over().label("total"),
        columns.get("number", literal(0)).label("number"),
        *placed({name: columns[name] for name in texts}, MOST_TEXTS),
        columns.get("at", moment).label("at"),
        columns.get("until", moment).label("until"),
        maintain_column_froms=True,
    )
    return OutagePart(select(inner.order_by("place").limit(most).subquery()), texts)


def _newest(model: type[Hung], most: int = MOST_SHOWN) -> Make:
    """The last rows of one kind that hang on the outage; what of them is shown stands in SHOWN."""

    def make(kind: str, ticket_id: int, _staff: Staff | None) -> OutagePart:
        query = select(model).where(model.ticket_id == ticket_id)
        if model is FieldReport:
            query = query.outerjoin(Staff, Staff.id == FieldReport.staff_id)
        return _part(kind, query, [model.id.desc()], most, SHOWN[model])

    return make


SHOWN: dict[type[Hung], Columns] = {
    Estimate: {"reason": Estimate.reason, "source": Estimate.source, "at": Estimate.at, "until": Estimate.recovers_at},
    ContactCall: {"name": ContactCall.name, "way": ContactCall.way, "said": ContactCall.said, "at": ContactCall.at},
    FieldReport: {
        "text": FieldReport.text,
        "problems": FieldReport.problems,
        "author": Staff.name,
        "at": FieldReport.at,
    },
    AskedProbe: {
        "kind": AskedProbe.kind,
        "target": AskedProbe.target,
        "state": AskedProbe.state,
        "facts": AskedProbe.facts,
        "answered": case((AskedProbe.answered.is_(True), "yes"), (AskedProbe.answered.is_(False), "no"), else_=""),
        "at": func.coalesce(AskedProbe.done_at, AskedProbe.asked_at, type_=UTCDateTime()),
    },
}


def _units(kind: str, ticket_id: int, _staff: Staff | None) -> OutagePart:
    query = select(Unit).join(OutageUnit, OutageUnit.unit_id == Unit.id).where(OutageUnit.ticket_id == ticket_id)
    return _part(kind, query, [Unit.name], MOST_UNITS, {"name": Unit.name})


def _counted(column: InstrumentedAttribute[int], ticket_id_of: InstrumentedAttribute[int]) -> Make:
    """Only the number of rows is shown, so one row carries it."""

    def make(kind: str, ticket_id: int, _staff: Staff | None) -> OutagePart:
        return _part(kind, select(column).where(ticket_id_of == ticket_id), [column], 1, {})

    return make


def _managers(kind: str, ticket_id: int, _staff: Staff | None) -> OutagePart:
    """The IT managers of the affected units with their last call, those first who were not called yet."""
    last, call = aliased(ContactCall), aliased(ContactCall)
    latest = select(func.max(last.id)).where(last.ticket_id == ticket_id, last.contact_id == Contact.id)
    reach = reachable_units(select(OutageUnit.unit_id).where(OutageUnit.ticket_id == ticket_id))
    query = (
        select(Contact)
        .join(Unit, Unit.id == Contact.unit_id)
        .outerjoin(call, call.id == latest.scalar_subquery())
        .where(Contact.kind == "it_manager", Contact.is_active, Contact.unit_id.in_(select(reach.c.unit_id)))
    )
    order = (case((call.id.is_(None), 0), else_=1), Unit.name, Contact.id)
    shown: Columns = {"name": Contact.name, "email": Contact.email, "phone": Contact.phone, "unit": Unit.name}
    return _part(kind, query, order, MOST_PEOPLE, {**shown, "way": call.way, "said": call.said, "at": call.at})


def _tied_to(ticket_id: int, staff: Staff | None, is_seen: bool) -> Select[Ticket]:
    """The complaints tied to it that this person may see (the row rule), or the others."""
    seen = select(Ticket.id).where(Ticket.incident_id == ticket_id, visible_to(staff)).correlate(None)
    rule = Ticket.id.in_(seen) if is_seen else Ticket.id.not_in(seen)
    return select(Ticket).where(Ticket.incident_id == ticket_id, rule)


def _tied(kind: str, ticket_id: int, staff: Staff | None) -> OutagePart:
    query = _tied_to(ticket_id, staff, is_seen=True)
    shown: Columns = {"number": Ticket.id, "subject": Ticket.subject, "ticket": Ticket.number}
    return _part(kind, query, [Ticket.id.desc()], MOST_PEOPLE, shown)


def _tied_elsewhere(kind: str, ticket_id: int, staff: Staff | None) -> OutagePart:
    """Only their number is shown, so one row carries it."""
    return _part(kind, _tied_to(ticket_id, staff, is_seen=False), [Ticket.id.desc()], 1, {})


def _recipients(kind: str, ticket_id: int, staff: Staff | None) -> OutagePart:
    """Who was told, without those who are known only by a complaint that this person may not see."""
    hidden = _tied_to(ticket_id, staff, is_seen=False).with_only_columns(Ticket.number).correlate(None)
    query = select(OutageRecipient).where(OutageRecipient.ticket_id == ticket_id, OutageRecipient.detail.not_in(hidden))
    shown: Columns = {
        "number": OutageRecipient.times,
        "name": OutageRecipient.name,
        "email": OutageRecipient.email,
        "audience": OutageRecipient.audience,
    }
    order = (OutageRecipient.last_at.desc(), OutageRecipient.email)
    columns: Columns = {**shown, "detail": OutageRecipient.detail, "at": OutageRecipient.last_at}
    return _part(kind, query, order, MOST_PEOPLE, columns)


KINDS: dict[str, Make] = {
    "estimates": _newest(Estimate),
    "calls": _newest(ContactCall),
    "reports": _newest(FieldReport),
    "probes": _newest(AskedProbe, MOST_PROBES),
    "units": _units,
    "nodes": _counted(OutageNode.node_id, OutageNode.ticket_id),
    "affected": _counted(AffectedPerson.id, AffectedPerson.ticket_id),
    "managers": _managers,
    "told": _recipients,
    "tied": _tied,
    "tied_elsewhere": _tied_elsewhere,
}


def from_json(text: str) -> Json:
    """A JSON column as it comes back from the statement."""
    return json.loads(text) if text else None
