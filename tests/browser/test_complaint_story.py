"""The main story in real browsers: Andi on his phone, Sari and Tono in the office, each in their own."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from jobs.worker.send_outbox import send_outbox
from models.base.db import db
from models.tickets.outbox import Mail
from models.tickets.ticket import Ticket
from tests.browser.conftest import PHONE
from tests.conftest import PASSWORD

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)
pytestmark = pytest.mark.only("sqlite")  # what a browser draws does not depend on the database


def test_a_complaint_travels_from_andis_phone_to_its_solution(app, visit):
    andi = visit(PHONE)
    page = andi.go("/")
    page.get_by_role("link", name="Buat pengaduan").first.click()
    page.fill("#name", "Andi Saputra")
    page.fill("#email", "andi@mhs.example")
    page.select_option("#category", label="Wi-Fi dan internet")
    page.fill("#subject", "Wi-Fi perpustakaan tidak tersambung")
    page.fill("#description", "Sejak Rabu sore Wi-Fi di lantai 2 tidak tersambung.")
    page.set_input_files(
        "#attachments",
        [
            {"name": "layar.png", "mimeType": "image/png", "buffer": PNG},
            {"name": "ping.txt", "mimeType": "text/plain", "buffer": b"Request timed out.\n"},
        ],
    )
    page.get_by_role("button", name="Kirim pengaduan").click()
    page.wait_for_url("**/bukti")
    number = re.search(r"PTK-\w{5}-\w{5}-\w", page.inner_text("main"))[0]
    assert re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}", page.inner_text("main"))
    with app.app_context():
        assert send_outbox() == 3
        mail = db.session.query(Mail).filter_by(recipient="andi@mhs.example").one()
        assert number in mail.subject
        ticket_id = db.session.query(Ticket).filter_by(number=number).one().id
        db.session.remove()

    tono = visit()
    page = tono.log_in("tono", PASSWORD)
    expect(page.get_by_text("Wi-Fi perpustakaan tidak tersambung").first).to_be_visible()
    page.keyboard.press("/")
    page.keyboard.type(number)
    page.keyboard.press("Enter")
    page.wait_for_url("**/admin/ticket/details/**")  # an exact number leads to its ticket
    expect(page.get_by_role("link", name=re.compile("ping.txt")).first).to_be_visible()
    page.fill("#follow_up-text", "Titik akses lantai 2 mati.")
    page.get_by_role("button", name="Mulai tindak lanjut").click()
    page.fill("#reply-text", "Titik akses sedang kami periksa.")
    page.get_by_role("button", name="Kirim ke Andi").click()
    expect(page.get_by_text("Balas: tercatat.")).to_be_visible()

    page = andi.go(f"/tiket/{number}")
    assert "Titik akses sedang kami periksa." in page.inner_text("main")
    page.locator("textarea[name=text]").first.fill("Terima kasih, saya tunggu.")
    page.get_by_role("button", name=re.compile("Kirim")).first.click()
    assert "Terima kasih, saya tunggu." in page.inner_text("main")

    sari = visit()
    page = sari.log_in("sari", PASSWORD)
    page = sari.go(f"/admin/ticket/details/?id={ticket_id}")
    page.fill("#note-text", "Pemohon juga menelepon.")
    page.get_by_role("button", name="Simpan, tidak dikirim").click()
    expect(page.locator(".pk-note__text", has_text="Pemohon juga menelepon.")).to_be_visible()

    page = tono.go(f"/admin/ticket/details/?id={ticket_id}")
    page.get_by_role("button", name="Selesaikan").click()
    expect(page.get_by_text("Bagian ini wajib diisi.").first).to_be_visible()
    page.fill("#resolve-cause", "Catu daya rusak.")
    page.fill("#resolve-solution", "Catu daya diganti; titik akses hidup lagi.")
    page.get_by_role("button", name="Selesaikan").click()
    expect(page.get_by_text("Selesaikan: tercatat.")).to_be_visible()

    page = andi.go(f"/tiket/{number}")
    assert "Catu daya diganti" in page.inner_text("main")
    assert "Pemohon juga menelepon." not in page.content()
    page.get_by_role("button", name="Nyatakan beres").click()
    page.locator("input[name=rating][value='5']").check()
    page.get_by_role("button", name=re.compile("nilai|Nilai")).first.click()
    with app.app_context():
        done = db.session.get(Ticket, ticket_id)
        assert (done.state, done.rating) == ("closed", 5)


def test_a_stranger_with_the_number_alone_reads_no_words_of_andi(app, visit):
    from tests.walk import file_complaint

    number = file_complaint().number
    page = visit(PHONE).go(f"/tiket/{number}")
    words = page.inner_text("body")
    assert "Perjalanan" in words or "C1" in words
    for secret in ("Wi-Fi perpustakaan", "Andi Saputra", "andi@mhs.example", "0812-1111-2222", "lantai 2"):
        assert secret not in page.content()


def test_every_page_of_the_menu_opens_without_a_word_from_the_console_on_a_phone(app, visit):
    """As each kind of staff; a page that the one before had already is the same for the next but for the desk itself."""
    from tests.walk import complaint_at

    complaint_at("in_progress")
    seen: set[str] = set()
    for who in ("budi", "rina", "sari", "rudi", "ketua"):
        person = visit(PHONE)
        page = person.log_in(who, PASSWORD)
        assert page.locator("h1").count() == 1, who
        links = "links => links.map(a => a.getAttribute('href'))"
        for href in page.eval_on_selector_all("#menu a[href^='/admin/']", links):
            if href not in seen:
                page = person.go(href)
                assert page.locator("h1").count() == 1, (who, href)
                seen.add(href)
