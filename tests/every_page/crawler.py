"""Walks the site as one person: from a few doors along every link, one or two pages of each kind."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

import lxml.html
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException

from tests import pages

MOST_OF_A_KIND = 1
DOOR = "a door"  # is tried; whether it opens is the business of the table of rights
# Pages of which each row is different: every procedure at every desk.
MOST_OF = {
    "ticket.details_view": 99,
    "public.status": 12,
    "public.procedure": 12,
    "public.text_page": 9,
    "bulk_all.run": 3,
    "profile.index": 3,  # of the register of people, of a unit's contacts, of a ticket
}


class Crawl:
    """`pages` holds every address that answered with a page, `endpoints` all that answered, `faults` the rest."""

    def __init__(
        self, app: Flask, client: FlaskClient, doors: Iterable[str], most: int = 99, within: str = "/"
    ) -> None:
        self.client, self.most, self.within = client, most, within
        self.urls = app.url_map.bind("localhost")
        self.pages: dict[str, str] = {}
        self.endpoints: set[str] = set()
        self.faults: list[str] = []
        self._seen: set[str] = set()
        self._kinds: Counter[Any] = Counter()
        self._queue = deque((door, DOOR) for door in doors)
        while self._queue:
            self._visit(*self._queue.popleft())

    def _visit(self, path: str, source: str) -> None:
        if path in self._seen:
            return
        kind = self._kind(path, source)
        if kind is None:
            return
        self._seen.add(path)
        if self._kinds[kind] >= min(MOST_OF.get(kind[0], MOST_OF_A_KIND), self.most):
            return
        self._kinds[kind] += 1
        answer = self.client.get(path)
        if answer.status_code in (301, 302, 303):
            self.endpoints.add(kind[0])
            self._queue.append((urljoin(path, answer.headers["Location"]).split("#")[0], path))
        elif answer.status_code != 200:
            if source != DOOR or answer.status_code not in (403, 404):
                self.faults.append(f"{source} leads to {path}, which answers {answer.status_code}")
        else:
            self.endpoints.add(kind[0])
            if answer.mimetype == "text/html":
                self._read(path, answer.text)
        answer.close()

    def _read(self, path: str, html: str) -> None:
        self.pages[path] = html
        self.faults += [f"{path}: {fault}" for fault in pages.faults(html)]
        root = lxml.html.document_fromstring(html)
        links = root.xpath("//a/@href")
        for form in root.xpath("//form[not(@method) or @method='get'][@action]"):
            hidden = {field.get("name"): field.get("value", "") for field in form.xpath(".//input[@type='hidden']")}
            links.append(f"{form.get('action')}?{urlencode(hidden)}".rstrip("?"))
        for link in links:
            target = urlsplit(urljoin(path, link))
            if not target.scheme and not target.netloc and target.path.startswith(self.within):
                self._queue.append((target.path + (f"?{target.query}" if target.query else ""), path))

    def _kind(self, path: str, source: str) -> tuple[str, ...] | None:
        """What makes two addresses one kind of page: the endpoint and the names of its arguments."""
        parts = urlsplit(path)
        try:
            endpoint, _arguments = self.urls.match(parts.path, method="GET")
        except HTTPException:
            if source != DOOR:
                self.faults.append(f"{source} leads to {path}, which is no address")
            return None
        if endpoint.endswith("static") or endpoint == "public.switch_language":
            return None
        return (endpoint, *sorted({name for name, _value in parse_qsl(parts.query)}))
