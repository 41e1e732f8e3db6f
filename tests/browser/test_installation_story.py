"""The installation in real browsers: letter, survey on a phone, RAB returned once and agreed to by letter, another
number of points than planned, failed and passed test, bill, a payment above it and what went back."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from models.base import setting
from models.base.db import db, write_transaction
from models.tickets.ticket import Ticket
from tests.browser.conftest import PHONE
from tests.conftest import PASSWORD

MEASUREMENTS = Path(__file__).parent.parent / "gateways" / "measurements"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n%%EOF\n"
SCAN = {"name": "surat.pdf", "mimeType": "application/pdf", "buffer": PDF}
pytestmark = pytest.mark.only("sqlite")  # what a browser draws does not depend on the database


def measured(kind, name):
    """A file as a tester's machine wrote it, to an address of the campus."""
    return {"name": name, "mimeType": "text/plain", "buffer": (MEASUREMENTS / kind / name).read_bytes()}


def step(page, name, label, **fields):
    """Open a step on the workbench, fill its form, send it."""
    act = page.locator("details.pk-act", has=page.locator("summary", has_text=label)).first
    if act.get_attribute("open") is None:  # the step that is due is open already
        act.locator("> summary").click()
    for field, value in fields.items():
        place = f"#{name}-{field}"
        if field == "files":
            page.set_input_files(place, value)
        elif field == "choose":
            page.select_option(f"#{name}-over_use", value)
        elif field == "tick":
            page.locator(f"form[action$='/do/{name}']").get_by_label(value, exact=True).check()
        else:
            page.fill(place, value)
    with page.expect_navigation():  # a form of the field asks the server first
        page.locator(f"form[action$='/do/{name}'] button.pk-btn--primary").click()
    expect(page.locator(".pk-toast", has_text="tercatat.")).to_be_visible()


def days(page, count):
    return page.evaluate("n => new Date(Date.now() + n * 864e5).toLocaleDateString('sv')", count)


def test_installation_from_letter_to_paid_bill_each_in_their_own_browser(app, visit):
    with write_transaction():
        setting.put("unit_answer_needs_letter", True)
    dewi = visit(PHONE)
    page = dewi.go("/permohonan/pemasangan-jaringan")
    page.select_option("#unit", label="Fakultas Ekonomi dan Bisnis")
    for field, value in {
        "letter_number": "214/FEB/XI/2026", "subject": "Jaringan Laboratorium Manajemen", "signed_by": "Pak Dekan",
        "signed_as": "Dekan", "building": "Gedung B", "floor": "3", "room": "B.3.07", "points": "1",
        "purpose": "Praktikum mahasiswa.", "name": "Dewi Anggraini", "email": "dewi@feb.example",
        "phone": "0812-6600-0001", "letter_date": days(page, -3),
    }.items():  # fmt: skip
        page.fill(f"#{field}", value)
    page.set_input_files("#attachments", [SCAN])
    page.get_by_role("button", name="Kirim permohonan").click()
    page.wait_for_url("**/bukti")
    number = re.search(r"PTK-\w{5}-\w{5}-\w", page.inner_text("main"))[0]
    with app.app_context():
        pk = db.session.query(Ticket).filter_by(number=number).one().id
        db.session.remove()
    stranger = visit(PHONE)

    def tracker_says(label, line):
        shown = stranger.go(f"/tiket/{number}").inner_text(".pk-now")
        assert label in shown and f"Langkah {line} " in shown, shown

    bench = f"/admin/ticket/details/?id={pk}"
    tracker_says("Menunggu disposisi", "N2")
    budi, rina, tono, sari = visit(), visit(), visit(PHONE), visit()
    for person, name in ((budi, "budi"), (rina, "rina"), (tono, "tono"), (sari, "sari")):
        person.log_in(name, PASSWORD)
    step(budi.go(bench), "dispose", "Disposisikan", text="Mohon disurvey minggu ini.")
    tracker_says("Menunggu penunjukan surveyor", "N3")
    step(rina.go(bench), "name_surveyors", "Tunjuk surveyor", tick="Tono", starts_at=f"{days(page, 1)}T14:00")
    tracker_says("Menunggu survey lapangan", "N4")

    page = tono.go(f"/admin/survey/fill/{pk}")
    page.locator("input[name=point-location]").first.fill("Meja dosen")
    page.fill("#dist", "SW-B2-01")
    page.fill("#jarak", "112,5")
    page.get_by_label("Fiber").check()
    page.get_by_label("Belum", exact=True).check()
    page.get_by_label("Layak", exact=True).check()
    page.wait_for_function("document.querySelector('#saved').textContent.includes('Tersimpan')")
    page.get_by_role("button", name="Kirim hasil survey").click()
    page.wait_for_url("**/admin/ticket/**")
    tracker_says("Menunggu RAB", "N5")

    def submit_rab(price):
        page = tono.go(f"/admin/rab/fill/{pk}")
        page.locator("input[name=line-description]").first.fill("Kabel UTP Cat6")
        page.locator("input[name=line-volume]").first.fill("2,5")
        page.locator("input[name=line-measure]").first.fill("rol")
        page.locator("input[name=line-price]").first.fill(price)
        page.get_by_role("button", name="Ajukan ke Kepala Pustikom").click()
        page.wait_for_url("**/admin/ticket/**")

    submit_rab("1.000.000")
    tracker_says("Menunggu persetujuan RAB", "N6")
    step(budi.go(bench), "return_rab", "Kembalikan RAB", reason="Cantumkan merek.")
    tracker_says("Menunggu RAB", "N5")
    submit_rab("1.200.000")
    page = budi.go(bench)
    assert "Rp3.000.000" in page.inner_text(".pk-basis")
    step(page, "approve_rab", "Setujui RAB")
    tracker_says("Menunggu jawaban unit", "N6")
    assert "Rp3.000.000" not in stranger.page.inner_text("main")

    page = dewi.go(f"/tiket/{number}")
    assert "Rp3.000.000" in page.inner_text("main")
    form = page.locator("form[action$='/langkah/answer_rab']")
    form.get_by_label("Setuju", exact=True).check()
    form.get_by_label("Nama yang memutuskan").fill("Pak Dekan")
    form.get_by_label("Jabatannya").fill("Dekan")
    form.get_by_role("button").last.click()
    page.get_by_text("Lampirkan surat jawaban").first.wait_for()
    form = page.locator("form[action$='/langkah/answer_rab']")
    form.locator("input[type=file]").set_input_files([{**SCAN, "name": "jawaban.pdf"}])
    form.get_by_role("button").last.click()
    page.wait_for_url(f"**/tiket/{number}*")
    tracker_says("Menunggu penunjukan pemasang", "N7")
    step(
        rina.go(bench),
        "name_installers",
        "Tunjuk pemasang",
        tick="Tono",
        starts_on=days(page, 0),
        ends_on=days(page, 5),
    )
    tracker_says("Sedang dipasang", "N7")
    step(tono.go(bench), "report_installed", "Laporkan terpasang", points="2", text="Terpasang.")
    tracker_says("Menunggu uji kualitas", "N7")

    def send_test(length):
        page = tono.go(f"/admin/quality_test/fill/{pk}")
        row = page.locator("fieldset.pk-point").first
        row.locator("[name=point-negotiated_mbps]").fill("1000")
        row.locator("[name=point-wire_map]").select_option("good")
        row.locator("[name=point-length_m]").fill(length)
        page.set_input_files("input[name=ping-1]", [measured("ping", "windows-en-1000-good.txt")])
        page.set_input_files("input[name=iperf-1]", [measured("iperf", "tcp-up-powershell-utf16.json")])
        if not page.locator("#alasan-titik").input_value():
            page.get_by_role("button", name="Kirim hasil uji").click()
            page.get_by_text("alasannya belum ditulis di formulir uji").wait_for()
            page.fill("#alasan-titik", "Satu titik cadangan dipasang atas permintaan unit.")
        page.get_by_role("button", name="Kirim hasil uji").click()
        page.wait_for_url("**/admin/ticket/**")

    send_test("96,5")
    tracker_says("Dicek ulang", "N9")
    step(tono.go(bench), "recheck", "Catat cek ulang", findings="Kabel terlalu panjang.", action="Jalur dipendekkan.")
    tracker_says("Menunggu uji kualitas", "N7")
    send_test("64,5")
    tracker_says("Menunggu tagihan", "N8")
    step(budi.go(bench), "issue_bill", "Terbitkan tagihan", due_on=days(page, 30))
    tracker_says("Menunggu pembayaran", "N8")
    paid = {"paid_on": days(page, 0), "payer": "Bendahara FEB", "files": [SCAN]}
    step(sari.go(bench), "record_payment", "Catat pembayaran", amount="1.000.000", **paid)
    tracker_says("Menunggu pembayaran", "N8")
    step(sari.go(bench), "record_payment", "Catat pembayaran", amount="2.000.123", choose="return",
         over_note="BSI 711 a.n. Bendahara FEB", **paid)  # fmt: skip
    tracker_says("Selesai", "N8")
    assert "Rp123" in budi.go(bench).inner_text(".pk-basis:has-text('Kelebihan')")
    step(budi.page, "return_overpayment", "Catat pengembalian kelebihan", returned_on=days(page, 0),
         text="Transfer ke Bendahara FEB.", files=[SCAN])  # fmt: skip
    documents = dewi.go(f"/tiket/{number}").inner_text(".pk-documents")
    kinds = ("Rencana Anggaran Biaya", "Laporan Uji Kualitas", "Tagihan", "Kuitansi")
    assert [documents.count(kind) for kind in kinds] == [1, 2, 1, 2]
