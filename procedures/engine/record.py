"""Writes what a step leaves behind: its event, files, words for search, audit row and mails."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from wtforms import Form

from gateways.files.file_store import StoredFile
from mails.mute import automatic
from mails.queue import is_collecting
from mails.recipients import recipients
from models.base.bulk_insert import add_row, values_of
from models.base.db import db, utcnow
from models.base.written import clean_text
from models.organisation import audit
from models.tickets.search_keys import number_words
from models.tickets.ticket import Attachment, Event, Participant, Ticket, TicketText
from procedures.engine.declaration import Actor, Given, Outcome, Step
from procedures.engine.rights import Right

FORM_TEXT_FIELDS = ("text", "reason", "note", "description")


@dataclass(frozen=True)
class Move:
    """A step taken, and what its event will say of the ticket as it was then."""

    step: Step
    by: Actor
    right: Right
    form: Given
    before: str
    after: str
    group_before: int | None
    version: int
    outcome: Outcome
    once: str | None = None


def record(ticket: Ticket, move: Move, files: Sequence[StoredFile], is_opening: bool = False) -> Event:
    """Event, files, words for search, audit row and mails of a move; the ticket has its id."""
    step, by = move.step, move.by
    event = _write_event(ticket, move)
    if files:
        db.session.add(event)
        _attach(ticket, event, move, files)
    else:
        add_row(Event, **values_of(event))
    _note_participants(ticket, by)
    if ticket.forgotten_at is not None:
        ticket.forgotten_at = None  # what is written now is forgotten in its turn
    if move.group_before not in (None, ticket.group_id) and not is_opening:
        db.session.flush()
        Participant.follow(ticket.id, ticket.group_id)
    TicketText.add(ticket.id, event.text, *(_first_words(ticket) if step.opens else ()), is_first=step.opens)
    audit.record(
        f"step:{step.name}",
        "Ticket",
        ticket.id,
        staff=by.staff,
        actor_name=by.name,
        ip=by.ip,
        diff={"from": move.before, "to": move.after, "on_behalf_of": move.right.on_behalf_of} if step.targets else {},
    )
    for audience, notice in step.tells.items():
        told = recipients(ticket, audience.value, by.staff, is_new=is_opening, with_silent=is_collecting())
        with automatic(by.staff is None):
            for recipient in told:
                notice(ticket, event, recipient)
    if not is_opening:
        db.session.flush()
    return event


def _write_event(ticket: Ticket, move: Move) -> Event:
    step, by = move.step, move.by
    return Event(
        ticket_id=ticket.id,
        kind=step.kind,
        step=step.name,
        number=step.number or "",
        from_state="" if step.opens else move.before,
        to_state=move.after,
        actor_kind=by.kind,
        staff_id=by.staff.id if by.staff else None,
        actor_name=by.name,
        on_behalf_of=move.right.on_behalf_of,
        text=_words(move.form) if move.outcome.text is None else move.outcome.text,
        at=utcnow(),
        is_public=step.is_public,
        data=dict(move.outcome.data),
        ip=by.ip,
        version=move.version,
        once=move.once,
    )


def _words(form: Given) -> str:
    for name in FORM_TEXT_FIELDS:
        if isinstance(form, Form) and name in form:
            return clean_text(str(form[name].data or ""))
    return ""


def _attach(ticket: Ticket, event: Event, move: Move, files: Sequence[StoredFile]) -> None:
    db.session.flush()  # the event gets its id
    for file in files:
        db.session.add(
            Attachment(
                ticket_id=ticket.id,
                event_id=event.id,
                sha256=file.sha256,
                name=file.name,
                size=file.size,
                content_type=file.content_type,
                is_inline=file.inline,
                is_public=move.step.is_public or move.by.kind == "requester",  # who sent a file may read it again
            )
        )


def _note_participants(ticket: Ticket, by: Actor) -> None:
    for staff_id in {by.staff.id if by.staff else None, ticket.assignee_id} - {None}:
        Participant.add(ticket.id, staff_id)  # type: ignore[arg-type]  # None is taken out above


def _first_words(ticket: Ticket) -> tuple[str, ...]:
    return (
        number_words(ticket.number),
        ticket.subject,
        ticket.description,
        ticket.requester_name,
        ticket.requester_email,
        ticket.requester_phone,
    )
