"""The mails about accounts: dispositions, answers, links to first passwords; a password is in none of them."""

from __future__ import annotations

from mails.queue import queue
from mails.receipts import receipt
from mails.recipients import Recipient
from mails.signed import signed
from mails.tickets.letter_facts import twin_facts
from models.accounts.account import Account
from models.accounts.email_request import email_request_of
from models.tickets.ticket import Event, Ticket


def email_requested(ticket: Ticket, event: Event, to: Recipient) -> None:
    """E1: the request arrived; the requester gets number and code, the head of the centre sees a new letter."""
    if to.is_staff:
        entered = event.actor_name if event.actor_kind == "staff" else ""
        queue("email_requested", ticket, to, {**_asked(ticket), "entered_by": entered, **twin_facts(event)})
    else:
        receipt("email_requested", ticket, to)


def email_step(ticket: Ticket, event: Event, to: Recipient) -> None:
    """E3: what was decided, about which address, by whom, and why; the unit does not read an internal step's words."""
    facts = {
        **_asked(ticket),
        "decision": event.step,
        "by": signed(event),
        "decided_by": event.data.get("decided_by", ""),
    }
    has_words = event.step != "find_feasible" and (to.is_staff or event.is_public)
    queue("email_step", ticket, to, {**facts, "text": event.text if has_words else ""})


def email_refused(ticket: Ticket, event: Event, to: Recipient) -> None:
    """E3d: the address that is refused, by whom and why."""
    queue("email_refused", ticket, to, {**_asked(ticket), "by": signed(event), "text": event.text})


def address_adjusted(ticket: Ticket, event: Event, to: Recipient) -> None:
    """E3b: the unit is asked whether it accepts the adjusted address."""
    facts = {"text": event.data.get("adjustment", event.text), "by": signed(event)}
    queue("address_adjusted", ticket, to, {**_asked(ticket), **facts})


def _asked(ticket: Ticket) -> dict[str, str]:
    request = email_request_of(ticket)
    unit = ticket.unit.name if ticket.unit else ""
    return {"subject": ticket.subject, "wish": request.wish, "address": request.address, "unit": unit}


def account_ready(ticket: Ticket | None, account: Account, link: str, to: Recipient, days: int) -> None:
    """E4: the account is active; the first password waits behind the link, which is wiped when sent."""
    queue("account_ready", ticket, to, {"address": account.address, "one_time_link": link, "days": days})


def password_by_link(ticket: Ticket, account: Account, link: str, to: Recipient, days: int) -> None:
    """P5: the new password waits behind the link."""
    queue("password_by_link", ticket, to, {"address": account.address, "one_time_link": link, "days": days})


def password_changed(ticket: Ticket, account: Account, to: Recipient, is_unseen: bool = False) -> None:
    """P5: every registered address learns that the password was changed, and what to do if nobody asked.

    `is_unseen`: the directory has a new one that nobody was shown, and it is changed once more.
    """
    queue("password_changed", ticket, to, {"address": account.address, "is_unseen": is_unseen})


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
