"""Counts at night what each service really took in the last ninety days, for its public page."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import true

from models.base.db import db, utcnow, write_transaction
from models.base.wording import today
from models.organisation.service_figure import ServiceFigure
from procedures.tickets.reports.figures import Measured
from procedures.tickets.reports.service_report import report_of

PERIOD = timedelta(days=89)  # and today


def count_services() -> None:
    """One report is read before anything is written, so that nobody waits for it."""
    report = report_of(today() - PERIOD, today(), true())
    of_desks = {part.procedure.key: part for part in report.parts}
    with write_transaction():
        for line in report.services:
            part = of_desks.get(line.procedure.key)
            steps = part.together if part else Measured()
            db.session.merge(
                ServiceFigure(
                    procedure=line.procedure.key,
                    ended=line.ended,
                    median_hours=line.whole.median,
                    steps=steps.with_target,
                    on_time=steps.share,
                    counted_at=utcnow(),
                )
            )
