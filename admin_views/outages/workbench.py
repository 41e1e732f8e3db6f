"""What the workbench shows of an outage: reach, promises, calls, checks and reports, at the side."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import quote

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from admin_views.frame.view import person
from admin_views.outages.workbench_rows import from_json, outage_rows
from admin_views.tickets.workbench.form_cache import OFFERS
from admin_views.tickets.workbench.workbench_parts import EVENT_FACTS, SIDE
from mails.recipients import reason_words
from models.base.columns.shown import Shown
from models.base.phone import whatsapp_digits
from models.base.wording import duration
from models.outages.outage import BRANCHES, OUTAGE_PROCEDURES, WAYS, Outage, outage_row_of
from models.tickets.ticket import Ticket
from procedures.outages.probe_words import detail_words
from procedures.outages.tying import TieForm, what_tie_offers


def side(ticket: Ticket) -> dict[str, Shown] | None:
    outage = outage_row_of(ticket)
    if outage is None:
        return None
    return {
        "outage": outage,
        "branch": BRANCHES[outage.branch],
        "ways": WAYS,
        "whatsapp": lambda phone: whatsapp(phone, outage),
        "from_json": from_json,
        "why": reason_words,
        "detail_words": detail_words,
        **outage_rows(outage, person()),
    }


def whatsapp(phone: str, outage: Outage) -> str:
    """A link that opens WhatsApp with the words filled in; nothing where the number is no mobile's."""
    number = whatsapp_digits(phone)
    if not number:
        return ""
    words = _("Selamat pagi, kami dari Pustikom. Jaringan di unit Anda terganggu. Mohon periksa listrik dan perangkat.")
    return f"https://wa.me/{number}?text={quote(words)}"


EVENT_FACTS.update(
    {
        "name": (_l("Dihubungi"), str),
        "way": (_l("Lewat"), lambda way: WAYS.get(way, "")),
        "branch": (_l("Cabang"), lambda branch: BRANCHES.get(branch, "") if branch else ""),
        "from_branch": (_l("Cabang semula"), str),
        "to_branch": (_l("Cabang sekarang"), str),
        "from_side": (_l("Pengelola semula"), str),
        "to_side": (_l("Pengelola sekarang"), str),
        "crew": (_l("Ditugaskan"), ", ".join),
        "source": (_l("Menurut"), str),
        "minutes": (_l("Lama gangguan"), lambda minutes: duration(timedelta(minutes=minutes))),
        "no_proof": (_l("Alasan tanpa pemeriksaan"), str),
    }
)
for _procedure in OUTAGE_PROCEDURES:
    SIDE[_procedure] = ("admin/outages/workbench.html", side)
OFFERS[TieForm] = what_tie_offers
