"""Removes who somebody was from tickets: on their own request at the desk, and of every ticket after its period.

Numbers, steps and papers stay, so that counts and reports do not change.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, select, update

from models.base.db import db, write_transaction
from models.base.retention import forgotten_before
from models.organisation.audit import AuditEntry
from models.tickets.copied_person import CopiedPerson
from models.tickets.file_text import forget_file_words
from models.tickets.outbox import Mail
from models.tickets.ticket import Event, Ticket, TicketText
from procedures.tickets.mending import PERSONAL

FORGOTTEN = "(identitas dihapus)"  # one word in every language: by it the job knows what it has done
AT_ONCE = 500


def pseudonymise(ticket: Ticket, alias: str) -> None:
    """Put the alias in the requester's place and empty the mails, inside the caller's transaction."""
    ticket.requester_name, ticket.requester_email, ticket.requester_phone = alias, "", ""
    for event in ticket.events:
        if event.actor_kind == "requester":
            event.actor_name = alias
        gone = {"sent", "before", "after"} if event.data.get("fact") in PERSONAL else {"sent", "copied"}
        event.data = {name: value for name, value in event.data.items() if name not in gone}
    db.session.execute(delete(CopiedPerson).where(CopiedPerson.ticket_id == ticket.id))
    words = db.session.get(TicketText, ticket.id)
    if words is not None:
        words.keep_only(ticket.number, ticket.subject)
    forget_file_words(ticket.id)
    mails = update(Mail).where(Mail.ticket_id == ticket.id)
    db.session.execute(mails.values(recipient="", recipient_name="", subject="", body="", facts={}))


def forget_copies(email: str) -> int:
    """Take an address out of every ticket that it was in copy of, with what went there; in the caller's transaction."""
    rows = list(db.session.scalars(select(CopiedPerson).where(CopiedPerson.email == email.lower())).unique())
    for row in rows:
        for event in db.session.scalars(select(Event).where(Event.ticket_id == row.ticket_id)):
            if row.email in event.data.get("copied", ""):
                event.data = {name: value for name, value in event.data.items() if name != "copied"}
        mails = update(Mail).where(Mail.ticket_id == row.ticket_id, Mail.recipient == row.email)
        db.session.execute(mails.values(recipient="", recipient_name="", subject="", body="", facts={}))
        db.session.delete(row)
    return len(rows)


def forget_identities() -> int:
    """Tickets that were closed longer ago than the period lose their requester; says how many, 500 at most."""
    old = select(Ticket).where(Ticket.closed_at < forgotten_before("identity"), Ticket.is_open.is_(False))
    old = old.where(Ticket.requester_name != FORGOTTEN).order_by(Ticket.id).limit(AT_ONCE)
    with write_transaction():
        tickets = list(db.session.scalars(old).unique())
        for ticket in tickets:
            pseudonymise(ticket, FORGOTTEN)
    return len(tickets)


def forget_network_addresses() -> int:
    """From where something was done is known for the period only; who did what stays. Says how many rows."""
    before, count = forgotten_before("addresses"), 0
    with write_transaction():
        for kind in (AuditEntry, Event):
            rows: Any = db.session.execute(update(kind).where(kind.at < before, kind.ip != "").values(ip=""))
            count += int(rows.rowcount)
    return count
