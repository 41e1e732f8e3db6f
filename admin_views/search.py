"""Search everywhere: one box over tickets, units, people, accounts and documents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlencode

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from admin_views.frame.address_values import is_too_long, not_a_value, refuse_unknown
from admin_views.frame.page import ClosedView
from admin_views.frame.permissions import may
from admin_views.frame.view import person
from admin_views.search_kinds import KINDS, FileWordsKind, Searchable, SearchKind
from admin_views.tickets.list.filter import ListFilter
from admin_views.tickets.list.full_text import exact_number
from admin_views.tickets.list.nearest import nearest_words
from admin_views.tickets.list.row import TicketRow, drawn_rows
from admin_views.tickets.list.search import TicketSearch
from models.base.columns.statement_types import Found
from models.base.db import db
from models.base.rupiah import rupiah
from models.base.search.folding import squeezed
from models.base.search.slips import nearest_in
from models.base.search.terms import typed_words
from models.base.wording import Words
from models.base.written import searched_words

MOST = 10  # hits shown of a kind
LONGEST = 200
SHORTEST = 2
MOST_MENDED = 4  # words of a name


class Hit(NamedTuple):
    title: str
    more: str
    href: str


@dataclass(frozen=True)
class HitsOfKind:
    """The hits of one kind, at most MOST, and where all of them are."""

    key: str
    label: Words
    icon: str
    hits: list[Hit]
    count: str
    all_href: str


class SearchView(ClosedView):
    """/admin/search/"""

    name_key = "search"
    acts = {"index": "list"}

    def __init__(self) -> None:
        super().__init__(name="Cari", endpoint="search", url="/admin/search")

    @expose("/")
    def index(self) -> ResponseReturnValue:
        refuse_unknown(request.args, ("q",))
        words = _words()
        tickets: list[TicketRow] = []
        how_many, found, meant, staff = 0, [], "", person()
        sees_tickets = may(staff, "ticket", "list")
        too_long = is_too_long(request.args.get("q", ""), LONGEST)
        if len(words) >= SHORTEST and not too_long:
            if sees_tickets:
                page = TicketSearch(ListFilter.read(staff, {"search": words, "state": "all"}), {}).found()
                if exact_number(words) and page.rows:
                    return redirect(f"/admin/ticket/details/?id={page.rows[0].id}")
                tickets, how_many = drawn_rows(page.rows[:MOST]), page.count
            found = self._found(words)
            if not tickets and not found:
                meant = (sees_tickets and nearest_words(staff, words)) or self._nearest_name(words)
        return render_template(
            "admin/search.html",
            words=words,
            is_short=bool(words) and len(words) < SHORTEST,
            too_long=too_long,
            tickets=tickets,
            how_many=how_many if how_many <= MOST else f"{MOST}+",
            tickets_href="/admin/ticket/?" + urlencode({"state": "all", "search": words}),
            found=found,
            meant=meant,
            kinds=[_l("Tiket")] * sees_tickets + [kind.label for kind, _view in self._open()],
        )

    def _open(self) -> list[tuple[SearchKind | FileWordsKind, Searchable]]:
        """The kinds whose list this person may open, with the views that guard them."""
        views = {getattr(view, "name_key", ""): view for view in self.admin._views}
        return [(kind, views[kind.view]) for kind in KINDS if views[kind.view].may("list")]

    def _found(self, words: str) -> list[HitsOfKind]:
        """All kinds in one statement; a kind with an exact number comes first, then in their order."""
        asked = [kind.hits(view, words, MOST + 1) for kind, view in self._open()]
        if not asked:
            return []
        parts = [select(query.subquery()) for query in asked]
        rows: dict[str, list[Found]] = {}
        for row in db.session.execute(parts[0].union_all(*parts[1:])):
            rows.setdefault(row.kind, []).append(row)
        kinds = [kind for kind in KINDS if kind.key in rows]
        kinds.sort(key=lambda kind: not any(row.exact for row in rows[kind.key]))
        return [_drawn(kind, sorted(rows[kind.key], key=lambda row: -row.exact), words) for kind in kinds]

    def _nearest_name(self, words: str) -> str:
        """The words as they may have been meant, of a name in a register whose rows this person sees."""
        typed = [squeezed(word.text) for word in typed_words(words)]
        if not 0 < len(typed) <= MOST_MENDED:
            return ""
        parts = [near for kind, view in self._open() if (near := kind.near(view, words, MOST)) is not None]
        if not parts:
            return ""
        union = select(parts[0].subquery()).union_all(*(select(part.subquery()) for part in parts[1:]))
        meant = (nearest_in(squeezed(title), typed) for title in db.session.scalars(union))
        return next((one for one in meant if one), "")


def _drawn(kind: SearchKind | FileWordsKind, rows: list[Found], words: str) -> HitsOfKind:
    hits = [Hit(row.title or "", _more(row), kind.href(row.id)) for row in rows[:MOST]]
    count = f"{MOST}+" if len(rows) > MOST else str(len(rows))
    return HitsOfKind(kind.key, kind.label, kind.icon, hits, count, kind.all_href(words))


def _more(row: Found) -> str:
    return " · ".join(filter(None, (row.more, rupiah(row.amount) if row.amount else "")))


def _words() -> str:
    typed = request.args.get("q", "")
    if "\x00" in typed:
        raise not_a_value("q", typed)
    return " ".join(searched_words(typed[: LONGEST * 2]))[:LONGEST]
