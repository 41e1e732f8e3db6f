"""Every procedure whose requester gets mails can put a colleague in copy; of a password it says why not."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from flask import current_app

from models.base.db import db
from models.tickets.copied_person import CopiedPerson
from models.tickets.outbox import Mail
from models.tickets.ticket import Ticket
from models.tickets.ticket_keys import link_of
from procedures.engine import catalog
from procedures.engine.declaration import Who
from procedures.engine.take_step import StepRefused, take_step
from procedures.tickets.copying import NOBODY_IN_COPY
from tests.accounts.stories import change_at
from tests.browse import Person
from tests.databases import once
from tests.outages.walk import network_outage_at, wib
from tests.walk import REQUESTER, as_staff, category_id, file_complaint, take

PROMISE = {"text": "Sedang diganti.", "estimate_reason": "Suku cadang ada."}


def in_copy(ticket: Ticket, email: str = "ani@feb.example", by: object = "tono") -> CopiedPerson:
    take(ticket, "add_copy", by, name="Ani", email=email)
    row = db.session.query(CopiedPerson).filter_by(email=email).one()
    ani, path = Person(current_app), urlsplit(row.link).path
    assert ani.post(f"{path}/ya", token=ani.token(path)).status_code == 303
    return db.session.get_one(CopiedPerson, row.id)


def mails_to(email: str) -> list[str]:
    return [m.notice for m in db.session.query(Mail).filter_by(recipient=email).order_by(Mail.id)]


def test_a_procedure_that_tells_its_requester_has_copies_or_says_why_not():
    tell = {
        key
        for key, procedure in catalog.PROCEDURES.items()
        if any(Who.REQUESTER in step.tells or Who.UNIT in step.tells for step in procedure.steps.values())
    }
    with_copies = {key for key, procedure in catalog.PROCEDURES.items() if "add_copy" in procedure.steps}
    assert tell == {*with_copies, *NOBODY_IN_COPY} and not with_copies & set(NOBODY_IN_COPY)
    assert set(NOBODY_IN_COPY) == {"password_change"}


def test_who_is_in_copy_of_an_outage_hears_what_its_reporters_hear_and_reads_its_page(app):
    ticket = network_outage_at("to_pass_on")
    row = in_copy(ticket)
    take(ticket, "pass_on", "rina", recovers_at=wib(hours=3), **PROMISE)
    take(ticket, "end", "tono", cause="Hangus.", text="Diganti.", no_proof_reason="Ping ditutup.")
    assert mails_to("ani@feb.example") == ["copy_asked", "outage_update", "outage_ended"]
    ani, number = Person(app), ticket.number
    ani.get(urlsplit(db.session.get_one(CopiedPerson, row.id).link).path, check=False)
    assert "Sedang diganti." in ani.get(f"/tiket/{number}").text


def test_who_is_in_copy_of_a_tied_complaint_hears_of_the_outage_by_their_own_link(app):
    ticket, complaint = network_outage_at("to_pass_on"), file_complaint()
    row = in_copy(complaint, by=REQUESTER)
    take(complaint, "tie", "tono", incident=str(ticket.id), text="")
    take(ticket, "pass_on", "rina", recovers_at=wib(hours=3), **PROMISE)
    update = db.session.query(Mail).filter_by(recipient=row.email, notice="outage_update").one()
    assert (update.ticket_id, update.facts["copy"]) == (complaint.id, row.id)
    take(ticket, "end", "tono", cause="Hangus.", text="Diganti.", no_proof_reason="Ping ditutup.")
    assert mails_to("ani@feb.example") == ["copy_asked", "outage_update", "resolved"]
    take(db.session.get_one(Ticket, complaint.id), "remove_copy", REQUESTER, copy=str(row.id))
    assert mails_to("ani@feb.example") == []


def test_the_copy_of_a_complaint_of_another_group_is_masked_before_the_mail_goes(app):
    ticket = network_outage_at("to_pass_on")
    tied = file_complaint(category=category_id("Akun dan password"))
    in_copy(tied, "rahasia@feb.example", REQUESTER)
    take(tied, "tie", "sari", incident=str(ticket.id), text="")
    fields = {"recovers_at": wib(hours=3), "version": str(ticket.version), "once": "x", **PROMISE}
    page = Person(app, "rina").post(f"/admin/ticket/{ticket.id}/do/pass_on", fields).text
    assert "r•••@feb.example" in page and "rahasia@feb.example" not in page


@once
def test_of_a_password_nobody_is_in_copy_and_both_pages_say_why(app):
    ticket = change_at("proof")
    reason = str(NOBODY_IN_COPY["password_change"])
    with pytest.raises(StepRefused, match="tidak ada dalam prosedur"):
        take_step(ticket, "add_copy", as_staff("sari"))
    pk, number, link = ticket.id, ticket.number, urlsplit(link_of(ticket)).path
    assert reason in Person(app, "sari").get(f"/admin/ticket/details/?id={pk}").text
    andi = Person(app)
    andi.get(link, check=False)
    page = andi.get(f"/tiket/{number}").text
    assert reason in page and "Tambah rekan" not in page
