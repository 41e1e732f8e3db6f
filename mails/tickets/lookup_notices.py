"""The mail that brings lost ticket numbers back, to the address that the tickets name."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from mails.queue import queue
from mails.recipients import Recipient
from models.base.counter import count_up
from models.base.db import db
from models.tickets.ticket import Ticket

MOST_TICKETS = 20
MOST_A_DAY = 3  # to one address, whoever asks


def numbers_sent_again(email: str) -> None:
    """H, lookup: number and link of the open tickets of this address, newest first; nothing if there is none.

    At most one mail an hour and three a day to one address, so that nobody can be flooded (security.md P4).
    Both counters move for every address, known or not. Facts: `tickets`, a list of ticket ids.
    """
    address = email.strip().lower()
    this_hour = count_up(f"numbers:{address}"[:120])
    today = count_up(f"numbers-day:{address}"[:120], timedelta(days=1))
    query = (
        select(Ticket.id, Ticket.requester_name, Ticket.language)
        .where(Ticket.requester_email.in_({email.strip(), address}), Ticket.is_open)
        .order_by(Ticket.id.desc())
        .limit(MOST_TICKETS)
    )
    found = list(db.session.execute(query))
    if found and this_hour == 1 and today <= MOST_A_DAY:
        to = Recipient(address, found[0].requester_name, found[0].language)
        queue("numbers_sent_again", None, to, {"tickets": [row.id for row in found]})
