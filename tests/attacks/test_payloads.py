"""Every payload in every text that somebody can fill in, on every page that shows it, in Chromium: none of them runs.

The policy that would stop a script is switched off for these browsers, so that only our own escaping stands between.
CI looks at a sample of pages; `make attacks` puts each payload into each field and looks at every page.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import sync_playwright
from sqlalchemy import String, inspect

from models.base.db import db, write_transaction
from models.tickets.ticket_keys import link_of
from tests.accounts import stories as desk
from tests.attacks import report
from tests.attacks.payloads import payloads
from tests.attacks.test_fuzz import HOW_MANY, SAMPLE, SEED
from tests.browse import Person
from tests.browser.conftest import CHROMIUM, OFFICE
from tests.browser.conftest import address as address  # a fixture of the browser tests
from tests.installation.installation_walk import installation_at
from tests.walk import complaint_at

IN_CI = 24  # pages
FEWEST_CHARACTERS = 60  # shorter columns hold keys and states, which nobody types
NOT_TYPED = {"password_hash", "sha256", "file_hash", "token_hash", "key", "step", "place", "message_id", "dedupe_key"}
HANDLERS = """() => [...document.querySelectorAll('*')].filter(e =>
  [...e.attributes].some(a => a.name.startsWith('on') || /^\\s*(javascript|data:text)/i.test(a.value) &&
    ['href', 'src', 'action', 'formaction', 'data', 'srcdoc'].includes(a.name))).map(e => e.outerHTML.slice(0, 200))"""
PEOPLE = ("budi", "rudi", "sari", "wati", "rina", "hadi", "ketua")


def fields() -> list[tuple[Any, str, int]]:
    """Every text column of every table: the model, its name, how long it may be."""
    found = []
    for mapper in db.Model.registry.mappers:
        for column in mapper.column_attrs:
            kind = column.columns[0].type
            length = getattr(kind, "length", None) or 1_000
            typed = isinstance(kind, String) and length >= FEWEST_CHARACTERS and not column.columns[0].unique
            if typed and column.key not in NOT_TYPED:
                found.append((mapper.class_, column.key, length))
    return sorted(found, key=lambda one: (one[0].__name__, one[1]))


def fill(shift: int) -> set[tuple[str, str, int]]:
    """Put the next payloads into every field of the newest rows; says which payload now stands in which field."""
    every, done = payloads(), set()
    with write_transaction():
        for place, (model, name, length) in enumerate(fields()):
            number, text = (shift + place) % len(every), ""
            for _tried in range(len(every)):  # as many as the field holds, one after the other
                more = every[number % len(every)]
                if len(text) + len(more) >= length:
                    break
                done.add((model.__name__, name, number % len(every)))
                text, number = f"{text} {more}" if text else more, number + 1
            if text:
                for row in db.session.query(model).order_by(*inspect(model).primary_key).limit(20):
                    setattr(row, name, text)
    return done


def pages(rows: dict[str, int], tickets: list[int]) -> list[tuple[str, str]]:
    """(person, path) of every page that shows a row; the first person of PEOPLE who may open it does."""
    panel = [
        *(f"/admin/{view}/{act}" for view, row in rows.items() for act in ("", f"details/?id={row}", f"edit/?id={row}")),
        *(f"/admin/ticket/details/?id={ticket}" for ticket in tickets),
        *(f"/admin/{view}/" for view in ("rab", "bill", "survey", "quality_test", "payment", "request_letter", "account",
                                         "person", "identity_check", "one_time_link", "disposition", "price_item")),
        "/admin/", "/admin/shift/", "/admin/search/?q=script", "/admin/access/?part=people", "/admin/people_import/",
        "/admin/password/?search=script", "/admin/installation/reports/", "/admin/setting/", "/admin/setup/",
    ]  # fmt: skip
    outside = ["/", "/gangguan", "/prosedur", "/unduhan", "/akun-internet", "/privasi", "/pengaduan"]
    return [*(("panel", path) for path in panel), *(("stranger", path) for path in outside)]


class Looker:
    """A person's browser without the policy; `ran` are the payloads that ran, `left` what still could."""

    def __init__(self, browser: Any, address: str, person: Person) -> None:
        self.address, self.ran, self.left = address, list[str](), list[str]()
        self.context = browser.new_context(viewport=OFFICE, bypass_csp=True)
        if cookie := person.client.get_cookie("sid"):
            self.context.add_cookies([{"name": "sid", "value": cookie.value, "url": address}])
        self.path = ""
        self.context.expose_binding("ran", lambda _source, number: self.ran.append(f"{self.path}: {number}"))
        self.page = self.context.new_page()
        self.page.on("dialog", lambda dialog: dialog.dismiss())

    def look(self, path: str) -> int:
        self.path = path
        answer = self.page.goto(self.address + path, wait_until="load")
        if answer.status == 200:
            self.left += [f"{path}: {html}" for html in self.page.evaluate(HANDLERS)]
        return int(answer.status)

    def runs_raw(self, payload: str) -> bool:
        """The payload as a page of its own, unescaped: does the browser of this test hear it?"""
        before = len(self.ran)
        self.page.set_content(f"<html><body>{payload}</body></html>")
        self.page.wait_for_timeout(30)
        heard = self.ran[before:]
        del self.ran[before:]
        return bool(heard)


@pytest.fixture
def browser() -> Iterator[Any]:
    """Chromium for this test alone: Playwright's own event loop must not outlive it."""
    if not Path(CHROMIUM).exists():
        pytest.skip("Chromium is not installed; scripts/install-test-tools installs it where it may.")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield chromium
        chromium.close()


@pytest.fixture
def world(app: Any, rows: dict[str, int]) -> tuple[dict[str, int], list[int], list[str]]:
    """A row of every register, tickets of three procedures, and the ways in of their holders."""
    tickets = [complaint_at("resolved"), installation_at("payment"),
               desk.change_at("second", desk.unit_account(), contact=desk.dewi())]  # fmt: skip
    return rows, [one.id for one in tickets], [link_of(one).removeprefix(app.config["BASE_URL"]) for one in tickets]


@pytest.mark.only("sqlite")  # what Chromium makes of a page does not depend on the database
def test_d11_no_payload_runs_in_any_field_on_any_page(app, world, browser, address):
    rows, tickets, links = world
    whole, chance = HOW_MANY > SAMPLE, random.Random(SEED)  # noqa: S311  # repeatable, no secret
    people = {name: Looker(browser, address, Person(app, name)) for name in (PEOPLE if whole else PEOPLE[:3])}
    people["stranger"] = Looker(browser, address, Person(app))
    control = payloads() if whole else payloads()[:5]
    heard = sum(people["stranger"].runs_raw(payload) for payload in control)
    assert heard > len(control) // 3, "the browser of this test would hear a payload that runs"
    opens: dict[str, str] = {}
    holder = Looker(browser, address, Person(app))
    shown, done = 0, set[tuple[str, str, int]]()
    turns = min(len(payloads()), HOW_MANY // 100) if whole else 1
    for turn in range(turns):
        done |= fill(turn * len(payloads()) // turns if whole else chance.randrange(len(payloads())))
        todo = pages(rows, tickets)
        for who, path in todo if whole else chance.sample(todo, IN_CI):
            tried = (
                [opens[path]] if path in opens else [who] if who in people else [n for n in people if n != "stranger"]
            )
            for name in tried:
                if people[name].look(path) == 200:
                    opens[path], shown = name, shown + 1
                    break
        for link in links if whole else links[:1]:
            shown += holder.look(link) == 200
    ran = [one for looker in (*people.values(), holder) for one in looker.ran]
    left = [one for looker in (*people.values(), holder) for one in looker.left]
    if whole:
        report.put(
            "Payloads in Chromium",
            f"{len(payloads())} payloads, {len(fields())} text fields, {len(done):,} of their pairs, {len(opens)} kinds of "
            f"pages, {shown:,} pages looked at without the policy. **{len(ran)} ran, {len(left)} handlers were left.** "
            f"Unescaped, {heard} of {len(control)} are heard by this browser.",
        )
    assert (ran, left) == ([], [])
    assert shown > IN_CI // 2
