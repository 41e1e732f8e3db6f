"""The digest: notices that can wait are collected for staff who want one mail a day, and told together.

A collected notice is a row of the outbox that does not leave. The digest is another row, written in the transaction
that marks those it tells: whatever happens between, each is told once (security.md Z2).
"""

from __future__ import annotations

from sqlalchemy import update

from mails.recipients import Recipient
from models.base.db import db, utcnow
from models.tickets.mailing.digest_reader import wants_digest
from models.tickets.outbox import Mail, MailState
from models.tickets.ticket import Ticket

# What can wait until the next morning; any other notice, and all about an urgent ticket, goes by itself at once.
CAN_WAIT = frozenset(
    {
        "account_review", "answered", "article_review", "assigned", "bill_issued", "bulk_ended", "cancelled", "closed",
        "confirmed", "disposed", "distributed", "due_soon", "email_requested", "email_step", "end_proposed",
        "export_ended", "handed_over", "installation_assigned", "installation_planned", "installed", "letter_arrived",
        "letter_completed", "merged", "month_reported", "overdue_again", "overpayment_returned", "passed_on",
        "payment_received",
        "rab_approved", "rab_returned", "rab_revised", "rab_submitted", "rated", "rechecked", "refused", "reopened",
        "request_refused", "resolved", "sent_back", "survey_assigned", "survey_planned", "survey_sent", "tested",
        "unit_answered", "work_announced", "work_cancelled", "work_changed",
    }
)  # fmt: skip
URGENT = 2  # of PRIORITIES


def is_collected(notice: str, ticket: Ticket | None, to: Recipient) -> bool:
    """Does this notice wait for the digest of whoever gets it?"""
    if not to.is_staff or notice not in CAN_WAIT or (ticket is not None and ticket.priority == URGENT):
        return False
    return wants_digest(to.email)


def send_singly(address: str) -> None:
    """Whoever no longer wants the digest gets what was collected, mail by mail; inside the caller's transaction."""
    mine = update(Mail).where(Mail.recipient == address.lower(), Mail.state == MailState.COLLECTED)
    db.session.execute(mine.values(state=MailState.QUEUED, not_before=utcnow()))
