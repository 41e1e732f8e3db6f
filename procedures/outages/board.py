"""What everybody may read of outages and planned work: kind, places, since when, until when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from models.base.columns.json_value import Json
from models.base.db import db, utcnow
from models.organisation.unit import Unit
from models.outages.network import Node, PlannedWork, topology, units_served
from models.outages.open_outages import open_outages
from models.outages.outage import Outage

ANNOUNCED_AHEAD = timedelta(days=14)
UNCONFIRMED = ("reported", "pinging", "answered", "visiting", "answering")


@dataclass(frozen=True)
class Notice:
    """One line of the board. `condition` is down, recovering or planned; times are aware UTC."""

    condition: str
    what: str
    places: list[str]
    units: list[str]
    starts_at: datetime
    ends_at: datetime | None
    text: str = ""

    def as_data(self) -> dict[str, Json]:
        """Plain JSON values; these keys and no others are public (security.md P7)."""
        data = asdict(self)
        return {**data, "starts_at": self.starts_at.isoformat(), "ends_at": self.ends_at and self.ends_at.isoformat()}


def current() -> list[Notice]:
    """Confirmed outages that are open, newest first; an unconfirmed one is no news for the public yet."""
    return [_of(outage) for outage in reversed(open_outages()) if outage.ticket.state not in UNCONFIRMED]


def planned() -> list[Notice]:
    """Planned work that goes on or begins within two weeks."""
    query = select(PlannedWork).where(
        PlannedWork.ends_at > utcnow(),
        PlannedWork.starts_at < utcnow() + ANNOUNCED_AHEAD,
        PlannedWork.cancelled_at.is_(None),
    )
    works = db.session.scalars(query.order_by(PlannedWork.starts_at)).unique()
    return [_of_work(work) for work in works]


def _of(outage: Outage) -> Notice:
    estimate = outage.latest_estimate
    if outage.kind == "server" and outage.service is not None:
        what = _("Layanan web: %(name)s", name=outage.service.public_name or _("layanan kampus"))
    else:
        what = _("Jaringan lokal")
    return Notice(
        "recovering" if outage.answered_at else "down",
        what,
        _places(outage.units, [outage.cause_node] if outage.cause_node else []),
        [unit.name for unit in outage.units],
        outage.began_at,
        estimate.recovers_at if estimate else None,
    )


def _places(units: Iterable[Unit], nodes: Iterable[Node]) -> list[str]:
    """The buildings of the units; where no unit is known, those of the nodes themselves."""
    found = sorted({unit.building for unit in units if unit.building})
    return found or sorted({node.building for node in nodes if node.building})


def _of_work(work: PlannedWork) -> Notice:
    tree = topology()
    nodes = {node.id for node in work.nodes} | {behind for node in work.nodes for behind in tree.behind(node.id)}
    units = units_served(nodes)
    places = _places(units, work.nodes)
    return Notice("planned", work.title, places, [unit.name for unit in units], work.starts_at, work.ends_at, work.note)
