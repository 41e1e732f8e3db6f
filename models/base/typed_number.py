"""Reads numbers as people here write them and as spreadsheets hold them: volumes, measurements, money and counts.

A text is read by Indonesian spelling, 1.250,5, and by English spelling where it cannot mean anything else. What may
mean two things is asked about. A number that is a number already (a spreadsheet's cell, JSON) never becomes a text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from flask_babel import gettext as _

from models.base.wording import rupiah
from models.base.written import plain_marks

MAX_RP = 1_000_000_000_000
MAX_VOLUME = Decimal(1_000_000)
PLACES = 3
LONGEST = 200

Written = str | int | float | Decimal

_GROUPED = re.compile(r"[1-9]\d{0,2}(?:([.,' ])\d{3})(?:\1\d{3})*", re.ASCII)
_CENTS = re.compile(r"(.*?)([.,]0{1,2})?", re.ASCII)
_DECIMAL = re.compile(r"(?P<whole>[\d.,' ]*\d)(?P<sign>[.,])(?P<rest>\d+)", re.ASCII)
_MONEY = re.compile(r"(?:(?:rp|idr)\.?\s*:?)?\s*(.*?)\s*(?:[,.]\s?[-=]{1,2}|rupiah|idr)?", re.IGNORECASE)
_COUNT = re.compile(r"(?P<number>[^a-z(]*?)\s*(?:\((?P<words>[^()]*)\))?\s*(?P<unit>[a-z][a-z ]*)?", re.IGNORECASE)


class BadAmount(ValueError):
    """What was written cannot be taken; the message is a sentence for the reader."""


class Ambiguous(BadAmount):
    """What was written may mean two numbers; `choices` are both, written so that each is read back as itself."""

    def __init__(self, text: str, choices: tuple[str, str]) -> None:
        sentence = _(
            "“%(text)s” dapat berarti %(a)s atau %(b)s. Tulis %(a)s, atau %(b)s dengan koma.",
            text=_short(text),
            a=choices[0],
            b=choices[1],
        )
        super().__init__(sentence)
        self.choices = choices


class NotNumber(ValueError):
    """The text is spelled as no number."""


def volume_text(number: Decimal) -> str:
    """A number as it is read back: 1250,5. No thousands point, for 1.250 might be one and a quarter."""
    plain = f"{number:f}".replace(".", ",")
    return plain.rstrip("0").rstrip(",") if "," in plain else plain


def spelled(value: Written, *, is_comma_sure: bool = True) -> Decimal:
    """The number that is written; NotNumber or Ambiguous. A point with three digits behind it is always asked about.

    `is_comma_sure` is false in a file that spells numbers in English, where 1,500 may be fifteen hundred.
    """
    if not isinstance(value, str):
        return _typed(value)
    text = _plain(value)
    minus, text = text.startswith("-"), text.removeprefix("-").lstrip()
    number = _unsigned(text, value, is_comma_sure)
    return -number if minus else number


def _plain(value: str) -> str:
    """The text with the keyboard's own signs; NotNumber where it is absurdly long or holds a digit such as ²."""
    if len(value) > LONGEST or any(unicodedata.category(character) == "No" for character in value):
        raise NotNumber
    return plain_marks(value).replace("\u2019", "'")


def _typed(value: int | float | Decimal) -> Decimal:
    """Spreadsheets and JSON hold 15 exact digits; what a binary fraction adds behind them is noise."""
    number = Decimal(f"{value:.15g}") if isinstance(value, float) else Decimal(value)
    if isinstance(value, bool) or not number.is_finite():
        raise NotNumber
    return number


def _unsigned(text: str, original: str, is_comma_sure: bool) -> Decimal:
    if text.isascii() and text.isdecimal():
        return Decimal(text)
    grouped, decimal = _GROUPED.fullmatch(text), _DECIMAL.fullmatch(text)
    if grouped and _signs(text) > 1:
        return Decimal(_digits(text))
    if grouped and grouped[1] in " '":
        return Decimal(_digits(text))
    if decimal is None:
        raise NotNumber
    whole, sign, rest = decimal["whole"], decimal["sign"], decimal["rest"]
    fraction = Decimal(f"{_digits(whole)}.{rest}")
    if grouped and (sign == "." or not is_comma_sure):
        raise Ambiguous(original, (_digits(text), volume_text(fraction)))
    is_whole = whole.isdecimal() or ((thousands := _GROUPED.fullmatch(whole)) is not None and thousands[1] != sign)
    if not is_whole:
        raise NotNumber
    return fraction


def _signs(text: str) -> int:
    return sum(text.count(sign) for sign in ".,")


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def read_volume(value: Written, *, is_comma_sure: bool = True) -> Decimal:
    """A volume, above zero and with 3 decimals at most; else BadAmount, and Ambiguous for 1.500."""
    try:
        volume = spelled(value, is_comma_sure=is_comma_sure)
    except NotNumber:
        said = _("“%(text)s” bukan volume. Tulis angka lebih dari nol, misalnya 12 atau 2,5.", text=_short(value))
        raise BadAmount(said) from None
    if volume <= 0:
        raise BadAmount(_("Volume harus lebih dari nol. Hapus barisnya bila tidak diperlukan."))
    if volume != round(volume, PLACES):
        raise BadAmount(
            _("Volume “%(text)s” terlalu rinci. Tulis paling banyak tiga angka di belakang koma.", text=_short(value))
        )
    if volume > MAX_VOLUME:
        raise BadAmount(_("Volume melebihi batas %(most)s. Periksa satuannya.", most=volume_text(MAX_VOLUME)))
    return volume.quantize(Decimal("0.001"))


def read_measurement(value: Written, least: Decimal, most: Decimal) -> Decimal:
    """A measured value within its bounds, to three decimals; else BadAmount, and Ambiguous for 1.500."""
    try:
        number = spelled(value)
    except NotNumber:
        number = None
    if number is None or not least <= number <= most:
        said = _("Tulis angka antara %(least)s dan %(most)s.", least=volume_text(least), most=volume_text(most))
        raise BadAmount(said)
    return number.quantize(Decimal("0.001"), ROUND_HALF_UP)


def read_rupiah(value: Written) -> int:
    """A price in whole rupiah: 27000000, Rp 27.000.000,-, IDR 27,000,000.00; else BadAmount."""
    try:
        amount = _typed(value) if not isinstance(value, str) else _money(value)
    except NotNumber:
        amount = Decimal("NaN")
    if not amount.is_finite() or amount < 0 or amount != int(amount):
        raise BadAmount(
            _("“%(text)s” bukan jumlah uang. Tulis rupiah bulat, misalnya 150.000.", text=_short(value))
        )  # fmt: skip
    if amount > MAX_RP:
        raise BadAmount(
            _(
                "%(amount)s melebihi batas %(most)s. Periksa jumlah angka nolnya.",
                amount=rupiah(int(amount))[:40],
                most=rupiah(MAX_RP),
            )
        )
    return int(amount)


def _money(value: str) -> Decimal:
    """Whole rupiah have no decimals but ,00: so a point or comma before three digits parts thousands."""
    match = _MONEY.fullmatch(_plain(value))
    text = match[1] if match else ""
    parts = _CENTS.fullmatch(text)
    whole, cents = parts.groups() if parts else ("", None)
    grouped = _GROUPED.fullmatch(whole)
    if not (grouped or (whole.isascii() and whole.isdecimal())) or (grouped and cents and cents[0] == grouped[1]):
        raise NotNumber
    return Decimal(_digits(whole))


def read_count(value: Written, least: int, most: int, units: Sequence[str] = ()) -> int:
    """A whole number of things within its bounds, its unit written with it or not: 4, 1.200, "4 (empat) titik"."""
    try:
        number = _typed(value) if not isinstance(value, str) else _counted(value, units)
    except NotNumber:
        number = None
    if number is None or number != int(number) or not least <= number <= most:
        said = _("Tulis bilangan bulat antara %(least)s dan %(most)s.", least=_count(least), most=_count(most))
        raise BadAmount(said)
    return int(number)


def _counted(value: str, units: Sequence[str]) -> Decimal:
    match = _COUNT.fullmatch(_plain(value))
    if match is None or (match["unit"] or "").strip().lower() not in ("", *units):
        raise NotNumber
    number = _money(match["number"])
    if match["words"] is not None and match["words"].strip().lower() not in _said(int(number)):
        raise NotNumber
    return number


def read_share(text: str) -> Fraction:
    """A part of a sum, above nothing and not above all of it: 11/12, 0,5 or 1; else BadAmount."""
    parts = text.replace(" ", "").split("/") if len(text) <= LONGEST else []
    try:
        numbers = [Fraction(spelled(part)) for part in parts]
        share = numbers[0] / numbers[1] if len(numbers) == 2 else numbers[0] if len(numbers) == 1 else Fraction(0)
    except (ValueError, ZeroDivisionError):
        share = Fraction(0)
    if not 0 < share <= 1:
        raise BadAmount(_("Tulis bagian dari jumlah, misalnya 11/12 atau 1."))
    return share


def _said(number: int) -> tuple[str, str]:
    from num2words import num2words  # noqa: PLC0415  # 60 modules, for a number in words alone

    return num2words(number, lang="id").strip(), str(number)


def _count(number: int) -> str:
    return f"{number:,}".replace(",", ".")


def _short(value: Written) -> str:
    return str(value).strip().replace(".", "," if isinstance(value, float) else ".")[:30]
