"""Bills, RABs, surveys, tests, letters and payments are found by number, unit, subject and sum, and filtered."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from models.base.db import db, utcnow, write_transaction
from models.base.rupiah import rupiah
from models.base.wording import today
from models.installation.bill import Bill, Payment
from models.installation.rab import Rab
from tests.browse import Person
from tests.frame.test_search import found_by
from tests.installation.installation_walk import installation_at, pay
from tests.tickets.test_workbench import Statements

PAPERS = ("request_letter", "disposition", "survey", "rab", "quality_test", "bill", "payment")


@pytest.fixture
def closed(app, cast):
    return installation_at("closed")


@pytest.mark.parametrize(
    "words", ["Laboratorium Manajemen", "laboratorium", "Fakultas Ekonomi", "FEB manajemen", "feb"]
)
def test_every_paper_is_found_by_subject_and_unit(app, closed, words):
    assert found_by(Person(app, "sari"), words) >= set(PAPERS)


def test_a_sum_finds_the_papers_of_just_that_sum_in_any_writing(app, closed):
    total = db.session.query(Bill).one().total_rp
    sari = Person(app, "sari")
    for words in (rupiah(total), f"{total}", f"Rp {total:,}".replace(",", "."), f"{total:,}".replace(",", ".") + ",00"):
        assert {"bill", "payment", "rab"} >= found_by(sari, words) - {"ticket"} >= {"bill", "payment"}, words
    assert rupiah(total) in sari.get(f"/admin/search/?q={total}").text
    assert found_by(sari, str(total + 1)) == set()


def test_a_paper_s_own_list_finds_what_the_one_box_finds(app, closed):
    sari, total = Person(app, "sari"), db.session.query(Bill).one().total_rp
    for view in PAPERS:
        for words in ("laboratorium", "Fakultas Ekonomi"):
            assert f"?id={closed.id}" in sari.get(f"/admin/{view}/?search={words}").text or view == "rab", (view, words)
        assert "Tidak ada yang cocok" in sari.get(f"/admin/{view}/?search=perpustakaan").text, view
    assert f"?id={closed.id}" in sari.get(f"/admin/bill/?search={total}").text


def test_by_unit_or_subject_nobody_finds_a_paper_of_a_ticket_that_they_do_not_see(app, closed):
    for words in ("laboratorium", "Fakultas Ekonomi", str(db.session.query(Bill).one().total_rp)):
        assert found_by(Person(app, "lina"), words) & set(PAPERS) == set()


def bills(person: Person, **chosen: str) -> set[str]:
    address = "&".join(f"{key}={value}" for key, value in chosen.items())
    page = person.get(f"/admin/bill/?{address}").text
    return {number for number in db.session.scalars(select(Bill.number)) if number in page}


def test_bills_are_filtered_by_what_is_unpaid_overdue_paid_by_unit_and_by_period(app, cast):
    paid, part, late = installation_at("closed"), installation_at("payment"), installation_at("payment")
    pay(part, "1000000")
    with write_transaction():
        numbers = {b.ticket_id: b for b in db.session.query(Bill)}
        numbers[late.id].due_on = today() - timedelta(days=1)
        numbers[late.id].issued_at = utcnow() - timedelta(days=40)
    of = {key: numbers[ticket.id].number for key, ticket in (("paid", paid), ("part", part), ("late", late))}
    sari = Person(app, "sari")
    everything = set(of.values())
    assert bills(sari) == everything
    assert bills(sari, state="unpaid") == {of["part"], of["late"]}
    assert bills(sari, state="overdue") == {of["late"]}
    assert bills(sari, state="paid") == {of["paid"]}
    assert bills(sari, state="cancelled") == bills(sari, state="unsigned") == set()
    assert bills(sari, unit="Fakultas Ekonomi") == everything and bills(sari, unit="Rektorat") == set()
    month_ago = today() - timedelta(days=30)
    assert bills(sari, until=month_ago.isoformat()) == {of["late"]}
    assert bills(sari, since=f"{month_ago:%d/%m/%Y}", state="unpaid") == {of["part"]}
    for wrong in ("state=x", "since=kemarin", "until=31/02/2026", "since=1/1/1200", "unit=%00"):
        assert sari.get(f"/admin/bill/?{wrong}").status_code == 400, wrong


@pytest.mark.parametrize("view", PAPERS)
def test_every_register_of_papers_is_filtered_by_unit_and_period(app, closed, view):
    sari, tomorrow = Person(app, "sari"), (today() + timedelta(days=1)).isoformat()
    everything = f"/admin/{view}/?unit=FEB&since={(today() - timedelta(days=9)).isoformat()}&until={tomorrow}"
    assert "Tidak ada yang cocok" not in sari.get(everything).text
    for none in ("unit=tiada", f"since={tomorrow}", "until=1/1/2020"):
        assert "Tidak ada yang cocok" in sari.get(f"/admin/{view}/?{none}").text, none
    with Statements(app) as asked:
        sari.client.get(everything)
    assert len(asked.found) <= 6, asked.found
    answer = sari.get(f"/admin/{view}/export/?format=csv&unit=FEB&until=1/1/2020", check=False)
    assert answer.status_code == 200 and len(answer.get_data(as_text=True).strip().splitlines()) == 1


def test_sums_of_a_rab_are_found_on_its_own_list(app, closed):
    total = db.session.query(Rab).first().total_rp
    assert closed.number in Person(app, "sari").get(f"/admin/rab/?search={rupiah(total)}").text
    assert db.session.query(Payment).count() == 1
