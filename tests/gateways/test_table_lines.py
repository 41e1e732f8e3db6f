"""Every line of a file is accounted for: taken, refused with its own number, or blank; nobody vanishes without a word."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from gateways.files.csv_lines import CsvLines
from gateways.files.import_table import CellKind, TableRefused, WantedColumn, read_table

COLUMNS = [
    WantedColumn("number", ("NIM",), CellKind.CODE, longest=30),
    WantedColumn("name", ("Nama", "Nama Mahasiswa"), longest=80),
    WantedColumn("address", ("Alamat",), required=False),
]
HEAD = "NIM,Nama,Alamat\n"


def read(content, columns=COLUMNS):
    table = read_table(io.BytesIO(content if isinstance(content, bytes) else content.encode()), columns)
    rows = list(table.rows)
    return table, [row for row in rows if not row.problems], [row for row in rows if row.problems]


def people(first, last):
    return "".join(f"20{n:04},Mahasiswa {n},Jl. Khatib {n}\n" for n in range(first, last))


def test_stray_quote_in_line_12_of_300_costs_that_line_alone():
    lines = (HEAD + people(2, 301)).splitlines(keepends=True)
    lines[11] = lines[11].replace("Mahasiswa", '"Mahasiswa')
    table, taken, refused = read("".join(lines))
    assert [(row.line, row.problems[0].split(".")[0]) for row in refused] == [
        (12, "Tanda kutip di baris ini tidak ditutup")
    ]
    assert (len(taken), table.tally.sent, table.tally.agrees) == (298, 300, True)
    assert taken[-1].values["name"] == "Mahasiswa 300"


def test_three_short_lines_between_two_quotes_are_no_one_person():
    _table, taken, refused = read('NIM,Nama\n1,"Andi\n2,Budi\n3,Sari"\n4,Tono\n')
    assert [(row.line, row.values["name"]) for row in taken] == [(3, "Budi"), (5, "Tono")]
    assert [row.line for row in refused] == [2, 4]
    assert "baris 2" in refused[1].problems[0]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_address_of_two_lines_in_a_consistent_file_is_one_cell(end):
    content = f'NIM,Nama,Alamat{end}1,Andi,"Jl. Khatib 5\nUlak Karang, Padang"{end}2,Sari,Aia Pacah{end}'
    table, taken, refused = read(content)
    assert [(row.line, row.values["address"]) for row in taken] == [
        (2, "Jl. Khatib 5 Ulak Karang, Padang"),
        (4, "Aia Pacah"),
    ]
    assert (refused, table.tally.continued, table.tally.sent, table.tally.agrees) == ([], 1, 4, True)


def test_line_breaks_as_excel_writes_them_may_hold_what_looks_like_a_line():
    content = 'NIM,Nama,Alamat\r\n1,Andi,"Jl. Khatib 5\n9,Gedung B,Padang\nUlak Karang"\r\n2,Sari,Aia Pacah\r\n'
    _table, taken, refused = read(content)
    assert ([row.line for row in taken], refused) == ([2, 5], [])


def test_file_whose_cells_are_all_quoted_may_hold_what_looks_like_a_line():
    content = '"NIM","Nama","Alamat"\n"1","Andi","Jl. Khatib 5\n9,Gedung B,Padang\n"\n"2","Sari","x"\n"3","To"no","x"\n'
    _table, taken, refused = read(content)
    assert ([row.line for row in taken], [row.line for row in refused]) == ([2, 5], [6])


def test_quote_sign_of_an_inch_is_a_letter_of_its_cell():
    _table, taken, _refused = read('NIM,Nama,Alamat\n1,Pipa 3/4",x\n2,Rahma "Ama" Sari,y\n')
    assert [row.values["name"] for row in taken] == ['Pipa 3/4"', 'Rahma "Ama" Sari']


def test_text_that_excel_writes_as_a_formula_is_read_as_it_shows_it():
    _table, taken, _refused = read('NIM,Nama,Alamat\n="01100023",Andi,"=""Jl. """"A"""""""\n"=""0110""",Sari,\n')
    assert [row.values["number"] for row in taken] == ["01100023", "0110"]
    assert taken[0].values["address"] == 'Jl. "A"'


def test_title_lines_column_numbers_and_repeated_headings_are_no_people():
    content = (
        "DAFTAR MAHASISWA AKTIF;;\nUniversitas, Tahun 2026;;\n;;\nNIM;Nama Mahasiswa;Alamat\n(1);(2);(3)\n"
        "11;Andi;A\nNIM;Nama Mahasiswa;Alamat\n12;Sari;B\n"
    )
    table, taken, refused = read(content)
    assert [(row.line, row.values["name"]) for row in taken] == [(6, "Andi"), (8, "Sari")]
    assert (refused, table.tally.heading, table.tally.blank, table.tally.agrees) == ([], 5, 1, True)


def test_file_that_ends_in_the_middle_of_a_line_says_so():
    _table, taken, refused = read("NIM,Nama,Alamat\n1,Andi,A\n2,Sar")
    assert (len(taken), [row.line for row in refused], "terpotong" in refused[0].problems[0]) == (1, [3], True)
    assert not read("NIM,Nama,Alamat\n1,Andi,A\n2,Sari\n")[2]


def test_one_latin_byte_names_its_line_and_garbles_no_other_name():
    content = "NIM,Nama,Alamat\n1,Andi Gérard,A\n".encode() + b"2,Ren\xe9,B\n" + "3,Zoë,C\n".encode()
    _table, taken, refused = read(content)
    assert [row.values["name"] for row in taken] == ["Andi Gérard", "Zoë"]
    assert (refused[0].line, "“2,René,B”" in refused[0].problems[0]) == (3, True)
    old = "NIM,Nama,Alamat\n1,Andi Gérard,A\n2,José,x\n".encode("cp1252") + "3,Zoë,C\n".encode()
    _table, taken, refused = read(old)
    assert ([row.values["name"] for row in taken], [row.line for row in refused]) == (["Andi Gérard", "José"], [4])


def test_other_sheets_of_a_workbook_are_named():
    book = Workbook()
    book.active.title = "FEB"
    for line in (["NIM", "Nama"], ["1", "Andi"]):
        book.active.append(line)
    book.create_sheet("FTI").append(["NIM", "Nama"])
    book.create_sheet("Kosong")
    book.create_sheet("Rahasia").append(["x"])
    book["Rahasia"].sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)
    table, _taken, _refused = read(out.getvalue())
    assert table.tally.notices == ["Yang dibaca hanya lembar “FEB”; lembar lain tidak: FTI."]


def test_formulas_whose_results_were_never_stored_are_told_rather_than_read_as_blank():
    book = Workbook()
    for line in (["NIM", "Nama"], ["1", '=UPPER("andi")']):
        book.active.append(line)
    out = io.BytesIO()
    book.save(out)
    with pytest.raises(TableRefused, match="belum dihitung"):
        read(out.getvalue())


def test_line_that_was_lost_on_the_way_stops_the_import(monkeypatch):
    whole = CsvLines.__iter__
    monkeypatch.setattr(CsvLines, "__iter__", lambda lines: (line for line in whole(lines) if line.number != 5))
    with pytest.raises(TableRefused, match="Jumlah baris tidak cocok: 8 di berkas, 7 yang terbaca"):
        read(HEAD + people(2, 9))


# --- properties

words = st.text(st.sampled_from("abcdefgh ijk.-'é"), min_size=1, max_size=12).map(str.strip).filter(
    lambda text: text and text not in "-" and not text.startswith(("-", "'"))
)  # fmt: skip
good = st.tuples(st.just("good"), words)
stray = st.tuples(st.just("stray"), st.sampled_from(['{n},"Sari,x', '{n},Sari,"x', '"{n},Sari,x', '{n},"Sari" Dewi,x']))
blank = st.tuples(st.just("blank"), st.sampled_from(["", "  ", ",,", " , ,"]))
bad = st.tuples(st.just("bad"), st.sampled_from(["{n}", "{n},,x", ",Sari,x", "{n},Sari,x,lebih"]))


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(good, stray, blank, bad), max_size=30), st.sampled_from(["\n", "\r\n"]), st.integers(0, 3))
def test_lines_in_are_taken_refused_and_blank_and_each_good_line_keeps_its_number(lines, end, titles):
    written = ["DAFTAR MAHASISWA"] * titles + ["NIM,Nama,Alamat"]
    expected = {}
    for place, (kind, text) in enumerate(lines, len(written) + 1):
        written.append(f"20{place:04},{text},x" if kind == "good" else text.format(n=f"20{place:04}"))
        if kind == "good":
            expected[place] = (f"20{place:04}", " ".join(text.split()))
    table, taken, refused = read("".join(f"{line}{end}" for line in written))
    blanks = sum(kind == "blank" for kind, _text in lines)
    assert {row.line: (row.values["number"], row.values["name"]) for row in taken} == expected
    assert len(written) == len(taken) + len(refused) + blanks + titles + 1 == table.tally.sent
    assert (table.tally.blank, table.tally.heading, table.tally.agrees) == (blanks, titles + 1, True)


@settings(max_examples=100, deadline=None)
@given(st.text(st.sampled_from('ab1,"\n;= '), max_size=120))
def test_any_text_at_all_is_accounted_for_line_by_line(text):
    content = f"NIM,Nama,Alamat\n{text}"
    table, taken, refused = read(content)
    lines = len(content.splitlines())
    assert table.tally.sent == lines == len(taken) + len(refused) + table.tally.blank + table.tally.continued + 1
