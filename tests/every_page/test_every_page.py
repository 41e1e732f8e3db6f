"""Every page of the panel and the public site, as everybody who may see it, in both languages.

The walk follows the links of the site, so a new page is walked as soon as something leads to it. A new address
that nothing links to needs one line: in `unlinked` (conftest.py), if it comes by mail or on paper, or in `NO_PAGE`
with the reason why it shows no page.
"""

from __future__ import annotations

from flask import Flask

from models.base.db import db
from tests.browse import Person
from tests.every_page import conftest as site
from tests.every_page.crawler import Crawl
from tests.every_page.languages import Tongue, texts
from tests.frame.test_rights import GONE, REGISTERS

MOST_FOR_OTHERS = 3  # pages of a kind; the last two of the staff read every ticket
STAFF = ["sari", "rudi", "wati", "rina", "hadi", "lina", "ketua", "yusuf", "tono", "budi"]


def in_language(person: Person, language: str) -> Person:
    """On the public pages of this device, and in the panel if it is somebody's."""
    person.client.get(f"/bahasa/{language}")
    person.post("/admin/language", {"language": language})
    return person


def foreign(crawl: Crawl, tongues: dict[str, Tongue], typed: set[str]) -> list[str]:
    """Texts of the other language, each with the first page where it stands."""
    found = {}
    for path, html in crawl.pages.items():
        for language, text in texts(html):
            if text and text not in found and _is_foreign(text, tongues[language], typed):
                found[text] = f"{path}: not {language}: {text!r}"
    return list(found.values())


def _is_foreign(text: str, tongue: Tongue, typed: set[str]) -> bool:
    if text in typed or not tongue.finds_foreign(text):
        return False
    if text in tongue.exact:
        return True
    rest = text
    for value in sorted((v for v in typed if v in text), key=len, reverse=True):
        rest = rest.replace(value, " ")
    return tongue.finds_foreign(" ".join(rest.split()))


def reached(app: Flask, crawls: list[Crawl]) -> list[str]:
    """The addresses that no person came to although the table of rights opens them to somebody."""
    seen = set().union(*(crawl.endpoints for crawl in crawls))
    missing = []
    for rule in app.url_map.iter_rules():
        endpoint = rule.endpoint
        if "GET" not in rule.methods or endpoint in seen or endpoint in site.NO_PAGE or endpoint.endswith("static"):
            continue
        if site.SHUT_DOORS.search(endpoint) or _opens_to_nobody(rule.rule):
            continue
        missing.append(f"nobody came to {rule.rule} ({endpoint}): see the docstring of {__name__}")
    return missing


def _opens_to_nobody(rule: str) -> bool:
    view, _slash, act = rule.removeprefix("/admin/").rstrip("/").partition("/")
    rights = REGISTERS.get(view)
    if rights is None or act not in ("new", "edit", "delete", "details", "export"):
        return False
    otherwise = {"delete": set(), "details": rights["list"], "export": rights["list"]}.get(act, rights["write"])
    return (view, act) in GONE or not rights.get(act, otherwise)


def test_everybody_reads_every_page_in_their_language_and_no_link_is_dead(demo, database):
    """On PostgreSQL one person of each kind: the pages are the same, their questions to the database are not."""
    tongues = {language: Tongue(language) for language in ("id", "en")}
    everybody: list[tuple[Person, list[str]]] = [(Person(demo), ["/", *site.unlinked()])]
    everybody += [(Person(demo), links) for links in site.holders()]
    doors = ["/admin/", *site.first_rows()]
    everybody += [(Person(demo, name), doors) for name in (STAFF if database == "sqlite" else STAFF[:3])]
    db.session.remove()
    readers, crawls = [person for person, _start in everybody[-2:]], []
    for nth, (person, start) in enumerate(everybody):
        both = nth == 0 or (start is doors and nth % 3 == 0 and database == "sqlite")
        for language in ("id", "en") if both else (("id", "en")[nth % 2],):
            most = 99 if person in readers and language == "id" else MOST_FOR_OTHERS
            within = "/" if start is doors or nth == 0 else "/tiket/"
            crawls.append(Crawl(demo, in_language(person, language).client, start, most, within))
    typed = site.typed_by_people()
    faults = [fault for crawl in crawls for fault in (*crawl.faults, *foreign(crawl, tongues, typed))]
    if database == "sqlite":
        faults += reached(demo, crawls)
    assert not faults, "\n".join(sorted(set(faults)))
