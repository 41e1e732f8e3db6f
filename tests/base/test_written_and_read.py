"""Whatever the house writes for people (screens, mails, papers) is read back by its own readers, unchanged."""

from __future__ import annotations

import inspect
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.base import wording
from models.base.typed_date import read_day, read_moment
from models.base.typed_number import read_count, read_rupiah, spelled
from models.base.wording import local

days = st.dates(date(1990, 1, 1), date(2150, 12, 31))
BARE = datetime(1990, 1, 1), datetime(2150, 1, 1)  # noqa: DTZ001  # hypothesis adds the zone
moments = st.datetimes(*BARE, timezones=st.just(UTC)).map(lambda moment: moment.replace(second=0, microsecond=0))
# writer: what it is given, and how that is read again
WRITERS = {
    "on_date": (days, lambda day, text: read_day(text) == day),
    "day_name": (days, lambda day, text: read_day(text) == day),
    "on_date_at": (moments, lambda moment, text: read_moment(text) == local(moment)),
    "rupiah": (st.integers(0, 10**12), lambda amount, text: read_rupiah(text) == amount),
    "thousands": (st.integers(0, 999_999_999), lambda number, text: read_count(text, 0, 10**9) == number),
}
# writer: why nobody reads it back
FOR_EYES = {
    "short_date": "no year stands in it",
    "at_time": "no day stands in it",
    "short_when": "yesterday is another day tomorrow",
    "duration": "a length, rounded",
    "time_left": "as above",
    "decimal": "rounded; its own test below",
    "file_size": "rounded",
    "masked_name": "what is hidden stays hidden",
    "iso": "for machines",
    "local": "writes nothing",
    "today": "writes nothing",
    "day_begins": "writes nothing",
    "month_name": "no day stands in it",
    "hours_long": "a length, rounded",
    "days_long": "as above",
}


def test_every_writer_of_the_house_is_read_back_or_says_why_not():
    own = {name for name, thing in vars(wording).items()
           if inspect.isfunction(thing) and thing.__module__ == wording.__name__ and not name.startswith("_")}  # fmt: skip
    assert own == {*WRITERS, *FOR_EYES}


@pytest.mark.parametrize("writer", WRITERS)
@given(data=st.data(), language=st.sampled_from(["id", "en"]))
def test_what_was_written_is_read_back_unchanged(writer, data, language):
    values, is_same = WRITERS[writer]
    value = data.draw(values)
    write = getattr(wording, writer)
    text = write(value, language) if "language" in inspect.signature(write).parameters else write(value)
    assert is_same(value, text), (value, text)


@given(number=st.floats(0, 999_999), places=st.integers(1, 2))
def test_decimal_of_a_screen_is_read_as_it_stands_there(number, places):
    assert spelled(wording.decimal(number, places)) == Decimal(f"{number:.{places}f}")
