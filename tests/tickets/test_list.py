"""The ticket list as staff use it: filters, words, pages in every sort, saved filters; and what it asks the database."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from admin_views.tickets.list.filter import SORTS
from admin_views.tickets.list.full_text import exact_number
from models.base.db import db, utcnow, write_transaction
from models.organisation.staff import Staff
from models.organisation.unit import Unit
from models.tickets.label import Label
from models.tickets.saved_filter import SavedFilter
from models.tickets.ticket import Participant, Ticket, visible_to
from tests.at_size.test_at_size import narrowed
from tests.browse import Person
from tests.tickets.test_workbench import Statements
from tests.walk import category_id, complaint_at, file_complaint, take

READERS = ("budi", "rina", "tono", "hadi", "lina", "sari", "wati", "ketua")
NUMBER = re.compile(r"<b>(PTK-[^<]+)</b>")
NEXT = re.compile(r'href="([^"]+)" rel="next"')
PREVIOUS = re.compile(r'href="([^"]+)" rel="prev"')


@pytest.fixture
def many(app, cast, monkeypatch):
    """Tickets of three groups, open and closed, some handed over to where their worker does not belong."""
    monkeypatch.setattr("admin_views.tickets.list.search.PAGE_SIZE", 4)
    kinds = ("Wi-Fi dan internet", "Portal dan aplikasi", "Akun dan password")
    for n in range(12):
        file_complaint(subject=f"Keluhan {n}", category=category_id(kinds[n % 3]))
    closed, moved = complaint_at("closed"), complaint_at("in_progress")
    group = db.session.scalar(select(Ticket.group_id).where(Ticket.subject == "Keluhan 1"))
    take(moved, "hand_over", "tono", group=group, reason="Ini aplikasi.")
    with write_transaction():
        for place, ticket in enumerate(db.session.scalars(select(Ticket).order_by(Ticket.id)).unique()):
            ticket.updated_at = utcnow() - timedelta(hours=(place * 7) % 13)
            ticket.due_at = utcnow() + timedelta(hours=(place * 5) % 11 - 5) if ticket.is_open else None
    return closed.id, moved.id


def pages(person: Person, address: str) -> list[list[str]]:
    """The numbers on each page from this one on."""
    found = []
    while True:
        page = person.get(address).text
        found.append(NUMBER.findall(page))
        following = NEXT.search(page)
        if not following:
            return found
        address = following[1].replace("&amp;", "&")


@pytest.mark.slow
@pytest.mark.parametrize("sort", sorted(SORTS))
@pytest.mark.parametrize("name", ["tono", "lina", "wati", "sari"])
def test_every_sort_shows_each_visible_ticket_once_whatever_the_page(app, many, cast, name, sort):
    column, descending = SORTS[sort]
    rows = select(Ticket.number).where(visible_to(cast[name]))
    rows = rows.where(Ticket.due_at.is_not(None)) if sort == "due" else rows
    order = (c.desc() if descending else c.asc() for c in (column, Ticket.id))
    wanted = list(db.session.scalars(rows.order_by(*order)))
    found = pages(Person(app, name), f"/admin/ticket/?state=all&sort={sort}")
    assert [number for page in found for number in page] == wanted
    assert len(found) == max(1, -(-len(wanted) // 4))


def test_tono_walks_back_to_the_first_page_and_finds_it_as_it_was(app, many):
    tono = Person(app, "tono")
    first = tono.get("/admin/ticket/?state=all").text
    second = tono.get(NEXT.search(first)[1].replace("&amp;", "&")).text
    again = tono.get(PREVIOUS.search(second)[1].replace("&amp;", "&")).text
    assert NUMBER.findall(again) == NUMBER.findall(first)


def test_tono_still_finds_the_ticket_that_he_handed_over(app, many, cast):
    moved = db.session.get(Ticket, many[1])
    row = db.session.get(Participant, (moved.id, cast["tono"].id))
    assert row.group_id == moved.group_id != cast["tono"].group_ids[0]
    assert moved.number in str(pages(Person(app, "tono"), "/admin/ticket/?state=all"))


def test_the_filter_stands_in_words_and_each_word_can_be_taken_away(app, many, cast):
    with write_transaction():
        unit = db.session.scalars(select(Unit).where(Unit.code == "FEB")).one()
        below = db.session.scalars(select(Unit).where(Unit.parent_id == unit.id)).first()
        db.session.get(Ticket, many[0]).unit_id = (below or unit).id
        name, unit_id = unit.name, unit.id
    page = Person(app, "tono").get(f"/admin/ticket/?state=closed&unit={unit_id}&since=2026-11-01&assignee=me").text
    words = re.findall(r"<li><span>([^<]+)</span><a href=\"([^\"]+)\"", page)
    assert [text for text, _href in words] == ["Ditutup", "Saya", f"{name} dan bawahannya", "sejak 1 November 2026"]
    assert words[1][1].replace("&amp;", "&") == f"/admin/ticket/?state=closed&unit={unit_id}&since=2026-11-01"
    assert NUMBER.findall(page) == [db.session.get(Ticket, many[0]).number]


def test_tono_filters_by_a_part_of_the_units_name(app, many):
    with write_transaction():
        unit = db.session.scalars(select(Unit).where(Unit.code == "FEB")).one()
        db.session.get(Ticket, many[0]).unit_id = unit.id
        word = unit.name.split()[-1]
    tono = Person(app, "tono")
    assert len(NUMBER.findall(tono.get(f"/admin/ticket/?state=all&unit={word}").text)) == 1
    assert "Tidak ada unit bernama “zzz”" in tono.get("/admin/ticket/?state=all&unit=zzz").text


def test_the_period_counts_from_the_true_time_of_receipt(app, many):
    with write_transaction():
        ticket = db.session.get(Ticket, many[0])
        ticket.received_at = utcnow() - timedelta(days=40)
        day = ticket.received_at.date()
    sari, number = Person(app, "sari"), db.session.get(Ticket, many[0]).number
    early = sari.get(f"/admin/ticket/?state=all&until={day + timedelta(days=2)}").text
    late = sari.get(f"/admin/ticket/?state=all&since={day + timedelta(days=3)}").text
    assert NUMBER.findall(early) == [number] and number not in late


@pytest.mark.parametrize(
    "typed",
    [
        "PTK-TPXQX-ZGMQB-B",
        "tpxqx-zgmqb-b",
        "No. Tiket: ptktpxqxzgmqbb",
        "TPXQX\u2011ZGMQB\u2011B",
        "\uff30\uff34\uff2b tpxqxzgmqbb",
    ],
)
def test_a_number_without_any_digit_is_found_as_a_number(typed):
    assert exact_number(typed) == "PTK-TPXQX-ZGMQB-B"


def test_a_saved_filter_is_a_tab_opens_the_list_and_is_nobody_elses(app, many):
    tono, rina = Person(app, "tono"), Person(app, "rina")
    tono.get("/admin/ticket/")
    saved = tono.post("/admin/ticket/filters/save", {"address": "assignee=me&sort=due&after=1_1", "name": "Yang mendesak bagi saya",
                                                     "is_default": "1"})  # fmt: skip
    assert saved.headers["Location"] == "/admin/ticket/?assignee=me&sort=due"
    assert tono.get("/admin/ticket/").headers["Location"] == "/admin/ticket/?assignee=me&sort=due"
    assert "Yang mendesak bagi saya" in tono.get("/admin/ticket/?state=all").text
    assert "Yang mendesak bagi saya" not in rina.get("/admin/ticket/").text
    row = db.session.scalars(select(SavedFilter)).one().id
    assert rina.post(f"/admin/ticket/filters/{row}", {"do": "delete"}).status_code == 404
    assert tono.post(f"/admin/ticket/filters/{row}", {"do": "rename", "name": "Punya saya"}).status_code == 303
    assert "Punya saya" in tono.get("/admin/ticket/filters/").text
    tono.post(f"/admin/ticket/filters/{row}", {"do": "plain"})
    assert tono.get("/admin/ticket/").status_code == 200
    tono.post(f"/admin/ticket/filters/{row}", {"do": "delete"})
    assert "Belum ada saringan tersimpan" in tono.get("/admin/ticket/filters/").text


@pytest.mark.parametrize("address", ["unit=99999", "group=99999", "assignee=99999", "category=99999"])
def test_d10_a_saved_filter_whose_unit_is_gone_finds_nothing_and_says_so(app, many, address):
    tono = Person(app, "tono")
    tono.post("/admin/ticket/filters/save", {"address": address, "name": "Lama"})
    answer = tono.get(f"/admin/ticket/?{address}")
    assert answer.status_code == 200 and "Yang Anda saring sudah tidak ada" in answer.text


@pytest.mark.slow
@pytest.mark.parametrize(
    "address",
    ["state=x", "sort=number", "sort=", "since=2026-13-40", "since=0001-01-01", "until=abc", "unit=%00", "group=1,2",
     "assignee=-1", "category=9" * 9, "step=XX", "pile=x", "channel=fax", "procedure=x", "after=1", "before=9_9",
     "after=99999999999999999_1", "after=1700000000000000_99999999999", "search=%00", "flt0_0=x", "page=-1",
     "page=99999999999999999999", "id=abc", "id=1,2", "panel=%00", "unit=²", "group=²", "after=²_1"],
)  # fmt: skip
def test_d10_no_bad_filter_sort_or_cursor_makes_a_fault(app, many, address):
    answer = Person(app, "tono").get(f"/admin/ticket/?{address}")
    assert answer.status_code in (200, 400, 404), address
    assert "Traceback" not in answer.text and "SELECT" not in answer.text


def test_d10_a_bad_address_cannot_be_saved(app, many):
    tono = Person(app, "tono")
    for address in ("state=x", "group=abc", "search=%00", "sort=number"):
        assert tono.post("/admin/ticket/filters/save", {"address": address, "name": "x"}).status_code == 400
    assert tono.post("/admin/ticket/filters/save", {"address": "state=all", "name": "  "}).status_code == 303
    assert db.session.scalars(select(SavedFilter)).all() == []


def test_a_search_finds_subject_text_replies_requester_and_the_number_itself(app, many):
    ticket = complaint_at("in_progress")
    take(ticket, "reply", "tono", text="Kabel patchcord diganti.")
    number, ticket_id = ticket.number, ticket.id
    tono, lina = Person(app, "tono"), Person(app, "lina")
    for words in ("perpustakaan portal", "patchcord", "Andi Saputra", number, number.lower().replace("-", "")):
        assert number in str(pages(tono, f"/admin/ticket/?state=all&search={words}")), words
        assert number not in str(pages(lina, f"/admin/ticket/?state=all&search={words}")), (words, ticket_id)


def test_of_a_word_that_very_many_tickets_hold_the_newest_are_shown_and_the_page_says_so(app, many, monkeypatch):
    monkeypatch.setattr("admin_views.tickets.list.full_text.HITS_CAP", 3)
    monkeypatch.setattr("admin_views.tickets.list.search.HITS_CAP", 3)
    page = Person(app, "sari").get("/admin/ticket/?state=all&search=lantai").text
    newest = list(db.session.scalars(select(Ticket.number).order_by(Ticket.id.desc()).limit(4)))
    assert NUMBER.findall(page) == newest
    assert "yang terbaru. Tambahkan kata" in page


@pytest.mark.slow
@pytest.mark.parametrize("name", READERS)
def test_every_list_page_asks_at_most_six_statements_in_every_sort_and_depth(app, many, name):
    person = Person(app, name)
    person.get("/admin/ticket/")
    for sort in SORTS:
        address, depth = f"/admin/ticket/?state=all&sort={sort}&panel=1", 0
        while address:
            with Statements(app) as asked:
                page = person.client.get(address).text
            assert len(asked.found) <= 6, (name, sort, depth, asked.found)
            following = NEXT.search(page)
            address, depth = following and following[1].replace("&amp;", "&"), depth + 1
    with Statements(app) as asked:
        person.client.get("/admin/ticket/?state=all&search=keluhan&unit=1")
    assert len(asked.found) <= 6


@pytest.mark.slow
def test_a_list_loads_no_relation_in_full(app, many):
    """5,000 units, 400 people: neither the list nor its filter reads more than what it shows."""
    with write_transaction():
        db.session.add_all(Unit(code=f"U{n}", name=f"Unit {n:04}", kind="bureau") for n in range(5000))
        db.session.add_all(Staff(username=f"s{n}", name=f"Petugas {n:03}") for n in range(400))
    tono = Person(app, "tono")
    plain, opened = tono.get("/admin/ticket/").text, tono.get("/admin/ticket/?panel=1").text
    assert "Unit 0001" not in plain and "Petugas 001" not in plain
    assert opened.count("Unit 0") <= 300 and len(opened) < 80_000


def test_a_word_is_found_by_its_beginning_and_not_by_its_end(app):
    number = file_complaint(subject="Wi-Fi perpustakaan mati").number
    tono = Person(app, "tono")
    assert number in tono.get("/admin/ticket/?state=all&search=perpus").text
    assert number not in tono.get("/admin/ticket/?state=all&search=pustakaan").text


def test_a_page_of_fifty_rows_weighs_at_most_thirty_kilobytes(app, cast):
    ticket = file_complaint(subject="Wi-Fi perpustakaan lantai dua tidak tersambung")
    with write_transaction():
        ticket.due_at = utcnow() + timedelta(days=3)  # "30 November, 16.00": the hour of the test must not count
        values = {c.key: getattr(ticket, c.key) for c in Ticket.__table__.columns if c.key not in ("id", "form_nonce")}
        db.session.add_all(Ticket(**{**values, "number": f"PTK-AAAAA-AAA{n:02}-A"}) for n in range(60))
    for name in READERS:
        page = Person(app, name).get("/admin/ticket/?state=all").content_length
        assert page <= 30 * 1024, (name, page)


@pytest.mark.only("postgresql")  # tests/at_size walks the same lists of a large SQLite
def test_every_filter_in_every_sort_and_every_desk_is_answered_by_postgresql_too(app, many):
    with write_transaction():
        db.session.add(Label(name="Suku cadang"))
    people = [Person(app, name) for name in READERS]
    asked = [f"/admin/ticket/?{chosen}&sort={sort}" for chosen in narrowed() for sort in SORTS]
    for nth, address in enumerate(asked):
        page = people[nth % len(people)].client.get(address)
        assert page.status_code == 200, address
        if following := NEXT.search(page.text):
            address = following[1].replace("&amp;", "&")
            assert people[nth % len(people)].client.get(address).status_code == 200, address
    for person in people:
        for path in ("/admin/", *(f"/admin/search/?q={words}" for words in ("jaringan", "unit besar", "10.77"))):
            assert person.client.get(path).status_code == 200, path


def test_what_is_resolved_is_no_longer_open_and_has_its_own_tab(app, cast):
    work, done = complaint_at("in_progress"), complaint_at("resolved")
    tono = Person(app, "tono")
    shown = {state: NUMBER.findall(tono.get(f"/admin/ticket/?state={state}").text) for state in ("open", "resolved")}
    assert shown == {"open": [work.number], "resolved": [done.number]}
    assert "1 tiket" in tono.get("/admin/ticket/?state=open").text
