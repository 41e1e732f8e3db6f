"""Shows where a ticket's time went: who held it from when to when, and three measures in working and clock hours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import abort, render_template
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from sqlalchemy import select

from admin_views.frame.address_values import row_named
from admin_views.tickets.workbench.ticket_page import TicketDesk
from models.base.db import db, utcnow
from models.base.wording import Words
from models.tickets.span import HOLDERS, HeldBy, Span, spans_of
from models.tickets.ticket import Event, Ticket
from procedures.engine import catalog
from procedures.tickets import times
from procedures.tickets.times import Took

SHORTEST = timedelta(seconds=1)  # what passes within one press is no stretch of time to a reader


@dataclass(frozen=True)
class Stretch:
    """One stretch as the table shows it."""

    began_at: datetime
    ended_at: datetime | None
    desk: Words
    holder: Words
    with_whom: str
    pause: str
    took: Took


class TimesDesk(TicketDesk):
    """/admin/times/"""

    name_key = "times"
    acts = {"index": "list"}

    def __init__(self) -> None:
        super().__init__(name="Waktu", endpoint="times", url="/admin/times")

    @expose("/")
    def index(self) -> ResponseReturnValue:
        pk = row_named("id")
        ticket = self.ticket(pk) if pk is not None and pk > 0 else abort(404)
        spans, now = spans_of(ticket.id), utcnow()
        return render_template(
            "admin/tickets/times.html",
            view=self,
            ticket=ticket,
            rows=_rows(ticket, spans, now),
            measures=_measures(ticket, spans),
            life=times.life(spans, now),
            held=[(HOLDERS[holder], took) for holder, took in times.by_holder(spans, now).items()],
        )


def _measures(ticket: Ticket, spans: Sequence[Span]) -> list[tuple[str, Took | None]]:
    """The three measures that a report counts; one that is not there yet has no time."""
    told = select(Event).where(Event.ticket_id == ticket.id, Event.actor_kind == "staff").order_by(Event.id)
    first = times.until_first_answer(catalog.get(ticket.procedure), ticket.received_at, db.session.scalars(told).all())
    here = [span for span in spans if span.ended_at is None]
    return [
        (_("Sampai jawaban pertama"), first),
        (_("Di langkah yang sekarang"), times.life(here, utcnow()) if here else None),
        (_("Sampai selesai, di tangan kami"), times.until_resolved(spans, ticket.resolved_at or ticket.closed_at)),
    ]


def _rows(ticket: Ticket, spans: Sequence[Span], now: datetime) -> list[Stretch]:
    state = catalog.get(ticket.procedure).state
    pauses = {"requester": _("menunggu jawaban pemohon"), "hold": _("ditunda")}
    return [
        Stretch(
            span.began_at,
            span.ended_at,
            state(span.state).label,
            HOLDERS[HeldBy(span.holder)],
            (span.assignee.name if span.assignee else span.group.name) if span.holder == HeldBy.US else "",
            pauses.get(span.pause, ""),
            times.length_of(span, now),
        )
        for span in spans
        if (span.ended_at or now) - span.began_at >= SHORTEST
    ]
