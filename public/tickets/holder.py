"""Who holds a ticket: a grant in the session, for one generation of its code and link."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import Response, redirect, session
from flask import abort as stop

from models.base import setting
from models.base.counter import count_up, count_within, is_shut, shut
from models.base.db import write_transaction
from models.tickets.ticket import Ticket
from models.tickets.ticket_keys import holder_of, is_access_over, is_code
from public.frame.blueprint import site
from web.reader import network

HELD = "held"
MOST_HELD = 20
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def grant(ticket_id: int, generation: int) -> None:
    """From now on this browser holds the ticket; raising the generation ends it."""
    held = {key: value for key, value in session.get(HELD, {}).items() if key != str(ticket_id)}
    session[HELD] = dict(list(held.items())[-(MOST_HELD - 1) :]) | {str(ticket_id): generation}


def holds(ticket_id: int, generation: int, closed_at: datetime | None) -> bool:
    """Does this browser hold the ticket, and has that not ended some time after its closing?"""
    return session.get(HELD, {}).get(str(ticket_id)) == generation and not is_access_over(closed_at)


def forget(ticket_id: int) -> None:
    """This browser no longer holds the ticket; its code and link go on working elsewhere."""
    session[HELD] = {key: value for key, value in session.get(HELD, {}).items() if key != str(ticket_id)}


@site.get("/akses/<token>")
def open_link(token: str) -> Response:
    """The holder's link: it only sets the grant and leads to the status page, without the token."""
    ticket = holder_of(token)
    if ticket is None:
        stop(404)
    grant(ticket.id, ticket.link_generation)
    return redirect(f"/tiket/{ticket.number}", 303)  # type: ignore[return-value]  # flask's Response is werkzeug's


def try_code(ticket: Ticket, typed: str) -> bool:
    """Is this the access code, and may it be tried now?

    Five wrong ones within an hour shut the form for an hour to the network they came from, and forty times as many
    to everybody: a stranger elsewhere does not shut the holder out, and the link goes on working for all. Wrong,
    shut and without a live code do the same work and read alike.
    """
    here, all_together = f"code:{ticket.id}:{network()}", f"code:{ticket.id}"
    most = int(setting.get("wrong_codes_per_hour"))
    is_right = is_code(ticket, typed) and not is_access_over(ticket.closed_at)
    shuts = [is_shut(key, HOUR) for key in (here, all_together)]  # both are asked, so that every answer costs alike
    is_locked = any(shuts)
    if is_right and not is_locked:
        return True
    with write_transaction():
        for key, limit in ((here, most), (all_together, most * 40)):
            count_up(key, MINUTE)
            wrong = count_within(key, HOUR)
            if not is_locked and wrong >= limit:
                shut(key)
    return False
