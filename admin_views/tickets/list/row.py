"""Prepares a ticket's row for the template: plain texts, classes and an address."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from flask import current_app
from flask_babel import force_locale, get_locale
from flask_babel import gettext as _
from markupsafe import Markup

from models.base import wording
from models.base.columns.statement_types import Found
from models.base.db import utcnow
from models.organisation.roles import HEADS, Role
from models.tickets.label import read_labels
from models.tickets.listing.concerned import read_units
from models.tickets.ticket import PRIORITIES, Pause
from procedures.engine import catalog
from procedures.engine.declaration import Due, State, Who
from procedures.engine.procedure import Procedure

SOON, AN_HOUR = timedelta(hours=4), timedelta(hours=1)
MOST_NAMED = 4  # units of an outage, where one points at their number
ONE_LINE = 18  # letters of a requester that always stand on one line
SHORT = 15  # letters of a state that still stand on one line
LANGUAGES = ("id", "en")


class TicketRow(NamedTuple):
    """What the template joins: no call is left to make in it."""

    language: str  # in which its words stand
    id: int
    href: str
    subject: str  # without what the procedure's title says already, and with the person where it says no more
    whole: str  # the subject with the procedure, and with the person for a P
    number: str
    who: str  # the units, else the requester
    asker: str  # the requester with the unit's code, as far as the subject does not name them
    asker_whole: str  # where that is a short form, or may be too long for its column
    procedure_key: str
    state: str
    procedure: str
    line: str
    line_title: str
    chip: str
    state_label: str  # the whole of which the chip is the short form
    chip_class: str
    icon: str
    assignee: str
    initials: str
    due: str
    due_class: str
    due_title: str
    version: int = 0  # what a bulk act says was seen
    priority: str = ""
    is_urgent: bool = False
    labels: tuple[tuple[str, str], ...] = ()  # name, tone


def drawn_rows(rows: Iterable[Found]) -> list[TicketRow]:
    """The rows of a list in the reader's language."""
    language = str(get_locale() or "id")
    return [_drawn(row, language) for row in rows]


def drawn_row(row: Found) -> TicketRow:
    """One row in the reader's language."""
    return drawn_rows([row])[0]


def _drawn(row: Found, language: str) -> TicketRow:
    name = row.assignee_name or ""
    where = _where(row.procedure, row.state, row.line, row.pause, row.assignee_id is None, language)
    subject = _telling(row.procedure, row.subject, row.requester_name)
    units = read_units(getattr(row, "concerned", None), row.unit_name)
    who = ", ".join([*units[:MOST_NAMED], *(["…"] if len(units) > MOST_NAMED else [])]) or row.requester_name
    whole = f"{row.requester_name}, {who}" if units and row.requester_name else who
    asker = _asker(row, units, names_person=subject != row.subject and row.requester_name in subject)
    due, due_class = ("", "")
    if row.due_at and row.is_open and row.pause is None:
        due, due_class = _due_words(row.due_at, utcnow().replace(second=0, microsecond=0), language)
    return TicketRow(
        language=language,
        id=row.id,
        href=f"/admin/ticket/details/?id={row.id}",
        subject=subject,
        whole=max(subject, row.subject, key=len),
        number=row.number,
        who=who,
        asker=asker,
        asker_whole=who if len(asker) <= ONE_LINE and who != asker else whole if len(asker) > ONE_LINE else "",
        procedure_key=row.procedure,
        state=row.state,
        procedure=where.procedure,
        line=row.line,
        line_title=where.line_title,
        chip=where.chip,
        state_label=where.state_label,
        chip_class=where.chip_class,
        icon=where.icon,
        assignee=name,
        initials=_initials(name),
        due=due,
        due_class=due_class,
        due_title=wording.on_date_at(row.due_at, language).removesuffix(" WIB")
        if due_class
        else "",  # its column says so
        version=getattr(row, "version", 0),
        priority=str(PRIORITIES[row.priority]) if row.priority else "",
        is_urgent=row.priority > 1,
        labels=tuple(read_labels(getattr(row, "label_words", None))),
    )


def row_of(row: TicketRow, has_tick: bool) -> Markup:
    """The row's HTML; kept, since lists are read again and again while few of their rows change."""
    return _row_of(row, has_tick)


@lru_cache(maxsize=2000)  # about 2 MB
def _row_of(row: TicketRow, has_tick: bool) -> Markup:
    template = current_app.jinja_env.get_template("admin/tickets/row.html")
    return Markup(template.render(r=row, bulk=has_tick))  # noqa: S704  # the template has escaped its values


def _telling(key: str, subject: str, requester: str) -> str:
    """The subject by what tells it from its neighbours: "bem@…" for "Email unit: bem@…", the person for a P."""
    lead, colon, rest = subject.partition(": ")
    known = _title_words(key)
    if colon and rest and known.issuperset(lead.lower().split()):
        return rest
    if requester and known.issuperset(subject.lower().split()):
        return f"{subject}: {requester}"
    return subject


@lru_cache(maxsize=32)
def _title_words(key: str) -> frozenset[str]:
    """The words of the procedure's title in both languages: a ticket keeps the language in which it was opened."""
    words: set[str] = set()
    for language in LANGUAGES:
        with force_locale(language):
            words.update(str(catalog.get(key).title).lower().split())
    return frozenset(words)


def _asker(row: Found, units: list[str], names_person: bool) -> str:
    person = "" if names_person else row.requester_name
    if len(units) > 1:
        where = _("%(n)s unit", n=len(units))
        return f"{person}, {where}" if person else where
    if person and row.unit_code:
        return f"{person}, {row.unit_code}"
    return person or "".join(units)


class _Where(NamedTuple):
    procedure: str
    line_title: str
    chip: str
    state_label: str
    chip_class: str
    icon: str


# What follows is the same for very many rows, and to ask the catalogue of texts takes longer than to draw a row.
@lru_cache(maxsize=2048)
def _where(key: str, state: str, line: str, pause: str | None, is_free: bool, language: str) -> _Where:
    procedure = catalog.get(key)
    chip = _chip(procedure, procedure.state(state), pause, is_free)
    return _Where(str(procedure.title), _line_title(procedure, line), *chip)


@lru_cache(maxsize=8192)
def _due_words(due: datetime, now: datetime, language: str) -> tuple[str, str]:
    """The due time in words and its class: red says by how much, amber is soon."""
    if due < now:
        late = now - due
        return wording.time_left(due, due + (late if late < AN_HOUR else late // AN_HOUR * AN_HOUR)), "pk-late"
    return wording.short_when(due, now, language).removesuffix(" WIB"), "pk-soon" if due - now < SOON else ""


def _chip(procedure: Procedure, state: State, pause: str | None, is_free: bool) -> tuple[str, str, str, str]:
    """The state in two words, the whole of it, its class and icon; whose turn it is comes from the step that is due."""
    label = str(state.label)
    if pause == Pause.REQUESTER:
        return _("Tunggu pemohon"), _("Menunggu pemohon"), "pk-chip--wait", "clock"
    if pause == Pause.HOLD:
        return _("Ditunda"), _("Ditunda"), "", "clock"
    if state.final:
        return label, label, "pk-chip--go", "check"
    short, is_awaited = _in_short(procedure.due_in(state), is_free)
    short = label if len(label) <= SHORT else short or label
    if is_awaited:
        return short, label, "pk-chip--wait", "clock"
    return (short, label, "", "inbox") if is_free else (short, label, "pk-chip--run", "right")


def _in_short(due: Due | None, is_free: bool) -> tuple[str, bool]:
    """What a ticket waits for in two words, and whether that is somebody outside."""
    if due is None:
        return "", False
    if due.is_holders:
        return (_("Tunggu unit") if Who.UNIT in due.by else _("Tunggu pemohon")), True
    if HEADS.issuperset(due.by):
        return (_("Tunggu Kepala") if Role.HEAD_OF_CENTRE in due.by else _("Tunggu kadiv")), False
    if due.step.in_field:
        return _("Di lapangan"), False
    return (_("Untuk diambil") if is_free else _("Dikerjakan")), False


def _line_title(procedure: Procedure, number: str) -> str:
    return next((str(line.title) for line in procedure.lines if line.number == number), "")


def _initials(name: str) -> str:
    words = [w for w in name.replace("Pak ", "").replace("Bu ", "").split() if w]
    return (words[0][:1] + (words[-1][:1] if len(words) > 1 else words[0][1:2])).upper() if words else "?"
