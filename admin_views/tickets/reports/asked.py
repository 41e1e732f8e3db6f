"""Reads from a report's address which tickets it is about, and offers what can be chosen."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from datetime import date
from urllib.parse import urlencode

from flask_babel import gettext as _
from sqlalchemy import literal, select

from admin_views.frame.address_values import not_a_value
from models.base.db import db
from models.base.wording import Words
from models.base.written import clean_line
from models.organisation.staff import Group, Staff
from models.organisation.unit import kept_units
from models.tickets.ticket import CHANNELS
from procedures.engine import catalog
from procedures.tickets.reports.scope import ReportScope, places_of_steps

SCOPE_KEYS = tuple(one.name for one in fields(ReportScope))


@dataclass(frozen=True)
class Offered:
    """One box of the form: its options, and which is chosen."""

    key: str
    label: Words
    every: Words
    options: list[tuple[str, str]]
    chosen: str

    @property
    def words(self) -> str:
        return dict(self.options).get(self.chosen, "")


def scope_of(args: Mapping[str, str]) -> ReportScope:
    """BadRequest for a value that cannot be one."""
    return ReportScope(
        procedure=_one_of(args, "procedure", catalog.PROCEDURES),
        step=_one_of(args, "step", places_of_steps()),
        group=_ident(args, "group"),
        assignee=_ident(args, "assignee"),
        unit=_ident(args, "unit"),
        channel=_one_of(args, "channel", CHANNELS),
    )


def chosen_of(scope: ReportScope) -> dict[str, str]:
    """The address's values of what was chosen."""
    values = ((key, getattr(scope, key)) for key in SCOPE_KEYS)
    return {key: str(value) for key, value in values if value not in ("", None)}


def address_of(first: date, last: date, scope: ReportScope) -> str:
    return urlencode({"first": first, "last": last, **chosen_of(scope)})


def offered(scope: ReportScope) -> list[Offered]:
    """Every box with its options; groups and people in one statement."""
    chosen = chosen_of(scope)
    groups = select(literal("group").label("kind"), Group.id, Group.name).where(Group.is_active)
    people = select(literal("assignee").label("kind"), Staff.id, Staff.name).where(Staff.is_active)
    rows = list(db.session.execute(groups.union_all(people)))
    named = {
        kind: sorted(((str(row.id), row.name) for row in rows if row.kind == kind), key=lambda option: option[1])
        for kind in ("group", "assignee")
    }
    units = [(str(unit.id), unit.name) for unit in kept_units()]
    services = [(procedure.key, str(procedure.title)) for procedure in catalog.PROCEDURES.values()]
    return [
        Offered(key, label, every, options, chosen.get(key, ""))
        for key, label, every, options in (
            (
                "procedure",
                _("Layanan"),
                _("semua layanan"),
                services,
            ),
            ("step", _("Langkah"), _("semua langkah"), [(line, line) for line in places_of_steps()]),
            ("group", _("Kelompok"), _("semua kelompok"), named["group"]),
            ("assignee", _("Petugas"), _("semua petugas"), named["assignee"]),
            ("unit", _("Unit"), _("semua unit"), units),
            ("channel", _("Datang melalui"), _("semua jalan"), [(key, str(name)) for key, name in CHANNELS.items()]),
        )
    ]


def words_of_scope(boxes: list[Offered]) -> str:
    """What was chosen, as a reader says it; empty where all is meant."""
    return ", ".join(f"{box.label}: {box.words or box.chosen}" for box in boxes if box.chosen)


def _one_of(args: Mapping[str, str], key: str, allowed: Collection[str]) -> str:
    value = args.get(key, "")
    if value and value not in allowed:
        raise not_a_value(key, value)
    return value


def _ident(args: Mapping[str, str], key: str) -> int | None:
    value = clean_line(args.get(key, ""))
    if value and not (value.isascii() and value.isdecimal() and len(value) < 11 and int(value) < 2**31):
        raise not_a_value(key, value)
    return int(value) if value else None
