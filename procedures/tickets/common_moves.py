"""The moves that every procedure has (take, reply, hand over, hold …); complete() gives them to one."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from mails.tickets import notices
from models.base.db import db, utcnow
from models.organisation.roles import Role
from models.organisation.staff import Group, GroupMember, Staff
from models.tickets.merge import MERGED
from models.tickets.ticket import Participant, Pause, Ticket
from procedures.engine import catalog, take_step
from procedures.engine.declaration import Actor, Outcome, Who
from procedures.engine.step_facts import also, needs, says, tells
from procedures.tickets import checklist, copying, forms, labelling, mending, merging, splitting
from procedures.tickets.common_declaration import COMMON_MOVES, DESK, WORKERS, Adoption, common_move
from procedures.tickets.promised import escalation

IN_ORDER = (
    __name__,
    labelling.__name__,
    mending.__name__,
    checklist.__name__,
    merging.__name__,
    copying.__name__,
    splitting.__name__,
    escalation.__name__,
)


def complete(adoption: Adoption) -> None:
    """Give a procedure the common moves after its own steps, and put it into the catalogue."""
    for move in (each for module in IN_ORDER for each in COMMON_MOVES[module]):
        if step := move.step(adoption):
            adoption.procedure.add(step)
    catalog.register(adoption.procedure)


def is_not_mine(ticket: Ticket, by: Actor) -> bool:
    return by.staff is None or ticket.assignee_id != by.staff.id


def is_running(ticket: Ticket, _by: Actor) -> bool:
    return ticket.pause is None


def is_paused(ticket: Ticket, _by: Actor) -> bool:
    return ticket.pause is not None


def nobody_has_it(ticket: Ticket, by: Actor) -> bool:
    """A complaint under way without a person, as after a hand-over; other procedures name their people by steps."""
    return ticket.assignee_id is None and "follow_up" in catalog.get(ticket.procedure).steps


ANSWERED_BY = {"follow_up": is_running, "take": nobody_has_it}  # who answers takes it and starts C5


@common_move(_l("Ambil"), WORKERS)
@needs(is_not_mine, _l("Tiket ini sudah Anda pegang."))
@says(_l("Anda menjadi petugas tiket ini."))
@also(kind="system", writes=("assignee",))
def take(ticket: Ticket, by: Actor, form: None) -> Outcome:
    """A member of the group takes the ticket into their own hands."""
    ticket.assignee_id = by.staff.id
    return Outcome(text="")


@common_move(_l("Tugaskan"), WORKERS)
@tells(notices.assigned, Who.ASSIGNEE, told_as=_l("petugas yang ditunjuk"))
@says(_l("Menunjuk petugas tiket ini."))
@also(kind="system", writes=("assignee",))
def assign(ticket: Ticket, by: Actor, form: forms.AssignForm) -> Outcome:
    """The ticket is given to a named person."""
    person = db.session.get_one(Staff, form.assignee.data)
    ticket.assignee = person
    ticket.assignee_id = person.id
    Participant.add(ticket.id, person.id)
    return Outcome(data={"assignee": person.name})


@common_move(_l("Serahkan ke kelompok lain"), DESK)
@tells(notices.handed_over, Who.MEMBER, told_as=_l("anggota kelompok yang dipilih"))
@says(_l("Tiket pindah ke kelompok yang lebih tepat."))
@also(kind="system", writes=("group", "assignee"))
def hand_over(ticket: Ticket, by: Actor, form: forms.HandOverForm) -> Outcome:
    """The ticket goes to another group; who worked on it keeps the right to read it."""
    group = db.session.get_one(Group, form.group.data)
    before = ticket.group.name
    for staff_id in {ticket.assignee_id, by.staff.id if by.staff else None} - {None}:
        Participant.add(ticket.id, staff_id)  # type: ignore[arg-type]  # None is taken out
    ticket.group, ticket.group_id = group, group.id
    if ticket.assignee_id is not None and db.session.get(GroupMember, (group.id, ticket.assignee_id)) is None:
        ticket.assignee, ticket.assignee_id = None, None
    return Outcome(data={"from_group": before, "to_group": group.name})


@common_move(_l("Balas"), WORKERS + (Role.OPERATOR, Role.HEAD_OF_CENTRE))
@tells(notices.replied, Who.REQUESTER)
@says(_l("Dikirim ke pemohon dan tampil di halaman tiket."))
@also(is_public=True, is_quiet=True, kind="reply", first=ANSWERED_BY)
def reply(ticket: Ticket, by: Actor, form: forms.TextForm) -> None:
    """Public words to the requester, by mail and on the status page."""


@common_move(_l("Catatan internal"), DESK)
@says(_l("Hanya petugas yang membacanya."))
@also(is_quiet=True, kind="note")
def note(ticket: Ticket, by: Actor, form: forms.NoteForm) -> None:
    """Internal words that nobody outside sees."""


@common_move(_l("Lampirkan berkas"), DESK)
@says(_l("Berkas internal, tidak dilihat pemohon."))
@also(kind="note")
def attach(ticket: Ticket, by: Actor, form: forms.AttachForm) -> None:
    """Files are added to the folder for the staff."""


@common_move(_l("Tanya pemohon"), WORKERS)
@needs(is_running, _l("Tiket ini sedang menunggu atau ditunda."))
@tells(notices.asked, Who.REQUESTER)
@says(_l("Waktu berhenti sampai pemohon menjawab."))
@also(is_public=True, kind="reply", first=ANSWERED_BY)
def ask_requester(ticket: Ticket, by: Actor, form: forms.AskForm) -> None:
    """A question goes to the requester; the clock stands still until the answer."""
    take_step.pause(ticket, Pause.REQUESTER, form.text.data)


@common_move(_l("Tunda"), WORKERS)
@needs(is_running, _l("Tiket ini sedang menunggu atau ditunda."))
@says(_l("Waktu berhenti dengan alasan yang tercatat."))
@also(kind="system")
def hold(ticket: Ticket, by: Actor, form: forms.ReasonForm) -> None:
    """The ticket is held, with the reason on record."""
    take_step.pause(ticket, Pause.HOLD, form.reason.data)


@common_move(_l("Lanjutkan"), WORKERS)
@needs(is_paused, _l("Tiket ini tidak sedang menunggu."))
@says(_l("Waktu berjalan lagi."))
@also(kind="system")
def carry_on(ticket: Ticket, by: Actor, form: None) -> Outcome:
    """Waiting or holding ends; the working time that was left is still left."""
    take_step.resume(ticket)
    return Outcome(text="")


@common_move(_l("Jawab"), (Who.REQUESTER,), lambda adoption: ((*adoption.open, *adoption.merged_ones), ()))
@tells(notices.answered, Who.ASSIGNEE)
@also(is_quiet=True, kind="answer")
def answer(ticket: Ticket, by: Actor, form: forms.TextForm) -> None:
    """The requester's words, with files; a clock that waited for them runs again.

    On a merged ticket that is the clock of the ticket that it was merged into, whose question went to both.
    """
    if ticket.state == MERGED:
        merging.wake_target(ticket)
    elif ticket.pause == Pause.REQUESTER:
        take_step.resume(ticket)


@common_move(_l("Batalkan"), DESK, lambda adoption: adoption.ends(adoption.cancelled))
@tells(notices.cancelled, Who.REQUESTER)
@says(_l("Tiket berakhir atas permintaan pemohon; alasannya dikirim ke pemohon."))
@also(is_public=True, is_danger=True)
def cancel(ticket: Ticket, by: Actor, form: forms.PublicReasonForm) -> None:
    """The ticket ends because the requester no longer wants it; the reason is told."""
    take_step.resume(ticket)


@common_move(_l("Tolak"), DESK, lambda adoption: adoption.ends(adoption.refused))
@tells(notices.refused, Who.REQUESTER)
@says(_l("Tiket berakhir; alasan Anda dikirim ke pemohon."))
@also(is_public=True, is_danger=True)
def refuse(ticket: Ticket, by: Actor, form: forms.PublicReasonForm) -> None:
    """The centre refuses, with a reason that the requester reads."""
    take_step.resume(ticket)


def resolve(ticket: Ticket, by: Actor, form: forms.ResolveForm) -> Outcome:
    """Cause and solution are recorded and the requester is told; silence closes the ticket later."""
    take_step.resume(ticket)
    ticket.cause, ticket.solution = form.cause.data or "", form.solution.data
    ticket.resolved_at, ticket.warned_at = utcnow(), None
    if ticket.assignee_id is None and by.staff is not None:
        ticket.assignee_id = by.staff.id
    return Outcome(text=form.solution.data, data={"cause": ticket.cause})
