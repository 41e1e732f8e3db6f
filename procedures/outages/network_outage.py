"""L. Outage in the local network (Gangguan koneksi internet pada jaringan lokal), line by line as on the paper."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from mails.outages import notices
from models.base.db import db, utcnow
from models.organisation.roles import Division, Role
from models.outages.network import Node
from models.outages.outage import BRANCHES
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
    """The desks of a network outage."""

    REPORTED = "reported", _l("Menunggu ping"), "L2"
    PINGING = "pinging", _l("Sedang diping"), "L2"
    ANSWERED = "answered", _l("Ping dijawab, perlu keputusan"), "L2"
    CONFIRMED = "confirmed", _l("Menghubungi pengelola IT unit"), "L3"
    SUPPORTING = "supporting", _l("Prasarana: menanyakan lamanya"), "L4"
    ESTIMATED = "estimated", _l("Prasarana: menyusun laporan"), "L5"
    WAITING = "waiting", _l("Menunggu prasarana pulih"), "L5"
    IT = "it", _l("Infrastruktur IT: menyusun laporan"), "L6"
    TO_DISPATCH = "to_dispatch", _l("Menunggu penugasan ke lokasi"), "L7"
    ON_SITE = "on_site", _l("Petugas menuju dan memeriksa lokasi"), "L8"
    INVENTORIED = "inventoried", _l("Menyusun laporan dari lokasi"), "L9"
    TO_PASS_ON = "to_pass_on", _l("Menunggu kabar kepala divisi"), "L10"
    REPAIRING = "repairing", _l("Dalam pemulihan"), "L10"
    ENDED = "ended", _l("Pulih"), "L10", True
    NOT_CONFIRMED = "not_confirmed", _l("Tidak terbukti"), "L2", True
    JOINED = "joined", _l("Bagian dari gangguan lain"), "L1", True
    CANCELLED = "cancelled", _l("Dibatalkan"), "L1", True


STAFF, HEAD = Role.STAFF_NETWORKING, Role.HEAD_NETWORKING
AT_ONCE = clock_minutes(15)
SOON = clock_minutes(30)
BOTH_BRANCHES = (
    At.SUPPORTING,
    At.ESTIMATED,
    At.WAITING,
    At.IT,
    At.TO_DISPATCH,
    At.ON_SITE,
    At.INVENTORIED,
    At.TO_PASS_ON,
    At.REPAIRING,
)
CONFIRMED_ON = (At.CONFIRMED, *BOTH_BRANCHES)
OPEN = (At.REPORTED, At.PINGING, At.ANSWERED, *CONFIRMED_ON)

procedure = Procedure(
    "network_outage",
    letter="L",
    slug="gangguan-jaringan",
    title=_l("Gangguan jaringan lokal"),
    states=At,
    form_path="/pengaduan",
    icon="alert",
    summary=_l("Jaringan atau internet mati di sebuah gedung: satu sebab, satu penanganan, semua dikabari."),
)
procedure.line("L1", _l("Terpantau atau dilaporkan"), _l("Pemantau atau laporan siapa pun membuka satu gangguan."))
procedure.line("L2", _l("Ping"), _l("Staf networking memeriksa perangkat dengan ping."))
procedure.line("L3", _l("Pengelola IT dihubungi"), _l("Bila tidak dijawab, pengelola IT unit dihubungi."))
procedure.line("L4", _l("Prasarana: lamanya ditanyakan"), _l("Penanggung jawab ditanya berapa lama."), is_branch=True)
procedure.line("L5", _l("Prasarana: kabar perkiraan"), _l("Unit dikabari kapan diperkirakan pulih."), is_branch=True)
procedure.line("L6", _l("Infrastruktur IT: laporan"), _l("Masalahnya dilaporkan, unit dikabari."), is_branch=True)
procedure.line("L7", _l("Penugasan"), _l("Kepala Divisi Networking mengirim petugas ke lokasi."), is_branch=True)
procedure.line("L8", _l("Inventarisasi masalah"), _l("Petugas mencatat masalah di lokasi."), is_branch=True)
procedure.line("L9", _l("Laporan lapangan"), _l("Petugas melaporkan keadaan dan perkiraan pulih."), is_branch=True)
procedure.line("L10", _l("Kabar dan pemulihan"), _l("Unit dan pelapor dikabari sampai jaringan pulih."))


def _cannot_prove(form: Any) -> None:
    form.no_proof_reason.errors = [records.proof_missing()]
    raise StepRefused(records.proof_missing(), "form", form)


# L1 -------------------------------------------------------------------------------------------------


@procedure.step(
    "L1",
    _l("Gangguan terpantau"),
    by=Who.MONITOR,
    moves=(None, At.REPORTED),
    is_public=False,
    is_quiet=True,
    tells={STAFF: notices.outage_opened, HEAD: notices.outage_opened},
)
def open_by_monitor(ticket: Ticket, by: Actor, form: Sighting) -> Outcome:
    """The monitor sees a node fail several checks in a row: one outage, with all that lies behind it."""
    outage = records.open_outage(ticket, form, "network", Division.NETWORKING)
    return Outcome(text=form.description, data={"nodes": len(outage.nodes), "units": len(outage.units)})


@procedure.step(
    "L1b",
    _l("Laporkan gangguan jaringan"),
    by=(Role.OPERATOR, STAFF, HEAD),
    moves=(None, At.REPORTED),
    is_public=False,
    asks=forms.NetworkReportForm,
    tells={STAFF: notices.outage_opened, HEAD: notices.outage_opened},
)
def report_outage(ticket: Ticket, by: Actor, form: forms.NetworkReportForm) -> Outcome:
    """Anyone's report is entered by hand, with what failed if that is known."""
    seen = Sighting(
        form.subject.data,
        form.description.data,
        node_id=form.node.data or None,
        unit_ids=(form.unit.data,) if form.unit.data else (),
        began_at=as_utc(form.began_at),
        source="hand",
        reporter=records.reporter_of(form),
        channel=form.channel.data,
    )
    records.open_outage(ticket, seen, "network", Division.NETWORKING)
    return Outcome(text=form.description.data)


@procedure.step(
    "L1d",
    _l("Gangguan dibuka dari pengaduan"),
    by=(STAFF, HEAD),
    moves=(None, At.REPORTED),
    is_public=False,
    is_quiet=True,
    tells={STAFF: notices.outage_opened, HEAD: notices.outage_opened},
)
def open_from_complaint(ticket: Ticket, by: Actor, form: Sighting) -> Outcome:
    """A complaint opens an outage and is tied to it."""
    records.open_outage(ticket, form, "network", Division.NETWORKING)
    return Outcome(text=form.description)


@procedure.step(
    "L1c", _l("Sebab bergeser"), by=Who.MONITOR, moves=(OPEN, None), is_quiet=True, is_public=False, kind="system"
)
def move_cause(ticket: Ticket, by: Actor, form: Sighting) -> Outcome:
    """The monitor finds the cause further up: the outage stays one and widens to all behind it."""
    outage = outage_of(ticket)
    before = outage.cause_node
    outage.cause_node_id = form.node_id
    records.reach(outage, form.node_id, form.behind)
    db.session.refresh(outage, ["cause_node"])
    now = outage.cause_node
    return Outcome(text=_("Sebab bergeser dari %(a)s ke %(b)s.", a=before or "—", b=now or "—"))


@procedure.step(
    "L1e",
    _l("Bagian dari gangguan lain"),
    by=Who.MONITOR,
    moves=(At.REPORTED, At.JOINED),
    is_quiet=True,
    is_public=False,
    kind="system",
)
def join_outage(ticket: Ticket, by: Actor, form: Ticket) -> Outcome:
    """The cause is found further up before anybody began to work: part of that outage, and so are its complaints."""
    records.close_outage(ticket)
    tying.tie_to_another(ticket, form)
    return Outcome(text=_("Sebabnya ada di perangkat induk: %(number)s.", number=form.number))


@procedure.step(
    "L1f", _l("Kabar pemantau lain"), by=Who.MONITOR, moves=(OPEN, None), is_quiet=True, is_public=False, kind="system"
)
def hear_alert(ticket: Ticket, by: Actor, form: str) -> Outcome:
    """Another monitor says something of an open outage: kept in the timeline; it moves nothing."""
    return Outcome(text=form)


# L2 -------------------------------------------------------------------------------------------------


def _ask_ping(ticket: Ticket, by: Actor, form: forms.PingForm) -> Outcome:
    outage = outage_of(ticket)
    node = db.session.get(Node, form.node.data) if form.node.data else outage.cause_node
    if node is None or not node.address:
        node = next((each for each in outage.nodes if each.address), None)
    if node is None or not node.address:
        form.node.errors = [_("Pilih perangkat yang punya alamat.")]
        raise StepRefused(_("Perangkat ini tidak punya alamat. Pilih perangkat lain."), "form", form)
    return Outcome(text=node.name, data=records.ask_probe(ticket, by, "ping", node.address))


@procedure.step(
    "L2",
    _l("Ping"),
    by=STAFF,
    moves=(At.REPORTED, At.PINGING),
    within=AT_ONCE,
    asks=forms.PingForm,
    is_public=False,
    says=_l("Hasilnya muncul di sini dalam beberapa detik dan disimpan."),
)
def ping(ticket: Ticket, by: Actor, form: forms.PingForm) -> Outcome:
    """Networking staff ping from the product; the result is kept."""
    return _ask_ping(ticket, by, form)


@procedure.step(
    "L2b",
    _l("Hasil ping"),
    by=Who.PRODUCT,
    moves=(At.PINGING, (At.ANSWERED, At.CONFIRMED, At.REPORTED)),
    is_quiet=True,
    is_public=False,
)
def record_ping(ticket: Ticket, by: Actor, form: ProbeDone) -> Outcome:
    """Sent, received, loss and times are kept; without an answer the outage is confirmed."""
    probe = records.record_probe(ticket, form)
    to = {True: At.ANSWERED, False: At.CONFIRMED, None: At.REPORTED}[form.answered]
    return Outcome(to=to, text=ping_words(form), data={"probe": probe.id})


@procedure.step(
    "L2c",
    _l("Ping lagi"),
    by=(STAFF, HEAD),
    moves=((At.ANSWERED, *CONFIRMED_ON), None),
    asks=forms.PingForm,
    is_public=False,
    kind="system",
    says=_l("Membuktikan pemulihan, atau memeriksa perangkat lain."),
)
def ping_again(ticket: Ticket, by: Actor, form: forms.PingForm) -> Outcome:
    """Another ping, of the cause or of what lies behind it; the result is kept."""
    return _ask_ping(ticket, by, form)


@procedure.step(
    "L2d",
    _l("Hasil ping lagi"),
    by=Who.PRODUCT,
    moves=(OPEN, None),
    is_quiet=True,
    is_public=False,
    kind="system",
)
def record_later_ping(ticket: Ticket, by: Actor, form: ProbeDone) -> Outcome:
    """A later result is kept; it moves nothing."""
    probe = records.record_probe(ticket, form)
    return Outcome(text=ping_words(form), data={"probe": probe.id})


@procedure.step(
    "L2e",
    _l("Akhiri: tidak terbukti"),
    by=STAFF,
    moves=(At.ANSWERED, At.NOT_CONFIRMED),
    within=AT_ONCE,
    asks=common_forms.ReasonForm,
    tells={Who.REQUESTER: notices.passed_on},
    says=_l("Perangkat menjawab; pengaduan yang terikat ditangani seperti biasa."),
    previews=True,
)
def end_unconfirmed(ticket: Ticket, by: Actor, form: common_forms.ReasonForm) -> None:
    """The ping was answered: recorded, and the outage ends as not confirmed."""
    records.close_outage(ticket)
    tying.release_all(ticket, form.reason.data)


@procedure.step(
    "L2f",
    _l("Teruskan walau dijawab"),
    by=STAFF,
    moves=(At.ANSWERED, At.CONFIRMED),
    asks=common_forms.ReasonForm,
    is_public=False,
    says=_l("Gangguan sebagian; alasannya dicatat."),
)
def go_on(ticket: Ticket, by: Actor, form: common_forms.ReasonForm) -> None:
    """The ping was answered, yet the outage goes on with a reason: a partial fault."""


@procedure.step(
    "L2g",
    _l("Pastikan tanpa ping"),
    by=STAFF,
    moves=((At.REPORTED, At.PINGING), At.CONFIRMED),
    asks=common_forms.ReasonForm,
    is_public=False,
    says=_l("Bila perangkat tidak dapat diping dari sini; alasannya dicatat."),
)
def confirm_without_ping(ticket: Ticket, by: Actor, form: common_forms.ReasonForm) -> None:
    """No ping can be sent from here: confirmed by other means, with the reason."""


BY_MAIL_ONLY = _l("orang yang dihubungi, bila lewat email")


# L3 -------------------------------------------------------------------------------------------------


@procedure.step(
    "L3",
    _l("Hubungi pengelola IT"),
    by=STAFF,
    moves=(At.CONFIRMED, (At.CONFIRMED, At.SUPPORTING, At.IT)),
    within=AT_ONCE,
    asks=forms.FindingForm,
    tells={Who.IT_MANAGERS: notices.manager_contacted},
    told_as={Who.IT_MANAGERS: BY_MAIL_ONLY},
    is_public=False,
    says=_l("Catat yang dipastikannya; hasilnya memilih cabang."),
)
def contact_manager(ticket: Ticket, by: Actor, form: forms.FindingForm) -> Outcome:
    """The unit's IT manager is contacted and what they confirm is recorded; the finding chooses the branch."""
    data = records.record_call(ticket, by, form)
    finding = form.finding.data or ""
    if finding:
        outage_of(ticket).branch = finding
    to = {"supporting": At.SUPPORTING, "it": At.IT}.get(finding, At.CONFIRMED)
    return Outcome(to=to, data={**data, "branch": finding})


@procedure.step(
    "L3b",
    _l("Catat percakapan"),
    by=(STAFF, HEAD),
    moves=(BOTH_BRANCHES, None),
    asks=forms.ManagerCallForm,
    tells={Who.IT_MANAGERS: notices.manager_contacted},
    told_as={Who.IT_MANAGERS: BY_MAIL_ONLY},
    is_public=False,
    kind="system",
)
def log_call(ticket: Ticket, by: Actor, form: forms.ManagerCallForm) -> Outcome:
    """A further call of the call list, with what was said."""
    return Outcome(data=records.record_call(ticket, by, form))


@procedure.step(
    "L3c",
    _l("Ganti cabang"),
    by=STAFF,
    moves=(BOTH_BRANCHES, (At.SUPPORTING, At.IT)),
    asks=forms.BranchForm,
    is_public=False,
    is_danger=True,
    says=_l("Cabang lama dan alasan penggantiannya tetap tercatat."),
)
def change_branch(ticket: Ticket, by: Actor, form: forms.BranchForm) -> Outcome:
    """A wrong branch is changed with a reason; both stay on record."""
    outage = outage_of(ticket)
    before, outage.branch = outage.branch, form.branch.data
    to = At.SUPPORTING if outage.branch == "supporting" else At.IT
    return Outcome(to=to, data={"from_branch": str(BRANCHES[before]), "to_branch": str(BRANCHES[outage.branch])})


# L4, L5: supporting infrastructure ------------------------------------------------------------------


def _keep_duration(ticket: Ticket, by: Actor, form: forms.DurationForm, step: str) -> Outcome:
    estimate = records.promise(ticket, by, form, step, form.source.data)
    return Outcome(data={"estimate": estimate.id, "source": estimate.source})


@procedure.step(
    "L4",
    _l("Catat perkiraan penanggung jawab"),
    by=STAFF,
    moves=(At.SUPPORTING, At.ESTIMATED),
    within=SOON,
    asks=forms.DurationForm,
    is_public=False,
)
def ask_duration(ticket: Ticket, by: Actor, form: forms.DurationForm) -> Outcome:
    """Whoever is responsible for the supporting infrastructure is asked how long it will take; recorded."""
    return _keep_duration(ticket, by, form, "ask_duration")


@procedure.step(
    "L4b",
    _l("Perbarui perkiraan"),
    by=STAFF,
    moves=(At.WAITING, At.ESTIMATED),
    asks=forms.DurationForm,
    is_public=False,
    says=_l("Perkiraan lama tetap tercatat; sesudahnya kirim laporan lagi."),
)
def renew_estimate(ticket: Ticket, by: Actor, form: forms.DurationForm) -> Outcome:
    """While waiting the estimate is renewed, and the report is sent again."""
    return _keep_duration(ticket, by, form, "renew_estimate")


@procedure.step(
    "L5",
    _l("Kirim laporan dan perkiraan"),
    by=STAFF,
    moves=(At.ESTIMATED, At.WAITING),
    within=SOON,
    asks=forms.PlainReportForm,
    tells={HEAD: notices.outage_reported, Who.IT_MANAGERS: notices.outage_reported},
    says=_l("Perkiraan terakhir ikut dikirim."),
    previews=True,
)
def report_supporting(ticket: Ticket, by: Actor, form: forms.PlainReportForm) -> None:
    """Report of the problem with the expected recovery, to the head and every affected unit's IT manager."""


# L6 to L9: IT infrastructure ------------------------------------------------------------------------


@procedure.step(
    "L6",
    _l("Kirim laporan masalah"),
    by=STAFF,
    moves=(At.IT, At.TO_DISPATCH),
    within=SOON,
    asks=forms.PlainReportForm,
    tells={HEAD: notices.outage_reported, Who.IT_MANAGERS: notices.outage_reported},
    previews=True,
)
def report_it(ticket: Ticket, by: Actor, form: forms.PlainReportForm) -> None:
    """Report of the problem in the IT infrastructure, to the head and every affected unit's IT manager."""


@procedure.step(
    "L7",
    _l("Kirim petugas ke lokasi"),
    by=HEAD,
    moves=(At.TO_DISPATCH, At.ON_SITE),
    within=SOON,
    asks=forms.OutageCrewForm,
    tells={Who.ASSIGNEE: notices.crew_sent},
    told_as={Who.ASSIGNEE: _l("petugas yang dipilih")},
    is_public=False,
)
def dispatch(ticket: Ticket, by: Actor, form: forms.OutageCrewForm) -> Outcome:
    """The head of networking sends staff to the place."""
    return _send_crew(ticket, form)


@procedure.step(
    "L7b",
    _l("Tetap kirim petugas"),
    by=HEAD,
    moves=(At.WAITING, At.ON_SITE),
    asks=forms.OutageCrewForm,
    tells={Who.ASSIGNEE: notices.crew_sent},
    told_as={Who.ASSIGNEE: _l("petugas yang dipilih")},
    is_public=False,
    says=_l("Petugas memeriksa ke lokasi selagi menunggu prasarana."),
)
def dispatch_meanwhile(ticket: Ticket, by: Actor, form: forms.OutageCrewForm) -> Outcome:
    """While the supporting infrastructure is awaited, the head may still send staff."""
    return _send_crew(ticket, form)


def _send_crew(ticket: Ticket, form: forms.OutageCrewForm) -> Outcome:
    names = records.send_crew(ticket, form.crew.data)
    node = outage_of(ticket).cause_node
    return Outcome(data={"crew": names, "place": node.place if node else ""})


ONLY_CREW = {_l("Hanya petugas yang dikirim ke lokasi yang mengisi ini."): records.is_in_crew}


@procedure.step(
    "L8",
    _l("Catat masalah di lokasi"),
    by=STAFF,
    moves=(At.ON_SITE, At.INVENTORIED),
    within=clock_hours(4),
    asks=forms.InventoryForm,
    in_field=True,
    needs=ONLY_CREW,
    is_public=False,
)
def take_inventory(ticket: Ticket, by: Actor, form: forms.InventoryForm) -> Outcome:
    """On the spot the problems are listed, and the estimate of recovery follows from them."""
    problems = [line.strip() for line in form.problems.data.splitlines() if line.strip()]
    records.report_from_field(ticket, by, "take_inventory", "", problems)
    records.promise(ticket, by, form, "take_inventory")
    return Outcome(text="\n".join(problems), data={"problems": problems})


def _field_report(ticket: Ticket, by: Actor, form: forms.FieldReportForm, step: str) -> Outcome:
    records.report_from_field(ticket, by, step, form.text.data, [])
    records.promise(ticket, by, form, step)
    problems = next((report.problems for report in reversed(outage_of(ticket).reports) if report.problems), [])
    return Outcome(data={"problems": problems})


@procedure.step(
    "L9",
    _l("Kirim laporan lapangan"),
    by=STAFF,
    moves=(At.INVENTORIED, At.TO_PASS_ON),
    within=SOON,
    asks=forms.FieldReportForm,
    in_field=True,
    needs=ONLY_CREW,
    tells={HEAD: notices.field_reported},
    is_public=False,
)
def report_from_site(ticket: Ticket, by: Actor, form: forms.FieldReportForm) -> Outcome:
    """The staff on site send their report with the estimate to the head."""
    return _field_report(ticket, by, form, "report_from_site")


@procedure.step(
    "L9b",
    _l("Laporan lapangan berikutnya"),
    by=STAFF,
    moves=(At.REPAIRING, At.TO_PASS_ON),
    asks=forms.FieldReportForm,
    in_field=True,
    needs=ONLY_CREW,
    tells={HEAD: notices.field_reported},
    is_public=False,
)
def report_again(ticket: Ticket, by: Actor, form: forms.FieldReportForm) -> Outcome:
    """A later report from the place with a new estimate; the head passes it on again."""
    return _field_report(ticket, by, form, "report_again")


# L10: passed on, recovered, ended -------------------------------------------------------------------


@procedure.step(
    "L10",
    _l("Teruskan keadaan dan perkiraan"),
    by=HEAD,
    moves=(At.TO_PASS_ON, At.REPAIRING),
    within=SOON,
    asks=forms.ReportForm,
    tells={Who.IT_MANAGERS: notices.passed_on, Who.REQUESTER: notices.passed_on},
    previews=True,
)
def pass_on(ticket: Ticket, by: Actor, form: forms.ReportForm) -> None:
    """The head passes condition and estimate on to every affected unit and to the requesters tied to it."""
    records.promise(ticket, by, form, "pass_on")


@procedure.step(
    "L10c",
    _l("Kirim kabar lanjutan"),
    by=(HEAD, STAFF),
    moves=((At.WAITING, At.TO_DISPATCH, At.ON_SITE, At.INVENTORIED, At.TO_PASS_ON, At.REPAIRING), None),
    asks=forms.UpdateForm,
    tells={Who.IT_MANAGERS: notices.passed_on, Who.REQUESTER: notices.passed_on},
    previews=True,
)
def send_update(ticket: Ticket, by: Actor, form: forms.UpdateForm) -> None:
    """Later updates go to the same people; a new estimate is kept beside the old ones."""
    if form.recovers_at.data:
        records.promise(ticket, by, form, "send_update")


@procedure.step(
    "L10d",
    _l("Menjawab lagi"),
    by=Who.MONITOR,
    moves=(OPEN, None),
    is_quiet=True,
    kind="system",
    is_public=False,
)
def prove_recovery(ticket: Ticket, by: Actor, form: Any) -> Outcome:
    """A monitor, ours or another, sees the cause answer again; a person ends the outage."""
    outage = outage_of(ticket)
    outage.answered_at = outage.answered_at or utcnow()
    words = _("%(name)s menjawab lagi.", name=outage.cause_node.name if outage.cause_node else "—")
    return Outcome(text=records.said_by(words, form))


@procedure.step(
    "L10e",
    _l("Putus lagi"),
    by=Who.MONITOR,
    moves=(OPEN, None),
    is_quiet=True,
    kind="system",
    is_public=False,
)
def fall_again(ticket: Ticket, by: Actor, form: Any) -> Outcome:
    """The cause stops answering before the outage was ended: still the same outage."""
    outage = outage_of(ticket)
    outage.answered_at = None
    return Outcome(text=_("%(name)s putus lagi.", name=outage.cause_node.name if outage.cause_node else "—"))


@procedure.step(
    "L10b",
    _l("Akhiri gangguan"),
    by=(STAFF, HEAD),
    moves=(CONFIRMED_ON, At.ENDED),
    asks=forms.EndForm,
    tells={
        HEAD: notices.outage_ended,
        STAFF: notices.outage_ended,
        Who.IT_MANAGERS: notices.outage_ended,
        Who.REQUESTER: notices.outage_ended,
    },
    says=_l("Semua yang pernah dikabari mendapat kabar pulih; pengaduan yang terikat ikut selesai."),
    previews=True,
)
def end(ticket: Ticket, by: Actor, form: forms.EndForm) -> Outcome:
    """Ended with cause, action and time down, proven by a ping or explained; tied complaints end with it."""
    outage = records.end_outage(ticket, form, _cannot_prove)
    tying.resolve_all(ticket, form.cause.data, form.text.data)
    return Outcome(data={"minutes": int(outage.duration.total_seconds() // 60), "no_proof": outage.no_proof_reason})


def ping_words(done: ProbeDone) -> str:
    """One line of a ping's result for the timeline."""
    facts = done.facts
    if done.answered is None:
        return _("Ping tidak dapat dikirim: %(why)s", why=facts.get("detail", ""))
    return _(
        "%(target)s: %(received)s dari %(sent)s dijawab, hilang %(loss)s%%",
        target=facts.get("target", ""),
        received=facts.get("received", 0),
        sent=facts.get("sent", 0),
        loss=facts.get("loss", 100),
    )


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


common_moves.adopt_common(procedure)
procedure.due(At.REPORTED, "ping")
procedure.due(At.PINGING, "record_ping", by=STAFF)
procedure.due(At.ANSWERED, "end_unconfirmed", _l("Putuskan hasil ping"))
procedure.due(At.CONFIRMED, "contact_manager")
procedure.due(At.SUPPORTING, "ask_duration")
procedure.due(At.ESTIMATED, "report_supporting")
procedure.due(At.WAITING, "renew_estimate")
procedure.due(At.IT, "report_it")
procedure.due(At.TO_DISPATCH, "dispatch")
procedure.due(At.ON_SITE, "take_inventory")
procedure.due(At.INVENTORIED, "report_from_site")
procedure.due(At.TO_PASS_ON, "pass_on")
procedure.due(At.REPAIRING, "end")
catalog.register(procedure)
