"""A real server for each test, and a browser for all of them: each person has a context of their own in it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright
from werkzeug.serving import make_server

from models.base.db import db
from public.tickets import form_nonce
from tests.accounts.conftest import slapd  # noqa: F401 - a fixture of the account stories
from tests.inbox.conftest import box, dovecot, fetched_box  # noqa: F401 - fixtures of the story by mail
from tests.inbox.test_mail_story import postbox  # noqa: F401 - the server to which our mails go

CHROMIUM = "/usr/bin/chromium"
PHONE = {"width": 390, "height": 844}
OFFICE = {"width": 1366, "height": 900}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium for this file: Playwright's own event loop must not outlive it, other tests start loops of theirs."""
    if not Path(CHROMIUM).exists():
        pytest.skip("Chromium is not installed; scripts/install-test-tools installs it where it may.")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield chromium
        chromium.close()


@pytest.fixture(autouse=True)
def quick_hands(monkeypatch: pytest.MonkeyPatch) -> None:
    """These people fill a form faster than anybody can; tests/public/test_complaint_form.py proves that it is held."""
    monkeypatch.setattr(form_nonce, "LEAST_SECONDS", 0)


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """The application behind a real server on a free port."""
    db.session.remove()
    server = make_server("127.0.0.1", 0, app, threaded=True)
    server.daemon_threads = False  # closing it waits for every request: none may write when the database is put back
    address = f"http://127.0.0.1:{server.port}"
    before, app.config["BASE_URL"] = app.config["BASE_URL"], address
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield address
    server.shutdown()
    thread.join()
    server.server_close()
    app.config["BASE_URL"] = before


class Visitor:
    """One person's own browser; what its console complains of fails the test.

    It lays up no pages unless `keeps`: sixty files a browser are fetched for that (tests/browser/test_without_signal.py).
    """

    def __init__(self, browser: Browser, address: str, size: dict[str, int], keeps: bool = False) -> None:
        self.address, self.complaints = address, []
        self.context: BrowserContext = browser.new_context(
            viewport=size, locale="id-ID", timezone_id="Asia/Jakarta", service_workers="allow" if keeps else "block"
        )
        self.context.set_default_timeout(60_000)  # milliseconds; a busy machine is no fault
        self.page: Page = self.context.new_page()
        self.page.on("console", self._heard)

    def _heard(self, message: ConsoleMessage) -> None:
        is_cut = "net::ERR_INTERNET_DISCONNECTED" in message.text  # by the test itself
        if message.type == "error" and "status of 4" not in message.text and not is_cut:
            self.complaints.append(message.text)

    def go(self, path: str) -> Page:
        self.page.goto(self.address + path)
        assert self.page.evaluate("document.documentElement.scrollWidth") <= self.page.viewport_size["width"]
        return self.page

    def log_in(self, username: str, password: str) -> Page:
        page = self.go("/admin/login")
        page.fill("#username", username)
        page.fill("#password", password)
        page.get_by_role("button", name="Masuk", exact=True).click()
        page.wait_for_url("**/admin/")
        return page


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Any]:
    """Opens browsers: visit(PHONE) is one person's."""
    people: list[Visitor] = []

    def new(size: dict[str, int] = OFFICE, keeps: bool = False) -> Visitor:
        people.append(Visitor(browser, address, size, keeps))
        return people[-1]

    yield new
    found = [c for person in people for c in person.complaints]
    for person in people:
        person.context.close()
    assert found == []
