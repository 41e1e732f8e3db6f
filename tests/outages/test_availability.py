"""Availability is what the users of a device felt, whoever was the cause."""

from __future__ import annotations

from datetime import timedelta

from models.base.db import db, utcnow, write_transaction
from models.outages.network import Node, PlannedWork, WebService
from models.outages.outage import Outage
from procedures.outages.availability import availability_of
from tests.databases import both
from tests.outages.walk import network_outage_at

HOUR = timedelta(hours=1)


def shares(start, end) -> dict[str, tuple[float | None, int]]:
    return {share.name: (share.percent, share.minutes_down) for share in availability_of(start, end)}


@both
def test_what_lies_behind_a_dead_uplink_was_out_as_long_as_the_uplink(app):
    """The access point behind the switch answered to nobody, though the switch was the cause; the other switch did."""
    ticket, now = network_outage_at("ended"), utcnow()
    with write_transaction():
        outage = db.session.get(Outage, ticket.id)
        outage.began_at, outage.answered_at = now - 5 * HOUR, now - 4 * HOUR
        server = Node(name="Server portal", kind="server", units=[], uplink=outage.cause_node)
        db.session.add(server)
        outage.nodes = [*outage.nodes, server]
        db.session.add(WebService(name="Portal mahasiswa", url="https://portal.example/", host_node=server))
    found = shares(now - 10 * HOUR, now)
    assert found["Sakelar FEB"] == found["AP FEB lantai 2"] == found["Server portal"] == (90.0, 60)
    assert found["Portal mahasiswa"] == (90.0, 60), "a service is out with the server on which it lies"
    assert found["Sakelar FTI"] == (None, 0)
    assert found["Fakultas Ekonomi dan Bisnis"] == (90.0, 60)


def test_planned_work_counts_for_nothing_that_lies_behind_it(app):
    ticket, now = network_outage_at("ended"), utcnow()
    with write_transaction():
        outage = db.session.get(Outage, ticket.id)
        outage.began_at, outage.answered_at = now - 5 * HOUR, now - 4 * HOUR
        work = PlannedWork(title="Ganti sakelar", starts_at=now - 5 * HOUR, ends_at=now - 4.5 * HOUR)
        work.nodes = [outage.cause_node]
        db.session.add(work)
    found = shares(now - 10 * HOUR, now)
    assert found["Sakelar FEB"] == found["AP FEB lantai 2"] == (95.0, 30)
    with write_transaction():
        work.cancelled_at = now
    assert shares(now - 10 * HOUR, now)["AP FEB lantai 2"] == (90.0, 60)
