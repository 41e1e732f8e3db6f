"""The rows of the inbox: which mails of a state, one page, and how many there are in each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from models.base.db import db
from models.organisation.unit import Contact
from models.tickets.incoming_mail import DONE, IncomingMail, MailFate
from models.tickets.mailbox import Mailbox
from models.tickets.ticket import Ticket

PAGE = 40
TABS: dict[str, tuple[MailFate, ...]] = {
    "waiting": (MailFate.WAITING, MailFate.STORED),
    "quarantine": (MailFate.QUARANTINE,),
    "done": DONE,
}


@dataclass
class MailsListed:
    """One page of a tab, the number of mails in each, and the mailboxes."""

    tab: str
    rows: list[Any] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    boxes: list[Mailbox] = field(default_factory=list)
    has_more: bool = False

    def neighbour(self, mail_id: int, step: int) -> int | None:
        """The mail before or after this one on the page."""
        ids = [row.id for row in self.rows]
        at = ids.index(mail_id) + step if mail_id in ids else -1
        return ids[at] if 0 <= at < len(ids) else None


def listed(tab: str, before: int | None = None) -> MailsListed:
    """Waiting mails the oldest first, for they waited longest; others the newest first."""
    columns = (
        IncomingMail.id, IncomingMail.sender, IncomingMail.sender_name, IncomingMail.subject, IncomingMail.received_at,
        IncomingMail.state, IncomingMail.is_verified, IncomingMail.is_token_valid, IncomingMail.proposal,
        IncomingMail.kind, IncomingMail.fault, Ticket.number,
    )  # fmt: skip
    query = select(*columns).outerjoin(Ticket, Ticket.id == IncomingMail.ticket_id)
    query = query.where(IncomingMail.state.in_(TABS[tab]))
    is_oldest_first = tab == "waiting"
    if before is not None:
        query = query.where(IncomingMail.id > before if is_oldest_first else IncomingMail.id < before)
    order = IncomingMail.id if is_oldest_first else IncomingMail.id.desc()
    rows = list(db.session.execute(query.order_by(order).limit(PAGE + 1)))
    counted = dict(
        db.session.execute(select(IncomingMail.state, func.count()).group_by(IncomingMail.state)).tuples().all()
    )
    counts = {name: sum(counted.get(state, 0) for state in states) for name, states in TABS.items()}
    boxes = list(db.session.scalars(select(Mailbox).where(Mailbox.is_active).order_by(Mailbox.id)))
    return MailsListed(tab, rows[:PAGE], counts, boxes, len(rows) > PAGE)


def whole(mail_id: int | None) -> IncomingMail | None:
    """One mail with its files, its ticket and who decided."""
    if mail_id is None:
        return None
    query = select(IncomingMail).where(IncomingMail.id == mail_id)
    loads = (selectinload(IncomingMail.files), joinedload(IncomingMail.ticket), joinedload(IncomingMail.decided_by))
    return db.session.scalars(query.options(*loads)).unique().one_or_none()


@dataclass(frozen=True)
class Known:
    """What is known of an address: a unit's contact, and its earlier tickets."""

    contact: Contact | None
    tickets: int
    last: Ticket | None


def known(sender: str) -> Known:
    if not sender:
        return Known(None, 0, None)
    contact = select(Contact).where(func.lower(Contact.email) == sender, Contact.is_active).limit(1)
    own = Ticket.requester_email == sender
    last = select(Ticket).where(own).order_by(Ticket.id.desc()).limit(1)
    count = db.session.scalar(select(func.count()).where(own)) or 0
    return Known(db.session.scalars(contact.options(joinedload(Contact.unit))).unique().first(), count,
                 db.session.scalars(last).unique().first())  # fmt: skip
