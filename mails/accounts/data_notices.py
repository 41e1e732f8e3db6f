"""The mails about requests on one's own data: to the desk that one came, to the person what was answered."""

from __future__ import annotations

from mails.queue import queue
from mails.recipients import Recipient
from models.base.wording import on_date_at
from models.organisation.roles import Role
from models.organisation.staff import staff_with
from models.tickets.mailing.data_request import DataRequest


def data_requested(row: DataRequest) -> None:
    """Queue it for those who answer it, with its end; what the person wrote stands in the panel alone."""
    for one in staff_with(Role.OPERATOR, Role.HEAD_OF_CENTRE):
        to = Recipient(one.email, one.name, one.language, is_staff=True)
        facts = {"row": row.id, "kind": row.kind, "due": on_date_at(row.due_at, one.language)}
        if one.email:
            queue("data_requested", None, to, facts)


def data_answered(row: DataRequest) -> None:
    """Queue the answer for the person, where there is an address."""
    if row.email:
        to = Recipient(row.email, row.name, row.language)
        facts = {"kind": row.kind, "outcome": row.outcome, "answer": row.answer, "asked": _asked(row)}
        queue("data_answered", row.ticket, to, facts)


def _asked(row: DataRequest) -> str:
    return on_date_at(row.asked_at, row.language)
