"""A ticket's row as lists draw it: plain texts, classes and an address, prepared once; it asks no database."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from flask_babel import get_locale
from flask_babel import gettext as _

from models import wording
from models.db import utcnow
from models.ticket import Pause
from procedures import catalog

SOON = timedelta(hours=4)


class Drawn(NamedTuple):
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


def drawn(row: Any) -> Drawn:
    procedure = catalog.get(row.procedure)
    chip, chip_class, icon = _chip(row, procedure)
    due, due_class = due_words(row.due_at) if row.is_open and row.pause is None else ("", "")
    name = row.assignee_name or ""
    return Drawn(
        row.id,
        f"/admin/ticket/details/?id={row.id}",
        row.subject,
        row.number,
        row.unit_name or row.requester_name,
        row.procedure,
        row.state,
        str(procedure.title),
        row.line,
        _line_title(procedure, row.line),
        chip,
        chip_class,
        icon,
        name,
        _initials(name),
        due,
        due_class,
        wording.on_date_at(row.due_at, _language()) if row.due_at else "",
    )


def due_words(due: datetime | None) -> tuple[str, str]:
    """The due time in words and its class: red says by how much, amber is soon."""
    if due is None:
        return "", ""
    now = utcnow()
    if due < now:
        return wording.time_left(due, now), "pk-late"
    return wording.short_when(due, now, _language()).removesuffix(" WIB"), "pk-soon" if due - now < SOON else ""


def _chip(row: Any, procedure: Any) -> tuple[str, str, str]:
    if row.pause == Pause.REQUESTER:
        return _("Menunggu pemohon"), "pk-chip--wait", "clock"
    if row.pause == Pause.HOLD:
        return _("Ditunda"), "", "clock"
    state = procedure.state(row.state)
    if state.final:
        return str(state.label), "pk-chip--go", "check"
    if row.assignee_id is None:
        return str(state.label), "", "inbox"
    return str(state.label), "pk-chip--run", "right"


def _line_title(procedure: Any, number: str) -> str:
    return next((str(line.title) for line in procedure.lines if line.number == number), "")


def _initials(name: str) -> str:
    words = [w for w in name.replace("Pak ", "").replace("Bu ", "").split() if w]
    return (words[0][:1] + (words[-1][:1] if len(words) > 1 else words[0][1:2])).upper() if words else "?"


def _language() -> str:
    return str(get_locale() or "id")
