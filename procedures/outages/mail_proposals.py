"""Reads in a mail that answers what we told of an outage what its writer says of it, for the call list (L3, L3b)."""

from __future__ import annotations

from sqlalchemy import func, select

from models.base.db import db
from models.base.written import is_written
from models.organisation.unit import Contact
from models.tickets.ticket import Ticket
from procedures.outages.network_outage_states import At
from procedures.tickets.inbox.step_proposals import MOST_WORDS, READERS, MailSaid, StepProposal


def read(ticket: Ticket, said: MailSaid) -> StepProposal | None:
    """Before a branch is chosen it is the finding of L3, afterwards a further call."""
    if not is_written(said.words):
        return None
    query = select(Contact.id).where(
        func.lower(Contact.email) == said.sender, Contact.is_active, Contact.kind == "it_manager"
    )
    contact = db.session.scalar(query.order_by(Contact.id).limit(1)) if said.sender else None
    who: dict[str, object] = {"contact": contact} if contact else {"name": (said.name or said.sender)[:120]}
    step = "contact_manager" if ticket.state == At.CONFIRMED else "log_call"
    return StepProposal(step, {**who, "way": "letter", "text": said.words[:MOST_WORDS]})


READERS["network_outage"] = read
