"""Numbers of office documents: the pattern of the settings, and nothing but the pattern."""

from datetime import date

import pytest

from models.organisation.document_number import FIRST_PATTERN, BadPattern, checked_pattern, document_number


@pytest.mark.parametrize(
    ("pattern", "number"),
    [
        (FIRST_PATTERN, "007/PTK/RAB/XI/2026"),
        ("{kind}-{year}-{seq}", "RAB-2026-7"),
        ("{seq:05}/{unit}/{month}/{year}/{kind}", "00007/PTK/11/2026/RAB"),
    ],
)
def test_number_follows_the_pattern(pattern, number):
    assert document_number(pattern, 7, "PTK", "RAB", date(2026, 11, 17)) == number


def test_number_grows_beyond_its_width():
    assert document_number(FIRST_PATTERN, 1234, "PTK", "RAB", date(2026, 1, 1)) == "1234/PTK/RAB/I/2026"


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        "tetap",
        "{seq}/{kind}",
        "{seq}/{year}",
        "{kind}/{year}",
        "{seq}{kind}{year}{config}",
        "{seq.__class__}{kind}{year}",
        "{seq}{kind}{year!r}",
        "{seq:>9999999999}{kind}{year}",
        "{seq",
        "{seq}{kind}{year}{0}",
        "{seq}{kind}{year}{}",
        "{seq}/{kind}/{year}" + "x" * 80,
        "{seq}{kind}{year}\n",
        "{unit[0]}{seq}{kind}{year}",
        "{seq:{year}}{kind}{year}",
    ],
)
def test_u9_pattern_with_anything_else_is_refused(pattern):
    with pytest.raises(BadPattern, match=r"\.$"):
        checked_pattern(pattern)
