"""The outage's parts of the workbench: reach, promises, calls, checks and reports at the side; it moves nothing."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from flask_babel import gettext as _
from sqlalchemy import select

from admin_views.base import person
from admin_views.bench_parts import PAPERS
from mails.recipients import why_told
from models.db import db
from models.incident import BRANCHES, OUTAGE_PROCEDURES, Outage, it_managers, tied_to
from models.ticket import Ticket, visible_to
from models.told import OutageTold


def papers(ticket: Ticket) -> dict[str, Any] | None:
    outage = db.session.get(Outage, ticket.id)
    if outage is None:
        return None
    managers = it_managers(unit.id for unit in outage.units)
    said = {call.contact_id: call for call in outage.calls if call.contact_id}
    return {
        "outage": outage,
        "branch": BRANCHES[outage.branch],
        "managers": [(contact, whatsapp(contact.phone, outage), said.get(contact.id)) for contact in managers],
        **_tied(ticket),
        "probes": list(reversed(outage.probes))[:6],
    }


def _tied(ticket: Ticket) -> dict[str, Any]:
    """Tied complaints and people told, as far as this person may see their tickets (the row rule)."""
    tied = tied_to([ticket.id])
    seen = set(db.session.scalars(select(Ticket.id).where(Ticket.incident_id == ticket.id, visible_to(person()))))
    hidden = {each.number for each in tied if each.id not in seen}
    return {
        "tied": [each for each in tied if each.id in seen],
        "tied_elsewhere": len(hidden),
        "told": [row for row in OutageTold.of(ticket.id) if row.detail not in hidden],
        "why": why_told,
    }


def whatsapp(phone: str, outage: Outage) -> str:
    """A link that opens WhatsApp with the words filled in; nothing where the number is none."""
    digits = "".join(character for character in phone if character.isdigit())
    if len(digits) < 9:
        return ""
    number = f"62{digits[1:]}" if digits.startswith("0") else digits
    words = _("Selamat pagi, kami dari Pustikom. Jaringan di unit Anda terganggu. Mohon periksa listrik dan perangkat.")
    return f"https://wa.me/{number}?text={quote(words)}"


for _procedure in OUTAGE_PROCEDURES:
    PAPERS[_procedure] = ("admin/ticket/outage_papers.html", papers)
