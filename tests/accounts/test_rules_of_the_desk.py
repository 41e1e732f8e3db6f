"""I1, I2, R4 at the desk itself: presence, the second person, nobody serves themselves, and the hour's limits."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from models.accounts.directory_change import DirectoryChange
from models.accounts.identity_check import IdentityCheck
from models.base.db import db, write_transaction
from models.organisation.roles import Role
from models.tickets.outbox import Mail
from models.tickets.ticket import Ticket
from procedures.engine.take_step import StepRefused
from tests.accounts.stories import account, change, change_at, dewi, email_at, person, staff, unit_account, unit_id
from tests.browse import Person
from tests.databases import both, once
from tests.walk import take

pytestmark = once

CHECKED = {
    "proof_kind": "student_card", "proof_number": "0023", "is_present": "y", "name_same": "y",
    "unit_same": "y", "account_same": "y", "result": "match",
}  # fmt: skip


def check(app, row, who=0, contact=0, by="sari", **changes):
    """The desk's one form; an empty value is a tick that was not made."""
    fields = {
        **CHECKED,
        "search": who.name if who else row.address,
        "account": row.id,
        "person": who and who.id,
        "contact": contact and contact.id,
        **changes,
    }
    return Person(app, by).post("/admin/password/check", {k: v for k, v in fields.items() if v})


def changes():
    db.session.expire_all()
    return db.session.query(DirectoryChange).count()


def test_i1_no_password_changes_hands_without_the_person_present(app):
    owner = person()
    answer = check(app, account(owner), owner, is_present="")
    assert (answer.status_code, "Minta ia datang dengan bukti diri" in answer.text) == (422, True)
    assert (db.session.query(Ticket).count(), changes()) == (0, 0)


@both
def test_i1_whoever_knows_number_and_name_of_a_unit_still_needs_its_contact_and_a_second_person(app):
    owner, row = person(), unit_account()
    assert check(app, row, owner).status_code == 422  # a person is no contact of the unit
    where = check(app, row, contact=dewi()).location
    pk = int(where.rsplit("/", 1)[1])
    assert db.session.get(Ticket, pk).state == "second"
    page = Person(app, "sari").post(f"/admin/password/change/{pk}", {"told_by": "spot"})
    assert (page.status_code, "pk-password" in page.text, changes()) == (409, False, 0)


@both
def test_i1_contact_of_another_unit_is_refused(app):
    from models.organisation.unit import Contact

    with write_transaction():
        stranger = Contact(unit_id=unit_id("FTI"), kind="technical", name="Orang FTI", email="x@fti.example")
        db.session.add(stranger)
    answer = check(app, unit_account(), contact=stranger)
    assert (answer.status_code, "bukan kontak unit pemilik akun" in answer.text) == (422, True)


@pytest.mark.parametrize("by_address", [False, True])
def test_i2_operator_with_two_roles_is_not_her_own_second_person_nor_customer(app, by_address):
    own = person(
        "1", "Sari", email=staff("sari").email if by_address else "", staff_id=None if by_address else staff("sari").id
    )
    answer = check(app, account(own), own)
    assert (answer.status_code, "milik Anda sendiri" in answer.text) == (422, True)
    with write_transaction():
        staff("sari").roles = {Role.OPERATOR, Role.SERVICE_OFFICER}
    ticket = change_at("second", unit_account(), contact=dewi())
    with pytest.raises(StepRefused) as refused:
        take(ticket, "approve_second", "sari")
    assert (refused.value.why, "harus lain dari yang memeriksa" in refused.value.sentence) == ("need", True)


def test_i2_second_person_who_became_an_operator_too_does_not_change_it_herself(app):
    """Requester, verifier and second person are three people; the one who approved is not the one who changes."""
    with write_transaction():
        staff("wati").roles = {Role.OPERATOR, Role.SERVICE_OFFICER}
    ticket = change_at("second", unit_account(), contact=dewi())
    take(ticket, "approve_second", "wati")
    with pytest.raises(StepRefused) as refused:
        take(ticket, "change_password", "wati", told_by="spot")
    assert refused.value.why == "need"
    assert change(ticket, "sari").password


@pytest.mark.parametrize("superior", ["budi", "rina", "hadi", "rudi"])
def test_i2_superiors_account_is_never_changed_by_one_person(app, superior):
    boss = person("2", superior, email="", staff_id=staff(superior).id)
    assert db.session.get(Ticket, int(check(app, account(boss), boss).location.rsplit("/", 1)[1])).state == "second"


def test_i2_privileged_account_needs_a_head(app):
    owner = person()
    ticket = change_at("second", account(owner, is_privileged=True), owner)
    with pytest.raises(StepRefused) as refused:
        take(ticket, "approve_second", "wati")
    assert "orang keduanya seorang kepala" in refused.value.sentence


@both
def test_i2_account_that_became_privileged_after_the_match_is_stopped(app):
    owner = person()
    row = account(owner)
    ticket = change_at("change", row, owner)
    with write_transaction():
        row.is_privileged = True
    with pytest.raises(StepRefused) as refused:
        take(ticket, "change_password", "sari", told_by="spot")
    assert (refused.value.why, changes()) == ("need", 0)


def test_i2_account_suspended_after_the_match_is_not_changed(app):
    owner = person()
    row = account(owner)
    ticket = change_at("change", row, owner)
    with write_transaction():
        row.state = "suspended"
    with pytest.raises(StepRefused) as refused:
        take(ticket, "change_password", "sari", told_by="spot")
    assert (refused.value.why, changes()) == ("need", 0)


def test_i2_limits_are_counted_by_person_and_the_next_hour_begins_anew(app, monkeypatch):
    from datetime import UTC, datetime, timedelta

    from models.base import setting

    assert (setting.get("password_changes_per_hour"), setting.get("guarded_changes_per_hour")) == (60, 5)
    with write_transaction():
        setting.put("guarded_changes_per_hour", 1)
    row = unit_account()

    def approved():
        ticket = change_at("second", row, contact=dewi())
        take(ticket, "approve_second", "wati")
        return ticket

    change(approved())
    waiting = approved()
    with pytest.raises(StepRefused):
        take(waiting, "change_password", "sari", told_by="spot")
    assert change(waiting, "nita").password  # her own hour
    monkeypatch.setattr("models.base.db.clock", lambda: datetime.now(UTC) + timedelta(minutes=61))
    assert change(approved()).password
    heads = db.session.scalars(select(Mail.recipient).where(Mail.notice == "limit_passed")).all()
    assert set(heads) == {"budi@pustikom.example"}


@both
def test_r4_right_revoked_while_the_form_is_open_refuses_the_post(app):
    owner = person()
    ticket = change_at("change", account(owner), owner)
    rudi, sari = Person(app, "rudi"), Person(app, "sari")
    where = f"/admin/password/change/{ticket.id}"
    token = sari.token(f"/admin/password/ticket/{ticket.id}")
    with write_transaction():
        staff("sari").roles = {Role.STAFF_SYSTEMS}
    answer = sari.client.post(where, data={"told_by": "spot", "csrf_token": token})
    assert (answer.status_code in (302, 303, 401, 403), "pk-password" in answer.text, changes()) == (True, False, 0)
    with pytest.raises(StepRefused) as refused:  # and the engine asks again, whatever the door said
        take(ticket, "change_password", "sari", told_by="spot")
    assert refused.value.why in ("role", "hidden")
    assert rudi.client.get("/admin/").status_code == 200


def test_r4_officer_whose_role_ended_creates_no_account(app):
    ticket = email_at("creation")
    wati = Person(app, "wati")
    token = wati.token(f"/admin/ticket/details/?id={ticket.id}")
    with write_transaction():
        staff("wati").roles = {Role.OPERATOR}
    answer = wati.client.post(
        f"/admin/ticket/{ticket.id}/do/create_account", data={"told_by": "mail", "csrf_token": token}
    )
    assert (answer.status_code in (302, 303, 401, 403, 409), changes()) == (True, 0)
    db.session.refresh(ticket)
    assert ticket.state == "creation"


def test_unknown_number_says_so_and_how_to_go_on(app):
    page = Person(app, "sari").get("/admin/password/?search=9999999999999")
    assert (page.status_code, "9999999999999" in page.text) == (200, True)
    assert "Tidak ada yang cocok" in page.text


def test_forged_account_or_person_is_refused_without_a_fault(app):
    owner = person()
    row = account(owner)
    for forged in (
        {"account": "999999"},
        {"account": "-1"},
        {"person": "999999"},
        {"account": "x"},
        {"account": "99999999999999999999"},
    ):
        answer = check(app, row, owner, **forged)
        assert (answer.status_code, db.session.query(IdentityCheck).count()) == (422, 0), forged


def test_person_who_has_left_is_refused_at_the_desk_with_whom_to_ask(app):
    owner = person(status="left")
    answer = check(app, account(owner), owner)
    assert (answer.status_code, "hubungi Kepala Pustikom" in answer.text) == (422, True)


@both
def test_two_people_of_one_name_stand_apart_by_number_unit_and_kind(app):
    person()
    other = person("198001012005011001", "Andi Saputra", email="lain@surat.example", kind="lecturer")
    with write_transaction():
        other.unit_id = unit_id("FTI")
    words = Person(app, "sari").get("/admin/password/?search=andi+saputra").text
    from models.organisation.unit import Unit

    facts = ("2010011110023", "198001012005011001", db.session.get(Unit, unit_id()).name,
             db.session.get(Unit, unit_id("FTI")).name, "Mahasiswa", "Dosen")  # fmt: skip
    assert [fact for fact in facts if fact not in words] == []


@both
@pytest.mark.parametrize("sign", ["staff number", "mail", "phone", "name"])
def test_i7_a_head_whose_row_nobody_tied_to_the_login_is_a_superior_all_the_same(app, cast, sign):
    owner = person()
    with write_transaction():
        head, row = db.session.get(type(cast["budi"]), cast["budi"].id), db.session.get(type(owner), owner.id)
        row.email = row.phone = ""
        head.email, head.phone, head.staff_number = "budi@lain.example", "0811-0000-1", ""
        if sign == "staff number":
            head.staff_number = f"{row.number[:4]} {row.number[4:]}"
        elif sign == "mail":
            row.email = "Budi@Lain.example"
        elif sign == "phone":
            row.phone = "0811 0000 1"
        else:
            head.name = f"Pak {row.name}"
    db.session.expire_all()
    row = db.session.get(type(owner), owner.id)
    assert (row.staff_id, row.is_superior, row.is_same_as(cast["budi"])) == (None, True, True)
    where = check(app, account(row), row, proof_number=row.number[-4:]).location
    assert db.session.get(Ticket, int(where.rsplit("/", 1)[1])).state == "second"


@both
def test_i7_a_namesake_without_a_second_name_and_an_empty_field_tie_nobody(app, cast):
    owner = person()
    with write_transaction():
        row = db.session.get(type(owner), owner.id)
        row.email = row.phone = ""
        row.name = "Budi"
        head = db.session.get(type(cast["budi"]), cast["budi"].id)
        head.email = head.phone = head.staff_number = ""
        head.name = "Budi"
    db.session.expire_all()
    assert not db.session.get(type(owner), owner.id).is_superior
