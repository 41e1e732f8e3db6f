"""My desk: what lies there, for each role, is exactly what the linked list shows; and what comes next."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from admin_views.tickets.desk.my_desk_counts import lying_with
from admin_views.tickets.list.desk_sections import DESK_SECTIONS
from models.base.db import db, utcnow, write_transaction
from models.tickets.ticket import Ticket
from tests.browse import Person
from tests.installation.installation_walk import installation_at
from tests.tickets.test_list import NUMBER
from tests.tickets.test_workbench import Statements
from tests.walk import category_id, complaint_at, file_complaint, take

READERS = ("budi", "rina", "tono", "hadi", "lina", "sari", "wati", "ketua")


@pytest.fixture
def busy(app, cast):
    """Something in every pile of somebody."""
    for category in ("Wi-Fi dan internet", "Portal dan aplikasi", "Akun dan password"):
        file_complaint(subject=f"Soal {category}", category=category_id(category))
    late, paused = complaint_at("in_progress"), complaint_at("in_progress")
    complaint_at("resolved"), complaint_at("closed")
    take(paused, "ask_requester", "tono", text="Di ruang mana?")
    with write_transaction():
        db.session.get(Ticket, late.id).due_at = utcnow().replace(year=2026, month=1)
    return late.id, paused.id


@pytest.mark.slow
@pytest.mark.parametrize("name", READERS)
def test_each_count_of_the_desk_is_the_length_of_its_list(app, busy, cast, name):
    installation_at("disposition")
    person = Person(app, name)
    desk = person.get("/admin/").text
    shown = dict(re.findall(r'href="/admin/ticket/\?pile=(\w+)"><b>(\d+)', desk))
    found = {key: pile.count for key, pile in lying_with(cast[name]).items()}
    assert {key: int(count) for key, count in shown.items()} == {key: found[key] for key in shown}
    assert {key for key, count in found.items() if count} <= shown.keys()
    for key, count in found.items():
        page = person.get(f"/admin/ticket/?pile={key}").text
        assert len(set(NUMBER.findall(page))) == count, key
        assert f"{count} tiket" in page


def test_every_pile_lies_on_somebodys_desk(app, busy, cast):
    installation_at("disposition")
    filled = {key for name in READERS for key, pile in lying_with(cast[name]).items() if pile.count}
    assert filled == set(DESK_SECTIONS)


def test_the_desk_says_what_comes_next_and_why(app, busy, cast):
    tono, budi = Person(app, "tono"), Person(app, "budi")
    assert "Paling lama lewat targetnya; dipegang Tono" in tono.get("/admin/").text
    assert "Tidak ada yang menunggu Anda" in Person(app, "wati").get("/admin/").text or cast["wati"].group_ids
    installation_at("disposition")
    with write_transaction():
        db.session.get(Ticket, busy[0]).due_at = None
    assert "Menunggu Anda sebagai Kepala Pustikom" in budi.get("/admin/").text


def test_tono_takes_a_ticket_from_his_desk(app, busy, cast):
    tono = Person(app, "tono")
    free = re.search(r'action="/admin/ticket/(\d+)/do/take"', tono.get("/admin/").text)[1]
    assert tono.post(f"/admin/ticket/{free}/do/take").status_code == 303
    assert db.session.scalar(select(Ticket.assignee_id).where(Ticket.id == int(free))) == cast["tono"].id


@pytest.mark.slow
@pytest.mark.parametrize("name", [*READERS, "rudi"])
def test_the_desk_asks_at_most_ten_statements(app, busy, name):
    person = Person(app, name)
    person.get("/admin/")
    with Statements(app) as asked:
        assert person.client.get("/admin/").status_code == 200
    assert len(asked.found) <= 10
