"""The page of what is kept for how long, and what each night took out."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from admin_views.frame.page import ClosedView
from admin_views.frame.permissions import may
from admin_views.frame.reader import person
from models.base.columns.shown import Shown
from models.base.db import db
from models.base.periods.retention_run import RetentionRun
from models.base.retention import PERIODS
from models.base.wording import Words
from models.tickets.mailing.data_request import kept_time

NIGHTS_SHOWN = 14
PART_WORDS: dict[str, Words] = {
    "tickets": _l("Tiket"),
    "acts": _l("Isi catatan perbuatan"),
    "addresses_of_acts": _l("Alamat jaringan dalam catatan perbuatan"),
    "addresses_of_events": _l("Alamat jaringan dalam riwayat tiket"),
    "told_of_work": _l("Alamat yang dikabari tentang pekerjaan terencana"),
    "notes_of_accounts": _l("Catatan akun"),
    "holders_of_reviews": _l("Peninjau akun"),
    "changes_of_the_directory": _l("Alasan perubahan direktori"),
    "data_requests": _l("Permintaan tentang data pribadi"),
    "sent_mails": _l("Surat keluar tanpa tiket"),
    "password_links": _l("Tujuan tautan password"),
    "rabs": _l("RAB"),
    "lines_of_rabs": _l("Baris RAB"),
    "bills": _l("Tagihan"),
    "lines_of_bills": _l("Baris tagihan"),
    "payments": _l("Pembayaran"),
    "documents_of_bills": _l("Dokumen keuangan"),
    "proofs_of_payment": _l("Bukti pembayaran"),
    "register": _l("Orang dalam register"),
    "absences": _l("Ketidakhadiran"),
    "delegations": _l("Alasan pendelegasian"),
    "pending_changes": _l("Permintaan orang kedua"),
}


class RetentionView(ClosedView):
    """/admin/retention/"""

    name_key = "retention"
    title = _l("Masa simpan")
    acts = {"index": "list"}

    def __init__(self) -> None:
        super().__init__(name="Masa simpan", endpoint="retention", url="/admin/retention")

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """The periods as the public page promises them, and the nights."""
        query = select(RetentionRun).order_by(RetentionRun.id.desc()).limit(NIGHTS_SHOWN)
        return render_template(
            "admin/organisation/retention.html",
            view=self,
            periods=PERIODS.values(),
            nights=[_night(run) for run in db.session.scalars(query)],
            kept_time=kept_time(),
            may_read_requests=may(person(), "data_request", "list"),
            may_set=may(person(), "setting", "edit"),
        )


def _night(run: RetentionRun) -> dict[str, Shown]:
    """One night in words: what went, how long it took, the longest time that the database was held."""
    parts = [(PART_WORDS.get(name, name), rows) for name, (rows, _ms, _longest) in run.done.items() if rows]
    return {
        "run": run,
        "parts": parts,
        "seconds": sum(millis for _rows, millis, _longest in run.done.values()) / 1000,
        "longest_ms": max((longest for _rows, _ms, longest in run.done.values()), default=0),
    }
