"""The price catalogue from a file: money and days as people write them, a new price beside the old one (N5)."""

from __future__ import annotations

from datetime import date

from models.base.db import db
from models.base.wording import on_date, today
from models.installation.rab import PriceItem
from models.organisation.staff import Staff
from procedures.installation.import_prices import PriceImport
from tests.browse import Person
from tests.databases import both, once
from tests.imports import confirm, load, outcomes, plan, refusals, upload

pytestmark = once

FILE = (
    "Kode;Uraian;Bagian;Satuan;Harga satuan;Berlaku sejak\n"
    "KBL-01;Kabel UTP Cat6;bahan;meter;Rp 9.500,-;1/12/2026\nJS-01;Penarikan kabel;jasa;titik;IDR 150.000;2026-12-01\n"
)


def prices():
    rows = db.session.query(PriceItem).order_by(PriceItem.code, PriceItem.valid_from)
    return [(p.code, p.description, p.section, p.measure, p.price_rp, p.valid_from, p.is_active) for p in rows]


@both
def test_tono_imports_a_catalogue_after_looking_at_it(app):
    tono = Person(app, "tono")
    page = upload(tono, "price_item", FILE)
    assert (page.status_code, prices(), "Harga satuan: Rp9.500" in page.text) == (200, [], True)
    assert confirm(tono, "price_item", page).status_code == 303
    assert prices() == [
        ("JS-01", "Penarikan kabel", "work", "titik", 150_000, date(2026, 12, 1), True),
        ("KBL-01", "Kabel UTP Cat6", "material", "meter", 9_500, date(2026, 12, 1), True),
    ]
    assert {db.session.get(Staff, item.set_by_id).username for item in db.session.query(PriceItem)} == {"tono"}
    assert load(PriceImport, FILE).counts == {"new": 0, "changed": 0, "same": 2, "refused": 0}


def test_price_of_another_day_is_a_new_row_and_the_old_one_stays(app):
    load(PriceImport, FILE)
    done = load(PriceImport, FILE.replace("1/12/2026", "1/3/2027").replace("9.500", "11.000"))
    assert outcomes(done) == [(2, "new", "KBL-01"), (3, "same", "JS-01")]
    assert [row[4:6] for row in prices() if row[0] == "KBL-01"] == [
        (9_500, date(2026, 12, 1)),
        (11_000, date(2027, 3, 1)),
    ]


def test_price_without_a_day_is_of_today_and_the_same_price_is_none(app):
    text = "Kode,Uraian,Satuan,Harga\nkbl-02,Kabel,meter,9500\n"
    assert load(PriceImport, text).lines[0].changes["valid_from"] == ("", on_date(today()))
    assert load(PriceImport, text).counts["same"] == 1
    assert load(PriceImport, text.replace("kbl-02", "KBL-02").replace("9500", "9700")).counts["changed"] == 1
    assert [row[:1] + row[4:6] for row in prices()] == [("kbl-02", 9_700, today())]


def test_price_that_may_be_a_slip_is_told_and_what_is_no_price_is_refused(app):
    load(PriceImport, FILE)
    found = plan(
        PriceImport,
        "Kode,Uraian,Satuan,Harga,Berlaku sejak\nKBL-01,Kabel,meter,950.000,1/1/2027\nA,B,buah,1.5,1/1/2027\n"
        "C,D,buah,0,1/1/2027\nE,F,buah,10,13/13/2027\nG,H,,10,1/1/2027\n",
    )
    assert [line.warnings for line in found.lines] == [
        ["Harga yang berlaku sekarang Rp9.500. Periksa jumlah angka nolnya."], [], ["Harganya nol."], [], [],
    ]  # fmt: skip
    assert refusals(found) == [
        (3, "Harga satuan: “1.5” bukan jumlah uang. Tulis rupiah bulat, misalnya 150.000."),
        (5, "Berlaku sejak: Tanggal “13/13/2027” tidak ada di kalender. Periksa hari dan bulannya."),
        (6, "Satuan harus diisi."),
    ]
