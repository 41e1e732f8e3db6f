"""The mails about network installations, a function each; each puts a row into the outbox.

A document goes with a mail by its id in `papers`; who sends the mail attaches the file as issued.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from mails.queue import queue
from mails.receipts import receipt
from mails.recipients import Recipient
from mails.signed import signed
from mails.tickets.letter_facts import twin_facts
from models.base import setting
from models.base.columns.json_value import Json
from models.base.db import db
from models.base.wording import on_date
from models.installation.bill import open_bill
from models.installation.rab import approved_rab, latest_rab
from models.installation.survey import appointed, letter_and_request, request_of
from models.organisation.roles import Role
from models.tickets.issued_document import documents_of
from models.tickets.outbox import Mail
from models.tickets.ticket import Event, Ticket


def letter_received(ticket: Ticket, event: Event, to: Recipient) -> None:
    """N1: the ticket number for whoever sent the letter."""
    receipt("letter_received", ticket, to)


def letter_arrived(ticket: Ticket, event: Event, to: Recipient) -> None:
    """N1: a new letter lies before the head of the centre."""
    entered = event.actor_name if event.actor_kind == "staff" else ""
    letter = letter_and_request(ticket)[0].number
    queue(
        "letter_arrived", ticket, to, {**_about(ticket), "letter": letter, "entered_by": entered, **twin_facts(event)}
    )


def disposed(ticket: Ticket, event: Event, to: Recipient) -> None:
    """N2: the letter was sent to the networking division; entered from paper, the head confirms it."""
    facts = {**_said(ticket, event), "on_paper": event.step == "enter_disposition"}
    must_confirm = facts["on_paper"] and to.audience == Role.HEAD_OF_CENTRE.value
    queue("disposed", ticket, to, {**facts, "must_confirm": must_confirm, "text": event.text if to.is_staff else ""})


def letter_returned(ticket: Ticket, event: Event, to: Recipient) -> None:
    """N2: the unit is asked to complete its letter."""
    queue("letter_returned", ticket, to, _said(ticket, event))


def letter_completed(ticket: Ticket, event: Event, to: Recipient) -> None:
    """N2: the unit completed its letter."""
    queue("letter_completed", ticket, to, _said(ticket, event))


def request_refused(ticket: Ticket, event: Event, to: Recipient) -> None:
    """N2, N5b, N6: the request ends, at which step, by whom and why."""
    queue("request_refused", ticket, to, {**_said(ticket, event), "decision": event.step})


def passed_on(ticket: Ticket, event: Event, to: Recipient) -> None:
    """N2: a head passed the disposition on."""
    queue("passed_on", ticket, to, _said(ticket, event))


def survey_planned(ticket: Ticket, event: Event, to: Recipient) -> None:
    """N3: the unit is told when the surveyors come; the calendar file goes along."""
    queue("survey_planned", ticket, to, {**_visit(ticket, to), "calendar": "survey"})


def survey_assigned(ticket: Ticket, event: Event | None, to: Recipient) -> None:
    """N3: a surveyor is told where and when, with the head's message."""
    facts = {**_about(ticket), **_visit(ticket, to), "text": _message(ticket, "survey")}
    queue("survey_assigned", ticket, to, {**facts, "calendar": "survey"})


def survey_sent(ticket: Ticket, event: Event, to: Recipient) -> None:
    """N4: the survey report is there, with its result."""
    queue("survey_sent", ticket, to, {**_said(ticket, event), "result": event.data.get("result", "")})


def end_proposed(ticket: Ticket, event: Event, to: Recipient) -> None:
    """N4: the head of networking proposes to end a request that is not feasible."""
    queue("end_proposed", ticket, to, _said(ticket, event))


def sent_back(ticket: Ticket, event: Event, to: Recipient) -> None:
    """N5b: the head of the centre does not end it; the division goes on."""
    queue("sent_back", ticket, to, _said(ticket, event))


def rab_submitted(ticket: Ticket, event: Event, to: Recipient) -> None:
    """N5: a RAB waits for the head's decision."""
    rab = latest_rab(ticket)
    facts = {"version": rab.version, "total_rp": rab.total_rp, "days": rab.working_days} if rab else {}
    queue("rab_submitted", ticket, to, {**_said(ticket, event), **facts})


def rab_returned(ticket: Ticket, event: Event, to: Recipient) -> None:
    """N6: the RAB came back with a note."""
    queue("rab_returned", ticket, to, _said(ticket, event))


def rab_approved(ticket: Ticket, event: Event, to: Recipient) -> None:
    """N6: the RAB goes to the unit as PDF, with how to answer; inside the house, that it was approved."""
    if _was_mailed("rab_approved", ticket, event, to):
        return
    rab = approved_rab(ticket)
    facts: dict[str, Any] = {}
    if rab is not None:
        facts = {"total_rp": rab.total_rp, "valid_day": on_date(rab.valid_until, to.language), "days": rab.working_days}
    words = {"text": event.text if to.is_staff else ""}  # the note is the house's own
    queue("rab_approved", ticket, to, {**_said(ticket, event), **words, **facts, "papers": _documents(ticket, "rab")})


def unit_reminded(ticket: Ticket, event: Event, to: Recipient) -> None:
    """N6b: the RAB's validity is about to end without an answer."""
    if _was_mailed("unit_reminded", ticket, event, to):
        return
    rab = approved_rab(ticket)
    facts = {"valid_day": on_date(rab.valid_until, to.language), "total_rp": rab.total_rp} if rab else {}
    queue("unit_reminded", ticket, to, {**_about(ticket), **facts})


def unit_answered(ticket: Ticket, event: Event, to: Recipient) -> None:
    """N6b: the unit agreed or declined."""
    queue("unit_answered", ticket, to, {**_said(ticket, event), **event.data})


def rab_revised(ticket: Ticket, event: Event, to: Recipient) -> None:
    """N6: the RAB sent to the unit is being drawn up anew."""
    queue("rab_revised", ticket, to, _said(ticket, event))


def installation_planned(ticket: Ticket, event: Event, to: Recipient) -> None:
    """N7: the unit is told who comes and when."""
    queue("installation_planned", ticket, to, _visit(ticket, to, "installation"))


def installation_assigned(ticket: Ticket, event: Event | None, to: Recipient) -> None:
    """N7: an installer is told where and when, with the head's message."""
    facts = {**_about(ticket), **_visit(ticket, to, "installation")}
    queue("installation_assigned", ticket, to, {**facts, "text": _message(ticket, "installation")})


def installed(ticket: Ticket, event: Event, to: Recipient) -> None:
    """N7: the installers are done; the test is due."""
    queue("installed", ticket, to, {**_said(ticket, event), "points": event.data.get("points", "")})


def tested(ticket: Ticket, event: Event, to: Recipient) -> None:
    """N7: the verdict of a test."""
    queue("tested", ticket, to, {**_said(ticket, event), **event.data})


def rechecked(ticket: Ticket, event: Event, to: Recipient) -> None:
    """N9: what the re-check found."""
    queue("rechecked", ticket, to, _said(ticket, event))


def bill_issued(ticket: Ticket, event: Event, to: Recipient) -> None:
    """N8: the bill as PDF for the unit, once all signatures are there."""
    bill = open_bill(ticket)
    if bill is None or bill.sent_at is None or _was_mailed("bill_issued", ticket, event, to):
        return
    signers = [one.name for one in (bill.signed_by, bill.cosigned_by) if one is not None]
    facts = {**_about(ticket), **_bill(ticket, to), "signers": signers}
    queue("bill_issued", ticket, to, {**facts, "papers": _documents(ticket, "bill")})


def signature_wanted(ticket: Ticket, event: Event, to: Recipient) -> None:
    """N8: a bill waits for the second signature."""
    bill = open_bill(ticket)
    if bill is None or bill.sent_at is not None:
        return
    queue("signature_wanted", ticket, to, {**_said(ticket, event), **_bill(ticket, to)})


def bill_cancelled(ticket: Ticket, event: Event, to: Recipient) -> None:
    """N8: a bill is no longer in force."""
    queue("bill_cancelled", ticket, to, {**_said(ticket, event), **event.data})


def payment_received(ticket: Ticket, event: Event, to: Recipient) -> None:
    """N8b: the receipt of a payment, and what is still owed."""
    queue(
        "payment_received",
        ticket,
        to,
        {**_about(ticket), **_bill(ticket, to), **event.data, "papers": _documents(ticket, "receipt")[-1:]},
    )


def overpayment_returned(ticket: Ticket, event: Event, to: Recipient) -> None:
    """N8f: what was paid too much went back."""
    queue("overpayment_returned", ticket, to, {**_said(ticket, event), **_bill(ticket, to), **event.data})


def payment_reversed(ticket: Ticket, event: Event, to: Recipient) -> None:
    """N8g: a payment was recorded wrongly; its receipt is void and the bill is owed again."""
    queue("payment_reversed", ticket, to, {**_said(ticket, event), **_bill(ticket, to), **event.data})


def payment_due(ticket: Ticket, event: Event, to: Recipient) -> None:
    """N8b: a reminder before or after the due date."""
    queue("payment_due", ticket, to, {**_about(ticket), **_bill(ticket, to), **event.data})


def _was_mailed(notice: str, ticket: Ticket, event: Event, to: Recipient) -> bool:
    """Has this address heard of this event already? The requester may be the unit's IT manager too."""
    query = select(Mail.id).where(
        Mail.notice == notice, Mail.ticket_id == ticket.id, Mail.recipient == to.email.lower()
    )
    return db.session.scalars(query.where(Mail.created_at >= event.at)).first() is not None


def _about(ticket: Ticket) -> dict[str, Json]:
    return {
        "subject": ticket.subject,
        "unit": ticket.unit.name if ticket.unit else "",
        "place": request_of(ticket).place,
    }


def _said(ticket: Ticket, event: Event) -> dict[str, Json]:
    """What the step is about, what was written, and who took it."""
    return {**_about(ticket), "text": event.text, "by": signed(event)}


def _message(ticket: Ticket, purpose: str) -> str:
    """ "Pesan untuk petugas": what the head wrote to those named for the visit."""
    return next((one.note for one in appointed(ticket, purpose) if one.note), "")


def _visit(ticket: Ticket, to: Recipient, purpose: str = "survey") -> dict[str, Json]:
    crew = appointed(ticket, purpose)
    if not crew:
        return {}
    ends_on = crew[0].ends_on
    return {
        "starts_at": crew[0].starts_at.isoformat(),
        "starts_day": on_date(crew[0].starts_at, to.language),
        "ends_day": on_date(ends_on, to.language) if ends_on else "",
        "people": [one.staff.name for one in crew],
        "place": request_of(ticket).place,
    }


def _bill(ticket: Ticket, to: Recipient) -> dict[str, Json]:
    bill = open_bill(ticket)
    if bill is None:
        return {}
    return {
        "number": bill.number,
        "total_rp": bill.total_rp,
        "outstanding_rp": bill.outstanding_rp,
        "due_day": on_date(bill.due_on, to.language),
        "instruction": str(setting.get("payment_instruction")),
        "account": _account_words(),
        "reference": bill.payment_reference,
    }


def _account_words() -> str:
    """ "Bank Nagari 1001.2002.3003, atas nama Universitas Bung Hatta", or nothing where no account is set."""
    bank, number, holder = (str(setting.get(key)) for key in ("bank_name", "bank_account", "bank_holder"))
    return ", ".join(part for part in (f"{bank} {number}".strip(), holder) if part) if number else ""


def _documents(ticket: Ticket, kind: str) -> list[int]:
    return [document.id for document in documents_of(ticket) if document.kind == kind and document.voided_at is None]
