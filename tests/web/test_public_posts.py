"""Every address outside the panel that takes a POST, in one table: one limit a network, one an address, no stranger's words.

A new one has no line here, and fails the first test until somebody says what a stranger may make of it (P1, P4, P5, P9).
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

import models.base.db
from mails.render import render
from models.base import setting
from models.base.db import db, utcnow, write_transaction
from models.organisation.sessions import hash_token
from models.outages.alert import AlertSource
from models.tickets.mailing.data_request import DataRequest
from models.tickets.outbox import Mail
from models.tickets.ticket import BUSY_NETWORK, Event, Ticket
from models.tickets.ticket_keys import link_of
from tests.accounts.test_account_pages import PDF
from tests.browse import Person
from tests.databases import once
from tests.installation.installation_walk import letter_fields
from tests.public.visitor import hidden, later
from tests.walk import complaint_at, complaint_fields, file_complaint

pytestmark = once

VICTIM, BAIT = "korban@unit.example", "Menangkan-hadiah-di-sini"
TIMES = 14  # more than every limit of an hour
AN_HOUR = 5  # forms of a network, in this test
KEY = "kunci-pemantau-0123456789"
A_MINUTE = 60


@dataclass(frozen=True)
class Door:
    """How a stranger knocks, and what becomes of it."""

    knock: Callable[[FlaskClient, Any, int], TestResponse]
    ends: str  # "held": it waits for a person; "429": come back later; "shut": nothing is done without its secret


def form(path: str, trap: str = "", **fields: Any) -> Callable[[FlaskClient, Any, int], TestResponse]:
    """One of the procedures' forms, filled with the victim's address and the bait wherever words go."""

    def knock(client: FlaskClient, monkeypatch: Any, number: int) -> TestResponse:
        page = client.get(path).text
        later(monkeypatch, seconds=0 if trap == "too_fast" else 5)
        scan = {} if path == "/pengaduan" else {"attachments": (io.BytesIO(PDF), "surat.pdf")}
        own = {"letter_number": f"{number}/FEB/XI/2026", "address": f"lab-{number}"}
        filled = {**fields, **own, "email": VICTIM, "name": BAIT, "subject": f"{BAIT} {number}", "description": BAIT,
                  "purpose": BAIT, "signed_by": BAIT, "phone": "0812-1111-2222"}  # fmt: skip
        sent = {**hidden(page, path), **filled, **scan, **({"situs": "x"} if trap == "honeypot" else {})}
        return client.post(path, data={k: v for k, v in sent.items() if (k, trap) != ("nonce", "no_nonce")})

    return knock


def post(path: str, **fields: str) -> Callable[[FlaskClient, Any, int], TestResponse]:
    """A POST to this address, with the number of a ticket that somebody else holds."""

    def knock(client: FlaskClient, _monkeypatch: Any, number: int) -> TestResponse:
        ticket = db.session.scalars(select(Ticket).order_by(Ticket.id)).unique().first()
        token = hidden(client.get("/tiket/kirim-ulang").text, "/tiket/kirim-ulang")["csrf_token"]
        filled = {"csrf_token": token, **fields}
        return client.post(path.format(number=ticket.number if ticket else "", n=number), data=filled)

    return knock


def letter() -> dict[str, Any]:
    more = {"contact_name": BAIT, "contact_phone": "0812-6600-0001", "contact_email": VICTIM, "display_name": BAIT}
    return {**letter_fields(), **more}


def alerts(client: FlaskClient, _monkeypatch: Any, _number: int) -> TestResponse:
    body = {"version": "4", "alerts": [{"status": "firing", "labels": {"alertname": BAIT, "instance": "entah"}}]}
    return client.post("/api/alerts", data=json.dumps(body), headers={"Authorization": "Bearer x" + KEY})


FORMS: dict[str, Callable[[], dict[str, Any]]] = {
    "/pengaduan": complaint_fields,
    "/permohonan/pemasangan-jaringan": letter,
    "/permohonan/email-unit": letter,
}
DOORS: dict[str, Callable[[], Door]] = {
    "/pengaduan": lambda: Door(form("/pengaduan", **complaint_fields()), "held"),
    "/permohonan/pemasangan-jaringan": lambda: Door(form("/permohonan/pemasangan-jaringan", **letter()), "held"),
    "/permohonan/email-unit": lambda: Door(form("/permohonan/email-unit", **letter()), "held"),
    "/pengaduan/saran": lambda: Door(post("/pengaduan/saran", subject=BAIT, description=BAIT), "429"),
    "/panduan/<int:article_id>/menolong": lambda: Door(post("/panduan/999/menolong"), "shut"),  # known: test_articles
    "/tiket/kirim-ulang": lambda: Door(post("/tiket/kirim-ulang", email=VICTIM), "429"),
    "/tiket/<number>/kode": lambda: Door(post("/tiket/{number}/kode", code="00000000", kept_text=BAIT), "shut"),
    "/tiket/<number>/langkah/<name>": lambda: Door(post("/tiket/{number}/langkah/answer", text=BAIT), "shut"),
    "/tiket/<number>/data-pribadi": lambda: Door(
        post("/tiket/{number}/data-pribadi", kind="correction", text=BAIT), "shut"
    ),
    "/tiket/<number>/lupakan": lambda: Door(post("/tiket/{number}/lupakan"), "shut"),
    "/salinan/<token>/ya": lambda: Door(post("/salinan/tidak-ada-{n}/ya"), "429"),
    "/salinan/<token>/berhenti": lambda: Door(post("/salinan/tidak-ada-{n}/berhenti"), "429"),
    "/password/<token>": lambda: Door(post("/password/tidak-ada-{n}"), "429"),
    "/verifikasi/<code>": lambda: Door(post("/verifikasi/tidak-ada-{n}"), "429"),
    # where no campus signs in; where one does: tests/web/test_my_tickets.py
    "/tiket-saya/kampus": lambda: Door(post("/tiket-saya/kampus"), "shut"),
    "/tiket-saya/direktori": lambda: Door(post("/tiket-saya/direktori", username=BAIT, password=BAIT), "shut"),
    "/tiket-saya/keluar": lambda: Door(post("/tiket-saya/keluar"), "shut"),
    "/api/alerts": lambda: Door(alerts, "shut"),
    "/api/alerts/api/v2/alerts": lambda: Door(alerts, "shut"),
}
SHUT = {303, 401, 403, 404}  # 303: forgetting a ticket or leaving, where there is nothing to leave, leads back


def test_p9_every_public_post_of_the_address_map_is_in_the_table(app):
    rules = {
        r.rule for r in app.url_map.iter_rules() if "POST" in (r.methods or ()) and not r.rule.startswith("/admin")
    }
    assert rules == set(DOORS)


def strangers(app: Flask, door: Door, monkeypatch: Any, is_one_network: bool) -> list[TestResponse]:
    """The answers to TIMES knocks, each of a fresh browser, all from one network or each from its own."""
    answers = []
    for number in range(TIMES):
        client = app.test_client()
        client.environ_base["REMOTE_ADDR"] = "203.0.113.7" if is_one_network else f"198.51.{number}.7"
        answers.append(door.knock(client, monkeypatch, number))
    return answers


def written() -> tuple[int, ...]:
    db.session.expire_all()
    return tuple(
        db.session.scalar(select(func.count()).select_from(table)) or 0 for table in (Ticket, Event, Mail, DataRequest)
    )


def to_victim() -> list[Mail]:
    return db.session.query(Mail).filter_by(recipient=VICTIM).order_by(Mail.id).all()


@pytest.mark.parametrize("rule", sorted(DOORS))
def test_p5_p9_one_network_comes_to_an_end_at_every_public_post(app, monkeypatch, rule):
    file_complaint(name="Andi", email="andi@mhs.example")
    with write_transaction():
        setting.put("complaints_per_hour_per_address", AN_HOUR)
        setting.put("suggestions_per_hour", 10)
    door, before = DOORS[rule](), written()
    answers = strangers(app, door, monkeypatch, is_one_network=True)
    statuses = [answer.status_code for answer in answers]
    if door.ends == "held":
        assert set(statuses) == {303}, statuses
        held = [ticket.suspicion for ticket in db.session.query(Ticket).order_by(Ticket.id)][1:]
        assert held == [""] * AN_HOUR + [BUSY_NETWORK] * (TIMES - AN_HOUR), "beyond the limit of its network it waits"
    elif door.ends == "429":
        assert statuses[0] != 429 and statuses[-1] == 429, statuses
        assert rule == "/pengaduan/saran" or answers[-1].headers["Retry-After"].isdigit()  # a part of a page, no page
    else:
        assert set(statuses) <= SHUT and written() == before, statuses


@pytest.mark.parametrize("is_one_network", [True, False], ids=["one-network", "many-networks"])
@pytest.mark.parametrize("rule", sorted(DOORS))
def test_p4_p9_no_public_post_bombs_an_address_or_mails_it_a_strangers_words(app, monkeypatch, rule, is_one_network):
    file_complaint(email=VICTIM)  # the victim has a ticket of their own: what is sent again has something to send
    with write_transaction():
        db.session.query(Mail).delete()
    started = utcnow()
    strangers(app, DOORS[rule](), monkeypatch, is_one_network)
    mails = to_victim()
    hour = [mail for mail in mails if mail.not_before - started < timedelta(hours=1)]
    day = [mail for mail in mails if mail.not_before - started < timedelta(days=1)]
    assert len(hour) <= 1 and len(day) <= 3, [(mail.notice, mail.not_before) for mail in mails]
    for mail in mails:
        made = render(mail)
        assert BAIT not in made.subject + made.text + made.html, mail.notice


@pytest.mark.parametrize("trap", ["honeypot", "no_nonce", "too_fast"])
@pytest.mark.parametrize("rule", sorted(FORMS))
def test_p5_every_form_holds_what_looks_machine_made_and_mails_nothing(app, monkeypatch, rule, trap):
    assert form(rule, trap, **FORMS[rule]())(app.test_client(), monkeypatch, 1).status_code == 303
    assert [ticket.suspicion for ticket in db.session.query(Ticket)] == [trap]
    assert to_victim() == []


def test_p5_every_address_that_opens_a_ticket_is_one_of_the_forms(app):
    assert set(FORMS) == {rule for rule, door in DOORS.items() if door().ends == "held"}


def test_p4_what_a_holder_sends_again_and_again_is_bounded_and_not_mailed_back_to_others(app):
    """Answer, request about one's data, rating: whoever holds a ticket writes to staff, and to nobody else."""
    ticket = complaint_at("in_progress")
    holder = Person(app)
    holder.get(link_of(ticket).removeprefix(app.config["BASE_URL"]))
    before = set(db.session.scalars(select(Mail.recipient)))
    for number in range(TIMES):
        holder.post(f"/tiket/{ticket.number}/data-pribadi", {"kind": "correction", "text": f"{BAIT} {number}"})
        holder.client.post(
            f"/tiket/{ticket.number}/langkah/answer", data={"csrf_token": holder.token(), "text": f"{BAIT} {number}"}
        )
    waiting = db.session.scalar(select(func.count()).select_from(DataRequest))
    assert waiting < TIMES, "so many of one ticket wait, and no more"
    told = {mail.recipient for mail in db.session.query(Mail)} - before
    assert all(address.endswith("@pustikom.example") for address in told), told


def test_p9_a_monitor_with_its_key_is_heard_sixty_times_a_minute(app, monkeypatch):
    moment = utcnow()
    monkeypatch.setattr(models.base.db, "clock", lambda: moment)  # a slow machine takes more than this minute
    with write_transaction():
        db.session.add(AlertSource(name="Zabbix", token_hash=hash_token(KEY)))
    client, heads = app.test_client(), {"Authorization": f"Bearer {KEY}"}
    body = json.dumps({"version": "4", "alerts": []})
    statuses = [client.post("/api/alerts", data=body, headers=heads).status_code for _ in range(A_MINUTE + 1)]
    assert statuses[-1] == 429 and 429 not in statuses[:-1]
