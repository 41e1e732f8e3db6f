"""The desks of a complaint (C), what each waits for, and what must hold before some of its steps."""

from __future__ import annotations

from datetime import timedelta

from flask import has_app_context
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from models.base import setting
from models.base.db import utcnow
from models.base.wording import Words
from models.tickets.label import items_of
from models.tickets.mailbox import is_mail_connected
from models.tickets.ticket import Ticket
from procedures.engine.declaration import ENDS, Actor, Awaits, State
from procedures.engine.procedure import Procedure
from procedures.tickets.common_declaration import Adoption


class At(State):
    """The desks of a complaint."""

    SCREENING = "screening", _l("Diperiksa operator"), "C2", Awaits("accept", _l("Periksa kiriman"))
    RECEIVED = "received", _l("Diterima"), "C3", Awaits("hand_out_number")
    NUMBERED = "numbered", _l("Menunggu pembagian"), "C4", Awaits("distribute")
    WITH_GROUP = "with_group", _l("Menunggu petugas"), "C5", Awaits("follow_up")
    IN_PROGRESS = "in_progress", _l("Dikerjakan"), "C5", Awaits("resolve")
    RESOLVED = "resolved", _l("Selesai"), "C6", Awaits("confirm")
    CLOSED = "closed", _l("Ditutup"), "C6", ENDS
    CANCELLED = "cancelled", _l("Dibatalkan"), "C6", ENDS
    MERGED = "merged", _l("Digabung ke tiket lain"), "C6", ENDS
    REFUSED = "refused", _l("Ditolak"), "C6", ENDS
    DISCARDED = "discarded", _l("Dibuang"), "C2", ENDS


def where_mail_is_read(with_mail: Words, without: Words) -> LazyString:
    """The paper names the form and mail: nobody is invited to write where no mailbox is connected."""
    return LazyString(lambda: str(with_mail if not has_app_context() or is_mail_connected() else without))


C = Procedure(
    "complaint",
    letter="C",
    slug="pengaduan",
    title=_l("Pengaduan TIK"),
    states=At,
    form_path="/pengaduan",
    icon="chat",
    summary=where_mail_is_read(
        _l("Masalah apa pun: lewat formulir, email, telepon, atau datang langsung."),
        _l("Masalah apa pun: lewat formulir, telepon, atau datang langsung."),
    ),
)
COMMON = Adoption(
    C,
    cancelled=At.CANCELLED,
    refused=At.REFUSED,
    merged=At.MERGED,
    merges_from=(At.WITH_GROUP, At.IN_PROGRESS, At.RESOLVED),
)


def may_be_reopened(ticket: Ticket, _by: Actor) -> bool:
    until = ticket.may_reopen_until
    return until is not None and utcnow() <= until


def is_unrated(ticket: Ticket, _by: Actor) -> bool:
    return ticket.rating is None


def is_checklist_done(ticket: Ticket, _by: Actor) -> bool:
    """Routine work ends when each line of its checklist is done; elsewhere the list is a reminder."""
    return ticket.channel != "schedule" or all(item.done_at for item in items_of(ticket.id))


def is_due_to_close(ticket: Ticket, _by: Actor) -> bool:
    days = int(setting.get("close_after_days"))
    return ticket.resolved_at is not None and ticket.resolved_at <= utcnow() - timedelta(days=days)
