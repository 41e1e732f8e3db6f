"""Field work on a phone without a server: the page opens, is filled in and sent later; nobody else reads the copies."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect
from werkzeug.serving import make_server

from jobs.worker.send_outbox import send_outbox
from models.base.db import db, write_transaction
from models.installation.survey import survey_of
from models.organisation.push_device import PushDevice
from models.tickets.ticket import Ticket
from tests.browse import Person
from tests.browser.conftest import PHONE
from tests.browser.test_field_forms import NO_SIGNAL, kept_on_phone, open_parts, photo, state, wait_until_empty
from tests.conftest import PASSWORD
from tests.installation.installation_walk import installation_at
from tests.outages.walk import network_outage_at
from tests.push_service import push_service
from tests.walk import file_complaint

pytestmark = pytest.mark.only("sqlite")  # what a phone keeps does not depend on the database
HERE = "Ada di ponsel ini sejak"
COPY = "Salinan di ponsel ini"
AWAY = "Server tidak terjangkau"


class Mast:
    """The server behind a signal that comes and goes."""

    def __init__(self, app) -> None:
        self.app, self.port = app, 0
        self.up()

    def up(self) -> None:
        self.server = make_server("127.0.0.1", self.port, self.app, threaded=True)
        self.port = self.server.port
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def down(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def mast(app, monkeypatch) -> Iterator[Mast]:
    db.session.remove()
    found = Mast(app)
    monkeypatch.setitem(app.config, "BASE_URL", f"http://127.0.0.1:{found.port}")
    yield found
    found.down()


@pytest.fixture
def address(mast) -> str:
    return f"http://127.0.0.1:{mast.port}"


def laid_up(person):
    """Field work is opened, and the phone has it."""
    page = person.go("/admin/field/")
    page.wait_for_function("w => document.querySelector('[data-keep]').textContent.includes(w)", arg=HERE)
    return page


def copies(page) -> list[str]:
    """The addresses of what is kept of the panel, without the shell."""
    return page.evaluate("""async () => {
      if (!(await caches.has("field"))) return [];
      return (await (await caches.open("field")).keys()).map(({ url }) => url.replace(location.origin, "")).sort();
    }""")


def test_a_survey_is_filled_in_where_there_is_no_server_after_the_tab_was_closed(app, visit, mast):
    ticket_id = installation_at("survey").id
    db.session.remove()
    tono = visit(PHONE, keeps=True)
    tono.log_in("tono", PASSWORD)
    page = laid_up(tono)
    form, folder = f"/admin/survey/fill/{ticket_id}", f"/admin/ticket/details/?id={ticket_id}"
    kept = copies(page)
    assert {"/admin/field/", form, folder, "/owner"} <= set(kept)
    assert [each for each in kept if each not in ("/admin/field/", form, folder, "/owner")] == [
        each for each in kept if each.startswith("/admin/ticket/file/")
    ], "nothing else of the panel"
    page.close()
    mast.down()
    tono.context.set_offline(True)

    page = tono.page = tono.context.new_page()
    page.on("console", tono._heard)
    page.goto(f"{tono.address}/admin/field/")
    assert COPY in page.locator("[data-kept-copy]").inner_text()
    page.get_by_role("link", name="Formulir survey").click()
    page.wait_for_url(f"**{form}")
    assert COPY in page.locator("[data-kept-copy]").inner_text()
    open_parts(page)
    page.fill("#dist", "SW-B2-01, ruang panel")
    state(page, NO_SIGNAL)
    for number, colour in enumerate(("red", "green", "blue", "white", "gray"), 1):
        page.set_input_files("#foto", [photo(colour, f"{colour}.jpg")])
        page.wait_for_function("n => document.querySelectorAll('[data-photo-lines] .is-bad').length === n", arg=number)
    page.close()
    page = tono.page = tono.context.new_page()
    page.goto(f"{tono.address}/admin/setting/", wait_until="load")
    assert AWAY in page.inner_text("main"), "what was not laid up is not there"
    page.goto(f"{tono.address}{form}")
    page.wait_for_function("() => document.querySelector('#dist').value === 'SW-B2-01, ruang panel'")
    assert kept_on_phone(page) == [1, 5]

    mast.up()
    tono.context.set_offline(False)
    wait_until_empty(page)
    db.session.rollback()
    survey = survey_of(db.session.get(Ticket, ticket_id))
    assert survey.distribution_point == "SW-B2-01, ruang panel"
    assert len(survey.photos) == len({row.attachment.sha256 for row in survey.photos}) == 5
    tono.complaints.clear()  # of the browser about a server that is away


def test_after_logout_after_a_lost_session_and_for_another_officer_nothing_is_readable(app, visit, mast):
    network_outage_at("on_site")
    installation_at("survey")
    db.session.remove()
    tono = visit(PHONE, keeps=True)
    tono.log_in("tono", PASSWORD)
    page = laid_up(tono)
    assert len(copies(page)) > 3
    tono.go("/admin/")
    page.evaluate("document.querySelector('form[action=\"/admin/logout\"]').requestSubmit()")
    page.wait_for_url("**/admin/login")
    assert copies(page) == []
    mast.down()
    page.goto(f"{tono.address}/admin/field/")
    assert AWAY in page.inner_text("main")
    mast.up()

    tono.log_in("tono", PASSWORD)
    laid_up(tono)
    cookies = tono.context.cookies()
    tono.context.clear_cookies()  # the session ended elsewhere
    page.goto(f"{tono.address}/admin/field/")
    page.wait_for_url("**/admin/login**")
    page.wait_for_function("async () => !(await caches.has('field'))")

    tono.context.add_cookies(cookies)
    laid_up(tono)
    rina = visit(PHONE, keeps=True)
    rina.log_in("rina", PASSWORD)
    tono.context.clear_cookies()
    tono.context.add_cookies(rina.context.cookies())  # another person's session on this phone
    tono.go("/admin/")
    page.wait_for_function("async () => !(await (await caches.open('field')).match('/admin/field/'))")
    tono.complaints.clear()


def test_a_copy_of_yesterday_is_shown_no_more(app, visit, mast):
    installation_at("survey")
    db.session.remove()
    tono = visit(PHONE, keeps=True)
    tono.log_in("tono", PASSWORD)
    page = laid_up(tono)
    page.evaluate("""async () => {
      const cache = await caches.open("field");
      const kept = await cache.match("/admin/field/");
      const headers = new Headers(kept.headers);
      headers.set("X-Kept-At", new Date(Date.now() - 25 * 3600 * 1000).toISOString());
      await cache.put("/admin/field/", new Response(await kept.text(), { headers }));
    }""")
    mast.down()
    page.goto(f"{tono.address}/admin/field/")
    assert AWAY in page.inner_text("main") and copies(page) == []
    mast.up()
    tono.complaints.clear()


def test_the_panel_is_installable_and_names_its_officer_s_own_visits_only(app, visit, mast):
    installation_at("survey")
    outage = network_outage_at("on_site")
    subject = outage.subject
    assert subject in Person(app, "tono").get("/admin/field/").text
    assert subject not in Person(app, "lina").get("/admin/field/").text
    assert Person(app, "sari").get("/admin/field/").status_code == 403
    db.session.remove()
    tono = visit(PHONE, keeps=True)
    tono.log_in("tono", PASSWORD)
    page = laid_up(tono)
    faults = tono.context.new_cdp_session(page).send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert [fault for fault in faults if fault["errorId"] != "in-incognito"] == []


MADE = """(fields) => {
  const made = { endpoint: fields.endpoint, keys: { p256dh: fields.public_key, auth: fields.auth } };
  let now = null;
  const subscription = { ...made, toJSON: () => made, unsubscribe: async () => { now = null; return true; } };
  PushManager.prototype.getSubscription = async () => now;
  PushManager.prototype.subscribe = async (asked) => {
    window.askedKey = btoa(String.fromCharCode(...asked.applicationServerKey));
    now = subscription;
    return now;
  };
}"""
SHOWN = """async () => (await (await navigator.serviceWorker.ready).getNotifications()).map(
  ({ title, body, data }) => [title, body, data.to])"""


def test_phone_switched_on_shows_number_and_kind_once_and_a_tap_leads_to_the_ticket(app, cast, visit, address):
    """The browser's own service cannot be reached here: it makes the test's address, and DevTools hands the message on."""
    with push_service() as service:
        app.config["PUSH_SERVICES"] = [service.origin]
        browser, tono = service.browser("tono"), visit(PHONE, keeps=True)
        tono.context.grant_permissions(["notifications"], origin=address)
        tono.log_in("tono", PASSWORD)
        page = tono.go("/admin/me/push/")
        page.evaluate("navigator.serviceWorker.ready.then(() => 1)")
        page.evaluate(MADE, browser.fields)
        page.get_by_role("button", name="Nyalakan di perangkat ini").click()
        page.wait_for_selector("text=Notifikasi menyala di perangkat ini.")
        expect(page.get_by_role("button", name="Matikan notifikasi di Chrome di Linux")).to_be_visible()
        with write_transaction():
            db.session.query(PushDevice).update({"quiet_from": 0, "quiet_until": 0})
        app.extensions.pop("settings_cache", None)
        number = file_complaint(subject="Rahasia Andi").number
        send_outbox()
        (told,) = browser.told
        db.session.remove()
        devices = tono.context.new_cdp_session(page)
        ids = []
        devices.on("ServiceWorker.workerRegistrationUpdated", lambda said: ids.extend(said["registrations"]))
        devices.send("ServiceWorker.enable")
        page.wait_for_timeout(300)
        for _twice in range(2):
            message = {"origin": address, "registrationId": ids[0]["registrationId"], "data": json.dumps(told)}
            devices.send("ServiceWorker.deliverPushMessage", message)
        for _turn in range(100):
            if shown := page.evaluate(SHOWN):
                break
            page.wait_for_timeout(50)
        assert shown == [[number, "Penugasan", told["to"]]]
        assert page.evaluate("caches.has('pushes')")
        tono.context.clear_cookies()
        tono.log_in("rina", PASSWORD)  # on the same phone
        tono.page.wait_for_function("() => caches.has('pushes').then((has) => !has)")
