"""What the server answers a phone in the field: drafts and photos as JSON, the same photo once, photos on the test report."""

from __future__ import annotations

import io
import re

import pytest
from PIL import Image

from admin_views.frame.phone_key import phone_key
from documents.stored_document import file_of
from models.base.db import db
from models.installation.quality_test import TestPhoto, latest_test
from models.installation.survey import survey_of
from models.tickets.issued_document import documents_of
from models.tickets.ticket import Attachment, Ticket
from tests.browse import Person
from tests.databases import both, once
from tests.installation.installation_walk import fill_test, installation_at, take
from tests.installation.test_documents import text_of
from tests.installation.test_printed_documents import images_in
from tests.outages.walk import network_outage_at

pytestmark = once

SCRIPT = {"X-Requested-With": "fetch"}


def picture(colour="teal"):
    data = io.BytesIO()
    Image.new("RGB", (1600, 1200), colour).save(data, "JPEG")
    data.seek(0)
    return data


def by_script(person, path, fields):
    return person.client.post(path, data={"csrf_token": person.token(), **fields}, headers=SCRIPT)


def send(person, path, colour="teal"):
    return by_script(person, path, {"photos": (picture(colour), "rak.jpg"), "caption": colour})


def fresh(ticket):
    db.session.expire_all()
    return db.session.get_one(Ticket, ticket.id)


@both
@pytest.mark.parametrize(("state", "view"), [("survey", "survey"), ("testing", "quality_test")])
def test_photo_sent_again_after_a_broken_answer_is_kept_once(app, cast, state, view):
    ticket, tono = installation_at(state), Person(app, "tono")
    path = f"/admin/{view}/photo/{ticket.id}"
    answers = [send(tono, path, colour) for colour in ("red", "red", "blue", "red")]
    assert [(one.status_code, one.json) for one in answers] == [
        (201, {"photos": 1}), (200, {"photos": 1}), (201, {"photos": 2}), (200, {"photos": 2}),
    ]  # fmt: skip
    assert db.session.query(Attachment).filter_by(is_inline=True).count() == 2
    assert send(Person(app, "sari"), path).status_code == 403


@both
def test_draft_by_script_is_answered_in_one_word_or_with_what_is_wrong(app, cast):
    ticket, tono = installation_at("survey"), Person(app, "tono")
    path = f"/admin/survey/fill/{ticket.id}"
    answer = by_script(tono, path, {"do": "draft", "distribution_point": "SW-B2-01", "distance_m": "12,5"})
    assert answer.status_code == 200 and answer.json["saved"].endswith("WIB")
    assert survey_of(fresh(ticket)).distribution_point == "SW-B2-01"
    answer = by_script(tono, path, {"do": "draft", "distance_m": "jauh"})
    assert answer.status_code == 422 and answer.json["wrong"] == ["Jarak: Tulis angka antara 0 dan 50000."]
    testing = installation_at("testing")
    answer = by_script(
        tono, f"/admin/quality_test/fill/{testing.id}", {"do": "draft", "point-name": [""], "point-sent": ["4"]}
    )
    assert (answer.status_code, answer.json["wrong"][0]) == (422, "Titik 1: tulis namanya.")


def test_draft_after_somebody_else_sent_the_survey_says_so_to_the_phone(app, cast):
    ticket, tono = installation_at("rab_draft"), Person(app, "tono")
    answer = by_script(tono, f"/admin/survey/fill/{ticket.id}", {"do": "draft"})
    assert answer.status_code == 409 and "Menunggu RAB" in answer.json["wrong"][0]


@both
def test_photos_of_a_quality_test_are_printed_taken_out_and_kept_once_sent(app, cast):
    ticket, tono = installation_at("testing"), Person(app, "tono")
    for colour in ("red", "blue"):
        send(tono, f"/admin/quality_test/photo/{ticket.id}", colour)
    photo = db.session.query(TestPhoto).filter_by(caption="red").one()
    rows = {"point-id": [str(p.id) for p in latest_test(fresh(ticket)).points],
            "point-name": [p.name for p in latest_test(ticket).points]}  # fmt: skip
    path = f"/admin/quality_test/fill/{ticket.id}"
    assert tono.post(path, {**rows, "remove": str(photo.id)}).status_code == 303
    assert [one.caption for one in latest_test(fresh(ticket)).photos] == ["blue"]
    fill_test(fresh(ticket))
    take(fresh(ticket), "send_test", "tono")
    document = file_of(next(p.id for p in documents_of(fresh(ticket)) if p.kind == "test"))
    assert "Lampiran: foto (1) 1. blue" in text_of(document).replace("  ", " ")
    assert images_in(document) == [["image", "1000", "750"]]
    assert send(tono, f"/admin/quality_test/photo/{ticket.id}", "green").status_code == 409


def test_step_from_the_field_tells_the_phone_where_to_go_and_is_taken_once(app, cast):
    ticket, tono = network_outage_at("on_site"), Person(app, "tono")
    page = tono.get(f"/admin/ticket/details/?id={ticket.id}").text
    step = page.partition('/do/take_inventory"')[2].partition("</form>")[0]
    assert "data-field-step" in step and 'capture="environment"' in step
    fields = {"problems": "Kabel putus.", "recovers_at": "2099-01-01T10:00", "estimate_reason": "x", "once": "a" * 32}
    answer = by_script(tono, f"/admin/ticket/{ticket.id}/do/take_inventory", fields)
    assert answer.status_code == 422 and "Perkiraan lebih dari 60 hari lagi" in answer.text
    from datetime import timedelta

    from models.base.db import utcnow
    from models.base.wording import local

    fields["recovers_at"] = local(utcnow() + timedelta(hours=3)).strftime("%Y-%m-%dT%H:%M")
    for _turn in range(2):  # the first answer was lost on the way
        answer = by_script(tono, f"/admin/ticket/{ticket.id}/do/take_inventory", fields)
        assert (answer.status_code, answer.json) == (200, {"to": f"/admin/ticket/details/?id={ticket.id}"})
    assert fresh(ticket).state == "inventoried"


def test_what_waits_on_a_phone_is_locked_with_a_key_of_one_person_the_same_at_each_login(app, cast):
    ticket = installation_at("survey")

    def key(name):
        page = Person(app, name).get(f"/admin/ticket/details/?id={ticket.id}").text
        return re.search(r'<meta name="phone-key" content="([^"]{44})">', page)[1]

    assert key("tono") == key("tono") != key("rina")


def test_what_was_locked_before_the_secret_was_changed_opens_still(app, cast, monkeypatch):
    before = phone_key(cast["tono"])
    monkeypatch.setitem(app.config, "SECRET_KEY_FALLBACKS", [app.config["SECRET_KEY"]])
    monkeypatch.setitem(app.config, "SECRET_KEY", "another-" + "0123456789abcdef" * 3)
    locks, opens = phone_key(cast["tono"]).split(" ")
    assert locks != before == opens
