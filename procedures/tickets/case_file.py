"""Gathers a whole ticket for its case file, as staff may read it or as its requester may."""

from __future__ import annotations

from documents.document import Composed
from documents.pictures import with_pictures
from documents.tickets.case_file import CaseEvent, CaseFact, CaseFile, CasePart, ListedDocument, compose_case_file
from models.base.wording import local, rupiah
from models.tickets.issued_document import documents_of
from models.tickets.ticket import Event, Ticket
from procedures.base.documents import identity, letterhead
from procedures.engine import catalog
from procedures.engine.take_step import label_of, state_of


def case_file(ticket: Ticket, internal: bool) -> Composed:
    """The folder as it is now. The public edition holds public events only, and no name of staff."""
    events = [event for event in ticket.events if internal or event.is_public or event.number]
    documents = documents_of(ticket, public_only=not internal)
    case = CaseFile(
        ticket_number=ticket.number,
        service=str(catalog.get(ticket.procedure).title),
        subject=ticket.subject,
        state=str(state_of(ticket).label),
        requester=ticket.requester_name,
        unit=ticket.unit.name if ticket.unit else "",
        opened_at=ticket.received_at,
        closed_at=ticket.closed_at,
        documents=tuple(
            ListedDocument(p.title, p.number, local(p.issued_at).date(), rupiah(p.total_rp) if p.total_rp else "")
            for p in documents
        ),
        parts=(CasePart("Permohonan", (CaseFact("Perihal", ticket.subject), CaseFact("Isi", ticket.description))),),
        events=tuple(_event(ticket, event, internal) for event in events),
        signatures=(),
        internal=internal,
    )
    return with_pictures(compose_case_file(identity("Berkas Tiket", ""), letterhead(), case))


def _event(ticket: Ticket, event: Event, internal: bool) -> CaseEvent:
    shows_words = internal or event.is_public
    return CaseEvent(
        at=event.at,
        step=event.number,
        label=label_of(ticket, event.step),
        by=event.actor_name if internal else "",
        text=event.text if shows_words else "",
        internal=internal and not event.is_public,
    )
