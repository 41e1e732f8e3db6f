"""My desk: what to do next and why, and what lies where; each count leads to its list."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask_admin import AdminIndexView, expose
from flask_babel import lazy_gettext as _l

from admin_views.base import person
from admin_views.closed import ClosedView
from admin_views.desk_data import Pile, piles
from admin_views.permissions import may
from admin_views.ticket_rows import drawn
from models.staff import HEADS
from models.wording import local

PILES: list[tuple[str, Any, Any, str]] = [
    (
        "decisions",
        _l("Menunggu keputusan saya"),
        _l("Langkah yang hanya dapat Anda ambil akan muncul di sini."),
        "/admin/ticket/?state=open",
    ),
    (
        "overdue",
        _l("Lewat target"),
        _l("Tiket yang melewati batas waktunya akan muncul di sini."),
        "/admin/ticket/?state=overdue",
    ),
    (
        "mine",
        _l("Milik saya"),
        _l("Tiket yang Anda ambil atau ditugaskan kepada Anda akan muncul di sini."),
        "/admin/ticket/?assignee=me",
    ),
    (
        "free",
        _l("Untuk diambil"),
        _l("Tiket kelompok Anda yang belum dipegang siapa pun akan muncul di sini."),
        "/admin/ticket/?state=unassigned",
    ),
    (
        "waiting",
        _l("Menunggu pihak lain"),
        _l("Tiket yang menunggu pemohon atau ditunda akan muncul di sini."),
        "/admin/ticket/?state=waiting",
    ),
]


class Desk(ClosedView, AdminIndexView):
    """The first page of the panel."""

    name_key = "desk"
    acts = {"index": "list"}

    def __init__(self) -> None:
        AdminIndexView.__init__(self, name="Meja saya", endpoint="admin", url="/admin")

    @expose("/")
    def index(self) -> Any:
        staff = person()
        if not may(staff, "ticket", "list"):
            return render_template("admin/desk.html", piles=[], next=None)
        found = piles(staff)
        shown = [
            (key, title, empty, href, found[key], [drawn(row) for row in found[key].rows])
            for key, title, empty, href in PILES
            if key != "decisions" or found[key].count or staff.has(*HEADS)
        ]
        return render_template("admin/desk.html", piles=shown, next=_next(found), today=local)


def _next(found: dict[str, Pile]) -> Any:
    """The one thing to do next: what is late, then a decision, then mine, then what nobody has."""
    for key in ("overdue", "decisions", "mine", "free"):
        if found[key].rows:
            return key, drawn(found[key].rows[0])
    return None
