"""Planned work: whoever was told of it is told when it is moved, changed or called off."""

import re
from datetime import timedelta

import pytest

from jobs.outages.upkeep import announce_planned_work, forget_addresses
from models.base.db import db, utcnow, write_transaction
from models.organisation.unit import Contact
from models.outages.network import PlannedWork
from models.outages.outage import AffectedPerson, Outage
from models.outages.outage_recipients import OutageRecipient, PlannedWorkRecipient
from models.tickets.outbox import Mail
from tests.browse import Person
from tests.databases import both, once
from tests.outages.walk import network_outage_at, small_network, wib

pytestmark = once

SEEN = re.compile(r'name="seen" value="([^"]+)"')


@pytest.fixture
def work(app):
    """The work at the faculty of economics' switch, announced to Dewi."""
    nodes = small_network()
    with write_transaction():
        start = utcnow() + timedelta(days=2)
        made = PlannedWork(title="Ganti sakelar", starts_at=start, ends_at=start + timedelta(hours=2))
        made.nodes = [nodes["Sakelar FEB"]]
        db.session.add(made)
    announce_planned_work()
    return made.id


def edit(person, work_id, **changes):
    path = f"/admin/planned_work/edit/?id={work_id}"
    page = person.get(path).text
    work = db.session.get(PlannedWork, work_id)
    fields = {
        "title": work.title, "note": work.note, "starts_local": wib(days=2), "ends_local": wib(days=2, hours=2),
        "node_ids": [node.id for node in work.nodes], "seen": SEEN.search(page)[1],
    }  # fmt: skip
    return person.post(path, {**fields, **changes})


def told():
    return [(m.notice, m.recipient) for m in db.session.query(Mail).order_by(Mail.id)]


@both
def test_moved_work_tells_those_who_were_told_what_it_was_and_what_it_is(app, work):
    page = edit(Person(app, "tono"), work, starts_local=wib(days=3), ends_local=wib(days=3, hours=1))
    assert page.status_code == 303
    assert told() == [("work_announced", "dewi@feb.example"), ("work_changed", "dewi@feb.example")]
    facts = db.session.query(Mail).filter_by(notice="work_changed").one().facts
    assert facts["is_moved"] and facts["was_starts_at"] != facts["starts_at"]
    assert db.session.get(PlannedWork, work).changed_at is not None


def test_work_that_is_saved_without_a_change_tells_nobody(app, work):
    with write_transaction():
        row = db.session.get(PlannedWork, work)
        row.starts_at, row.ends_at = (t.replace(second=0, microsecond=0) for t in (row.starts_at, row.ends_at))
    row = db.session.get(PlannedWork, work)
    from models.base.wording import local

    same = {
        "starts_local": f"{local(row.starts_at):%Y-%m-%dT%H:%M}",
        "ends_local": f"{local(row.ends_at):%Y-%m-%dT%H:%M}",
    }
    assert edit(Person(app, "tono"), work, **same).status_code == 303
    assert told() == [("work_announced", "dewi@feb.example")]


def test_work_that_grows_announces_itself_to_whom_it_newly_concerns(app, work):
    nodes = [node.id for node in db.session.get(PlannedWork, work).nodes]
    from models.outages.network import Node

    fti = db.session.query(Node).filter_by(name="Sakelar FTI").one()
    edit(Person(app, "tono"), work, node_ids=[*nodes, fti.id])
    assert told()[1:] == [("work_changed", "dewi@feb.example"), ("work_announced", "fajar@fti.example")]


def test_cancelled_work_asks_for_a_reason_tells_all_and_mutes_no_more(app, work):
    rina = Person(app, "rina")
    path = f"/admin/planned_work/cancel/?id={work}"
    assert "dewi@feb.example" in rina.get(path).text
    assert rina.post(path, {"reason": ""}).status_code == 422
    assert rina.post(path, {"reason": "Suku cadang belum datang."}).status_code == 303
    assert told()[-1] == ("work_cancelled", "dewi@feb.example")
    row = db.session.get(PlannedWork, work)
    assert (row.cancel_reason, row.is_over) == ("Suku cadang belum datang.", True)
    assert "Ganti sakelar" not in app.test_client().get("/gangguan").text
    assert rina.post(path, {"reason": "Lagi."}).status_code == 403
    assert edit_status(rina, work) == 403
    assert len(told()) == 2


def edit_status(person, work_id):
    return person.get(f"/admin/planned_work/edit/?id={work_id}", check=False).status_code


@both
def test_contact_who_was_replaced_still_hears_of_the_cancellation(app, work):
    with write_transaction():
        db.session.query(Contact).filter_by(email="dewi@feb.example").one().email = "baru@feb.example"
    Person(app, "tono").post(f"/admin/planned_work/cancel/?id={work}", {"reason": "Hujan."})
    assert told()[-1] == ("work_cancelled", "dewi@feb.example")


def test_work_not_yet_announced_is_changed_in_silence_and_its_page_says_who_will_be_told(app):
    nodes = small_network()
    tono = Person(app, "tono")
    fields = {"title": "Ganti UPS", "starts_local": wib(days=1), "ends_local": wib(days=1, hours=2)}
    made = tono.post("/admin/planned_work/new/", {**fields, "node_ids": [nodes["Sakelar FEB"].id]})
    page = tono.get(made.location).text
    assert ("Akan dikabari dalam 10 menit" in page, "dewi@feb.example" in page) == (True, True)
    work = db.session.query(PlannedWork).one()
    assert edit(tono, work.id, title="Ganti UPS besar").status_code == 303
    assert told() == []


@both
def test_addresses_of_people_outside_go_90_days_after_the_end(app):
    ticket = network_outage_at("ended")
    with write_transaction():
        db.session.add(AffectedPerson(ticket_id=ticket.id, email="andi@mhs.example"))
        OutageRecipient.note(
            ticket.id, "budi@mhs.example", "x", name="Budi", language="id", audience="requester", detail=""
        )
    assert forget_addresses() == 0
    with write_transaction():
        db.session.get(Outage, ticket.id).ended_at = utcnow() - timedelta(days=91)
    assert forget_addresses() == 1
    assert "budi@mhs.example" not in {row.email for row in OutageRecipient.of(ticket.id)}
    assert "dewi@feb.example" in {row.email for row in OutageRecipient.of(ticket.id)}


@both
def test_told_list_of_work_is_kept_once_an_address(app, work):
    edit(Person(app, "tono"), work, title="Ganti sakelar inti")
    assert [(row.email, row.notice) for row in PlannedWorkRecipient.of(work)] == [("dewi@feb.example", "work_changed")]
