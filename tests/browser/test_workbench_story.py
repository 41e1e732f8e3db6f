"""Two people at one ticket: a draft outlives the browser, a ready reply, a conflict shown, a merge and its undoing."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from models.base.db import db, write_transaction
from models.tickets.canned_reply import CannedReply
from models.tickets.draft import Draft
from models.tickets.ticket import Event, Ticket
from tests.browser.conftest import PHONE
from tests.conftest import PASSWORD
from tests.walk import complaint_at, file_complaint

pytestmark = pytest.mark.only("sqlite")  # what a browser draws does not depend on the database


def test_tono_and_rina_share_a_ticket_and_nothing_is_lost(app, visit):
    with app.app_context():
        ticket = complaint_at("in_progress")
        other = file_complaint(name="Mega Putri", email="mega@mhs.example", subject="Internet perpustakaan mati")
        with write_transaction():
            db.session.add(CannedReply(title="Sedang diperiksa", text="Tiket {nomor} kami periksa."))
        number, other_id, bench = ticket.number, other.id, f"/admin/ticket/details/?id={ticket.id}"
        db.session.remove()

    tono = visit()
    tono.log_in("tono", PASSWORD)
    page = tono.go(bench)
    page.locator("#reply-text").press_sequentially("Selamat pagi.")
    page.get_by_text(re.compile(r"Draf tersimpan pukul")).wait_for()
    tono.context.close()

    phone = visit(PHONE)
    phone.log_in("tono", PASSWORD)
    phone.go("/admin/ticket/?assignee=me")
    page = phone.go(bench)
    assert page.input_value("#reply-text") == "Selamat pagi."
    page.locator(".pk-ready > summary").click()
    page.locator("#reply-text").press("Control+End")
    page.get_by_role("button", name="Pakai “Sedang diperiksa”").click()
    assert page.input_value("#reply-text") == f"Selamat pagi.\n\nTiket {number} kami periksa."
    page.get_by_role("button", name="Kirim ke Andi andi@mhs.example").click()
    page.get_by_text("Balas: tercatat. Dikabari: Andi Saputra (email).").wait_for()
    page.wait_for_function("document.activeElement.className === 'pk-toast'")  # set as the browser draws
    assert page.get_by_role("link", name="Daftar tiket").get_attribute("href") == "/admin/ticket/?assignee=me"
    with app.app_context():
        assert db.session.query(Draft).count() == 0
        assert db.session.query(Event).filter_by(kind="reply").one().text.endswith(f"Tiket {number} kami periksa.")
        db.session.remove()

    rina = visit()
    rina.log_in("rina", PASSWORD)
    for who in (rina, phone):
        who.go(bench)
    for who, name in ((rina, "Bu Rina"), (phone, "Tono")):
        page = who.page
        page.locator(".pk-more > summary", has_text="Tindakan lain").click()
        page.locator("#langkah-assign > summary").click()
        page.select_option("#assign-assignee", label=name)
        page.locator("#langkah-assign").get_by_role("button", name="Tugaskan").click()
        page.wait_for_load_state()
    expect(page.get_by_role("heading", name="Belum tercatat")).to_be_visible()
    shown = page.get_by_role("table", name="Yang berubah sementara Anda mengisi").inner_text()
    assert ("Bu Rina" in shown, "Tono" in shown) == (True, True)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]

    page = rina.go(f"/admin/ticket/details/?id={other_id}")
    page.locator(".pk-more > summary", has_text="Tindakan lain").click()
    page.get_by_role("link", name="Gabungkan ke tiket lain").click()
    page.fill("#into", number.lower())
    page.get_by_role("button", name="Bandingkan").click()
    expect(page.get_by_role("table", name="Bandingkan keduanya").get_by_text("Mega Putri")).to_be_visible()
    page.get_by_role("button", name=f"Gabungkan ke {number}").click()
    page.get_by_role("heading", name=f"Digabung ke {number}").wait_for()
    page.locator("#langkah-unmerge > summary").click()
    page.fill("#unmerge-reason", "Ternyata lantai lain.")
    page.locator("#langkah-unmerge").get_by_role("button", name="Keluarkan dari gabungan").click()
    page.get_by_text("Keluarkan dari gabungan: tercatat.").wait_for()
    with app.app_context():
        assert db.session.get(Ticket, other_id).state == "with_group"
        db.session.remove()
