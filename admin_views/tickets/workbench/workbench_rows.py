"""Reads the small rows of a workbench in one statement: drafts, labels, people, merged tickets, offers.

Each kind is bounded; what a form's select offers is handed to procedures/tickets/offers.py.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, partial
from types import SimpleNamespace
from typing import NamedTuple, TypeVarTuple

from flask import g
from flask_babel import lazy_gettext as _l
from sqlalchemy import (
    BigInteger,
    CompoundSelect,
    Select,
    Text,
    bindparam,
    case,
    cast,
    literal,
    literal_column,
    null,
    or_,
    select,
    type_coerce,
)

from admin_views.tickets.workbench.named_texts import named, placed
from mails.recipients import PageBook, Recipient, copy_recipient
from models.base.columns.json_value import Held
from models.base.columns.statement_types import Asked, Query
from models.base.db import UTCDateTime, db
from models.base.wording import Words
from models.organisation.roles import Role
from models.organisation.staff import GroupMember, Staff, StaffRole, initials_of
from models.organisation.unit import Contact
from models.tickets.canned_reply import MOST_OFFERED, CannedReply
from models.tickets.copied_person import CopiedPerson
from models.tickets.draft import Draft
from models.tickets.label import ChecklistItem, Label, TicketLabel
from models.tickets.merge import MOST_MERGED, Merge
from models.tickets.ticket import Attachment, Event, EventKind, Participant, Ticket
from procedures.engine import catalog
from procedures.tickets.offers import OFFERED

Ts = TypeVarTuple("Ts")
MOST_PEOPLE = 100
PEOPLE = ("role", "member", "contact")
MOST_FILES = 100
MOST_NUMBERED = 500
NEWEST = 2**62  # above every id


@dataclass(frozen=True)
class TypedDraft:
    """One person's words for one step."""

    fields: dict[str, list[str]]
    saved_at: datetime


@dataclass(frozen=True)
class Worker:
    """Somebody who is or was at work on the ticket."""

    id: int
    name: str
    position: str

    @property
    def initials(self) -> str:
        return initials_of(self.name)


@dataclass(frozen=True)
class Hung:
    """A label that hangs on the ticket."""

    id: int
    name: str
    tone: str


@dataclass(frozen=True)
class MergedTicket:
    """A ticket that was merged into this one."""

    id: int
    number: str
    subject: str
    requester_name: str


@dataclass(frozen=True)
class ReplyTemplate:
    """A ready reply with its gaps still open."""

    id: int
    title: str
    text: str
    text_en: str


@dataclass(frozen=True)
class InCopy:
    """Somebody who is told what the requester is told, or was asked whether they want it."""

    id: int
    name: str
    email: str
    is_confirmed: bool


@dataclass(frozen=True)
class ListItem:
    """A line of the ticket's checklist; `done_by` is who ticked it."""

    id: int
    text: str
    done_by: str
    done_at: datetime | None


MOST_TEXTS = 3  # of the kind that has most
NAMES = {  # kind: what its texts are called
    "draft": ("place", "fields"),
    "label": ("name", "tone"),
    "person": ("name", "position"),
    "joined": ("number", "subject", "requester"),
    "words": ("title", "text", "text_en"),
    "item": ("text", "done_by"),
    "copied": ("name", "email", "answer"),
    "told": ("name", "email", "reached"),
    "offer": ("name",),
}


@dataclass
class BenchRows:
    """What one statement found, by kind and by name."""

    drafts: dict[str, TypedDraft] = field(default_factory=dict)
    labels: list[Hung] = field(default_factory=list)
    people: list[Worker] = field(default_factory=list)
    merged: dict[int, MergedTicket] = field(default_factory=dict)
    words: list[ReplyTemplate] = field(default_factory=list)
    copied: list[InCopy] = field(default_factory=list)
    items: list[ListItem] = field(default_factory=list)
    book: PageBook = field(default_factory=PageBook)


def bench_rows(ticket: Ticket, staff: Staff) -> BenchRows:
    """Ask for everything small at once, and give the selects what they offer."""
    place, rows = f"/admin/ticket/{ticket.id}/do/", BenchRows()
    g.offers = {kind: [] for kind in OFFERED}
    puts: dict[str, Callable[[SimpleNamespace], None]] = {
        "draft": lambda r: rows.drafts.update({r.place.removeprefix(place): TypedDraft(json.loads(r.fields), r.at)}),
        "label": lambda r: rows.labels.append(Hung(r.id, r.name, r.tone)),
        "person": lambda r: rows.people.append(Worker(r.id, r.name, r.position)),
        "joined": lambda r: rows.merged.update({r.id: MergedTicket(r.id, r.number, r.subject, r.requester)}),
        "words": lambda r: rows.words.append(ReplyTemplate(r.id, r.title, r.text, r.text_en)),
        "copied": lambda r: _note_copy(rows, r),
        "item": lambda r: rows.items.append(ListItem(r.id, r.text, r.done_by or "", r.at)),
        **{f"told:{kind}": partial(_note_person, rows.book, kind) for kind in PEOPLE},
        **{f"offer:{kind}": partial(_note_offer, g.offers[kind]) for kind in OFFERED},
    }
    asked = {
        "place": f"{place}%",  # nothing in it that LIKE reads otherwise
        "staff": staff.id,
        "ticket": ticket.id,
        "procedures": ["", ticket.procedure],
        "category": ticket.category_id,
        "group": ticket.group_id,
        "unit": ticket.unit_id,
        "roles": roles_told(ticket.procedure),
    }
    for row in db.session.execute(_asked(), asked):
        puts[row.kind](named(row, NAMES[row.kind.partition(":")[0]], "id", "at"))
    rows.items.sort(key=lambda item: item.id)
    return rows


@cache
def _asked() -> CompoundSelect[*tuple[Held, ...]]:
    """Built once: SQLAlchemy takes longer to build and to recognise this statement than a database to answer it."""
    draft = Draft.place.like(bindparam("place")) & (Draft.staff_id == bindparam("staff"))
    label = select(Label).join(TicketLabel).where(TicketLabel.ticket_id == bindparam("ticket"))
    worker = select(Staff).join(Participant, Participant.staff_id == Staff.id)
    merged = select(Ticket).join(Merge, Merge.ticket_id == Ticket.id)
    merged = merged.where(Merge.target_id == bindparam("ticket"), Merge.undone_at.is_(None)).limit(MOST_MERGED)
    words = select(CannedReply).where(
        CannedReply.is_active,
        CannedReply.procedure.in_(bindparam("procedures", expanding=True)),
        or_(CannedReply.category_id.is_(None), CannedReply.category_id == bindparam("category")),
        or_(CannedReply.group_id.is_(None), CannedReply.group_id == bindparam("group")),
    )
    worker = worker.where(Participant.ticket_id == bindparam("ticket")).limit(MOST_PEOPLE)
    copied = select(CopiedPerson).where(CopiedPerson.ticket_id == bindparam("ticket"), CopiedPerson.ended_at.is_(None))
    items = select(ChecklistItem).outerjoin(Staff, Staff.id == ChecklistItem.done_by_id)
    items = items.where(ChecklistItem.ticket_id == bindparam("ticket"))
    answer = case((CopiedPerson.confirmed_at.is_(None), ""), else_="yes")
    said = (CannedReply.title, CannedReply.text, CannedReply.text_en)
    parts = [
        _row("draft", select(Draft).where(draft), literal(0), Draft.place, cast(Draft.fields, Text), at=Draft.saved_at),
        _row("label", label, Label.id, Label.name, Label.tone),
        _row("person", worker, Staff.id, Staff.name, Staff.position),
        _row("joined", merged, Ticket.id, Ticket.number, Ticket.subject, Ticket.requester_name),
        _row("words", words.limit(MOST_OFFERED), CannedReply.id, *said),
        _row("item", items, ChecklistItem.id, ChecklistItem.text, Staff.name, at=ChecklistItem.done_at),
        _row("copied", copied, CopiedPerson.id, CopiedPerson.name, CopiedPerson.email, answer),
        *_people(),
        *(_row(f"offer:{kind}", query(), *columns) for kind, (query, columns) in OFFERED.items()),
    ]  # fmt: skip
    return parts[0].union_all(*parts[1:]).order_by("text_1")


def _people() -> list[Query]:
    """Whom the steps of the page may tell: name, address, and `word:telephone`."""
    holder = select(Staff).join(StaffRole, StaffRole.staff_id == Staff.id)
    holder = holder.where(StaffRole.role.in_(bindparam("roles", expanding=True)), Staff.is_active)
    member = select(Staff).join(GroupMember, GroupMember.staff_id == Staff.id)
    member = member.where(GroupMember.group_id == bindparam("group"), Staff.is_active)
    contact = select(Contact).where(Contact.unit_id == bindparam("unit"), Contact.is_active)
    staff = (Staff.id, Staff.name, Staff.email)
    return [
        _row("told:role", holder.limit(MOST_PEOPLE), *staff, StaffRole.role + ":" + Staff.phone),
        _row("told:member", member.limit(MOST_PEOPLE), *staff, literal(":") + Staff.phone),
        _row(
            "told:contact",
            contact.limit(MOST_PEOPLE),
            *(Contact.id, Contact.name, Contact.email),
            Contact.kind + ":" + Contact.phone,
        ),
    ]


def _note_copy(rows: BenchRows, row: SimpleNamespace) -> None:
    rows.copied.append(InCopy(row.id, row.name, row.email, row.answer == "yes"))
    if row.answer == "yes":
        rows.book.put("copied", "", row.id, copy_recipient(row.id, row.name, row.email))


def _note_person(book: PageBook, kind: str, row: SimpleNamespace) -> None:
    word, _colon, phone = row.reached.partition(":")
    book.put(kind, word, row.id, Recipient(row.email, row.name, is_staff=kind != "contact", phone=phone))


def _note_offer(offered: list[tuple[int, str]], row: SimpleNamespace) -> None:
    offered.append((row.id, row.name))


def roles_told(procedure: str) -> list[str]:
    """The roles that a step's button of this procedure may name; those of a preview stand on its own page."""
    steps = [step for step in catalog.get(procedure).steps.values() if not step.opens and not step.previews]
    return sorted({who.value for step in steps for who in step.tells if isinstance(who, Role)})


def _row(kind: str, query: Select[*Ts], ident: Asked, *texts: Asked, at: Asked | None = None) -> Query:
    """One kind as (kind, id, its texts, at); wrapped, so that each kind keeps its own limit."""
    when = at if at is not None else type_coerce(cast(null(), UTCDateTime()), UTCDateTime())
    inner = query.with_only_columns(
        literal_column(f"'{kind}'").label("kind"),
        ident.label("id"),
        *placed(dict(zip(NAMES[kind.partition(":")[0]], texts, strict=True)), MOST_TEXTS),
        when.label("at"),
        maintain_column_froms=True,
    ).subquery()
    return select(inner)


class HistoryPart(NamedTuple):
    """What of a history is shown: its name, the kinds of events, and what stands with them by its step's name."""

    label: Words
    kinds: tuple[str, ...]
    also: tuple[str, ...] = ()

    def holds(self, event: Event) -> bool:
        return event.kind in self.kinds or event.step in self.also


HISTORY_PARTS = {
    "": HistoryPart(_l("Semua"), tuple(EventKind)),
    "steps": HistoryPart(_l("Langkah"), (EventKind.STEP,), ("mend",)),
    "words": HistoryPart(_l("Pesan dan catatan"), (EventKind.REPLY, EventKind.ANSWER, EventKind.NOTE)),
}


def history(
    ticket: Ticket, merged: list[int], page: int, before: int | None, part: str = ""
) -> tuple[list[Event], list[Event]]:
    """(a page of the history of the ticket and of those merged into it, newest first; the ticket's numbered steps).

    `part` is a key of HISTORY_PARTS; the numbered steps are whole whatever is shown.
    """
    shown = HISTORY_PARTS[part]
    asked = {"ids": [ticket.id, *merged], "ticket": ticket.id, "before": before or NEWEST, "most": page + 1}
    found = list(db.session.scalars(_history(), {**asked, "kinds": shown.kinds, "also": shown.also}))
    steps = [event for event in reversed(found) if event.number and event.ticket_id == ticket.id]
    page_of = [event for event in found if (before is None or event.id < before) and shown.holds(event)]
    return page_of[: page + 1], steps


@cache
def _history() -> Select[Event]:
    """Built once, as _asked() is."""
    latest = (
        select(Event.id)
        .where(
            Event.ticket_id.in_(bindparam("ids", expanding=True)),
            Event.id < bindparam("before", type_=BigInteger),
            or_(Event.kind.in_(bindparam("kinds", expanding=True)), Event.step.in_(bindparam("also", expanding=True))),
        )
        .order_by(Event.id.desc())
        .limit(bindparam("most"))
        .subquery()
    )
    numbered = select(Event.id).where(Event.ticket_id == bindparam("ticket"), Event.number != "")
    wanted = select(latest.c.id).union(select(numbered.limit(MOST_NUMBERED).subquery().c.id))
    return select(Event).where(Event.id.in_(wanted)).order_by(Event.id.desc())  # an OR would read the whole table


def files_of(ticket_ids: list[int], events: list[Event]) -> tuple[list[Attachment], dict[int, list[Attachment]]]:
    """(the newest files of the tickets, the files of these events by event), in one statement."""
    asked = {"tickets": ticket_ids, "events": [event.id for event in events]}
    found = list(db.session.scalars(_files(), asked))
    by_event: dict[int, list[Attachment]] = {}
    for file in reversed(found):
        by_event.setdefault(file.event_id or 0, []).append(file)
    return found[:MOST_FILES], by_event


@cache
def _files() -> Select[Attachment]:
    """Built once, as _asked() is."""
    of_tickets = Attachment.ticket_id.in_(bindparam("tickets", expanding=True))
    newest = select(Attachment.id).where(of_tickets).order_by(Attachment.id.desc()).limit(MOST_FILES).subquery()
    of_events = select(Attachment.id).where(Attachment.event_id.in_(bindparam("events", expanding=True)))
    wanted = select(newest.c.id).union(of_events)
    return select(Attachment).where(Attachment.id.in_(wanted)).order_by(Attachment.id.desc())
