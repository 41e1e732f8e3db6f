"""The report on the work of a period, for heads, operator and reviewer: what came, what ended, where it was late.

Up to a year and MOST_AT_ONCE tickets it is a page; a greater one, of ten years at most, is written by the worker,
with its progress, as a file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from io import BytesIO
from typing import IO
from urllib.parse import urlencode

from flask import abort, redirect, render_template, request, send_file
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement

from admin_views.frame.address_values import refuse_unknown
from admin_views.frame.list_export import leave_to_the_worker
from admin_views.frame.page import ClosedView
from admin_views.frame.period import A_YEAR, TEN_YEARS, period_asked
from admin_views.frame.permissions import may
from admin_views.frame.reader import audit_export, person
from admin_views.tickets.reports import sheets
from admin_views.tickets.reports.asked import (
    SCOPE_KEYS,
    Offered,
    address_of,
    chosen_of,
    offered,
    scope_of,
    words_of_scope,
)
from documents.press import print_guarded
from documents.tickets.period_report import compose_period_report
from documents.typesetting import DocumentNotPrinted
from gateways.files.table_writer import FORMATS, Line, write_table
from models.base.db import db
from models.base.typed_date import read_day
from models.organisation.export import ZIP
from models.organisation.staff import Staff
from models.tickets.ticket import CHANNELS, visible_to
from procedures.base.documents import identity, letterhead
from procedures.base.replica import at_home, read_apart
from procedures.tickets.reports.evidence_bundle import EvidenceAsked, write_bundle
from procedures.tickets.reports.figures import ServiceReport
from procedures.tickets.reports.printed import printed, stands_out
from procedures.tickets.reports.scope import ReportScope
from procedures.tickets.reports.service_report import before, how_many, report_of

USUAL = timedelta(days=29)
MOST_AT_ONCE = 20_000  # tickets that came in the period
PDF = "pdf"


class ServiceReportView(ClosedView):
    """/admin/service_report/"""

    name_key = "service_report"
    acts = {"index": "list", "export": "export", "evidence": "export"}

    def __init__(self) -> None:
        super().__init__(name=_l("Laporan layanan"), endpoint="service_report", url="/admin/service_report")

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """The period's figures beside those of as many days before."""
        refuse_unknown(request.args, (*SCOPE_KEYS, "first", "last"))
        first, last, sentence = period_asked(USUAL, TEN_YEARS)
        scope = scope_of(request.args)
        seen, boxes = scope.within(visible_to(person())), offered(scope)
        report = read_apart(lambda: _short_report(first, last, seen, scope))
        page = render_template(
            "admin/tickets/service_report.html",
            view=self,
            first=first,
            last=last,
            report=report,
            stands_out=stands_out(report) if report else "",
            before=read_apart(lambda: before(first, last, seen)) if report else None,
            sentence=sentence,
            channels=CHANNELS,
            tickets=_tickets(scope),
            boxes=boxes,
            said=words_of_scope(boxes),
            query=address_of(first, last, scope),
            most=MOST_AT_ONCE,
            is_long=last - first > A_YEAR,
        )
        return page, 422 if sentence else 200

    @expose("/export/", methods=("GET", "POST"))
    def export(self) -> ResponseReturnValue:
        """The same figures as one table or as a PDF; a POST leaves a table to the worker."""
        refuse_unknown(request.args, (*SCOPE_KEYS, "first", "last", "format"))
        first, last, sentence = period_asked(USUAL, TEN_YEARS)
        kind = request.args.get("format", "csv")
        if kind not in (*FORMATS, PDF) or sentence:
            abort(400)
        scope = scope_of(request.args)
        seen, boxes = scope.within(visible_to(person())), offered(scope)
        if request.method == "POST" and kind in FORMATS:
            return self._leave(kind, first, last, scope, boxes)
        if _is_great(first, last, seen):
            return redirect("/admin/service_report/?" + address_of(first, last, scope), 303)
        name = f"laporan-layanan-{first}-{last}.{kind}"
        if kind == PDF:
            return self._pdf(first, last, scope, name)
        file = BytesIO()
        report = read_apart(lambda: report_of(first, last, seen, places=scope.places()))
        lines = list(sheets.lines(report))
        audit_export(self.name_key, write_table(kind, file, _("Laporan layanan"), sheets.heads(), [lines]))
        file.seek(0)
        return send_file(file, mimetype=FORMATS[kind], as_attachment=True, download_name=name)

    def _pdf(self, first: date, last: date, scope: ReportScope, name: str) -> ResponseReturnValue:
        seen = scope.within(visible_to(person()))
        report = read_apart(lambda: report_of(first, last, seen, places=scope.places()))
        with force_locale("id"):  # a document speaks the language of its form
            tables = printed(report, words_of_scope(offered(scope)))
            paper = compose_period_report(identity(_("Laporan layanan"), ""), letterhead(), tables)
        audit_export(self.name_key, report.received)
        db.session.rollback()  # no transaction is open while the press prints
        try:
            data = print_guarded(paper)
        except DocumentNotPrinted:
            return render_template("admin/frame/no_document.html", view=self), 503
        return send_file(BytesIO(data), mimetype="application/pdf", as_attachment=True, download_name=name)

    def _leave(
        self, kind: str, first: date, last: date, scope: ReportScope, boxes: list[Offered]
    ) -> ResponseReturnValue:
        args = {"first": str(first), "last": str(last), **chosen_of(scope)}
        words = ", ".join(filter(None, (f"{first} – {last}", words_of_scope(boxes))))
        expected = how_many(first, last, scope.within(visible_to(person())), 10**9)
        title = _("Berkas bukti audit mutu") if kind == ZIP else _("Laporan layanan")
        return leave_to_the_worker(self.name_key, title, words, kind, args, expected)

    @expose("/evidence/", methods=("POST",))
    def evidence(self) -> ResponseReturnValue:
        """Leave the period's evidence for an audit to the worker: a ZIP."""
        refuse_unknown(request.args, (*SCOPE_KEYS, "first", "last"))
        first, last, sentence = period_asked(USUAL, TEN_YEARS)
        scope = scope_of(request.args)
        if sentence:
            abort(400)
        return self._leave(ZIP, first, last, scope, offered(scope))

    # -- what the worker asks ----------------------------------------------------------------------------------
    def may_export(self, staff: Staff) -> bool:
        return may(staff, self.name_key, "export")

    def export_heads(self) -> list[str]:
        return sheets.heads()

    def export_whole(
        self, ask: Callable[[], Staff], args: Mapping[str, str], progress: Callable[[int], None]
    ) -> Iterator[list[Line]]:
        """Counted a month after the other; the right is asked again before the file is written."""

        def between(count: int) -> None:
            db.session.rollback()
            with at_home():
                ask()
                db.session.rollback()
                progress(count)

        scope = scope_of(args)
        first, last = read_day(args["first"]), read_day(args["last"])
        seen = scope.within(visible_to(ask()))
        report = read_apart(lambda: report_of(first, last, seen, between, scope.places()))
        db.session.rollback()
        yield list(sheets.lines(report))

    def write_bundle(
        self, out: IO[bytes], ask: Callable[[], Staff], args: Mapping[str, str], progress: Callable[[int], None]
    ) -> int:
        scope = scope_of(args)
        words = words_of_scope(offered(scope))
        db.session.rollback()
        days = read_day(args["first"]), read_day(args["last"])
        return write_bundle(out, EvidenceAsked(*days, lambda: scope.within(visible_to(ask())), words), progress)


def _short_report(first: date, last: date, seen: ColumnElement[bool], scope: ReportScope) -> ServiceReport | None:
    """None where it is too much to count while somebody waits."""
    return None if _is_great(first, last, seen) else report_of(first, last, seen, places=scope.places())


def _is_great(first: date, last: date, seen: ColumnElement[bool]) -> bool:
    """More than a year, or more tickets than a page counts: left to the worker."""
    return last - first > A_YEAR or how_many(first, last, seen, MOST_AT_ONCE + 1) > MOST_AT_ONCE


def _tickets(scope: ReportScope) -> Callable[..., str]:
    """The list of exactly the tickets received in the period; none where a step was chosen, which it can't say."""
    chosen = chosen_of(scope)

    def address(first: date, last: date, **more: str | int | None) -> str:
        values = {"state": "all", "since": str(first), "until": str(last), **chosen, **more}
        return "" if scope.step else "/admin/ticket/?" + urlencode(values)

    return address
