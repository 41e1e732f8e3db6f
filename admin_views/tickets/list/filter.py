"""Reads the ticket list's filter from the address, and makes the conditions of it.

A value that cannot be one (an unknown state, `abc` for an id, a date that does not exist) is a BadRequest; an id that
is well formed and no longer there is a filter that finds nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeAlias
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, Select, false, func, select
from sqlalchemy.orm import InstrumentedAttribute

from admin_views.frame.address_values import is_too_long, not_a_value
from admin_views.tickets.list.desk_sections import DESK_SECTIONS, branches_of
from admin_views.tickets.list.keyset import Branch, along, among, is_open, looked_up
from models.base.db import utcnow
from models.base.typed_date import BadDate, read_day
from models.base.wording import day_begins
from models.base.written import clean_line
from models.organisation.staff import Staff
from models.organisation.unit import Unit, below, named_like
from models.tickets.label import TicketLabel
from models.tickets.listing.concerned import tickets_concerning
from models.tickets.listing.out_now import out_now
from models.tickets.step_number import StepNumber
from models.tickets.ticket import CHANNELS, PRIORITIES, Ticket, Way, visible_to, ways_to_see
from procedures.engine import catalog

STATES = ("open", "unassigned", "overdue", "waiting", "resolved", "closed", "out", "all")
Sorted: TypeAlias = (
    "InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None] | InstrumentedAttribute[int]"
)
# key: column, descending; every one has its indexes in models/tickets/ticket.py
SORTS: dict[str, tuple[Sorted, bool]] = {
    "newest": (Ticket.created_at, True),
    "oldest": (Ticket.created_at, False),
    "updated": (Ticket.updated_at, True),
    "quiet": (Ticket.updated_at, False),
    "due": (Ticket.due_at, False),
    "priority": (Ticket.priority, True),
}
KEYS = (
    "pile", "state", "procedure", "step", "group", "assignee", "unit", "category", "label", "channel", "priority",
    "since", "until", "ended_since", "ended_until", "search", "sort",
)  # fmt: skip
# What leaves fewer tickets than the row rule is read along its own index, or the sort's, which holds it too.
NARROWER = (
    "procedure", "step", "group", "assignee", "unit", "category", "label", "channel", "priority", "since", "until",
    "ended_since", "ended_until",
)  # fmt: skip
PART = ("unassigned", "overdue", "resolved")  # states that are a part of the open tickets
LONGEST_SEARCH = 200
LATEST_ENTRY = timedelta(days=367)  # what came by letter or phone is entered within a year (EntryForm)
Conditions = list[ColumnElement[bool]]


@dataclass(frozen=True)
class ListFilter:
    """The checked values of one address; an empty value means no filter."""

    staff: Staff
    pile: str
    state: str
    sort: str
    procedure: str
    step: str
    channel: str
    priority: str
    group: int | None
    category: int | None
    label: int | None
    assignee: int | None
    is_mine: bool  # assignee=me
    unit: int | None
    unit_words: str  # a part of unit names instead of an id
    since: date | None
    until: date | None
    ended_since: date | None
    ended_until: date | None
    search: str
    is_too_long: bool = False  # the search

    @classmethod
    def read(cls, staff: Staff, args: Mapping[str, str]) -> ListFilter:
        read = _Reader(args)
        assignee, unit = clean_line(args.get("assignee", "")), clean_line(args.get("unit", ""))
        pile = read.one_of("pile", ("", *DESK_SECTIONS), "")
        since, until = read.day("since"), read.day("until")
        return cls(
            staff=staff,
            pile=pile,
            state=read.one_of("state", STATES, "all" if pile else "open"),
            sort=read.one_of("sort", tuple(SORTS), DESK_SECTIONS[pile].sort if pile else "newest"),
            procedure=read.one_of("procedure", ("", *catalog.PROCEDURES), ""),
            step=read.step("step"),
            channel=read.one_of("channel", ("", *CHANNELS), ""),
            priority=read.one_of("priority", ("", *map(str, PRIORITIES)), ""),
            group=read.ident("group"),
            category=read.ident("category"),
            label=read.ident("label"),
            assignee=None if assignee == "me" else read.ident("assignee"),
            is_mine=assignee == "me",
            unit=read.ident("unit") if unit.isdecimal() else None,
            unit_words="" if unit.isdecimal() else read.words("unit", 100),
            since=since,
            until=until,
            ended_since=read.day("ended_since"),
            ended_until=read.day("ended_until"),
            search=clean_line(args.get("search", "")[:LONGEST_SEARCH]) if read.is_text("search") else "",
            is_too_long=is_too_long(args.get("search", ""), LONGEST_SEARCH),
        )

    def branches(self, hits: Select[int] | None = None) -> list[Branch]:
        """Alternatives whose union is the list, each to be read along one index; the row rule stands in every one.

        `hits` is a SELECT of the ids that hold the searched words.
        """
        units = self._units()
        if units is None:
            return self._branches(self._chosen([]), hits)
        found = self._branches(self._chosen([looked_up(Ticket.unit_id, units)]), hits)
        if (others := tickets_concerning(units)) is not None:  # few tickets: outages that reach the unit
            found += self._branches(self._chosen([among(others)]), hits, is_few=True)
        return found

    def _branches(self, chosen: Conditions, hits: Select[int] | None, is_few: bool = False) -> list[Branch]:
        is_few = is_few or hits is not None or self.state == "out"
        if hits is not None:
            chosen.append(among(hits))
        if self.pile:
            seen = visible_to(self.staff)
            return [Branch([seen, *branch, *chosen], is_few) for branch in branches_of(self.pile, self.staff)]
        ways = ways_to_see(self.staff)
        if is_few:
            ways = [Way(visible_to(self.staff), is_narrow=True)]
        elif len(ways) > 1 and (self.state in PART or any(self._is_set(key) for key in NARROWER)):
            ways = [Way(func.coalesce(visible_to(self.staff), false()))]  # no way into the row rule's own indexes
        return [branch for way in ways for branch in self._along(way, chosen)]

    def _along(self, way: Way, chosen: Conditions) -> list[Branch]:
        """One way of seeing, open and closed apart where an index is to be followed; the dearest condition is last."""
        both = {"closed": [False], "all": [True, False]}.get(self.state, [True])
        has_own_index = self.state == "waiting" or self.ended_since or self.ended_until  # which holds these alone
        way = way._replace(is_narrow=way.is_narrow or bool(has_own_index))
        if way.is_narrow and len(both) == 2:
            return [Branch([*chosen, along(way)], is_narrow=True)]
        return [Branch([is_open(way.is_narrow, v), *chosen, along(way)], way.is_narrow) for v in both]

    def _is_set(self, key: str) -> bool:
        return bool(self.is_mine or self.assignee is not None) if key == "assignee" else bool(self.values().get(key))

    def _chosen(self, of_unit: Conditions) -> Conditions:
        return [*self._of_state(), *self._of_values(), *self._of_period(), *of_unit, *self._of_label()]

    def _of_state(self) -> Conditions:
        kinds: dict[str, list[ColumnElement[bool]]] = {
            "open": [Ticket.resolved_at.is_(None)],  # what is resolved has a tab of its own
            "unassigned": [Ticket.assignee_id.is_(None), Ticket.resolved_at.is_(None)],
            "overdue": [Ticket.pause.is_(None), Ticket.due_at < utcnow()],
            "waiting": [Ticket.pause.is_not(None)],
            "resolved": [Ticket.resolved_at.is_not(None)],
            "out": [among(out_now())],
        }
        chosen: Conditions = kinds.get(self.state, [])
        return [*chosen, Ticket.due_at.is_not(None)] if self.sort == "due" and self.state != "overdue" else chosen

    def _of_values(self) -> Conditions:
        pairs = (
            (Ticket.procedure, self.procedure),
            (Ticket.line, self.step),
            (Ticket.channel, self.channel),
            (Ticket.priority, int(self.priority) if self.priority else None),
            (Ticket.group_id, self.group),
            (Ticket.category_id, self.category),
            (Ticket.assignee_id, self.staff.id if self.is_mine else self.assignee),
        )
        return [column == value for column, value in pairs if value not in ("", None)]

    def _of_period(self) -> Conditions:
        """By the true time of receipt (C2); what follows for created_at lets the sort's index end early."""
        chosen: Conditions = []
        if self.since:
            start = day_begins(self.since)
            chosen += [Ticket.received_at >= start, Ticket.created_at >= start]
        if self.until:
            end = day_begins(self.until + timedelta(days=1))
            chosen += [Ticket.received_at < end, Ticket.created_at < end + LATEST_ENTRY]
        if self.ended_since:
            chosen.append(Ticket.closed_at >= day_begins(self.ended_since))
        if self.ended_until:
            chosen.append(Ticket.closed_at < day_begins(self.ended_until + timedelta(days=1)))
        return chosen

    def _units(self) -> Select[int] | None:
        """The ids of the units that were chosen, with those below them; None without a choice."""
        if self.unit is not None:
            return below(Unit.id == self.unit)
        return below(named_like(self.unit_words)) if self.unit_words else None

    def _of_label(self) -> Conditions:
        if self.label is None:
            return []
        return [looked_up(Ticket.id, select(TicketLabel.ticket_id).where(TicketLabel.label_id == self.label))]

    def values(self, **changes: str | int | None) -> dict[str, str]:
        """The address's values, in a fixed order and without what is usual, with the changes."""
        days = ("since", "until", "ended_since", "ended_until")
        found: dict[str, str | int | None] = {
            **{key: getattr(self, key) for key in KEYS},
            "assignee": "me" if self.is_mine else self.assignee,
            "unit": self.unit if self.unit is not None else self.unit_words,
            **{key: day.isoformat() if (day := getattr(self, key)) else "" for key in days},
        }
        usual = {
            "state": "all" if self.pile else "open",
            "sort": DESK_SECTIONS[self.pile].sort if self.pile else "newest",
        }
        kept = {key: str(value) for key, value in found.items() if value not in ("", None, usual.get(key))}
        kept.update({key: str(value) for key, value in changes.items()})
        return {key: value for key, value in kept.items() if value}

    def address(self, **changes: str | int | None) -> str:
        """This list's address with the changes; a cursor is dropped unless it is among them."""
        return f"/admin/ticket/?{urlencode(self.values(**changes)) or 'state=open'}"  # bare, it opens with the default


class _Reader:
    """Reads one value of the address, or refuses it."""

    def __init__(self, args: Mapping[str, str]) -> None:
        self.args = args

    def one_of(self, key: str, allowed: tuple[str, ...], default: str) -> str:
        value = self.args.get(key) or default
        if value not in allowed:
            raise not_a_value(key, value)
        return value

    def ident(self, key: str) -> int | None:
        value = clean_line(self.args.get(key, ""))
        if not value:
            return None
        if not (value.isascii() and value.isdecimal() and len(value) < 11 and int(value) < 2**31):
            raise not_a_value(key, value)
        return int(value)

    def step(self, key: str) -> str:
        value = self.args.get(key, "")
        if value and StepNumber.read(value) is None:
            raise not_a_value(key, value)
        return value

    def day(self, key: str) -> date | None:
        value = clean_line(self.args.get(key, ""))
        if not value:
            return None
        try:
            found = read_day(value)
        except BadDate:
            raise not_a_value(key, value) from None
        if not 2000 <= found.year <= 2100:
            raise not_a_value(key, value)
        return found

    def words(self, key: str, longest: int) -> str:
        value = clean_line(self.args.get(key) or "")
        if len(value) > longest or not self.is_text(key):
            raise not_a_value(key, value)
        return value

    def is_text(self, key: str) -> bool:
        if "\x00" in (value := self.args.get(key) or ""):
            raise not_a_value(key, value)
        return True
