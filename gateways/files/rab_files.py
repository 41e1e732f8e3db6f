"""Reads the lines of a RAB from CSV and XLSX files, with what stood in the file beside each."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import IO

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from gateways.files.import_table import CellKind, LineTally, TableRefused, TableRow, WantedColumn, read_table
from models.base.rupiah import line_amount
from models.base.wording import rupiah

COLUMNS = (
    WantedColumn("section", ("Bagian", "Section", "Jenis"), required=False),
    WantedColumn("code", ("Kode", "Code", "Kode barang"), CellKind.CODE, required=False, longest=30),
    WantedColumn("description", ("Uraian", "Description", "Uraian pekerjaan", "Nama barang", "Keterangan")),
    WantedColumn("volume", ("Volume", "Vol", "Qty", "Jumlah volume"), CellKind.VOLUME, is_asked=True),
    WantedColumn("measure", ("Satuan", "Unit", "Sat"), required=False, longest=20),
    WantedColumn("price", ("Harga satuan", "Harga", "Price", "Harga sat"), CellKind.MONEY, is_asked=True),
    WantedColumn(
        "amount", ("Jumlah", "Jumlah harga", "Amount", "Total"), CellKind.MONEY, required=False, is_asked=True
    ),
)
NUMBERS = ("volume", "price")
SECTION_WORDS = {"pekerjaan": "work", "work": "work", "jasa": "work", "upah": "work", "tenaga": "work",
                 "bahan": "material", "material": "material", "barang": "material", "": "material"}  # fmt: skip
TOO_MANY = _l("Berkas ini lebih dari 1.000 baris.")
MOST = 1_000


@dataclass
class RabLineRead:
    """A line of the file: as the editor takes it, what stood in the file, and what is asked about it."""

    line: int
    typed: dict[str, str]
    stood: dict[str, str]
    asked: dict[str, str]
    warnings: list[str] = field(default_factory=list)

    @property
    def price_rp(self) -> int | None:
        return int(self.typed["price"]) if self.typed["price"] else None

    @property
    def remarks(self) -> list[str]:
        """Its questions, then what looks odd."""
        return [*self.asked.values(), *self.warnings]


@dataclass
class RabFile:
    """What a file brought: lines for the editor, refused lines with their sentences, and every line counted."""

    name: str
    tally: LineTally
    ignored: list[str]
    lines: list[RabLineRead] = field(default_factory=list)
    refused: list[tuple[int, str]] = field(default_factory=list)


def read_rab_file(stream: IO[bytes], name: str = "") -> RabFile:
    """The lines of a CSV or XLSX file, for review before saving. Raises TableRefused."""
    table = read_table(stream, COLUMNS)
    read = RabFile(name[-120:], table.tally, table.ignored)
    for row in table.rows:
        if all(name in row.asked and not row.stood.get(name, "").strip() for name in NUMBERS):
            row.problems.append(_("Baris ini tidak berisi volume dan harga."))  # a heading of a part, or its sum
        if row.problems:
            read.refused.append((row.line, " ".join(row.problems)))
        else:
            read.lines.append(_for_the_editor(row))
        if len(read.lines) > MOST:
            raise TableRefused(str(TOO_MANY))
    return read


def _for_the_editor(row: TableRow) -> RabLineRead:
    """A number that is asked about stays empty, so that it cannot be saved before somebody has answered."""
    typed = {column.name: row.values.get(column.name, "") for column in COLUMNS[:-1]}
    section = SECTION_WORDS.get(typed["section"].casefold())
    if section is None:
        said = _("Bagian “%(text)s” tidak dikenal; dibaca sebagai bahan.", text=typed["section"][:40])
        row.warnings.append(said)
    typed["section"] = section or "material"
    asked = {name: row.asked[name] for name in NUMBERS if name in row.asked}
    row.warnings.extend(_against_amount(row))
    return RabLineRead(row.line, typed, {name: row.stood.get(name, "") for name in NUMBERS}, asked, row.warnings)


def _against_amount(row: TableRow) -> list[str]:
    """The file's own amount beside volume times price, where all three can be read."""
    numbers: list[Decimal | None] = [row.numbers.get(name) for name in ("volume", "price", "amount")]
    volume, price, amount = numbers
    if volume is None or price is None or amount is None or line_amount(volume, int(price)) == amount:
        return []
    ours = rupiah(line_amount(volume, int(price)))
    return [_("Di berkas jumlahnya %(file)s; volume × harga adalah %(ours)s.", file=rupiah(int(amount)), ours=ours)]
