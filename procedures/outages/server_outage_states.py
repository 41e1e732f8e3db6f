"""The desks of a server outage (W), what each waits for, and what must hold before some of its steps."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from models.organisation.roles import Role
from models.tickets.ticket import Ticket
from procedures.engine.declaration import ENDS, Actor, Awaits, State
from procedures.engine.procedure import Procedure
from procedures.outages.records import outage_of
from procedures.tickets.common_declaration import Adoption

STAFF, HEAD = Role.STAFF_SYSTEMS, Role.HEAD_SYSTEMS


class At(State):
    """The desks of a server outage."""

    REPORTED = "reported", _l("Menunggu pemeriksaan layanan"), "W2", Awaits("visit")
    VISITING = "visiting", _l("Sedang dibuka"), "W2", Awaits("record_visit", by=(STAFF,))
    ANSWERING = (
        "answering",
        _l("Layanan terbuka, perlu keputusan"),
        "W2",
        Awaits("end_false_alarm", _l("Putuskan hasil pemeriksaan")),
    )
    CONFIRMED = "confirmed", _l("Menyusun laporan gangguan"), "W3", Awaits("report_to_head")
    TO_ORDER = (
        "to_order",
        _l("Menunggu kepala divisi"),
        "W4",
        Awaits("order_staff", _l("Tugaskan petugas atau hubungi pengelola")),
    )
    CHECKING = "checking", _l("Petugas mencari sumber masalah"), "W5", Awaits("find_and_fix")
    FIXED = "fixed", _l("Menyusun sebab dan penyelesaian"), "W6", Awaits("report_cause")
    SOLVED = "solved", _l("Sebab dan penyelesaian dilaporkan"), "W6", Awaits("end")
    WITH_MANAGER = "with_manager", _l("Di tangan pengelola luar"), "W7", Awaits("follow_up_outside", is_outside=True)
    ENDED = "ended", _l("Berfungsi lagi"), "W6", ENDS
    FALSE_ALARM = "false_alarm", _l("Alarm palsu"), "W2", ENDS
    CANCELLED = "cancelled", _l("Dibatalkan"), "W1", ENDS


LATER = (At.CONFIRMED, At.TO_ORDER, At.CHECKING, At.FIXED, At.SOLVED, At.WITH_MANAGER)
OPEN = (At.REPORTED, At.VISITING, At.ANSWERING, *LATER)
W = Procedure(
    "server_outage",
    letter="W",
    slug="gangguan-server",
    title=_l("Gangguan server web"),
    states=At,
    form_path="/pengaduan",
    icon="server",
    summary=_l("Portal atau situs tidak terbuka: diperiksa, ditangani, atau diteruskan ke pengelolanya."),
)
COMMON = Adoption(W)


def is_ours(ticket: Ticket, _by: Actor) -> bool:
    return outage_of(ticket).managed_by != "other"


def is_of_others(ticket: Ticket, _by: Actor) -> bool:
    return outage_of(ticket).managed_by == "other"
