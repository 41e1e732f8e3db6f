"""What a page that stays open asks again: what is new on its ticket, who else is there, and the sidebar's counts.

Asked by static/js/follow.js while the page is shown, and answered with 304 where nothing is new; nothing is held open.
These questions are no sign of a person at the keyboard, so they do not make a session last (see login.py).
"""

from __future__ import annotations

from flask import Response, abort, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import and_, func, or_, select
from werkzeug.wrappers import Response as BaseResponse

from admin_views.frame.page import ClosedView
from admin_views.frame.view import person
from admin_views.tickets.desk.my_desk_counts import CAP, counts_of
from admin_views.tickets.list.desk_sections import branches_of
from admin_views.tickets.list.keyset import Branch
from models.base.columns.statement_types import Found
from models.base.db import db, keep_house, utcnow
from models.organisation.staff import Staff
from models.tickets.merge import Merge
from models.tickets.presence import PRESENT_FOR, Presence, is_due
from models.tickets.ticket import Event, EventKind, Ticket, visible_to
from procedures.engine.take_step import label_of
from web.row_ids import row_id

PILES = ("mine", "free", "overdue")
OUTAGES = ("network_outage", "server_outage")
MOST_NEWS = 5
QUIET_STEPS = ("take", "label")  # hardly ever worth a look up from what one writes


class FollowDesk(ClosedView):
    """/admin/follow/"""

    name_key = "follow"
    acts = {"counts": "list", "ticket": "details", "here": "details"}

    def __init__(self) -> None:
        super().__init__(name="Yang baru", endpoint="follow", url="/admin/follow")

    def _handle_view(self, name: str, **kwargs: str) -> ResponseReturnValue | None:
        if not current_user.is_authenticated and is_script():
            return Response(
                status=401, mimetype="text/plain"
            )  # the page says it once; a redirect would give it a login form as its news
        return super()._handle_view(name, **kwargs)

    @expose("/")
    def counts(self) -> ResponseReturnValue:
        """How many tickets lie in the sections that the sidebar names, as `{"mine": "3", "overdue": "99+"}`."""
        return _or_unchanged(make_response(jsonify(sidebar_counts(person()))))

    @expose("/<int:pk>")
    def ticket(self, pk: int) -> ResponseReturnValue:
        """What came to the ticket after the event `since`, and who else has it open; a page for who has no script."""
        staff = person()
        ticket, others = _ticket_and_others(pk, staff)
        since = request.args.get("since", type=row_id)
        news = _news_of(pk, since, staff) if since else []
        facts = {
            "ticket": ticket,
            "here": [other.name for other in others if not _is_writing(other)],
            "writing": [other.name for other in others if _is_writing(other)],
            "news": [(event, words_of(ticket, event)) for event in news[:MOST_NEWS]],
            "more": max(0, len(news) - MOST_NEWS),
        }
        if is_script():
            return _or_unchanged(make_response(render_template("admin/tickets/follow.html", **facts)))
        return render_template("admin/tickets/follow_page.html", view=self, **facts)

    @expose("/<int:pk>/here", methods=("POST",))
    def here(self, pk: int) -> ResponseReturnValue:
        """This person has the ticket open (`writing`: and types on it; `gone`: no more). No answer waits for it."""
        staff = person()
        mine = and_(Presence.ticket_id == Ticket.id, Presence.staff_id == staff.id)
        query = select(Presence.seen_at, Presence.writing_at).select_from(Ticket).outerjoin(Presence, mine)
        row = db.session.execute(query.where(Ticket.id == pk, visible_to(staff))).one_or_none() if pk < 2**31 else None
        if row is None:
            abort(404)
        staff_id, is_writing = staff.id, "writing" in request.form
        if "gone" in request.form:
            if row.seen_at is not None:
                keep_house(lambda: Presence.drop(pk, staff_id))
        elif is_due(row.seen_at, row.writing_at, is_writing):
            keep_house(lambda: Presence.put(pk, staff_id, is_writing))
        return Response(status=204, mimetype="text/plain")


def is_script() -> bool:
    return request.headers.get("X-Requested-With") == "fetch"


def sidebar_counts(staff: Staff) -> dict[str, str]:
    """By the name that stands at the line of the sidebar; one statement, under the row rule, each capped."""
    seen = visible_to(staff)
    branches = {pile: [Branch([seen, *branch]) for branch in branches_of(pile, staff)] for pile in PILES}
    running = (Ticket.is_open == True, Ticket.resolved_at.is_(None))  # noqa: E712 - the form that an index answers
    for procedure in OUTAGES:
        branches[procedure] = [Branch([seen, Ticket.procedure == procedure, *running])]
    found = counts_of(branches)
    return {name: f"{CAP - 1}+" if count >= CAP else str(count) for name, count in found.items()}


def _ticket_and_others(pk: int, staff: Staff) -> tuple[Found, list[Found]]:
    """The ticket that this person may see, or 404, and the other people who have it open, in one statement."""
    now = utcnow()
    others = and_(Presence.ticket_id == Ticket.id, Presence.staff_id != staff.id, Presence.seen_at > now - PRESENT_FOR)
    sent_at = select(func.max(Event.at)).where(Event.ticket_id == Ticket.id, Event.staff_id == Presence.staff_id)
    query = (
        select(Ticket.id, Ticket.number, Ticket.subject, Ticket.procedure, Ticket.requester_name)
        .add_columns(Staff.name, Presence.writing_at, sent_at.scalar_subquery().label("sent_at"))
        .select_from(Ticket)
        .outerjoin(Presence, others)
        .outerjoin(Staff, Staff.id == Presence.staff_id)
        .where(Ticket.id == pk, visible_to(staff))
        .order_by(Staff.name)
    )
    rows = list(db.session.execute(query)) if pk < 2**31 else []
    return (rows or abort(404))[0], [row for row in rows if row.name]


def _is_writing(other: Found) -> bool:
    """Typed a moment ago, and has not sent it since."""
    if other.writing_at is None or other.writing_at <= utcnow() - PRESENT_FOR:
        return False
    return other.sent_at is None or other.sent_at < other.writing_at


def _news_of(pk: int, since: int, staff: Staff) -> list[Found]:
    """What others did on the ticket and on those merged into it, newest first; one more than is shown says so."""
    merged = select(Merge.ticket_id).where(Merge.target_id == pk, Merge.undone_at.is_(None))
    columns = select(Event.id, Event.kind, Event.step, Event.actor_name, Event.text, Event.at)
    query = columns.where(
        or_(Event.ticket_id == pk, Event.ticket_id.in_(merged)),
        Event.id > since,
        Event.step.not_in(QUIET_STEPS),
        or_(Event.staff_id.is_(None), Event.staff_id != staff.id),
    )
    return list(db.session.execute(query.order_by(Event.id.desc()).limit(MOST_NEWS + 20)))


def words_of(ticket: Found, event: Found) -> str:
    """Who did what; the words themselves stand beside it."""
    who = event.actor_name or ticket.requester_name
    if event.kind == EventKind.ANSWER:
        return _("%(who)s menjawab", who=ticket.requester_name or _("Pemohon"))
    if event.kind == EventKind.REPLY:
        return _("%(who)s membalas pemohon", who=who)
    if event.kind == EventKind.NOTE:
        return _("%(who)s menulis catatan internal", who=who)
    label = label_of(ticket, event.step)
    return f"{who}: {label}" if who else label


def _or_unchanged(answer: Response) -> BaseResponse:
    """304 where the page has these very words already."""
    answer.add_etag()
    return answer.make_conditional(request)
