"""Small regular duties of the outage desk: old checks and alerts, follow-up days, planned work announced."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, select

from models.base import setting
from models.base.db import db, rows_changed, utcnow, write_transaction
from models.base.retention import forgotten_before
from models.outages.alert import ReceivedAlert, UnknownAlert
from models.outages.network import Check, PlannedWork
from models.outages.outage import AffectedPerson, AskedProbe, Outage
from models.outages.outage_recipients import OutageRecipient
from models.tickets.ticket import Ticket
from procedures.engine.declaration import PRODUCT
from procedures.engine.take_step import StepRefused, take_step
from procedures.outages import planned_work

BATCH = 20_000
ALERTS_KEPT = timedelta(days=90)


def forget_old_checks() -> int:
    """Single checks, and pings of no outage, older than the setting's days go; the counts per hour stay."""
    before = utcnow() - timedelta(days=int(setting.get("checks_kept_days")))
    with write_transaction():
        old = list(db.session.scalars(select(Check.id).where(Check.at < before).order_by(Check.id).limit(BATCH)))
        if old:
            db.session.execute(delete(Check).where(Check.id <= old[-1], Check.at < before))
        db.session.execute(delete(AskedProbe).where(AskedProbe.ticket_id.is_(None), AskedProbe.asked_at < before))
    return len(old)


def remind_follow_ups() -> int:
    """W7: the head of systems is told when the outside manager is to be asked again."""
    due = select(Outage.ticket_id).join(Ticket).where(Ticket.is_open, Outage.follow_up_at <= utcnow())
    told = 0
    for ticket_id in list(db.session.scalars(due)):
        try:
            take_step(ticket_id, "remind_follow_up", PRODUCT)
            told += 1
        except StepRefused:
            db.session.rollback()
    return told


def announce_planned_work() -> int:
    """The IT managers of the units behind planned work are told once, as soon as it is entered."""
    with write_transaction():
        waiting = list(
            db.session.scalars(
                select(PlannedWork).where(
                    PlannedWork.announced_at.is_(None),
                    PlannedWork.cancelled_at.is_(None),
                    PlannedWork.ends_at > utcnow(),
                )
            ).unique()
        )
        for work in waiting:
            planned_work.announce(work)
    return len(waiting)


def forget_addresses() -> int:
    """People outside who were told of an outage, or said "me too": their addresses go some days after its end."""
    before = forgotten_before("addresses")
    ended = select(Outage.ticket_id).where(Outage.ended_at < before)
    with write_transaction():
        rows = rows_changed(delete(AffectedPerson).where(AffectedPerson.ticket_id.in_(ended)))
        outside = OutageRecipient.audience.in_(("requester", "affected"))
        db.session.execute(delete(OutageRecipient).where(OutageRecipient.ticket_id.in_(ended), outside))
    return rows


def forget_old_alerts() -> int:
    """Alerts of other monitors go 90 days after they were heard last, unless they belong to an open outage."""
    before = utcnow() - ALERTS_KEPT
    is_open = select(Ticket.id).where(Ticket.is_open, Ticket.id == ReceivedAlert.ticket_id).exists()
    with write_transaction():
        rows = rows_changed(delete(ReceivedAlert).where(ReceivedAlert.last_at < before, ~is_open))
        db.session.execute(delete(UnknownAlert).where(UnknownAlert.last_at < before))
    return rows


def keep_up() -> None:
    """All of it, in one turn of the timetable."""
    forget_old_checks()
    remind_follow_ups()
    announce_planned_work()
    forget_addresses()
    forget_old_alerts()
