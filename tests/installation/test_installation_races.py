"""R2, R3: fifty at once decide, bill and number on both databases: one decision each, no number twice, no gap."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date

from sqlalchemy.exc import OperationalError

from models.base.db import db, write_transaction
from models.installation.bill import bills_of
from models.organisation.office_number import take_number
from models.tickets.issued_document import IssuedDocument
from models.tickets.outbox import Mail
from models.tickets.ticket import Event, Ticket
from procedures.engine.take_step import StepRefused
from tests.installation.installation_walk import installation_at, issue_bill, pay, take

RIVALS = 50


def at_once(app, act: Callable[[int], object], rivals: int = RIVALS) -> list[object]:
    """What each rival got: a result, or the reason why not."""
    start, found = threading.Barrier(rivals), [None] * rivals

    def run(number: int) -> None:
        with app.app_context():
            start.wait()
            for _try in range(40):
                try:
                    found[number] = act(number)
                    break
                except StepRefused as refused:
                    found[number] = refused.why
                    break
                except OperationalError:  # SQLite's lock was not to be had in time: the user would press again
                    db.session.rollback()
            db.session.remove()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(rivals)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.remove()
    return found


def test_r2_fifty_approvals_and_returns_at_once_make_one_decision_and_one_mail(app):
    ticket = installation_at("rab_approval")
    ticket_id, version = ticket.id, ticket.version
    db.session.remove()

    def decide(number: int) -> str:
        step, fields = ("approve_rab", {}) if number % 2 else ("return_rab", {"reason": "Perbaiki."})
        take(db.session.get(Ticket, ticket_id), step, "budi", version=version, **fields)
        return "done"

    found = at_once(app, decide)
    assert found.count("done") == 1 and set(found) <= {"done", "state", "stale", "need"}
    assert db.session.query(Event).filter(Event.step.in_(["approve_rab", "return_rab"])).count() == 1
    approved = db.session.query(Mail).filter_by(notice="rab_approved", recipient="dewi@feb.example").count()
    assert approved == db.session.query(IssuedDocument).filter_by(kind="rab").count() <= 1


def test_r3_fifty_bills_at_once_make_one_bill_with_the_first_number(app):
    ticket_id = installation_at("billing").id
    db.session.remove()
    found = at_once(app, lambda _n: issue_bill(db.session.get(Ticket, ticket_id)) or "done")
    assert found.count("done") == 1
    (bill,) = bills_of(db.session.get(Ticket, ticket_id))
    assert bill.number.startswith("001/PTK/TAG/")


def test_d9_fifty_payments_at_once_never_exceed_what_is_owed(app):
    ticket_id = installation_at("payment").id
    db.session.remove()
    found = at_once(app, lambda _n: pay(db.session.get(Ticket, ticket_id), "1500000") or "done")
    assert found.count("done") == 3
    (bill,) = bills_of(db.session.get(Ticket, ticket_id))
    assert (bill.outstanding_rp, db.session.get(Ticket, ticket_id).state) == (0, "closed")
    assert [p.receipt_number[:3] for p in bill.payments] == ["001", "002", "003"]


def test_r3_fifty_numbers_at_once_are_unique_and_without_a_gap_even_when_some_are_given_back(app):
    class GivenBack(Exception):
        pass

    def number(place: int) -> str:
        try:
            with write_transaction():
                taken = take_number("bill", date(2026, 11, 23))
                if place % 5 == 0:
                    raise GivenBack
        except GivenBack:
            return ""
        return taken

    db.session.remove()
    kept = sorted(one for one in at_once(app, number) if one)
    assert kept == [f"{n:03}/PTK/TAG/XI/2026" for n in range(1, RIVALS * 4 // 5 + 1)]
