"""Holidays from an iCalendar file: what is read of it, what is refused, and that only what is ticked is added."""

from __future__ import annotations

import io
import re
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from gateways.files.holiday_file import MOST_BYTES, HolidayFileRefused, read_calendar
from models.base.calendar import Holiday
from models.base.db import db
from models.base.wording import today
from models.organisation.audit import AuditEntry
from tests.browse import Person

WIB = ZoneInfo("Asia/Jakarta")


def ics(*events: str) -> bytes:
    """A calendar of these events."""
    parts = [f"BEGIN:VEVENT\r\nUID:{n}\r\nDTSTAMP:20260101T000000Z\r\n{e}\r\nEND:VEVENT" for n, e in enumerate(events)]
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//x//y", *parts, "END:VCALENDAR", ""]).encode()


@pytest.mark.parametrize(
    ("event", "days"),
    [
        ("DTSTART;VALUE=DATE:20270101\r\nDTEND;VALUE=DATE:20270102\r\nSUMMARY:Tahun Baru", {"2027-01-01": "Tahun Baru"}),
        ("DTSTART;VALUE=DATE:20270101\r\nSUMMARY:Tahun\\, Baru", {"2027-01-01": "Tahun, Baru"}),
        ("DTSTART;VALUE=DATE:20270310\r\nDTEND;VALUE=DATE:20270312\r\nSUMMARY:Idul\r\n  Fitri",
         {"2027-03-10": "Idul Fitri", "2027-03-11": "Idul Fitri"}),
        ("DTSTART:20261231T180000Z\r\nDTEND:20270101T170000Z\r\nSUMMARY:Malam", {"2027-01-01": "Malam"}),
        ("DTSTART:20270101T000000\r\nSUMMARY:Mengambang", {"2027-01-01": "Mengambang"}),
        ("DTSTART;VALUE=DATE:20270101", {"2027-01-01": "Hari libur"}),
        ("DTSTART;VALUE=DATE:20270105\r\nDTEND;VALUE=DATE:20270101\r\nSUMMARY:Terbalik", {"2027-01-05": "Terbalik"}),
    ],
)  # fmt: skip
def test_days_are_read_as_the_centre_counts_them(app, event, days):
    assert {str(day): name for day, name in read_calendar(ics(event), WIB).days.items()} == days


def test_what_repeats_is_cancelled_or_endless_is_left_out_and_counted(app):
    read = read_calendar(
        ics(
            "DTSTART;VALUE=DATE:20270101\r\nSUMMARY:Ada",
            "DTSTART;VALUE=DATE:20270102\r\nRRULE:FREQ=YEARLY\r\nSUMMARY:Berulang",
            "DTSTART;VALUE=DATE:20270103\r\nSTATUS:CANCELLED\r\nSUMMARY:Batal",
            "DTSTART;VALUE=DATE:20270104\r\nDTEND;VALUE=DATE:99990101\r\nSUMMARY:Tanpa akhir",
            "DTSTART:besok\r\nSUMMARY:Bukan tanggal",
            "SUMMARY:Tanpa tanggal",
            "DTSTART;VALUE=DATE:99991231\r\nDTEND;VALUE=DATE:99991299\r\nSUMMARY:Sesudah tahun terakhir",
        ),
        WIB,
    )
    assert ([str(day) for day in read.days], read.left_out) == (["2027-01-01"], 5)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "bukan berkas iCalendar"),
        (b"code,name\nA,B\n", "bukan berkas iCalendar"),
        (b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20270101\r\n", "rusak atau terpotong"),
        (b"BEGIN:VCALENDAR\r\nEND:VEVENT\r\n", "Tidak ada satu hari pun"),
        (ics("DTSTART;TZID=Asia:20270101T000000\r\nSUMMARY:x"), "rusak atau|Tidak ada satu"),
        (ics(), "Tidak ada satu hari pun"),
        (ics(*["SUMMARY:x"] * 2001), "Lebih dari 2000 acara"),
        (b"BEGIN:VCALENDAR" + b"x" * MOST_BYTES, "lebih dari 1 MB"),
    ],
    ids=["empty", "csv", "cut", "mixed", "zone", "none", "many", "large"],
)
@pytest.mark.only("sqlite")  # the file, not what is stored
def test_what_is_no_calendar_is_refused_in_a_sentence_and_never_a_fault(app, cast, data, sentence):
    with pytest.raises(HolidayFileRefused, match=sentence):
        read_calendar(data, WIB)
    answer = Person(app, "rudi").post("/admin/holiday/import/", {"file": (io.BytesIO(data), "libur.ics")})
    assert (answer.status_code, bool(re.search(sentence, answer.text))) == (422, True)
    assert db.session.query(Holiday).count() == 0


def test_days_are_shown_first_and_only_the_ticked_ones_are_added(app, cast):
    year = today().year + 1
    data = ics(
        f"DTSTART;VALUE=DATE:{year}0702\r\nSUMMARY:Dies <Natalis>",
        f"DTSTART;VALUE=DATE:{year}0703\r\nSUMMARY:Wisuda",
        "DTSTART;VALUE=DATE:20010101\r\nSUMMARY:Lama",
    )
    rudi = Person(app, "rudi")
    page = rudi.post("/admin/holiday/import/", {"file": (io.BytesIO(data), "libur.ics")}).text
    assert f'value="{year}-07-02 Dies &lt;Natalis&gt;" checked' in page and "Lama" not in page
    assert db.session.query(Holiday).count() == 0
    ticked = [f"{year}-07-02 Dies <Natalis>", "besok x", f"{year}-07-04", f"{year}-07-05 a\x00b", "2001-01-01 Lama"]
    assert rudi.post("/admin/holiday/import/", {"ticked": ticked}).status_code == 303
    assert [(h.day, h.name) for h in db.session.query(Holiday)] == [(date(year, 7, 2), "Dies <Natalis>")]
    assert db.session.query(AuditEntry).filter_by(act="import", object_kind="Holiday").one().diff == {"new": 1}
    again = rudi.post("/admin/holiday/import/", {"file": (io.BytesIO(data), "libur.ics")}).text
    assert "Wisuda" in again and "Natalis" not in again
    assert (
        "Impor iCalendar" in rudi.get("/admin/holiday/").text
        and "/admin/holiday/import/" in rudi.get("/admin/setup/").text
    )


def test_who_may_not_write_the_calendar_finds_no_import(app, cast):
    sari = Person(app, "sari")
    assert sari.get("/admin/holiday/import/").status_code == 403
    assert "Impor iCalendar" not in sari.get("/admin/holiday/").text
