"""Sets each estimate of recovery beside what came, for the report on promises of a period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload

from models.base.db import db
from models.organisation.staff import Staff
from models.outages.outage import Estimate, Outage
from models.tickets.ticket import Ticket, visible_to


@dataclass(frozen=True)
class Tally:
    """Promises kept among those that can be judged already; `late` is the mean of how late the others were."""

    kept: int
    judged: int
    open: int
    late: timedelta | None

    @property
    def percent(self) -> int | None:
        """Rounded down: 100 is said only where every promise was kept."""
        return 100 * self.kept // self.judged if self.judged else None


def estimates_of(staff: Staff, start: datetime, end: datetime) -> list[Estimate]:
    """The estimates given in [start, end) for outages that this person may see, newest first."""
    query = (
        select(Estimate)
        .join(Estimate.outage)
        .join(Outage.ticket)
        .options(contains_eager(Estimate.outage).contains_eager(Outage.ticket), joinedload(Estimate.staff))
        .where(Estimate.at >= start, Estimate.at < end, visible_to(staff))
        .order_by(Estimate.at.desc(), Estimate.id.desc())
    )
    return list(db.session.scalars(query.where(Ticket.state != "cancelled")).unique())


def late_by(estimate: Estimate) -> timedelta | None:
    """How long after the promised moment it answered again; None where that is not so, or not known yet."""
    done = estimate.outage.answered_at or estimate.outage.ended_at
    return done - estimate.recovers_at if done is not None and done > estimate.recovers_at else None


def tally(estimates: Sequence[Estimate]) -> Tally:
    verdicts = [estimate.is_kept for estimate in estimates]
    judged = [verdict for verdict in verdicts if verdict is not None]
    late = [by for estimate in estimates if (by := late_by(estimate)) is not None]
    mean = sum(late, timedelta(0)) / len(late) if late else None
    return Tally(sum(judged), len(judged), len(verdicts) - len(judged), mean)


def tallies(estimates: Sequence[Estimate]) -> dict[str, Tally]:
    """All, then the last word of each outage, then each branch: "all", "last", "supporting", "it", "server"."""
    last = {estimate.ticket_id: estimate for estimate in reversed(estimates)}
    groups = {"all": list(estimates), "last": list(last.values())}
    for estimate in estimates:
        groups.setdefault(estimate.outage.branch or estimate.outage.kind, []).append(estimate)
    return {key: tally(group) for key, group in groups.items()}
