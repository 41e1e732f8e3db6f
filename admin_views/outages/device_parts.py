"""What the outages' room shows on the page of a device or a unit: days of checks, outages, work ahead, pings."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from admin_views.frame.page_parts import add_part
from admin_views.frame.permissions import may
from admin_views.frame.view import person
from documents.outages.check_days import DrawnDay, draw_days
from models.base.columns.shown import Shown
from models.base.db import db, utcnow
from models.base.wording import decimal
from models.organisation.qr_label import LabelledComplaint, QrLabel
from models.organisation.unit import Unit
from models.outages.network import (
    Node,
    NodeUnit,
    PlannedWork,
    PlannedWorkNode,
    PlannedWorkService,
    WebService,
    topology,
)
from models.outages.outage import Outage, OutageNode
from models.tickets.ticket import Ticket, visible_to
from procedures.engine.take_step import state_of
from procedures.outages.asked_alone import WAITING, probe_of, probes_of
from procedures.outages.availability import CheckDay, availability_of, check_days
from web.dates import on_date, spoken

DAYS = 30
MOST_OUTAGES, MOST_WORKS, MOST_DEVICES = 8, 6, 40


def checks_of(row: Node | WebService) -> dict[str, Shown]:
    """The last days as a picture, each with its figures, and the share of the whole time."""
    kind = "service" if isinstance(row, WebService) else "node"
    days = check_days(kind, row.id, DAYS)
    (share,) = availability_of(utcnow() - timedelta(days=DAYS), utcnow(), {kind: [row.id]})
    is_known = any(day.percent is not None for day in days)
    title = _("%(n)s hari: %(share)s dijawab", n=DAYS, share=_percent(share.percent))
    return {
        "share": share,
        "days": days,
        "picture": draw_days([DrawnDay(day.failed_share, _day_words(day)) for day in days], title) if is_known else "",
    }


def _percent(value: float | None) -> str:
    return _("belum diperiksa") if value is None else f"{decimal(value, 2, spoken())}%"


def _day_words(day: CheckDay) -> str:
    return f"{on_date(day.day)}: {_percent(day.percent)}"


def outages_of(row: Node | WebService) -> dict[str, Shown] | None:
    """Outages of it or that reached it, which this person may see; the newest first."""
    staff = person()
    if not may(staff, "ticket", "list"):
        return None
    if isinstance(row, WebService):
        concerns = Outage.service_id == row.id
    else:
        reached = select(OutageNode.ticket_id).where(OutageNode.node_id == row.id)
        concerns = or_(Outage.cause_node_id == row.id, Outage.ticket_id.in_(reached))
    query = select(Outage).join(Ticket).where(concerns, visible_to(staff)).options(joinedload(Outage.ticket))
    query = query.order_by(Outage.began_at.desc(), Outage.ticket_id.desc()).limit(MOST_OUTAGES)
    return {"outages": list(db.session.scalars(query).unique()), "row": row, "state_of": state_of}


def complaints_of(row: Node) -> dict[str, Shown] | None:
    """Complaints written from its label, which this person may see; the newest first. Nothing without a label."""
    staff = person()
    label = db.session.scalars(select(QrLabel).where(QrLabel.node_id == row.id)).first()
    if label is None or not may(staff, "ticket", "list"):
        return None
    query = select(Ticket).join(LabelledComplaint, LabelledComplaint.ticket_id == Ticket.id)
    query = query.where(LabelledComplaint.label_id == label.id, visible_to(staff))
    rows = db.session.scalars(query.order_by(Ticket.id.desc()).limit(MOST_OUTAGES)).unique()
    return {"tickets": list(rows), "code": label.spoken, "state_of": state_of}


def works_of(row: Node | WebService) -> dict[str, Shown] | None:
    """Planned work on it, or on what it hangs on: what goes on or comes first, then what was."""
    if not may(person(), "planned_work", "list"):
        return None
    if isinstance(row, WebService):
        ids = select(PlannedWorkService.work_id).where(PlannedWorkService.service_id == row.id)
    else:
        above = [row.id, *topology().above(row.id)]
        ids = select(PlannedWorkNode.work_id).where(PlannedWorkNode.node_id.in_(above))
    query = select(PlannedWork).where(PlannedWork.id.in_(ids)).order_by(PlannedWork.ends_at.desc())
    return {"works": list(db.session.scalars(query.limit(MOST_WORKS)).unique()), "now": utcnow()}


def probing_of(row: Node | WebService) -> dict[str, Shown]:
    """What was asked for on this page, and whether this person may ask again now."""
    probes = probes_of(row)
    kind, target = probe_of(row)
    return {
        "kind": kind,
        "view": "web_service" if kind == "visit" else "node",
        "row": row,
        "target": target,
        "probes": probes,
        "is_waiting": any(probe.state in WAITING for probe in probes),
        "may_ask": may(person(), "web_service" if kind == "visit" else "node", "probe"),
    }


def devices_of_unit(unit: Unit) -> dict[str, Shown] | None:
    """The devices that serve a unit, and its own time without an outage."""
    if not may(person(), "node", "list"):
        return None
    query = select(Node).join(NodeUnit, NodeUnit.node_id == Node.id).where(NodeUnit.unit_id == unit.id)
    nodes = list(db.session.scalars(query.order_by(Node.name).limit(MOST_DEVICES)).unique())
    services = list(
        db.session.scalars(select(WebService).where(WebService.unit_id == unit.id).order_by(WebService.name))
    )
    shares = availability_of(
        utcnow() - timedelta(days=DAYS), utcnow(), {"unit": [unit.id], "node": _ids(nodes), "service": _ids(services)}
    )
    by_href = {share.href: share for share in shares}
    rows: list[Node | WebService] = [*nodes, *services]
    return {
        "devices": [(row, by_href[_href(row)]) for row in rows],
        "own": next((share for share in shares if share.kind == "unit"), None),
        "days": DAYS,
    }


def _ids(rows: Iterable[Node | WebService]) -> list[int]:
    return [row.id for row in rows]


def _href(row: Node | WebService) -> str:
    return f"/admin/{'web_service' if isinstance(row, WebService) else 'node'}/details/?id={row.id}"


for _view in ("node", "web_service"):
    add_part(_view, "admin/outages/device_checks.html", checks_of)
    add_part(_view, "admin/outages/device_probes.html", probing_of)
    add_part(_view, "admin/outages/device_outages.html", outages_of)
    add_part(_view, "admin/outages/device_works.html", works_of)
add_part("node", "admin/outages/device_complaints.html", complaints_of)
add_part("unit", "admin/outages/unit_devices.html", devices_of_unit)
