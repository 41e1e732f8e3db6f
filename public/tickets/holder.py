"""Who holds a ticket: a grant in the session, for one generation of its code and link."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import Response, redirect, session
from flask import abort as stop

from models.base import setting
from models.base.counter import count_up, count_within, is_shut, shut
from models.base.db import utcnow, write_transaction
from models.tickets.ticket import Ticket
from models.tickets.ticket_keys import holder_of, is_access_over, is_code
from public.frame.blueprint import site
from web.reader import network

HELD = "held"
SIGNED_IN = "signed_in"  # tickets held by a sign-in through the campus, each with when that ends (seconds since 1970)
MOST_HELD = 20
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def grant(ticket_id: int, generation: int) -> None:
    """From now on this browser holds the ticket; raising the generation ends it."""
    held = {key: value for key, value in session.get(HELD, {}).items() if key != str(ticket_id)}
    session[HELD] = dict(list(held.items())[-(MOST_HELD - 1) :]) | {str(ticket_id): generation}
    if str(ticket_id) in session.get(SIGNED_IN, {}):  # now by its own code or link
        session[SIGNED_IN] = {key: ends for key, ends in session[SIGNED_IN].items() if key != str(ticket_id)}


def grant_signed_in(ticket_id: int, generation: int, ends_at: datetime) -> None:
    """The same for who signed in through the campus, until that sign-in ends; a code's own grant stays."""
    if holds(ticket_id, generation, None) and str(ticket_id) not in session.get(SIGNED_IN, {}):
        return
    grant(ticket_id, generation)
    session[SIGNED_IN] = {**session.get(SIGNED_IN, {}), str(ticket_id): int(ends_at.timestamp())}


def end_signed_in() -> None:
    """Whatever was opened by a sign-in is held no longer."""
    for key in session.pop(SIGNED_IN, {}):
        forget(int(key))


def holds(ticket_id: int, generation: int, closed_at: datetime | None) -> bool:
    """Does this browser hold the ticket, and has that not ended some time after its closing, or with a sign-in?"""
    ends = session.get(SIGNED_IN, {}).get(str(ticket_id))
    if ends is not None and ends < utcnow().timestamp():
        return False
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
