"""A report as it stands on paper: its sentence, its figures, its tables in words."""

from __future__ import annotations

from collections.abc import Iterator

from flask_babel import gettext as _

from documents.tickets.period_report import PeriodReport, PrintedTable
from models.base.wording import decimal, hours_long, on_date, thousands
from models.tickets.ticket import CHANNELS
from procedures.tickets.reports.figures import Measured, ServiceReport


def stands_out(report: ServiceReport) -> str:
    """The one sentence above the figures."""
    if slowest := report.slowest:
        return _(
            "Paling banyak terlambat di “%(desk)s” (%(title)s): %(late)s dari %(all)s melewati batas, separuhnya lebih "
            "lama dari %(median)s.",
            desk=slowest.state.label,
            title=slowest.procedure.title,
            late=slowest.took.late,
            all=slowest.took.with_target,
            median=hours_long(slowest.took.median or 0),
        )
    return (
        _("Tidak ada langkah yang terlambat.") if report.desks else _("Tidak ada langkah yang selesai pada masa ini.")
    )


def printed(report: ServiceReport, scope: str) -> PeriodReport:
    """The report on paper, which is Indonesian."""
    named = ((_("Jenis masalah"), report.kinds), (_("Unit"), report.units), (_("Datang melalui"), channels_of(report)))
    counted = [PrintedTable(title, (title, _("Jumlah")), _counts(rows)) for title, rows in named if rows]
    return PeriodReport(
        first=report.first,
        last=report.last,
        scope=scope,
        stands_out=stands_out(report),
        figures=tuple(_figures(report)),
        tables=(_services(report), _desks(report), _days(report), *counted),
    )


def _figures(report: ServiceReport) -> Iterator[tuple[str, str]]:
    yield _("Diterima"), thousands(report.received)
    yield _("Berakhir"), thousands(report.ended)
    yield _("Masih terbuka"), thousands(report.open)
    yield _("Langkah tepat waktu"), _share(report.on_time)
    yield _("Jawaban pertama, median"), _long(report.answer.median)
    yield _("Dibuka lagi"), thousands(report.reopened)
    if report.rating is not None:
        yield _("Penilaian"), f"{decimal(report.rating, 1)} ({thousands(report.rated)})"


def _services(report: ServiceReport) -> PrintedTable:
    heads = (
        _("Layanan"),
        _("Diterima"),
        _("Berakhir"),
        _("Masih terbuka"),
        _("Jawaban pertama"),
        _("Sampai selesai"),
    )
    rows = (
        (
            str(line.procedure.title),
            *map(thousands, (line.received, line.ended, line.open)),
            *map(_long, (line.answer.median, line.whole.median)),
        )
        for line in report.services
    )
    return PrintedTable(_("Per layanan"), heads, tuple(rows))


def _desks(report: ServiceReport) -> PrintedTable:
    heads = (_("Langkah"), _("Selesai"), _("Median"), _("9 dari 10 paling lama"), _("Tepat waktu"))
    rows = (
        (
            f"{desk.state.line} {desk.state.label}",
            thousands(desk.took.count),
            *map(_long, (desk.took.median, desk.took.p90)),
            _share(desk.took),
        )
        for desk in report.desks
    )
    return PrintedTable(_("Per langkah"), heads, tuple(rows))


def _days(report: ServiceReport) -> PrintedTable:
    """The days on which something came or ended."""
    rows = (
        (on_date(day), thousands(received), thousands(ended), thousands(still))
        for (day, received, ended), (_same, still) in zip(report.days, report.backlog, strict=True)
        if received or ended
    )
    return PrintedTable(_("Per hari"), (_("Hari"), _("Diterima"), _("Berakhir"), _("Masih terbuka")), tuple(rows))


def _counts(rows: list[tuple[str, int]]) -> tuple[tuple[str, ...], ...]:
    return tuple((name, thousands(count)) for name, count in rows)


def channels_of(report: ServiceReport) -> list[tuple[str, int]]:
    return [(str(CHANNELS[name]), count) for name, count in report.channels]


def _long(hours: float | None) -> str:
    return "" if hours is None else hours_long(hours)


def _share(measured: Measured) -> str:
    return _("tanpa target") if measured.share is None else f"{decimal(measured.share, 0)}%"
