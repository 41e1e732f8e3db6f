"""The mail to whoever has a ticket in hand when a mail about it was given up: reach the person another way."""

from __future__ import annotations

from mails.notice_names import name_of
from mails.queue import queue
from mails.recipients import recipients
from mails.server_answers import kind_of, said_by_server
from models.tickets.outbox import Mail


def mail_dead(mail: Mail, why: str) -> None:
    """Queue it for the assignee, else the group; of mails to staff themselves the administrators learn by the check."""
    if mail.ticket is None or mail.facts.get("to_staff"):
        return
    ticket = mail.ticket
    is_requester = mail.recipient == ticket.requester_email.lower()
    facts = {
        "who": mail.recipient,
        "what": name_of(mail.notice),
        "why": said_by_server(why)[:200],
        "server_answer": kind_of(why),
        "phone": (ticket.requester_phone or "") if is_requester else "",
    }
    for to in recipients(ticket, "assignee"):
        queue("mail_dead", ticket, to, facts)
