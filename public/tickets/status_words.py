"""The words of a status page: where the ticket stands, since when, until when, whose turn it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _

from models.base.columns.statement_types import Found
from models.base.db import utcnow
from models.base.wording import Words
from models.organisation.roles import Role
from models.tickets.ticket import REOPEN_DAYS, Pause, Ticket
from procedures.engine.declaration import By, Due, State, Step, Who
from procedures.engine.procedure import Procedure

HOLDER = (Who.REQUESTER, Who.UNIT)


@dataclass(frozen=True)
class Turn:
    """Whose turn it is, as a heading and a sentence."""

    title: str
    sentence: str
    is_yours: bool = False


def asked_of_holder(procedure: Procedure, state: State) -> list[Step]:
    """The written steps that the requester or the unit may take here with a form or button of the page.

    First those that move the ticket; what may be done besides (a new technical contact, E2) comes after them.
    """
    steps = [
        step
        for step in procedure.steps.values()
        if state in step.sources and not step.is_common and not step.is_quiet and any(w in step.by for w in HOLDER)
    ]
    return sorted(steps, key=lambda step: not step.targets)


def reopening_ends(ticket: Ticket | Found) -> datetime | None:
    """Until when the ticket may be reopened (C6), if that is still to come."""
    until = ticket.resolved_at + timedelta(days=REOPEN_DAYS) if ticket.resolved_at else None
    return until if until and until >= utcnow() else None


def whose_turn(ticket: Ticket | Found, procedure: Procedure, state: State, group: str) -> Turn:
    """Whose turn it is. `ticket` has pause and resolved_at; `group` is the name of its group."""
    if state.final:
        return _ended(ticket, state)
    if ticket.pause == Pause.REQUESTER:
        return Turn(
            _("Giliran Anda: jawab pertanyaan kami"), _("Penanganan berlanjut setelah jawaban Anda masuk."), True
        )
    if ticket.pause == Pause.HOLD:
        return Turn(
            _("Penanganan ditunda sementara"), _("Anda tidak perlu melakukan apa-apa. Kami kabari saat berlanjut.")
        )
    due = procedure.due_in(state)
    if due is not None and due.is_holders:
        yours = [step for step in asked_of_holder(procedure, state) if step.targets]
        what = _(" atau ").join(_lowered(step.label) for step in yours) or _lowered(due.label)
        sentence = yours[0].says if len(yours) == 1 else _("Kami menunggu tanggapan Anda.")
        return Turn(_("Giliran Anda: %(what)s", what=what), str(sentence), True)
    return Turn(
        _("Giliran kami: %(who)s", who=_people(due, group)),
        _("Anda tidak perlu melakukan apa-apa sekarang. Jawaban kami tampil di halaman ini."),
    )


def turn_of_merged(number: str) -> Turn:
    """Said on the page of a ticket that was merged into the one of this number."""
    return Turn(
        _("Digabung ke tiket %(number)s", number=number),
        _("Kedua laporan tentang hal yang sama. Perkembangan tiket itu tampil di sini; nomor Anda tetap berlaku."),
    )


def _ended(ticket: Ticket | Found, state: State) -> Turn:
    until = reopening_ends(ticket)
    if until:
        return Turn(
            _("Tiket ini sudah ditutup"), _("Masih ada masalah? Anda dapat membukanya kembali dengan kode akses.")
        )
    return Turn(
        _("Tiket ini sudah berakhir: %(state)s", state=_lowered(state.label)),
        _("Masalah baru? Buat pengaduan baru dan sebut nomor tiket ini."),
    )


def _people(due: Due | None, group: str) -> str:
    """The desks whose step is due: the group for its members, else the roles."""
    words = [word for by in (due.by if due else ()) if (word := _desk(by, group))]
    return _(" atau ").join(dict.fromkeys(words)) or group


def _desk(by: By, group: str) -> str:
    if by == Who.MEMBER:
        return group
    return str(by.label) if isinstance(by, Role) else ""


def _lowered(label: Words) -> str:
    text = str(label)
    return text[:1].lower() + text[1:] if text[1:2].islower() or text[1:2] == " " else text
