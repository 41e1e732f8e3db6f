"""The mails about accounts: dispositions, answers, links to first passwords; a password is in none of them."""

from __future__ import annotations

from mails.queue import queue
from mails.receipts import receipt
from mails.recipients import Recipient
from mails.tickets.letter_facts import twin_facts
from models.accounts.account import Account
from models.tickets.ticket import Event, Ticket


def email_requested(ticket: Ticket, event: Event, to: Recipient) -> None:
    """E1: the request arrived; the requester gets the number, the head of the centre sees a new letter."""
    if to.is_staff:
        queue("email_requested", ticket, to, {"subject": ticket.subject, **twin_facts(event)})
    else:
        receipt("email_requested", ticket, to)


def email_step(ticket: Ticket, event: Event, to: Recipient) -> None:
    """E3: what was decided, in its own words."""
    queue("email_step", ticket, to, {"subject": ticket.subject, "by": event.actor_name, "text": event.text})


def address_adjusted(ticket: Ticket, event: Event, to: Recipient) -> None:
    """E3b: the unit is asked whether it accepts the adjusted address."""
    facts = {"text": event.data.get("adjustment", event.text), "address": event.data.get("address", "")}
    queue("address_adjusted", ticket, to, facts)


def account_ready(ticket: Ticket | None, account: Account, link: str, to: Recipient, days: int) -> None:
    """E4: the account is active; the first password waits behind the link, which is wiped when sent."""
    queue("account_ready", ticket, to, {"address": account.address, "one_time_link": link, "days": days})


def password_by_link(ticket: Ticket, account: Account, link: str, to: Recipient, days: int) -> None:
    """P5: the new password waits behind the link."""
    queue("password_by_link", ticket, to, {"address": account.address, "one_time_link": link, "days": days})


def password_changed(ticket: Ticket, account: Account, to: Recipient) -> None:
    """P5: every registered address learns that the password was changed, and what to do if nobody asked."""
    queue("password_changed", ticket, to, {"address": account.address})


def second_asked(
    ticket: Ticket, account: Account, by: str, lacks_number: bool, changed_contact: bool, to: Recipient
) -> None:
    """P3: who may be the second person is asked at once, while somebody waits at the desk; no evidence is in it."""
    facts = {"address": account.address, "by": by, "lacks_number": lacks_number, "changed_contact": changed_contact}
    queue("second_asked", ticket, to, facts)


def limit_passed(by: str, count: int, stopped: bool, to: Recipient, key: str) -> None:
    """The head of the centre learns that one person changes unusually many passwords."""
    queue("limit_passed", None, to, {"by": by, "count": count, "stopped": stopped}, dedupe_key=key)


def account_state(account: Account, kind: str, reason: str, to: Recipient) -> None:
    """The holders learn that their account was suspended, is active again, or was closed, and why."""
    queue("account_state", None, to, {"address": account.address, "kind": kind, "reason": reason})


def account_review(count: int, to: Recipient) -> None:
    """The service officer learns once that accounts wait for their review."""
    queue("account_review", None, to, {"count": count})
