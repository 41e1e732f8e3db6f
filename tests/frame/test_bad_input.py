"""What nobody types by accident: security.md D10, D11 and D13's forged host, at every door of the panel."""

from __future__ import annotations

from collections.abc import Iterator

import lxml.html
import pytest
from sqlalchemy import String, inspect

from models.base.db import db, write_transaction
from models.organisation.unit import Unit
from models.tickets.ticket import Ticket
from tests.browse import Person
from tests.frame.test_rights import REGISTERS

pytestmark = pytest.mark.slow

BAD = ["-1", "0", "1,2", "abc", "99999999999999999999", "9" * 5000, "\x00", "'", "²", "1e9", "../../etc/passwd", "%"]
ARGS = [
    "id",
    "page",
    "after",
    "before",
    "search",
    "sort",
    "state",
    "step",
    "group",
    "unit",
    "assignee",
    "kind",
    "active",
    "flt0_0",
    "page_size",
]
LEAKS = ("Traceback", "sqlalchemy", "SELECT ", "psycopg", "sqlite3")
SCRIPT = '"><script>alert(1)</script><img src=x onerror=alert(1)>{{7*7}}'


def questions(name: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Every argument at every door, one bad value a question; shut doors get all arguments at once.

    Row ids and what becomes a condition meet every bad value; of the others one in turn, register after register. What
    Sari was answered at an open door, Rudi is not asked again.
    """
    for nth, (view, rights) in enumerate(REGISTERS.items()):
        is_open = name in rights["list"] and (name == "sari" or "sari" not in rights["list"])
        for key in ARGS[1:] if is_open else ():
            for value in BAD if key in ("after", "search", "group") else (BAD[4 + (nth + len(key)) % 3],):
                yield f"/admin/{view}/", {key: value}
            yield f"/admin/{view}/export/", {key: BAD[(nth + len(key)) % len(BAD)]}
        for act in ("details/", "edit/", "delete/") if is_open else ():
            for value in BAD:
                yield f"/admin/{view}/{act}", {"id": value}
        for act in ("", "details/", "edit/", "delete/", "export/"):
            yield f"/admin/{view}/{act}", dict.fromkeys(ARGS, BAD[nth % len(BAD)])


@pytest.mark.parametrize("name", ["sari", "rudi"])
def test_d10_no_bad_argument_makes_a_fault_or_tells_of_the_database(app, rows, name):
    person = Person(app, name)
    for door, query in questions(name):
        answer = person.client.get(door, query_string=query)
        asked = (door, {key: value[:30] for key, value in query.items()})
        assert answer.status_code in (200, 303, 400, 403, 404), (*asked, answer.status_code)
        assert not [leak for leak in LEAKS if leak in answer.text], asked


def test_d10_a_search_of_two_thousand_words_and_pages_below_the_end_are_answered(app, rows):
    sari = Person(app, "sari")
    for view in ("unit", "ticket", "contact"):
        assert sari.get(f"/admin/{view}/?search={'kata+' * 2000}").status_code == 200
    last = db.session.query(Unit).order_by(Unit.name.desc(), Unit.id.desc()).first()
    assert "Tidak ada yang cocok" in sari.get(f"/admin/unit/?after={last.id}").text


def test_d10_a_null_character_is_refused_wherever_it_is_posted(app, rows):
    sari = Person(app, "sari")
    words = "Ada\x00di sini"
    forms = [
        ("/admin/login", {"username": words, "password": words}),
        ("/admin/unit/new/", {"code": "X1", "name": words, "kind": "bureau", "parent_id": "0"}),
        (f"/admin/page/edit/?id={rows['page']}", {"title": "Privasi", "text": words, "seen": "x"}),
        (f"/admin/ticket/{rows['ticket']}/do/note", {"text": words, "once": words}),
    ]
    for path, fields in forms:
        assert sari.post(path, fields).status_code == 400, path


def _poison() -> None:
    """Script in every text column of every register."""
    with write_transaction():
        for mapper in db.Model.registry.mappers:
            table = mapper.class_
            for column in inspect(table).column_attrs:
                kind = column.columns[0].type
                length = getattr(kind, "length", None) or 1000
                if isinstance(kind, String) and length >= 60 and not column.columns[0].unique:
                    for row in db.session.query(table).limit(20):
                        if column.key not in ("password_hash", "sha256", "key", "step"):
                            setattr(row, column.key, SCRIPT[:length])


def test_d11_scripts_stored_in_every_text_column_run_on_no_page(app, rows):
    people = [Person(app, name) for name in ("sari", "budi", "rudi")]
    _poison()
    shown = 0
    for person in people:
        for view, row_id in rows.items():
            for path in (f"/admin/{view}/", f"/admin/{view}/details/?id={row_id}", f"/admin/{view}/edit/?id={row_id}"):
                answer = person.client.get(path, follow_redirects=True)  # a contact's details: the person's one page
                assert answer.status_code in (200, 403, 404), (path, answer.status_code)
                assert answer.request.path in (path.split("?")[0], "/admin/profile/"), (path, answer.request.path)
                root = lxml.html.document_fromstring(answer.text)
                assert root.xpath("//script[not(@src)] | //*[@onerror] | //img[@src='x']") == [], path
                shown += "alert(1)" in answer.text
    assert shown > 30


def test_d11_a_refused_form_and_its_flash_show_what_was_typed_as_text(app, cast):
    sari = Person(app, "sari")
    answer = sari.post("/admin/unit/new/", {"code": SCRIPT, "name": SCRIPT, "kind": "x", "parent_id": "abc"})
    assert answer.status_code == 422
    root = lxml.html.document_fromstring(answer.text)
    assert root.xpath("//script[not(@src)] | //*[@onerror]") == []
    assert SCRIPT in root.xpath("//input[@name='name']/@value")


def test_d13_a_forged_host_is_refused(app):
    app.config["TRUSTED_HOSTS"] = ["helpdesk.example"]
    try:
        forged = app.test_client().get("/admin/", headers={"Host": "evil.example"})
        known = app.test_client().get("/admin/", headers={"Host": "helpdesk.example"})
    finally:
        app.config["TRUSTED_HOSTS"] = None
    assert (forged.status_code, known.status_code) == (400, 302)
    assert known.headers["Location"] == "/admin/login?next=/admin/"


def test_d10_the_number_of_an_unseen_ticket_is_not_found_by_search(app, rows):
    number = db.session.get(Ticket, rows["ticket"]).number
    assert number in Person(app, "tono").get(f"/admin/ticket/?state=all&search={number}").text
    found = Person(app, "lina").get(f"/admin/ticket/?state=all&search={number}").text
    assert "Wi-Fi perpustakaan" not in found
