"""The base of views over what hangs on a ticket: rows are seen with their ticket, by the ticket's row rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from flask import abort, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.elements import SQLColumnExpression

from admin_views.frame.unit_filter import UnitFilter, suggested_units
from admin_views.frame.view import HouseView, address, person
from admin_views.frame.view_facts import R
from models.base.db import Base, db
from models.base.search.columns import holds
from models.base.search.terms import TypedWord
from models.base.typed_number import BadAmount, read_rupiah
from models.base.written import is_written
from models.organisation.unit import Unit
from models.tickets.ticket import Ticket, visible_to
from procedures.engine import catalog
from procedures.engine.declaration import Actor
from procedures.engine.take_step import refusal

LOOKED_AT = 20_000  # the newest rows, of which unit, subject and amount are compared; a number is found in all
LEAST_AMOUNT = 1_000  # rupiah; a smaller figure is a part of a number


class OnTicket(NamedTuple):
    """How rows hang on a ticket: by this column, of their own table or of one `between`, joined `on` a condition."""

    ticket_id: Any
    between: Any = None
    on: Any = None

    def where(self, condition: ColumnElement[bool], rows: type[Base]) -> ColumnElement[bool]:
        """The condition on rows that their ticket meets this one, asked of the rows found and not of all tickets."""
        query = select(Ticket.id).where(Ticket.id == self.ticket_id, condition)
        if self.between is not None:
            query = select(self.between.id).join(Ticket, Ticket.id == self.ticket_id).where(self.on, condition)
        return query.correlate(rows).exists()


@dataclass(frozen=True)
class TicketUnitFilter(UnitFilter):
    """A filter by the unit of the ticket on which rows hang; `column` is an OnTicket, `rows` their table."""

    rows: Any = None

    def condition(self, value: str) -> ColumnElement[bool]:
        return self.column.where(Ticket.unit_id.in_(self.meant(value)), self.rows)


class TicketRelatedView(HouseView[R]):
    """Rows that hang on a ticket; nothing is written here but by the pages of the procedure.

    They are found also by unit and subject of their ticket, and by the sums in `amounts`.
    """

    newest_first = True
    on_ticket: OnTicket | None = None  # by their own ticket_id
    amounts: Sequence[SQLColumnExpression[int]] = ()

    def where_ticket(self, condition: ColumnElement[bool]) -> ColumnElement[bool]:
        rows: Any = self.model  # the rows of a view without `on_ticket` have a ticket_id of their own
        return (self.on_ticket or OnTicket(rows.ticket_id)).where(condition, rows)

    def word_rule(self, word: TypedWord) -> ColumnElement[bool]:
        newest = (
            self.model.id
            > select(func.coalesce(func.max(self.model.id), 0) - LOOKED_AT).correlate(None).scalar_subquery()
        )
        units = select(Unit.id).where(holds((Unit.name, Unit.code), word))
        ways = [self.where_ticket(or_(holds((Ticket.subject,), word), Ticket.unit_id.in_(units)))]
        if amount := _amount(word.text):
            ways += [column == amount for column in self.amounts]
        return or_(super().word_rule(word), and_(newest, or_(*ways)))

    def visible_tickets(self) -> Select[int]:
        return select(Ticket.id).where(visible_to(person()))

    def is_seen(self, ticket_id: InstrumentedAttribute[int]) -> ColumnElement[bool]:
        """The condition that this person may see the ticket, asked of the rows that are found, not of all tickets."""
        ticket = select(Ticket.id).where(Ticket.id == ticket_id, visible_to(person()))
        return ticket.correlate(ticket_id.class_).exists()

    def row_rule(self, query: Select[R]) -> Select[R]:
        return query.where(self.where_ticket(visible_to(person())))

    def row_allowed(self, row: R, act: str) -> bool:
        return act == "details" and self.may(act)

    def create_view(self) -> ResponseReturnValue:
        abort(404)

    edit_view = delete_view = create_view

    def ticket_of(self, ticket_id: int) -> Ticket:
        """The installation that this person may see, or 404."""
        text = str(ticket_id or "")
        if not (text.isascii() and text.isdecimal() and len(text) < 10):
            abort(404)
        query = select(Ticket).where(Ticket.id == int(text), Ticket.procedure == "network_installation")
        found = db.session.scalars(query.where(visible_to(person()))).unique().one_or_none()
        return found or abort(404)


def unit_of_ticket(rows: Any, on: OnTicket | None = None) -> TicketUnitFilter:
    return TicketUnitFilter("unit", _l("Unit"), on or OnTicket(rows.ticket_id), suggested_units, rows)


def _amount(typed: str) -> int | None:
    try:
        amount = read_rupiah(typed)
    except BadAmount:
        return None
    return amount if LEAST_AMOUNT <= amount < 2**63 else None


def actor() -> Actor:
    staff = person()
    return Actor("staff", staff.name, staff, address())


def is_from_script() -> bool:
    """Did a script of the page send this, which reads the answer as JSON and shows no page?"""
    return request.headers.get("X-Requested-With") == "fetch"


def why_not(ticket: Ticket, step: str) -> str:
    """Why this person may not fill in what the step sends, or nothing; an unfinished form is no reason."""
    refused = refusal(catalog.get(ticket.procedure).steps[step], ticket, actor())
    if refused is None or (refused.why == "need" and "belum" in refused.sentence):
        return ""
    return refused.sentence


def typed_rows(prefix: str, names: Sequence[str], must: str) -> list[dict[str, str]]:
    """The rows of a table as typed: parallel fields `<prefix>-<name>`; rows whose columns are all empty are left out.

    `must` names the columns of which at least one is filled in a row that counts.
    """
    columns = {name: request.form.getlist(f"{prefix}-{name}") for name in names}
    length = max((len(values) for values in columns.values()), default=0)
    rows = [{name: (v[at] if at < len(v) else "") for name, v in columns.items()} for at in range(length)]
    return [row for row in rows if any(is_written(row[name]) for name in must.split())]
