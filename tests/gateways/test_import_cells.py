"""What a spreadsheet shows is what is stored: numbers, codes with their zeros, days, telephones; never another value."""

from __future__ import annotations

import io
import unicodedata
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from gateways.files.import_table import CellKind, WantedColumn, read_table
from gateways.files.number_format import shown_number
from gateways.files.table_writer import Rupiah, table_bytes
from models.base.phone import read_phone

COLUMNS = [
    WantedColumn("code", ("Kode",), CellKind.CODE),
    WantedColumn("name", ("Nama",), longest=80),
    WantedColumn("phone", ("Telepon",), CellKind.PHONE, required=False),
    WantedColumn("mail", ("Email",), CellKind.MAIL, required=False),
    WantedColumn("day", ("Tanggal",), CellKind.DATE, required=False),
    WantedColumn("volume", ("Volume",), CellKind.VOLUME, required=False),
    WantedColumn("price", ("Harga",), CellKind.MONEY, required=False),
    WantedColumn("count", ("Banyaknya",), CellKind.COUNT, required=False),
]
HEADS = [column.titles[0] for column in COLUMNS]


def rows_of(content):
    return list(read_table(io.BytesIO(content), COLUMNS).rows)


def workbook(cells, formats=()):
    """One line under the headings; `formats` by column number from 1."""
    return lines_in_workbook([(cells, formats)])


def lines_in_workbook(lines):
    """Under the headings: of each line its cells, and their formats by column number from 1."""
    book = Workbook()
    page = book.active
    page.append(HEADS)
    for at, (cells, formats) in enumerate(lines, 2):
        page.append(cells)
        for column, code in dict(formats).items():
            page.cell(at, column).number_format = code
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def one(cells, formats=()):
    return rows_of(workbook(cells, formats))[0]


def test_cell_1_125_times_250000_is_281250():
    row = one(["K1", "Kabel", None, None, None, 1.125, 250_000.0, 4])
    assert row.numbers == {"volume": Decimal("1.125"), "price": Decimal(250_000), "count": Decimal(4)}
    assert row.values["volume"] == "1,125"
    assert row.numbers["volume"] * row.numbers["price"] == 281_250


@pytest.mark.parametrize(
    ("value", "code", "shown", "is_same"),
    [
        (110023, "00000000", "00110023", True),
        (812345678, "0000-0000-0000", "0008-1234-5678", True),
        (81234, '"0"#', "081234", True),
        (25123, "00000", "25123", True),
        (250000, '"Rp"#,##0', "250000", True),
        (27000000, '_-"Rp"* #,##0_-;-"Rp"* #,##0_-;_-"Rp"* "-"_-', "27000000", True),
        (45000, "[$Rp-421]#,##0;[Red]-[$Rp-421]#,##0", "45000", True),
        (1.125, "General", "1,125", True),
        (1.125, "0.000", "1,125", True),
        (1.125, "0.0", "1,1", False),
        (1.5, "0", "2", False),
        (1_500_000, "#,##0,,", "2", False),
        (0.5, "0%", "50%", False),
        (0.1 + 0.2, "General", "0,3", True),
    ],
)
def test_format_says_what_is_shown_and_whether_it_is_the_number(value, code, shown, is_same):
    number = shown_number(value, code)
    assert (number.shown, number.is_as_shown) == (shown, is_same)


def test_code_whose_zeros_stand_in_the_format_keeps_them():
    row = one([110023, "Andi", 81234567890], {1: "00000000", 3: '"0"#'})
    assert (row.values["code"], row.values["phone"], row.warnings) == ("00110023", "081234567890", [])


@pytest.mark.parametrize(("value", "code"), [(1.5, "0"), (0.5, "0%"), (1_500_000, "0,,"), (1 / 3, "0.00")])
def test_quantity_that_is_shown_as_another_number_is_asked_about(value, code):
    row = one(["K1", "Kabel", None, None, None, value], {6: code})
    assert row.numbers == {} and row.problems[0].startswith("Volume: Selnya menampilkan ")


@pytest.mark.parametrize("cell", [datetime(2026, 2, 1), "1.500", "12 m", "#REF!", "1,2345", True])  # noqa: DTZ001 - Excel's have none
def test_quantity_that_is_none_is_refused_with_its_column(cell):
    assert one(["K1", "Kabel", None, None, None, cell]).problems[0].startswith("Volume: ")


@pytest.mark.parametrize(
    ("cell", "phone"),
    [
        (81234567890, "081234567890"),
        ("0812\u20113456\u20117890 (WA)", "0812-3456-7890"),
        ('="0812345678"', "0812345678"),
        ("'0812345678", "0812345678"),
        ("-", ""),
        ("tidak ada", ""),
    ],
)
def test_telephone_is_read_as_in_the_forms(cell, phone):
    content = f"Kode;Nama;Telepon\nK1;Andi;{cell}\n".encode() if str(cell).startswith("=") else None
    row = rows_of(content)[0] if content else one(["K1", "Andi", cell])
    assert (row.values["phone"], row.problems) == (phone, [])


@pytest.mark.parametrize("text", ["20/11/2026", "20-11-2026", "20 November 2026", "20/11/26", "2026-11-20 00:00:00"])
def test_day_is_read_as_people_here_write_it(text):
    assert one(["K1", "Andi", None, None, text]).values["day"] == "2026-11-20"


def test_fault_of_a_formula_is_no_name():
    assert one(["K1", "#N/A"]).problems == ["Nama berisi galat rumus Excel (#N/A). Isi nilainya."]


def test_english_spreadsheet_is_asked_about_its_comma():
    row = rows_of(b'Kode,Nama,Volume,Harga\nK1,Kabel,"1,500","1,500"\n')[0]
    assert (row.numbers["price"], row.problems) == (1_500, [
        "Volume: “1,500” dapat berarti 1500 atau 1,5. Tulis 1500, atau 1,5 dengan koma."
    ])  # fmt: skip


# --- properties: what the house writes is read back unchanged

texts = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=30).filter(
    lambda text: not text.startswith(("'", '="', "#"))
)
codes = st.text(st.sampled_from("0123456789"), min_size=1, max_size=20)
phones = st.from_regex(
    r"(08[1-9][0-9]{7,9}|\+628[1-9][0-9]{7,9}|\(0751\) [0-9]{7}|0751-[0-9]{7} ext\. [0-9]{3}|[2-7][0-9]{3})",
    fullmatch=True,
)
mails = st.from_regex(r"[a-z]{1,8}(\.[a-z]{1,8})?@[a-z]{2,8}\.ac\.id", fullmatch=True)
days = st.dates(date(1930, 1, 1), date(2099, 12, 31))
volumes = st.decimals(Decimal("0.001"), Decimal(1_000_000), places=3)
prices = st.integers(0, 10**12)
counts = st.integers(0, 999_999_999)
house_lines = st.tuples(codes, texts, phones, mails, days, volumes, prices, counts)


@settings(max_examples=60, deadline=None)
@given(st.lists(house_lines, min_size=1, max_size=4), st.sampled_from(["csv-id", "csv-en", "xlsx"]))
@example(
    [("0011", "-Andi; =1+1", "0812345678", "a@b.ac.id", date(2026, 11, 20), Decimal("1.125"), 1500, 1500)], "csv-en"
)
@example([("0011", "a,+b", "0812345678", "a@b.ac.id", date(2026, 11, 20), Decimal(1500), 1500, 1500)], "csv-id")
def test_what_the_house_writes_to_a_file_is_read_back_unchanged(lines, manner):
    kind, _dash, language = manner.partition("-")
    written = [(*line[:6], Rupiah(line[6]), line[7]) for line in lines]
    rows = rows_of(table_bytes(kind, "Uji", HEADS, written, language))
    assert [row.problems for row in rows] == [[]] * len(lines)
    for row, (code, name, phone, mail, day, volume, price, count) in zip(rows, lines, strict=True):
        assert row.values["code"] == code
        assert row.values["name"] == unicodedata.normalize("NFC", name)
        assert (row.values["phone"], row.values["mail"]) == (str(read_phone(phone)), mail)
        assert row.values["day"] == day.isoformat()
        assert row.numbers == {"volume": volume, "price": price, "count": count}


# A workbook is read in a process of its own, which costs more than all that stands in it: some cases in each.


@settings(max_examples=6, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 10**12), st.integers(1, 14)), min_size=10, max_size=20))
def test_zeros_that_a_format_shows_are_the_codes_zeros(cases):
    rows = rows_of(lines_in_workbook([([number, "Andi"], {1: "0" * width}) for number, width in cases]))
    assert [row.values["code"] for row in rows] == [f"{number:0{width}}" for number, width in cases]


quantities = st.tuples(
    st.floats(0.001, 999_999, allow_nan=False), st.sampled_from(["General", "0", "0.0", "#,##0.00", "0.000", "0%"])
)


@settings(max_examples=6, deadline=None)
@given(st.lists(quantities, min_size=10, max_size=20))
@example([(1.125, "0.00")])
def test_number_of_a_cell_is_stored_as_it_is_shown_or_not_at_all(cases):
    cases = [(round(value, 3), code) for value, code in cases]
    lines = [(["K1", "Kabel", None, None, None, value], {6: code}) for value, code in cases]
    for row, (value, code) in zip(rows_of(lines_in_workbook(lines)), cases, strict=True):
        places = {"General": 3, "0": 0, "0.0": 1, "#,##0.00": 2, "0.000": 3}.get(code)
        exact = Decimal(f"{value:.15g}")
        is_shown = places is not None and round(exact, places) == exact
        assert row.numbers == ({"volume": exact} if is_shown else {}), (value, code)
        assert bool(row.problems) != is_shown, (value, code)
