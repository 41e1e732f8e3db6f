"""The report on password changes for the heads: counts by day, proof, reason and staff."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

from flask import abort, render_template, request, send_file
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from admin_views.frame.page import ClosedView
from admin_views.frame.period import period_asked
from admin_views.frame.view import audit_export
from gateways.files.table_writer import FORMATS, Cell, write_table
from models.accounts.identity_report import IdentityReport, report_of

USUAL = timedelta(days=29)


class IdentityReportView(ClosedView):
    name_key = "identity_report"
    acts = {"index": "list", "export": "export"}

    def __init__(self) -> None:
        super().__init__(
            name=_l("Laporan perubahan password"), endpoint="identity_report", url="/admin/identity_report"
        )

    @expose("/")
    def index(self) -> ResponseReturnValue:
        first, last, sentence = period_asked(USUAL)
        page = render_template(
            "admin/accounts/identity_report.html", view=self, report=report_of(first, last), sentence=sentence
        )
        return page, 422 if sentence else 200

    @expose("/export/")
    def export(self) -> ResponseReturnValue:
        """The same counts as one table."""
        first, last, sentence = period_asked(USUAL)
        kind = request.args.get("format", "csv")
        if kind not in FORMATS or sentence:
            abort(400)
        heads = [_("Bagian"), _("Isi"), _("Diperiksa"), _("Diganti"), _("Ditolak")]
        file = BytesIO()
        audit_export(
            self.name_key, write_table(kind, file, _("Perubahan password"), heads, [_lines(report_of(first, last))])
        )
        file.seek(0)
        name = f"perubahan-password-{first}-{last}.{kind}"
        return send_file(file, mimetype=FORMATS[kind], as_attachment=True, download_name=name)


def _lines(report: IdentityReport) -> list[list[Cell]]:
    days: list[list[Cell]] = [[_("Hari"), day, "", changed, refused] for day, changed, refused in report.days]
    proofs: list[list[Cell]] = [[_("Bukti diri"), label, count, "", ""] for label, count in report.proofs]
    reasons: list[list[Cell]] = [[_("Alasan penolakan"), reason, "", "", count] for reason, count in report.reasons]
    staff: list[list[Cell]] = [[_("Petugas"), *row] for row in report.staff]
    return [*days, *proofs, *reasons, *staff]
