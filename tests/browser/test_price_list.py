"""The price list while somebody types, in a real browser: rows fill, what departs is marked, sums follow."""

from __future__ import annotations

from datetime import date

import pytest

from models.base.db import db, write_transaction
from models.installation.rab import PriceItem, latest_rab
from models.tickets.ticket import Ticket
from tests.browser.conftest import PHONE
from tests.conftest import PASSWORD
from tests.installation.installation_walk import installation_at

pytestmark = pytest.mark.only("sqlite")  # what a browser draws does not depend on the database


def put_prices():
    with write_transaction():
        for code, what, section, measure, price in (
            ("KBL-UTP6", "Kabel UTP Cat6", "material", "rol", 1_850_000),
            ("JS-TRK", "Penarikan kabel", "work", "titik", 150_005),
        ):
            db.session.add(PriceItem(code=code, description=what, section=section, measure=measure, price_rp=price,
                                     valid_from=date(2020, 1, 1)))  # fmt: skip


def row(page, at):
    fields = page.locator("[data-price-row]").nth(at)
    return lambda name: fields.locator(f"[name$='-{name}']")


def test_tono_chooses_codes_and_reads_the_sum_before_anything_is_saved(app, visit):
    put_prices()
    ticket_id = installation_at("rab_draft").id
    with write_transaction():
        rab = latest_rab(db.session.get_one(Ticket, ticket_id))
        rab.lines, rab.ppn_percent, rab.ppn_base = [], 12, "11/12"
        rab.add_up()
    db.session.remove()
    tono = visit()
    tono.log_in("tono", PASSWORD)
    page = tono.go(f"/admin/rab/fill/{ticket_id}")
    first, second = row(page, 0), row(page, 1)
    first("code").fill("kbl-utp6")
    assert [first(name).input_value() for name in ("code", "description", "measure", "price")] == [
        "KBL-UTP6", "Kabel UTP Cat6", "rol", "1.850.000",
    ]  # fmt: skip
    first("code").fill("JS-TRK")
    assert [first(name).input_value() for name in ("section", "description", "price")] == [
        "work", "Penarikan kabel", "150.005",
    ]  # fmt: skip
    first("volume").fill("2,5")
    total = page.locator("[data-total]")
    assert (page.locator("[data-amount]").first.inner_text(), total.inner_text()) == ("Rp375.013", "Rp416.264")
    assert "belum tersimpan" in page.inner_text("#jumlah")
    first("price").fill("160.000")
    assert page.locator("[data-price-mark]").first.inner_text() == "Di daftar harga: Rp150.005 per titik."
    first("code").fill("KBL-UTP6")
    assert first("price").input_value() == "160.000", "a price that somebody typed stays"
    second("description").fill("Penarikan kabel")
    assert second("code").input_value() == "JS-TRK"
    second("volume").fill("1.500")
    assert "Belum termasuk baris 2." in page.inner_text("#jumlah")
    second("volume").fill("1,5")
    second("code").fill("JS-ENTAH")
    assert page.locator("[data-price-mark]").nth(1).inner_text() == "Kode ini tidak ada di daftar harga."
    shown = total.inner_text()
    page.get_by_role("button", name="Simpan draf").last.click()
    page.wait_for_load_state()
    assert page.locator("[data-total]").inner_text() == shown, "the server adds up to the same"


def test_surveyor_chooses_a_code_on_the_phone(app, visit):
    put_prices()
    ticket_id = installation_at("survey").id
    db.session.remove()
    tono = visit(PHONE)
    tono.log_in("tono", PASSWORD)
    page = tono.go(f"/admin/survey/fill/{ticket_id}")
    page.locator("details.pk-part", has_text="Bahan").locator("summary").first.click()
    first = row(page, 0)
    first("code").fill("KBL-UTP6")
    assert [first(name).input_value() for name in ("description", "measure")] == ["Kabel UTP Cat6", "rol"]
    first("measure").fill("m")
    assert page.locator("[data-price-mark]").first.inner_text() == "Satuan di daftar harga: rol."
