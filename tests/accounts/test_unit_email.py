"""Unit e-mail, E1 to E4, as stories with named people, beside the table typed from the paper."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from models.accounts.account import Account
from models.accounts.directory_change import DirectoryChange
from models.accounts.email_request import email_request_of
from models.accounts.one_time_link import OneTimeLink
from models.base.db import db, utcnow
from models.base.wording import local
from models.tickets.letter import Disposition, RequestLetter
from models.tickets.outbox import Mail
from procedures.engine import catalog
from procedures.engine.take_step import StepRefused, open_ticket
from tests.accounts.stories import BY_HAND, SCAN, TYPED, UNIT, email_at, email_fields, entry_fields, request_email
from tests.databases import both, once
from tests.walk import as_staff, form_of, take

pytestmark = once

# number, step, who, from, to: typed by hand from the paper
PAPER = [
    ("E1", "send_request", ["unit"], [], ["disposition"]),
    ("E1b", "enter_request", ["operator"], [], ["disposition"]),
    ("E2", "name_contact", ["unit", "operator"], ["disposition", "networking", "unit_answer", "creation"], []),
    ("E3a", "dispose", ["head_of_centre"], ["disposition"], ["networking"]),
    ("E3b", "find_feasible", ["head_networking"], ["networking"], ["creation"]),
    ("E3b", "propose_adjustment", ["head_networking"], ["networking"], ["unit_answer"]),
    ("E3b", "advise_refusal", ["head_networking"], ["networking"], ["refusal_advice"]),
    ("E3c", "accept_adjustment", ["unit", "operator"], ["unit_answer"], ["creation"]),
    ("E3c", "decline_adjustment", ["unit", "operator"], ["unit_answer"], ["declined"]),
    ("E3d", "refuse_request", ["head_of_centre"], ["disposition", "refusal_advice"], ["refused"]),
    ("E3e", "overrule_refusal", ["head_of_centre"], ["refusal_advice"], ["networking"]),
    ("E4", "create_account", ["service_officer"], ["creation"], ["creating"]),
    ("E4b", "account_ready", ["product"], ["creating"], ["telling", "done"]),
    ("E4c", "creation_failed", ["product"], ["creating"], ["creation"]),
    ("E4d", "record_call", ["service_officer"], ["telling"], ["telling", "done"]),
]


def test_table_of_the_paper_is_the_programs():
    steps = [s for s in catalog.get("unit_email").steps.values() if not s.is_common]
    assert [(s.number, s.name, s.roles(), [*s.sources], [*s.targets]) for s in steps] == PAPER


def test_dewis_request_becomes_an_account_whose_password_waits_behind_a_link(app):
    ticket = email_at("creation")
    take(ticket, "create_account", "wati", told_by="mail", is_done_by_hand="y", **TYPED)
    row = db.session.scalars(select(Account)).one()
    assert (ticket.state, row.address, row.state, row.contact.name) == (
        "done",
        "prodi.akuntansi@bunghatta.ac.id",
        "active",
        "Dewi Anggraini",
    )
    mail = db.session.scalars(select(Mail).where(Mail.notice == "account_ready")).one()
    assert mail.recipient == "dewi@feb.example"
    token = mail.facts["one_time_link"].rsplit("/", 1)[1]
    password = OneTimeLink.found(token).reveal(token)
    assert password == BY_HAND
    assert OneTimeLink.found(token).reveal(token) is None
    assert [e.number for e in ticket.events] == ["E1", "E3a", "E3b", "E4", "E4b"]


def test_letter_and_disposition_are_kept_as_papers(app):
    ticket = email_at("networking")
    letter = db.session.scalars(select(RequestLetter)).one()
    disposition = db.session.scalars(select(Disposition)).one()
    assert (letter.number, letter.signed_as, disposition.to_division) == ("12/FEB/XI/2025", "Dekan", "networking")
    assert (disposition.letter, disposition.made_by.name) == (letter, "Pak Budi")
    assert ticket.group.name == "Jaringan"


def test_unit_accepts_the_adjusted_address(app):
    ticket = email_at("unit_answer")
    take(ticket, "accept_adjustment", UNIT, name="Pak Dekan")
    assert (ticket.state, email_request_of(ticket).address) == ("creation", "akuntansi.feb@bunghatta.ac.id")


def test_unit_declines_the_adjusted_address(app):
    ticket = email_at("unit_answer")
    take(ticket, "decline_adjustment", UNIT, name="Pak Dekan", text="Tidak sesuai.")
    assert (ticket.state, ticket.is_open) == ("declined", False)


def test_advised_refusal_is_decided_by_the_head_of_the_centre(app):
    ticket = email_at("refusal_advice")
    with pytest.raises(StepRefused) as refused:
        take(ticket, "refuse_request", "rina", reason="Saya saja.")
    assert refused.value.why == "role"
    take(ticket, "overrule_refusal", "budi", reason="Cari jalan lain.")
    assert ticket.state == "networking"
    take(ticket, "advise_refusal", "rina", reason="Tetap tidak dapat.")
    take(ticket, "refuse_request", "budi", reason="Unit sudah punya alamat.")
    assert ticket.state == "refused"


def test_contact_is_called_until_reached(app):
    ticket = email_at("telling")
    take(ticket, "record_call", "wati", name="Dewi", result="missed")
    assert ticket.state == "telling"
    take(ticket, "record_call", "wati", name="Dewi", result="told", text="Sudah menerima tautan.")
    assert (ticket.state, email_request_of(ticket).told_by) == ("done", "phone")


@pytest.mark.parametrize(
    ("wish", "sentence"),
    [
        ("tata usaha", "Karakter ini tidak boleh dipakai: spasi."),
        ("postmaster", "Nama “postmaster” dicadangkan."),
        ("x@gmail.com", "Alamat harus berakhiran @bunghatta.ac.id."),
    ],
)
def test_forbidden_address_is_refused_with_its_sentence(app, wish, sentence):
    with pytest.raises(StepRefused) as refused:
        request_email(address=wish)
    assert str(refused.value.form.address.errors[0]).startswith(sentence)


def test_contact_is_required(app):
    form = form_of("unit_email", "send_request", **email_fields(contact_phone=None))
    form.files = [SCAN]
    assert not form.validate()
    assert list(form.errors) == ["contact_phone"]


def test_address_taken_meanwhile_is_not_created_twice(app):
    first, second = email_at("creation"), email_at("creation")
    take(first, "create_account", "wati", told_by="mail", is_done_by_hand="y", **TYPED)
    with pytest.raises(StepRefused) as refused:
        take(second, "create_account", "wati", told_by="mail", is_done_by_hand="y", **TYPED)
    assert refused.value.sentence == "Alamat ini sudah dipakai. Periksa register akun."


def test_without_a_directory_the_officer_ticks_what_was_done(app):
    ticket = email_at("creation")
    with pytest.raises(StepRefused) as refused:
        take(ticket, "create_account", "wati", told_by="mail")
    assert (refused.value.why, ticket.state, db.session.query(DirectoryChange).count()) == ("form", "creation", 0)


@pytest.mark.parametrize(("who", "sees"), [("sari", True), ("tono", False), ("wati", True), ("lina", False)])
def test_only_those_of_the_row_rule_see_the_request(app, who, sees):
    ticket = email_at("disposition")
    with pytest.raises(StepRefused) as refused:
        take(ticket, "dispose", who, text="x")
    assert refused.value.why == ("role" if sees else "hidden")


@both
def test_officer_is_told_why_the_directory_failed_and_can_try_again(app, slapd):
    use(app, slapd, bind_password="salah")
    ticket = email_at("creation")
    take(ticket, "create_account", "wati", told_by="mail")
    assert (ticket.state, ticket.events[-1].number) == ("creation", "E4c")
    assert "menolak hak aplikasi" in ticket.events[-1].text
    use(app, slapd)
    take(ticket, "create_account", "wati", told_by="mail")
    assert ticket.state == "done"
    assert slapd.directory().find("prodi.akuntansi").mail == "prodi.akuntansi@bunghatta.ac.id"
    link = db.session.scalars(select(Mail).where(Mail.notice == "account_ready")).one().facts["one_time_link"]
    token = link.rsplit("/", 1)[1]
    assert slapd.binds("prodi.akuntansi", OneTimeLink.found(token).reveal(token))


def use(app, server, **changes):
    """Connect the application to the test's directory."""
    wanted = server.settings(**changes)
    app.config.update(
        DIRECTORY_URL=wanted.url,
        DIRECTORY_BIND_DN=wanted.bind_dn,
        DIRECTORY_BIND_PASSWORD=wanted.bind_password,
        DIRECTORY_BASE_DN=wanted.base_dn,
        DIRECTORY_CA_FILE=wanted.ca_file,
    )


@pytest.fixture(autouse=True)
def no_directory_afterwards(app, slapd):
    slapd.forget_people()
    yield
    app.config["DIRECTORY_URL"] = ""


def later(monkeypatch, minutes=1.5):
    from datetime import UTC, datetime, timedelta

    monkeypatch.setattr("models.base.db.clock", lambda: datetime.now(UTC) + timedelta(minutes=minutes))


def test_operator_enters_a_paper_letter(app):
    received = utcnow().replace(second=0, microsecond=0) - timedelta(days=3)
    fields = entry_fields(received_at=f"{local(received):%d/%m/%Y %H.%M}", email=None)
    form = form_of("unit_email", "enter_request", **fields)
    ticket = open_ticket("unit_email", "enter_request", as_staff("sari"), form, files=[SCAN])
    letter = db.session.scalars(select(RequestLetter)).one()
    assert (ticket.channel, ticket.state, ticket.requester_email) == ("letter", "disposition", "")
    assert (ticket.received_at, letter.received_at) == (received, received)


@pytest.mark.parametrize(
    ("changes", "files", "field"),
    [
        ({"received_at": None}, [SCAN], "received_at"),
        ({"received_at": "1/1/2999 08.00"}, [SCAN], "received_at"),
        ({}, [], "files"),
        ({"acknowledged_by": "Pak Dekan"}, [SCAN], "acknowledged_as"),
    ],
)
def test_paper_letter_asks_for_scan_and_time_of_receipt_as_an_installation_does(app, changes, files, field):
    form = form_of("unit_email", "enter_request", **entry_fields(**changes))
    with pytest.raises(StepRefused):
        open_ticket("unit_email", "enter_request", as_staff("sari"), form, files=files)
    assert list(form.errors) == [field]


@pytest.mark.parametrize("day", ["2020-01-31", "31/01/2020"])
def test_head_cannot_set_a_target_date_in_the_past(app, day):
    ticket = email_at("disposition")
    with pytest.raises(StepRefused):
        take(ticket, "dispose", "budi", text="Mohon ditindaklanjuti.", target_on=day)
