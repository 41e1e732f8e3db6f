"""A workbench asks at most 12 statements and loads no whole relation, whatever hangs on the ticket."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy.event import listen, remove

from models.base.db import db, write_transaction
from models.organisation.staff import Staff
from models.tickets.canned_reply import CannedReply
from models.tickets.draft import Draft
from models.tickets.label import Label, TicketLabel
from models.tickets.merge import Merge
from models.tickets.ticket import Attachment, Event, Participant, Ticket
from tests.accounts.stories import change_at, email_at
from tests.browse import Person
from tests.databases import once
from tests.installation.installation_walk import installation_at
from tests.tickets.test_workbench import Statements
from tests.walk import complaint_at, file_complaint

pytestmark = once

MOST = 12
DESKS: dict[str, tuple[Callable[[], Ticket], str]] = {
    "complaint, with its group": (lambda: complaint_at("with_group"), "tono"),
    "complaint, at work": (lambda: complaint_at("in_progress"), "budi"),
    "complaint, closed": (lambda: complaint_at("closed"), "tono"),
    "installation, survey": (lambda: installation_at("survey"), "tono"),
    "installation, approval": (lambda: installation_at("rab_approval"), "budi"),
    "installation, testing": (lambda: installation_at("testing"), "rina"),
    "installation, payment": (lambda: installation_at("payment"), "sari"),
    "e-mail, creation": (lambda: email_at("creation"), "wati"),
    "password, shown": (lambda: change_at("comparison"), "sari"),
}


def fill(ticket: Ticket) -> None:
    """Many events, files, people, labels, drafts, replies and merged tickets on one ticket."""
    others = [file_complaint(subject=f"Sama {n}").id for n in range(5)]
    with write_transaction():
        ident, people = ticket.id, [staff.id for staff in db.session.query(Staff)]
        moments = [
            Event(ticket_id=ident, kind="note", step="note", actor_kind="staff", text=f"{n}") for n in range(200)
        ]
        db.session.add_all(moments)
        db.session.flush()
        db.session.add_all(
            Attachment(ticket_id=ident, event_id=e.id, sha256="0" * 64, name=f"{e.id}.txt", size=1, content_type="text/plain")
            for e in moments
        )  # fmt: skip
        for person in people:
            Participant.add(ident, person)
            db.session.add(Draft(staff_id=person, place=f"/admin/ticket/{ident}/do/note", fields={"text": ["Draf"]}))
        labels = [Label(name=f"Label {n}") for n in range(8)]
        db.session.add_all([*labels, *(CannedReply(title=f"Balasan {n}", text="{nomor}") for n in range(8))])
        db.session.flush()
        db.session.add_all(TicketLabel(ticket_id=ident, label_id=label.id) for label in labels)
        db.session.add_all(Merge(ticket_id=other, target_id=ident) for other in others)


@pytest.mark.slow
@pytest.mark.parametrize("desk", DESKS)
def test_a_full_workbench_asks_at_most_twelve_statements(app, desk):
    walk, username = DESKS[desk]
    ticket = walk()
    fill(ticket)
    path, person = f"/admin/ticket/details/?id={ticket.id}", Person(app, username)
    assert person.get(path).status_code == 200
    with Statements(app) as statements:
        page = person.get(path).text
    assert page.count('<time datetime="') < 200, "the history is paged"
    assert len(statements.found) <= MOST, "\n".join([str(len(statements.found)), *statements.found])


@pytest.mark.only("postgresql")  # its planner reads a whole table for what the other's finds by two indexes
def test_no_statement_of_a_workbench_reads_all_events_or_files(app):
    """Rows are found by an index, never by asking each of a table's rows whether it is among those wanted."""
    ticket = complaint_at("in_progress")
    path, person, asked = f"/admin/ticket/details/?id={ticket.id}", Person(app, "budi"), []

    def heard(_connection, _cursor, statement, parameters, *_more):
        asked.append((statement, parameters))

    listen(db.engine, "before_cursor_execute", heard)
    try:
        assert person.get(path).status_code == 200
    finally:
        remove(db.engine, "before_cursor_execute", heard)
    plans = []
    with db.engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        for statement, parameters in asked:
            if statement.startswith("SELECT"):
                plans += [row[0] for row in connection.exec_driver_sql(f"EXPLAIN {statement}", parameters)]
    assert any("on event" in line for line in plans)
    assert [line for line in plans if "Filter" in line and "SubPlan" in line] == []
