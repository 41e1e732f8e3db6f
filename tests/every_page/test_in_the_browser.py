"""Every page in a real browser, wide and on a phone: nothing from elsewhere, a silent console, no fault for axe.

On SQLite alone: what Chromium sees does not depend on the database, and each page costs a second.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest

from models.db import db
from tests.browse import Person
from tests.browser.conftest import OFFICE, PHONE, Visitor
from tests.browser.conftest import address as address  # fixtures of the browser tests
from tests.browser.conftest import browser as browser
from tests.conftest import PASSWORD
from tests.every_page import conftest as site
from tests.every_page.crawler import Crawl

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
ASK_AXE = "tags => axe.run({runOnly: tags, resultTypes: ['violations']})"
DARK = ["/", "/pengaduan", "/admin/", "/admin/ticket/", "/admin/unit/"]
POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{}'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


class Inspector:
    """A browser whose network ends at the product; `faults` is what it saw."""

    def __init__(self, browser: Any, address: str, username: str = "") -> None:
        self.visitor = Visitor(browser, address, OFFICE)
        self.page, self.address, self.faults, self.path = self.visitor.page, address, [], ""
        self.visitor.context.route("**/*", self._only_ours)
        self.page.on("console", lambda m: self._fault(f"console: {m.text}") if m.type == "error" else None)
        self.page.on("pageerror", lambda e: self._fault(f"script: {e}"))
        if username:
            self.visitor.log_in(username, PASSWORD)

    def _fault(self, text: str) -> None:
        self.faults.append(f"{self.path}: {text}")

    def _only_ours(self, route: Any) -> None:
        if route.request.url.startswith((self.address, "data:")):
            return route.continue_()
        self._fault(f"asks for {route.request.url}")
        return route.abort()

    def look(self, path: str, sizes: Any = (OFFICE, PHONE)) -> None:
        self.path = path
        answer = self.page.goto(self.address + path)
        policy = answer.headers.get("content-security-policy", "")
        nonce = policy.partition("'nonce-")[2].partition("'")[0]
        if len(nonce) < 16 or policy != POLICY.format(nonce):
            self._fault(f"policy: {policy}")
        for size in sizes:
            self.page.set_viewport_size(size)
            self._ask(f"{size['width']} px")

    def _ask(self, where: str) -> None:
        if self.page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            self._fault(f"{where}: scrolls sideways")
        self.page.evaluate(AXE)
        for fault in self.page.evaluate(ASK_AXE, RULES)["violations"]:
            node = fault["nodes"][0]
            self._fault(f"{where}: {fault['id']} ({len(fault['nodes'])}): {node['html'][:160]}")


def addresses(demo: Any, username: str) -> list[str]:
    """One address of each kind of page that this person may see."""
    doors = ["/", *site.unlinked()] if not username else ["/admin/", *site.first_rows()]
    person = Person(demo, username or None)
    db.session.remove()
    found = Crawl(demo, person.client, doors, 1)
    return [path for path in found.pages if "/invite/" not in path or not username]


@pytest.mark.only("sqlite")
@pytest.mark.parametrize("people", [["", "sari", "rudi"], ["budi", "tono", "wati"]], ids=["front", "back"])
def test_every_page_is_silent_accessible_and_asks_for_nothing_elsewhere(demo, address, browser, people):
    faults: list[str] = []
    seen: set[str] = set()
    for username in people:
        mine = [path for path in addresses(demo, username) if _kind(path) not in seen]
        seen |= {_kind(path) for path in mine}
        inspector = Inspector(browser, address, username)
        for path in mine:
            inspector.look(path)
        inspector.page.emulate_media(color_scheme="dark")
        for path in (p for p in mine if p in DARK):
            inspector.look(path)
        faults += inspector.faults
        inspector.visitor.context.close()
    assert not faults, "\n".join(faults)


def _kind(path: str) -> str:
    return path.partition("?")[0].rstrip("0123456789")
