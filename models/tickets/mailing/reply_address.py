"""The address to which a mail of ours is answered: the mailbox's own, with ticket and proof in it where it takes that.

The proof is bound to the address that the mail went to, so that an answer from it shows that its writer received it.
"""

from __future__ import annotations

import hmac
import re

from sqlalchemy import select

from models.base.db import db
from models.tickets.mailbox import Mailbox, reply_mailbox
from models.tickets.ticket import Ticket
from models.tickets.ticket_keys import keys
from models.tickets.ticket_number import Number, number_from_bare, read_number

_WORD = re.compile(r"([a-z0-9]{11})-([a-z0-9]{16})")


def reply_address(ticket: Ticket | None, email: str) -> str:
    """Where this receiver answers; "" where no mailbox is connected."""
    box = reply_mailbox()
    if box is None or ticket is None or not box.takes_subaddresses or ticket.link_key_id not in keys():
        return box.address if box else ""
    mark = keys().reply_mark(ticket.number, ticket.link_generation, ticket.link_key_id, email)
    local, _at, domain = box.address.partition("@")
    return f"{local}+{Number(ticket.number).bare.lower()}-{mark}@{domain}"


def answered_by_address(recipients: list[str], box: Mailbox, sender: str) -> tuple[Ticket | None, bool]:
    """The ticket that a reply address names, and whether its proof is that of the sender."""
    local, _at, domain = box.address.lower().partition("@")
    for address in recipients:
        name, plus, word = address.partition("@")[0].partition("+")
        found = _WORD.fullmatch(word)
        if not plus or (name, address.partition("@")[2]) != (local, domain) or found is None:
            continue
        number = read_number(number_from_bare(found[1].upper(), "PTK"), "PTK")
        if not isinstance(number, Number):
            continue
        ticket = db.session.scalars(select(Ticket).where(Ticket.number == number.text)).unique().one_or_none()
        if ticket is not None:
            return ticket, _is_mark(found[2], ticket, sender)
    return None, False


def _is_mark(mark: str, ticket: Ticket, sender: str) -> bool:
    if ticket.link_key_id not in keys():
        return False
    wanted = keys().reply_mark(ticket.number, ticket.link_generation, ticket.link_key_id, sender)
    return hmac.compare_digest(mark.encode(), wanted.encode())
