"""The workbench and the list as people use them: words kept, words escaped, files behind the row rule, few statements."""

from __future__ import annotations

import io
import re

import pytest
from sqlalchemy import event

from models.base.db import db
from models.tickets.ticket import Attachment, Event, Ticket
from tests.browse import Person
from tests.databases import both, once
from tests.walk import complaint_at, complaint_fields, file_complaint, take

pytestmark = once

PAYLOADS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'-alert(1)-'",
    "{{7*7}}",
    "<svg/onload=alert(1)>",
]


class Statements:
    """Counts what one request asks of the database."""

    def __init__(self, app) -> None:
        self.app, self.found = app, []

    def __enter__(self):
        with self.app.app_context():
            event.listen(db.engine, "before_cursor_execute", self.note)
        return self

    def note(self, _connection, _cursor, statement, *_more) -> None:
        if not statement.startswith(("BEGIN", "SAVEPOINT", "RELEASE")):
            self.found.append(statement)

    def __exit__(self, *_fault) -> None:
        with self.app.app_context():
            event.remove(db.engine, "before_cursor_execute", self.note)


@both
@pytest.mark.parametrize("payload", PAYLOADS)
def test_d11_what_a_stranger_types_is_shown_as_typed_and_never_run(app, payload):
    ticket = file_complaint(name=payload[:100], subject=payload, description=payload)
    take(ticket, "note", "tono", text=payload)
    ticket_id = ticket.id
    tono, sari = Person(app, "tono"), Person(app, "sari")
    pages = [
        tono.get(path).text
        for path in (
            "/admin/",
            "/admin/ticket/",
            f"/admin/ticket/details/?id={ticket_id}",
            f"/admin/ticket/?search={payload}",
        )
    ]
    pages.append(sari.get(f"/admin/ticket/slip/?id={ticket_id}").text)
    for page in pages:
        assert "<script>alert" not in page and "<img src=x" not in page and "<svg/onload" not in page
        assert "49" not in re.findall(r"<h1>(.*?)</h1>", page)
    assert any("{{7*7}}" in page for page in pages) == (payload == "{{7*7}}")


def test_every_page_carries_the_headers(app):
    answer = Person(app, "tono").get("/admin/")
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self' 'nonce-") and "unsafe" not in policy
    assert (answer.headers["X-Content-Type-Options"], answer.headers["Referrer-Policy"]) == ("nosniff", "no-referrer")
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_reply_with_a_refused_file_keeps_the_words(app):
    ticket_id = complaint_at("in_progress").id
    tono = Person(app, "tono")
    words = "Kami lampirkan hasil pengukuran di titik utama."
    answer = tono.post(
        f"/admin/ticket/{ticket_id}/do/reply", {"text": words, "attachments": (io.BytesIO(b"MZ\x90"), "ukur.exe")}
    )
    assert answer.status_code == 422
    assert words in answer.text and "ukur.exe" in answer.text
    assert db.session.query(Event).filter_by(kind="reply").count() == 0


def test_an_empty_step_form_says_what_is_missing_and_keeps_the_rest(app):
    ticket_id = complaint_at("in_progress").id
    tono = Person(app, "tono")
    answer = tono.post(f"/admin/ticket/{ticket_id}/do/resolve", {"cause": "Catu daya rusak.", "solution": ""})
    assert answer.status_code == 422
    assert "Catu daya rusak." in answer.text and "Bagian ini wajib diisi." in answer.text
    assert db.session.get(Ticket, ticket_id).state == "in_progress"


def test_the_second_of_two_reads_what_the_first_did_and_keeps_the_typed_words(app):
    ticket_id = complaint_at("in_progress").id
    rina, tono = Person(app, "rina"), Person(app, "tono")
    version = db.session.get(Ticket, ticket_id).version
    fields = {"cause": "Rusak.", "solution": "Diganti dengan yang baru dari gudang.", "version": version}
    assert rina.post(f"/admin/ticket/{ticket_id}/do/resolve", {**fields, "once": "a"}).status_code == 303
    answer = tono.post(f"/admin/ticket/{ticket_id}/do/resolve", {**fields, "once": "b"})
    assert answer.status_code == 409
    assert "Diganti dengan yang baru dari gudang." in answer.text
    assert db.session.query(Event).filter_by(step="resolve").count() == 1


def test_p3_a_file_is_served_to_those_who_see_the_ticket_and_never_runs(app):
    ticket_id = complaint_at("in_progress").id
    tono = Person(app, "tono")
    tono.post(
        f"/admin/ticket/{ticket_id}/do/note",
        {"text": "Hasil ping.", "attachments": (io.BytesIO(b"64 bytes\n"), "hasil ping.txt")},
    )
    file_id = db.session.query(Attachment).one().id
    answer = tono.get(f"/admin/ticket/file/{file_id}")
    assert (answer.status_code, answer.data) == (200, b"64 bytes\n")
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")
    assert Person(app, "lina").get(f"/admin/ticket/file/{file_id}").status_code == 404
    assert Person(app).get(f"/admin/ticket/file/{file_id}").status_code == 302


def test_an_operators_entry_ends_on_the_slip_and_a_double_click_makes_one_ticket(app):
    sari = Person(app, "sari")
    page = sari.get("/admin/ticket/new/").text
    nonce = re.search(r'name="nonce" value="(\w+)"', page)[1]
    fields = {
        **complaint_fields(),
        "channel": "phone",
        "language": "id",
        "nonce": nonce,
        "received_at": "2026-11-23T08:00",
    }
    received = re.search(r'name="received_at"[^>]*value="([^"]+)"', page) or re.search(
        r'value="([^"]+)"[^>]*name="received_at"', page
    )
    fields["received_at"] = received[1]
    first, second = (sari.post("/admin/ticket/new/", fields) for _n in range(2))
    assert (first.status_code, first.headers["Location"]) == (303, second.headers["Location"])
    slip = sari.get(first.headers["Location"]).text
    ticket = db.session.query(Ticket).one()
    assert ticket.number in slip and "wa.me/62812" in slip


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/admin/ticket/", 6),
        ("/admin/ticket/?search=wifi&state=all", 7),
        ("/admin/ticket/details/?id={id}", 12),
        ("/admin/", 12),
    ],
)
def test_a_page_asks_the_database_as_little_with_many_tickets_as_with_few(app, path, most):
    ticket_id = complaint_at("in_progress").id
    tono = Person(app, "tono")
    path = path.replace("{id}", str(ticket_id))

    def count() -> int:
        with Statements(app) as statements:
            assert tono.get(path).status_code == 200
        return len(statements.found)

    count()
    for n in range(60):
        file_complaint(subject=f"Wifi mati di ruang {n}")
    many = count()
    assert many <= most, many


def test_a_history_is_narrowed_to_steps_or_to_words_and_a_wrong_part_is_refused(app):
    ticket_id = complaint_at("in_progress").id
    tono = Person(app, "tono")
    assert tono.post(f"/admin/ticket/{ticket_id}/do/note", {"text": "Kunci rak di laci."}).status_code == 303
    assert tono.post(f"/admin/ticket/{ticket_id}/do/reply", {"text": "Kami ganti hari ini."}).status_code == 303
    here = f"/admin/ticket/details/?id={ticket_id}"
    whole, steps, words = (_history_of(tono.get(here + part).text) for part in ("", "&history=steps", "&history=words"))
    assert {"pk-taken", "pk-note", "pk-reply"} <= whole
    assert (steps & {"pk-note", "pk-reply"}, "pk-taken" in steps) == (set(), True)
    assert words == {"pk-note", "pk-reply"}
    assert tono.get(f"{here}&history=pesan").status_code == 400


def _history_of(page: str) -> set[str]:
    """The kinds of lines that the history shows."""
    return set(re.findall(r'<li class="(pk-\w+)', page.split('id="h-riwayat"')[1].split("</ol>")[0]))
