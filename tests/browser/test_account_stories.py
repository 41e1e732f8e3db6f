"""Accounts in real browsers, with a real directory behind: a unit's address from letter to first login, and the desk."""

from __future__ import annotations

import email
import email.policy
import re
from pathlib import Path

import pytest

from jobs.worker.send_outbox import send_outbox
from models.base.db import db
from models.tickets.ticket import Ticket
from tests.accounts.stories import account, person, unit_account
from tests.accounts.test_unit_email import no_directory_afterwards, use  # noqa: F401 - a fixture among them
from tests.browser.conftest import PHONE
from tests.browser.test_installation_story import SCAN, days, step
from tests.conftest import PASSWORD

OLD = "kopi-lama-di-padang-1"
pytestmark = pytest.mark.only("sqlite")  # what a browser draws does not depend on the database


def sent_to(app, address):
    """The words of every mail that has arrived there, newest last."""
    with app.app_context():
        while send_outbox():
            pass
        db.session.remove()
    files = sorted(Path(app.config["MAIL_AS_FILES"]).glob("*.eml"), key=lambda file: file.stat().st_mtime_ns)
    mails = [email.message_from_bytes(file.read_bytes(), policy=email.policy.default) for file in files]
    return [mail.get_body(("plain",)).get_content() for mail in mails if address in str(mail["To"])]


def ticket_at(app, **facts):
    with app.app_context():
        row = db.session.query(Ticket).filter_by(**facts).one()
        found = (row.id, row.state)
        db.session.remove()
    return found


def test_unit_gets_its_address_after_an_adjustment_and_opens_the_first_password_on_a_phone(app, visit, slapd):
    use(app, slapd)
    dewi = visit(PHONE)
    page = dewi.go("/permohonan/email-unit")
    page.select_option("#unit", label="Fakultas Ekonomi dan Bisnis")
    for field, value in {
        "address": "akuntansi", "purpose": "Surat-menyurat program studi.", "letter_number": "12/FEB/XI/2026",
        "letter_date": days(page, -2), "signed_by": "Pak Dekan", "signed_as": "Dekan", "name": "Dewi Anggraini",
        "email": "dewi@feb.example", "phone": "0812-6600-0001",
    }.items():  # fmt: skip
        page.fill(f"#{field}", value)
    page.set_input_files("#attachments", [SCAN])
    page.get_by_role("button", name="Kirim permohonan").last.click()
    page.wait_for_url("**/bukti")
    number = re.search(r"PTK-\w{5}-\w{5}-\w", page.inner_text("main"))[0]
    pk, _state = ticket_at(app, number=number)
    bench = f"/admin/ticket/details/?id={pk}"

    budi, rina, wati = visit(), visit(), visit()
    for who, name in ((budi, "budi"), (rina, "rina"), (wati, "wati")):
        who.log_in(name, PASSWORD)
    step(budi.go(bench), "dispose", "Disposisi ke Divisi Networking", text="Mohon dijawab.")
    step(rina.go(bench), "propose_adjustment", "Perlu penyesuaian", address="akuntansi.feb", text="Sertakan fakultas.")
    assert "akuntansi.feb@bunghatta.ac.id" in sent_to(app, "dewi@feb.example")[-1]

    page = dewi.go(f"/tiket/{number}")
    assert "Sertakan fakultas." in page.inner_text("main")
    assert "akuntansi.feb@bunghatta.ac.id" in page.inner_text("main")
    form = page.locator("form[action$='/langkah/accept_adjustment']")
    form.locator("input[name=name]").fill("Pak Dekan")
    form.get_by_role("button", name="Setujui penyesuaian").click()
    page.wait_for_load_state()
    assert ticket_at(app, id=pk)[1] == "creation"

    step(wati.go(bench), "create_account", "Buat dan aktifkan akun")
    assert ticket_at(app, id=pk)[1] == "done"
    told = sent_to(app, "dewi@feb.example")[-1]
    link = re.search(r"http://\S+/password/\S+", told)[0]
    contact = visit(PHONE)
    page = contact.go(link.removeprefix(contact.address))
    assert page.locator(".pk-password").count() == 0
    page.get_by_role("button", name="Tampilkan password").click()
    password = page.inner_text(".pk-password").strip()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert slapd.binds("akuntansi.feb", password)
    assert password not in told
    page = contact.go(link.removeprefix(contact.address))
    assert "sudah pernah dibuka" in page.inner_text("main")


def check_at_the_desk(page, words, number, misread=""):
    page.fill("#search", words)
    page.get_by_role("button", name="Cari").click()
    act = page.locator("details.pk-act").first
    if act.get_attribute("open") is None:
        act.locator("summary").click()
    act.locator("[name=proof_number]").fill(misread or number)
    for tick in ("is_present", "name_same", "unit_same", "account_same"):
        act.locator(f"[name={tick}]").check()
    act.locator("[name=result][value=match]").check()
    act.get_by_role("button", name="Catat pemeriksaan").click()
    if misread:  # the register holds another number: nothing is stored, and what was typed stands there to be corrected
        page.get_by_text("tidak sama dengan nomor di register").first.wait_for()
        act = page.locator("details.pk-act[open]").first
        assert act.locator("[name=proof_number]").input_value() == misread
        act.locator("[name=proof_number]").fill(number)
        act.get_by_role("button", name="Catat pemeriksaan").click()
    page.wait_for_url("**/admin/password/ticket/*")


def change_and_tell(page):
    page.get_by_role("button", name="Ganti password sekarang").click()
    password = page.inner_text(".pk-password").strip()
    page.get_by_role("button", name="Catat sudah disampaikan").click()
    page.wait_for_url("**/admin/password/")
    return password


def test_sari_serves_andi_and_a_unit_whose_account_needs_watis_approval(app, visit, slapd):
    use(app, slapd)
    for login in ("andi", "feb"):
        slapd.directory().make(login, login, f"{login}@bunghatta.ac.id", OLD, "lama")
    owner = person()
    account(owner)
    unit_account()
    db.session.remove()
    sari = visit()
    page = sari.log_in("sari", PASSWORD)
    page = sari.go("/admin/password/")
    check_at_the_desk(page, "2010011110023", "0023", misread="0032")
    password = change_and_tell(page)
    assert (slapd.binds("andi", password), slapd.binds("andi", OLD)) == (True, False)
    notices = sent_to(app, "andi.pribadi@surat.example")
    assert len(notices) == 1 and "andi@bunghatta.ac.id" in notices[0] and password not in notices[0]

    check_at_the_desk(page, "feb@bunghatta.ac.id", "7788")
    assert "Menunggu orang kedua" in page.inner_text("main")
    desk = page.url.removeprefix(sari.address)
    pk = int(desk.rsplit("/", 1)[1])
    wati = visit(PHONE)
    wati.log_in("wati", PASSWORD)
    other = wati.go(f"/admin/ticket/details/?id={pk}")
    other.get_by_role("link", name="Buka bukti yang diperiksa").click()
    assert "•••• 7788" in other.inner_text("main")
    step(wati.go(f"/admin/ticket/details/?id={pk}"), "approve_second", "Setujui sebagai orang kedua")
    password = change_and_tell(sari.go(desk))
    assert (slapd.binds("feb", password), slapd.binds("feb", OLD)) == (True, False)
    assert ticket_at(app, id=pk)[1] == "done"
    assert "feb@bunghatta.ac.id" in sent_to(app, "dewi@feb.example")[-1]
