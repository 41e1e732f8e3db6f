"""Makes the report of the month that has ended, once, keeps it, and tells those whom the setting names."""

from __future__ import annotations

from datetime import date, timedelta

from flask_babel import force_locale
from sqlalchemy import true

from documents.tickets.period_report import compose_period_report
from mails.organisation.report_notices import month_reported
from models.base.db import db, write_transaction
from models.base.wording import month_name, today
from models.organisation.monthly_report import MonthlyReport
from procedures.base.documents import identity, letterhead
from procedures.tickets.reports.printed import printed
from procedures.tickets.reports.service_report import report_of


def make_monthly_report() -> None:
    """The last whole month's, unless it is there; of a month in which the house stood empty none is made."""
    last = today().replace(day=1) - timedelta(days=1)
    first = last.replace(day=1)
    if db.session.get(MonthlyReport, first) is not None:
        return
    row = _counted(first, last)
    if row is None:
        return
    with write_transaction():
        if db.session.get(MonthlyReport, first) is None:
            db.session.add(row)
            month_reported(row)


def _counted(first: date, last: date) -> MonthlyReport | None:
    """Read before anything is written, so that nobody waits for it."""
    report = report_of(first, last, true())
    if report.is_empty and not report.open:
        return None
    with force_locale("id"):  # a document speaks the language of its form
        title = identity(f"Laporan layanan {month_name(first)}", "")
        paper = compose_period_report(title, letterhead(), printed(report, ""))
    steps = report.on_time
    return MonthlyReport(
        month=first,
        received=report.received,
        ended=report.ended,
        open=report.open,
        with_target=steps.with_target,
        kept=steps.kept,
        data=paper.data,
        stamp=paper.stamp,
    )
