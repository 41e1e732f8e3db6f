"""L. Outage in the local network (Gangguan koneksi internet pada jaringan lokal), line by line as on the paper."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from mails.outages import notices
from models.base.db import db, utcnow
from models.organisation.roles import Division, Role
from models.outages.outage import BRANCHES
from models.tickets.ticket import Ticket
from procedures.engine.declaration import Actor, Outcome, Who, clock_hours
from procedures.engine.step_facts import also, needs, says, tells
from procedures.outages import forms, probes, records, tying
from procedures.outages.network_outage_states import (
    AT_ONCE,
    BOTH_BRANCHES,
    BY_MAIL_ONLY,
    COMMON,
    CONFIRMED_ON,
    HEAD,
    OPEN,
    SOON,
    STAFF,
    At,
    L,
)
from procedures.outages.probes import ProbeDone
from procedures.outages.records import Sighting, outage_of
from procedures.tickets import common_moves
from procedures.tickets.forms import ReasonForm


@L.line("L1", _l("Terpantau atau dilaporkan"), _l("Pemantau atau laporan siapa pun membuka satu gangguan."))
@L.step("L1", _l("Gangguan terpantau"), Who.MONITOR, None, At.REPORTED)
@tells(notices.outage_opened, STAFF, HEAD)
def open_by_monitor(ticket: Ticket, by: Actor, form: Sighting) -> Outcome:
    """The monitor sees a node fail several checks in a row: one outage, with all that lies behind it."""
    outage = records.open_outage(ticket, form, "network", Division.NETWORKING)
    return Outcome(text=form.description, data={"nodes": len(outage.nodes), "units": len(outage.units)})


@L.step("L1b", _l("Laporkan gangguan jaringan"), (Role.OPERATOR, STAFF, HEAD), None, At.REPORTED)
@tells(notices.outage_opened, STAFF, HEAD)
def report_outage(ticket: Ticket, by: Actor, form: forms.NetworkReportForm) -> Outcome:
    """Anyone's report is entered by hand, with what failed if that is known."""
    seen = records.reported(form, node_id=form.node.data or None, unit_ids=(form.unit.data,) if form.unit.data else ())
    records.open_outage(ticket, seen, "network", Division.NETWORKING)
    return Outcome(text=form.description.data)


@L.step("L1d", _l("Gangguan dibuka dari pengaduan"), (STAFF, HEAD), None, At.REPORTED)
@tells(notices.outage_opened, STAFF, HEAD)
@also(is_quiet=True)
def open_from_complaint(ticket: Ticket, by: Actor, form: Sighting) -> Outcome:
    """A complaint opens an outage and is tied to it."""
    records.open_outage(ticket, form, "network", Division.NETWORKING)
    return Outcome(text=form.description)


@L.step("L1c", _l("Sebab bergeser"), Who.MONITOR, OPEN, None)
def move_cause(ticket: Ticket, by: Actor, form: Sighting) -> Outcome:
    """The monitor finds the cause further up: the outage stays one and widens to all behind it."""
    outage = outage_of(ticket)
    before = outage.cause_node
    outage.cause_node_id = form.node_id
    records.reach(outage, form.node_id, form.behind)
    db.session.refresh(outage, ["cause_node"])
    now = outage.cause_node
    return Outcome(text=_("Sebab bergeser dari %(a)s ke %(b)s.", a=before or "—", b=now or "—"))


@L.step("L1e", _l("Bagian dari gangguan lain"), Who.MONITOR, At.REPORTED, At.JOINED)
@also(kind="system")
def join_outage(ticket: Ticket, by: Actor, form: Ticket) -> Outcome:
    """The cause is found further up before anybody began to work: part of that outage, and so are its complaints."""
    records.close_outage(ticket)
    tying.tie_to_another(ticket, form)
    return Outcome(text=_("Sebabnya ada di perangkat induk: %(number)s.", number=form.number))


@L.step("L1f", _l("Kabar pemantau lain"), Who.MONITOR, OPEN, None)
def hear_alert(ticket: Ticket, by: Actor, form: str) -> Outcome:
    """Another monitor says something of an open outage: kept in the timeline; it moves nothing."""
    return Outcome(text=form)


@L.line("L2", _l("Ping"), _l("Staf networking memeriksa perangkat dengan ping."))
@L.step("L2", _l("Ping"), STAFF, At.REPORTED, At.PINGING, AT_ONCE)
@says(_l("Hasilnya muncul di sini dalam beberapa detik dan disimpan."))
def ping(ticket: Ticket, by: Actor, form: forms.PingForm) -> Outcome:
    """Networking staff ping from the product; the result is kept."""
    return probes.ask_ping(ticket, by, form)


@L.step("L2b", _l("Hasil ping"), Who.PRODUCT, At.PINGING, (At.ANSWERED, At.CONFIRMED, At.REPORTED))
def record_ping(ticket: Ticket, by: Actor, form: ProbeDone) -> Outcome:
    """Sent, received, loss and times are kept; without an answer the outage is confirmed."""
    to = {True: At.ANSWERED, False: At.CONFIRMED, None: At.REPORTED}[form.answered]
    return Outcome(to=to, text=probes.ping_words(form), data=probes.keep(ticket, form))


@L.step("L2c", _l("Ping lagi"), (STAFF, HEAD), (At.ANSWERED, *CONFIRMED_ON), None)
@says(_l("Membuktikan pemulihan, atau memeriksa perangkat lain."))
@also(kind="system")
def ping_again(ticket: Ticket, by: Actor, form: forms.PingForm) -> Outcome:
    """Another ping, of the cause or of what lies behind it; the result is kept."""
    return probes.ask_ping(ticket, by, form)


@L.step("L2d", _l("Hasil ping lagi"), Who.PRODUCT, OPEN, None)
def record_later_ping(ticket: Ticket, by: Actor, form: ProbeDone) -> Outcome:
    """A later result is kept; it moves nothing."""
    return Outcome(text=probes.ping_words(form), data=probes.keep(ticket, form))


@L.step("L2e", _l("Akhiri: tidak terbukti"), STAFF, At.ANSWERED, At.NOT_CONFIRMED, AT_ONCE)
@tells(notices.passed_on, Who.REQUESTER, previews=True)
@says(_l("Perangkat menjawab; pengaduan yang terikat ditangani seperti biasa."))
@also(is_public=True)
def end_unconfirmed(ticket: Ticket, by: Actor, form: ReasonForm) -> None:
    """The ping was answered: recorded, and the outage ends as not confirmed."""
    tying.close_and_release(ticket, form.reason.data)


@L.step("L2f", _l("Teruskan walau dijawab"), STAFF, At.ANSWERED, At.CONFIRMED)
@says(_l("Gangguan sebagian; alasannya dicatat."))
def go_on(ticket: Ticket, by: Actor, form: ReasonForm) -> None:
    """The ping was answered, yet the outage goes on with a reason: a partial fault."""


@L.step("L2g", _l("Pastikan tanpa ping"), STAFF, (At.REPORTED, At.PINGING), At.CONFIRMED)
@says(_l("Bila perangkat tidak dapat diping dari sini; alasannya dicatat."))
def confirm_without_ping(ticket: Ticket, by: Actor, form: ReasonForm) -> None:
    """No ping can be sent from here: confirmed by other means, with the reason."""


@L.line("L3", _l("Pengelola IT dihubungi"), _l("Bila tidak dijawab, pengelola IT unit dihubungi."))
@L.step("L3", _l("Hubungi pengelola IT"), STAFF, At.CONFIRMED, (At.CONFIRMED, At.SUPPORTING, At.IT), AT_ONCE)
@tells(notices.manager_contacted, Who.IT_MANAGERS, told_as=BY_MAIL_ONLY)
@says(_l("Catat yang dipastikannya; hasilnya memilih cabang."))
def contact_manager(ticket: Ticket, by: Actor, form: forms.FindingForm) -> Outcome:
    """The unit's IT manager is contacted and what they confirm is recorded; the finding chooses the branch."""
    data = records.record_call(ticket, by, form)
    finding = form.finding.data or ""
    if finding:
        outage_of(ticket).branch = finding
    to = {"supporting": At.SUPPORTING, "it": At.IT}.get(finding, At.CONFIRMED)
    return Outcome(to=to, data={**data, "branch": finding})


@L.step("L3b", _l("Catat percakapan"), (STAFF, HEAD), BOTH_BRANCHES, None)
@tells(notices.manager_contacted, Who.IT_MANAGERS, told_as=BY_MAIL_ONLY)
@also(kind="system")
def log_call(ticket: Ticket, by: Actor, form: forms.ManagerCallForm) -> Outcome:
    """A further call of the call list, with what was said."""
    return Outcome(data=records.record_call(ticket, by, form))


@L.step("L3c", _l("Ganti cabang"), STAFF, BOTH_BRANCHES, (At.SUPPORTING, At.IT))
@says(_l("Cabang lama dan alasan penggantiannya tetap tercatat."))
@also(is_danger=True)
def change_branch(ticket: Ticket, by: Actor, form: forms.BranchForm) -> Outcome:
    """A wrong branch is changed with a reason; both stay on record."""
    outage = outage_of(ticket)
    before, outage.branch = outage.branch, form.branch.data
    to = At.SUPPORTING if outage.branch == "supporting" else At.IT
    return Outcome(to=to, data={"from_branch": str(BRANCHES[before]), "to_branch": str(BRANCHES[outage.branch])})


@L.line("L4", _l("Prasarana: lamanya ditanyakan"), _l("Penanggung jawab ditanya berapa lama."), is_branch=True)
@L.step("L4", _l("Catat perkiraan penanggung jawab"), STAFF, At.SUPPORTING, At.ESTIMATED, SOON)
def ask_duration(ticket: Ticket, by: Actor, form: forms.DurationForm) -> Outcome:
    """Whoever is responsible for the supporting infrastructure is asked how long it will take; recorded."""
    return records.keep_duration(ticket, by, form, "ask_duration")


@L.step("L4b", _l("Perbarui perkiraan"), STAFF, At.WAITING, At.ESTIMATED)
@says(_l("Perkiraan lama tetap tercatat; sesudahnya kirim laporan lagi."))
def renew_estimate(ticket: Ticket, by: Actor, form: forms.DurationForm) -> Outcome:
    """While waiting the estimate is renewed, and the report is sent again."""
    return records.keep_duration(ticket, by, form, "renew_estimate")


@L.line("L5", _l("Prasarana: kabar perkiraan"), _l("Unit dikabari kapan diperkirakan pulih."), is_branch=True)
@L.step("L5", _l("Kirim laporan dan perkiraan"), STAFF, At.ESTIMATED, At.WAITING, SOON)
@tells(notices.outage_reported, HEAD, Who.IT_MANAGERS, previews=True)
@says(_l("Perkiraan terakhir ikut dikirim."))
@also(is_public=True)
def report_supporting(ticket: Ticket, by: Actor, form: forms.PlainReportForm) -> None:
    """Report of the problem with the expected recovery, to the head and every affected unit's IT manager."""


@L.line("L6", _l("Infrastruktur IT: laporan"), _l("Masalahnya dilaporkan, unit dikabari."), is_branch=True)
@L.step("L6", _l("Kirim laporan masalah"), STAFF, At.IT, At.TO_DISPATCH, SOON)
@tells(notices.outage_reported, HEAD, Who.IT_MANAGERS, previews=True)
@also(is_public=True)
def report_it(ticket: Ticket, by: Actor, form: forms.PlainReportForm) -> None:
    """Report of the problem in the IT infrastructure, to the head and every affected unit's IT manager."""


@L.line("L7", _l("Penugasan"), _l("Kepala Divisi Networking mengirim petugas ke lokasi."), is_branch=True)
@L.step("L7", _l("Kirim petugas ke lokasi"), HEAD, At.TO_DISPATCH, At.ON_SITE, SOON)
@tells(notices.crew_sent, Who.ASSIGNEE, told_as=_l("petugas yang dipilih"))
def dispatch(ticket: Ticket, by: Actor, form: forms.OutageCrewForm) -> Outcome:
    """The head of networking sends staff to the place."""
    return records.send_to_place(ticket, form)


@L.step("L7b", _l("Tetap kirim petugas"), HEAD, At.WAITING, At.ON_SITE)
@tells(notices.crew_sent, Who.ASSIGNEE, told_as=_l("petugas yang dipilih"))
@says(_l("Petugas memeriksa ke lokasi selagi menunggu prasarana."))
def dispatch_meanwhile(ticket: Ticket, by: Actor, form: forms.OutageCrewForm) -> Outcome:
    """While the supporting infrastructure is awaited, the head may still send staff."""
    return records.send_to_place(ticket, form)


@L.line("L8", _l("Inventarisasi masalah"), _l("Petugas mencatat masalah di lokasi."), is_branch=True)
@L.step("L8", _l("Catat masalah di lokasi"), STAFF, At.ON_SITE, At.INVENTORIED, clock_hours(4))
@needs(records.is_in_crew, _l("Hanya petugas yang dikirim ke lokasi yang mengisi ini."))
@also(in_field=True)
def take_inventory(ticket: Ticket, by: Actor, form: forms.InventoryForm) -> Outcome:
    """On the spot the problems are listed, and the estimate of recovery follows from them."""
    return records.take_inventory(ticket, by, form)


@L.line("L9", _l("Laporan lapangan"), _l("Petugas melaporkan keadaan dan perkiraan pulih."), is_branch=True)
@L.step("L9", _l("Kirim laporan lapangan"), STAFF, At.INVENTORIED, At.TO_PASS_ON, SOON)
@needs(records.is_in_crew, _l("Hanya petugas yang dikirim ke lokasi yang mengisi ini."))
@tells(notices.field_reported, HEAD)
@also(in_field=True)
def report_from_site(ticket: Ticket, by: Actor, form: forms.FieldReportForm) -> Outcome:
    """The staff on site send their report with the estimate to the head."""
    return records.report_with_estimate(ticket, by, form, "report_from_site")


@L.step("L9b", _l("Laporan lapangan berikutnya"), STAFF, At.REPAIRING, At.TO_PASS_ON)
@needs(records.is_in_crew, _l("Hanya petugas yang dikirim ke lokasi yang mengisi ini."))
@tells(notices.field_reported, HEAD)
@also(in_field=True)
def report_again(ticket: Ticket, by: Actor, form: forms.FieldReportForm) -> Outcome:
    """A later report from the place with a new estimate; the head passes it on again."""
    return records.report_with_estimate(ticket, by, form, "report_again")


@L.line("L10", _l("Kabar dan pemulihan"), _l("Unit dan pelapor dikabari sampai jaringan pulih."))
@L.step("L10", _l("Teruskan keadaan dan perkiraan"), HEAD, At.TO_PASS_ON, At.REPAIRING, SOON)
@tells(notices.passed_on, Who.IT_MANAGERS, Who.REQUESTER, previews=True)
@also(is_public=True)
def pass_on(ticket: Ticket, by: Actor, form: forms.ReportForm) -> None:
    """The head passes condition and estimate on to every affected unit and to the requesters tied to it."""
    records.promise(ticket, by, form, "pass_on")


@L.step(
    "L10c",
    _l("Kirim kabar lanjutan"),
    (HEAD, STAFF),
    (At.WAITING, At.TO_DISPATCH, At.ON_SITE, At.INVENTORIED, At.TO_PASS_ON, At.REPAIRING),
    None,
)
@tells(notices.passed_on, Who.IT_MANAGERS, Who.REQUESTER, previews=True)
@also(is_public=True)
def send_update(ticket: Ticket, by: Actor, form: forms.UpdateForm) -> None:
    """Later updates go to the same people; a new estimate is kept beside the old ones."""
    if form.recovers_at.data:
        records.promise(ticket, by, form, "send_update")


@L.step("L10d", _l("Menjawab lagi"), Who.MONITOR, OPEN, None)
def prove_recovery(ticket: Ticket, by: Actor, form: str | None) -> Outcome:
    """A monitor, ours or another, sees the cause answer again; a person ends the outage."""
    outage = outage_of(ticket)
    outage.answered_at = outage.answered_at or utcnow()
    words = _("%(name)s menjawab lagi.", name=outage.cause_node.name if outage.cause_node else "—")
    return Outcome(text=records.said_by(words, form))


@L.step("L10e", _l("Putus lagi"), Who.MONITOR, OPEN, None)
def fall_again(ticket: Ticket, by: Actor, form: None) -> Outcome:
    """The cause stops answering before the outage was ended: still the same outage."""
    outage = outage_of(ticket)
    outage.answered_at = None
    return Outcome(text=_("%(name)s putus lagi.", name=outage.cause_node.name if outage.cause_node else "—"))


@L.step("L10b", _l("Akhiri gangguan"), (STAFF, HEAD), CONFIRMED_ON, At.ENDED)
@tells(notices.outage_ended, HEAD, STAFF, Who.IT_MANAGERS, Who.REQUESTER, previews=True)
@says(_l("Semua yang pernah dikabari mendapat kabar pulih; pengaduan yang terikat ikut selesai."))
@also(is_public=True)
def end(ticket: Ticket, by: Actor, form: forms.EndForm) -> Outcome:
    """Ended with cause, action and time down, proven by a ping or explained; tied complaints end with it."""
    return tying.end_with_complaints(ticket, form)


@L.step(None, _l("Batalkan"), (HEAD, Role.HEAD_OF_CENTRE), OPEN, At.CANCELLED)
@says(_l("Dibuka karena keliru; pengaduan yang terikat ditangani seperti biasa."))
@also(is_danger=True)
def cancel(ticket: Ticket, by: Actor, form: ReasonForm) -> None:
    """Opened by mistake: the outage ends, and complaints tied to it go on by themselves."""
    tying.close_and_release(ticket, form.reason.data)


common_moves.complete(COMMON)
