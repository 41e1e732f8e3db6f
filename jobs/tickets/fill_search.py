"""Writes the keys of search for tickets from before there were any, in small pieces that hold up nobody."""

from __future__ import annotations

from threading import Event

from sqlalchemy import select

from models.base.db import db, write_transaction
from models.base.search.terms import keys_of
from models.tickets.search_fill import SearchFill, is_filling
from models.tickets.search_keys import number_words
from models.tickets.ticket import Ticket, TicketText

TICKETS = "tickets"
AT_ONCE = 200
REST_SECONDS = 0.05  # between two pieces, for whoever waits to write


def has_search_to_fill() -> bool:
    return is_filling(TICKETS)


def fill_search(ended: Event | None = None) -> int:
    """From the newest ticket down until all are done or it is to end; says how many were done."""
    done = 0
    while not (ended and ended.is_set()) and (count := _fill_piece()) is not None:
        done += count
        if ended:
            ended.wait(REST_SECONDS)
    return done


def _fill_piece() -> int | None:
    """The next tickets in a transaction of their own; None where nothing is left."""
    with write_transaction():
        fill = db.session.get(SearchFill, TICKETS, with_for_update=True)
        if fill is None:
            return None
        query = select(Ticket.number, Ticket.requester_phone, TicketText).join(TicketText)
        query = query.where(TicketText.ticket_id <= fill.left_to).order_by(TicketText.ticket_id.desc()).limit(AT_ONCE)
        rows = db.session.execute(query.with_for_update()).all()
        for number, phone, text in rows:
            text.words = "\n".join(keys_of(number_words(number), text.words, phone))
        if len(rows) < AT_ONCE:
            db.session.delete(fill)
        else:
            fill.left_to = rows[-1].TicketText.ticket_id - 1
    return len(rows)
