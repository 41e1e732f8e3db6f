"""A report as the lines of a file, and as the tables of its PDF."""

from __future__ import annotations

from collections.abc import Iterator

from flask_babel import gettext as _

from documents.tickets.period_report import PeriodReport, PrintedTable
from gateways.files.table_writer import Cell, Line
from models.base.wording import decimal, hours_long, on_date, thousands
from models.tickets.ticket import CHANNELS
from procedures.tickets.reports.figures import Measured, ServiceReport


def heads() -> list[str]:
    return [
        _("Bagian"), _("Isi"), _("Jumlah"), _("Median (jam)"), _("9 dari 10 paling lama (jam)"), _("Dengan target"),
        _("Tepat waktu"),
    ]  # fmt: skip


def lines(report: ServiceReport) -> Iterator[Line]:
    for line in report.services:
        yield [_("Diterima"), str(line.procedure.title), line.received, "", "", "", ""]
        yield [_("Berakhir"), str(line.procedure.title), line.ended, *_of(line.whole)]
        yield [_("Masih terbuka"), str(line.procedure.title), line.open, "", "", "", ""]
        yield [_("Jawaban pertama"), str(line.procedure.title), line.answer.count, *_of(line.answer)]
    for desk in report.desks:
        yield [_("Meja"), f"{desk.state.line} {desk.state.label}", desk.took.count, *_of(desk.took)]
    yield [_("Dibuka lagi"), "", report.reopened, "", "", "", ""]
    rating = "" if report.rating is None else round(report.rating, 2)
    yield [_("Penilaian"), _("rata-rata dari 5"), rating, "", "", "", ""]
    for day, received, ended in report.days:
        yield [_("Diterima"), day, received, "", "", "", ""]
        yield [_("Berakhir"), day, ended, "", "", "", ""]
    for day, count in report.backlog:
        yield [_("Masih terbuka"), day, count, "", "", "", ""]
    named = ((_("Unit"), report.units), (_("Jenis masalah"), report.kinds), (_("Datang melalui"), _channels(report)))
    for part, rows in named:
        for name, count in rows:
            yield [part, name, count, "", "", "", ""]


def _of(measured: Measured) -> list[Cell]:
    rounded = [round(value, 2) if value is not None else "" for value in (measured.median, measured.p90)]
    return [*rounded, measured.with_target or "", measured.kept if measured.with_target else ""]


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
    named = ((_("Jenis masalah"), report.kinds), (_("Unit"), report.units), (_("Datang melalui"), _channels(report)))
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
        _("Layanan"), _("Diterima"), _("Berakhir"), _("Masih terbuka"), _("Jawaban pertama"), _("Sampai selesai"),
    )  # fmt: skip
    rows = (
        (str(line.procedure.title), *map(thousands, (line.received, line.ended, line.open)),
         *map(_long, (line.answer.median, line.whole.median)))
        for line in report.services
    )  # fmt: skip
    return PrintedTable(_("Per layanan"), heads, tuple(rows))


def _desks(report: ServiceReport) -> PrintedTable:
    heads = (_("Langkah"), _("Selesai"), _("Median"), _("9 dari 10 paling lama"), _("Tepat waktu"))
    rows = (
        (f"{desk.state.line} {desk.state.label}", thousands(desk.took.count),
         *map(_long, (desk.took.median, desk.took.p90)), _share(desk.took))
        for desk in report.desks
    )  # fmt: skip
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


def _channels(report: ServiceReport) -> list[tuple[str, int]]:
    return [(str(CHANNELS[name]), count) for name, count in report.channels]


def _long(hours: float | None) -> str:
    return "" if hours is None else hours_long(hours)


def _share(measured: Measured) -> str:
    return _("tanpa target") if measured.share is None else f"{decimal(measured.share, 0)}%"
