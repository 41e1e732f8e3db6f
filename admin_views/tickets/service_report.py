"""The report on the work of a period, for heads, operator and reviewer: what came, what ended, where it was late."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

from flask import abort, render_template, request, send_file
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from admin_views.frame.page import ClosedView
from admin_views.frame.period import period_asked
from admin_views.frame.view import audit_export, person
from gateways.files.table_writer import FORMATS, Cell, write_table
from models.tickets.ticket import CHANNELS, visible_to
from procedures.tickets.service_report import Measured, ServiceReport, before, report_of

USUAL = timedelta(days=29)


class ServiceReportView(ClosedView):
    """/admin/service_report/"""

    name_key = "service_report"
    acts = {"index": "list", "export": "export"}

    def __init__(self) -> None:
        super().__init__(name=_l("Laporan layanan"), endpoint="service_report", url="/admin/service_report")

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """The period's figures beside those of as many days before."""
        first, last, sentence = period_asked(USUAL)
        seen = visible_to(person())
        page = render_template(
            "admin/tickets/service_report.html",
            view=self,
            report=report_of(first, last, seen),
            before=before(first, last, seen),
            sentence=sentence,
            channels=CHANNELS,
            tickets=_tickets,
        )
        return page, 422 if sentence else 200

    @expose("/export/")
    def export(self) -> ResponseReturnValue:
        """The same figures as one table."""
        first, last, sentence = period_asked(USUAL)
        kind = request.args.get("format", "csv")
        if kind not in FORMATS or sentence:
            abort(400)
        heads = [
            _("Bagian"), _("Isi"), _("Jumlah"), _("Median (jam)"), _("9 dari 10 paling lama (jam)"), _("Dengan target"),
            _("Tepat waktu"),
        ]  # fmt: skip
        lines = list(_lines(report_of(first, last, visible_to(person()))))
        file = BytesIO()
        audit_export(self.name_key, write_table(kind, file, _("Laporan layanan"), heads, [lines]))
        file.seek(0)
        name = f"laporan-layanan-{first}-{last}.{kind}"
        return send_file(file, mimetype=FORMATS[kind], as_attachment=True, download_name=name)


def _tickets(first: date, last: date, **chosen: str | int | None) -> str:
    """The list of exactly the tickets received in the period."""
    return "/admin/ticket/?" + urlencode({"state": "all", "since": first, "until": last, **chosen})


def _lines(report: ServiceReport) -> Iterator[list[Any]]:
    for line in report.services:
        yield [_("Diterima"), str(line.procedure.title), line.received, "", "", "", ""]
        yield [_("Berakhir"), str(line.procedure.title), line.ended, *_of(line.whole)]
        yield [_("Masih terbuka"), str(line.procedure.title), line.open, "", "", "", ""]
        yield [_("Jawaban pertama"), str(line.procedure.title), line.answer.count, *_of(line.answer)]
    for desk in report.desks:
        yield [_("Meja"), f"{desk.state.line} {desk.state.label}", desk.took.count, *_of(desk.took)]
    for day, received, ended in report.days:
        yield [_("Diterima"), day, received, "", "", "", ""]
        yield [_("Berakhir"), day, ended, "", "", "", ""]
    for part, rows in ((_("Unit"), report.units), (_("Jenis masalah"), report.kinds)):
        yield from ([part, name, count, "", "", "", ""] for name, count in rows)
    yield from ([_("Datang melalui"), str(CHANNELS[name]), count, "", "", "", ""] for name, count in report.channels)


def _of(measured: Measured) -> list[Cell]:
    rounded = [round(value, 2) if value is not None else "" for value in (measured.median, measured.p90)]
    return [*rounded, measured.with_target or "", measured.kept if measured.with_target else ""]
