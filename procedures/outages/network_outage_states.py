"""The desks of a network outage (L), what each waits for, and the groups of them that several steps name."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from models.organisation.roles import Role
from procedures.engine.declaration import ENDS, Awaits, State, clock_minutes
from procedures.engine.procedure import Procedure
from procedures.tickets.common_declaration import Adoption

STAFF, HEAD = Role.STAFF_NETWORKING, Role.HEAD_NETWORKING
BY_MAIL_ONLY = _l("orang yang dihubungi, bila lewat email")  # whom L3 tells, beside its button


class At(State):
    """The desks of a network outage."""

    REPORTED = "reported", _l("Menunggu ping"), "L2", Awaits("ping")
    PINGING = "pinging", _l("Sedang diping"), "L2", Awaits("record_ping", by=(STAFF,))
    ANSWERED = (
        "answered",
        _l("Ping dijawab, perlu keputusan"),
        "L2",
        Awaits("end_unconfirmed", _l("Putuskan hasil ping")),
    )
    CONFIRMED = "confirmed", _l("Menghubungi pengelola IT unit"), "L3", Awaits("contact_manager")
    SUPPORTING = "supporting", _l("Prasarana: menanyakan lamanya"), "L4", Awaits("ask_duration")
    ESTIMATED = "estimated", _l("Prasarana: menyusun laporan"), "L5", Awaits("report_supporting")
    WAITING = "waiting", _l("Menunggu prasarana pulih"), "L5", Awaits("renew_estimate")
    IT = "it", _l("Infrastruktur IT: menyusun laporan"), "L6", Awaits("report_it")
    TO_DISPATCH = "to_dispatch", _l("Menunggu penugasan ke lokasi"), "L7", Awaits("dispatch")
    ON_SITE = "on_site", _l("Petugas menuju dan memeriksa lokasi"), "L8", Awaits("take_inventory")
    INVENTORIED = "inventoried", _l("Menyusun laporan dari lokasi"), "L9", Awaits("report_from_site")
    TO_PASS_ON = "to_pass_on", _l("Menunggu kabar kepala divisi"), "L10", Awaits("pass_on")
    REPAIRING = "repairing", _l("Dalam pemulihan"), "L10", Awaits("end")
    ENDED = "ended", _l("Pulih"), "L10", ENDS
    NOT_CONFIRMED = "not_confirmed", _l("Tidak terbukti"), "L2", ENDS
    JOINED = "joined", _l("Bagian dari gangguan lain"), "L1", ENDS
    CANCELLED = "cancelled", _l("Dibatalkan"), "L1", ENDS


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
L = Procedure(
    "network_outage",
    letter="L",
    slug="gangguan-jaringan",
    title=_l("Gangguan jaringan lokal"),
    states=At,
    form_path="/pengaduan",
    icon="cut",
    summary=_l("Jaringan atau internet mati di sebuah gedung: satu sebab, satu penanganan, semua dikabari."),
)
COMMON = Adoption(L)
