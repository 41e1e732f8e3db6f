"""The price catalogue as a help while typing: a code fills its row, and what departs from the catalogue is said.

A price that somebody typed is never replaced; whoever decides on a RAB reads where it departs and from what.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from flask_babel import gettext as _

from models.base.wording import local, rupiah, today
from models.base.written import clean_line, is_written
from models.installation.rab import PriceItem, Rab, price_list


class Priced(Protocol):
    """What may come from the catalogue: a line of a RAB, or the material of a survey (which has no price)."""

    code: str
    measure: str


@dataclass(frozen=True)
class Catalogue:
    """The prices in force on one day, found by code or by their very description."""

    items: Sequence[PriceItem]

    def find(self, code: str, description: str = "") -> PriceItem | None:
        """By the code as typed, large or small; without one by the description, where only one item has it."""
        if code := clean_line(code):
            return next((item for item in self.items if item.code.casefold() == code.casefold()), None)
        words = " ".join(description.split()).casefold()
        same = [item for item in self.items if item.description.casefold() == words]
        return same[0] if len(same) == 1 else None

    def filled(self, row: Mapping[str, str]) -> dict[str, str]:
        """The typed row with its blanks filled from the catalogue; a row without a known code stays as it is."""
        item = self.find(row.get("code", ""), row.get("description", ""))
        if item is None:
            return dict(row)
        price = rupiah(item.price_rp).removeprefix("Rp")
        from_list = {"description": item.description, "measure": item.measure, "price": price}
        if not is_written(row.get("description", "")):
            from_list["section"] = item.section
        blank = {
            name: text for name, text in from_list.items() if name == "section" or not is_written(row.get(name, ""))
        }
        return {**row, "code": item.code, **blank}

    def remarks(self, line: Priced) -> list[str]:
        """What departs from the catalogue, a sentence each."""
        if not line.code:
            return []
        item = self.find(line.code)
        if item is None:
            return [self._unknown(line.code)]
        found = []
        if line.measure and line.measure.casefold() != item.measure.casefold():
            found.append(_("Satuan di daftar harga: %(measure)s.", measure=item.measure))
        price_rp = getattr(line, "price_rp", None)
        if price_rp is not None and price_rp != item.price_rp:
            listed = rupiah(item.price_rp)
            found.append(_("Di daftar harga: %(price)s per %(measure)s.", price=listed, measure=item.measure))
        return found

    def questions(self, lines: Iterable[Priced]) -> list[str]:
        """What is asked before these lines are sent: codes that nobody knows, and work for nothing."""
        asked = []
        for at, line in enumerate(lines, 1):
            if line.code and self.find(line.code) is None:
                asked.append(_("Baris %(at)s: %(what)s", at=at, what=self._unknown(line.code)))
            if getattr(line, "price_rp", None) == 0:
                asked.append(_("Baris %(at)s: harganya nol.", at=at))
        return asked

    def _unknown(self, code: str) -> str:
        known = {item.code.casefold(): item.code for item in self.items}
        near = difflib.get_close_matches(code.casefold(), known, n=1, cutoff=0.6)
        if near:
            return _("Kode “%(code)s” tidak ada di daftar harga. Maksudnya %(near)s?", code=code, near=known[near[0]])
        return _("Kode “%(code)s” tidak ada di daftar harga.", code=code)


def catalogue(day: date | None = None) -> Catalogue:
    """The catalogue of a day, today's without one."""
    return Catalogue(price_list(day or today()))


def catalogue_of(rab: Rab) -> Catalogue:
    """The catalogue with which a version is compared: of the day on which it was submitted, of today while a draft."""
    return catalogue(local(rab.submitted_at).date() if rab.submitted_at else None)


def marks_of(rab: Rab) -> dict[int, list[str]]:
    """By the line's id, what departs from the catalogue; lines that depart in nothing are left out."""
    known = catalogue_of(rab)
    marked = ((line.id, known.remarks(line)) for line in rab.lines)
    return {line_id: remarks for line_id, remarks in marked if remarks}
