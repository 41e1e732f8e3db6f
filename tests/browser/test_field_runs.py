"""One visit after another, as many as FIELD_RUNS says (`make field-runs`: a hundred; here three): nothing is lost or doubled.

Each is a survey, a quality test or a field report without a signal, in a tab that is closed, sent by a line that breaks in
the middle, to a server that answers 500, 413 and 422 in turn; one browser is killed between two photos.
"""

from __future__ import annotations

import os
import signal
from collections import Counter
from functools import partial
from pathlib import Path

import pytest

from models.base.db import db
from models.installation.quality_test import latest_test
from models.installation.survey import survey_of
from models.tickets.ticket import Attachment, Event, Ticket
from tests.browser.conftest import CHROMIUM, PHONE
from tests.browser.test_field_forms import kept_on_phone, on_phone, open_parts, photo, state, wait_until_empty
from tests.conftest import PASSWORD
from tests.installation.installation_walk import installation_at
from tests.outages.walk import network_outage_at

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


FORMS = {"survey": ("survey", "#dist"), "quality_test": ("testing", "[name=point-name] >> nth=0")}


def written(view: str, ticket_id: int) -> tuple[str, list[str]]:
    """What the server has of a form: its word, and the hashes of its photos."""
    db.session.rollback()
    ticket = db.session.get_one(Ticket, ticket_id)
    if view == "survey":
        survey = survey_of(ticket)
        return survey.distribution_point, [row.attachment.sha256 for row in survey.photos]
    test = latest_test(ticket)
    return test.points[0].name, [row.attachment.sha256 for row in test.photos]


@pytest.mark.slow
@pytest.mark.parametrize("view", FORMS)
@pytest.mark.parametrize("run", range(RUNS))
def test_five_photos_and_the_words_arrive_once_whatever_the_line_does(app, visit, run, view):
    desk, field = FORMS[view]
    tono, ticket_id = on_phone(app, visit, installation_at(desk))
    form, line, word = f"/admin/{view}/fill/{ticket_id}", Line(run), f"SW-B2-{run:02}"
    page = tono.go(form)
    open_parts(page)
    tono.context.set_offline(True)
    page.fill(field, word)
    state(page, "Tidak ada sinyal")
    for number, colour in enumerate(COLOURS, 1):
        page.set_input_files("#foto", [photo(colour, f"{colour}.jpg")])
        page.wait_for_function("n => document.querySelectorAll('[data-photo-lines] .is-bad').length === n", arg=number)
    page.close()
    assert kept_on_phone_of(tono) == [1, 5]

    tono.context.route(f"**/admin/{view}/photo/*", line.meet)
    tono.context.set_offline(False)
    page = tono.page = tono.context.new_page()
    page.goto(f"{tono.address}{form}")
    settle(page, line)
    told = page.inner_text("[data-photo-lines]")
    if line.said[422]:
        assert f"Ditolak: {REFUSED}" in told
    if line.said[500]:
        assert "Server belum menerima (500)" in told
    tono.context.unroute(f"**/admin/{view}/photo/*")
    page.goto(f"{tono.address}{form}")
    wait_until_empty(page)
    kept, photos = written(view, ticket_id)
    assert kept == word and len(photos) == len(set(photos)) == len(COLOURS)
    tono.complaints.clear()  # of the browser about a server that answered 500


@pytest.mark.slow
@pytest.mark.parametrize("run", range(RUNS))
def test_field_report_is_taken_once_whatever_the_line_does(app, visit, run):
    tono, ticket_id = on_phone(app, visit, network_outage_at("inventoried"))
    desk = f"/admin/ticket/details/?id={ticket_id}"
    report = f"form[action='/admin/ticket/{ticket_id}/do/report_from_site']"
    press = f"{report} button.pk-btn--primary"
    page = tono.go(desk)
    tono.context.set_offline(True)
    page.locator(f"{report} textarea").first.fill(f"Kabel putus, kunjungan {run}.")
    page.locator(f"{report} [name=estimate_reason]").fill("Kabel pengganti ada.")
    page.locator(f"{report} [name=recovers_at]").fill(page.evaluate(SOON))
    page.locator(f"{report} input[capture=environment]").set_input_files([photo("red", "kabel.jpg")])
    page.locator(press).click()
    told_on(page, report, "Tidak ada sinyal")
    page.close()

    ills = [Line.ILLS[(run + at) % len(Line.ILLS)] for at in range(2)]
    tono.context.set_offline(False)
    page = tono.page = tono.context.new_page()
    page.goto(f"{tono.address}{desk}")
    told_on(page, report, "dipulihkan")
    for ill in (*ills, None):
        if ill:
            page.route("**/do/report_from_site", partial(meet_once, ill))
        page.locator(press).click()
        page.wait_for_timeout(700)
        page.unroute("**/do/report_from_site")
        if not page.locator(report).count():
            page.goto(f"{tono.address}{desk}")
        if not page.locator(report).count():
            break  # the server has it
    wait_until_empty(page)
    db.session.rollback()
    (event,) = db.session.query(Event).filter_by(ticket_id=ticket_id, step="report_from_site")
    assert [one.name for one in db.session.query(Attachment).filter_by(event_id=event.id)] == ["kabel.jpg"]
    tono.complaints.clear()


SOON = """new Date(Date.now() + 3 * 36e5).toLocaleString('sv', { timeZone: 'Asia/Jakarta' })
  .slice(0, 16).replace(' ', 'T')"""


def told_on(page, form, words) -> None:
    script = "([f, w]) => document.querySelector(f + ' [data-field-state]').textContent.includes(w)"
    page.wait_for_function(script, arg=[form, words])


def meet_once(ill, route) -> None:
    line = Line(0)
    line.seen, line.run = 1, Line.ILLS.index(ill) - 1
    line.meet(route)


@pytest.mark.slow
def test_browser_killed_between_two_photos_has_both_when_it_comes_back(app, browser, address, tmp_path):
    ticket_id = installation_at("survey").id
    db.session.remove()
    form = f"{address}/admin/survey/fill/{ticket_id}"
    phone = partial(
        browser.browser_type.launch_persistent_context,
        str(tmp_path / "phone"),
        executable_path=CHROMIUM,
        args=["--no-sandbox", "--disable-gpu"],
        viewport=PHONE,
        service_workers="block",
    )
    first = phone()
    page = first.pages[0]
    page.goto(f"{address}/admin/login")
    page.fill("#username", "tono")
    page.fill("#password", PASSWORD)
    page.get_by_role("button", name="Masuk", exact=True).click()
    page.wait_for_url("**/admin/")
    cookies = first.cookies()
    page.goto(form)
    open_parts(page)
    page.route(
        "**/admin/survey/**", lambda route: route.abort() if route.request.method == "POST" else route.continue_()
    )
    page.fill("#dist", "SW-B2-77")
    for number, colour in enumerate(("red", "blue"), 1):
        page.set_input_files("#foto", [photo(colour, f"{colour}.jpg")])
        page.wait_for_function("n => document.querySelectorAll('[data-photo-lines] .is-bad').length === n", arg=number)
    kill(tmp_path / "phone")

    second = phone()
    second.add_cookies(cookies)
    page = second.pages[0]
    page.goto(form)
    wait_until_empty(page)
    kept, photos = written("survey", ticket_id)
    assert kept == "SW-B2-77" and len(photos) == len(set(photos)) == 2
    second.close()


def kill(profile) -> None:
    """The browser of this profile, as a battery that is empty does it."""
    for place in Path("/proc").glob("[0-9]*"):
        try:
            words = (place / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if f"--user-data-dir={profile}".encode() in words and not any(word.startswith(b"--type=") for word in words):
            os.kill(int(place.name), signal.SIGKILL)


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
