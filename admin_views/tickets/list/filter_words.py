"""The head of the ticket list: its filter in words, its tabs, and what can be chosen."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, case, func, literal, select

from admin_views.tickets.list.desk_sections import DESK_SECTIONS
from admin_views.tickets.list.filter import KEYS, ListFilter
from models.base.columns.statement_types import Query
from models.base.db import db
from models.base.wording import Words, on_date
from models.organisation.staff import Group, Staff
from models.organisation.unit import Unit, named_like
from models.tickets.category import Category
from models.tickets.label import Label
from models.tickets.saved_filter import SavedFilter
from models.tickets.ticket import CHANNELS, PRIORITIES
from procedures.engine import catalog

MOST_OPTIONS = 300
MOST_UNITS_NAMED = 3
STATE_TABS = [
    ("open", _l("Terbuka")),
    ("unassigned", _l("Belum diambil")),
    ("overdue", _l("Lewat target")),
    ("waiting", _l("Menunggu")),
    ("resolved", _l("Selesai")),
    ("closed", _l("Ditutup")),
    ("out", _l("Sedang padam")),
    ("all", _l("Semua")),
]
SORT_NAMES = [
    ("newest", _l("Terbaru")),
    ("oldest", _l("Terlama")),
    ("updated", _l("Baru berubah")),
    ("quiet", _l("Paling lama tak berubah")),
    ("due", _l("Batas terdekat")),
    ("priority", _l("Prioritas tertinggi")),
]
Named = Group | Staff | Category | Label | Unit
TABLES: dict[str, type[Named]] = {"group": Group, "assignee": Staff, "category": Category, "label": Label, "unit": Unit}


class Word(NamedTuple):
    """One part of the filter in words, and the list's address without it."""

    text: str
    without: str


class Tab(NamedTuple):
    id: int
    name: str
    href: str
    is_here: bool


@dataclass
class ListWords:
    """What stands above a list: words, tabs, options; `gone` says that what was chosen is no longer there."""

    words: list[Word] = field(default_factory=list)
    tabs: list[Tab] = field(default_factory=list)
    options: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    units: list[str] = field(default_factory=list)
    gone: bool = False
    default: str = ""  # the saved filter that the list opens with


def words_of(chosen: ListFilter, with_options: bool) -> ListWords:
    """Everything above the list in one statement: the person's saved filters, names of what is chosen, options."""
    names: dict[str, list[str]] = {}
    told = ListWords(options={kind: [] for kind in TABLES})
    parts = [*_saved(chosen.staff), *_chosen(chosen), *(_options() if with_options else [])]
    here = chosen.address()
    for row in db.session.execute(parts[0].union_all(*parts[1:])):
        kind, ident, name, more = row.kind, row.id, row.name, row.more
        if kind in ("saved", "default"):
            href = f"/admin/ticket/?{more}"
            told.default = href if kind == "default" else told.default
            told.tabs.append(Tab(ident, name, href, href == here))
        elif kind.endswith("?"):
            told.options[kind[:-1]].append((ident, name))
        else:
            names.setdefault(kind, []).append(name)
    told.words, told.gone = _words(chosen, names)
    told.units = names.get("unit", [])
    told.tabs.sort(key=lambda tab: tab.name.lower())
    for options in told.options.values():
        options.sort(key=lambda option: option[1].lower())
    return told


def list_head(chosen: ListFilter, told: ListWords, with_options: bool) -> dict[str, Any]:
    """What the head of the list's page is drawn from."""
    units = [] if chosen.unit is None else told.units
    return {
        "told": told,
        "here_saved": any(tab.is_here for tab in told.tabs),
        "tabs": STATE_TABS,
        "sorts": SORT_NAMES,
        "sort_name": str(dict(SORT_NAMES)[chosen.sort]).lower(),
        "pile_empty": DESK_SECTIONS[chosen.pile].empty if chosen.pile else "",
        "unit_typed": chosen.unit_words or "".join(units),
        "only_search": {**dict.fromkeys(KEYS, ""), "search": chosen.search, "state": "all"},
        "procedures": catalog.PROCEDURES.values() if with_options else (),
    }


def _row(kind: str, table: type[Named]) -> Select[str, int, str, str]:
    return select(literal(kind).label("kind"), table.id, table.name, literal("").label("more"))


def _saved(staff: Staff) -> list[Query]:
    kind = case((SavedFilter.is_default, "default"), else_="saved").label("kind")
    row = select(kind, SavedFilter.id, SavedFilter.name, SavedFilter.address.label("more"))
    return [row.where(SavedFilter.staff_id == staff.id)]


def _chosen(chosen: ListFilter) -> list[Query]:
    found: list[Query] = []
    for kind, table in TABLES.items():
        if (ident := getattr(chosen, kind)) is not None:
            found.append(_row(kind, table).where(table.id == ident))
    if chosen.unit_words:
        some = _row("unit", Unit).where(named_like(chosen.unit_words)).limit(MOST_UNITS_NAMED + 1).subquery()
        found.append(select(some))
    return found


def _options() -> list[Query]:
    found: list[Query] = []
    for kind, table in TABLES.items():
        if kind == "category":
            name = func.coalesce(func.nullif(Category.name_en, ""), Category.name) if _is_english() else Category.name
            row = select(literal("category?").label("kind"), Category.id, name.label("name"), literal("").label("more"))
        else:
            row = _row(kind + "?", table)
        some = row.where(table.is_active).order_by(table.name).limit(MOST_OPTIONS).subquery()
        found.append(select(some))
    return found


def _is_english() -> bool:
    return str(get_locale()) == "en"


def _words(chosen: ListFilter, names: dict[str, list[str]]) -> tuple[list[Word], bool]:
    gone = any(getattr(chosen, kind) is not None and kind not in names for kind in TABLES) or bool(
        chosen.unit_words and "unit" not in names
    )
    first = {kind: found[0] for kind, found in names.items()}
    units = names.get("unit", [])
    shown = ", ".join(sorted(units)[:MOST_UNITS_NAMED]) + (" …" if len(units) > MOST_UNITS_NAMED else "")
    states = dict(STATE_TABS)
    parts: list[tuple[str, Words | bool | date | None]] = [
        ("pile", chosen.pile and DESK_SECTIONS[chosen.pile].title),
        ("state", "" if chosen.state == "all" else states[chosen.state]),
        ("procedure", chosen.procedure and catalog.get(chosen.procedure).title),
        ("step", chosen.step and _("Langkah %(number)s", number=chosen.step)),
        ("group", chosen.group is not None and first.get("group", _("Kelompok yang sudah tidak ada"))),
        ("assignee", chosen.is_mine and _("Saya")),
        ("assignee", chosen.assignee is not None and first.get("assignee", _("Petugas yang sudah tidak ada"))),
        ("unit", (chosen.unit is not None or chosen.unit_words)
         and (_("%(unit)s dan bawahannya", unit=shown) if units else _unknown_unit(chosen))),
        ("category", chosen.category is not None and first.get("category", _("Jenis masalah yang sudah tidak ada"))),
        ("label", chosen.label is not None and first.get("label", _("Label yang sudah tidak ada"))),
        ("channel", chosen.channel and CHANNELS[chosen.channel]),
        ("priority", chosen.priority and PRIORITIES[int(chosen.priority)]),
        ("since", chosen.since and _("sejak %(day)s", day=on_date(chosen.since, str(get_locale())))),
        ("until", chosen.until and _("sampai %(day)s", day=on_date(chosen.until, str(get_locale())))),
        ("ended_since", chosen.ended_since
         and _("berakhir sejak %(day)s", day=on_date(chosen.ended_since, str(get_locale())))),
        ("ended_until", chosen.ended_until
         and _("berakhir sampai %(day)s", day=on_date(chosen.ended_until, str(get_locale())))),
        ("search", chosen.search and _("memuat “%(words)s”", words=chosen.search)),
    ]  # fmt: skip
    usual = {"state": "all"}
    return [Word(str(text), chosen.address(**{key: usual.get(key, "")})) for key, text in parts if text], gone


def _unknown_unit(chosen: ListFilter) -> str:
    if chosen.unit_words:
        return _("Tidak ada unit bernama “%(words)s”", words=chosen.unit_words)
    return _("Unit yang sudah tidak ada")
