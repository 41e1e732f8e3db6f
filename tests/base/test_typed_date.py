"""Days and times as people here write them, and as every writer of the house writes them."""

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.base.typed_date import BadDate, day_as_typed, read_day, read_moment
from models.base.wording import day_name, iso, local, on_date, on_date_at

ROOT = Path(__file__).resolve().parent.parent.parent
DAY = date(2026, 11, 20)
DAYS = st.dates(date(1900, 1, 1), date(2199, 12, 31))
MOMENTS = st.datetimes(datetime(1980, 1, 1), datetime(2199, 12, 30), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis wants naive bounds


@pytest.mark.parametrize(
    "typed",
    ["20/11/2026", "20-11-2026", "20.11.2026", "20 11 2026", "20/11/26", "2026-11-20", "2026/11/20", "20 November 2026",
     "20 Nov 2026", "20 nov. 2026", "20-Nov-26", "Jumat, 20 November 2026", "Jum'at 20 Nopember 2026", "Fri, 20 Nov 2026",
     "November 20, 2026", "\u200e20/11/2026\u00a0", "20\u201311\u20132026", "20 / 11 / 2026", "２０/１１/２０２６"],
    ids=ascii,
)  # fmt: skip
def test_a_day_as_people_write_it_is_read(typed):
    assert read_day(typed) == DAY


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("11/20/2026", "Tulis hari lebih dulu, mis. 20/11/2026"),
        ("31/02/2026", "tidak ada di kalender"),
        ("20/13/2026", "tidak ada di kalender"),
        ("0026-11-20", "Periksa tahunnya"),
        ("20/11", "Tulis seperti 20/11/2026"),
        ("besok", "Tulis seperti 20/11/2026"),
        ("20112026", "Tulis seperti 20/11/2026"),
        ("20 Foo 2026", "Tulis seperti 20/11/2026"),
        ("20/11-2026", "Tulis seperti 20/11/2026"),
        ("", "Tulis seperti 20/11/2026"),
    ],
)
def test_what_is_no_day_is_refused_and_never_turned_around(typed, says):
    with pytest.raises(BadDate, match=says):
        read_day(typed)


@pytest.mark.parametrize(
    "typed",
    ["20/11/2026 14.30", "20/11/2026 14:30", "2026-11-20T14:30", "2026-11-20 14:30:00", "20 November 2026, 14.30 WIB",
     "20 Nov 2026 pukul 14.30", "Jumat, 20 November 2026, pkl. 14.30 WIB", "20/11/2026 jam 14.30"],
)  # fmt: skip
def test_a_day_and_time_as_people_write_them_are_read(typed):
    assert read_moment(typed) == datetime(2026, 11, 20, 7, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "typed",
    ["20/11/2026", "20/11/2026 25.00", "20/11/2026 14.60", "20/11/2026 14.30 WITA", "14.30", "20/11/2026 2pm", ""],
)
def test_what_is_no_day_and_time_is_refused(typed):
    with pytest.raises(BadDate):
        read_moment(typed)


@given(DAYS, st.sampled_from(["id", "en"]))
def test_a_day_that_the_house_wrote_is_read_back(day, language):
    written = [on_date(day, language), day_name(day, language), day.isoformat(), f"{day:%d/%m/%Y}", f"{day:%d-%m-%Y}"]
    assert {read_day(text) for text in written} == {day}


@given(MOMENTS, st.sampled_from(["id", "en"]))
def test_a_time_that_the_house_wrote_is_read_back(moment, language):
    minute = moment.replace(second=0, microsecond=0)
    written = [on_date_at(minute, language), f"{local(minute):%Y-%m-%dT%H:%M}", f"{local(minute):%Y-%m-%d %H:%M}"]
    assert {read_moment(text) for text in written} == {minute}
    assert datetime.fromisoformat(iso(minute)) == minute


@given(st.text(max_size=40))
def test_any_text_is_a_day_or_a_sentence(text):
    for read in (read_day, read_moment):
        try:
            read(text)
        except BadDate as refused:
            assert str(refused)


@pytest.mark.parametrize(
    ("value", "shown"),
    [(date(2026, 11, 5), "05/11/2026"), ("2026-11-05", "05/11/2026"), ("31 Juni", "31 Juni"), ("", ""), (None, "")],
)
def test_a_box_shows_a_day_in_one_spelling_and_keeps_what_is_none(value, shown):
    assert day_as_typed(value) == shown


def test_no_template_asks_for_a_date_in_the_spelling_of_the_browser():
    """A native box shows 11/20/2026 to a browser that speaks English; static/js/dates.js makes one on phones alone."""
    native = re.compile(r"""type=["'](date|datetime-local|month|week|time)["']""")
    found = {path.name for path in (ROOT / "templates").rglob("*.html") if native.search(path.read_text())}
    assert found == set()
