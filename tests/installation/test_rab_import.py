"""A RAB from a file: what was read stands beside what stood in the file, and nothing is guessed or saved."""

from __future__ import annotations

import io
import unicodedata
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from gateways.files.rab_files import read_rab_file
from gateways.files.table_writer import Rupiah, table_bytes
from models.base.db import db
from models.base.typed_number import read_rupiah, read_volume
from models.installation.rab import RabLine, latest_rab
from models.tickets.ticket import Ticket
from tests.browse import Person
from tests.databases import both, once
from tests.installation.installation_walk import fill_rab, installation_at

pytestmark = once

HEAD = "Bagian;Kode;Uraian;Volume;Satuan;Harga satuan;Jumlah\n"


def workbook(*lines):
    book = Workbook()
    for line in lines:
        book.active.append(line)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def read(content):
    return read_rab_file(io.BytesIO(content if isinstance(content, bytes) else content.encode()))


def send(person, ticket, content, name="rab.csv", **more):
    rab = latest_rab(ticket)
    fields = {"seen": str(rab.saved_at.timestamp()), "working_days": "8", "valid_until": rab.valid_until.isoformat(),
              "notes": "", "do": "import", "import_file": (io.BytesIO(content), name), **more}  # fmt: skip
    return person.post(f"/admin/rab/fill/{ticket.id}", fields)


def test_cell_1_125_of_a_workbook_becomes_no_281_million(app):
    ticket, tono = installation_at("rab_draft"), Person(app, "tono")
    content = workbook(
        ["RENCANA ANGGARAN BIAYA"], ["Uraian", "Volume", "Satuan", "Harga satuan"], ["Kabel UTP", 1.125, "rol", 250_000]
    )
    page = send(tono, ticket, content, "rab.xlsx")
    assert page.status_code == 200
    for words in ('value="1,125"', 'value="250000"', "Yang dibaca dari rab.xlsx", "<b>1</b> diambil", "<b>2</b> judul"):
        assert words in page.text
    rab = latest_rab(db.session.get(Ticket, ticket.id))
    fields = {"seen": str(rab.saved_at.timestamp()), "working_days": "8", "valid_until": rab.valid_until.isoformat(),
              "do": "draft", "line-section": ["material"], "line-description": ["Kabel UTP"], "line-volume": ["1,125"],
              "line-measure": ["rol"], "line-price": ["250000"]}  # fmt: skip
    assert tono.post(f"/admin/rab/fill/{ticket.id}", fields).status_code == 303
    assert latest_rab(db.session.get(Ticket, ticket.id)).sum_rp == 281_250


@both
def test_doubtful_volume_of_a_file_is_left_empty_and_asked_before_anything_is_saved(app):
    ticket, tono = installation_at("rab_draft"), Person(app, "tono")
    before = db.session.query(RabLine).count()
    page = send(tono, ticket, (HEAD + "Bahan;;Kabel fiber;1.500;m;Rp 12.000,-;\nPajak;;Rak;1;buah;2 juta;\n").encode())
    for words in ("“1.500” dapat berarti 1500 atau 1,5.", ">1.500<", "Rp 12.000,-", ">Rp12.000<", "“2 juta” bukan jumlah uang",
                  "Bagian “Pajak” tidak dikenal"):  # fmt: skip
        assert words in page.text
    assert 'value="1.500"' not in page.text and 'value="Kabel fiber"' in page.text
    assert db.session.query(RabLine).count() == before


def test_lines_that_are_no_goods_are_refused_and_counted(app):
    read_file = read(
        "RAB Laboratorium;;;;;;\n" + HEAD + "A. BAHAN;;A. BAHAN;;;;\nBahan;;Kabel;2;rol;1.850.000;3.700.000\n;;;;;;\n"
        'Bahan;;"Rak;1;buah;500.000;500.000\nJasa;;Tarik kabel;2,5;titik;150.000;400.000\n;;JUMLAH;;;;4.100.000\n'
    )
    assert [(line.line, line.typed["section"], line.typed["description"]) for line in read_file.lines] == [
        (4, "material", "Kabel"),
        (7, "work", "Tarik kabel"),
    ]
    assert [line for line, _sentence in read_file.refused] == [3, 6, 8]
    tally = read_file.tally
    assert (tally.sent, tally.heading, tally.blank, tally.read, tally.agrees) == (8, 2, 1, 5, True)
    assert read_file.lines[1].warnings == ["Di berkas jumlahnya Rp400.000; volume × harga adalah Rp375.000."]


def test_file_of_more_than_a_thousand_lines_is_refused_whole_rather_than_cut(app):
    ticket = installation_at("rab_draft")
    page = send(Person(app, "tono"), ticket, (HEAD + "Bahan;;Kabel;2;rol;1000;\n" * 1001).encode())
    assert (page.status_code, "lebih dari 1.000 baris" in page.text) == (422, True)


lines = st.tuples(
    st.sampled_from(["Bahan", "Pekerjaan"]),
    st.from_regex(r"[A-Z]{2,4}-\d{1,3}", fullmatch=True),
    st.text(st.characters(codec="utf-8", categories=("L", "N")), min_size=1, max_size=20).map(
        lambda t: unicodedata.normalize("NFC", f"Barang {t}")  # as every form and every import keeps words
    ),
    st.decimals(Decimal("0.001"), Decimal(1_000_000), places=3),
    st.sampled_from(["m", "rol", "buah"]),
    st.integers(0, 10**9),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(lines, min_size=1, max_size=4), st.sampled_from(["csv-id", "csv-en", "xlsx"]))
def test_rab_as_the_house_writes_it_is_read_back_unchanged(lines, manner):
    kind, _dash, language = manner.partition("-")
    titles = ("Bagian", "Kode", "Uraian", "Volume", "Satuan", "Harga satuan")
    back = read(table_bytes(kind, "RAB", titles, [(*line[:5], Rupiah(line[5])) for line in lines], language))
    assert [line.asked for line in back.lines] == [{}] * len(lines)
    for line, (section, code, description, volume, measure, price) in zip(back.lines, lines, strict=True):
        typed = line.typed
        assert (typed["section"] == "work") == (section == "Pekerjaan")
        assert (typed["code"], typed["description"], typed["measure"]) == (code, description, measure)
        assert (read_volume(typed["volume"]), read_rupiah(typed["price"])) == (volume, price)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_downloaded_rab_is_taken_in_again_as_it_was(app, kind):
    ticket, tono = installation_at("rab_draft"), Person(app, "tono")
    fill_rab(ticket)
    rab = latest_rab(db.session.get(Ticket, ticket.id))
    before = [(line.section, line.code, line.description, line.volume, line.price_rp) for line in rab.lines]
    back = read(tono.client.get(f"/admin/rab/file/{rab.id}.{kind}").data)
    assert [(line.typed["section"], line.typed["code"], line.typed["description"], read_volume(line.typed["volume"]),
             read_rupiah(line.typed["price"])) for line in back.lines] == before  # fmt: skip
    assert [line.warnings for line in back.lines] == [[]] * len(before)
