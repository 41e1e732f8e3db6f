"""Outages in real browsers: networking from the office and from the field, systems from the office."""

from __future__ import annotations

import threading

import pytest
from playwright.sync_api import expect

from jobs.outages.asked_probes import answer_asked_probes
from models.base import setting
from models.base.db import db, write_transaction
from models.outages.network import Node, WebService
from models.tickets.ticket import Ticket
from procedures.engine.declaration import MONITOR
from procedures.engine.take_step import open_ticket
from procedures.outages.records import Sighting
from tests.browser.conftest import PHONE
from tests.conftest import PASSWORD
from tests.outages.walk import unit, wib
from tests.probes.webserver import answer, serving


def step(page, name, label, /, **fields):
    """Unfold a step on the workbench, fill its form and send it."""
    if not page.locator(f"form[action$='do/{name}']").first.is_visible():
        page.locator("summary", has_text=label).first.click()
    form = page.locator(f"form[action$='do/{name}']").first
    for key, value in fields.items():
        field = form.locator(f"[name='{key}']")
        if field.first.get_attribute("type") in ("radio", "checkbox"):
            form.locator(f"[name='{key}'][value='{value}']").check()
        elif field.evaluate("e => e.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    with page.expect_navigation():  # a form of the field asks the server first
        form.locator("button:not([formaction])").last.click()
    if page.locator("button[name='seen']").count():  # a broadcast is looked at before it goes
        expect(page.get_by_role("heading", name="Periksa sebelum dikirim")).to_be_visible()
        page.locator("button[name='seen']").click()
        page.wait_for_load_state()


def state_of(app, ticket_id):
    with app.app_context():
        found = db.session.get(Ticket, ticket_id).state
        db.session.remove()
    return found


def worker(app):
    """One turn of the worker, in a thread of its own as the browser holds this one's event loop."""

    def turn():
        with app.app_context():
            answer_asked_probes()
            db.session.remove()

    thread = threading.Thread(target=turn)
    thread.start()
    thread.join()


@pytest.mark.only("sqlite")  # the screens are the same on both; the steps are tested on both elsewhere
def test_network_outage_from_the_first_ping_to_the_recovery(app, visit):
    with write_transaction():
        setting.put("watch_networks", "127.0.0.0/8, 203.0.113.0/24")
        node = Node(name="Sakelar FEB", address="203.0.113.9", units=[unit("FEB")], building="Kampus II Aia Pacah")
        db.session.add(node)
    seen = Sighting("Gangguan jaringan: Sakelar FEB", "Tidak menjawab 3 kali.", node_id=node.id)
    ticket_id, node_id = open_ticket("network_outage", "open_by_monitor", MONITOR, seen).id, node.id
    db.session.remove()

    tono = visit()
    page = tono.log_in("tono", PASSWORD)
    tono.go("/admin/shift/").get_by_role("link", name="Gangguan jaringan: Sakelar FEB").click()
    step(page, "ping", "Ping")
    worker(app)
    assert state_of(app, ticket_id) == "confirmed"
    page.reload()
    said = {"name": "Dewi", "text": "Listrik ada, lampu sakelar mati.", "finding": "it"}
    step(page, "contact_manager", "Hubungi pengelola IT", **said)
    step(page, "report_it", "Kirim laporan masalah", text="Sakelar gedung mati.")

    rina = visit()
    rina.log_in("rina", PASSWORD)
    head = rina.go(f"/admin/ticket/details/?id={ticket_id}")
    head.get_by_label("Tono").check()
    step(head, "dispatch", "Kirim petugas ke lokasi", text="Bawa catu daya.")

    field = visit(PHONE)
    field.log_in("tono", PASSWORD)
    phone = field.go(f"/admin/ticket/details/?id={ticket_id}")
    promise = {"recovers_at": wib(hours=2), "estimate_reason": "Ada suku cadang."}
    step(phone, "take_inventory", "Catat masalah di lokasi", problems="Catu daya hangus", **promise)
    step(phone, "report_from_site", "Kirim laporan lapangan", text="Sedang diganti.", **promise)

    rina.go(f"/admin/ticket/details/?id={ticket_id}")
    step(head, "pass_on", "Teruskan keadaan dan perkiraan", text="Pulih sore ini.", **promise)
    stranger = visit(PHONE).go("/gangguan")
    expect(stranger.get_by_role("heading", name="Kampus II Aia Pacah")).to_be_visible()
    assert "203.0.113" not in stranger.content() and "Sakelar" not in stranger.content()

    with app.app_context(), write_transaction():
        db.session.get(Node, node_id).address = "127.0.0.9"
    page.reload()
    step(page, "ping_again", "Ping lagi")
    worker(app)
    page.reload()
    step(page, "end", "Akhiri gangguan", cause="Catu daya hangus.", text="Catu daya diganti.")
    assert state_of(app, ticket_id) == "ended"
    assert stranger.reload() and stranger.get_by_text("Tidak ada gangguan yang kami ketahui").is_visible()


@pytest.mark.only("sqlite")
def test_server_outage_from_alarm_to_cause_and_solution(app, visit):
    with serving(answer(b"oops", "500 Error")) as server:
        with write_transaction():
            setting.put("watch_networks", "127.0.0.1/32")
            setting.put("watch_ports", str(server.port))
            service = WebService(name="Portal akademik", url=f"http://127.0.0.1:{server.port}/")
            db.session.add(service)
        seen = Sighting("Gangguan server: Portal akademik", "Status 500.", service_id=service.id)
        ticket_id = open_ticket("server_outage", "open_by_monitor", MONITOR, seen).id
        db.session.remove()
        lina, hadi = visit(), visit()
        lina.log_in("lina", PASSWORD)
        page = lina.go(f"/admin/ticket/details/?id={ticket_id}")
        step(page, "visit", "Buka layanan")
        worker(app)
        page.reload()
        step(page, "report_to_head", "Laporkan ke kepala divisi", text="Portal menjawab 500.")
        hadi.log_in("hadi", PASSWORD)
        head = hadi.go(f"/admin/ticket/details/?id={ticket_id}")
        head.get_by_label("Lina").check()
        step(head, "order_staff", "Tugaskan petugas", text="Periksa log.")
        page.reload()
        step(page, "find_and_fix", "Sumber ditemukan dan diperbaiki", text="Disk penuh.")
        step(page, "report_cause", "Laporkan sebab dan penyelesaian", cause="Disk penuh.", text="Log dipindah.")
        server.handler = answer(b"siap")
        step(page, "visit_again", "Buka layanan lagi")
        worker(app)
        page.reload()
        step(page, "end", "Akhiri gangguan", cause="Disk penuh.", text="Log dipindah.")
    assert state_of(app, ticket_id) == "ended"
