"""Reads in mails about outages what is said of them: the call list (L3, L3b) and the outside manager's desk (W7)."""

from __future__ import annotations

import re

from sqlalchemy import func, select

from models.base.columns.json_value import Json
from models.base.db import db
from models.base.written import is_written
from models.organisation.unit import Contact
from models.outages.outage import outage_row_of
from models.tickets.ticket import Ticket
from procedures.outages import network_outage_states as network
from procedures.outages import server_outage_states as server
from procedures.tickets.inbox.step_proposals import MOST_WORDS, READERS, MailSaid, StepProposal

_NOT_YET = re.compile(
    r"\b((belum|blm|tidak|tdk) (juga )?(pulih|normal|selesai|berfungsi|terbuka|hidup|nyala|bisa)"
    r"|(not|isn't) (yet )?(fixed|restored|working|back|up)|still (down|broken))\b"
)
_IS_BACK = re.compile(
    r"\b((sudah|telah) (kami )?(pulih|normal|selesai|berfungsi|terbuka|hidup|nyala|diperbaiki|dipulihkan|perbaiki"
    r"|pulihkan)|(normal|pulih|berfungsi) kembali|is (back|fixed|restored|up|working)"
    r"|(has|have) been (fixed|restored))\b"
)


def read_of_network(ticket: Ticket, said: MailSaid) -> StepProposal | None:
    """Before a branch is chosen it is the finding of L3, afterwards a further call."""
    if not is_written(said.words):
        return None
    query = select(Contact.id).where(
        func.lower(Contact.email) == said.sender, Contact.is_active, Contact.kind == "it_manager"
    )
    contact = db.session.scalar(query.order_by(Contact.id).limit(1)) if said.sender else None
    who: dict[str, Json] = {"contact": contact} if contact else {"name": (said.name or said.sender)[:120]}
    step = "contact_manager" if ticket.state == network.At.CONFIRMED else "log_call"
    return StepProposal(step, {**who, "way": "letter", "text": said.words[:MOST_WORDS]})


def read_of_server(ticket: Ticket, said: MailSaid) -> StepProposal | None:
    """The outside manager writes: that it works again proposes the end (W6b), anything else what they answer (W7b).

    Only from the address that the service or the outage knows as theirs; anybody else's words propose nothing.
    """
    outage = outage_row_of(ticket)
    service = outage.service if outage else None
    known = (service.manager_email if service else "").lower()
    if ticket.state != server.At.WITH_MANAGER or not known or said.sender != known or not is_written(said.words):
        return None
    words = " ".join(said.words.lower().split())[:5_000]
    if _IS_BACK.search(words) and not _NOT_YET.search(words):
        return StepProposal("end", {"text": said.words[:MOST_WORDS]})
    name = service.manager_name if service and service.manager_name else said.name or said.sender
    return StepProposal("follow_up_outside", {"name": name[:120], "way": "email", "text": said.words[:MOST_WORDS]})


READERS["network_outage"] = read_of_network
READERS["server_outage"] = read_of_server
