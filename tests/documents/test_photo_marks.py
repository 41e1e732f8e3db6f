"""Arrows, circles and words over a photo: numbers and plain words alone, kept beside the photo, printed as lines over it."""

from __future__ import annotations

import io
import json

import pytest
from PIL import Image

from documents.document import Composed
from documents.pictures import with_pictures
from models.base.columns.photo_marks import LONGEST_WORDS, MOST_MARKS, BadMarks, kept_marks, read_marks
from models.base.db import db
from models.installation.survey import SurveyPhoto
from tests.browse import Person
from tests.installation.installation_walk import installation_at

DRAWN = {"w": 1000, "h": 750, "marks": [["arrow", 100, 100, 400, 300], ["circle", 300, 200, 500, 400],
                                        ["words", 50, 700, 50, 700, "putus di sini"]]}  # fmt: skip


def jpeg(size=(400, 300)):
    data = io.BytesIO()
    Image.new("RGB", size, "teal").save(data, "JPEG")
    return data.getvalue()


def send(person, ticket, marks, data=None):
    fields = {"caption": "Plafon", "marks": marks, "photos": (io.BytesIO(data or jpeg()), "plafon.jpg")}
    return person.post(f"/admin/survey/photo/{ticket.id}", fields)


def test_tono_s_drawing_lies_over_the_photo_which_stays_as_it_was_taken(app):
    ticket, tono = installation_at("survey"), Person(app, "tono")
    plain = send(tono, ticket, "")
    assert plain.status_code == 201
    before = db.session.query(SurveyPhoto).one().attachment.sha256
    assert send(tono, ticket, json.dumps(DRAWN)).status_code == 200  # the same photo, now with a drawing
    photo = db.session.query(SurveyPhoto).one()
    assert photo.attachment.sha256 == before and json.loads(photo.marks) == DRAWN
    page = tono.get(f"/admin/survey/fill/{ticket.id}").text
    assert 'viewBox="0 0 1000 750"' in page and "putus di sini" in page
    assert send(tono, ticket, json.dumps({**DRAWN, "marks": [["arrow", 1, 1, 90, 90]]})).status_code == 200
    db.session.expire_all()
    assert json.loads(db.session.query(SurveyPhoto).one().marks) == DRAWN, "what was drawn first stays"


def test_a_drawing_is_printed_as_lines_over_the_photo(app):
    ticket, tono = installation_at("survey"), Person(app, "tono")
    send(tono, ticket, json.dumps(DRAWN))
    photo = db.session.query(SurveyPhoto).one()
    row = {"photo": photo.attachment.sha256, "caption": "Plafon", "marks": photo.marks}
    (printed,) = json.loads(with_pictures(Composed("survey", json.dumps({"photos": [row]}), 0)).data)["photos"]
    assert printed["photo"].startswith("<svg") and printed["photo"].endswith("</svg>")
    assert "scale(0.40000 0.40000)" in printed["photo"] and "M100 100L400 300" in printed["photo"]
    bare = {**row, "marks": ""}
    (printed,) = json.loads(with_pictures(Composed("survey", json.dumps({"photos": [bare]}), 0)).data)["photos"]
    assert "<path" not in printed["photo"]


@pytest.mark.parametrize(
    "marks",
    [
        "{", "[]", '"x"', json.dumps({**DRAWN, "w": 900}), json.dumps({**DRAWN, "w": "1000"}),
        json.dumps({**DRAWN, "marks": [["arrow", 1, 1, 1001, 5]]}), json.dumps({**DRAWN, "marks": [["arrow", 1, 1, 5]]}),
        json.dumps({**DRAWN, "marks": [["script", 1, 1, 5, 5]]}), json.dumps({**DRAWN, "marks": [["words", 1, 1, 5, 5]]}),
        json.dumps({**DRAWN, "marks": [["arrow", 1, 1, 5, 5]] * (MOST_MARKS + 1)}), "[" * 9000,
        json.dumps({**DRAWN, "marks": [["arrow", True, 1, 5, 5]]}), json.dumps({**DRAWN, "marks": {"a": 1}}),
    ],
)  # fmt: skip
def test_what_is_no_drawing_is_refused_with_a_sentence_and_keeps_no_photo(app, marks):
    ticket = installation_at("survey")
    answer = send(Person(app, "tono"), ticket, marks)
    assert (answer.status_code, "gambari sekali lagi" in answer.json["error"]) == (422, True)
    assert db.session.query(SurveyPhoto).count() == 0


def test_words_are_never_markup_and_bounded():
    sly = {**DRAWN, "marks": [["words", 5, 5, 5, 5, "</text><script>alert(1)</script>" + "x" * 99]]}
    drawing = read_marks(json.dumps(sly))
    assert drawing is not None and len(drawing.marks[0].words) == LONGEST_WORDS
    assert "<script" not in drawing.svg and "&lt;script" in drawing.svg
    assert read_marks("") is read_marks(json.dumps({**DRAWN, "marks": []})) is None
    with pytest.raises(BadMarks):
        read_marks("{}")
    assert kept_marks(read_marks(json.dumps(DRAWN))) == json.dumps(DRAWN)


def test_characters_that_no_page_or_printer_takes_are_left_out_of_the_words():
    odd = {**DRAWN, "marks": [["words", 5, 5, 5, 5, "Pa\x00nel\ud800 \u202eutara\x1b"]]}
    drawing = read_marks(json.dumps(odd))
    assert drawing is not None and drawing.marks[0].words == "Panel utara"
    kept_marks(drawing).encode()
    with pytest.raises(BadMarks):
        read_marks(json.dumps({**DRAWN, "marks": [["words", 5, 5, 5, 5, "\x00\ud800"]]}))
