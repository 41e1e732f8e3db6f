"""What somebody in copy does by the link in their mail: say yes, read the status page, be told no more."""

from __future__ import annotations

from flask import abort, flash, make_response, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from models.base.db import db
from models.tickets.copied_person import CopiedPerson, copied_by_token
from models.tickets.ticket_keys import is_access_over
from procedures.engine import catalog
from procedures.engine.declaration import Actor
from procedures.engine.take_step import StepRefused, take_step
from public.frame.blueprint import site
from web.wait_page import wait_of_guesser

READS = "copied"
MOST_READ = 20


def reads(ticket_id: int) -> bool:
    """Does this browser belong to somebody who is in copy of the ticket still? Nothing is asked where it does not."""
    ident = session.get(READS, {}).get(str(ticket_id))
    row = db.session.get(CopiedPerson, ident) if ident else None
    return row is not None and row.ticket_id == ticket_id and row.is_reading


@site.get("/salinan/<token>")
def open_copy(token: str) -> ResponseReturnValue:
    """Before the yes it asks and shows nothing of the ticket; afterwards it leads to the status page."""
    row = _found(token)
    if not row.is_reading or request.args.get("berhenti"):
        title = catalog.get(row.ticket.procedure).title
        return render_template("public/tickets/copy.html", row=row, token=token, title=title)
    _grant(row)
    return redirect(f"/tiket/{row.ticket.number}", 303)


@site.post("/salinan/<token>/ya")
def confirm_copy(token: str) -> ResponseReturnValue:
    row = _found(token)
    number = row.ticket.number
    _take(row, "confirm_copy")
    _grant(_found(token))
    flash(_("Anda ikut dikabari tentang tiket ini."))
    return redirect(f"/tiket/{number}", 303)


@site.post("/salinan/<token>/berhenti")
def leave_copy(token: str) -> ResponseReturnValue:
    row = _found(token)
    number, ticket_id = row.ticket.number, row.ticket_id
    _take(row, "leave_copy")
    session[READS] = {key: value for key, value in session.get(READS, {}).items() if key != str(ticket_id)}
    flash(_("Anda tidak lagi dikabari tentang tiket ini."))
    return redirect(f"/tiket/{number}", 303)


def _found(token: str) -> CopiedPerson:
    row = copied_by_token(token)
    if row is None or is_access_over(row.ticket.closed_at):
        wait = wait_of_guesser()
        abort(404 if wait is None else make_response(wait))
    return row


def _grant(row: CopiedPerson) -> None:
    kept = {key: value for key, value in session.get(READS, {}).items() if key != str(row.ticket_id)}
    session[READS] = dict(list(kept.items())[-(MOST_READ - 1) :]) | {str(row.ticket_id): row.id}


def _take(row: CopiedPerson, step: str) -> None:
    by = Actor("product", row.name, ip=request.remote_addr or "")
    try:
        take_step(row.ticket_id, step, by, row.id)
    except StepRefused:  # ended meanwhile
        db.session.rollback()
        abort(404)
