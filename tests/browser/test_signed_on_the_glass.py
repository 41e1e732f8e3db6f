"""Dewi signs on Tono's phone where there is no signal; her strokes come back with the page, and are sent once."""

from __future__ import annotations

import json

import pytest

from models.base.db import db
from models.installation.handover import Handover
from models.tickets.ticket import Ticket
from tests.browser.test_field_forms import kept_on_phone, on_phone, wait_until_empty
from tests.installation.installation_walk import installation_at

pytestmark = pytest.mark.only("sqlite")  # what a browser draws does not depend on the database


def scrawl(page, canvas):
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    spots = ((0.1, 0.5), (0.2, 0.2), (0.3, 0.8), (0.5, 0.3), (0.7, 0.6))
    for at, (x, y) in enumerate(spots):
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=3)
        if not at:
            page.mouse.down()
    page.mouse.up()


def test_a_signature_is_cleared_and_asked_for_again(app, visit):
    tono, ticket_id = on_phone(app, visit, installation_at("testing"))
    page = tono.go(f"/admin/ticket/details/?id={ticket_id}")
    form = page.locator(f"form[action='/admin/ticket/{ticket_id}/do/sign_handover']")
    page.locator("summary", has_text="Minta tanda tangan serah terima").click()
    scrawl(page, form.locator("canvas"))
    assert form.locator("[name=strokes]").input_value()
    form.get_by_role("button", name="Hapus tanda tangan").click()
    assert form.locator("[name=strokes]").input_value() == ""
    assert form.locator("canvas").get_attribute("aria-label") == "Bidang tanda tangan, kosong"


def test_dewi_signs_without_a_signal_and_the_strokes_reach_the_server_once(app, visit):
    tono, ticket_id = on_phone(app, visit, installation_at("installation"))
    step = f"form[action='/admin/ticket/{ticket_id}/do/report_installed']"
    page = tono.go(f"/admin/ticket/details/?id={ticket_id}")
    form = page.locator(step)
    tono.context.set_offline(True)
    form.locator("[name=points]").fill("3")
    form.locator("[name=text]").fill("Kabel dan panel.")
    form.locator("[name=signed_by]").fill("Dewi Lestari")
    form.locator("[name=signed_as]").fill("Kepala Tata Usaha")
    sheet = form.locator("canvas")
    assert sheet.get_attribute("aria-label") == "Bidang tanda tangan, kosong"
    scrawl(page, sheet)
    assert sheet.get_attribute("aria-label") == "Bidang tanda tangan, sudah ditandatangani"
    drawn = form.locator("[name=strokes]").input_value()
    form.locator("button.pk-btn--primary").click()
    page.wait_for_function(
        "f => document.querySelector(f + ' [data-field-state]').textContent.includes('Tidak ada sinyal')", arg=step
    )
    assert kept_on_phone(page) == [1, 0]
    page.close()

    tono.context.set_offline(False)
    page = tono.page = tono.context.new_page()
    page.goto(f"{tono.address}/admin/ticket/details/?id={ticket_id}")
    form = page.locator(step)
    form.locator("canvas[aria-label*='sudah']").wait_for()
    assert form.locator("[name=strokes]").input_value() == drawn
    form.locator("button.pk-btn--primary").click()
    page.locator(".pk-toast", has_text="tercatat.").wait_for()
    wait_until_empty(page)
    db.session.rollback()
    signing = db.session.query(Handover).one()
    assert drawn.endswith(signing.strokes.replace(" ", "")) and signing.signed_by == "Dewi Lestari"
    assert len(json.loads(signing.strokes)[0]) >= 10
    assert db.session.get_one(Ticket, ticket_id).state == "testing"
