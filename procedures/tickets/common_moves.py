"""The moves that every procedure has (take, reply, hand over, hold …); adopt_common() gives them to one."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from mails.tickets import notices
from models.base.db import db, utcnow
from models.organisation.roles import Role
from models.organisation.staff import Group, GroupMember, Staff
from models.tickets.merge import MERGED
from models.tickets.ticket import Participant, Pause, Ticket
from procedures.engine import catalog, take_step
from procedures.engine.declaration import Actor, Outcome, Procedure, State, Step, Who
from procedures.tickets import forms, labelling, mending, merging
from procedures.tickets.common_declaration import COMMON_MOVES, DESK, LATER_MOVES, WORKERS, common_move

MOVES_APART = (labelling, mending)  # imported for the moves they declare


def adopt_common(
    procedure: Procedure,
    cancelled: State | None = None,
    refused: State | None = None,
    no_end_in: tuple[State, ...] = (),
    merged: State | None = None,
    merges_from: tuple[State, ...] = (),
) -> None:
    """Give a procedure the common moves, open in each of its open states.

    Cancelling and refusing are given where the procedure names the state they lead to, and not in the states
    `no_end_in`, where something outside is under way that no click can take back. Merging into another ticket is
    given where the procedure names the state of a merged one, out of the states `merges_from`.
    """
    ends = {"cancel": cancelled, "refuse": refused}
    may_end = tuple(state for state in procedure.open_states if state not in no_end_in)
    for facts in [*COMMON_MOVES, *LATER_MOVES]:
        end = ends.get(facts["name"])
        if facts["name"] in ends and end is None:
            continue
        sources = may_end if end else procedure.open_states
        procedure.add(Step(number=None, sources=sources, targets=(end,) if end else (), is_common=True, **facts))
    if merged is not None:
        merging.adopt_merging(procedure, merged, merges_from)


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


@common_move(
    _l("Ambil"),
    WORKERS,
    needs={_l("Tiket ini sudah Anda pegang."): is_not_mine},
    says=_l("Anda menjadi petugas tiket ini."),
    writes=("assignee",),
    is_public=False,
    kind="system",
)
def take(ticket: Ticket, by: Actor, form: Any) -> Outcome:
    """A member of the group takes the ticket into their own hands."""
    ticket.assignee_id = by.staff.id
    return Outcome(text="")


@common_move(
    _l("Tugaskan"),
    WORKERS,
    asks=forms.AssignForm,
    tells={Who.ASSIGNEE: notices.assigned},
    told_as={Who.ASSIGNEE: _l("petugas yang ditunjuk")},
    says=_l("Menunjuk petugas tiket ini."),
    writes=("assignee",),
    is_public=False,
    kind="system",
)
def assign(ticket: Ticket, by: Actor, form: forms.AssignForm) -> Outcome:
    """The ticket is given to a named person."""
    person = db.session.get_one(Staff, form.assignee.data)
    ticket.assignee = person
    ticket.assignee_id = person.id
    Participant.add(ticket.id, person.id)
    return Outcome(data={"assignee": person.name})


@common_move(
    _l("Serahkan ke kelompok lain"),
    DESK,
    asks=forms.HandOverForm,
    tells={Who.MEMBER: notices.handed_over},
    told_as={Who.MEMBER: _l("anggota kelompok yang dipilih")},
    says=_l("Tiket pindah ke kelompok yang lebih tepat."),
    writes=("group", "assignee"),
    is_public=False,
    kind="system",
)
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


@common_move(
    _l("Balas"),
    WORKERS + (Role.OPERATOR, Role.HEAD_OF_CENTRE),
    asks=forms.TextForm,
    tells={Who.REQUESTER: notices.replied},
    says=_l("Dikirim ke pemohon dan tampil di halaman tiket."),
    kind="reply",
    is_quiet=True,
    first=ANSWERED_BY,
)
def reply(ticket: Ticket, by: Actor, form: forms.TextForm) -> None:
    """Public words to the requester, by mail and on the status page."""


@common_move(
    _l("Catatan internal"),
    DESK,
    asks=forms.NoteForm,
    says=_l("Hanya petugas yang membacanya."),
    kind="note",
    is_public=False,
    is_quiet=True,
)
def note(ticket: Ticket, by: Actor, form: forms.NoteForm) -> None:
    """Internal words that nobody outside sees."""


@common_move(
    _l("Lampirkan berkas"),
    DESK,
    asks=forms.AttachForm,
    says=_l("Berkas internal, tidak dilihat pemohon."),
    kind="note",
    is_public=False,
)
def attach(ticket: Ticket, by: Actor, form: forms.AttachForm) -> None:
    """Files are added to the folder for the staff."""


@common_move(
    _l("Tanya pemohon"),
    WORKERS,
    asks=forms.AskForm,
    tells={Who.REQUESTER: notices.asked},
    kind="reply",
    first=ANSWERED_BY,
    says=_l("Waktu berhenti sampai pemohon menjawab."),
    needs={_l("Tiket ini sedang menunggu atau ditunda."): is_running},
)
def ask_requester(ticket: Ticket, by: Actor, form: forms.AskForm) -> None:
    """A question goes to the requester; the clock stands still until the answer."""
    take_step.pause(ticket, Pause.REQUESTER, form.text.data)


@common_move(
    _l("Tunda"),
    WORKERS,
    asks=forms.ReasonForm,
    is_public=False,
    kind="system",
    says=_l("Waktu berhenti dengan alasan yang tercatat."),
    needs={_l("Tiket ini sedang menunggu atau ditunda."): is_running},
)
def hold(ticket: Ticket, by: Actor, form: forms.ReasonForm) -> None:
    """The ticket is held, with the reason on record."""
    take_step.pause(ticket, Pause.HOLD, form.reason.data)


@common_move(
    _l("Lanjutkan"),
    WORKERS,
    is_public=False,
    kind="system",
    says=_l("Waktu berjalan lagi."),
    needs={_l("Tiket ini tidak sedang menunggu."): is_paused},
)
def carry_on(ticket: Ticket, by: Actor, form: Any) -> Outcome:
    """Waiting or holding ends; the working time that was left is still left."""
    take_step.resume(ticket)
    return Outcome(text="")


@common_move(
    _l("Jawab"),
    (Who.REQUESTER,),
    asks=forms.TextForm,
    tells={Who.ASSIGNEE: notices.answered},
    kind="answer",
    is_quiet=True,
)
def answer(ticket: Ticket, by: Actor, form: forms.TextForm) -> None:
    """The requester's words, with files; a clock that waited for them runs again.

    On a merged ticket that is the clock of the ticket that it was merged into, whose question went to both.
    """
    if ticket.state == MERGED:
        merging.wake_target(ticket)
    elif ticket.pause == Pause.REQUESTER:
        take_step.resume(ticket)


@common_move(
    _l("Batalkan"),
    DESK,
    asks=forms.PublicReasonForm,
    tells={Who.REQUESTER: notices.cancelled},
    is_danger=True,
    says=_l("Tiket berakhir atas permintaan pemohon; alasannya dikirim ke pemohon."),
)
def cancel(ticket: Ticket, by: Actor, form: forms.PublicReasonForm) -> None:
    """The ticket ends because the requester no longer wants it; the reason is told."""
    take_step.resume(ticket)


@common_move(
    _l("Tolak"),
    DESK,
    asks=forms.PublicReasonForm,
    tells={Who.REQUESTER: notices.refused},
    is_danger=True,
    says=_l("Tiket berakhir; alasan Anda dikirim ke pemohon."),
)
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
