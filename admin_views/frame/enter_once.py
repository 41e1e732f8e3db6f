"""Opens a ticket from an entry form of the panel, once; after Back or a second click it leads to the first."""

from __future__ import annotations

from collections.abc import Sequence

from flask import flash
from flask_babel import gettext as _

from admin_views.frame.after_step import say
from gateways.files.file_store import StoredFile
from mails.queue import collected
from models.tickets.ticket import Ticket
from procedures.base.form_fields import StepForm
from procedures.engine.declaration import Actor
from procedures.engine.take_step import open_once
from web import opened_here


def enter_once(
    procedure: str, step: str, by: Actor, form: StepForm, nonce: str | None, files: Sequence[StoredFile] = ()
) -> Ticket:
    """The new ticket, or the one that this form or these very words opened before, with what is new added as a note.

    Raises StepRefused as open_once does.
    """
    form.nonce = nonce
    if first := opened_here.same(procedure, form, files):
        flash(_("Isian yang sama persis sudah tercatat; inilah tiketnya."), "success")
        return first
    with collected() as found:
        opened = open_once(procedure, step, by, form, nonce=nonce, files=files)
    opened_here.remember(opened.ticket, form, files)
    if opened.added:
        flash(_("Formulir ini sudah tercatat; yang berbeda kali ini menjadi catatan internal tiketnya."), "success")
    else:
        found.silent = [to for to in found.silent if to.audience not in ("requester", "unit")]  # the slip is for them
        say(_("Tercatat dengan nomor %(number)s.", number=opened.ticket.number), found, by)
    return opened.ticket
