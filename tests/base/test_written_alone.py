"""A row that is written past the unit of work reads as the database has it, without being asked for again."""

from __future__ import annotations

from sqlalchemy import inspect

from models.base.bulk_insert import add_alone
from models.base.db import db, utcnow, write_transaction
from models.organisation.staff import Group
from models.tickets.ticket import Ticket
from models.tickets.ticket_number import new_number
from tests.tickets.test_workbench import Statements


def test_a_ticket_written_alone_is_whole_and_is_what_the_database_holds(app):
    group_id = db.session.query(Group.id).first()[0]
    columns = [column.key for column in inspect(Ticket).column_attrs]
    with write_transaction():
        now = utcnow()
        ticket = Ticket(number=new_number(), procedure="complaint", state="with_group", line="C5", subject="Judul",
                        description="Isi", requester_name="Andi", requester_email="andi@x.example", group_id=group_id,
                        created_at=now, received_at=now, since_at=now, updated_at=now)  # fmt: skip
        add_alone(ticket)
        with Statements(app) as statements:
            told = {name: getattr(ticket, name) for name in columns}
        assert statements.found == []
    db.session.expire_all()
    assert told == {name: getattr(ticket, name) for name in columns}
