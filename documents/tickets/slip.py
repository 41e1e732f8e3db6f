"""What is handed over with a new ticket: number, access code, QR and WhatsApp link."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from flask_babel import gettext as _

from models.base.phone import whatsapp_digits
from models.tickets.ticket import Ticket
from models.tickets.ticket_keys import code_of, link_of, status_url


@dataclass(frozen=True)
class SlipFacts:
    """Plain texts and two addresses; `qr` is an SVG as a data URI that leads to the status page."""

    number: str
    code: str
    status_url: str
    link: str
    qr: str
    whatsapp: str


def slip_facts(ticket: Ticket) -> SlipFacts:
    """The slip of a ticket. The link opens the ticket by itself; the QR leads to the page that asks for the code."""
    code, page = code_of(ticket), status_url(ticket)
    words = _(
        "Nomor tiket Anda %(number)s, kode akses %(code)s. Ikuti di %(page)s",
        number=ticket.number,
        code=code,
        page=page,
    )
    phone = whatsapp_digits(ticket.requester_phone)
    return SlipFacts(
        ticket.number, code, page, link_of(ticket), qr_of(page), f"https://wa.me/{phone}?text={quote(words)}"
    )


def qr_of(text: str) -> str:
    """A QR code as an SVG data URI."""
    import segno  # noqa: PLC0415  # a megabyte, for a picture that few pages show

    return segno.make(text, error="m").svg_data_uri(scale=4, border=2)
