"""The facts of a sheet of QR labels, for a printer with label sheets of A4."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from documents.document import Composed, Identity, Letterhead, compose, qr_svg
from models.base.wording import Words

LONGEST = 40  # letters of a name or place on a label


@dataclass(frozen=True)
class LabelLayout:
    """How labels lie on an A4 sheet, from edge to edge; `width` and `height` of one in tenths of a millimetre."""

    columns: int
    rows: int
    width: int
    height: int

    @property
    def on_a_sheet(self) -> int:
        return self.columns * self.rows


LAYOUTS: dict[str, LabelLayout] = {
    "24": LabelLayout(3, 8, 700, 370),
    "40": LabelLayout(4, 10, 525, 297),
    "8": LabelLayout(2, 4, 1050, 740),
}
LAYOUT_WORDS: dict[str, Words] = {
    "24": _l("24 label selembar (70 × 37 mm), untuk sakelar dan rak"),
    "40": _l("40 label selembar (52,5 × 29,7 mm), untuk titik jaringan"),
    "8": _l("8 label selembar (105 × 74 mm), untuk dinding dan pintu"),
}


@dataclass(frozen=True)
class PrintedLabel:
    """What stands on one label; `name` and `place` are empty where passers-by are not to read them."""

    code: str
    name: str
    place: str
    qr: str


@dataclass(frozen=True)
class LabelSheet:
    """The labels of a print; the first `skipped` of its first sheet were used before. `owner` stands on each."""

    owner: str
    layout: LabelLayout
    skipped: int
    labels: tuple[PrintedLabel, ...]


def printed_label(code: str, address: str, name: str = "", place: str = "") -> PrintedLabel:
    return PrintedLabel(code, _short(name), _short(place), qr_svg(address))


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def compose_labels(identity: Identity, letterhead: Letterhead, sheet: LabelSheet) -> Composed:
    """The sheets, A4."""
    return compose("qr_labels", identity, letterhead, sheet)
