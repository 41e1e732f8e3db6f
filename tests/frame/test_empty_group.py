"""A group to which nobody belongs is named wherever complaints are sent to it."""

from __future__ import annotations

import pytest

from models.base.db import db, write_transaction
from models.organisation.staff import Group, Staff
from models.tickets.category import Category
from tests.browse import Person
from tests.walk import category_id, file_complaint

LACKS = "belum punya anggota"


@pytest.fixture
def empty(app) -> Group:
    """All members of the group of network complaints have left."""
    group = db.session.get_one(Category, category_id()).group
    with write_transaction():
        for member in group.members:
            member.staff.is_active = member.staff.username in ("rina", "budi", "sari")
        for member in list(group.members):
            if member.staff.is_active:
                db.session.delete(member)
    return db.session.get_one(Group, group.id)


def test_the_ticket_the_hand_over_and_the_kinds_of_problems_name_it(app, empty):
    ticket, other = file_complaint(), file_complaint(category=category_id("Portal dan aplikasi"))
    sari, name, group_id = Person(app, "sari"), empty.name, empty.id
    own, elsewhere, portal = ticket.id, other.id, other.group.name
    assert LACKS in sari.get(f"/admin/ticket/details/?id={own}").text
    assert LACKS not in sari.get(f"/admin/ticket/details/?id={elsewhere}").text
    listed = sari.get(f"/admin/assign/?id={elsewhere}").text
    choice = next(part for part in listed.split("<button") if f'value="{group_id}"' in part and 'name="group"' in part)
    assert LACKS in choice
    kinds = sari.get("/admin/category/").text
    assert f"{name} ({LACKS})" in kinds and f"{portal} ({LACKS})" not in kinds


def test_nothing_is_said_where_somebody_is_there(app):
    ticket = file_complaint().id
    sari = Person(app, "sari")
    for path in (f"/admin/ticket/details/?id={ticket}", "/admin/category/"):
        assert LACKS not in sari.get(path).text, path
    assert db.session.query(Staff).filter_by(is_active=False).count() == 0
