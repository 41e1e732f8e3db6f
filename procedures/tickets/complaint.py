"""C. ICT complaint (Layanan pengaduan TIK), line by line as on the paper."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import has_app_context
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm.attributes import set_committed_value

from mails.tickets import notices
from models.base import setting
from models.base.db import db, utcnow
from models.base.wording import today
from models.organisation.delegation import Absence
from models.organisation.roles import Division, Role
from models.organisation.staff import Group, GroupMember, Staff
from models.organisation.unit import unit_with_name
from models.tickets.category import category_with_group
from models.tickets.mailbox import is_mail_connected
from models.tickets.ticket import Ticket
from procedures.engine import catalog
from procedures.engine.declaration import Actor, Outcome, Procedure, State, Who, working_days
from procedures.tickets import common_moves, forms


class At(State):
    """The desks of a complaint."""

    SCREENING = "screening", _l("Diperiksa operator"), "C2"
    RECEIVED = "received", _l("Diterima"), "C3"
    NUMBERED = "numbered", _l("Menunggu pembagian"), "C4"
    WITH_GROUP = "with_group", _l("Menunggu petugas"), "C5"
    IN_PROGRESS = "in_progress", _l("Dikerjakan"), "C5"
    RESOLVED = "resolved", _l("Selesai"), "C6"
    CLOSED = "closed", _l("Ditutup"), "C6", True
    CANCELLED = "cancelled", _l("Dibatalkan"), "C6", True
    MERGED = "merged", _l("Digabung ke tiket lain"), "C6", True
    REFUSED = "refused", _l("Ditolak"), "C6", True
    DISCARDED = "discarded", _l("Dibuang"), "C2", True


def _where_mail_is_read(with_mail: Any, without: Any) -> Any:
    """The paper names the form and mail: nobody is invited to write where no mailbox is connected."""
    return LazyString(lambda: str(with_mail if not has_app_context() or is_mail_connected() else without))


procedure = Procedure(
    "complaint",
    letter="C",
    slug="pengaduan",
    title=_l("Pengaduan TIK"),
    states=At,
    form_path="/pengaduan",
    icon="chat",
    summary=_where_mail_is_read(
        _l("Masalah apa pun: lewat formulir, email, telepon, atau datang langsung."),
        _l("Masalah apa pun: lewat formulir, telepon, atau datang langsung."),
    ),
)
procedure.line(
    "C1",
    _where_mail_is_read(_l("Formulir atau email"), _l("Formulir")),
    _where_mail_is_read(
        _l("Anda mengisi formulir pengaduan, atau menulis ke alamat pengaduan."), _l("Anda mengisi formulir pengaduan.")
    ),
)
procedure.line(
    "C2", _l("Dicatat operator"), _l("Pengaduan lewat telepon, surat, WhatsApp, atau datang langsung dicatat operator.")
)
procedure.line("C3", _l("Nomor tiket"), _l("Nomor tiket tampil saat itu juga dan dikirim ke email Anda."))
procedure.line("C4", _l("Pembagian"), _l("Pengaduan diteruskan ke kelompok yang menangani jenis masalahnya."))
procedure.line("C5", _l("Tindak lanjut"), _l("Kelompok itu menanganinya dan menuliskan setiap tindakannya di sini."))
procedure.line("C6", _l("Pemantauan"), _l("Anda mengikuti dengan nomor tiket, menjawab, membuka kembali, dan menilai."))


def may_be_reopened(ticket: Ticket, _by: Actor) -> bool:
    until = ticket.may_reopen_until
    return until is not None and utcnow() <= until


def is_unrated(ticket: Ticket, _by: Actor) -> bool:
    return ticket.rating is None


def is_due_to_close(ticket: Ticket, _by: Actor) -> bool:
    days = int(setting.get("close_after_days"))
    return ticket.resolved_at is not None and ticket.resolved_at <= utcnow() - timedelta(days=days)


@procedure.step(
    "C1", _l("Kirim pengaduan"), by=Who.REQUESTER, moves=(None, (At.RECEIVED, At.SCREENING)), asks=forms.ComplaintForm
)
def file_complaint(ticket: Ticket, by: Actor, form: forms.ComplaintForm) -> Outcome:
    """Anyone files a complaint on the online form; a suspicious one waits for the operator's look."""
    _fill(ticket, form)
    return Outcome(to=At.SCREENING if ticket.suspicion else At.RECEIVED, text="")


@procedure.step("C2", _l("Catat pengaduan"), by=Role.OPERATOR, moves=(None, At.RECEIVED), asks=forms.EntryForm)
def enter_complaint(ticket: Ticket, by: Actor, form: forms.EntryForm) -> Outcome:
    """The operator enters a complaint that came any other way, with its channel and true time of receipt."""
    _fill(ticket, form)
    ticket.channel, ticket.language = form.channel.data, form.language.data
    ticket.received_at = form.received_utc
    ticket.priority, ticket.priority_reason = form.priority.data, form.priority_reason.data or ""
    return Outcome(text="", data={"channel": ticket.channel})


@procedure.step(
    "C2b",
    _l("Terima"),
    by=Role.OPERATOR,
    moves=(At.SCREENING, At.RECEIVED),
    is_public=False,
    within=working_days(1),
    says=_l("Pengaduan ini wajar dan diteruskan seperti biasa."),
)
def accept(ticket: Ticket, by: Actor, form: Any) -> None:
    """The operator finds a held complaint genuine and lets it go on."""
    ticket.suspicion = ""


@procedure.step(
    "C2c",
    _l("Buang"),
    by=Role.OPERATOR,
    moves=(At.SCREENING, At.DISCARDED),
    asks=forms.ReasonForm,
    is_public=False,
    is_danger=True,
    says=_l("Kiriman tak wajar; tidak ada email yang dikirim."),
)
def discard(ticket: Ticket, by: Actor, form: forms.ReasonForm) -> None:
    """The operator finds a held complaint to be spam and discards it, with the reason."""


@procedure.step(
    "C3",
    _l("Beri nomor tiket"),
    by=Who.PRODUCT,
    moves=(At.RECEIVED, At.NUMBERED),
    at_once=True,
    is_quiet=True,
    tells={Who.REQUESTER: notices.complaint_received},
)
def hand_out_number(ticket: Ticket, by: Actor, form: Any) -> None:
    """The requester gets the ticket number, on the page at once and by mail."""


@procedure.step(
    "C4",
    _l("Bagikan ke kelompok"),
    by=Who.PRODUCT,
    moves=(At.NUMBERED, At.WITH_GROUP),
    at_once=True,
    is_quiet=True,
    tells={Who.ASSIGNEE: notices.distributed},
)
def distribute(ticket: Ticket, by: Actor, form: Any) -> Outcome:
    """The complaint goes to its category's group and, where the group wants it, to its least busy present member."""
    if ticket.category is not None:
        ticket.group, ticket.group_id = ticket.category.group, ticket.category.group_id
    ticket.assignee_id = least_busy(ticket.group) if ticket.group.assigns_by_load else None
    if ticket.assignee_id is not None:
        ticket.assignee = db.session.get(Staff, ticket.assignee_id)
    return Outcome(
        data={
            "to_group": ticket.group.name,
            "assignee": ticket.assignee.name if ticket.assignee_id and ticket.assignee else "",
        }
    )


@procedure.step(
    "C5",
    _l("Mulai tindak lanjut"),
    by=Who.MEMBER,
    moves=(At.WITH_GROUP, At.IN_PROGRESS),
    within=working_days(1),
    asks=forms.OptionalNoteForm,
    is_public=False,
    says=_l("Anda menanganinya; catatan ini hanya untuk petugas."),
)
def follow_up(ticket: Ticket, by: Actor, form: forms.OptionalNoteForm) -> None:
    """A member of the group follows the complaint up and writes what is done into the product."""
    if ticket.assignee_id is None and by.staff is not None:
        ticket.assignee_id = by.staff.id


@procedure.step(
    "C5b",
    _l("Selesaikan"),
    by=Who.MEMBER,
    moves=((At.WITH_GROUP, At.IN_PROGRESS), At.RESOLVED),
    within=working_days(3),
    asks=forms.ResolveForm,
    writes=("cause", "solution"),
    tells={Who.REQUESTER: notices.resolved},
    says=_l("Pemohon dikabari dan dapat membuka kembali dalam 14 hari."),
)
def resolve(ticket: Ticket, by: Actor, form: forms.ResolveForm) -> Outcome:
    """The solution is written, with its cause, and the requester is told."""
    return common_moves.resolve(ticket, by, form)


@procedure.step(
    "C6",
    _l("Nyatakan beres"),
    by=Who.REQUESTER,
    moves=(At.RESOLVED, At.CLOSED),
    tells={Who.ASSIGNEE: notices.confirmed},
    says=_l("Tiket ditutup; Anda masih dapat membukanya kembali dalam 14 hari."),
)
def confirm(ticket: Ticket, by: Actor, form: Any) -> None:
    """The requester follows by ticket number and confirms that the matter is settled."""


@procedure.step(
    "C6b",
    _l("Buka kembali"),
    by=(Who.REQUESTER, Who.MEMBER, Role.OPERATOR),
    asks=forms.ReopenForm,
    moves=((At.RESOLVED, At.CLOSED), At.IN_PROGRESS),
    tells={Who.ASSIGNEE: notices.reopened},
    needs={_l("Sudah lewat 14 hari sejak selesai. Buat pengaduan baru dan sebut nomor tiket ini."): may_be_reopened},
    says=_l("Tiket kembali dikerjakan."),
)
def reopen(ticket: Ticket, by: Actor, form: forms.ReopenForm) -> Outcome:
    """Reopened within 14 days of the resolution, closed or not, with what is still wrong."""
    count = 1 + len([e for e in ticket.events if e.step == "reopen"])
    ticket.resolved_at, ticket.warned_at, ticket.closed_at = None, None, None
    return Outcome(data={"round": count})


@procedure.step(
    "C6c",
    _l("Nilai layanan"),
    by=Who.REQUESTER,
    moves=((At.RESOLVED, At.CLOSED), None),
    asks=forms.RatingForm,
    tells={Who.ASSIGNEE: notices.rated},
    needs={_l("Layanan ini sudah Anda nilai. Terima kasih."): is_unrated},
    is_public=False,
    is_quiet=True,
)
def rate(ticket: Ticket, by: Actor, form: forms.RatingForm) -> Outcome:
    """The requester rates the service, with a comment."""
    ticket.rating, ticket.rating_comment = form.rating.data, form.text.data or ""
    return Outcome(data={"rating": form.rating.data})


@procedure.step(
    "C6d",
    _l("Tutup karena tidak ada tanggapan"),
    by=Who.PRODUCT,
    moves=(At.RESOLVED, At.CLOSED),
    is_quiet=True,
    needs={_l("Waktu tanggapan pemohon belum habis."): is_due_to_close},
    tells={Who.REQUESTER: notices.closed},
)
def close_silent(ticket: Ticket, by: Actor, form: Any) -> None:
    """A resolved complaint closes by itself after the set number of days."""


@procedure.step(
    "C6e",
    _l("Ingatkan sebelum ditutup"),
    by=Who.PRODUCT,
    moves=(At.RESOLVED, None),
    is_quiet=True,
    kind="system",
    is_public=False,
    tells={Who.REQUESTER: notices.closing_soon},
)
def warn_of_closing(ticket: Ticket, by: Actor, form: Any) -> None:
    """The requester is reminded before the ticket closes by itself."""
    ticket.warned_at = utcnow()


@procedure.step(
    "C6f",
    _l("Tutup"),
    by=Who.MEMBER,
    moves=(At.RESOLVED, At.CLOSED),
    asks=forms.OptionalNoteForm,
    is_public=False,
    tells={Who.REQUESTER: notices.closed},
    says=_l("Pemohon sudah menyatakan beres, misalnya lewat telepon."),
)
def close(ticket: Ticket, by: Actor, form: forms.OptionalNoteForm) -> None:
    """The group closes a resolved complaint, for the requester said by other means that it is settled."""


def _fill(ticket: Ticket, form: forms.ComplaintForm) -> None:
    ticket.requester_name, ticket.requester_email = form.name.data, form.email.data or ""
    ticket.requester_phone, ticket.subject, ticket.description = (
        form.phone.data or "",
        form.subject.data,
        form.description.data,
    )
    ticket.unit_id, ticket.category_id = form.unit.data or None, form.category.data
    set_committed_value(ticket, "unit", unit_with_name(ticket.unit_id))
    ticket.category = category_with_group(ticket.category_id)
    ticket.group = ticket.category.group if ticket.category and not ticket.suspicion else front_desk()
    ticket.group_id = ticket.group.id


def front_desk() -> Group:
    """The group at the front desk, where everything without a better place lies."""
    query = select(Group).where(Group.division == Division.FRONT_DESK.value, Group.is_active).order_by(Group.id)
    return db.session.scalars(query).first() or db.session.scalars(select(Group).order_by(Group.id)).one()


def least_busy(group: Group) -> int | None:
    """The present member with the fewest open tickets; the smaller id where two are equal. None if all are away."""
    day = today()
    away = select(Absence.staff_id).where(Absence.first_day <= day, Absence.last_day >= day)
    load = select(func.count()).where(Ticket.assignee_id == Staff.id, Ticket.is_open).correlate(Staff).scalar_subquery()
    query = (
        select(Staff.id)
        .join(GroupMember)
        .where(GroupMember.group_id == group.id, Staff.is_active, Staff.id.not_in(away))
    )
    return db.session.scalar(query.order_by(load, Staff.id).limit(1))


common_moves.adopt_common(
    procedure,
    cancelled=At.CANCELLED,
    refused=At.REFUSED,
    merged=At.MERGED,
    merges_from=(At.WITH_GROUP, At.IN_PROGRESS, At.RESOLVED),
)
procedure.due(At.SCREENING, "accept", _l("Periksa kiriman"))
procedure.due(At.RECEIVED, "hand_out_number")
procedure.due(At.NUMBERED, "distribute")
procedure.due(At.WITH_GROUP, "follow_up")
procedure.due(At.IN_PROGRESS, "resolve")
procedure.due(At.RESOLVED, "confirm")
catalog.register(procedure)
