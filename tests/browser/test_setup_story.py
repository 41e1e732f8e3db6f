"""The first day: an empty PostgreSQL, the command, the page, then a complaint from a phone, its mail and its officer."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect
from werkzeug.serving import make_server

from jobs.worker.send_outbox import send_outbox
from models.base.db import db
from tests.browser.conftest import PHONE, Visitor
from tests.conftest import PASSWORD
from tests.mail_server import Controller, Postbox, free_port
from tests.operations.test_setup import STAFF, UNITS
from tests.operations.test_upgrade import empty as empty

SIZE = {"width": 1366, "height": 900}


@pytest.fixture
def postbox(empty: Flask) -> Iterator[Postbox]:
    box = Postbox()
    controller = Controller(box, hostname="127.0.0.1", port=free_port())
    controller.start()
    empty.config.update(MAIL_AS_FILES="", MAIL_SERVER="127.0.0.1", MAIL_PORT=controller.port, MAIL_TIMEOUT=5)
    yield box
    controller.stop()


@pytest.fixture
def house_address(empty: Flask) -> Iterator[str]:
    db.session.remove()
    server = make_server("127.0.0.1", 0, empty, threaded=True)
    empty.config["BASE_URL"] = f"http://127.0.0.1:{server.port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield empty.config["BASE_URL"]
    server.shutdown()
    thread.join()
    server.server_close()


def comes_in(browser: Browser, address: str, link: str, username: str) -> Visitor:
    """Somebody sets a password by the link of the invitation and logs in."""
    person = Visitor(browser, address, SIZE)
    page = person.go(link.removeprefix(address))
    page.fill("#new_password", PASSWORD)
    page.fill("#repeat", PASSWORD)
    page.locator("main button, form button").last.click()
    page.wait_for_load_state()
    person.log_in(username, PASSWORD)
    return person


@pytest.mark.only("postgresql")  # the same pages; a production begins on this one
def test_from_an_empty_database_to_a_complaint_its_mail_and_its_officer(
    empty, house_address, postbox, browser: Browser
):
    given = [part for person in STAFF for part in ("--staff", person)]
    said = empty.test_cli_runner().invoke(args=["setup", "--yes", *given]).output
    links = dict(
        zip((person.split(":")[0] for person in STAFF), re.findall(r"http\S+/admin/invite/\S+", said), strict=True)
    )
    andi = Visitor(browser, house_address, PHONE)
    assert "belum menerima pengaduan" in andi.go("/").inner_text("main")

    rudi = comes_in(browser, house_address, links["rudi"], "rudi")
    page = rudi.page
    page.get_by_role("link", name="Buka penyiapan").click()
    page.fill("#centre_phone", "0751-7051678")
    page.fill("#centre_email", "bantuan@kampus.example")
    page.get_by_role("button", name="Pakai nama dan alamat ini").click()
    page.wait_for_load_state()
    page.get_by_role("button", name="Kirim email uji").click()
    page.wait_for_load_state()
    expect(page.get_by_text("250 accepted").last).to_be_visible()
    assert len(postbox.mails) == 1
    page.get_by_role("link", name="Impor unit").click()
    page.set_input_files("#file", str(Path(UNITS)))
    page.get_by_role("button", name="Unggah dan periksa").click()
    page.get_by_role("button", name=re.compile(r"Impor \d+ baris")).click()
    page.wait_for_url("**/admin/unit/")
    assert "6 dari 7 selesai" in rudi.go("/admin/setup/").inner_text("main")  # nobody else has come in yet

    page = andi.go("/")
    page.get_by_role("link", name="Buat pengaduan").first.click()
    page.fill("#name", "Andi Saputra")
    page.fill("#email", "andi@mhs.example")
    page.select_option("#category", label="Wi-Fi dan internet")
    page.fill("#subject", "Wi-Fi perpustakaan tidak tersambung")
    page.fill("#description", "Sejak Rabu sore Wi-Fi di lantai 2 tidak tersambung.")
    page.get_by_role("button", name="Kirim pengaduan").click()
    page.wait_for_url("**/bukti")
    number = re.search(r"PTK-\w{5}-\w{5}-\w", page.inner_text("main"))[0]
    assert send_outbox() >= 2
    db.session.remove()
    assert number in postbox.of("sudah kami terima")["Subject"]

    tono = comes_in(browser, house_address, links["tono"], "tono")
    page = tono.go("/admin/")
    page.get_by_role("link", name="Wi-Fi perpustakaan tidak tersambung").first.click()
    page.wait_for_url("**/admin/ticket/details/**")
    expect(page.get_by_text("Andi Saputra").first).to_be_visible()
    assert [one.complaints for one in (andi, rudi, tono)] == [[], [], []]
