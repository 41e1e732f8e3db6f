"""A page that stays open is told what is new, who else is there and how much lies where; little is asked for it."""

from __future__ import annotations

from datetime import timedelta

import pytest

import models.base.db
from models.base.db import db, utcnow, write_transaction
from models.organisation.sessions import StaffSession
from models.tickets.presence import PRESENT_FOR, Presence
from models.tickets.ticket import Event, Ticket
from tests.browse import Person
from tests.databases import once
from tests.outages.walk import network_outage_at
from tests.tickets.test_workbench import Statements
from tests.walk import REQUESTER, category_id, complaint_at, file_complaint, take

MOST_TICKET, MOST_COUNTS = 3, 2  # statements, the login's own among them
SCRIPT = {"X-Requested-With": "fetch"}


def newest(ticket_id: int) -> int:
    return max(event.id for event in db.session.query(Event).filter_by(ticket_id=ticket_id))


def ask(person: Person, ticket_id: int, since: int | str = "", **headers: str):
    return person.client.get(f"/admin/follow/{ticket_id}?since={since}", headers={**SCRIPT, **headers})


def be_here(person: Person, ticket_id: int, **facts: str):
    return person.post(f"/admin/follow/{ticket_id}/here", facts)


def test_tono_is_told_of_an_answer_that_came_and_nothing_where_none_did(app):
    ticket = complaint_at("in_progress")
    ticket_id, since = ticket.id, newest(ticket.id)
    tono = Person(app, "tono")
    assert "pk-follow__news" not in ask(tono, ticket_id, since).text
    take(ticket, "answer", REQUESTER, text="Sekarang di lantai 3 juga mati.")
    told = ask(tono, ticket_id, since).text
    assert "Andi Saputra menjawab" in told and "Sekarang di lantai 3 juga mati." in told
    assert f'data-newest="{newest(ticket_id)}"' in told
    assert "pk-follow__news" not in ask(tono, ticket_id, newest(ticket_id)).text


def test_what_one_did_oneself_is_no_news(app):
    ticket = complaint_at("in_progress")
    ticket_id, since = ticket.id, newest(ticket.id)
    take(ticket, "note", "tono", text="Catu daya dipesan.")
    assert "pk-follow__news" not in ask(Person(app, "tono"), ticket_id, since).text
    assert "Tono menulis catatan internal" in ask(Person(app, "rina"), ticket_id, since).text


def test_the_same_words_are_answered_with_304_and_new_ones_are_not(app):
    ticket = complaint_at("in_progress")
    ticket_id, since = ticket.id, newest(ticket.id)
    tono = Person(app, "tono")
    tag = ask(tono, ticket_id, since).headers["ETag"]
    again = ask(tono, ticket_id, since, **{"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    be_here(Person(app, "rina"), ticket_id)
    assert ask(tono, ticket_id, since, **{"If-None-Match": tag}).status_code == 200
    counts = tono.client.get("/admin/follow/", headers=SCRIPT)
    same = tono.client.get("/admin/follow/", headers={**SCRIPT, "If-None-Match": counts.headers["ETag"]})
    assert same.status_code == 304


def test_rina_is_seen_by_tono_and_not_by_herself_until_she_leaves_or_is_gone_for_long(app, monkeypatch):
    ticket_id = complaint_at("in_progress").id
    tono, rina = Person(app, "tono"), Person(app, "rina")
    assert be_here(rina, ticket_id).status_code == 204
    assert "Bu Rina sedang membuka tiket ini" in ask(tono, ticket_id).text
    assert "Bu Rina" not in ask(rina, ticket_id).text
    be_here(rina, ticket_id, writing="1")
    assert "Bu Rina sedang menulis" in ask(tono, ticket_id).text
    take(db.session.get(Ticket, ticket_id), "note", "rina", text="Sudah saya lihat.")
    assert "Bu Rina sedang membuka tiket ini" in ask(tono, ticket_id).text, "what she wrote is sent"
    be_here(rina, ticket_id, gone="1")
    assert "Bu Rina" not in ask(tono, ticket_id).text
    be_here(rina, ticket_id)
    later = utcnow() + PRESENT_FOR + timedelta(seconds=1)
    monkeypatch.setattr(models.base.db, "clock", lambda: later)
    assert "Bu Rina" not in ask(tono, ticket_id).text


def test_who_says_the_same_again_within_a_minute_writes_nothing(app, monkeypatch):
    ticket_id = complaint_at("in_progress").id
    rina, now = Person(app, "rina"), utcnow()
    token = rina.token("/admin/")
    for seconds, fact, is_written in (
        (0, "here", True), (20, "here", False), (25, "writing", True), (50, "writing", False), (70, "here", False),
        (86, "writing", True), (150, "here", True),
    ):  # fmt: skip
        monkeypatch.setattr(models.base.db, "clock", lambda at=now + timedelta(seconds=seconds): at)
        with Statements(app) as statements:
            rina.client.post(f"/admin/follow/{ticket_id}/here", data={"csrf_token": token, fact: "1"})
        assert any("INTO presence" in s for s in statements.found) is is_written, (seconds, fact)
    assert db.session.query(Presence).count() == 1


def test_who_may_not_see_the_ticket_is_told_nothing_and_is_not_seen_there(app):
    ticket_id = complaint_at("in_progress").id
    lina, rudi, tono = Person(app, "lina"), Person(app, "rudi"), Person(app, "tono")
    assert (ask(lina, ticket_id, 1).status_code, be_here(lina, ticket_id).status_code) == (404, 404)
    assert (ask(rudi, ticket_id, 1).status_code, be_here(rudi, ticket_id).status_code) == (403, 403)
    assert (ask(tono, 999_999).status_code, ask(tono, 2**40).status_code) == (404, 404)
    assert db.session.query(Presence).count() == 0


def test_a_lost_session_is_answered_with_401_and_a_page_left_open_makes_none_last(app):
    ticket_id = complaint_at("in_progress").id
    tono, stranger = Person(app, "tono"), Person(app)
    assert ask(stranger, ticket_id).status_code == 401
    assert stranger.client.get("/admin/follow/", headers=SCRIPT).status_code == 401
    assert stranger.client.get(f"/admin/follow/{ticket_id}").status_code == 302
    before = utcnow() - timedelta(minutes=20)
    with write_transaction():
        db.session.query(StaffSession).update({"seen_at": before})
    token = tono.token(f"/admin/follow/{ticket_id}")
    ask(tono, ticket_id)
    tono.client.get("/admin/follow/", headers=SCRIPT)
    tono.client.post(f"/admin/follow/{ticket_id}/here", data={"csrf_token": token})
    assert db.session.query(StaffSession).one().seen_at == before
    tono.get("/admin/")
    db.session.expire_all()
    assert db.session.query(StaffSession).one().seen_at > before


def test_the_fragment_asks_three_statements_and_the_counts_two(app):
    ticket = complaint_at("in_progress")
    ticket_id, since = ticket.id, newest(ticket.id)
    for n in range(8):
        take(ticket, "answer", REQUESTER, text=f"Jawaban {n}.")
    tono = Person(app, "tono")
    be_here(Person(app, "rina"), ticket_id)
    tono.get("/admin/")  # the short lists that every page keeps some seconds
    with Statements(app) as fragment:
        told = ask(tono, ticket_id, since).text
    with Statements(app) as counts:
        tono.client.get("/admin/follow/", headers=SCRIPT)
    assert "dan 3 lagi" in told
    assert len(fragment.found) <= MOST_TICKET, fragment.found
    assert len(counts.found) <= MOST_COUNTS, counts.found


def test_the_sidebar_counts_what_its_lists_show_and_nothing_that_is_not_seen(app):
    mine = complaint_at("in_progress")
    file_complaint()
    file_complaint(category=category_id("Portal dan aplikasi"))  # of systems
    network_outage_at("confirmed")
    with write_transaction():
        db.session.get(Ticket, mine.id).due_at = utcnow() - timedelta(hours=1)
    counts = {
        name: Person(app, name).client.get("/admin/follow/", headers=SCRIPT).json
        for name in ("tono", "lina", "sari", "rudi")
    }
    assert counts["tono"] == {"mine": "1", "free": "2", "overdue": "1", "network_outage": "1", "server_outage": "0"}
    assert counts["lina"] == {"mine": "0", "free": "1", "overdue": "0", "network_outage": "0", "server_outage": "0"}
    assert (counts["sari"]["network_outage"], counts["rudi"]["network_outage"]) == ("1", "0")


@once
@pytest.mark.parametrize("name", ["mine", "free", "overdue"])
def test_a_count_stands_at_the_line_that_leads_to_its_list(app, name):
    page = Person(app, "tono").get("/admin/").text
    line = page.split(f'href="/admin/ticket/?pile={name}"')[1].split("</a>")[0]
    assert f'data-count="{name}"' in line
    assert ("data-hot" in line) is (name == "overdue")
    assert f"?pile={name}" not in Person(app, "ketua").get("/admin/").text.split('id="menu"')[1].split("</nav>")[0]


@once
def test_without_a_script_a_link_says_the_same(app):
    ticket = complaint_at("in_progress")
    ticket_id, since = ticket.id, newest(ticket.id)
    tono = Person(app, "tono")
    link = f"/admin/follow/{ticket_id}?since={since}"
    assert f'href="{link}"' in tono.get(f"/admin/ticket/details/?id={ticket_id}").text
    assert "Belum ada yang baru" in tono.get(link).text
    take(ticket, "answer", REQUESTER, text="Masih mati.")
    be_here(Person(app, "rina"), ticket_id)
    page = tono.get(link).text
    assert "Masih mati." in page and "Bu Rina sedang membuka tiket ini" in page and "<h1>" in page
