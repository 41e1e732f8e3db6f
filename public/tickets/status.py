"""The status page of a ticket: steps for anyone with its number, the rest for its holder."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TypedDict

from flask import redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from models.base import setting
from models.base.columns.statement_types import Found
from models.base.db import db
from models.organisation.staff import Group
from models.tickets.copied_person import copied_of
from models.tickets.ticket import Ticket
from models.tickets.ticket_keys import is_access_over
from models.tickets.ticket_number import Number, read_number
from procedures.base.form_fields import StepForm
from procedures.engine import catalog
from procedures.engine.declaration import Actor, State, Step
from procedures.engine.procedure import Procedure
from procedures.engine.take_step import refusal
from procedures.tickets.copying import NOBODY_IN_COPY
from public.frame.blueprint import site
from public.tickets import status_words, tracker
from public.tickets.conversation import events_of, sayings
from public.tickets.copied import reads
from public.tickets.form_nonce import new_nonce
from public.tickets.holder import holds
from public.tickets.lookup import lookup_page, unknown_page
from public.tickets.merged_ticket import COLUMNS, Followed, Here, followed_by, with_followed
from public.tickets.status_parts import parts_of
from public.tickets.uploads import Basket


@site.get("/tiket/<number>")
def status(number: str) -> ResponseReturnValue:
    read = read_number(number)
    if not isinstance(read, Number):
        return lookup_page(number, read, status=404)
    if read.text != number:
        return redirect(f"/tiket/{read.text}", 301)
    row = db.session.execute(select(*COLUMNS).join(Group).where(Ticket.number == number)).one_or_none()
    if row is None:
        return unknown_page(number)
    if holds(row.id, row.link_generation, row.closed_at):
        return holder_page(holder_ticket(number))
    if reads(row.id) and not is_access_over(row.closed_at):
        return copied_page(holder_ticket(number))
    return number_page(row)


def number_page(row: Found, code_error: str = "", status: int = 200, kept_text: str = "") -> ResponseReturnValue:
    """What the number alone opens."""
    procedure = catalog.get(row.procedure)
    events, followed = events_of(row.id), followed_by(row)
    page = render_template(
        "public/tickets/status.html",
        **_shown(row, procedure, events, followed),
        sayings=with_followed(sayings(events, row.group_name, procedure.letter, is_holder=False), procedure, followed),
        holder=None,
        code_error=code_error,
        kept_text=kept_text,
    )
    return page, status


def copied_page(ticket: Ticket) -> ResponseReturnValue:
    """What somebody in copy reads: what was said and asked for; no form, no file, no access code."""
    procedure, events, followed = catalog.get(ticket.procedure), events_of(ticket.id), followed_by(ticket)
    own = sayings(events, ticket.group.name, procedure.letter, is_holder=True)
    page = render_template(
        "public/tickets/status.html",
        **_shown(ticket, procedure, events, followed),
        sayings=with_followed(own, procedure, followed),
        first_files=[],
        holder=ticket,
        forms={},
        parts=[],
        is_copy=True,
    )
    return page, 200


def holder_page(
    ticket: Ticket,
    step: str = "",
    form: StepForm | None = None,
    basket: Basket | None = None,
    problem: str = "",
    status: int = 200,
) -> ResponseReturnValue:
    """What the holder sees; after a refused form with its errors, its words and its files in place."""
    procedure, events = catalog.get(ticket.procedure), events_of(ticket.id)
    followed = followed_by(ticket)
    own = sayings(events, ticket.group.name, procedure.letter, is_holder=True, files=ticket.files)
    page = render_template(
        "public/tickets/status.html",
        **_shown(ticket, procedure, events, followed),
        sayings=with_followed(own, procedure, followed),
        first_files=[f for f in ticket.files if f.is_public and f.event_id == _opening(events)],
        holder=ticket,
        forms=holder_forms(ticket, step, form),
        parts=parts_of(ticket),
        failed=step,
        basket=basket or Basket(),
        empty_basket=Basket(),
        most_files=setting.get("files_per_form"),
        megabytes=setting.get("file_megabytes"),
        problem=problem,
        once=new_nonce(),
        copied=copied_of([ticket.id]),
        nobody_in_copy=NOBODY_IN_COPY.get(procedure.key, ""),
    )
    return page, status


class FormShown(TypedDict):
    """A step open to the holder; `shut` is the sentence why it cannot be taken now, or ""."""

    step: Step
    form: StepForm | None
    shut: str


def holder_forms(ticket: Ticket, failed: str = "", failed_form: StepForm | None = None) -> dict[str, FormShown]:
    """The steps open to the holder now, by name: step, a form (the failed one as sent), the sentence if shut."""
    procedure, actor = catalog.get(ticket.procedure), Actor("requester", ticket.requester_name)
    wanted = status_words.asked_of_holder(procedure, procedure.state(ticket.state))
    wanted += [procedure.steps[name] for name in ("answer", "rate", "add_copy") if name in procedure.steps]
    found: dict[str, FormShown] = {}
    for step in wanted:
        refused = refusal(step, ticket, actor)
        if refused and refused.why != "need":
            continue
        form = failed_form if step.name == failed else (step.asks() if step.asks else None)
        if form is not None and hasattr(form, "is_about"):  # it shows what stands on this ticket now
            form.is_about(ticket)
        found[step.name] = {"step": step, "form": form, "shut": refused.sentence if refused else ""}
    return found


def holder_ticket(number: str) -> Ticket:
    """The ticket with what the page shows of it."""
    query = select(Ticket).where(Ticket.number == number)
    return (
        db.session.scalars(
            query.options(joinedload(Ticket.group), joinedload(Ticket.unit), joinedload(Ticket.category))
        )
        .unique()
        .one()
    )


def _opening(events: Sequence[Found]) -> int | None:
    return events[0].id if events else None


class TicketShown(TypedDict):
    """What both pages show; `clock` and `here` are of the ticket that goes on, where this one was merged into it."""

    ticket: Here
    clock: Here
    here: State
    followed: Followed | None
    procedure: Procedure
    state: State
    stops: list[tracker.Stop]
    access_is_over: bool
    turn: status_words.Turn
    reopening_ends: datetime | None
    title: str


def _shown(ticket: Here, procedure: Procedure, events: Sequence[Found], followed: Followed | None) -> TicketShown:
    """What both pages show; of a merged ticket the way of the one that goes on."""
    state = procedure.state(ticket.state)
    group = ticket.group.name if isinstance(ticket, Ticket) else ticket.group_name
    if followed is None:
        clock, here = ticket, state
        turn = status_words.whose_turn(ticket, procedure, state, group)
        stops = tracker.stops(procedure, state, events)
    else:
        clock, here = followed.ticket, procedure.state(followed.ticket.state)
        turn, stops = (
            status_words.turn_of_merged(followed.ticket.number),
            tracker.stops(procedure, here, followed.events),
        )
    return {
        "ticket": ticket,
        "clock": clock,
        "here": here,
        "followed": followed,
        "procedure": procedure,
        "state": state,
        "stops": stops,
        "access_is_over": is_access_over(ticket.closed_at),
        "turn": turn,
        "reopening_ends": status_words.reopening_ends(clock),
        "title": _("%(number)s, %(state)s", number=ticket.number, state=state.label),
    }
