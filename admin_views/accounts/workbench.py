"""What the workbench shows of a unit's e-mail request: the address asked for, whom to call, what to say (E4)."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from admin_views.tickets.workbench.workbench_parts import BASIS, EVENT_FACTS, RESULT_WORDS, SIDE
from models.accounts.directory_change import DirectoryChange
from models.accounts.email_request import EmailRequest
from models.accounts.first_password import spelled_address
from models.accounts.one_time_link import OneTimeLink
from models.base.columns.shown import Shown
from models.base.db import db
from models.tickets.letter import letters_of_day, own_and_twins
from models.tickets.ticket import Event, Ticket
from procedures.accounts.password_forms import TOLD_WAYS
from procedures.tickets.letter_twins import letter_twins


def script(ticket: Ticket) -> dict[str, Shown] | None:
    """While the call is due: whom to call, what to say, how the address is spelled; before, what was proposed."""
    request = db.session.get(EmailRequest, ticket.id)
    if request is None or ticket.state not in ("telling", "unit_answer"):
        return None
    if ticket.state == "unit_answer":
        return {"request": request, "proposed": True}
    calls = select(Event).where(Event.ticket_id == ticket.id, Event.step == "record_call").order_by(Event.id)
    return {
        "request": request,
        "words": spelled_address(request.address),
        "link": _newest_link(ticket),
        "calls": list(db.session.scalars(calls)),
    }


def side(ticket: Ticket) -> dict[str, Shown] | None:
    """The letter, the address asked for and what became of it, the technical contact, and how they were told."""
    request = db.session.get(EmailRequest, ticket.id)
    if request is None:
        return None
    letter, twins = own_and_twins(ticket, db.session.scalars(letters_of_day(ticket)).unique().all())
    change = select(DirectoryChange).where(DirectoryChange.ticket_id == ticket.id).options(
        joinedload(DirectoryChange.account)
    )  # fmt: skip
    return {
        "request": request,
        "letter": letter,
        "twins": letter_twins(ticket, twins),
        "change": db.session.scalars(change.order_by(DirectoryChange.id.desc()).limit(1)).unique().first(),
        "link": _newest_link(ticket),
    }


def _newest_link(ticket: Ticket) -> OneTimeLink | None:
    query = select(OneTimeLink).where(OneTimeLink.ticket_id == ticket.id).order_by(OneTimeLink.id.desc())
    return db.session.scalars(query.limit(1)).first()


RESULT_WORDS.update({"told": _l("sudah dikabari"), "missed": _l("tidak tersambung")})
EVENT_FACTS.update(
    {
        "address": (_l("Alamat"), str),
        "contact": (_l("Kontak teknis"), str),
        "called": (_l("Dihubungi"), str),
        "told_by": (_l("Disampaikan"), lambda way: TOLD_WAYS.get(way, "")),
        "match": (_l("Hasil"), lambda is_match: _("cocok") if is_match else _("tidak cocok")),
    }
)
BASIS["unit_email"] = ("admin/accounts/email_script.html", script)
SIDE["unit_email"] = ("admin/accounts/workbench_email.html", side)
