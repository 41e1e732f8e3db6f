"""Writes an office document's number by the pattern of the settings."""

from datetime import date
from string import Formatter

from flask_babel import gettext as _

PLACEHOLDERS = ("seq", "unit", "kind", "roman_month", "month", "year")
FIRST_PATTERN = "{seq:03}/{unit}/{kind}/{roman_month}/{year}"
MAX_CHARACTERS = 80
_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")


class BadPattern(ValueError):
    """A number pattern that cannot be used; the message is a sentence for who typed it."""


def roman_month(day: date) -> str:
    return _ROMAN[day.month - 1]


def checked_pattern(pattern: str, needs_kind: bool = True) -> str:
    """The pattern itself when every document it numbers gets a number of its own; BadPattern otherwise.

    `needs_kind`: kinds that count for themselves need their letters in the number; in one sequence nobody does.
    Only the six named places are known, so nothing else of the product can be printed through a pattern (U9).
    """
    places = _places(pattern)
    for name, form in places:
        if name not in PLACEHOLDERS or (form and not (name == "seq" and form in ("02", "03", "04", "05", "06"))):
            raise BadPattern(
                _(
                    "Bagian “%(place)s” tidak dikenal. "
                    "Pakai {seq:03}, {unit}, {kind}, {roman_month}, {month} atau {year}.",
                    place=f"{{{name}{':' + form if form else ''}}}",
                )
            )
    names = {name for name, _ in places}
    if needs_kind and not {"seq", "year", "kind"} <= names:
        raise BadPattern(_("Pola nomor harus memuat {seq}, {kind} dan {year}, supaya tidak ada nomor kembar."))
    if not {"seq", "year"} <= names:
        raise BadPattern(_("Pola nomor harus memuat {seq} dan {year}, supaya tidak ada nomor kembar."))
    if len(pattern) > MAX_CHARACTERS or not pattern.isprintable():
        raise BadPattern(_("Pola nomor paling panjang %(most)s huruf, dalam satu baris.", most=MAX_CHARACTERS))
    return pattern


def document_number(pattern: str, seq: int, unit: str, kind: str, day: date, needs_kind: bool = True) -> str:
    """The number of the `seq`-th document of its sequence in the year of `day` (a date in Asia/Jakarta)."""
    return checked_pattern(pattern, needs_kind).format(
        seq=seq, unit=unit, kind=kind, roman_month=roman_month(day), month=f"{day.month:02}", year=day.year
    )


def _places(pattern: str) -> list[tuple[str, str]]:
    try:
        parsed = list(Formatter().parse(pattern))
    except ValueError as error:
        raise BadPattern(_("Kurung kurawal pada pola nomor tidak berpasangan.")) from error
    if any(conversion for *_, conversion in parsed):
        raise BadPattern(_("Tanda seru tidak dikenal di dalam kurung kurawal."))
    return [(name, form or "") for _, name, form, _ in parsed if name is not None]
