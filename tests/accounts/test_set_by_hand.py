"""Where no directory is connected a password is in force when the operator has set it: nobody is told before that."""

import re

import pytest
from sqlalchemy import select

from models.accounts.account import AccountEvent
from models.accounts.directory_change import last_change
from models.accounts.first_password import TYPED_SPELLING, spelling
from models.accounts.identity_check import check_of
from models.accounts.one_time_link import OneTimeLink
from models.base.db import db
from models.tickets.outbox import Mail
from models.tickets.ticket import Ticket
from procedures.accounts import directory_calls
from procedures.engine.take_step import StepRefused
from tests.accounts.stories import BY_HAND, TYPED, change_at, email_at
from tests.browse import Person
from tests.databases import both, once
from tests.walk import take

pytestmark = once

PASSWORD = re.compile(r'class="pk-password">([^<]+)<')


def told():
    notices = ("password_changed", "password_by_link")
    return sorted(db.session.execute(select(Mail.notice, Mail.recipient).where(Mail.notice.in_(notices))).tuples())


OWNER = [("password_changed", "andi.pribadi@surat.example"), ("password_changed", "andi@bunghatta.ac.id")]


def made(told_by="spot"):
    """The password is on the operator's page, and not yet in the mail system."""
    ticket = change_at("change")
    take(ticket, "change_password", "sari", told_by=told_by)
    directory_calls.change_password(ticket.id)
    db.session.refresh(ticket)
    return ticket


@both
def test_owner_is_told_when_the_operator_has_set_it_and_not_before(app):
    ticket = made()
    assert (ticket.state, told(), db.session.query(AccountEvent).count()) == ("setting", [], 0)
    with pytest.raises(StepRefused) as refused:
        take(ticket, "record_set", "sari", first_password=BY_HAND, first_password_again=BY_HAND)
    assert "Pasang dulu" in str(refused.value.form.is_set.errors[0]) and told() == []
    take(ticket, "record_set", "sari", is_set="y", **TYPED)
    assert (ticket.state, told()) == ("telling", OWNER)
    assert [event.what for event in db.session.query(AccountEvent)] == ["password_changed"]


def test_change_that_was_not_set_after_all_tells_nobody_and_can_be_repeated(app):
    ticket = made()
    take(ticket, "give_up_setting", "sari", reason="Sistem email menolak.")
    check = check_of(ticket)
    assert (ticket.state, told(), check.changed_by_id, last_change(ticket).state) == ("change", [], None, "failed")
    take(ticket, "change_password", "sari", told_by="spot")
    assert directory_calls.change_password(ticket.id).password


def test_nobody_ends_it_while_the_password_waits_to_be_set(app):
    ticket = made()
    with pytest.raises(StepRefused):
        take(ticket, "cancel", "sari", reason="Tidak jadi.")
    with pytest.raises(StepRefused):
        take(ticket, "inform", "sari", told_by="spot")
    assert ticket.state == "setting"


def test_sari_sets_it_by_hand_at_the_desk_and_records_both_in_one_form(app):
    ticket, sari = change_at("change"), Person(app, "sari")
    where = f"/admin/password/told/{ticket.id}"
    shown = sari.post(f"/admin/password/change/{ticket.id}", {"told_by": "spot"}).text
    assert PASSWORD.findall(shown) and "sudah saya pasang di sistem email" in shown
    answer = sari.post(where, {"told_by": "spot"})
    assert (answer.status_code, told()) == (409, [])
    assert sari.post(where, {"told_by": "spot", "is_set": "y"}).status_code == 303
    db.session.expire_all()
    assert (db.session.get(Ticket, ticket.id).state, told()) == ("done", OWNER)


def test_link_by_hand_shows_what_was_set_and_asks_it_twice(app):
    ticket, sari = change_at("change"), Person(app, "sari")
    where, fields = f"/admin/password/told/{ticket.id}", {"told_by": "link", "is_set": "y"}
    shown = sari.post(f"/admin/password/change/{ticket.id}", {"told_by": "link"}).text
    assert 'name="first_password_again"' in shown and db.session.query(OneTimeLink).count() == 0
    for typed in ({}, {**TYPED, "first_password_again": "Lain-sama-sekali-1"}, dict.fromkeys(TYPED, "pendek")):
        assert sari.post(where, {**fields, **typed}).status_code == 409
    assert told() == []
    assert sari.post(where, {**fields, **TYPED}).status_code == 303
    assert told() == [("password_by_link", "andi.pribadi@surat.example"), *OWNER]
    mail = db.session.scalars(select(Mail).where(Mail.notice == "password_by_link")).one()
    path = mail.facts["one_time_link"].removeprefix("http://localhost")
    reader = Person(app)
    assert PASSWORD.findall(reader.post(path, token=reader.token(path)).text) == [BY_HAND]


@both
def test_link_by_hand_needs_the_password_at_the_ticket_page_too(app):
    ticket, sari = made("link"), Person(app, "sari")
    where = f"/admin/ticket/{ticket.id}/do/record_set"
    answer = sari.post(where, {"is_set": "y", "version": ticket.version})
    assert (answer.status_code, "Tulis password yang Anda pasang" in answer.text, told()) == (422, True, [])
    assert sari.post(where, {"is_set": "y", "version": ticket.version, **TYPED}).status_code == 303
    assert [notice for notice, _to in told()] == ["password_by_link", "password_changed", "password_changed"]


@pytest.mark.parametrize("again", ["", "Pasang-tangan-2027", BY_HAND.lower()])
def test_first_password_of_a_unit_typed_differently_the_second_time_makes_no_account(app, again):
    ticket = email_at("creation")
    with pytest.raises(StepRefused) as refused:
        take(ticket, "create_account", "wati", told_by="mail", is_done_by_hand="y", first_password=BY_HAND,
             first_password_again=again)  # fmt: skip
    assert refused.value.form.first_password_again.errors == ["Kedua password tidak sama. Ketik lagi keduanya."]
    assert ticket.state == "creation"


def test_spelling_names_every_letter_and_digit_that_is_mistaken_for_another():
    read = [(one.character, one.word, one.is_capital) for one in spelling("oO0lI1i")]
    assert read == [
        ("o", "Opak", False), ("O", "Opak", True), ("0", "nol, angka", False), ("l", "Lombok", False),
        ("I", "Irian", True), ("1", "satu, angka", False), ("i", "Irian", False),
    ]  # fmt: skip


def test_every_character_of_a_keyboard_has_a_word_of_its_own():
    printable = [chr(code) for code in range(32, 127)]
    words = [one.word for one in spelling("".join(printable))]
    assert all(len(word) > 1 for word in words)
    assert len(set(TYPED_SPELLING.values())) == len(TYPED_SPELLING)


def test_link_page_reads_a_typed_password_aloud(app):
    ticket = email_at("creation")
    typed = dict.fromkeys(TYPED, "lIO-0o1-Kata")
    take(ticket, "create_account", "wati", told_by="mail", is_done_by_hand="y", **typed)
    mail = db.session.scalars(select(Mail).where(Mail.notice == "account_ready")).one()
    path = mail.facts["one_time_link"].removeprefix("http://localhost")
    reader = Person(app)
    page = reader.post(path, token=reader.token(path)).text
    for words in ("<b>l</b> Lombok", "<b>I</b> Irian (huruf besar)", "<b>0</b> nol, angka", "<b>1</b> satu, angka"):
        assert words in page, words
