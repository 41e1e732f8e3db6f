"""CSV and XLSX as a spreadsheet of any region reads them: the reader's cells, and never a formula (U7)."""

from __future__ import annotations

import csv
import io
import random
import re
from datetime import date, datetime

import pytest
from openpyxl import load_workbook

from gateways.files.table_writer import Rupiah, table_bytes

HEADS = ["Nomor", "Isi"]
FORMULA = re.compile(r'^["\s]*[=+\-@＝＋－＠]')  # noqa: RUF001  # the wide forms run too
HOSTILE = ['abc;=HYPERLINK("http://evil")', "abc,=1+1", "abc\t@SUM(A1)", "abc|+1", "abc\n-2+3", 'x; "=1+1', '"=1+1',
           "=1+1", "\t=1+1", "\r=1+1", "\n=1+1", "＝1＋1", 'a";=1+1;"', 'a,""=1+1', "a; ＝1"]  # fmt: skip  # noqa: RUF001


def text_of(lines, language="id"):
    return table_bytes("csv", "Uji", HEADS, lines, language=language).decode("utf-8-sig")


def read(text, separator):
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))


def garbled(count):
    """Texts of the signs on which parsers trip, the same in every run."""
    dice = random.Random(7)  # noqa: S311  # no secret
    return ["".join(dice.choices("=+-@,;|\t\r\n\"' 1a", k=dice.randint(1, 12))) for _n in range(count)]


@pytest.mark.parametrize("language", ["id", "en"])
def test_u7_no_text_is_a_formula_wherever_the_spreadsheet_splits(language):
    text = text_of([[word, word] for word in HOSTILE + garbled(3_000)], language)
    found = [cell for separator in ",;\t|" for line in read(text, separator) for cell in line if FORMULA.match(cell)]
    assert found == []
    bare = [part for part in re.split(r"[,;\t|\r\n]", text) if FORMULA.match(part)]
    assert bare == [], "not even where quotes are not understood"


@pytest.mark.parametrize(("language", "separator"), [("id", ";"), ("en", ",")])
def test_spreadsheet_of_the_readers_region_finds_each_cell_whole(language, separator):
    texts = [
        "Wi-Fi mati; lampu merah",
        "Ruang 1, 2 dan 3",
        'Pesan "tak terhubung"',
        "baris satu\nbaris dua",
        "été – ✓",
        "",
    ]
    assert read(text_of([[t, t] for t in texts], language), separator) == [HEADS, *([t, t] for t in texts)]


def test_numbers_are_written_as_the_region_writes_them():
    line = [1.5, -5, Rupiah(27_000_000), date(2026, 1, 2), datetime.fromisoformat("2026-11-22 14:30"), None]
    assert [read(text_of([line], language), separator)[1] for language, separator in (("id", ";"), ("en", ","))] == [
        ["1,5", "-5", "27000000", "2026-01-02", "2026-11-22 14:30", ""],
        ["1.5", "-5", "27000000", "2026-01-02", "2026-11-22 14:30", ""],
    ]


def test_u7_xlsx_holds_the_very_text_as_a_string():
    data = table_bytes("xlsx", "Uji", HEADS, [[word, word] for word in HOSTILE], language="id")
    cells = [cell for line in load_workbook(io.BytesIO(data)).active.iter_rows(min_row=2) for cell in line]
    assert {cell.data_type for cell in cells} == {"s"}
    assert [cell.value for cell in cells[::2]] == [
        word.replace("\r", "_x000D_") for word in HOSTILE
    ]  # as XLSX spells it
