"""Photos of a survey: one request each, taken out again before the report is sent, never after (N4)."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from models.base.db import db
from models.installation.survey import SurveyPhoto, survey_of
from models.organisation.audit import AuditEntry
from models.tickets.ticket import Attachment, Ticket
from tests.browse import Person
from tests.databases import both, once
from tests.installation.installation_walk import fill_survey, installation_at, take

pytestmark = once


@pytest.fixture
def ticket_id(app, cast):
    return installation_at("survey").id


def picture(colour):
    data = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(data, "JPEG")
    data.seek(0)
    return data


def send_photo(person, ticket_id, colour="red", name="rak.jpg"):
    return person.post(f"/admin/survey/photo/{ticket_id}", {"photos": (picture(colour), name), "caption": colour})


def captions():
    db.session.expire_all()
    return [photo.caption for photo in db.session.query(SurveyPhoto).order_by(SurveyPhoto.id)]


@both
def test_surveyor_sends_photos_one_by_one_and_removes_one_before_sending(app, ticket_id):
    tono = Person(app, "tono")
    for number, colour in enumerate(("red", "green", "blue"), 1):
        answer = send_photo(tono, ticket_id, colour)
        assert (answer.status_code, answer.json) == (201, {"photos": number})
    green = db.session.query(SurveyPhoto).filter_by(caption="green").one()
    photo_id, attachment_id = green.id, green.attachment_id
    page = tono.get(f"/admin/survey/fill/{ticket_id}").text
    assert f'name="remove" value="{photo_id}"' in page and "Ya, hapus foto ini" in page
    fields = {"remove": str(photo_id), "distribution_point": "SW-B2-09"}
    assert tono.post(f"/admin/survey/fill/{ticket_id}", fields).status_code == 303
    assert captions() == ["red", "blue"]
    assert db.session.get(Attachment, attachment_id) is None
    assert survey_of(db.session.get_one(Ticket, ticket_id)).distribution_point == "SW-B2-09", "the draft is kept too"
    assert db.session.query(AuditEntry).filter_by(act="remove_photo", object_id=str(ticket_id)).count() == 1


@both
def test_a_sent_survey_keeps_its_photos_and_takes_no_more(app, ticket_id):
    tono = Person(app, "tono")
    send_photo(tono, ticket_id)
    photo_id = db.session.query(SurveyPhoto).one().id
    ticket = db.session.get_one(Ticket, ticket_id)
    fill_survey(ticket)
    take(ticket, "send_survey", "tono")
    assert send_photo(tono, ticket_id, "blue").status_code == 409
    tono.post(f"/admin/survey/fill/{ticket_id}", {"remove": str(photo_id)})
    assert captions() == ["red"]


def test_what_is_no_photo_or_not_ones_own_is_refused_with_a_sentence(app, ticket_id):
    tono = Person(app, "tono")
    path = f"/admin/survey/photo/{ticket_id}"
    for upload in ((io.BytesIO(b"ping: 3 balasan\n"), "hasil.txt"), (io.BytesIO(b"\xff\xd8\xff"), "rusak.jpg")):
        answer = tono.post(path, {"photos": upload})
        assert answer.status_code == 422 and answer.json["error"].endswith("."), answer.json
    assert tono.post(path, {}).json["error"].startswith("Pilih satu foto")
    tono.post(f"/admin/survey/fill/{ticket_id}", {"remove": "999999"})
    tono.post(f"/admin/survey/fill/{ticket_id}", {"remove": "=1"})
    for other, code in (("lina", 403), ("sari", 403)):
        assert send_photo(Person(app, other), ticket_id).status_code == code, other
    assert captions() == []
