"""C. ICT complaint (Layanan pengaduan TIK), line by line as on the paper."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from mails.tickets import notices
from models.base.db import db, utcnow
from models.organisation.roles import Role
from models.organisation.staff import Staff
from models.tickets.ticket import Ticket
from procedures.engine.declaration import Actor, Outcome, Who, working_days
from procedures.engine.step_facts import also, needs, says, tells
from procedures.tickets import common_moves, distribution, forms
from procedures.tickets.complaint_states import (
    COMMON,
    At,
    C,
    is_checklist_done,
    is_due_to_close,
    is_unrated,
    may_be_reopened,
    where_mail_is_read,
)
from procedures.tickets.routine.due_work import DueWork


@C.line(
    "C1",
    where_mail_is_read(_l("Formulir atau email"), _l("Formulir")),
    where_mail_is_read(
        _l("Anda mengisi formulir pengaduan, atau menulis ke alamat pengaduan."), _l("Anda mengisi formulir pengaduan.")
    ),
)
@C.step("C1", _l("Kirim pengaduan"), Who.REQUESTER, None, (At.RECEIVED, At.SCREENING))
def file_complaint(ticket: Ticket, by: Actor, form: forms.ComplaintForm) -> Outcome:
    """Anyone files a complaint on the online form; a suspicious one waits for the operator's look."""
    distribution.fill(ticket, form)
    return Outcome(to=At.SCREENING if ticket.suspicion else At.RECEIVED, text="")


@C.line(
    "C2", _l("Dicatat operator"), _l("Pengaduan lewat telepon, surat, WhatsApp, atau datang langsung dicatat operator.")
)
@C.step("C2", _l("Catat pengaduan"), Role.OPERATOR, None, At.RECEIVED)
@also(is_public=True)
def enter_complaint(ticket: Ticket, by: Actor, form: forms.EntryForm) -> Outcome:
    """The operator enters a complaint that came any other way, with its channel and true time of receipt."""
    distribution.fill(ticket, form)
    ticket.channel, ticket.language = form.channel.data, form.language.data
    ticket.received_at = form.received_utc
    ticket.priority, ticket.priority_reason = form.priority.data, form.priority_reason.data or ""
    return Outcome(text="", data={"channel": ticket.channel})


@C.step("C2b", _l("Terima"), Role.OPERATOR, At.SCREENING, At.RECEIVED, working_days(1))
@says(_l("Pengaduan ini wajar dan diteruskan seperti biasa."))
def accept(ticket: Ticket, by: Actor, form: None) -> None:
    """The operator finds a held complaint genuine and lets it go on."""
    ticket.suspicion = ""


@C.step("C2c", _l("Buang"), Role.OPERATOR, At.SCREENING, At.DISCARDED)
@says(_l("Kiriman tak wajar; tidak ada email yang dikirim."))
@also(is_danger=True)
def discard(ticket: Ticket, by: Actor, form: forms.ReasonForm) -> None:
    """The operator finds a held complaint to be spam and discards it, with the reason."""


@C.step("C2d", _l("Buka pekerjaan rutin"), Who.PRODUCT, None, At.WITH_GROUP)
@tells(notices.distributed, Who.ASSIGNEE)
def open_routine(ticket: Ticket, by: Actor, form: DueWork) -> Outcome:
    """The day of routine work has come: the product opens its ticket for the group that does it, with its checklist."""
    distribution.fill_routine(ticket, form)
    return Outcome(text="", data={"due_on": str(form.due_on), "missed": form.missed})


@C.line("C3", _l("Nomor tiket"), _l("Nomor tiket tampil saat itu juga dan dikirim ke email Anda."))
@C.step("C3", _l("Beri nomor tiket"), Who.PRODUCT, At.RECEIVED, At.NUMBERED)
@tells(notices.complaint_received, Who.REQUESTER)
@also(is_public=True, at_once=True)
def hand_out_number(ticket: Ticket, by: Actor, form: None) -> None:
    """The requester gets the ticket number, on the page at once and by mail."""


@C.line("C4", _l("Pembagian"), _l("Pengaduan diteruskan ke kelompok yang menangani jenis masalahnya."))
@C.step("C4", _l("Bagikan ke kelompok"), Who.PRODUCT, At.NUMBERED, At.WITH_GROUP)
@tells(notices.distributed, Who.ASSIGNEE)
@also(is_public=True, at_once=True)
def distribute(ticket: Ticket, by: Actor, form: None) -> Outcome:
    """The complaint goes to its category's group and, where the group wants it, to its least busy present member."""
    if ticket.category is not None:
        ticket.group, ticket.group_id = ticket.category.group, ticket.category.group_id
    ticket.assignee_id = distribution.least_busy(ticket.group) if ticket.group.assigns_by_load else None
    if ticket.assignee_id is not None:
        ticket.assignee = db.session.get(Staff, ticket.assignee_id)
    return Outcome(
        data={
            "to_group": ticket.group.name,
            "assignee": ticket.assignee.name if ticket.assignee_id and ticket.assignee else "",
        }
    )


@C.line("C5", _l("Tindak lanjut"), _l("Kelompok itu menanganinya dan menuliskan setiap tindakannya di sini."))
@C.step("C5", _l("Mulai tindak lanjut"), Who.MEMBER, At.WITH_GROUP, At.IN_PROGRESS, working_days(1))
@says(_l("Anda menanganinya; catatan ini hanya untuk petugas."))
def follow_up(ticket: Ticket, by: Actor, form: forms.OptionalNoteForm) -> None:
    """A member of the group follows the complaint up and writes what is done into the product."""
    if ticket.assignee_id is None and by.staff is not None:
        ticket.assignee_id = by.staff.id


@C.step("C5b", _l("Selesaikan"), Who.MEMBER, (At.WITH_GROUP, At.IN_PROGRESS), At.RESOLVED, working_days(3))
@tells(notices.resolved, Who.REQUESTER)
@needs(is_checklist_done, _l("Daftar periksanya belum selesai. Centang tiap butir, atau hapus yang tidak berlaku."))
@says(_l("Pemohon dikabari dan dapat membuka kembali dalam 14 hari."))
@also(is_public=True, writes=("cause", "solution"))
def resolve(ticket: Ticket, by: Actor, form: forms.ResolveForm) -> Outcome:
    """The solution is written, with its cause, and the requester is told."""
    return common_moves.resolve(ticket, by, form)


@C.line("C6", _l("Pemantauan"), _l("Anda mengikuti dengan nomor tiket, menjawab, membuka kembali, dan menilai."))
@C.step("C6", _l("Nyatakan beres"), Who.REQUESTER, At.RESOLVED, At.CLOSED)
@tells(notices.confirmed, Who.ASSIGNEE)
@says(_l("Tiket ditutup; Anda masih dapat membukanya kembali dalam 14 hari."))
def confirm(ticket: Ticket, by: Actor, form: None) -> None:
    """The requester follows by ticket number and confirms that the matter is settled."""


@C.step("C6b", _l("Buka kembali"), (Who.REQUESTER, Who.MEMBER, Role.OPERATOR), (At.RESOLVED, At.CLOSED), At.IN_PROGRESS)
@needs(may_be_reopened, _l("Sudah lewat 14 hari sejak selesai. Buat pengaduan baru dan sebut nomor tiket ini."))
@tells(notices.reopened, Who.ASSIGNEE)
@says(_l("Tiket kembali dikerjakan."))
def reopen(ticket: Ticket, by: Actor, form: forms.ReopenForm) -> Outcome:
    """Reopened within 14 days of the resolution, closed or not, with what is still wrong."""
    count = 1 + len([e for e in ticket.events if e.step == "reopen"])
    ticket.resolved_at, ticket.warned_at, ticket.closed_at = None, None, None
    return Outcome(data={"round": count})


@C.step("C6c", _l("Nilai layanan"), Who.REQUESTER, (At.RESOLVED, At.CLOSED), None)
@needs(is_unrated, _l("Layanan ini sudah Anda nilai. Terima kasih."))
@tells(notices.rated, Who.ASSIGNEE)
@also(is_public=False, is_quiet=True)
def rate(ticket: Ticket, by: Actor, form: forms.RatingForm) -> Outcome:
    """The requester rates the service, with a comment."""
    ticket.rating, ticket.rating_comment = form.rating.data, form.text.data or ""
    return Outcome(data={"rating": form.rating.data})


@C.step("C6d", _l("Tutup karena tidak ada tanggapan"), Who.PRODUCT, At.RESOLVED, At.CLOSED)
@needs(is_due_to_close, _l("Waktu tanggapan pemohon belum habis."))
@tells(notices.closed, Who.REQUESTER)
@also(is_public=True)
def close_silent(ticket: Ticket, by: Actor, form: None) -> None:
    """A resolved complaint closes by itself after the set number of days."""


@C.step("C6e", _l("Ingatkan sebelum ditutup"), Who.PRODUCT, At.RESOLVED, None)
@tells(notices.closing_soon, Who.REQUESTER)
def warn_of_closing(ticket: Ticket, by: Actor, form: None) -> None:
    """The requester is reminded before the ticket closes by itself."""
    ticket.warned_at = utcnow()


@C.step("C6f", _l("Tutup"), Who.MEMBER, At.RESOLVED, At.CLOSED)
@tells(notices.closed, Who.REQUESTER)
@says(_l("Pemohon sudah menyatakan beres, misalnya lewat telepon."))
def close(ticket: Ticket, by: Actor, form: forms.OptionalNoteForm) -> None:
    """The group closes a resolved complaint, for the requester said by other means that it is settled."""


common_moves.complete(COMMON)
