"""One visit after another, as many as FIELD_RUNS says (`make field-runs`: a hundred; here three): nothing is lost or doubled.

Each is a survey with five photos without a signal, in a tab that is closed, sent by a line that breaks in the middle, to a
server that answers 500, 413 and 422 in turn.
"""

from __future__ import annotations

import os
from collections import Counter

import pytest

from models.base.db import db
from models.installation.survey import survey_of
from models.tickets.ticket import Ticket
from tests.browser.test_field_forms import kept_on_phone, on_phone, open_parts, photo, state, wait_until_empty
from tests.installation.installation_walk import installation_at

pytestmark = pytest.mark.only("sqlite")  # what a phone keeps does not depend on the database
RUNS = int(os.environ.get("FIELD_RUNS", "3"))
COLOURS = ("red", "green", "blue", "white", "gray")
REFUSED = "Foto ini ditolak untuk dicoba."


class Line:
    """Between the phone and the server: a photo in the middle meets what a run chose, the others pass; then all do."""

    ILLS = ("cut before", "cut after", 500, 413, 422)

    def __init__(self, run: int) -> None:
        self.run, self.seen, self.said = run, 0, Counter()

    def meet(self, route) -> None:
        at, self.seen = self.seen, self.seen + 1
        ill = self.ILLS[(self.run + at) % len(self.ILLS)] if at % 2 and at < 6 else None
        self.said[ill] += 1
        if ill == "cut before":
            route.abort("internetdisconnected")
        elif ill == "cut after":
            route.fetch()  # the server has it, and the phone does not know
            route.abort("internetdisconnected")
        elif ill == 422:
            route.fulfill(status=422, content_type="application/json", body=f'{{"error": "{REFUSED}"}}')
        elif ill:
            route.fulfill(status=ill, content_type="text/html", body="<h1>galat</h1>")
        else:
            route.continue_()


@pytest.mark.slow
@pytest.mark.parametrize("run", range(RUNS))
def test_five_photos_and_the_words_arrive_once_whatever_the_line_does(app, visit, run):
    tono, ticket_id = on_phone(app, visit, installation_at("survey"))
    form, line = f"/admin/survey/fill/{ticket_id}", Line(run)
    page = tono.go(form)
    open_parts(page)
    tono.context.set_offline(True)
    page.fill("#dist", f"SW-B2-{run:02}")
    state(page, "Tidak ada sinyal")
    for number, colour in enumerate(COLOURS, 1):
        page.set_input_files("#foto", [photo(colour, f"{colour}.jpg")])
        page.wait_for_function("n => document.querySelectorAll('[data-photo-lines] .is-bad').length === n", arg=number)
    page.close()
    assert kept_on_phone_of(tono) == [1, 5]

    tono.context.route("**/admin/survey/photo/*", line.meet)
    tono.context.set_offline(False)
    page = tono.page = tono.context.new_page()
    page.goto(f"{tono.address}{form}")
    settle(page, line)
    told = page.inner_text("[data-photo-lines]")
    if line.said[422]:
        assert f"Ditolak: {REFUSED}" in told
    if line.said[500]:
        assert "Server belum menerima (500)" in told
    tono.context.unroute("**/admin/survey/photo/*")
    page.goto(f"{tono.address}{form}")
    wait_until_empty(page)
    db.session.rollback()
    survey = survey_of(db.session.get_one(Ticket, ticket_id))
    assert survey.distribution_point == f"SW-B2-{run:02}"
    assert len(survey.photos) == len({row.attachment.sha256 for row in survey.photos}) == len(COLOURS)
    tono.complaints.clear()  # of the browser about a server that answered 500


def kept_on_phone_of(person) -> list[int]:
    page = person.page = person.context.new_page()
    page.route("**/*", lambda route: route.fulfill(status=200, content_type="text/html", body="<title>x</title>"))
    page.goto(f"{person.address}/livez")
    found = kept_on_phone(page)
    page.close()
    return found


def settle(page, line) -> None:
    """Until each of the five has met the line once."""
    for _turn in range(400):
        if line.seen >= len(COLOURS):
            page.wait_for_timeout(300)
            return
        page.wait_for_timeout(50)
    raise AssertionError(line.said)
