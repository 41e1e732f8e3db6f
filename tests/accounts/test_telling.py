"""E4: the technical contact is told by telephone, with a script on screen, or by mail with a link that works once."""

from __future__ import annotations

import re

from sqlalchemy import select

from models.accounts.account import Account
from models.accounts.first_password import spelled_address
from models.accounts.one_time_link import OneTimeLink
from models.base.db import db
from models.tickets.outbox import Mail
from models.tickets.ticket import Ticket
from tests.accounts.stories import email_at
from tests.accounts.test_unit_email import no_directory_afterwards, use  # noqa: F401 - a fixture among them
from tests.browse import Person
from tests.databases import once
from tests.walk import take

pytestmark = once

PASSWORD = re.compile(r'class="pk-password">([^<]+)<')


def bench(who, ticket_id):
    return who.get(f"/admin/ticket/details/?id={ticket_id}").text


def test_wati_reads_the_script_calls_twice_and_both_calls_are_recorded(app):
    ticket_id, wati = email_at("telling").id, Person(app, "wati")
    page = bench(wati, ticket_id)
    assert "“Selamat pagi, saya Wati dari Pustikom. Apakah saya berbicara dengan Dewi Anggraini?”" in page
    assert '<a href="tel:+6281266000001">' in page and "<b>p</b> Pati" in page
    assert "Tautan untuk password pertama sudah dikirim" in page and PASSWORD.findall(page) == []
    where = f"/admin/ticket/{ticket_id}/do/record_call"
    wati.post(where, {"name": "Dewi Anggraini", "result": "missed", "text": "Nada sibuk."})
    assert "Wati → Dewi Anggraini, tidak tersambung. Nada sibuk." in bench(wati, ticket_id)
    wati.post(where, {"name": "Dewi Anggraini", "result": "told"})
    db.session.expire_all()
    assert db.session.get(Ticket, ticket_id).state == "done"
    page = bench(wati, ticket_id)
    assert ("Selamat pagi" in page, "lewat telepon" in page) == (False, True)


def test_script_says_what_to_do_when_the_link_was_opened(app):
    ticket_id = email_at("telling").id
    link = db.session.scalars(select(Mail).where(Mail.notice == "account_ready")).one().facts["one_time_link"]
    reader = Person(app)
    path = link.removeprefix("http://localhost")
    reader.post(path, token=reader.token(path))
    assert "Apakah Anda sendiri yang membukanya?" in bench(Person(app, "wati"), ticket_id)


def test_contact_is_mailed_a_link_whose_password_binds_once_shown(app, slapd):
    use(app, slapd)
    ticket = email_at("creation")
    take(ticket, "create_account", "wati", told_by="mail")
    mail = db.session.scalars(select(Mail).where(Mail.notice == "account_ready")).one()
    path = mail.facts["one_time_link"].removeprefix("http://localhost")
    reader = Person(app)
    shown = PASSWORD.findall(reader.post(path, token=reader.token(path)).text)[0]
    row = db.session.scalars(select(Account)).one()
    assert (mail.recipient, row.state, row.quota_mb) == ("dewi@feb.example", "active", 5_000)
    assert slapd.binds(row.login, shown)
    assert (reader.client.get(path).status_code, db.session.scalars(select(OneTimeLink)).one().sealed) == (404, b"")


def test_every_character_of_an_allowed_address_has_a_word():
    words = [one.word for one in spelled_address("abcdefghijklmnopqrstuvwxyz0123456789.-@x.id")]
    assert all(len(word) > 1 for word in words)
