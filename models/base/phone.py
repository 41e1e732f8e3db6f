"""Reads a telephone number as people write and paste it, for every form and import; the links that call it.

"+62 812-3456-7890", "0812 3456 7890 (WA)", "(0751) 7051678 ext. 104" and a desk's own "2104" are numbers. What is kept
is how the person grouped the digits, with plain hyphens and spaces.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from flask_babel import gettext as _

from models.base.written import plain_marks

LONGEST = 30
FEWEST_DIGITS, MOST_DIGITS = 3, 15  # a desk's own extension; ITU-T E.164
LONGEST_EXTENSION = 6
COUNTRY = "62"

_WORD = (
    r"(?:no(?:mor)?|tele?pon|te?lp|te?l|hp|ponsel|seluler|handphone|phone|mobile|cell|wa|whats ?app"
    r"|kantor|rumah|office)"
)
_LABEL = re.compile(rf"^[\s*(]*(?:{_WORD}[\s./:*&)-]+)+(?=[+(\d])", re.IGNORECASE)
_NOTE = re.compile(
    rf"[\s,;*-]*[(\[]?\s*{_WORD}(?:[\s./,&]+(?:{_WORD}|saja|only|aktif))*[\s.:]*[)\]]?[\s*]*$", re.IGNORECASE
)
_LINK = re.compile(
    r"^(?:tel:(?://)?|(?:https?://)?(?:wa\.me/|api\.whatsapp\.com/send/?\?phone=))(?P<rest>[^?&]*).*$", re.I
)
_EXTENSION = re.compile(
    r"[\s,;(]*(?:\b(?:ext(?:ension|n)?|ekst(?:ensi)?|pes(?:awat)?)\b|(?<=[\d\s)])x|#)[\s.:=]*(?P<digits>\d+)[\s)]*$",
    re.I,
)
_SHAPE = re.compile(r"\+?[\d(][\d\s().\-/]*")
_TRUNK_ZERO = re.compile(r"(?<=\d)[\s.-]*\(0\)[\s.-]*")
_OLD_SLASH = re.compile(r"(\(?0\d{1,3}\)?)\s*/\s*(\d[\d\s.-]*)")  # 0751/7051678: area code and number


class BadPhone(ValueError):
    """What was typed is no telephone number; the message is a sentence for the person who typed it."""


@dataclass(frozen=True)
class Phone:
    """A telephone number: `text` as it is kept and shown, its digits, and the extension behind it, if any."""

    text: str
    digits: str  # with the country's code where `is_international`
    is_international: bool = False
    extension: str = ""

    def __str__(self) -> str:
        return self.text

    @property
    def world_digits(self) -> str:
        """The digits that any telephone of the world can dial, without "+"; "" for a number of the house or town."""
        if self.is_international:
            return self.digits
        return COUNTRY + self.digits[1:] if self.digits.startswith("0") else ""

    @property
    def key(self) -> str:
        """Equal for two spellings of one number."""
        return f"{self.world_digits or self.digits}x{self.extension}"

    @property
    def link(self) -> str:
        """The address that dials it (RFC 3966)."""
        end = f";ext={self.extension}" if self.extension else ""
        return f"tel:+{self.world_digits}{end}" if self.world_digits else f"tel:{self.digits}{end}"

    @property
    def whatsapp(self) -> str:
        """The digits of its WhatsApp link; "" for a number that is no mobile's."""
        is_here = self.world_digits.startswith(COUNTRY)
        is_mobile = self.world_digits.startswith(COUNTRY + "8") if is_here else bool(self.world_digits)
        return self.world_digits if is_mobile and not self.extension else ""


def read_phone(text: str) -> Phone:
    """The number that was typed or pasted; BadPhone with a sentence otherwise."""
    plain = plain_marks(text)[:200].strip(" ,;.")
    if link := _LINK.match(plain):
        plain = link["rest"].replace("%2B", "+").replace("%20", " ")
    plain = _NOTE.sub("", _LABEL.sub("", plain)).strip(" ,;.*:")
    main, extension = plain, ""
    if found := _EXTENSION.search(plain):
        main, extension = plain[: found.start()].rstrip(" ,;("), found["digits"]
        main = _NOTE.sub("", main)
    if not main and extension:
        main, extension = extension, ""
    main = re.sub(r"^\(\s*\+\s*(\d+)\s*\)", r"+\1", main)
    _check_one(main, text)
    if len(extension) > LONGEST_EXTENSION:
        raise BadPhone(_says(text))
    return _numbered(_tidy(main), extension, text)


def phone_or_none(text: str | None) -> Phone | None:
    """The number of a stored text, for its links; None where an older row holds something else."""
    try:
        return read_phone(text or "")
    except BadPhone:
        return None


def dialled(text: str | None) -> str:
    """The address that dials a stored text, for a page's link; an older row that is no number is dialled as it is."""
    found = phone_or_none(text)
    return found.link if found else "tel:" + "".join(c for c in text or "" if c.isascii() and (c.isdigit() or c == "+"))


def whatsapp_digits(text: str | None) -> str:
    """The digits of a stored text's WhatsApp link; "" where it is no mobile number."""
    found = phone_or_none(text)
    return found.whatsapp if found else ""


def _check_one(main: str, text: str) -> None:
    """Two numbers in one box would be dialled as one long one."""
    parts = [re.sub(r"\D", "", part) for part in re.split(r"[/,;|&]|\b(?:atau|dan|or|and)\b", main)]
    if sum(len(part) > 5 for part in parts) > 1 or (len(parts) > 1 and not _OLD_SLASH.fullmatch(main)):
        raise BadPhone(_("Tulis satu nomor saja di sini. Nomor lainnya dapat Anda tulis di keterangan."))
    if not _SHAPE.fullmatch(main):
        raise BadPhone(_says(text))


def _tidy(main: str) -> str:
    """The number with its grouping: hyphens and dots without spaces around them, no "(0)" behind a country's code."""
    if slash := _OLD_SLASH.fullmatch(main):
        main = f"{slash[1]}-{slash[2]}"
    main = _TRUNK_ZERO.sub(" ", main) if main.startswith(("+", "(+", "62", "00")) else main
    main = re.sub(r"\s*([-.])[\s.-]*", r"\1", main)
    return " ".join(main.split()).strip("-. ")


def _numbered(main: str, extension: str, text: str) -> Phone:
    digits, is_international = re.sub(r"\D", "", main), main.startswith("+")
    if digits.startswith("00") and len(digits) > 9:
        main, digits, is_international = f"+{main.lstrip('(').replace('00', '', 1).lstrip(' -.')}", digits[2:], True
    elif re.fullmatch(r"62[2-9]\d{8,}", digits) and not is_international:
        main, is_international = f"+{main}", True
    elif re.fullmatch(r"8\d{8,11}", digits) and not is_international:
        main, digits = f"0{main}" if main[0] == "8" else f"0{digits}", f"0{digits}"  # a spreadsheet ate the zero
    if is_international and digits.startswith("620"):
        digits = COUNTRY + digits[3:]
        main = f"+{digits}"
    if not (9 if is_international else FEWEST_DIGITS) <= len(digits) <= MOST_DIGITS or main.count("(") != main.count(
        ")"
    ):
        raise BadPhone(_says(text))
    if re.search(r"[+(]", main[1:]) and not re.fullmatch(r"\+?[\d\s.-]*\(\d+\)[\d\s.-]*", main):
        main = f"+{digits}" if is_international else digits
    end = f" ext. {extension}" if extension else ""
    if len(main + end) > LONGEST:
        main = f"+{digits}" if is_international else digits
    return Phone(main + end, digits, is_international, extension)


def _says(text: str) -> str:
    return _(
        "“%(text)s” tidak terbaca sebagai nomor telepon. Tulis angkanya, misalnya 0812-3456-7890, "
        "0751-7051678 ext. 104, atau nomor pesawat 2104.",
        text=plain_marks(text)[:40],
    )
