"""Tono draws on a photo where there is no signal: the drawing waits with it on the phone and arrives with it, once."""

from __future__ import annotations

import io
import json

import pytest
from PIL import Image

from models.base.db import db
from models.installation.survey import survey_of
from models.tickets.ticket import Ticket
from tests.browser.test_field_forms import kept_on_phone, on_phone, open_parts, wait_until_empty
from tests.installation.installation_walk import installation_at

pytestmark = pytest.mark.only("sqlite")  # what a browser draws does not depend on the database


def picture():
    data = io.BytesIO()
    Image.new("RGB", (800, 600), "gray").save(data, "JPEG")
    return {"name": "plafon.jpg", "mimeType": "image/jpeg", "buffer": data.getvalue()}


def drag(page, box, start, end):
    for at, (x, y) in enumerate((start, end)):
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=3)
        if not at:
            page.mouse.down()
    page.mouse.up()


def test_a_photo_drawn_on_without_a_signal_arrives_with_its_drawing(app, visit):
    tono, ticket_id = on_phone(app, visit, installation_at("survey"))
    page = tono.go(f"/admin/survey/fill/{ticket_id}")
    open_parts(page)
    tono.context.set_offline(True)
    page.get_by_label("Gambari foto sebelum dikirim").check()
    page.set_input_files("#foto", [picture()])
    dialog = page.get_by_role("dialog", name="Gambari foto")
    dialog.wait_for()
    assert kept_on_phone(page)[1] == 1, "the photo is safe while one draws"
    box = dialog.locator("canvas").bounding_box()
    drag(page, box, (0.1, 0.2), (0.5, 0.5))
    dialog.get_by_label("Lingkaran").check()
    drag(page, box, (0.4, 0.4), (0.7, 0.8))
    drag(page, box, (0.1, 0.1), (0.9, 0.9))
    dialog.get_by_role("button", name="Urungkan").click()
    dialog.get_by_label("Kata", exact=True).check()
    dialog.get_by_placeholder("Kata, lalu tekan tempatnya").fill("putus")
    drag(page, box, (0.2, 0.9), (0.2, 0.9))
    dialog.get_by_role("button", name="Selesai, kirim").click()
    page.wait_for_selector("[data-photo-lines] .is-bad")
    page.close()

    tono.context.set_offline(False)
    page = tono.page = tono.context.new_page()
    page.goto(f"{tono.address}/admin/survey/fill/{ticket_id}")
    wait_until_empty(page)
    page.wait_for_selector("[data-fresh=photos] svg.pk-marks", state="attached")
    db.session.rollback()
    (photo,) = survey_of(db.session.get_one(Ticket, ticket_id)).photos
    marks = json.loads(photo.marks)
    assert (marks["w"], marks["h"]) == (1000, 750)
    assert [mark[0] for mark in marks["marks"]] == ["arrow", "circle", "words"] and marks["marks"][2][5] == "putus"
    x1, y1, x2, y2 = marks["marks"][0][1:]
    assert (abs(x1 - 100) < 9, abs(y1 - 150) < 9, abs(x2 - 500) < 9, abs(y2 - 375) < 9) == (True,) * 4
