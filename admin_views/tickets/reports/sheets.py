"""A report as the lines of a file."""

from __future__ import annotations

from collections.abc import Iterator

from flask_babel import gettext as _

from gateways.files.table_writer import Cell, Line
from procedures.tickets.reports.figures import Measured, ServiceReport
from procedures.tickets.reports.printed import channels_of


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
    named = ((_("Unit"), report.units), (_("Jenis masalah"), report.kinds), (_("Datang melalui"), channels_of(report)))
    for part, rows in named:
        for name, count in rows:
            yield [part, name, count, "", "", "", ""]


def _of(measured: Measured) -> list[Cell]:
    rounded = [round(value, 2) if value is not None else "" for value in (measured.median, measured.p90)]
    return [*rounded, measured.with_target or "", measured.kept if measured.with_target else ""]
