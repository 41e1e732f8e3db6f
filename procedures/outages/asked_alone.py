"""Asks for a ping or a visit on a device's own page, outside any outage; the worker does it like the others."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, select

from models.base.db import db, write_transaction
from models.organisation import audit
from models.organisation.staff import Staff
from models.outages.network import Node, WebService
from models.outages.outage import AskedProbe

WAITING = ("asked", "running")
MOST_SHOWN = 6


def is_about(row: Node | WebService) -> ColumnElement[bool]:
    """The condition that a probe is of this device and of no outage."""
    kind, target = probe_of(row)
    return and_(AskedProbe.ticket_id.is_(None), AskedProbe.kind == kind, AskedProbe.target == target)


def probe_of(row: Node | WebService) -> tuple[str, str]:
    """How it is probed, and where; no target where the device has no address."""
    return ("visit", row.url) if isinstance(row, WebService) else ("ping", row.address or "")


def ask_alone(row: Node | WebService, by: Staff, ip: str = "") -> bool:
    """Ask the worker for it. False where one waits already: its answer will do for both."""
    kind, target = probe_of(row)
    with write_transaction():
        if db.session.scalar(select(AskedProbe.id).where(is_about(row), AskedProbe.state.in_(WAITING)).limit(1)):
            return False
        db.session.add(AskedProbe(ticket_id=None, kind=kind, target=target, staff_id=by.id))
        audit.record(kind, type(row).__name__, row.id, staff=by, diff={"target": target}, ip=ip)
    return True


def probes_of(row: Node | WebService) -> list[AskedProbe]:
    """The newest first."""
    return list(
        db.session.scalars(select(AskedProbe).where(is_about(row)).order_by(AskedProbe.id.desc()).limit(MOST_SHOWN))
    )
