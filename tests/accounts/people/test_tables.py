"""Tables that people bring: encodings, separators, Excel's habits, and a clear sentence for each fault."""

import csv
import io
import subprocess
import sys
import zipfile
from datetime import date, datetime

import pytest
from openpyxl import Workbook

from gateways.files.import_table import CellKind, TableRefused, WantedColumn, read_table

COLUMNS = [
    WantedColumn("number", ("Nomor", "NIM", "NPM", "NIP"), CellKind.CODE, longest=30, width=13),
    WantedColumn("name", ("Nama", "Nama Lengkap"), longest=40),
    WantedColumn("phone", ("Telepon", "No. HP"), CellKind.PHONE, required=False),
    WantedColumn("expires", ("Berlaku sampai",), CellKind.DATE, required=False),
]
TEXT = "NIM;Nama;Telepon\n2010011110023;Andi Gérard;0812345678\n2010011110024;Sari;\n"


def table_of(content, key=None):
    return read_table(io.BytesIO(content), COLUMNS, key=key)


def rows_of(content, key=None):
    return list(table_of(content, key).rows)


def workbook(*lines, sheet=None):
    book = Workbook()
    page = book.active
    for line in lines:
        page.append(line)
    if sheet:
        sheet(book, page)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
def test_every_encoding_gives_the_same_rows(encoding):
    rows = rows_of(TEXT.encode(encoding))
    assert [(row.line, row.values["number"], row.values["name"], row.values["phone"]) for row in rows] == [
        (2, "2010011110023", "Andi Gérard", "0812345678"),
        (3, "2010011110024", "Sari", ""),
    ]


def test_letter_that_only_windows_1252_has_far_down_the_file_is_read():
    lines = "NIM;Nama\n" + "".join(f"{n};Nama {n}\n" for n in range(5000)) + "9;Ren\xe9\n"
    assert rows_of(lines.encode("cp1252"))[-1].values["name"] == "René"


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_every_separator_is_found(separator):
    content = TEXT.replace(";", separator).encode()
    assert rows_of(content)[0].values["name"] == "Andi Gérard"


@pytest.mark.parametrize("announced", ["sep=;\r\n", "SEP=;\n"])
def test_excels_separator_line_is_obeyed_and_skipped(announced):
    rows = rows_of((announced + "NIM;Nama\n1;a,b,c,d,e\n").encode())
    assert [(row.line, row.values["name"]) for row in rows] == [(3, "a,b,c,d,e")]


def test_quoted_separators_and_line_breaks_stay_in_their_cell():
    rows = rows_of(b'NIM,Nama\n1,"Rahma, S.Kom.\nM.Kom."\n2,"kata ""dia"""\n')
    assert [row.values["name"] for row in rows] == ["Rahma, S.Kom. M.Kom.", 'kata "dia"']


def test_titles_are_found_in_any_order_case_and_spelling():
    table = table_of(b"nama_lengkap,Angkatan,No HP,npm\nAndi,2020,0812,77\n")
    assert table.found == ["nama_lengkap", "Angkatan", "No HP", "npm"]
    assert table.ignored == ["Angkatan"]
    assert next(table.rows).values == {"number": "77", "name": "Andi", "phone": "0812"}


def test_missing_column_is_named_with_what_was_found():
    with pytest.raises(TableRefused) as refusal:
        table_of(b"Nama,Alamat\nAndi,Padang\n")
    assert refusal.value.sentence == (
        "Kolom ini tidak ada: Nomor. Judul yang terbaca: Nama, Alamat. Tulis semua judul kolom dalam satu baris."
    )


def test_column_that_stands_twice_is_refused():
    with pytest.raises(TableRefused, match="ada dua kali"):
        table_of(b"NIM,Nama,NIP\n1,Andi,2\n")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "Berkas ini kosong"),
        (b"\n \n", "Berkas ini kosong"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Berkas .xls lama"),
        (b"PK\x03\x04broken", "Berkas Excel ini rusak"),
        (b"%PDF-1.7\n\0\0\1\2\3\4" + b"x" * 200, "bukan tabel teks"),
        (b"\xff\xfeN\0I\0M\0\x00", "Huruf dalam berkas ini tidak dapat dibaca"),
    ],
)
def test_file_that_is_no_table_is_refused(content, sentence):
    with pytest.raises(TableRefused, match=sentence):
        rows_of(content)


def test_unclosed_quote_is_told_with_its_line_and_costs_no_other():
    rows = rows_of(b'NIM,Nama\n1,Andi\n2,"Sari\n' + b"3,Tono\n" * 8000)
    assert [(row.line, row.problems) for row in rows if row.problems] == [
        (3, ["Tanda kutip di baris ini tidak ditutup. Hapus, atau tutup di baris yang sama."])
    ]
    assert len(rows) == 8002


def test_second_line_of_a_number_is_refused_with_the_first_ones_place():
    rows = rows_of(b"NIM,Nama\n77,Andi\n78,Sari\n77,Tono\n", key="number")
    assert [row.problems for row in rows] == [[], [], ["“77” sudah ada di baris 2."]]


def test_empty_required_cells_are_told_each():
    assert rows_of(b"NIM,Nama,Telepon\n,,0812\n")[0].problems == ["Nomor harus diisi.", "Nama harus diisi."]


def test_line_with_more_cells_than_titles_is_refused():
    assert "lebih banyak kolom" in rows_of(b"NIM,Nama\n1,Rahma, S.Kom.\n")[0].problems[0]


def test_blank_lines_are_left_out_and_numbers_stay_true():
    assert [row.line for row in rows_of(b"NIM,Nama\n\n1,A\n , \n2,B\n")] == [3, 5]


@pytest.mark.parametrize("hidden", ["\x07", "\u202e", "\u200b"])
def test_hidden_characters_are_refused(hidden):
    assert "tidak dapat dipakai" in rows_of(f"NIM,Nama\n1,An{hidden}di\n".encode())[0].problems[0]


def test_too_long_cell_is_told():
    assert rows_of(b"NIM,Nama\n1," + b"a" * 41 + b"\n")[0].problems == ["Nama lebih dari 40 karakter."]


# --- Excel's habits


def test_workbook_reads_like_the_text_file():
    rows = rows_of(workbook(["NIM", "Nama", "Telepon"], ["2010011110023", " Andi\u00a0 Gérard ", "0812345678"]))
    assert (rows[0].line, rows[0].values) == (
        2,
        {"number": "2010011110023", "name": "Andi Gérard", "phone": "0812345678"},
    )


def test_number_cells_become_whole_codes():
    rows = rows_of(workbook(["NIM", "Nama"], [2010011110023, "Andi"], [2010011110024.0, "Sari"]))
    assert [(row.values["number"], row.problems, row.warnings) for row in rows] == [
        ("2010011110023", [], []),
        ("2010011110024", [], []),
    ]


def test_code_shorter_than_usual_is_warned_about():
    row = rows_of(workbook(["NIM", "Nama"], [10011110023, "Andi"]))[0]
    assert row.warnings == ["Nomor 10011110023 hanya 11 digit, biasanya 13: nol di depan mungkin hilang."]
    assert row.problems == []


def test_telephone_that_lost_its_zero_is_warned_about():
    row = rows_of(workbook(["NIM", "Nama", "Telepon"], ["2010011110023", "Andi", 812345678]))[0]
    assert row.warnings == ["Telepon 812345678 tampak kehilangan nol di depan; dibaca 0812345678."]


def test_number_with_more_digits_than_a_spreadsheet_keeps_is_refused():
    row = rows_of(workbook(["NIP", "Nama"], [197805122005011000, "Andi"]))[0]
    assert row.problems == ["Nomor kehilangan digit karena disimpan sebagai angka. Jadikan kolom Teks, lalu isi ulang."]


def test_number_in_powers_of_ten_is_refused():
    assert "kehilangan digit" in rows_of(b"NIM;Nama\n2,01001E+12;Andi\n")[0].problems[0]


def test_code_that_excel_made_a_date_is_refused():
    row = rows_of(workbook(["NIM", "Nama"], [datetime(2026, 2, 1), "Andi"]))[0]  # noqa: DTZ001 - Excel's have none
    assert "menjadi tanggal" in row.problems[0]


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        (datetime(2026, 12, 31, 9, 30), "2026-12-31"),  # noqa: DTZ001 - Excel's have none
        (date(2026, 12, 31), "2026-12-31"),
        (46387, "2026-12-31"),
        ("31/12/2026", "2026-12-31"),
        ("2026-12-31", "2026-12-31"),
        ("31-12-2026", "2026-12-31"),
        ("", ""),
    ],
)
def test_dates_come_out_one_way(cell, day):
    row = rows_of(workbook(["NIM", "Nama", "Berlaku sampai"], ["2010011110023", "Andi", cell]))[0]
    assert (row.values["expires"], row.problems) == (day, [])


@pytest.mark.parametrize("cell", ["31/31/2026", "besok", 5])
def test_what_is_no_date_is_told(cell):
    row = rows_of(workbook(["NIM", "Nama", "Berlaku sampai"], ["2010011110023", "Andi", cell]))[0]
    assert [problem.partition("“")[0] for problem in row.problems] in (
        ["Berlaku sampai: "],
        ["Berlaku sampai: Tanggal "],
    )


def test_hidden_sheet_is_not_the_one_that_is_read():
    def hide_first(book, page):
        page.sheet_state = "hidden"
        second = book.create_sheet("Data")
        second.append(["NIM", "Nama"])
        second.append(["1", "Sari"])

    assert rows_of(workbook(["x"], ["y"], sheet=hide_first))[0].values["name"] == "Sari"


def test_line_far_below_many_empty_ones_is_no_line_that_vanishes():
    def far_below(_book, page):
        page.cell(100_000, 1, "999")

    table = table_of(workbook(["NIM", "Nama"], ["1", "Andi"], sheet=far_below))
    assert [(row.line, row.values["number"]) for row in table.rows] == [(2, "1"), (100_000, "999")]
    assert (table.tally.sent, table.tally.blank, table.tally.agrees) == (100_000, 99_997, True)


def test_u4_small_workbook_that_unpacks_to_gigabytes_is_refused():
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "")
        for number in range(3):
            archive.writestr(f"xl/{number}.xml", b"0" * 80 * 1024 * 1024)
    with pytest.raises(TableRefused, match="terlalu besar"):
        rows_of(bomb.getvalue())


def test_zip_that_is_no_workbook_is_refused():
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("readme.txt", "hello")
    with pytest.raises(TableRefused, match="bukan lembar kerja"):
        rows_of(other.getvalue())


def test_entities_of_a_hostile_workbook_are_not_expanded():
    inner = "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'>" + "".join(
        f"<!ENTITY {chr(98 + n)} '{('&' + chr(97 + n) + ';') * 10}'>" for n in range(9)
    )
    good = workbook(["NIM", "Nama"], ["1", "Andi"])
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(good)) as old, zipfile.ZipFile(out, "w") as new:
        for member in old.namelist():
            body = old.read(member)
            if member == "xl/worksheets/sheet1.xml":
                text = body.decode()
                assert ">Andi<" in text
                body = (inner + "]>" + text.replace(">Andi<", ">&j;<")).encode()
            new.writestr(member, body)
    with pytest.raises(TableRefused):
        rows_of(out.getvalue())


MEASURE = """
import sys
from gateways.files.import_table import CellKind, WantedColumn, read_table
columns = [
    WantedColumn("number", ("NIM",), CellKind.CODE), WantedColumn("name", ("Nama",)), WantedColumn("mail", ("Email",))
]
with open(sys.argv[1], "rb") as stream:
    count = sum(1 for row in read_table(stream, columns, key="number").rows if not row.problems)
# VmHWM is this program's own peak; ru_maxrss would carry over what the parent held at the fork
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(count, int(peak.split()[1]) // 1024)
"""


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_fifty_thousand_lines_are_streamed_in_little_memory(tmp_path, kind):
    lines = [["NIM", "Nama", "Email"]] + [
        [f"20{n:011d}", f"Mahasiswa Nomor {n}", f"m{n}@kampus.test"] for n in range(50_000)
    ]
    path = tmp_path / f"people.{kind}"
    if kind == "csv":
        with path.open("w", newline="", encoding="utf-8") as out:
            csv.writer(out, delimiter=";").writerows(lines)
    else:
        book = Workbook(write_only=True)
        page = book.create_sheet()
        for line in lines:
            page.append(line)
        book.save(path)
    done = subprocess.run([sys.executable, "-c", MEASURE, str(path)], capture_output=True, text=True, check=True)
    count, megabytes = map(int, done.stdout.split())
    assert count == 50_000
    assert megabytes < 300
