"""Saves survey, RAB and quality test as drafts, from typed rows, until their step is taken.

Every function takes plain typed text, answers with sentences for what cannot be taken, and writes all or nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

from flask_babel import gettext as _

from models.base.db import db, utcnow
from models.base.typed_date import BadDate, read_day
from models.base.typed_number import BadAmount, read_count, read_measurement, read_rupiah, read_volume
from models.base.wording import Words, today
from models.base.written import clean_line, clean_text, is_written
from models.installation.limits import impossible
from models.installation.quality_test import QualityTest, TestPoint
from models.installation.rab import MAX_LINES, SECTIONS, Rab, RabLine
from models.installation.survey import CABLES, GROUNDINGS, RESULTS, Survey, SurveyMaterial, SurveyPoint
from procedures.installation.measurements import carry_readings
from procedures.installation.price_catalogue import catalogue

Typed = Mapping[str, str]
POINTS = ("titik", "titik jaringan", "port")
NO_REASONS: Mapping[str, Mapping[int, str]] = {}
SPEEDS = (10, 100, 1000, 2500, 5000, 10000, 25000, 40000, 100000)


class Problems(list[str]):
    """Sentences about what was typed; nothing is written while there is one."""

    def number(self, text: str, name: str, most: int, least: int = 0, units: Sequence[str] = ()) -> int | None:
        """A whole number, its unit written with it or not; None where nothing is written."""
        if not is_written(text):
            return None
        try:
            return read_count(text, least, most, units)
        except BadAmount as bad:
            self.append(f"{name}: {bad}")
            return None

    def exact(self, text: str, name: str, least: str, most: str) -> Decimal | None:
        """A measured value; a leading minus is allowed where `least` is below zero."""
        if not is_written(text):
            return None
        try:
            return read_measurement(text, Decimal(least), Decimal(most))
        except BadAmount as bad:
            self.append(f"{name}: {bad}")
            return None

    def text(self, text: str, name: str, most: int) -> str:
        clean = clean_text(text)
        if len(clean) > most:
            self.append(_("%(name)s: paling panjang %(most)s huruf.", name=name, most=most))
        return clean[:most]

    def one_of(self, text: str, name: str, choices: Mapping[str, Words]) -> str:
        if text and text not in choices:
            self.append(_("%(name)s: pilih salah satu.", name=name))
        return text if text in choices else ""


def save_survey(survey: Survey, typed: Typed, points: Sequence[Typed], materials: Sequence[Typed]) -> list[str]:
    """Write the draft of a survey (N4) where everything typed can be taken; incomplete is fine."""
    wrong = Problems()
    survey_points = [_survey_point(wrong, at, row) for at, row in enumerate(points, 1)]
    known = catalogue()
    needed = [_material(wrong, at, known.filled(row)) for at, row in enumerate(materials, 1)]
    values = {
        "surveyed_on": _past_day(wrong, typed.get("surveyed_on", ""), _("Tanggal survey")),
        "distribution_point": wrong.text(typed.get("distribution_point", ""), _("Titik distribusi"), 200),
        "distance_m": wrong.exact(typed.get("distance_m", ""), _("Jarak"), "0", "50000"),
        "floors": wrong.number(typed.get("floors", ""), _("Naik lantai"), 100, units=("lantai", "lt")),
        "cable": wrong.one_of(typed.get("cable", ""), _("Jenis kabel"), CABLES),
        "grounding": wrong.one_of(typed.get("grounding", ""), _("Pembumian"), GROUNDINGS),
        "result": wrong.one_of(typed.get("result", ""), _("Hasil"), RESULTS),
        **{
            name: wrong.text(typed.get(name, ""), name, 5_000)
            for name in ("cable_way", "power", "obstacles", "condition")
        },
    }
    if wrong:
        return wrong
    for name, value in values.items():
        setattr(survey, name, value)
    survey.points, survey.materials, survey.saved_at = survey_points, needed, utcnow()
    db.session.flush()
    return []


def _survey_point(wrong: Problems, at: int, row: Typed) -> SurveyPoint:
    """What is still blank is asked for when the survey is sent (`Survey.gaps`), not while somebody types."""
    where = _("Titik baris %(at)s", at=at)
    count = wrong.number(row.get("count", "") or "1", where, 5_000, 1, ("titik", "port"))
    location, remark = (wrong.text(row.get(name, ""), where, 200) for name in ("location", "remark"))
    return SurveyPoint(position=at, location=location, count=count or 1, remark=remark)


def _material(wrong: Problems, at: int, row: Typed) -> SurveyMaterial:
    """As a point: a volume that is not typed yet is nought, which nobody can type."""
    where = _("Bahan baris %(at)s", at=at)
    return SurveyMaterial(
        position=at,
        code=clean_line(row.get("code", ""))[:30],
        description=wrong.text(row.get("description", ""), where, 200),
        volume=_volume(wrong, where, row) if is_written(row.get("volume", "")) else Decimal(0),
        measure=wrong.text(row.get("measure", ""), where, 20),
    )


def _measure(wrong: Problems, where: str, row: Typed) -> str:
    measure = wrong.text(row.get("measure", ""), where, 20)
    if not measure:
        wrong.append(_("%(where)s: tulis satuannya, misalnya buah, m, atau rol.", where=where))
    return measure


def _volume(wrong: Problems, where: str, row: Typed) -> Decimal:
    try:
        return read_volume(row.get("volume", ""))
    except BadAmount as bad:
        wrong.append(f"{where}: {bad}")
        return Decimal(1)


def _day(wrong: Problems, text: str, name: str) -> date | None:
    if not is_written(text):
        return None
    try:
        return read_day(text)
    except BadDate as bad:
        wrong.append(f"{name}: {bad}")
        return None


def _past_day(wrong: Problems, text: str, name: str) -> date | None:
    """The day of a visit: it has come, and it is not years ago."""
    day = _day(wrong, text, name)
    if day is not None and not today() - timedelta(days=730) <= day <= today():
        wrong.append(_("%(name)s: pilih hari yang sudah tiba, paling lama dua tahun lalu.", name=name))
    return day


def save_rab(rab: Rab, typed: Typed, lines: Sequence[Typed], by_id: int) -> list[str]:
    """Write the draft of a RAB (N5): lines, duration, validity; a bad line is named and nothing is written."""
    wrong = Problems()
    if len(lines) > MAX_LINES:
        return [_("RAB paling banyak %(most)s baris.", most=MAX_LINES)]
    known = catalogue()
    made = [_rab_line(wrong, at, known.filled(row)) for at, row in enumerate(lines, 1)]
    days = wrong.number(typed.get("working_days", ""), _("Lama pengerjaan"), 730, 1, ("hari", "hari kerja"))
    until = _day(wrong, typed.get("valid_until", ""), _("Berlaku sampai"))
    if until is not None and not today() <= until <= today() + timedelta(days=730):
        wrong.append(_("Berlaku sampai: pilih tanggal dari hari ini sampai dua tahun mendatang."))
    if (days is None or until is None) and not wrong:
        wrong.append(_("Isi lama pengerjaan dan tanggal berlakunya."))
    notes = wrong.text(typed.get("notes", ""), _("Catatan"), 5_000)
    points = wrong.number(typed.get("points", str(rab.points or "")), _("Jumlah titik"), 5_000, 1, POINTS)
    if wrong or days is None or until is None:
        return wrong
    rab.is_validity_typed = rab.is_validity_typed or until != rab.valid_until
    rab.lines, rab.working_days, rab.valid_until, rab.notes, rab.saved_at = made, days, until, notes, utcnow()
    rab.points, rab.filled_by_ids = points, sorted({*rab.filled_by_ids, by_id})
    rab.add_up()
    db.session.flush()
    return []


def _rab_line(wrong: Problems, at: int, row: Typed) -> RabLine:
    where = _("Baris %(at)s", at=at)
    description = wrong.text(row.get("description", ""), where, 200)
    if not description:
        wrong.append(_("%(where)s: tulis uraiannya.", where=where))
    return RabLine(
        position=at,
        section=row.get("section", "") if row.get("section") in SECTIONS else "material",
        code=clean_line(row.get("code", ""))[:30],
        description=description,
        volume=_volume(wrong, where, row),
        measure=_measure(wrong, where, row),
        price_rp=_price(wrong, where, row),
    )


def _price(wrong: Problems, where: str, row: Typed) -> int:
    try:
        return read_rupiah(row.get("price", ""))
    except BadAmount as bad:
        wrong.append(f"{where}: {bad}")
        return 0


def save_built(rab: Rab, typed: Typed) -> list[str]:
    """Write the as-built volumes (N7) by line id; empty means as planned, zero means not built."""
    wrong = Problems()
    volumes = {
        line.id: wrong.exact(typed.get(f"built-{line.id}", ""), line.description, "0", "1000000") for line in rab.lines
    }
    if not wrong:
        for line in rab.lines:
            line.built_volume = volumes[line.id]
    return wrong


def save_points_reason(test: QualityTest, text: str) -> list[str]:
    """Why the numbers of points differ, written in the draft of a test."""
    wrong = Problems()
    reason = wrong.text(text, _("Alasan jumlah titik berbeda"), 2_000)
    if not wrong:
        test.points_reason = reason
    return wrong


def save_test(
    test: QualityTest, rows: Sequence[Typed], aside: Mapping[str, Mapping[int, str]] = NO_REASONS
) -> list[str]:
    """Write the draft of a test (N7), one row a point; the files of a row stay with it, and what was read in them.

    `aside`: by a row's id, why its reading at a place is not used.
    """
    wrong = Problems()
    if len(rows) > 500:
        return [_("Formulir uji paling banyak 500 titik.")]
    before = {str(point.id): point for point in test.points}
    made: list[tuple[TestPoint, TestPoint | None]] = []
    for at, row in enumerate(rows, 1):
        known, old = len(wrong), before.pop(row.get("id", ""), None)
        point = _test_point(wrong, at, row, old)
        carry_readings(point, old, aside.get(row.get("id", ""), {}))
        if len(wrong) == known:  # what cannot be is named once
            wrong.extend(f"{point.name}: {sentence}." for sentence in impossible(point.measurement))
        made.append((point, old))
    wrong.extend(
        _(
            "%(point)s sudah punya berkas ukur. Tulis dulu alasan berkasnya tidak dipakai, baru hapus titiknya.",
            point=point.name,
        )
        for point in before.values()
        if not all(one.set_aside for one in point.taken)
    )
    if wrong:
        return wrong
    test.points = [_in_place(point, old) for point, old in made]
    test.saved_at = utcnow()
    db.session.flush()
    return []


def _in_place(point: TestPoint, old: TestPoint | None) -> TestPoint:
    """A row keeps its id from save to save, so that a page which is sent twice does not lose its files."""
    if old is None:
        return point
    for column in TestPoint.__table__.columns:
        if column.name not in ("id", "test_id"):
            setattr(old, column.name, getattr(point, column.name))
    return old


def _test_point(wrong: Problems, at: int, row: Typed, old: TestPoint | None) -> TestPoint:
    name = wrong.text(row.get("name", ""), _("Titik %(at)s", at=at), 80)
    if not name:
        wrong.append(_("Titik %(at)s: tulis namanya.", at=at))
    where = name or _("Titik %(at)s", at=at)
    sent = wrong.number(row.get("sent", ""), where, 10_000_000)
    return TestPoint(
        position=at,
        name=name,
        connection="wifi" if row.get("connection") == "wifi" else "wired",
        failures=[],
        nominal_mbps=wrong.number(row.get("nominal_mbps", ""), where, 400_000, 1, ("mbps",)),
        negotiated_mbps=wrong.number(row.get("negotiated_mbps", ""), where, 400_000, units=("mbps",)),
        wire_map_good={"good": True, "bad": False}.get(row.get("wire_map", "")),
        length_m=wrong.exact(row.get("length_m", ""), where, "0", "50000"),
        sent=sent,
        received=_received(wrong, where, row, sent),
        rtt_ms=wrong.exact(row.get("rtt_ms", ""), where, "0", "100000"),
        jitter_ms=wrong.exact(row.get("jitter_ms", ""), where, "0", "100000"),
        throughput_mbps=wrong.exact(row.get("throughput_mbps", ""), where, "0", "1000000"),
        signal_dbm=wrong.exact(row.get("signal_dbm", ""), where, "-120", "0"),
        udp_loss_percent=wrong.exact(row.get("udp_loss_percent", ""), where, "0", "100"),
        ping_file_id=old.ping_file_id if old else None,
        iperf_file_id=old.iperf_file_id if old else None,
    )


def _received(wrong: Problems, where: str, row: Typed, sent: int | None) -> int | None:
    received = wrong.number(row.get("received", ""), where, 10_000_000)
    if received is not None and sent is not None and received > sent:
        wrong.append(_("%(where)s: paket diterima lebih banyak daripada yang dikirim.", where=where))
    return received
