"""A page that stays open follows its ticket: the ping's result, what came, who is there; nothing typed is moved."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from models.base import setting
from models.base.db import db, write_transaction
from models.outages.network import Node
from models.tickets.ticket import Ticket
from procedures.engine.declaration import MONITOR
from procedures.engine.take_step import open_ticket
from procedures.outages.records import Sighting
from tests.browser.conftest import PHONE
from tests.browser.test_outage_stories import step, worker
from tests.conftest import PASSWORD
from tests.outages.walk import unit
from tests.walk import REQUESTER, complaint_at, take

pytestmark = pytest.mark.only("sqlite")  # what a browser shows does not depend on the database
FIVE_SECONDS = 5_000


def top_of(page, selector):
    return page.locator(selector).bounding_box()["y"]


def asked_by(page, path):
    """The addresses of this kind that the page asks from here on."""
    found = []
    page.on("request", lambda request: found.append(request.url) if path in request.url else None)
    return found


def test_tono_sees_the_ping_s_result_within_five_seconds_and_keeps_what_he_types(app, visit):
    with write_transaction():
        setting.put("watch_networks", "127.0.0.0/8, 203.0.113.0/24")
        node = Node(name="Sakelar FEB", address="203.0.113.9", units=[unit("FEB")], building="Kampus II")
        db.session.add(node)
    seen = Sighting("Gangguan jaringan: Sakelar FEB", "Tidak menjawab 3 kali.", node_id=node.id)
    ticket_id = open_ticket("network_outage", "open_by_monitor", MONITOR, seen).id
    db.session.remove()
    tono = visit()
    tono.log_in("tono", PASSWORD)
    page = tono.go(f"/admin/ticket/details/?id={ticket_id}")
    step(page, "ping", "Ping")
    expect(page.get_by_text("sedang diperiksa; hasilnya muncul di sini")).to_be_visible()
    worker(app)
    page.get_by_role("heading", name=re.compile("Giliran Anda: ")).wait_for(timeout=FIVE_SECONDS)
    expect(page.locator("section[aria-labelledby='h-periksa']").get_by_text("gagal")).to_be_visible()
    expect(page.locator("form[action$='do/contact_manager']")).to_be_visible()

    page.locator("form[action$='do/contact_manager'] [name='text']").press_sequentially("Listrik ")
    with app.app_context():
        take(db.session.get(Ticket, ticket_id), "ping_again", "rina", node="0")
        db.session.remove()
    worker(app)
    page.locator(".pk-follow__news").wait_for(timeout=60_000)
    page.keyboard.type("padam.")
    assert page.input_value("form[action$='do/contact_manager'] [name='text']") == "Listrik padam."


def test_words_being_typed_stay_where_they_are_while_an_answer_and_rina_are_announced(app, visit):
    ticket_id = complaint_at("in_progress").id
    db.session.remove()
    bench = f"/admin/ticket/details/?id={ticket_id}"
    for size in (PHONE, None):
        tono = visit(size) if size else visit()
        tono.log_in("tono", PASSWORD)
        page = tono.go(bench)
        page.fill("#reply-text", "")  # the draft of the round before
        page.locator("#reply-text").press_sequentially("Kami sedang ")
        page.locator("#balas").get_by_text("Draf tersimpan pukul").wait_for()  # a line of its own below
        before = top_of(page, "#reply-text")
        with app.app_context():
            take(db.session.get(Ticket, ticket_id), "answer", REQUESTER, text="Lantai 3 juga mati.")
            db.session.remove()
        page.locator(".pk-follow__news").get_by_text("Lantai 3 juga mati.").wait_for(timeout=30_000)
        assert top_of(page, "#reply-text") == before
        page.keyboard.type("ke sana.")
        page.get_by_role("link", name="Tampilkan").click()
        page.locator(".pk-time").get_by_text("Lantai 3 juga mati.").first.wait_for()
        assert page.input_value("#reply-text") == "Kami sedang ke sana."
        tono.context.close()

    tono, rina = visit(), visit()
    tono.log_in("tono", PASSWORD)
    rina.log_in("rina", PASSWORD)
    rina.go(bench).locator("#note-text").press_sequentially("Saya lihat")
    page = tono.go(bench)
    page.get_by_text("Bu Rina sedang menulis").wait_for(timeout=30_000)
    rina.go("/admin/")
    page.get_by_text("Bu Rina sedang menulis").wait_for(state="hidden", timeout=60_000)


def test_a_hidden_page_asks_nothing_and_a_lost_session_is_said_once(app, visit):
    ticket_id = complaint_at("in_progress").id
    db.session.remove()
    tono = visit()
    tono.log_in("tono", PASSWORD)
    page = tono.page
    page.add_init_script(
        "window.isHidden = false;"
        "Object.defineProperty(document, 'visibilityState', { get: () => window.isHidden ? 'hidden' : 'visible' });"
    )
    tono.go(f"/admin/ticket/details/?id={ticket_id}")
    asked = asked_by(page, "/admin/follow/")
    show = "h => { window.isHidden = h; document.dispatchEvent(new Event('visibilitychange')); }"
    page.evaluate(show, True)
    page.wait_for_timeout(9_000)
    assert asked == []
    page.evaluate(show, False)
    page.wait_for_timeout(3_000)
    assert any(f"/admin/follow/{ticket_id}?since=" in address for address in asked)

    page.locator("#reply-text").fill("Ini belum terkirim.")
    tono.context.clear_cookies()
    page.get_by_text("Sesi Anda sudah berakhir.").wait_for(timeout=90_000)
    expect(page.get_by_role("link", name="Masuk lagi di tab baru")).to_be_visible()
    assert page.input_value("#reply-text") == "Ini belum terkirim."
    asked.clear()
    page.wait_for_timeout(9_000)
    assert asked == []


def test_the_sidebar_counts_without_being_asked(app, visit):
    complaint_at("in_progress")
    db.session.remove()
    tono = visit()
    page = tono.log_in("tono", PASSWORD)
    line = page.locator("#menu a[href='/admin/ticket/?pile=mine']")
    line.get_by_text("1", exact=True).wait_for()
    assert page.locator("#menu a[href='/admin/ticket/?pile=overdue'] span").is_hidden()
