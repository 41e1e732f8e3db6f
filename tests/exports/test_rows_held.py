"""What an export asks of the database and keeps in memory: a batch at a time, whatever the length of the list."""

from __future__ import annotations

import gc
import tracemalloc
from datetime import date

import pytest
from sqlalchemy import event

from gateways.files.table_writer import write_table
from models.accounts.directory_change import DirectoryChange, DirectoryDifference
from models.accounts.person import Person as Registered
from models.base.db import db, write_transaction
from models.installation.bill import Bill, Payment
from models.installation.rab import PriceItem
from models.organisation.staff import Group, Staff
from models.organisation.unit import Contact, Unit
from models.tickets.canned_reply import CannedReply
from models.tickets.mailing.data_request import DataRequest
from models.tickets.ticket import Ticket
from procedures.base import export_lists
from tests.accounts import stories
from tests.browse import Person
from tests.exports.test_exports import csv_of
from tests.frame.test_rights import REGISTERS
from tests.installation.installation_walk import installation_at
from tests.tickets.test_workbench import Statements
from tests.walk import category_id, file_complaint

PEOPLE = ("budi", "rina", "sari", "rudi", "ketua", "wati")


@pytest.fixture
def full_registers(app, rows):  # noqa: F811  # pytest's fixture
    """A row in every list that can be exported, with everything that its columns name."""
    assert installation_at("payment") is not None
    bill_id, sari = db.session.query(Bill.id).scalar(), db.session.query(Staff.id).filter_by(username="sari").scalar()
    group, unit = db.session.query(Group.id).first()[0], db.session.query(Unit.id).first()[0]
    with write_transaction():
        who = stories.account()
        db.session.flush()
        db.session.add(DirectoryDifference(login="x", kind="missing_in_directory", account_id=who.id))
        db.session.add(DirectoryChange(account_id=who.id, kind="create", state="done", by_id=sari))
        db.session.add(Registered(number="77", name="Ani", name_key="ani", kind="student", unit_id=unit))
        db.session.add(CannedReply(title="Siap", text="Teks", category_id=category_id(), group_id=group))
        db.session.add(PriceItem(code="KBL-X", section="material", description="Kabel", measure="m", price_rp=1,
                                 valid_from=date(2026, 1, 2)))  # fmt: skip
        db.session.add(Payment(bill_id=bill_id, amount_rp=1, paid_on=date(2026, 1, 2), method="cash", payer="FT",
                               receipt_number="K-1", recorded_by_id=sari))  # fmt: skip
        db.session.add(DataRequest(kind="correction", ticket_id=db.session.query(Ticket.id).first()[0], name="Ani",
                                   text="Nama saya salah.", asked_by_id=sari, answered_by_id=sari))  # fmt: skip
        who.created_by_id = who.reviewed_by_id = sari


class RowByRow:
    """Counts what is fetched of other tables for one row alone while the block runs."""

    def __enter__(self):
        self.found = []
        event.listen(db.session, "do_orm_execute", self._heard)
        return self.found

    def __exit__(self, *_fault):
        event.remove(db.session, "do_orm_execute", self._heard)

    def _heard(self, asked):
        if asked.lazy_loaded_from is not None or asked.is_column_load:
            self.found.append(str(asked.statement)[-120:])


@pytest.mark.slow
def test_no_list_and_no_export_fetches_anything_row_by_row(app, full_registers):
    people, staff = {name: Person(app, name) for name in PEOPLE}, dict(db.session.query(Staff.username, Staff.id))
    for view, listed in export_lists.LISTS.items():
        allowed = REGISTERS[view].get("export", REGISTERS[view]["list"])
        name = next(name for name in people if name in allowed)
        db.session.remove()
        asking = export_lists.asking(view, staff[name])
        with RowByRow() as found:
            assert listed.export_lines(asking, listed.export_ids(asking, {}, 1000)), f"{view} has no row to look at"
        assert found == [], view
        with RowByRow() as found:
            assert people[name].get(f"/admin/{view}/").status_code == 200
        assert found == [], f"the list {view}"


def test_an_export_asks_the_same_statements_for_two_rows_and_for_forty(app, cast):
    """Contacts of as many units, and tickets: one SELECT a batch, not one a row."""
    rina, counts = Person(app, "rina"), {}
    for wanted in (2, 40):
        with write_transaction():
            units = [Unit(code=f"Z{wanted}-{n}", name=f"Satuan {wanted}-{n}", kind="bureau") for n in range(wanted)]
            db.session.add_all(units)
            db.session.flush()
            db.session.add_all(Contact(unit_id=u.id, name=f"Ani {wanted}", kind="it_manager") for u in units)
        for n in range(wanted):
            file_complaint(subject=f"Keluhan {wanted}-{n}")
        for path in (f"contact/export/?search=Ani+{wanted}", f"ticket/export/?search=Keluhan+{wanted}"):
            with Statements(app) as statements:
                lines = csv_of(rina.get(f"/admin/{path}"))
            assert len(lines) == 1 + wanted, path
            counts.setdefault(path.split("/")[0], []).append(len(statements.found))
    assert [few == many for few, many in counts.values()] == [True, True], counts


@pytest.mark.slow
def test_an_export_holds_the_rows_of_one_batch_and_no_more(app, cast, monkeypatch):
    monkeypatch.setattr(export_lists, "BATCH", 20)
    with write_transaction():
        db.session.add_all(Unit(code=f"Z{n}", name=f"Satuan {n}", kind="bureau") for n in range(200))
    held = []

    def look(_count):
        gc.collect()
        held.append(sum(type(thing) is Unit for thing in gc.get_objects()))  # `isinstance` would ask every proxy

    sari, lines = cast["sari"].id, 0
    db.session.remove()
    for batch in export_lists.batches("unit", sari, {"search": "Satuan"}, look):
        lines += len(batch)
    assert (lines, len(held)) == (200, 10)
    assert max(held) <= 20 + 5, "a batch, and what the test's own people hang on"


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_file_five_times_as_long_needs_no_more_memory(kind, tmp_path):
    """Lines go to the disk as they come; measured in allocated bytes, so that nothing depends on the machine."""

    def peak(batches):
        lines = ([[f"{n}-{m} " + "kata " * 20 for m in range(10)] for n in range(100)] for _ in range(batches))
        with (tmp_path / f"{batches}").open("w+b") as file:
            tracemalloc.start()
            try:
                assert write_table(kind, file, "Uji", ["x"] * 10, lines, language="id") == batches * 100
                return tracemalloc.get_traced_memory()[1]
            finally:
                tracemalloc.stop()

    peak(2)  # imports
    short, long = peak(10), peak(50)
    assert long < short * 1.5


@pytest.mark.only("sqlite")  # it keeps no statistics and takes an index of the filter, whatever it holds
@pytest.mark.parametrize("name", ["budi", "tono"])
def test_each_batch_is_read_by_its_rows_keys_and_the_filter_asked_once(app, cast, monkeypatch, name):
    """A batch that read the filter's index again would take as long as the list is, once a thousand rows."""
    monkeypatch.setattr(export_lists, "BATCH", 2)
    for n in range(6):
        file_complaint(subject=f"Keluhan {n}")
    staff, asked = cast[name].id, []
    db.session.remove()

    def heard(_connection, _cursor, statement, parameters, *_more):
        asked.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", heard)
    try:
        lines = [line for batch in export_lists.batches("ticket", staff, {}, lambda _n: None) for line in batch]
        export_lists.LISTS["ticket"].export_lines(export_lists.asking("ticket", staff), range(1, 1_001))
    finally:
        event.remove(db.engine, "before_cursor_execute", heard)
    of_tickets = [(text, values) for text, values in asked if "FROM ticket" in text]
    assert (len(lines), len(of_tickets)) == (6, 1 + 3 + 1), "ids once, then three batches"
    with db.engine.begin() as connection:
        plans = [connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", v).all() for text, v in of_tickets[1:]]
    of_batch = {step[3] for plan in plans for step in plan if " ticket" in step[3]}
    assert of_batch == {"SEARCH ticket USING INTEGER PRIMARY KEY (rowid=?)"}
