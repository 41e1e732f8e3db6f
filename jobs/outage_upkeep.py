"""Small regular duties of the outage desk: old checks, follow-up days, planned work announced; it watches nothing."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, select

from mails import outage_notices
from mails.recipients import Recipient
from models import setting
from models.db import db, utcnow, write_transaction
from models.incident import Outage, it_managers
from models.network import Check, PlannedWork, topology, units_served
from models.ticket import Ticket
from procedures.declaration import PRODUCT
from procedures.engine import StepRefused, take_step

BATCH = 20_000


def forget_old_checks() -> int:
    """Single checks older than the setting's days go; the counts per hour stay."""
    before = utcnow() - timedelta(days=int(setting.get("checks_kept_days")))
    with write_transaction():
        old = list(db.session.scalars(select(Check.id).where(Check.at < before).order_by(Check.id).limit(BATCH)))
        if old:
            db.session.execute(delete(Check).where(Check.id <= old[-1], Check.at < before))
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
            _announce(work)
    return len(waiting)


def _announce(work: PlannedWork) -> None:
    tree = topology()
    nodes = {node.id for node in work.nodes} | {behind for node in work.nodes for behind in tree.behind(node.id)}
    units = {unit.id: unit for unit in units_served(nodes)}
    units |= {service.unit.id: service.unit for service in work.services if service.unit}
    for manager in it_managers(units):
        outage_notices.work_announced(
            work.title,
            work.note,
            work.starts_at.isoformat(),
            work.ends_at.isoformat(),
            sorted(unit.name for unit in units.values()),
            Recipient(manager.email, manager.name, manager.language),
        )
    work.announced_at = utcnow()


def keep_up() -> None:
    """All of it, in one turn of the timetable."""
    forget_old_checks()
    remind_follow_ups()
    announce_planned_work()
