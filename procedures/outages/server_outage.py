"""W. Outage of a web server (Gangguan pada server web), line by line as on the paper."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from mails.outages import notices
from models.base.db import utcnow
from models.organisation.roles import Division, Role
from models.outages.network import MANAGED_BY
from models.outages.outage import ContactCall
from models.tickets.ticket import Ticket
from procedures.base.date_fields import as_utc
from procedures.engine.declaration import Actor, Outcome, Who, clock_hours, clock_minutes
from procedures.engine.step_facts import also, needs, says, tells
from procedures.engine.take_step import StepRefused
from procedures.outages import forms, probes, records, tying
from procedures.outages.probes import ProbeDone
from procedures.outages.records import Sighting, outage_of
from procedures.outages.server_outage_states import COMMON, HEAD, LATER, OPEN, STAFF, At, W, is_of_others, is_ours
from procedures.tickets import common_moves
from procedures.tickets.forms import NoteForm, ReasonForm


@W.line("W1", _l("Terpantau atau dilaporkan"), _l("Pemantau atau laporan siapa pun membuka gangguan."))
@W.step("W1", _l("Gangguan terpantau"), Who.MONITOR, None, At.REPORTED)
@tells(notices.outage_opened, STAFF)
def open_by_monitor(ticket: Ticket, by: Actor, form: Sighting) -> Outcome:
    """The monitor finds that a service does not answer as it should."""
    records.open_outage(ticket, form, "server", Division.SYSTEMS)
    return Outcome(text=form.description)


@W.step("W1b", _l("Laporkan gangguan server"), (Role.OPERATOR, STAFF, HEAD), None, At.REPORTED)
@tells(notices.outage_opened, STAFF)
def report_outage(ticket: Ticket, by: Actor, form: forms.ServiceReportForm) -> Outcome:
    """Anyone's report is entered by hand."""
    seen = records.reported(form, service_id=form.service.data)
    records.open_outage(ticket, seen, "server", Division.SYSTEMS)
    return Outcome(text=form.description.data)


@W.step("W1c", _l("Kabar pemantau lain"), Who.MONITOR, OPEN, None)
def hear_alert(ticket: Ticket, by: Actor, form: str) -> Outcome:
    """Another monitor says something of an open outage: kept in the timeline; it moves nothing."""
    return Outcome(text=form)


@W.line("W2", _l("Diperiksa"), _l("Staf sistem informasi membuka layanan itu untuk memastikan."))
@W.step("W2", _l("Buka layanan"), STAFF, At.REPORTED, At.VISITING, clock_minutes(15))
@says(_l("Status, waktu, isi awal, dan sertifikatnya muncul di sini dan disimpan."))
def visit(ticket: Ticket, by: Actor, form: None) -> Outcome:
    """Systems staff open the service to verify; the result is kept."""
    return probes.ask_visit(ticket, by)


@W.step("W2b", _l("Hasil pemeriksaan"), Who.PRODUCT, At.VISITING, (At.ANSWERING, At.CONFIRMED, At.REPORTED))
def record_visit(ticket: Ticket, by: Actor, form: ProbeDone) -> Outcome:
    """Status, time, first bytes and certificate are kept; a service that fails is confirmed."""
    to = {True: At.ANSWERING, False: At.CONFIRMED, None: At.REPORTED}[form.answered]
    return Outcome(to=to, text=probes.visit_words(form), data=probes.keep(ticket, form))


@W.step("W2c", _l("Akhiri: alarm palsu"), STAFF, At.ANSWERING, At.FALSE_ALARM, clock_minutes(15))
@tells(notices.passed_on, Who.REQUESTER, previews=True)
@also(is_public=True)
def end_false_alarm(ticket: Ticket, by: Actor, form: ReasonForm) -> None:
    """A false alarm ends here."""
    tying.close_and_release(ticket, form.reason.data)


@W.step("W2d", _l("Teruskan walau terbuka"), STAFF, (At.ANSWERING, At.REPORTED, At.VISITING), At.CONFIRMED)
@says(_l("Bagi pengguna tetap terganggu, atau tidak dapat dibuka dari sini; alasannya dicatat."))
def go_on(ticket: Ticket, by: Actor, form: ReasonForm) -> None:
    """It opens from here, or cannot be opened from here, yet users cannot work: goes on with a reason."""


@W.step("W2e", _l("Buka layanan lagi"), (STAFF, HEAD), (At.ANSWERING, *LATER), None)
@says(_l("Membuktikan bahwa layanan berfungsi lagi."))
@also(kind="system")
def visit_again(ticket: Ticket, by: Actor, form: None) -> Outcome:
    """Another visit; the result is kept."""
    return probes.ask_visit(ticket, by)


@W.step("W2f", _l("Hasil pemeriksaan lagi"), Who.PRODUCT, OPEN, None)
def record_later_visit(ticket: Ticket, by: Actor, form: ProbeDone) -> Outcome:
    """A later result is kept; it moves nothing."""
    return Outcome(text=probes.visit_words(form), data=probes.keep(ticket, form))


@W.line("W3", _l("Laporan ke kepala"), _l("Gangguan dilaporkan ke Kepala Divisi Sistem Informasi."))
@W.step("W3", _l("Laporkan ke kepala divisi"), STAFF, At.CONFIRMED, At.TO_ORDER, clock_minutes(30))
@tells(notices.service_down, HEAD)
def report_to_head(ticket: Ticket, by: Actor, form: forms.PlainReportForm) -> None:
    """Systems staff report the outage to the head of systems."""


@W.line("W4", _l("Penugasan"), _l("Server kelolaan Pustikom: petugas ditunjuk memeriksa."), is_branch=True)
@W.step("W4", _l("Tugaskan petugas"), HEAD, At.TO_ORDER, At.CHECKING, clock_hours(1))
@needs(is_ours, _l("Server ini dikelola pihak lain; hubungi pengelolanya."))
@tells(notices.crew_sent, Who.ASSIGNEE, told_as=_l("petugas yang dipilih"))
def order_staff(ticket: Ticket, by: Actor, form: forms.ServiceCrewForm) -> Outcome:
    """The server is managed by the centre: the head orders named staff to check."""
    return Outcome(data={"crew": records.send_crew(ticket, form.crew.data)})


@W.step("W4b", _l("Ubah pengelola server"), HEAD, (At.TO_ORDER, At.CHECKING, At.WITH_MANAGER), At.TO_ORDER)
@says(_l("Ternyata dikelola pihak lain, atau sebaliknya; alasannya dicatat."))
@also(is_danger=True)
def change_side(ticket: Ticket, by: Actor, form: forms.SideForm) -> Outcome:
    """The server turns out to be managed by the other side; the head decides anew, with the reason."""
    outage = outage_of(ticket)
    records.take_back(outage)
    before, outage.managed_by = outage.managed_by or "centre", form.managed_by.data
    if outage.service is not None:
        outage.service.managed_by = outage.managed_by
    if outage.managed_by == "other" and not records.keep_manager(outage, form, form.manager_name.data):
        form.manager_name.errors = [_("Isi nama pengelola luar, dan email atau teleponnya.")]
        raise StepRefused(form.manager_name.errors[0], "form", form)
    return Outcome(data={"from_side": str(MANAGED_BY[before]), "to_side": str(MANAGED_BY[outage.managed_by])})


@W.line("W5", _l("Sumber masalah"), _l("Petugas mencari sumber masalah dan memperbaikinya."), is_branch=True)
@W.step("W5", _l("Sumber ditemukan dan diperbaiki"), STAFF, At.CHECKING, At.FIXED, clock_hours(8))
@needs(records.is_in_crew, _l("Hanya petugas yang ditunjuk kepala divisi yang mengisi ini."))
def find_and_fix(ticket: Ticket, by: Actor, form: NoteForm) -> None:
    """The staff named find the source and fix it."""
    records.report_from_field(ticket, by, "find_and_fix", form.text.data, [])


@W.line("W6", _l("Sebab dan penyelesaian"), _l("Sebab dan penyelesaian dilaporkan sebelum tiket berakhir."))
@W.step("W6", _l("Laporkan sebab dan penyelesaian"), STAFF, At.FIXED, At.SOLVED, clock_hours(2))
@needs(records.is_in_crew, _l("Hanya petugas yang ditunjuk kepala divisi yang mengisi ini."))
@tells(notices.cause_found, HEAD)
def report_cause(ticket: Ticket, by: Actor, form: forms.SolutionForm) -> None:
    """The staff named report cause and solution to the head; both are required."""
    outage = outage_of(ticket)
    outage.cause, outage.action = form.cause.data, form.text.data


@W.step("W5b", _l("Perbaikan belum berhasil"), (STAFF, HEAD), (At.FIXED, At.SOLVED), At.CHECKING)
def search_again(ticket: Ticket, by: Actor, form: ReasonForm) -> None:
    """The fix did not hold: the search goes on, with the reason."""


def _contact(ticket: Ticket, by: Actor, form: forms.OutsideManagerForm) -> Outcome:
    outage = outage_of(ticket)
    known = outage.service.manager_name if outage.service else ""
    records.keep_manager(outage, form, known or form.name.data)
    outage.calls.append(
        ContactCall(
            ticket_id=ticket.id, name=form.name.data, way=form.way.data, said=form.text.data, staff_id=by.staff.id
        )
    )
    records.hold_outside(outage, as_utc(form.follow_up_at))
    return Outcome(data={"name": form.name.data, "way": form.way.data})


@W.line("W7", _l("Pengelola luar"), _l("Server kelolaan pihak lain: pengelolanya dihubungi."), is_branch=True)
@W.step("W7", _l("Hubungi pengelola server"), HEAD, At.TO_ORDER, At.WITH_MANAGER, clock_hours(1))
@needs(is_of_others, _l("Server ini dikelola Pustikom; tugaskan petugas."))
@tells(notices.manager_asked, Who.CONTACT, previews=True)
@says(_l("Surat, telepon, atau email; waktu pengelola itu dihitung sendiri."))
def contact_outside(ticket: Ticket, by: Actor, form: forms.OutsideManagerForm) -> Outcome:
    """The server is managed by others: its manager is contacted; whom, how and when is recorded."""
    return _contact(ticket, by, form)


@W.step("W7b", _l("Tanyakan lagi"), HEAD, At.WITH_MANAGER, None)
@tells(notices.manager_asked, Who.CONTACT, previews=True)
@says(_l("Ditindaklanjuti sampai berfungsi lagi."))
@also(kind="system")
def follow_up_outside(ticket: Ticket, by: Actor, form: forms.OutsideManagerForm) -> Outcome:
    """The outside manager is followed up until the service works again."""
    return _contact(ticket, by, form)


@W.step("W7c", _l("Waktunya menanyakan lagi"), Who.PRODUCT, At.WITH_MANAGER, None)
@tells(notices.follow_up_due, HEAD)
def remind_follow_up(ticket: Ticket, by: Actor, form: None) -> None:
    """The day on which the outside manager is to be asked again has come."""
    outage_of(ticket).follow_up_at = None


@W.step("W6c", _l("Terbuka lagi"), Who.MONITOR, OPEN, None)
def prove_recovery(ticket: Ticket, by: Actor, form: str | None) -> Outcome:
    """A monitor, ours or another, sees the service answer again; a person ends the outage."""
    outage = outage_of(ticket)
    outage.answered_at = outage.answered_at or utcnow()
    words = _("%(name)s terbuka lagi.", name=outage.service.name if outage.service else "—")
    return Outcome(text=records.said_by(words, form))


@W.step("W6d", _l("Gagal lagi"), Who.MONITOR, OPEN, None)
def fall_again(ticket: Ticket, by: Actor, form: None) -> Outcome:
    """The service fails again before the outage was ended: still the same outage."""
    outage = outage_of(ticket)
    outage.answered_at = None
    return Outcome(text=_("%(name)s gagal lagi.", name=outage.service.name if outage.service else "—"))


@W.step("W6b", _l("Akhiri gangguan"), (STAFF, HEAD), (At.SOLVED, At.WITH_MANAGER), At.ENDED)
@tells(notices.outage_ended, Who.REQUESTER, HEAD, STAFF, previews=True)
@says(_l("Pelapor dan pengaduan yang terikat dikabari."))
@also(is_public=True)
def end(ticket: Ticket, by: Actor, form: forms.EndForm) -> Outcome:
    """Ended with cause, solution and time down, proven by a check or explained; tied complaints end with it."""
    return tying.end_with_complaints(ticket, form)


@W.step(None, _l("Batalkan"), (HEAD, Role.HEAD_OF_CENTRE), OPEN, At.CANCELLED)
@says(_l("Dibuka karena keliru; pengaduan yang terikat ditangani seperti biasa."))
@also(is_danger=True)
def cancel(ticket: Ticket, by: Actor, form: ReasonForm) -> None:
    """Opened by mistake: the outage ends, and complaints tied to it go on by themselves."""
    tying.close_and_release(ticket, form.reason.data)


common_moves.complete(COMMON)
