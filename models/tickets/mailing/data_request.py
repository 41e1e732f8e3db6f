"""Requests about one's own data (UU 27/2022): to put it right (article 6), and to stop its use (articles 8, 10 and 41).

Each is answered within 3 × 24 hours by the clock on the wall, whatever the office's hours.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, ForeignKey, String, Text, and_, func, or_, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import setting
from models.base.db import Base, db, utcnow
from models.base.wording import Words
from models.organisation.staff import Staff
from models.tickets.ticket import Ticket

ANSWERED_WITHIN = timedelta(hours=3 * 24)
KINDS: dict[str, Words] = {"correction": _l("Koreksi data"), "objection": _l("Keberatan atas pemrosesan")}
OUTCOMES: dict[str, Words] = {"granted": _l("Dikabulkan"), "refused": _l("Ditolak, dengan alasannya")}


@setting.changes_lists
class DataRequest(Base):
    """One request of one person, from the page of their ticket or taken down at the desk."""

    __tablename__ = "data_request"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[str] = mapped_column(String(120), default="")
    email: Mapped[str] = mapped_column(String(254), default="", index=True)
    language: Mapped[str] = mapped_column(String(2), default="id")
    text: Mapped[str] = mapped_column(Text, default="")
    asked_at: Mapped[datetime] = mapped_column(default=utcnow, index=True)
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))  # none: the holder of the ticket
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    outcome: Mapped[str] = mapped_column(String(10), default="")
    answer: Mapped[str] = mapped_column(Text, default="")
    ticket: Mapped[Ticket | None] = relationship()
    asked_by: Mapped[Staff | None] = relationship(foreign_keys=asked_by_id)
    answered_by: Mapped[Staff | None] = relationship(foreign_keys=answered_by_id)

    @property
    def due_at(self) -> datetime:
        return self.asked_at + ANSWERED_WITHIN

    @property
    def is_late(self) -> bool:
        """Was it answered after its time, or is it not answered yet and its time is over?"""
        return (self.answered_at or utcnow()) > self.due_at

    @property
    def kind_label(self) -> Words:
        return KINDS.get(self.kind, self.kind)

    @property
    def outcome_label(self) -> Words:
        return OUTCOMES.get(self.outcome, self.outcome)

    def __str__(self) -> str:
        return f"{self.kind_label} {self.id}"


@dataclass(frozen=True)
class StandingRequests:
    """Who objected and since when it holds, by address; and which tickets have a request that waits for its answer."""

    objections: dict[str, datetime]
    waiting: frozenset[int]


NONE_STAND = StandingRequests({}, frozenset())


def standing_requests() -> StandingRequests:
    return setting.recent("standing_requests", _standing_requests, if_away=NONE_STAND)


def has_objected(email: str, ticket: Ticket | None) -> bool:
    """Does an objection of this address hold for this ticket? What they ask anew afterwards is served as before."""
    since = standing_requests().objections.get(email.lower())
    return since is not None and (ticket is None or ticket.created_at <= since)


@dataclass(frozen=True)
class KeptTime:
    """How the requests stand: how many wait, how many of these are late, how many were answered in and after time."""

    waiting: int
    late: int
    in_time: int
    after_time: int


def kept_time() -> KeptTime:
    """In one statement's reading of the columns; what was forgotten is counted still."""
    rows = db.session.execute(select(DataRequest.asked_at, DataRequest.answered_at)).tuples()
    counts = {(True, True): 0, (True, False): 0, (False, True): 0, (False, False): 0}
    now = utcnow()
    for asked, answered in rows:
        counts[answered is None, (answered or now) > asked + ANSWERED_WITHIN] += 1
    late = counts[True, True]
    return KeptTime(late + counts[True, False], late, counts[False, False], counts[False, True])


def requests_of(email: str, ticket_ids: list[int], person_id: int) -> ColumnElement[bool]:
    """The requests of one person: by their tickets, their row of the register, or their address."""
    theirs = or_(DataRequest.ticket_id.in_(ticket_ids), DataRequest.person_id == person_id)
    return or_(theirs, func.lower(DataRequest.email) == email.lower()) if email else theirs


def _standing_requests() -> StandingRequests:
    objects = and_(DataRequest.kind == "objection", DataRequest.outcome == "granted", DataRequest.email != "")
    query = select(DataRequest.email, DataRequest.ticket_id, DataRequest.answered_at)
    objections, waiting = dict[str, datetime](), set[int]()
    for email, ticket_id, answered in db.session.execute(
        query.where(or_(objects, DataRequest.answered_at.is_(None))).order_by(DataRequest.id)
    ).tuples():
        if answered is not None:
            objections[email.lower()] = answered
        elif ticket_id is not None:
            waiting.add(ticket_id)
    return StandingRequests(objections, frozenset(waiting))
