"""The slip with number and access code, shown to the holder as often as they like."""

from __future__ import annotations

from urllib.parse import quote

from flask import redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from models.tickets.ticket import Ticket
from models.tickets.ticket_keys import code_of, status_url
from procedures.engine import catalog
from public.frame.blueprint import site
from public.tickets.holder import holds
from public.tickets.holder_steps import row_of
from public.tickets.lookup import unknown_page
from public.tickets.status import holder_ticket


@site.get("/tiket/<number>/bukti")
def receipt(number: str) -> ResponseReturnValue:
    """C3 on screen: number, code, links and the slip to print."""
    row = row_of(number)
    if row is None:
        return unknown_page(number[:60])
    if not holds(row.id, row.link_generation, row.closed_at):
        return redirect(f"/tiket/{row.number}", 303)
    ticket = holder_ticket(row.number)
    procedure = catalog.get(ticket.procedure)
    return render_template(
        "public/tickets/receipt.html",
        ticket=ticket,
        procedure=procedure,
        code=_code(ticket),
        link=status_url(ticket),
        qr=qr_of(status_url(ticket), _("Kode QR ke halaman tiket")),
        whatsapp=f"https://wa.me/?text={quote(_words(ticket))}",
        email=masked_email(ticket.requester_email),
    )


def _code(ticket: Ticket) -> str:
    """The access code, or nothing when the key that made it is gone."""
    try:
        return code_of(ticket)
    except KeyError:
        return ""


def _words(ticket: Ticket) -> str:
    return _("Nomor tiket saya %(number)s. Ikuti di %(link)s", number=ticket.number, link=status_url(ticket))


def qr_of(text: str, title: str) -> Markup:
    """The text as a QR code in one inline SVG, black on white in every colour scheme."""
    import segno  # noqa: PLC0415  # a megabyte, for a picture that few pages show

    code = segno.make(text, error="m", micro=False)
    drawn = code.svg_inline(scale=4, border=3, dark="#000", light="#fff", title=title, omitsize=True, svgclass="pk-qr")
    return Markup(drawn)  # made by us from our own address


def masked_email(email: str) -> str:
    """a***@mhs.example: enough to recognise one's own address."""
    name, at, host = email.partition("@")
    return f"{name[:1]}***@{host}" if at else ""
