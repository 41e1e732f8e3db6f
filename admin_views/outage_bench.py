"""The outage's parts of the workbench: reach, promises, calls, checks and reports at the side; it moves nothing."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from flask_babel import gettext as _

from admin_views.bench_parts import PAPERS
from models.db import db
from models.incident import BRANCHES, OUTAGE_PROCEDURES, Outage, it_managers, tied_to
from models.ticket import Ticket


def papers(ticket: Ticket) -> dict[str, Any] | None:
    outage = db.session.get(Outage, ticket.id)
    if outage is None:
        return None
    managers = it_managers(unit.id for unit in outage.units)
    return {
        "outage": outage,
        "branch": BRANCHES[outage.branch],
        "managers": [(person, whatsapp(person.phone, outage)) for person in managers],
        "tied": tied_to([ticket.id]),
        "probes": list(reversed(outage.probes))[:6],
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
