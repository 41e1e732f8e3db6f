"""Puts a colleague of the requester in copy: asked for by requester or staff, confirmed by link, ended by any of them.

Who is in copy gets the mails that the requester gets and may read the status page; files, forms and the access code
stay the requester's. Nothing but the number of the ticket goes to an address that has not confirmed. Offered by every
procedure but those of NOBODY_IN_COPY; whoever is in copy of a tied complaint hears of the outage as its requester does.
"""

from __future__ import annotations

from datetime import timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, func, select

from mails.queue import queue
from mails.recipients import Recipient
from models.base.counter import count_up
from models.base.db import db, utcnow
from models.base.wording import Words
from models.tickets.copied_person import CopiedPerson, copied_of
from models.tickets.outbox import Mail, MailState
from models.tickets.ticket import Ticket
from procedures.base.form_fields import StepForm, email_field, line_field
from procedures.engine.declaration import Actor, Outcome, Who
from procedures.engine.questions import StepRefused
from procedures.engine.step_facts import also, says
from procedures.tickets.common_declaration import DESK, Adoption, Leads, common_move

MOST = 5  # at once on a ticket
MOST_EVER = 15  # so that no ticket is a way to write to many
MOST_A_DAY = 3  # questions to one address, whoever asks


# Why nobody can be put in copy of a procedure's tickets, by its key; the pages say it.
NOBODY_IN_COPY: dict[str, Words] = {
    "password_change": _l("Bukti diri dan password hanya urusan pemilik akun, jadi tidak ada yang ikut dikabari."),
}


class CopyForm(StepForm):
    """Who shall be told too."""

    name = line_field(_l("Nama"), 120)
    email = email_field(_l("Email"))


class EndCopyForm(StepForm):
    """Whose copy ends, by the id of its row."""

    copy = line_field(_l("Orang"), 10)


def _while_open(adoption: Adoption) -> Leads:
    return None if adoption.procedure.key in NOBODY_IN_COPY else (adoption.open, ())


def _always(adoption: Adoption) -> Leads:
    return None if adoption.procedure.key in NOBODY_IN_COPY else (tuple(adoption.procedure.states), ())


@common_move(_l("Ikut dikabari"), (Who.REQUESTER, *DESK), _while_open)
@says(_l("Ia ditanya lewat email dulu, dan baru dikabari setelah menjawab ya."))
@also(is_public=False, is_quiet=True, kind="system", submit=_l("Tanyakan lewat email"))
def add_copy(ticket: Ticket, by: Actor, form: CopyForm) -> Outcome:
    """Somebody is to be told what the requester is told; they are asked by mail first."""
    email = form.email.data.lower()
    present = copied_of([ticket.id])
    ever = db.session.scalar(select(func.count()).where(CopiedPerson.ticket_id == ticket.id)) or 0
    if email == ticket.requester_email.lower():
        _refuse(form, _("Alamat ini milik pemohon sendiri."))
    if any(each.email == email for each in present):
        _refuse(form, _("Alamat ini sudah ada di daftar."))
    if len(present) >= MOST:
        _refuse(form, _("Paling banyak %(n)s orang. Keluarkan salah satu dahulu.", n=MOST))
    if ever >= MOST_EVER:
        _refuse(form, _("Sudah %(n)s orang pernah diminta pada tiket ini. Tidak dapat ditambah lagi.", n=MOST_EVER))
    if count_up(f"copy:{email}"[:120], timedelta(days=1)) > MOST_A_DAY:
        _refuse(form, _("Alamat ini sudah terlalu sering diminta hari ini. Coba lagi besok."))
    row = CopiedPerson(ticket_id=ticket.id, name=form.name.data, email=email, language=ticket.language, ticket=ticket)
    row.added_by_id = by.staff.id if by.staff else None
    db.session.add(row)
    db.session.flush()
    to = Recipient(row.email, row.name, row.language, audience="copied")
    queue("copy_asked", ticket, to, {"copy": row.id})
    return Outcome(text="", data={"copied": str(row)})


@common_move(_l("Bersedia dikabari"), (Who.PRODUCT,), _always)
def confirm_copy(ticket: Ticket, by: Actor, form: int) -> Outcome:
    """Whoever was asked has opened the link at that address and said yes."""
    row = _row(ticket, form)
    row.confirmed_at = row.confirmed_at or utcnow()
    return Outcome(text="", data={"copied": str(row)})


@common_move(_l("Berhenti dikabari"), (Who.REQUESTER, *DESK), _always)
@also(is_public=False, is_quiet=True, kind="system")
def remove_copy(ticket: Ticket, by: Actor, form: EndCopyForm) -> Outcome:
    """Requester or staff end a copy; its link ends with it."""
    typed = form.copy.data
    return _end(ticket, int(typed) if typed.isascii() and typed.isdecimal() else 0)


@common_move(_l("Tidak mau dikabari"), (Who.PRODUCT,), _always)
def leave_copy(ticket: Ticket, by: Actor, form: int) -> Outcome:
    """Whoever is in copy wants to be told no more, or never wanted it."""
    return _end(ticket, form)


def _row(ticket: Ticket, ident: int) -> CopiedPerson:
    row = db.session.get(CopiedPerson, ident) if 0 < ident < 2**31 else None
    if row is None or row.ticket_id != ticket.id or row.ended_at is not None:
        raise StepRefused(
            _("Orang ini tidak ada lagi di daftar. Buka lagi halamannya untuk melihat daftarnya sekarang."), "need"
        )
    return row


def _end(ticket: Ticket, ident: int) -> Outcome:
    row = _row(ticket, ident)
    row.ended_at = utcnow()
    waiting = Mail.state.in_((MailState.QUEUED, MailState.HELD))
    db.session.execute(delete(Mail).where(Mail.ticket_id == ticket.id, Mail.recipient == row.email, waiting))
    return Outcome(text="", data={"copied": str(row)})


def _refuse(form: CopyForm, sentence: str) -> None:
    form.email.errors = [sentence]
    raise StepRefused(sentence, "form", form)
