"""Each kind of page in a real browser: nothing from elsewhere, a silent console, the policy, no fault for axe; on a
phone every target is large enough, in the dark every word stands out, and nothing leaves its page or its card.

The crawler finds the pages, so a new page is looked at without a line here. On SQLite alone: what Chromium sees does
not depend on the database.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import axe_playwright_python
import pytest
from flask import Flask

from models.base.db import db
from models.tickets.ticket import Ticket
from tests.browse import Person
from tests.browser.conftest import OFFICE, PHONE
from tests.browser.conftest import address as address  # fixtures of the browser tests
from tests.browser.conftest import browser as browser
from tests.every_page import conftest as site
from tests.every_page.crawler import Crawl
from tests.every_page.test_every_page import reached

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ASK_AXE = "tags => axe.run({runOnly: tags, resultTypes: ['violations']})"
POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{}'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; object-src 'none'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
FRAMES = {"inbox.index": "; frame-src 'self'"}  # a mail's HTML is read in a sandboxed frame of our own
ASK_SOME = "rules => axe.run({runOnly: {type: 'rule', values: rules}, resultTypes: ['violations']})"
# What stands out of its page or its card, to the right: neither cut with three dots nor meant for a reader's voice alone.
STANDS_OUT = """() => {
  const cut = (one) => ["hidden", "clip"].includes(getComputedStyle(one).overflowX);
  const isCut = (one, upTo) => { for (let up = one.parentElement; up && up !== upTo; up = up.parentElement) if (cut(up)) return true; return false; };
  const words = (one) => `${one.tagName.toLowerCase()}.${one.getAttribute("class") || ""} “${one.textContent.trim().slice(0, 40)}”`;
  const isHidden = (part) => part && getComputedStyle(part).clipPath !== "none"; // a phone draws cards instead of rows
  const found = [];
  for (const one of document.querySelectorAll("main *, header *, footer *, .pk-tabs *")) {
    const box = one.getBoundingClientRect();
    if (box.width < 2 || box.height < 2 || !one.checkVisibility() || one.closest(".pk-hide, svg, .pk-skip") || isHidden(one.closest("thead"))) continue;
    const style = getComputedStyle(one);
    if (one.clientWidth && one.scrollWidth > one.clientWidth + 1 && style.overflowX === "visible" && [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
      found.push(`${words(one)} has words that leave it`);
    const card = one.parentElement.closest(".pk-card, .pk-notice, .pk-aside");
    if (box.right > innerWidth + 1 && !isCut(one, document.body)) found.push(`${words(one)} ends at ${Math.round(box.right)} of ${innerWidth}`);
    else if (card && box.right > card.getBoundingClientRect().right + 1 && style.position !== "fixed" && !isCut(one, card.parentElement)) found.push(`${words(one)} stands out of its card`);
  }
  return found.slice(0, 3);
}"""
# On paper a page has its title, or is a slip to be handed over; nothing stands there to be typed into or pressed.
ON_PAPER = """() => {
  const shown = (one) => one.checkVisibility() && one.getBoundingClientRect().width > 1;
  const slip = document.querySelector(".pk-slip, .pk-password, .pk-shown");
  const found = slip || [...document.querySelectorAll("h1")].some(shown) ? [] : ["no title"];
  for (const part of document.querySelectorAll(".pk-panel :is(.pk-filter, .pk-period, .pk-say, .pk-pager, .pk-side, .pk-tabs)")) if (shown(part)) found.push(part.className);
  return found;
}"""
NOWHERE = "http://127.0.0.1:9"  # nobody listens on this port, so nothing but the product can be reached
# Each of these has pages that the ones above it do not see.
STAFF = ["tono", "sari", "budi", "rudi", "wati"]
ON_A_PHONE = {
    "public.front", "public.complaint", "public.status", "public.procedure", "login.log_in", "admin.index",
    "ticket.index_view", "ticket.details_view", "ticket.enter", "search.index", "unit.index_view", "unit.edit_view",
    "survey.fill", "rab.fill", "shift.picture", "password.index",
}  # fmt: skip
IN_THE_DARK = {"public.front", "admin.index", "ticket.index_view", "ticket.details_view", "unit.edit_view"}


class Inspector:
    """The browser of one person, with the cookie of their login; `faults` is what it met."""

    def __init__(self, browser: Any, address: str, person: Person) -> None:
        self.context = browser.new_context(
            viewport=OFFICE, proxy={"server": NOWHERE, "bypass": "127.0.0.1"}, service_workers="block"
        )
        if cookie := person.client.get_cookie("sid"):
            self.context.add_cookies([{"name": "sid", "value": cookie.value, "url": address}])
        self.page, self.address, self.faults, self.path = self.context.new_page(), address, [], ""
        self.nonces: set[str] = set()
        self.page.on("console", lambda m: self._fault(f"console: {m.text}") if m.type == "error" else None)
        self.page.on("pageerror", lambda e: self._fault(f"script: {e}"))
        self.page.on("request", self._leaves)

    def _fault(self, text: str) -> None:
        self.faults.append(f"{self.path}: {text}")

    def _leaves(self, request: Any) -> None:
        if not request.url.startswith((f"{self.address}/", "data:")):
            self._fault(f"asks for {request.url}")

    def look(self, path: str, endpoint: str) -> None:
        self.path = path
        answer = self.page.goto(self.address + path)
        policy = answer.headers.get("content-security-policy", "")
        nonce = policy.partition("'nonce-")[2].partition("'")[0]
        if len(nonce) < 16 or nonce in self.nonces or policy != POLICY.format(nonce) + FRAMES.get(endpoint, ""):
            self._fault(f"policy: {policy}")
        self.nonces.add(nonce)
        self.ask_axe("wide")
        self.page.set_viewport_size(PHONE)
        self.page.wait_for_timeout(300 if self.page.locator("canvas").count() else 0)  # a chart follows the window
        if endpoint in ON_A_PHONE:
            self.ask_axe("on a phone")
        else:
            self.ask_axe("on a phone", ["target-size"])
        self.page.set_viewport_size(OFFICE)
        self.page.emulate_media(color_scheme="dark")
        if endpoint in IN_THE_DARK:
            self.ask_axe("in the dark")
        else:
            self.ask_axe("in the dark", ["color-contrast"])
        self.page.emulate_media(color_scheme="light", media="print")
        for fault in self.page.evaluate(ON_PAPER):
            self._fault(f"on paper: {fault}")
        self.page.emulate_media(media="screen")

    def ask_axe(self, where: str, only: list[str] | None = None) -> None:
        """Everything, or only some rules; and whether anything stands out of the page or its card."""
        for fault in self.page.evaluate(STANDS_OUT):
            self._fault(f"{where}: {fault}")
        if self.page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            self._fault(f"{where}: scrolls sideways")
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE)
        asked = self.page.evaluate(ASK_SOME, only) if only else self.page.evaluate(ASK_AXE, RULES)
        for fault in asked["violations"]:
            nodes = fault["nodes"]
            self._fault(f"{where}: {fault['id']} ({len(nodes)}): {nodes[0]['html'][:200]}")


def readers(demo: Flask) -> Iterator[tuple[Person, Crawl]]:
    """Everybody who looks, with the pages they come to: a stranger, holders of a link, then the staff."""
    stranger = Person(demo)
    yield stranger, Crawl(demo, stranger.client, ["/", *site.unlinked()], 1)
    for links in site.holders():
        holder = Person(demo)
        yield holder, Crawl(demo, holder.client, links, 1, "/tiket/")
    for username in STAFF:
        person = Person(demo, username)
        yield person, Crawl(demo, person.client, ["/admin/", *site.first_rows()], 99 if username == "tono" else 3)


def kind_of(crawl: Crawl, path: str, procedures: dict[str, str]) -> tuple[str, str]:
    """The endpoint; a ticket's pages differ by its procedure, those of the public's procedures by their address."""
    parts = urlsplit(path)
    endpoint, found = crawl.urls.match(parts.path, method="GET")
    ticket = str(found.get("number") or parse_qs(parts.query).get("id", [""])[0])
    is_ticket = endpoint in ("ticket.details_view", "public.status")
    return endpoint, procedures[ticket] if is_ticket else parts.path if endpoint == "public.procedure" else ""


@pytest.mark.only("sqlite")
def test_every_page_is_silent_accessible_and_asks_for_nothing_elsewhere(demo, address, browser):
    procedures = {key: t.procedure for t in db.session.query(Ticket) for key in (str(t.id), t.number)}
    everybody = list(readers(demo))
    db.session.remove()
    faults: list[str] = reached(demo, [crawl for _person, crawl in everybody])
    seen: set[tuple[str, str]] = set()
    for person, crawl in everybody:
        fresh: dict[tuple[str, str], str] = {}
        for path in crawl.pages:
            kind = kind_of(crawl, path, procedures)
            if kind not in seen:
                fresh.setdefault(kind, path)
        if not fresh:
            continue
        seen |= fresh.keys()
        inspector = Inspector(browser, address, person)
        for (endpoint, _what), path in fresh.items():
            inspector.look(path, endpoint)
        faults += inspector.faults
        inspector.context.close()
    gone = (ON_A_PHONE | IN_THE_DARK) - {endpoint for endpoint, _what in seen}
    faults += [f"there is no page of {endpoint} any more" for endpoint in gone]
    assert not faults, "\n".join(faults)
