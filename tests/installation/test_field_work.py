"""Field work names the visits of one person, and none of a ticket that this person may read no more."""

from __future__ import annotations

from models.base.db import db, write_transaction
from models.organisation.roles import Role
from models.organisation.staff import GroupMember
from models.tickets.ticket import Participant, Ticket
from tests.browse import Person
from tests.installation.installation_walk import installation_at
from tests.outages.walk import network_outage_at


def test_who_moved_to_another_division_is_shown_no_visit_of_the_old_one(app, cast):
    subjects = [installation_at("survey").subject, network_outage_at("on_site").subject]
    page = Person(app, "tono").get("/admin/field/").text
    assert all(subject in page for subject in subjects)
    tono = cast["tono"]
    with write_transaction():
        tono.roles = {Role.STAFF_SYSTEMS}
        db.session.query(GroupMember).filter_by(staff_id=tono.id).delete()
        db.session.query(Participant).filter_by(staff_id=tono.id).delete()
        db.session.query(Ticket).update({"assignee_id": None})
    page = Person(app, "tono").get("/admin/field/").text
    assert not [subject for subject in subjects if subject in page]
