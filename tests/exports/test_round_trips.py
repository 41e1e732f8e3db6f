"""Every register that can be exported and imported: its own file is read back as it was, in both languages and formats."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.accounts.account import Account
from models.accounts.person import Person as PersonRow
from models.accounts.person import name_key
from models.base.db import db, write_transaction
from models.base.written import clean_line
from models.installation.rab import PriceItem
from models.organisation.unit import Contact, Unit
from models.outages.network import Node
from procedures.accounts.import_accounts import AccountImport
from procedures.installation.import_prices import PriceImport
from procedures.organisation.import_contacts import ContactImport
from procedures.organisation.import_units import UnitImport
from procedures.outages.import_nodes import NodeImport
from tests.browse import Person
from tests.databases import once
from tests.imports import load, plan, refusals
from tests.outages.walk import small_network, unit

pytestmark = once

REGISTERS = {
    "unit": ("sari", UnitImport, Unit),
    "contact": ("sari", ContactImport, Contact),
    "node": ("rina", NodeImport, Node),
    "price_item": ("rina", PriceImport, PriceItem),
    "account": ("wati", AccountImport, Account),
}
HOSTILE = ["=1+1", "-Andi; 'Dewi'", 'O"Brien, "Ani"', "@SUM(A1)", "Nur Aini, S.Kom., M.T.", "Café – Ñandú"]


def fill():
    """Values that spreadsheets like to turn into something else."""
    small_network()
    with write_transaction():
        feb = unit("FEB")
        db.session.add(
            Unit(code="0077", name='Unit "tujuh", cabang', kind="institute", parent=feb, email="u7@k.example")
        )
        for place, name in enumerate(HOSTILE):
            phone = ("0812-3456-789", "+62 812-3456-7890", "2104", "(0751) 7051678 ext. 104")[place % 4]
            db.session.add(Contact(unit=feb, name=name, kind="other", phone=phone, language="en"))
        for code, day in (("00-1", date(2026, 12, 1)), ("00-1", date(2027, 1, 2)), ("E-15", date(2026, 2, 3))):
            db.session.add(PriceItem(code=code, description="=Kabel; 1,5 mm", section="work", measure="m'", price_rp=1_500,
                                     valid_from=day))  # fmt: skip
        andi = PersonRow(number="0110023", name="-Andi", name_key=name_key("-Andi"), kind="student", status="left")
        dewi = db.session.query(Contact).filter_by(name="Dewi Anggraini").one()
        db.session.add_all([
            Account(address="andi@k.example", login="0110023", kind="internet", owner=andi, quota_mb=1_500,
                    expires_on=date(2027, 2, 1)),
            Account(address="feb@k.example", login="feb", kind="unit_email", unit=feb, contact=dewi, state="suspended",
                    is_privileged=True),
        ])  # fmt: skip


def exported(person, view, kind):
    answer = person.client.get(f"/admin/{view}/export/?format={kind}")
    assert answer.status_code == 200
    return answer.data


@pytest.mark.parametrize("language", ["id", "en"])
def test_list_that_was_downloaded_is_taken_in_again_and_changes_nothing(app, language):
    fill()
    people = {name: Person(app, name) for name in ("sari", "rina", "wati")}
    for person in people.values():
        if language == "en":
            person.post("/admin/language", {"language": "en"})
    for view, (who, register, model) in REGISTERS.items():
        for kind in ("csv", "xlsx"):
            found = plan(register, exported(people[who], view, kind))
            assert refusals(found) == [], (view, kind)
            assert found.counts == {"new": 0, "changed": 0, "same": db.session.query(model).count(), "refused": 0}, (
                view, kind, [line.changes for line in found.lines],
            )  # fmt: skip


def columns_of(row):
    return {c.key: getattr(row, c.key) for c in type(row).__table__.columns if c.key != "created_at"}


@pytest.mark.parametrize("view", ["unit", "contact", "node", "price_item"])
def test_what_was_lost_after_the_download_comes_back_as_it_was(app, view):
    """Not only is nothing changed: all that the file says is read, column by column."""
    fill()
    who, register, model = REGISTERS[view]
    data = exported(Person(app, who), view, "xlsx" if view in ("contact", "price_item") else "csv")
    before = [columns_of(row) for row in db.session.query(model).order_by(model.id)]
    blanked = ("building", "email", "phone", "position", "floor", "room", "description", "measure", "address")
    with write_transaction():
        for row in db.session.query(model):
            for name in blanked:
                if hasattr(row, name):
                    setattr(row, name, None if name == "address" else "")
            for name, other in (("parent_id", None), ("uplink_id", None), ("language", "id"), ("is_active", False),
                                ("price_rp", 1), ("kind", "other")):  # fmt: skip
                if hasattr(row, name) and not (view in ("contact",) and name == "kind"):
                    setattr(row, name, other)
    done = load(register, data)
    db.session.expire_all()
    assert refusals(done) == []
    assert [columns_of(row) for row in db.session.query(model).order_by(model.id)] == before


names = (
    st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=20)
    .map(clean_line)
    .filter(lambda text: text and text not in ("-", "--") and not text.startswith(("'", '="', "#")))
)
phones = st.from_regex(r"(08[1-9][0-9]{7,9}|\+628[1-9][0-9]{7,9}|\(0751\) [0-9]{7}|0751-[0-9]{7} ext\. [0-9]{3}|[2-7][0-9]{3})", fullmatch=True)  # fmt: skip
mails = st.from_regex(r"[a-z]{1,8}(\.[a-z]{1,8})?@[a-z]{2,8}\.ac\.id", fullmatch=True)
contacts = st.lists(st.tuples(names, names, st.one_of(st.just(""), phones), st.one_of(st.just(""), mails)),
                    min_size=1, max_size=5, unique_by=lambda row: "".join(c for c in row[0].casefold() if c.isalnum()))  # fmt: skip


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(contacts, st.sampled_from(["csv", "xlsx"]))
def test_any_contacts_that_the_panel_wrote_are_read_back_unchanged(app, rows, kind):
    with write_transaction():
        db.session.query(Contact).delete()
        feb = unit("FEB")
        for name, position, phone, mail in rows:
            db.session.add(Contact(unit=feb, name=name, position=position, phone=phone, email=mail))
    data = exported(Person(app, "sari"), "contact", kind)
    before = [columns_of(row) for row in db.session.query(Contact).order_by(Contact.id)]
    with write_transaction():
        db.session.query(Contact).update({"position": "x", "phone": "1", "email": "x@x.id"})
    load(ContactImport, data)
    db.session.expire_all()
    after = [columns_of(row) for row in db.session.query(Contact).order_by(Contact.id)]
    assert after == before
