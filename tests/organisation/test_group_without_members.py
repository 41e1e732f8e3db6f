"""A group in which nobody is says so where complaints are sent to it: the category's form, the hand-over, the ticket."""

from __future__ import annotations

from models.base.db import db, write_transaction
from models.organisation.staff import Group
from models.tickets.ticket import Ticket
from tests.browse import Person
from tests.databases import once
from tests.walk import file_complaint

pytestmark = once
SAID = "belum punya anggota"


def test_a_group_without_members_is_named_where_complaints_are_sent_to_it(app):
    ticket_id = file_complaint().id
    with write_transaction():
        db.session.add(empty := Group(name="Kelompok kosong", division="networking"))
        db.session.flush()
        empty_id = empty.id
    sari, rudi = Person(app, "sari"), Person(app, "rudi")
    assert f"Kelompok kosong ({SAID})" in rudi.get("/admin/category/new/").text
    hand_over = sari.get(f"/admin/assign/?id={ticket_id}").text
    assert hand_over.split("Kelompok kosong")[1].split("</button>")[0].count(SAID) == 1
    assert hand_over.count(SAID) == 1, "the other groups have members"
    assert SAID not in sari.get(f"/admin/ticket/details/?id={ticket_id}").text
    with write_transaction():
        db.session.get(Ticket, ticket_id).group_id = empty_id
    assert SAID in sari.get(f"/admin/ticket/details/?id={ticket_id}").text
