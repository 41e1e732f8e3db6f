"""The page My desk: what to do next and why, and what lies where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_admin import AdminIndexView, expose
from flask_babel import gettext as _

from admin_views.frame.page import ClosedView
from admin_views.frame.permissions import may
from admin_views.frame.view import person
from admin_views.tickets.desk.desk_parts import beside
from admin_views.tickets.desk.four_answers import answers_of
from admin_views.tickets.desk.house_desk import first_thing, house_of
from admin_views.tickets.desk.my_desk_counts import REVIEWS, Lying, late_of, lying_with
from admin_views.tickets.list.desk_sections import DESK_SECTIONS, next_from
from admin_views.tickets.list.row import TicketRow, drawn_row, drawn_rows
from models.base.columns.statement_types import Found
from models.base.db import utcnow
from models.base.wording import duration
from models.organisation.delegation import divisions_of_groups, roles_of
from models.organisation.month_figure import month_of
from models.organisation.roles import HEADS, Role
from models.organisation.staff import Staff
from procedures.engine import catalog

# The one thing to do next comes from the first of these that is not empty.
URGENT = ("decisions", "overdue", "mine", "free", "today")


@dataclass(frozen=True)
class Card:
    """One section as the page draws it."""

    key: str
    title: str
    empty: str
    href: str
    count: str
    is_late: bool
    rows: list[TicketRow]
    has_more: bool


class NextTask(NamedTuple):
    """The next thing to do: the ticket, the sentence why, and what its button says."""

    row: TicketRow
    why: str
    button: str


class Desk(ClosedView, AdminIndexView):
    """The first page of the panel."""

    name_key = "desk"
    acts = {"index": "list"}

    def __init__(self) -> None:
        AdminIndexView.__init__(self, name="Meja saya", endpoint="admin", url="/admin")

    @expose("/")
    def index(self) -> ResponseReturnValue:
        staff = person()
        if not may(staff, "ticket", "list"):
            house = house_of(staff)
            return render_template("admin/tickets/house_desk.html", house=house, first=first_thing(house))
        is_head = not roles_of(staff).isdisjoint(HEADS)
        found = lying_with(staff, divisions_of_groups() if is_head else (), with_reviews=True)
        late, reviews = late_of(found), found.pop(REVIEWS)
        cards = [_card(key, found[key]) for key in DESK_SECTIONS if found[key].count or _is_theirs(key, staff)]
        next_one, side = _next(found), beside(staff)
        month = month_of(staff.id, roles_of(staff)) if is_head else None
        return render_template(
            "admin/tickets/desk.html",
            cards=cards,
            next=next_one,
            may_take=may(staff, "ticket", "do"),
            step_of=step_label,
            side=side,
            answers=answers_of(found, late, side, month) if is_head else [],
            late=late,
            reviews=reviews.count,
            late_most=max((one.lying.count for one in late), default=1),
            month=month,
        )


def _is_theirs(key: str, staff: Staff) -> bool:
    """Is this section shown even when it is empty? A viewer has no work, and only heads and officers decide."""
    if key == "today":
        return True
    if key == "decisions":
        return staff.has(*HEADS, Role.SERVICE_OFFICER)
    return may(staff, "ticket", "do")


def _card(key: str, pile: Lying) -> Card:
    about = DESK_SECTIONS[key]
    return Card(
        key,
        str(about.title),
        str(about.empty),
        f"/admin/ticket/?pile={key}",
        pile.shown_count,
        key == "overdue" and pile.count > 0,
        drawn_rows(pile.rows),
        pile.count > len(pile.rows),
    )


def step_label(row: TicketRow) -> str:
    """What leads on from where this ticket stands, as the button of its first step says it."""
    procedure = catalog.get(row.procedure_key)
    return str(next_from(procedure, procedure.state(row.state)).label)


def _next(found: dict[str, Lying]) -> NextTask | None:
    """The one thing to do next: a decision that is late, what is late, a decision, mine, what nobody has."""
    for key in URGENT:
        late_first = sorted(found[key].rows, key=lambda row: (row.due_at is None, row.due_at))
        for row in late_first[:1]:
            if key == "decisions" and found["overdue"].rows and not _is_late(row):
                continue  # what is already late comes before a decision that still has time
            return NextTask(
                drawn_row(row), _why(key, row), step_label(drawn_row(row)) if key == "decisions" else _("Buka tiket")
            )
    for row in found["decisions"].rows[:1]:
        return NextTask(drawn_row(row), _why("decisions", row), step_label(drawn_row(row)))
    return None


def _is_late(row: Found) -> bool:
    return row.due_at is not None and row.due_at < utcnow()


def _why(key: str, row: Found) -> str:
    since = duration(utcnow() - row.since_at)
    if key == "decisions":
        procedure = catalog.get(row.procedure)
        mine = sorted(next_from(procedure, procedure.state(row.state)).by & roles_of(person()))
        return _("Menunggu Anda sebagai %(role)s, sudah %(since)s.", role=mine[0].label if mine else "", since=since)
    if key == "overdue":
        if row.assignee_name:
            return _("Paling lama lewat targetnya; dipegang %(who)s, di langkah ini sejak %(since)s lalu.",
                     who=row.assignee_name, since=since)  # fmt: skip
        return _("Paling lama lewat targetnya, dan belum ada yang memegangnya.")
    if key == "mine":
        if row.due_at is None:
            return _("Tiket Anda yang paling lama menunggu.")
        return _("Tiket Anda dengan batas terdekat.")
    if key == "free":
        return _("Belum ada yang memegangnya; sudah menunggu %(since)s.", since=since)
    return _("Masuk hari ini.")
