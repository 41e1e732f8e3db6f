"""Which tickets a person sees in the list: filters, full text, keyset pages and a capped count; it draws nothing.

One statement for the rows and one for the count at any depth and in every sort; the row rule stands in both.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Integer, Row, Select, column, func, literal_column, select, text, tuple_
from werkzeug.exceptions import BadRequest

from models.db import db, utcnow
from models.helpdesk import Category
from models.staff import Group, Staff
from models.ticket import CHANNELS, Ticket, TicketText, visible_to
from models.ticket_number import Number, read_number
from models.unit import Unit, with_subunits
from procedures import catalog

PAGE_SIZE = 50
COUNT_CAP = 10_000
HITS_CAP = 10_000
MOST_WORDS = 20
LONGEST_SEARCH = 200
WORD = re.compile(r"\w+")
SORTS: dict[str, tuple[Any, bool]] = {  # key: column, newest first
    "newest": (Ticket.created_at, True),
    "oldest": (Ticket.created_at, False),
    "updated": (Ticket.updated_at, True),
    "due": (Ticket.due_at, False),
}
STATE_TABS = [
    ("open", _l("Terbuka")),
    ("unassigned", _l("Belum diambil")),
    ("overdue", _l("Lewat target")),
    ("waiting", _l("Menunggu")),
    ("resolved", _l("Selesai")),
    ("closed", _l("Ditutup")),
    ("all", _l("Semua")),
]
STATES = tuple(key for key, _label in STATE_TABS)
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

    @property
    def is_capped(self) -> bool:
        return self.count > COUNT_CAP


@dataclass
class TicketSearch:
    """The list's filters as they came in the address; BadRequest where a value cannot be one."""

    staff: Staff
    args: Mapping[str, str]
    conditions: list[ColumnElement[bool]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.state = self._one_of("state", STATES, "open")
        self.sort = self._one_of("sort", tuple(SORTS), "newest")
        self.procedure = self._one_of("procedure", ("", *catalog.PROCEDURES), "")
        self.channel = self._one_of("channel", ("", *CHANNELS), "")
        self.step = self._step()
        self.group, self.category, self.unit = (self._id(key) for key in ("group", "category", "unit"))
        self.assignee = self.args.get("assignee", "")
        self.search = self._words()
        self.conditions = [visible_to(self.staff), *self._state_conditions(), *self._chosen()]

    def _one_of(self, key: str, allowed: tuple[str, ...], default: str) -> str:
        value = self.args.get(key) or default
        if value not in allowed:
            raise BadRequest
        return value

    def _id(self, key: str) -> int | None:
        value = self.args.get(key, "")
        if not value:
            return None
        if not (value.isascii() and value.isdecimal() and len(value) < 11 and int(value) < 2**31):
            raise BadRequest
        return int(value)

    def _step(self) -> str:
        value = self.args.get("step", "")
        if value and not re.fullmatch(r"[A-Z]\d{1,2}", value):
            raise BadRequest
        return value

    def _words(self) -> str:
        value = (self.args.get("search") or "").strip()
        if "\x00" in value:
            raise BadRequest
        return value[:LONGEST_SEARCH]

    def _state_conditions(self) -> list[ColumnElement[bool]]:
        is_open = Ticket.is_open.is_(True)
        return {
            "open": [is_open],
            "unassigned": [is_open, Ticket.assignee_id.is_(None), Ticket.resolved_at.is_(None)],
            "overdue": [is_open, Ticket.pause.is_(None), Ticket.due_at < utcnow()],
            "waiting": [is_open, Ticket.pause.is_not(None)],
            "resolved": [is_open, Ticket.resolved_at.is_not(None)],
            "closed": [Ticket.is_open.is_(False)],
            "all": [],
        }[self.state]

    def _chosen(self) -> list[ColumnElement[bool]]:
        chosen: list[ColumnElement[bool]] = []
        if self.procedure:
            chosen.append(Ticket.procedure == self.procedure)
        if self.channel:
            chosen.append(Ticket.channel == self.channel)
        if self.step:
            chosen.append(Ticket.line == self.step)
        if self.group is not None:
            chosen.append(Ticket.group_id == self.group)
        if self.category is not None:
            chosen.append(Ticket.category_id == self.category)
        if self.unit is not None:
            chosen.append(Ticket.unit_id.in_(with_subunits(self.unit)))
        if self.assignee == "me":
            chosen.append(Ticket.assignee_id == self.staff.id)
        elif self.assignee:
            chosen.append(Ticket.assignee_id == self._id("assignee"))
        if self.sort == "due":
            chosen.append(Ticket.due_at.is_not(None))
        return chosen

    def found(self) -> Found:
        """The page that the address asks for."""
        conditions = self.matching()
        if conditions is None:
            return Found([], 0)
        self.conditions = conditions
        page = self._page()
        return Found(page[0], self._count(), page[1], page[2], self._number())

    def matching(self) -> list[ColumnElement[bool]] | None:
        """Row rule, filters and words as conditions on Ticket; None where the words are no words."""
        if number := self._number():
            return [visible_to(self.staff), Ticket.number == number]
        if not self.search:
            return self.conditions
        hits = _hits(self.search)
        return None if hits is None else [*self.conditions, Ticket.id.in_(hits)]

    def _number(self) -> str | None:
        if not any(c.isdigit() for c in self.search):
            return None
        read = read_number(self.search)
        return str(read) if isinstance(read, Number) else None

    def _count(self) -> int:
        capped = select(Ticket.id).where(*self.conditions).limit(COUNT_CAP + 1).subquery()
        return int(db.session.scalar(select(func.count()).select_from(capped)) or 0)

    def _page(self) -> tuple[list[Row[Any]], str | None, str | None]:
        sorted_by, newest_first = SORTS[self.sort]
        key = tuple_(sorted_by, Ticket.id)
        after, before = self._cursor("after"), self._cursor("before")
        cursor = before or after
        downward = newest_first != bool(before)  # a page back is read the other way round
        query = self._rows().order_by(*(c.desc() if downward else c.asc() for c in (sorted_by, Ticket.id)))
        if cursor:
            query = query.where(key < tuple_(*cursor) if downward else key > tuple_(*cursor))
        rows = list(db.session.execute(query.limit(PAGE_SIZE + 1)))
        more = len(rows) > PAGE_SIZE
        rows = rows[:PAGE_SIZE]
        if before:
            rows.reverse()
        forward, backward = (bool(before) or more), (bool(after) or (bool(before) and more))
        older = _cursor_of(rows[-1], sorted_by) if rows and forward else None
        newer = _cursor_of(rows[0], sorted_by) if rows and backward else None
        return rows, older, newer

    def _rows(self) -> Select[Any]:
        joined = (
            select(*COLUMNS).outerjoin(Unit, Unit.id == Ticket.unit_id).outerjoin(Staff, Staff.id == Ticket.assignee_id)
        )
        return joined.where(*self.conditions)

    def _cursor(self, key: str) -> tuple[datetime, int] | None:
        value = self.args.get(key)
        if not value:
            return None
        match = re.fullmatch(r"(\d{10,17})_(\d{1,10})", value)
        if match is None or int(match[2]) >= 2**31:
            raise BadRequest
        try:
            return datetime.fromtimestamp(int(match[1]) / 1_000_000, UTC), int(match[2])
        except (OverflowError, ValueError, OSError):
            raise BadRequest from None


def _cursor_of(row: Row[Any], sorted_by: Any) -> str:
    moment: datetime = getattr(row, sorted_by.key)
    return f"{round(moment.timestamp() * 1_000_000)}_{row.id}"


def _hits(words: str) -> Any:
    """The ids of tickets that hold all the words (or their beginnings), capped; None for no word."""
    terms = WORD.findall(words.lower())[:MOST_WORDS]
    if not terms:
        return None
    if db.engine.dialect.name == "postgresql":
        query = " & ".join(f"{term}:*" for term in terms)
        matching = literal_column("ticket_text.tsv").op("@@")(func.to_tsquery("simple", query))
        hits = select(TicketText.ticket_id).where(matching).limit(HITS_CAP).cte("hits")
        return select(hits.c.ticket_id)
    match = " ".join(f'"{term}"*' for term in terms)
    rows = text("SELECT rowid AS id FROM ticket_fts WHERE ticket_fts MATCH :match ORDER BY rowid DESC LIMIT :cap")
    return select(rows.bindparams(match=match, cap=HITS_CAP).columns(column("id", Integer)).subquery().c.id)


def options() -> dict[str, list[tuple[int, str]]]:
    """What the list can be filtered by, in one statement: groups, people, units, categories."""
    parts = [
        select(literal_column(f"'{kind}'").label("kind"), table.id, table.name).where(table.is_active)
        for kind, table in (("group", Group), ("assignee", Staff), ("unit", Unit), ("category", Category))
    ]
    found: dict[str, list[tuple[int, str]]] = {"group": [], "assignee": [], "unit": [], "category": []}
    for kind, ident, name in db.session.execute(parts[0].union_all(*parts[1:]).order_by("name")):
        found[kind].append((ident, name))
    return found
