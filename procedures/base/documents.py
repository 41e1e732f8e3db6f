"""Issues a printed document for any procedure: letterhead, number, code and data are fixed here, once."""

from __future__ import annotations

from collections.abc import Callable

from flask import current_app
from flask_babel import force_locale

from documents.document import Composed, Identity, Letterhead, Signature
from models.base import setting
from models.base.db import db, utcnow
from models.organisation.emblem import emblem_in_force
from models.organisation.staff import Staff
from models.tickets.issued_document import IssuedDocument, new_code
from models.tickets.ticket import Ticket

IN_INDONESIAN = force_locale("id")  # a document speaks the language of its form, whoever issues it


def letterhead() -> Letterhead:
    """Head of every document, from the settings in force."""
    return Letterhead(
        university=str(setting.get("university_name")),
        centre=f"{setting.get('centre_long_name')} ({setting.get('centre_name')})",
        address=str(setting.get("centre_address")),
        phone=f"Telepon {setting.get('centre_phone')}",
        email=str(setting.get("centre_email")),
        mark=str(setting.get("centre_name"))[:1],
        emblem=emblem.sha256 if (emblem := emblem_in_force()) else "",
    )


def identity(title: str, number: str, code: str = "", status: str = "") -> Identity:
    base_url = str(current_app.config["BASE_URL"])
    place = str(setting.get("paper_place"))
    return Identity(
        title=title,
        number=number,
        issued_at=utcnow().replace(microsecond=0),
        place=place,
        code=code,
        base_url=base_url,
        status=status,
    )


def signature(staff: Staff, on_behalf_of: str = "", caption: str = "") -> Signature:
    """Who signs; a delegate signs in the name that the event carries: "a.n. Pustikom, …"."""
    position = staff.position or "Petugas"
    words = on_behalf_of.split(",")[0].strip() if on_behalf_of else ""
    return Signature(position, staff.name, staff.staff_number, words, caption, number_kind=staff.number_kind)


def issue(
    ticket: Ticket,
    kind: str,
    title: str,
    number: str,
    compose: Callable[[Identity], Composed],
    *,
    total_rp: int | None = None,
    public: bool,
) -> IssuedDocument:
    """Keep a document as issued; `compose(identity)` gives what will be printed."""
    code = new_code()
    who = identity(title, number, code)
    printed: Composed = compose(who)
    document = IssuedDocument(
        ticket_id=ticket.id,
        kind=kind,
        title=title,
        number=number,
        code=code,
        issued_at=who.issued_at,
        total_rp=total_rp,
        is_public=public,
        template=printed.template,
        data=printed.data,
        stamp=printed.stamp,
    )
    db.session.add(document)
    db.session.flush()
    return document
