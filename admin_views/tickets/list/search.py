"""Finds a page of the ticket list, in every sort, with the capped count.

Rows and count are one statement at any depth and in every sort; a search by words asks the full-text index before.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Subquery, and_, or_, select, true

from admin_views.frame.address_values import not_a_value
from admin_views.tickets.list.filter import SORTS, ListFilter, Sorted
from admin_views.tickets.list.full_text import HITS_CAP, Hits, exact_number, hits_of
from admin_views.tickets.list.keyset import Branch, counted, first_of
from models.base.columns.json_value import Held
from models.base.columns.statement_types import Found
from models.base.db import db
from models.base.search.terms import terms_of
from models.organisation.staff import Staff
from models.organisation.unit import Unit
from models.tickets.label import label_words
from models.tickets.listing.concerned import concerned_units
from models.tickets.ticket import Ticket, visible_to

PAGE_SIZE = 50
COUNT_CAP = 1_000
COLUMNS = (
    Ticket.id,
    Ticket.number,
    Ticket.subject,
    Ticket.procedure,
    Ticket.state,
    Ticket.line,
    Ticket.pause,
    Ticket.is_open,
    Ticket.requester_name,
    Ticket.created_at,
    Ticket.updated_at,
    Ticket.due_at,
    Ticket.assignee_id,
    Ticket.version,
    Ticket.priority,
    Unit.name.label("unit_name"),
    Unit.code.label("unit_code"),
    Staff.name.label("assignee_name"),
    label_words(),
)


@dataclass
class TicketPage:
    """A page of rows with its neighbours' cursors and the capped count."""

    rows: list[Found]
    count: int
    older: str | None = None
    newer: str | None = None
    is_common: bool = False  # the words stand in more tickets than were looked at

    @property
    def is_capped(self) -> bool:
        return self.count > COUNT_CAP


@dataclass
class TicketSearch:
    """A filter with the cursor of its page; BadRequest where a cursor cannot be one."""

    filter: ListFilter
    args: Mapping[str, str]

    def found(self) -> TicketPage:
        """The page that the address asks for."""
        branches, hits = _read(self.filter)
        return self._page(branches, hits) if branches else TicketPage([], 0)

    def _page(self, branches: list[Branch], hits: Hits | None) -> TicketPage:
        column, newest_first = SORTS[self.filter.sort]
        after, before = self._cursor("after"), self._cursor("before")
        downward = newest_first != bool(before)  # a page back is read the other way round
        first = first_of(branches, column, downward, PAGE_SIZE + 1, before or after)
        numbers = [counted(branches, COUNT_CAP + 1).scalar_subquery().label("total")]
        numbers += [hits.looked_at.scalar_subquery().label("looked_at")] if hits else []
        told = select(*numbers).subquery("told")
        both = told.outerjoin(first, true())  # one row at least, with the numbers
        for table, found_by in (
            (Ticket, Ticket.id == first.c.id),
            (Unit, Unit.id == Ticket.unit_id),
            (Staff, Staff.id == Ticket.assignee_id),
        ):
            both = both.outerjoin(table, found_by)
        query = select(told, *COLUMNS, concerned_units(), first.c.key).select_from(both)
        found = list(db.session.execute(query.order_by(*_order(first, downward)).limit(PAGE_SIZE + 1)))
        rows = [row for row in found if row.id is not None]
        more, rows = len(rows) > PAGE_SIZE, rows[:PAGE_SIZE]
        if before:
            rows.reverse()
        forward, backward = (bool(before) or more), (bool(after) or (bool(before) and more))
        return TicketPage(
            rows,
            found[0].total,
            older=_cursor_of(rows[-1], column) if rows and forward else None,
            newer=_cursor_of(rows[0], column) if rows and backward else None,
            is_common=bool(hits and found[0].looked_at > HITS_CAP),
        )

    def _cursor(self, key: str) -> tuple[datetime | int, int] | None:
        value = self.args.get(key)
        if not value:
            return None
        if self.filter.sort == "priority":
            place = re.fullmatch(r"(\d)_(\d{1,10})", value, re.ASCII)
            if place is None or int(place[2]) >= 2**31:
                raise not_a_value(key, value)
            return int(place[1]), int(place[2])
        match = re.fullmatch(r"(\d{10,17})_(\d{1,10})", value, re.ASCII)
        if match is None or int(match[2]) >= 2**31:
            raise not_a_value(key, value)
        try:
            return datetime.fromtimestamp(int(match[1]) / 1_000_000, UTC), int(match[2])
        except (OverflowError, ValueError, OSError):
            raise not_a_value(key, value) from None


def _order(first: Subquery, downward: bool) -> list[ColumnElement[Held]]:
    return [c.desc() if downward else c.asc() for c in (first.c.key, first.c.id)]


def matching(staff: Staff, args: Mapping[str, str]) -> list[ColumnElement[bool]] | None:
    """The list of this address as conditions on Ticket, row rule included; None where it finds nothing for certain."""
    branches, _hits = _read(ListFilter.read(staff, args))
    return [or_(*(and_(*branch.conditions) for branch in branches))] if branches else None


def first_versions(chosen: ListFilter, most: int) -> list[list[int]]:
    """[id, version] of the first tickets of a list, in the order in which it shows them."""
    branches, _hits = _read(chosen)
    if not branches:
        return []
    column, downward = SORTS[chosen.sort]
    first = first_of(branches, column, downward, most)
    query = select(Ticket.id, Ticket.version).join_from(first, Ticket, Ticket.id == first.c.id)
    query = query.order_by(*_order(first, downward)).limit(most)
    return [[ident, version] for ident, version in db.session.execute(query)]


def _read(chosen: ListFilter) -> tuple[list[Branch], Hits | None]:
    """The branches of a filter with its words; a ticket number that was typed whole is looked for everywhere."""
    words = chosen.search
    if chosen.is_too_long:
        return [], None
    if not words:
        return chosen.branches(), None
    if number := exact_number(words):
        return [Branch([visible_to(chosen.staff), Ticket.number == number])], None
    hits = hits_of(words) if terms_of(words) else None
    return (chosen.branches(hits.ids), hits) if hits else ([], None)


def _cursor_of(row: Found, sorted_by: Sorted) -> str:
    moment: datetime | int = getattr(row, sorted_by.key)
    if isinstance(moment, int):
        return f"{moment}_{row.id}"
    return f"{round(moment.timestamp() * 1_000_000)}_{row.id}"
