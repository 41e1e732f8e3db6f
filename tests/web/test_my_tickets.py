"""S20: who signs in through the campus sees their own tickets and nobody else's; nobody has to, and leaving ends it."""

from __future__ import annotations

import re
from html import unescape

import pytest

from models.accounts.account import Account
from models.base.db import db, write_transaction
from models.organisation.sign_in_pass import SignInPass
from models.tickets.ticket import Ticket
from procedures.accounts.my_tickets import addresses_of_login, ticket_of_addresses, tickets_of_addresses
from public.accounts import my_tickets
from tests.accounts.stories import account, person
from tests.browse import Person
from tests.oidc_issuer import OidcIssuer
from tests.pages import page
from tests.public.visitor import later
from tests.walk import file_complaint

HOME = "/tiket-saya"
ANDI, LAIN = "andi@mhs.example", "lain@mhs.example"


@pytest.fixture(scope="module")
def server(workplace):
    with OidcIssuer(workplace / "issuer-of-requesters") as running:
        yield running


@pytest.fixture
def issuer(app, server, monkeypatch):
    for name, value in {**server.settings(), "REQUESTER_SIGN_IN": True}.items():
        monkeypatch.setitem(app.config, name, value)
    server.wrong.clear()
    server.claims = {"sub": "m-001", "email": ANDI, "email_verified": True}
    return server


@pytest.fixture
def tickets(app, cast):
    """Andi's, one of Andi's typed with capitals, and somebody else's."""
    own = file_complaint(email=ANDI, subject="Wi-Fi perpustakaan mati")
    loud = file_complaint(email=ANDI, subject="Akun terkunci")
    other = file_complaint(email=LAIN, subject="Punya orang lain", name="Orang Lain")
    return own, loud, other


def come(app, issuer, expect=303):
    """A browser that came by the issuer."""
    browser = Person(app)
    token = re.search(r'name="csrf_token" value="([^"]+)"', browser.get(HOME).text)[1]
    sent = browser.post(f"{HOME}/kampus", token=token)
    where = unescape(re.search(r'content="0; url=([^"]+)"', sent.text)[1])
    answer = browser.client.get(issuer.approve(where).removeprefix("http://localhost"))
    assert answer.status_code == expect, answer.text[:600]
    return browser, answer


def opens(browser, ticket):
    """Is the ticket's content shown?"""
    return "Tulis jawaban" in browser.get(f"/tiket/{ticket.number}").text


def leave(browser):
    token = re.search(r'name="csrf_token" value="([^"]+)"', browser.get(HOME).text)[1]
    return browser.post(f"{HOME}/keluar", token=token)


def test_andi_signs_in_reads_each_of_his_tickets_without_code_and_leaves(app, issuer, tickets):
    own, loud, _other = tickets
    browser, answer = come(app, issuer)
    assert answer.headers["Location"] == HOME
    listed = browser.get(HOME).text
    assert [listed.count(f'href="/tiket-saya/{ticket.number}"') for ticket in tickets] == [1, 1, 0]
    assert "Punya orang lain" not in listed and ANDI in listed
    assert not opens(browser, own)
    assert browser.client.get(f"{HOME}/{own.number}").headers["Location"] == f"/tiket/{own.number}"
    assert opens(browser, own) and not opens(browser, loud)
    assert leave(browser).status_code == 303
    assert not opens(browser, own) and "Masuk lewat" in browser.get(HOME).text
    assert db.session.query(SignInPass).filter_by(kind="requester").count() == 0


def test_s20_another_persons_ticket_is_not_found_whoever_asks(app, issuer, tickets):
    other = tickets[2]
    browser, _answer = come(app, issuer)
    assert browser.client.get(f"{HOME}/{other.number}").status_code == 404
    assert browser.client.get(f"{HOME}/PTK-00000-00000-0").status_code == 404
    assert not opens(browser, other)
    stranger = Person(app)
    assert stranger.client.get(f"{HOME}/{other.number}").headers["Location"] == HOME


@pytest.mark.parametrize("claims", [{"email_verified": False}, {"email_verified": "true"}, {"email": ""}])
def test_s20_an_address_that_nobody_verified_opens_nothing(app, issuer, tickets, claims):
    issuer.claims |= claims
    browser, answer = come(app, issuer, expect=403)
    assert "sudah dibuktikan" in answer.text
    assert db.session.query(SignInPass).filter_by(kind="requester").count() == 0
    assert browser.client.get(f"{HOME}/{tickets[0].number}").headers["Location"] == HOME


def test_s20_the_registers_number_brings_the_addresses_of_that_person_alone(app, issuer, cast, monkeypatch):
    row = person()
    mine, other = (
        file_complaint(email=row.email, subject="Milik Andi"),
        file_complaint(email=LAIN, subject="Milik lain"),
    )
    monkeypatch.setitem(app.config, "OIDC_NUMBER_CLAIM", "nim")
    issuer.claims |= {"email_verified": False, "email": LAIN, "nim": row.number}
    browser, _answer = come(app, issuer)
    listed = browser.get(HOME).text
    assert mine.number in listed and other.number not in listed


def test_s20_what_staff_were_sent_away_with_opens_no_list_and_the_other_way_round(app, issuer, tickets):
    browser = Person(app)
    sent = browser.post("/admin/login/campus")
    where = unescape(re.search(r'content="0; url=([^"]+)"', sent.text)[1])
    query = issuer.approve(where).partition("?")[2]
    answer = browser.client.get(f"{HOME}/kembali?{query}")
    assert answer.status_code == 403 and db.session.query(SignInPass).filter_by(kind="requester").count() == 0


def test_s20_after_eight_hours_list_and_opened_tickets_are_shut(app, issuer, tickets, monkeypatch):
    own = tickets[0]
    browser, _answer = come(app, issuer)
    later(monkeypatch, hours=7)
    browser.client.get(f"{HOME}/{own.number}")
    assert opens(browser, own)
    later(monkeypatch, hours=1, minutes=1)
    assert not opens(browser, own) and "Masuk lewat" in browser.get(HOME).text


def test_s20_a_copied_cookie_opens_no_list_after_leaving(app, issuer, tickets):
    browser, _answer = come(app, issuer)
    thief = Person(app)
    thief.client._cookies = dict(browser.client._cookies)
    assert tickets[0].number in thief.get(HOME).text
    leave(browser)
    assert tickets[0].number not in thief.get(HOME).text


def test_s20_a_ticket_that_the_code_opened_stays_open_after_leaving(app, issuer, tickets):
    from models.tickets.ticket_keys import link_of

    own = tickets[0]
    browser, _answer = come(app, issuer)
    browser.client.get(f"{HOME}/{own.number}")
    browser.client.get(link_of(own).removeprefix("http://localhost"))
    leave(browser)
    assert opens(browser, own)


def test_s20_forgotten_tickets_are_in_no_list(app, issuer, tickets):
    from models.base.db import utcnow

    with write_transaction():
        db.session.get(Ticket, tickets[0].id).forgotten_at = utcnow()
    browser, _answer = come(app, issuer)
    assert tickets[0].number not in browser.get(HOME).text and tickets[1].number in browser.get(HOME).text


def test_s20_no_address_finds_nothing(app, tickets):
    assert tickets_of_addresses([]) == [] and ticket_of_addresses(tickets[0].number, []) is None


def test_where_nobody_offers_it_there_is_no_such_page(app, tickets):
    client = app.test_client()
    assert client.get(HOME).status_code == client.get(f"{HOME}/kembali").status_code == 404
    assert "tiket-saya" not in page(client, "/tiket")


def test_the_campus_away_is_told_and_the_number_opens_still(app, issuer, tickets):
    issuer.wrong["status"] = 500
    browser = Person(app)
    token = re.search(r'name="csrf_token" value="([^"]+)"', browser.get(HOME).text)[1]
    monkey = browser.client.application.config
    before, monkey["OIDC_ISSUER"] = monkey["OIDC_ISSUER"], "https://127.0.0.1:9"
    answer = browser.post(f"{HOME}/kampus", token=token)
    monkey["OIDC_ISSUER"] = before
    assert (answer.status_code, "nomor dan kode aksesnya" in answer.text) == (503, True)


@pytest.fixture
def directory(app, cast, monkeypatch):
    """A directory that knows one password; the real one is asked in tests/accounts."""
    row = person()
    login = account(row)
    known, asked = login.login, []

    def prove(name, password):
        asked.append(name)
        return object() if (name, password) == (known, "benar-sekali") else None

    monkeypatch.setattr(my_tickets, "prove", prove)
    for name, value in {
        "REQUESTER_SIGN_IN": True,
        "DIRECTORY_SIGN_IN": True,
        "DIRECTORY_URL": "ldap://127.0.0.1:9",
    }.items():
        monkeypatch.setitem(app.config, name, value)
    return row, login, asked


def by_directory(app, login, password="benar-sekali"):
    browser = Person(app)
    token = re.search(r'name="csrf_token" value="([^"]+)"', browser.get(HOME).text)[1]
    return browser, browser.post(f"{HOME}/direktori", {"username": login, "password": password}, token=token)


def test_s20_the_directory_opens_the_tickets_of_the_accounts_owner(app, directory):
    row, login, _asked = directory
    mine, other = (
        file_complaint(email=row.email, subject="Milik Andi"),
        file_complaint(email=LAIN, subject="Milik lain"),
    )
    browser, answer = by_directory(app, login.login)
    assert answer.headers["Location"] == HOME
    listed = browser.get(HOME).text
    assert mine.number in listed and other.number not in listed


def test_s20_wrong_passwords_are_counted_and_the_name_typed_is_kept(app, directory):
    _row, login, asked = directory
    browser, answer = by_directory(app, login.login, "salah")
    assert (answer.status_code, f'value="{login.login}"' in answer.text) == (401, True)
    assert 'value="salah"' not in answer.text
    for _again in range(9):
        by_directory(app, login.login, "salah")
    tried = len(asked)
    assert by_directory(app, login.login)[1].status_code == 429
    assert len(asked) == tried, "the directory is not asked any more"


def test_s20_an_account_of_a_unit_is_nobodys_own(app, directory):
    _row, login, _asked = directory
    with write_transaction():
        db.session.get(Account, login.id).owner_id = None
    assert addresses_of_login(login.login) == []
    assert by_directory(app, login.login)[1].status_code == 403
