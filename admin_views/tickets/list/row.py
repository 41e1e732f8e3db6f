"""Prepares a ticket's row for the template: plain texts, classes and an address."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from flask import current_app
from flask_babel import get_locale
from flask_babel import gettext as _
from markupsafe import Markup

from models.base import wording
from models.base.db import utcnow
from models.tickets.label import read_labels
from models.tickets.ticket import PRIORITIES, Pause
from procedures.engine import catalog

SOON = timedelta(hours=4)


class TicketRow(NamedTuple):
    """What the template joins: no call is left to make in it."""

    id: int
    href: str
    subject: str
    number: str
    who: str
    procedure_key: str
    state: str
    procedure: str
    line: str
    line_title: str
    chip: str
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


def drawn_row(row: Any) -> TicketRow:
    language, name = str(get_locale() or "id"), row.assignee_name or ""
    where = _where(row.procedure, row.state, row.line, row.pause, row.assignee_id is None, language)
    due, due_class = ("", "")
    if row.due_at and row.is_open and row.pause is None:
        due, due_class = _due_words(row.due_at, utcnow().replace(second=0, microsecond=0), language)
    return TicketRow(
        row.id,
        f"/admin/ticket/details/?id={row.id}",
        row.subject,
        row.number,
        row.unit_name or row.requester_name,
        row.procedure,
        row.state,
        where.procedure,
        row.line,
        where.line_title,
        where.chip,
        where.chip_class,
        where.icon,
        name,
        _initials(name),
        due,
        due_class,
        _full_time(row.due_at, language) if due_class else "",
        getattr(row, "version", 0),
        str(PRIORITIES[row.priority]) if row.priority else "",
        row.priority > 1,
        tuple(read_labels(getattr(row, "label_words", None))),
    )


def row_of(row: TicketRow, has_tick: bool) -> Markup:
    """The row's HTML; kept, since lists are read again and again while few of their rows change."""
    return _row_of(row, has_tick, str(get_locale() or "id"))


@lru_cache(maxsize=2000)  # about 2 MB
def _row_of(row: TicketRow, has_tick: bool, language: str) -> Markup:
    template = current_app.jinja_env.get_template("admin/tickets/row.html")
    return Markup(template.render(r=row, bulk=has_tick))  # noqa: S704  # the template has escaped its values


class _Where(NamedTuple):
    procedure: str
    line_title: str
    chip: str
    chip_class: str
    icon: str


# What follows is the same for very many rows, and to ask the catalogue of texts takes longer than to draw a row.
@lru_cache(maxsize=2048)
def _where(key: str, state: str, line: str, pause: str | None, is_free: bool, language: str) -> _Where:
    procedure = catalog.get(key)
    return _Where(str(procedure.title), _line_title(procedure, line), *_chip(procedure.state(state), pause, is_free))


@lru_cache(maxsize=8192)
def _due_words(due: datetime, now: datetime, language: str) -> tuple[str, str]:
    """The due time in words and its class: red says by how much, amber is soon."""
    if due < now:
        return wording.time_left(due, now), "pk-late"
    return wording.short_when(due, now, language).removesuffix(" WIB"), "pk-soon" if due - now < SOON else ""


@lru_cache(maxsize=8192)
def _full_time(due: datetime, language: str) -> str:
    return wording.on_date_at(due, language)


def _chip(state: Any, pause: str | None, is_free: bool) -> tuple[str, str, str]:
    if pause == Pause.REQUESTER:
        return _("Menunggu pemohon"), "pk-chip--wait", "clock"
    if pause == Pause.HOLD:
        return _("Ditunda"), "", "clock"
    if state.final:
        return str(state.label), "pk-chip--go", "check"
    return (str(state.label), "", "inbox") if is_free else (str(state.label), "pk-chip--run", "right")


def _line_title(procedure: Any, number: str) -> str:
    return next((str(line.title) for line in procedure.lines if line.number == number), "")


@lru_cache(maxsize=1024)
def _initials(name: str) -> str:
    words = [w for w in name.replace("Pak ", "").replace("Bu ", "").split() if w]
    return (words[0][:1] + (words[-1][:1] if len(words) > 1 else words[0][1:2])).upper() if words else "?"
