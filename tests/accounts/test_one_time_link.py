"""The one-time link: a look reveals nothing, the button reveals once, and each way to be too late has its sentence."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from models.accounts.one_time_link import OneTimeLink
from models.base.db import db, write_transaction
from models.organisation.audit import AuditEntry
from tests.accounts.stories import account, unit_id
from tests.browse import Person
from tests.databases import both, once

pytestmark = once

SECRET = "Kmpt-7xrq-h4ns-w9de"
WAYS = ("get", "head", "options")


@pytest.fixture
def row(app):
    return account(None, "feb@bunghatta.ac.id", kind="unit_email", unit_id=unit_id())


def new_link(row, content=SECRET):
    with write_transaction():
        address = OneTimeLink.make(row, content, ticket=None, by=None, sent_to="de•••")
    return address.removeprefix("http://localhost")


def at(monkeypatch, **later):
    monkeypatch.setattr("models.base.db.clock", lambda: datetime.now(UTC) + timedelta(**later))


@both
def test_mail_scanner_that_opens_the_link_in_every_way_reveals_and_spends_nothing(app, row):
    link, scanner = new_link(row), Person(app)
    answers = [getattr(scanner.client, way)(link) for way in WAYS for _twice in range(2)]
    assert [SECRET in answer.text for answer in answers] == [False] * 6
    assert scanner.client.post(link, data={}).status_code == 400  # a button pressed without its page
    assert db.session.query(AuditEntry).filter_by(act="reveal").count() == 0
    reader = Person(app)
    assert SECRET in reader.post(link, token=reader.token(link)).text
    assert db.session.query(AuditEntry).filter_by(act="reveal").count() == 1


@pytest.mark.parametrize(("later", "opens"), [({"days": 6, "hours": 23}, True), ({"days": 7, "seconds": 1}, False)])
def test_link_lives_seven_days(app, row, monkeypatch, later, opens):
    link, reader = new_link(row), Person(app)
    token = reader.token(link)
    at(monkeypatch, **later)
    answer = reader.post(link, token=token)
    assert (SECRET in answer.text, "sudah lewat waktu" in answer.text) == (opens, not opens)


@pytest.mark.parametrize(("fate", "sentence"), [
    ("used", "sudah pernah dibuka"), ("expired", "sudah lewat waktu"),
    ("voided", "diganti dengan yang lebih baru"), ("wrong", "tidak dikenal"),
])  # fmt: skip
def test_link_that_opens_nothing_says_why_and_what_to_do(app, row, monkeypatch, fate, sentence):
    link, reader = new_link(row), Person(app)
    token = reader.token(link)
    if fate == "used":
        reader.post(link, token=token)
    elif fate == "expired":
        at(monkeypatch, days=8)
    elif fate == "voided":
        new_link(row, "lain")
    else:
        link = link[:-1] + ("A" if link[-1] != "A" else "B")
    for answer in (reader.get(link), reader.post(link, token=token)):
        assert (answer.status_code in (404, 410), sentence in answer.text, SECRET in answer.text) == (True, True, False)
        assert "Pustikom" in answer.text


def test_two_who_press_at_once_get_it_once(app, row):
    """The second finds the row already spent, whatever it read before."""
    token = new_link(row).rsplit("/", 1)[1]
    link = OneTimeLink.found(token)
    read_before = (link.id, link.fingerprint, link.sealed)
    with write_transaction():
        first = db.session.scalars(select(OneTimeLink)).one().reveal(token)
    stale = OneTimeLink(**dict(zip(("id", "fingerprint", "sealed"), read_before, strict=True)))
    with write_transaction():
        assert (first, OneTimeLink.reveal(stale, token)) == (SECRET, None)


def test_network_that_tries_many_unknown_links_must_wait_and_known_ones_still_open(app, row):
    link, reader = new_link(row), Person(app)
    answers = [reader.get(f"/password/tebakan-{n}").status_code for n in range(12)]
    assert answers == [404] * 10 + [429] * 2
    assert "Retry-After" in reader.get("/password/tebakan").headers
    assert SECRET in reader.post(link, token=reader.token(link)).text


def test_reveal_is_neither_cached_nor_named_to_other_sites(app, row):
    link, reader = new_link(row), Person(app)
    token = reader.token(link)
    headers = reader.post(link, token=token).headers
    assert (headers["Cache-Control"], headers["Referrer-Policy"]) == ("no-store", "no-referrer")


def test_password_set_by_hand_with_any_character_can_be_read(app, row):
    link, reader = new_link(row, "Ibu$kota <2026>"), Person(app)
    assert "Ibu$kota &lt;2026&gt;" in reader.post(link, token=reader.token(link)).text
