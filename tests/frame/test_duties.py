"""The table of two people: each line is tried alone, by two who may not, and by the right two (I2, I4, I5, I6, D9).

Every case asks the table: with its line emptied of who must stay apart, the refused person is let through.
"""

from __future__ import annotations

import csv
import dataclasses
import io
import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest

from admin_views.frame.permissions import DUTIES
from models.base.db import db, write_transaction
from models.base.wording import today
from models.installation.bill import Payment
from models.installation.rab import PriceItem, Rab, latest_rab
from models.organisation.contact_change import Holder
from models.organisation.delegation import Delegation, delegates_of
from models.organisation.duties import PART_WORDS
from models.organisation.pending_change import PendingKind
from models.organisation.roles import Role
from models.organisation.staff import Staff
from procedures.engine import catalog
from procedures.engine.take_step import StepRefused
from procedures.organisation import second_person
from procedures.organisation.contact_changes import note_change
from tests.accounts import stories as desk
from tests.browse import Person
from tests.installation import installation_walk as walk
from tests.organisation.test_second_person import edit

Act = Callable[[], bool]
Case = Callable[[Any], Act]
"""Prepares a world; the act that it returns says whether the person was refused."""


def give(username: str, *roles: Role) -> None:
    """This person holds these roles beside their own, as in a small house."""
    with write_transaction():
        person = db.session.query(Staff).filter_by(username=username).one()
        person.roles = person.roles | set(roles)


def tried(ticket: Any, name: str, by: str, take: Any = walk.take, **fields: Any) -> Act:
    def is_refused() -> bool:
        try:
            take(ticket, name, by, **fields)
        except StepRefused as refused:
            assert refused.why == "need", refused.sentence
            db.session.rollback()
            return True
        return False

    return is_refused


def lifted(kind: PendingKind, apart: str) -> Case:
    """Rudi, an administrator, asks for Lina, who is an administrator besides."""

    def prepared(_app: Any) -> Act:
        give("lina", Role.ADMINISTRATOR)
        people = {one.username: one for one in db.session.query(Staff)}
        with write_transaction():
            facts = {"roles": ["head_systems"]} if kind == PendingKind.ROLES else {"words": "", "delegation": 0}
            change = second_person.ask(kind, people["lina"], people["rudi"], facts, "")
        return lambda: not second_person.may_decide(change, people[apart])

    return prepared


def own_roles(app: Any) -> Act:
    give("hadi", Role.ADMINISTRATOR)
    rudi = db.session.query(Staff).filter_by(username="rudi").one()
    return lambda: edit(Person(app, "rudi"), rudi, "administrator", "operator") == 422


def rab(step: str, **fields: str) -> Case:
    def prepared(_app: Any) -> Act:
        give("tono", Role.HEAD_OF_CENTRE)
        ticket = walk.installation_at("rab_approval")
        return tried(ticket, step, "tono", **fields)

    return prepared


def rab_filled_in(_app: Any) -> Act:
    """Rina saved its lines; Tono drafted and submitted it."""
    give("rina", Role.HEAD_OF_CENTRE)
    ticket = walk.installation_at("rab_approval")
    with write_transaction():
        db.session.get_one(Rab, latest_rab(ticket).id).filled_by_ids = [walk.staff_id("rina")]
    return tried(ticket, "approve_rab", "rina")


def price(_app: Any) -> Act:
    """Budi wrote a price into the catalogue that a line of the RAB has."""
    ticket = walk.installation_at("rab_approval")
    with write_transaction():
        line = db.session.get_one(Rab, latest_rab(ticket).id).lines[0]
        line.code = "KBL-1"
        item = PriceItem(code="KBL-1", description=line.description, measure=line.measure, valid_from=today())
        item.price_rp, item.set_by_id = line.price_rp, walk.staff_id("budi")
        db.session.add(item)
    return tried(ticket, "approve_rab", "budi")


def bill(_app: Any) -> Act:
    ticket = walk.installation_at("billing")
    walk.issue_bill(ticket, both_sign="y")
    return tried(ticket, "cosign_bill", "budi")


def paid(ticket: Any, by: str, amount: str = "1.000.000", **more: str) -> Act:
    fields = {"amount": amount, "paid_on": today().isoformat(), "method": "transfer", "payer": "FEB", **more}
    return tried(ticket, "record_payment", by, files=(walk.SCAN,), **fields)


def payment(username: str) -> Case:
    """Tono drew the RAB up, Budi approved it and signed the bill; each is an operator besides."""

    def prepared(_app: Any) -> Act:
        give(username, Role.OPERATOR)
        ticket = walk.installation_at("payment")
        return paid(ticket, username)

    return prepared


def payment_return(_app: Any) -> Act:
    ticket = walk.installation_at("payment")
    paid(ticket, "sari", "4.500.123", over_use="return", over_note="BRI Bendahara FEB")()
    back = {"returned_on": today().isoformat(), "text": "Transfer BRI"}
    return tried(ticket, "return_overpayment", "sari", files=(walk.SCAN,), **back)


def payment_reversal(_app: Any) -> Act:
    ticket = walk.installation_at("payment")
    paid(ticket, "sari", "1.000.000")()
    made = db.session.scalar(db.select(Payment.id))
    return tried(ticket, "reverse_payment", "sari", payment=str(made), reason="Salah unit.")


def proof(step: str, **fields: str) -> Case:
    """Sari, who is a service officer besides, checked the proof for a unit's account herself."""

    def prepared(_app: Any) -> Act:
        give("sari", Role.SERVICE_OFFICER)
        ticket = desk.change_at("second", desk.unit_account(), contact=desk.dewi())
        return tried(ticket, step, "sari", desk.take, **fields)

    return prepared


def password(_app: Any) -> Act:
    """Wati approved as the second person and is an operator besides."""
    give("wati", Role.OPERATOR)
    ticket = desk.change_at("second", desk.unit_account(), contact=desk.dewi())
    desk.take(ticket, "approve_second", "wati")
    return tried(ticket, "change_password", "wati", desk.take, told_by="spot")


def changed(row: Any, by: str) -> None:
    """This colleague has just changed the person's telephone number in the register."""
    with write_transaction():
        note_change(Holder.PERSON, row.id, {"phone": ""}, {"phone": "0812-0000-9999"}, walk.staff_id(by), by)


def proof_after_contact(_app: Any) -> Act:
    """Wati, the service officer, changed the contact; Sari checked, and the register holds no number."""
    owner = desk.person(number="1")
    row = desk.account(owner)
    changed(owner, "wati")
    ticket = desk.change_at("second", row, owner)
    return tried(ticket, "approve_second", "wati", desk.take)


def contact(_app: Any) -> Act:
    """Sari compared, changed the contact, and would now set the password alone."""
    owner = desk.person()
    ticket = desk.change_at("change", desk.account(owner), owner)
    changed(owner, "sari")
    return tried(ticket, "change_password", "sari", desk.take, told_by="spot")


CASES: dict[str, list[Case]] = {
    "roles": [lifted(PendingKind.ROLES, "rudi"), lifted(PendingKind.ROLES, "lina")],
    "password_link": [lifted(PendingKind.PASSWORD_LINK, "rudi"), lifted(PendingKind.PASSWORD_LINK, "lina")],
    "delegation": [lifted(PendingKind.DELEGATION, "rudi"), lifted(PendingKind.DELEGATION, "lina")],
    "factor_reset": [lifted(PendingKind.FACTOR_RESET, "rudi"), lifted(PendingKind.FACTOR_RESET, "lina")],
    "own_roles": [own_roles],
    "rab": [
        rab("approve_rab"),
        rab("return_rab", reason="Terlalu mahal."),
        rab("refuse_rab", reason="Terlalu mahal."),
        rab_filled_in,
    ],
    "price": [price],
    "bill": [bill],
    "payment": [payment("tono"), payment("budi")],
    "payment_return": [payment_return],
    "payment_reversal": [payment_reversal],
    "password_proof": [proof("approve_second"), proof("reject_second", reason="Ragu."), proof_after_contact],
    "password": [password],
    "contact": [contact],
}
EACH = [(key, at) for key, cases in CASES.items() for at in range(len(cases))]


def test_every_line_of_the_table_has_its_cases():
    assert list(CASES) == list(DUTIES)
    assert all(line.apart for line in DUTIES.values())


@pytest.mark.only("sqlite")  # who may is decided before the database is asked
@pytest.mark.parametrize(("key", "at"), EACH)
def test_who_must_stay_apart_is_refused_because_the_table_says_so(app, cast, monkeypatch, key, at):
    is_refused = CASES[key][at](app)
    assert is_refused()
    monkeypatch.setitem(DUTIES, key, dataclasses.replace(DUTIES[key], apart=()))
    assert not is_refused()


def test_the_steps_of_a_line_are_taken_by_whom_it_names():
    steps = {step.name: step for procedure in catalog.PROCEDURES.values() for step in procedure.steps.values()}
    named = [(key, name, line) for key, line in DUTIES.items() for name in line.steps]
    assert len(named) > 8
    for key, name, line in named:
        assert set(steps[name].by) == set(line.confirmed_by), (key, name)


@pytest.mark.only("sqlite")
@pytest.mark.parametrize("kind", list(PendingKind))
def test_second_people_are_the_roles_of_the_table(app, cast, monkeypatch, kind):
    people = {one.username: one for one in db.session.query(Staff)}
    with write_transaction():
        change = second_person.ask(kind, people["lina"], people["rudi"], {"roles": [], "delegation": 0}, "")
    assert [one.username for one in second_person.second_people(change)] == ["budi"]
    line = dataclasses.replace(DUTIES[kind], confirmed_by=(Role.VIEWER,))
    monkeypatch.setitem(DUTIES, kind, line)
    assert [one.username for one in second_person.second_people(change)] == ["ketua"]


@pytest.mark.only("sqlite")
def test_page_of_rights_shows_every_line_and_exports_it(app, cast):
    rina = Person(app, "rina")
    html = rina.get("/admin/access/?part=duties").text
    rows = dict(re.findall(r'<tr id="d-(\w+)">(.*?)</tr>', html, re.S))
    assert list(rows) == list(DUTIES)
    numbers = {step.name: step.number for p in catalog.PROCEDURES.values() for step in p.steps.values()}
    for key, line in DUTIES.items():
        text = unescape(rows[key])
        words = [line.what, line.confirms, *(role.label for role in (*line.made_by, *line.confirmed_by))]
        words += [PART_WORDS[part] for part in line.apart] + [numbers[step] for step in line.steps]
        assert [str(word) for word in words if str(word) not in text] == [], key
    assert "24 jam" in html and "second_person_wait_hours" not in html  # only who may set it is led there
    assert "/admin/setting/#second_person_wait_hours" in Person(app, "rudi").get("/admin/access/?part=duties").text
    answer = rina.get("/admin/access/export/?part=duties&format=csv")
    lines = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))[1:]
    assert [line[0] for line in lines] == [str(line.what) for line in DUTIES.values()]


@pytest.mark.only("sqlite")
def test_a_delegation_that_waits_makes_nobody_a_delegate(app, cast):
    with write_transaction():
        lent = Delegation(from_staff_id=cast["rina"].id, to_staff_id=cast["tono"].id, role="head_networking",
                          starts_on=today(), ends_on=today(), is_waiting=True)  # fmt: skip
        db.session.add(lent)
    assert delegates_of([Role.HEAD_NETWORKING], "P3b") == []
    with write_transaction():
        db.session.get_one(Delegation, lent.id).is_waiting = False
    assert [one.username for one in delegates_of([Role.HEAD_NETWORKING], "P3b")] == ["tono"]
