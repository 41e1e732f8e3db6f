"""The reports of whole months, which are made by themselves: a list, and each as its PDF."""

from __future__ import annotations

from io import BytesIO

from flask import abort, render_template, send_file
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from admin_views.frame.page import ClosedView
from admin_views.frame.reader import audit_export
from documents.document import Composed
from documents.press import print_guarded
from documents.tickets.period_report import TEMPLATE
from documents.typesetting import DocumentNotPrinted
from models.base.db import db
from models.base.typed_date import BadDate, read_day
from models.organisation.monthly_report import MonthlyReport

MOST = 120  # ten years


class MonthlyReportView(ClosedView):
    """/admin/monthly_report/: of all tickets, and so for those alone who see all."""

    name_key = "monthly_report"
    acts = {"index": "list", "paper": "export"}

    def __init__(self) -> None:
        super().__init__(name=_l("Laporan bulanan"), endpoint="monthly_report", url="/admin/monthly_report")

    @expose("/")
    def index(self) -> ResponseReturnValue:
        query = select(MonthlyReport).order_by(MonthlyReport.month.desc()).limit(MOST)
        return render_template("admin/tickets/monthly_report.html", view=self, reports=list(db.session.scalars(query)))

    @expose("/paper/<month>")
    def paper(self, month: str) -> ResponseReturnValue:
        """The PDF as it was made; `month` is its first day."""
        try:
            report = db.session.get(MonthlyReport, read_day(month)) or abort(404)
        except BadDate:
            abort(404)
        document, name = Composed(TEMPLATE, report.data, report.stamp), f"laporan-layanan-{report.month:%Y-%m}.pdf"
        audit_export(self.name_key, report.received)
        db.session.rollback()  # no transaction is open while the press prints
        try:
            data = print_guarded(document)
        except DocumentNotPrinted:
            return render_template("admin/frame/no_document.html", view=self), 503
        return send_file(BytesIO(data), mimetype="application/pdf", as_attachment=True, download_name=name)
