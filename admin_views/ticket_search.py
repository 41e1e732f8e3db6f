"""A page of the ticket list: keyset paging in every sort, the capped count, full text; it draws nothing.

Rows and count are one statement at any depth and in every sort; a search by words asks the full-text index before.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, select
from werkzeug.exceptions import BadRequest

from admin_views.keyset import Branch, counted, first_of
from admin_views.list_filter import SORTS, ListFilter
from admin_views.ticket_words import HITS_CAP, Hits, exact_number, hits_of, terms_of
from models.db import db
from models.staff import Staff
from models.ticket import Ticket, visible_to
from models.unit import Unit

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
    Unit.name.label("unit_name"),
    Staff.name.label("assignee_name"),
)


@dataclass
class Found:
    """A page of rows with its neighbours' cursors and the capped count."""

    rows: list[Row[Any]]
    count: int
    older: str | None = None
    newer: str | None = None
    number: str | None = None  # the search was exactly a ticket number
    is_common: bool = False  # the words stand in more tickets than were looked at

    @property
    def is_capped(self) -> bool:
        return self.count > COUNT_CAP


@dataclass
class TicketSearch:
    """A filter with the cursor of its page; BadRequest where a cursor cannot be one."""

    filter: ListFilter
    args: Mapping[str, str]

    def found(self) -> Found:
        """The page that the address asks for."""
        words = self.filter.search
        if words and not terms_of(words):
            return Found([], 0)
        number, hits = exact_number(words) if words else None, None
        if number:
            branches = [Branch([visible_to(self.filter.staff), Ticket.number == number])]
        else:
            hits = hits_of(words) if words else None
            branches = self.filter.branches(hits.ids if hits else None)
        if not branches:
            return Found([], 0)
        page = self._page(branches, hits)
        page.number = number
        return page

    def _page(self, branches: list[Branch], hits: Hits | None) -> Found:
        column, newest_first = SORTS[self.filter.sort]
        after, before = self._cursor("after"), self._cursor("before")
        downward = newest_first != bool(before)  # a page back is read the other way round
        first = first_of(branches, column, downward, PAGE_SIZE + 1, before or after)
        numbers = [counted(branches, COUNT_CAP + 1).scalar_subquery().label("total")]
        numbers += [hits.looked_at.scalar_subquery().label("looked_at")] if hits else []
        query = (
            select(*COLUMNS, *numbers)
            .join_from(first, Ticket, Ticket.id == first.c.id)
            .outerjoin(Unit, Unit.id == Ticket.unit_id)
            .outerjoin(Staff, Staff.id == Ticket.assignee_id)
            .order_by(*(c.desc() if downward else c.asc() for c in (first.c.key, first.c.id)))
        )
        rows = list(db.session.execute(query.limit(PAGE_SIZE + 1)))
        told = rows[0] if rows else db.session.execute(select(*numbers)).one() if hits or before or after else None
        more, rows = len(rows) > PAGE_SIZE, rows[:PAGE_SIZE]
        if before:
            rows.reverse()
        forward, backward = (bool(before) or more), (bool(after) or (bool(before) and more))
        return Found(
            rows,
            told.total if told else 0,
            older=_cursor_of(rows[-1], column) if rows and forward else None,
            newer=_cursor_of(rows[0], column) if rows and backward else None,
            is_common=bool(hits and told and told.looked_at > HITS_CAP),
        )

    def _cursor(self, key: str) -> tuple[datetime, int] | None:
        value = self.args.get(key)
        if not value:
            return None
        match = re.fullmatch(r"(\d{10,17})_(\d{1,10})", value, re.ASCII)
        if match is None or int(match[2]) >= 2**31:
            raise BadRequest
        try:
            return datetime.fromtimestamp(int(match[1]) / 1_000_000, UTC), int(match[2])
        except (OverflowError, ValueError, OSError):
            raise BadRequest from None


def _cursor_of(row: Row[Any], sorted_by: Any) -> str:
    moment: datetime = getattr(row, sorted_by.key)
    return f"{round(moment.timestamp() * 1_000_000)}_{row.id}"
