"""W. Outage of a web server (Gangguan pada server web), line by line as on the paper."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from mails.outages import notices
from models.base.db import db, utcnow
from models.organisation.roles import Division, Role
from models.outages.network import MANAGED_BY, WebService
from models.outages.outage import ContactCall
from models.tickets.ticket import Ticket
from procedures.base.date_fields import as_utc
from procedures.engine import catalog
from procedures.engine.declaration import Actor, Outcome, Procedure, State, Who, clock_hours, clock_minutes
from procedures.engine.take_step import StepRefused
from procedures.outages import forms, records, tying
from procedures.outages.records import ProbeDone, Sighting, outage_of
from procedures.tickets import common_moves
from procedures.tickets import forms as common_forms


class At(State):
    """The desks of a server outage."""

    REPORTED = "reported", _l("Menunggu pemeriksaan layanan"), "W2"
    VISITING = "visiting", _l("Sedang dibuka"), "W2"
    ANSWERING = "answering", _l("Layanan terbuka, perlu keputusan"), "W2"
    CONFIRMED = "confirmed", _l("Menyusun laporan gangguan"), "W3"
    TO_ORDER = "to_order", _l("Menunggu kepala divisi"), "W4"
    CHECKING = "checking", _l("Petugas mencari sumber masalah"), "W5"
    FIXED = "fixed", _l("Menyusun sebab dan penyelesaian"), "W6"
    SOLVED = "solved", _l("Sebab dan penyelesaian dilaporkan"), "W6"
    WITH_MANAGER = "with_manager", _l("Di tangan pengelola luar"), "W7"
    ENDED = "ended", _l("Berfungsi lagi"), "W6", True
    FALSE_ALARM = "false_alarm", _l("Alarm palsu"), "W2", True
    CANCELLED = "cancelled", _l("Dibatalkan"), "W1", True


STAFF, HEAD = Role.STAFF_SYSTEMS, Role.HEAD_SYSTEMS
LATER = (At.CONFIRMED, At.TO_ORDER, At.CHECKING, At.FIXED, At.SOLVED, At.WITH_MANAGER)
OPEN = (At.REPORTED, At.VISITING, At.ANSWERING, *LATER)

procedure = Procedure(
    "server_outage",
    letter="W",
    slug="gangguan-server",
    title=_l("Gangguan server web"),
    states=At,
    form_path="/pengaduan",
    icon="alert",
    summary=_l("Portal atau situs tidak terbuka: diperiksa, ditangani, atau diteruskan ke pengelolanya."),
)
procedure.line("W1", _l("Terpantau atau dilaporkan"), _l("Pemantau atau laporan siapa pun membuka gangguan."))
procedure.line("W2", _l("Diperiksa"), _l("Staf sistem informasi membuka layanan itu untuk memastikan."))
procedure.line("W3", _l("Laporan ke kepala"), _l("Gangguan dilaporkan ke Kepala Divisi Sistem Informasi."))
procedure.line("W4", _l("Penugasan"), _l("Server kelolaan Pustikom: petugas ditunjuk memeriksa."), is_branch=True)
procedure.line("W5", _l("Sumber masalah"), _l("Petugas mencari sumber masalah dan memperbaikinya."), is_branch=True)
procedure.line("W6", _l("Sebab dan penyelesaian"), _l("Sebab dan penyelesaian dilaporkan sebelum tiket berakhir."))
procedure.line("W7", _l("Pengelola luar"), _l("Server kelolaan pihak lain: pengelolanya dihubungi."), is_branch=True)


def _cannot_prove(form: Any) -> None:
    form.no_proof_reason.errors = [records.proof_missing()]
    raise StepRefused(records.proof_missing(), "form", form)


def is_ours(ticket: Ticket, _by: Actor) -> bool:
    return outage_of(ticket).managed_by != "other"


def is_of_others(ticket: Ticket, _by: Actor) -> bool:
    return outage_of(ticket).managed_by == "other"


ONLY_CREW = {_l("Hanya petugas yang ditunjuk kepala divisi yang mengisi ini."): records.is_in_crew}


# W1 -------------------------------------------------------------------------------------------------


@procedure.step(
    "W1",
    _l("Gangguan terpantau"),
    by=Who.MONITOR,
    moves=(None, At.REPORTED),
    is_public=False,
    is_quiet=True,
    tells={STAFF: notices.outage_opened},
)
def open_by_monitor(ticket: Ticket, by: Actor, form: Sighting) -> Outcome:
    """The monitor finds that a service does not answer as it should."""
    records.open_outage(ticket, form, "server", Division.SYSTEMS)
    return Outcome(text=form.description)


@procedure.step(
    "W1b",
    _l("Laporkan gangguan server"),
    by=(Role.OPERATOR, STAFF, HEAD),
    moves=(None, At.REPORTED),
    is_public=False,
    asks=forms.ServiceReportForm,
    tells={STAFF: notices.outage_opened},
)
def report_outage(ticket: Ticket, by: Actor, form: forms.ServiceReportForm) -> Outcome:
    """Anyone's report is entered by hand."""
    seen = Sighting(
        form.subject.data,
        form.description.data,
        service_id=form.service.data,
        began_at=as_utc(form.began_at),
        source="hand",
        reporter=records.reporter_of(form),
        channel=form.channel.data,
    )
    records.open_outage(ticket, seen, "server", Division.SYSTEMS)
    return Outcome(text=form.description.data)


@procedure.step(
    "W1c", _l("Kabar pemantau lain"), by=Who.MONITOR, moves=(OPEN, None), is_quiet=True, is_public=False, kind="system"
)
def hear_alert(ticket: Ticket, by: Actor, form: str) -> Outcome:
    """Another monitor says something of an open outage: kept in the timeline; it moves nothing."""
    return Outcome(text=form)


# W2 -------------------------------------------------------------------------------------------------


def _ask_visit(ticket: Ticket, by: Actor) -> Outcome:
    service = db.session.get_one(WebService, outage_of(ticket).service_id)
    return Outcome(text=service.name, data=records.ask_probe(ticket, by, "visit", service.url))


@procedure.step(
    "W2",
    _l("Buka layanan"),
    by=STAFF,
    moves=(At.REPORTED, At.VISITING),
    within=clock_minutes(15),
    is_public=False,
    says=_l("Status, waktu, isi awal, dan sertifikatnya muncul di sini dan disimpan."),
)
def visit(ticket: Ticket, by: Actor, form: Any) -> Outcome:
    """Systems staff open the service to verify; the result is kept."""
    return _ask_visit(ticket, by)


@procedure.step(
    "W2b",
    _l("Hasil pemeriksaan"),
    by=Who.PRODUCT,
    moves=(At.VISITING, (At.ANSWERING, At.CONFIRMED, At.REPORTED)),
    is_quiet=True,
    is_public=False,
)
def record_visit(ticket: Ticket, by: Actor, form: ProbeDone) -> Outcome:
    """Status, time, first bytes and certificate are kept; a service that fails is confirmed."""
    probe = records.record_probe(ticket, form)
    to = {True: At.ANSWERING, False: At.CONFIRMED, None: At.REPORTED}[form.answered]
    return Outcome(to=to, text=visit_words(form), data={"probe": probe.id})


@procedure.step(
    "W2c",
    _l("Akhiri: alarm palsu"),
    by=STAFF,
    moves=(At.ANSWERING, At.FALSE_ALARM),
    within=clock_minutes(15),
    asks=common_forms.ReasonForm,
    tells={Who.REQUESTER: notices.passed_on},
    previews=True,
)
def end_false_alarm(ticket: Ticket, by: Actor, form: common_forms.ReasonForm) -> None:
    """A false alarm ends here."""
    records.close_outage(ticket)
    tying.release_all(ticket, form.reason.data)


@procedure.step(
    "W2d",
    _l("Teruskan walau terbuka"),
    by=STAFF,
    moves=((At.ANSWERING, At.REPORTED, At.VISITING), At.CONFIRMED),
    asks=common_forms.ReasonForm,
    is_public=False,
    says=_l("Bagi pengguna tetap terganggu, atau tidak dapat dibuka dari sini; alasannya dicatat."),
)
def go_on(ticket: Ticket, by: Actor, form: common_forms.ReasonForm) -> None:
    """It opens from here, or cannot be opened from here, yet users cannot work: goes on with a reason."""


@procedure.step(
    "W2e",
    _l("Buka layanan lagi"),
    by=(STAFF, HEAD),
    moves=((At.ANSWERING, *LATER), None),
    is_public=False,
    kind="system",
    says=_l("Membuktikan bahwa layanan berfungsi lagi."),
)
def visit_again(ticket: Ticket, by: Actor, form: Any) -> Outcome:
    """Another visit; the result is kept."""
    return _ask_visit(ticket, by)


@procedure.step(
    "W2f",
    _l("Hasil pemeriksaan lagi"),
    by=Who.PRODUCT,
    moves=(OPEN, None),
    is_quiet=True,
    is_public=False,
    kind="system",
)
def record_later_visit(ticket: Ticket, by: Actor, form: ProbeDone) -> Outcome:
    """A later result is kept; it moves nothing."""
    probe = records.record_probe(ticket, form)
    return Outcome(text=visit_words(form), data={"probe": probe.id})


# W3, W4 ---------------------------------------------------------------------------------------------


@procedure.step(
    "W3",
    _l("Laporkan ke kepala divisi"),
    by=STAFF,
    moves=(At.CONFIRMED, At.TO_ORDER),
    within=clock_minutes(30),
    asks=forms.PlainReportForm,
    tells={HEAD: notices.service_down},
    is_public=False,
)
def report_to_head(ticket: Ticket, by: Actor, form: forms.PlainReportForm) -> None:
    """Systems staff report the outage to the head of systems."""


@procedure.step(
    "W4",
    _l("Tugaskan petugas"),
    by=HEAD,
    moves=(At.TO_ORDER, At.CHECKING),
    within=clock_hours(1),
    asks=forms.ServiceCrewForm,
    needs={_l("Server ini dikelola pihak lain; hubungi pengelolanya."): is_ours},
    tells={Who.ASSIGNEE: notices.crew_sent},
    told_as={Who.ASSIGNEE: _l("petugas yang dipilih")},
    is_public=False,
)
def order_staff(ticket: Ticket, by: Actor, form: forms.ServiceCrewForm) -> Outcome:
    """The server is managed by the centre: the head orders named staff to check."""
    return Outcome(data={"crew": records.send_crew(ticket, form.crew.data)})


@procedure.step(
    "W4b",
    _l("Ubah pengelola server"),
    by=HEAD,
    moves=((At.TO_ORDER, At.CHECKING, At.WITH_MANAGER), At.TO_ORDER),
    asks=forms.SideForm,
    is_public=False,
    is_danger=True,
    says=_l("Ternyata dikelola pihak lain, atau sebaliknya; alasannya dicatat."),
)
def change_side(ticket: Ticket, by: Actor, form: forms.SideForm) -> Outcome:
    """The server turns out to be managed by the other side; the head decides anew, with the reason."""
    outage = outage_of(ticket)
    records.take_back(outage)
    before, outage.managed_by = outage.managed_by or "centre", form.managed_by.data
    return Outcome(data={"from_side": str(MANAGED_BY[before]), "to_side": str(MANAGED_BY[outage.managed_by])})


# W5, W6 ---------------------------------------------------------------------------------------------


@procedure.step(
    "W5",
    _l("Sumber ditemukan dan diperbaiki"),
    by=STAFF,
    moves=(At.CHECKING, At.FIXED),
    within=clock_hours(8),
    asks=common_forms.NoteForm,
    needs=ONLY_CREW,
    is_public=False,
)
def find_and_fix(ticket: Ticket, by: Actor, form: common_forms.NoteForm) -> None:
    """The staff named find the source and fix it."""
    records.report_from_field(ticket, by, "find_and_fix", form.text.data, [])


@procedure.step(
    "W6",
    _l("Laporkan sebab dan penyelesaian"),
    by=STAFF,
    moves=(At.FIXED, At.SOLVED),
    within=clock_hours(2),
    asks=forms.SolutionForm,
    needs=ONLY_CREW,
    tells={HEAD: notices.cause_found},
    is_public=False,
)
def report_cause(ticket: Ticket, by: Actor, form: forms.SolutionForm) -> None:
    """The staff named report cause and solution to the head; both are required."""
    outage = outage_of(ticket)
    outage.cause, outage.action = form.cause.data, form.text.data


@procedure.step(
    "W5b",
    _l("Perbaikan belum berhasil"),
    by=(STAFF, HEAD),
    moves=((At.FIXED, At.SOLVED), At.CHECKING),
    asks=common_forms.ReasonForm,
    is_public=False,
)
def search_again(ticket: Ticket, by: Actor, form: common_forms.ReasonForm) -> None:
    """The fix did not hold: the search goes on, with the reason."""


# W7 -------------------------------------------------------------------------------------------------


def _contact(ticket: Ticket, by: Actor, form: forms.OutsideManagerForm) -> Outcome:
    outage = outage_of(ticket)
    outage.calls.append(
        ContactCall(
            ticket_id=ticket.id, name=form.name.data, way=form.way.data, said=form.text.data, staff_id=by.staff.id
        )
    )
    records.hold_outside(outage, as_utc(form.follow_up_at))
    return Outcome(data={"name": form.name.data, "way": form.way.data})


@procedure.step(
    "W7",
    _l("Hubungi pengelola server"),
    by=HEAD,
    moves=(At.TO_ORDER, At.WITH_MANAGER),
    within=clock_hours(1),
    asks=forms.OutsideManagerForm,
    needs={_l("Server ini dikelola Pustikom; tugaskan petugas."): is_of_others},
    tells={Who.CONTACT: notices.manager_asked},
    is_public=False,
    says=_l("Surat, telepon, atau email; waktu pengelola itu dihitung sendiri."),
    previews=True,
)
def contact_outside(ticket: Ticket, by: Actor, form: forms.OutsideManagerForm) -> Outcome:
    """The server is managed by others: its manager is contacted; whom, how and when is recorded."""
    return _contact(ticket, by, form)


@procedure.step(
    "W7b",
    _l("Tanyakan lagi"),
    by=HEAD,
    moves=(At.WITH_MANAGER, None),
    asks=forms.OutsideManagerForm,
    tells={Who.CONTACT: notices.manager_asked},
    is_public=False,
    kind="system",
    says=_l("Ditindaklanjuti sampai berfungsi lagi."),
    previews=True,
)
def follow_up_outside(ticket: Ticket, by: Actor, form: forms.OutsideManagerForm) -> Outcome:
    """The outside manager is followed up until the service works again."""
    return _contact(ticket, by, form)


@procedure.step(
    "W7c",
    _l("Waktunya menanyakan lagi"),
    by=Who.PRODUCT,
    moves=(At.WITH_MANAGER, None),
    is_quiet=True,
    is_public=False,
    kind="system",
    tells={HEAD: notices.follow_up_due},
)
def remind_follow_up(ticket: Ticket, by: Actor, form: Any) -> None:
    """The day on which the outside manager is to be asked again has come."""
    outage_of(ticket).follow_up_at = None


# Recovery and end -----------------------------------------------------------------------------------


@procedure.step(
    "W6c",
    _l("Terbuka lagi"),
    by=Who.MONITOR,
    moves=(OPEN, None),
    is_quiet=True,
    kind="system",
    is_public=False,
)
def prove_recovery(ticket: Ticket, by: Actor, form: Any) -> Outcome:
    """A monitor, ours or another, sees the service answer again; a person ends the outage."""
    outage = outage_of(ticket)
    outage.answered_at = outage.answered_at or utcnow()
    words = _("%(name)s terbuka lagi.", name=outage.service.name if outage.service else "—")
    return Outcome(text=records.said_by(words, form))


@procedure.step(
    "W6d",
    _l("Gagal lagi"),
    by=Who.MONITOR,
    moves=(OPEN, None),
    is_quiet=True,
    kind="system",
    is_public=False,
)
def fall_again(ticket: Ticket, by: Actor, form: Any) -> Outcome:
    """The service fails again before the outage was ended: still the same outage."""
    outage = outage_of(ticket)
    outage.answered_at = None
    return Outcome(text=_("%(name)s gagal lagi.", name=outage.service.name if outage.service else "—"))


@procedure.step(
    "W6b",
    _l("Akhiri gangguan"),
    by=(STAFF, HEAD),
    moves=((At.SOLVED, At.WITH_MANAGER), At.ENDED),
    asks=forms.EndForm,
    tells={Who.REQUESTER: notices.outage_ended, HEAD: notices.outage_ended, STAFF: notices.outage_ended},
    says=_l("Pelapor dan pengaduan yang terikat dikabari."),
    previews=True,
)
def end(ticket: Ticket, by: Actor, form: forms.EndForm) -> Outcome:
    """Ended with cause, solution and time down, proven by a check or explained; tied complaints end with it."""
    outage = records.end_outage(ticket, form, _cannot_prove)
    tying.resolve_all(ticket, form.cause.data, form.text.data)
    return Outcome(data={"minutes": int(outage.duration.total_seconds() // 60), "no_proof": outage.no_proof_reason})


@procedure.step(
    None,
    _l("Batalkan"),
    by=(HEAD, Role.HEAD_OF_CENTRE),
    moves=(OPEN, At.CANCELLED),
    asks=common_forms.ReasonForm,
    is_public=False,
    is_danger=True,
    says=_l("Dibuka karena keliru; pengaduan yang terikat ditangani seperti biasa."),
)
def cancel(ticket: Ticket, by: Actor, form: common_forms.ReasonForm) -> None:
    """Opened by mistake: the outage ends, and complaints tied to it go on by themselves."""
    records.close_outage(ticket)
    tying.release_all(ticket, form.reason.data)


def visit_words(done: ProbeDone) -> str:
    """One line of a visit's result for the timeline."""
    facts = done.facts
    if done.answered is None:
        return _("Layanan tidak dapat diperiksa: %(why)s", why=facts.get("detail", ""))
    status = facts.get("status") or _("tanpa status")
    return _(
        "%(status)s dalam %(ms)s ms · %(finding)s",
        status=status,
        ms=facts.get("milliseconds", 0),
        finding=finding_words(str(facts.get("finding", ""))),
    )


def finding_words(finding: str) -> str:
    """A visit's finding in words."""
    words = {
        "ok": _("sehat"),
        "stopped": _("tidak dapat dihubungi"),
        "status": _("status lain dari yang diharapkan"),
        "text": _("teks yang diharapkan tidak ada"),
        "slow": _("lambat"),
        "timeout": _("tidak selesai dalam batas waktu"),
        "certificate": _("sertifikat tidak sah"),
        "certificate_ends": _("sertifikat segera berakhir"),
        "forbidden": _("alamat di luar daftar yang boleh dipantau"),
        "unknown": _("tidak dapat diperiksa"),
    }
    return words.get(finding, finding)


common_moves.adopt_common(procedure)
procedure.due(At.REPORTED, "visit")
procedure.due(At.VISITING, "record_visit", by=STAFF)
procedure.due(At.ANSWERING, "end_false_alarm", _l("Putuskan hasil pemeriksaan"))
procedure.due(At.CONFIRMED, "report_to_head")
procedure.due(At.TO_ORDER, "order_staff", _l("Tugaskan petugas atau hubungi pengelola"))
procedure.due(At.CHECKING, "find_and_fix")
procedure.due(At.FIXED, "report_cause")
procedure.due(At.SOLVED, "end")
procedure.due(At.WITH_MANAGER, "follow_up_outside")
catalog.register(procedure)
