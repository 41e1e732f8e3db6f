"""I6: a changed contact is told to the old address, no password link follows it at once, and its maker is not alone."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest

import models.base.db
from jobs.accounts.import_people_files import take_in_people
from jobs.operation.tidy import tidy
from mails.render import render
from models.accounts.account import Account
from models.accounts.one_time_link import OneTimeLink
from models.accounts.people_import import PeopleImport
from models.base import setting
from models.base.db import db, utcnow, write_transaction
from models.organisation.contact_change import ContactChange, Holder, contact_changers, contact_waits_until
from models.organisation.roles import Role
from models.organisation.staff import Staff
from models.tickets.outbox import Mail
from procedures.accounts.import_people import import_people
from procedures.engine.take_step import StepRefused
from tests.accounts.stories import BY_HAND, account, change, change_at, dewi, email_at, person, staff, unit_account
from tests.browse import Person
from tests.walk import take

OLD, NEW = "andi.pribadi@surat.example", "jahat@lain.example"


def told():
    db.session.expire_all()
    return [mail.recipient for mail in db.session.query(Mail).filter_by(notice="contact_changed").order_by(Mail.id)]


def later(monkeypatch, **span):
    moved = utcnow() + timedelta(**span)
    monkeypatch.setattr(models.base.db, "clock", lambda: moved)


def edit(app, row, by="sari", view="person", **changes):
    """The register's form as it opens, with these fields typed over."""
    who, path = Person(app, by), f"/admin/{view}/edit/?id={row.id}"
    seen = who.get(path).text.split('name="seen" value="')[1].split('"')[0]
    names = ("number", "name", "kind", "unit_id", "status", "email", "phone", "position", "language")
    kept = {name: getattr(row, name) or "" for name in names if hasattr(row, name)}
    fields = {**kept, "unit_id": kept["unit_id"] or 0, **({"is_active": "y"} if view == "contact" else {})}
    answer = who.post(path, {**fields, **changes, "seen": seen})
    assert answer.status_code == 303, answer.text
    return who.get(answer.location).text


def imported(app, text):
    """The same by a file: uploaded and confirmed by Sari, taken in by the worker."""
    sari = Person(app, "sari")
    where = sari.post("/admin/people_import/upload", {"file": (io.BytesIO(text.encode()), "orang.csv")}).location
    take_in_people()
    sari.post(where.replace("/job/", "/confirm/"))
    take_in_people()
    assert db.session.query(PeopleImport).one().changed == 1


def by_form(app, row):
    edit(app, row, email=NEW)


def by_file(app, row):
    imported(app, f"Nomor,Nama,Email\n{row.number},{row.name},{NEW}\n")


def by_command(app, row):
    import_people(io.BytesIO(f"Nomor,Nama,Email\n{row.number},{row.name},{NEW}\n".encode()))


@pytest.mark.parametrize("way", [by_form, by_file, by_command])
def test_i6_old_address_is_told_and_no_link_goes_to_the_new_one_until_a_day_has_passed(app, monkeypatch, way):
    way(app, account(person()).owner)
    assert told() == [OLD]
    row = db.session.query(Account).one()
    owner = row.owner
    assert owner.email == NEW
    ticket = change_at("change", row, owner, by="nita")
    with pytest.raises(StepRefused, match="baru diubah"):
        take(ticket, "change_password", "nita", told_by="link")
    later(monkeypatch, hours=23)
    with pytest.raises(StepRefused, match="baru diubah"):
        take(ticket, "change_password", "nita", told_by="link")
    later(monkeypatch, hours=2)
    change(ticket, "nita", told_by="link")
    assert db.session.query(OneTimeLink).one().sent_to == "ja•••@lain.example"


def test_i6_the_password_is_handed_over_on_the_spot_meanwhile_and_the_hours_are_a_setting(app, monkeypatch):
    with write_transaction():
        setting.put("contact_wait_hours", 2)
    owner = person()
    row = account(owner)
    edit(app, owner, email=NEW)
    ticket = change_at("change", row, owner, by="nita")
    assert change(ticket, "nita", told_by="spot").password
    later(monkeypatch, hours=3)
    assert contact_waits_until(Holder.PERSON, owner.id) is None


def test_i6_who_changed_the_contact_and_then_resets_needs_a_second_person(app):
    owner = person()
    row = account(owner)
    edit(app, owner, phone="0812-0000-9999")
    ticket = change_at("second", row, owner, by="sari")
    asked = db.session.query(Mail).filter_by(notice="second_asked").first()
    assert "mengubah sendiri data orang ini" in render(asked).text
    take(ticket, "approve_second", "wati")
    assert change(ticket, "sari").password
    assert (
        change_at("change", row, owner, by="nita").state == "change"
    )  # for somebody else the account is an ordinary one


def test_i6_who_changes_it_after_the_match_is_stopped_and_is_no_second_person_either(app):
    owner = person()
    row = account(owner)
    ticket = change_at("change", row, owner, by="sari")
    edit(app, owner, name="Andi Saputra Lain")
    with pytest.raises(StepRefused, match="memerlukan orang kedua"):
        take(ticket, "change_password", "sari", told_by="spot")
    with write_transaction():
        staff("nita").roles = {Role.OPERATOR, Role.SERVICE_OFFICER}
    edit(app, owner, by="nita", name="Andi Saputra")
    other = change_at("second", row, owner, by="sari")
    with pytest.raises(StepRefused, match="harus lain"):
        take(other, "approve_second", "nita")


def test_i6_a_ticket_that_was_opened_before_keeps_no_address_that_the_register_no_longer_has(app, monkeypatch):
    owner = person(email=NEW)
    row = account(owner)
    ticket = change_at("change", row, owner, by="nita")
    edit(app, owner, email=OLD)
    later(monkeypatch, hours=25)
    with pytest.raises(StepRefused, match="berubah setelah tiket"):
        take(ticket, "change_password", "nita", told_by="link")


def test_i6_contact_of_a_unit_waits_too_whether_changed_or_added(app, monkeypatch):
    contact = dewi()
    text = edit(app, contact, view="contact", email=NEW)
    assert "Alamat lama, dewi@feb.example, dikabari lewat email." in text
    assert told() == ["dewi@feb.example"]
    assert "Email diubah" in text and "dapat dikirim mulai" in text
    ticket = change_at("second", unit_account(), contact=contact, by="nita")
    take(ticket, "approve_second", "wati")
    with pytest.raises(StepRefused, match="baru diubah"):
        take(ticket, "change_password", "nita", told_by="link")
    Person(app, "sari").post("/admin/contact/new/", {
        "unit_id": contact.unit_id, "name": "Orang Baru", "kind": "technical", "email": "baru@lain.example",
        "language": "id", "is_active": "y",
    })  # fmt: skip
    added = db.session.query(ContactChange).order_by(ContactChange.id.desc()).first()
    assert (added.holder, contact_waits_until(Holder.CONTACT, added.holder_id) is not None) == ("contact", True)


def test_i6_technical_contact_who_was_replaced_hears_of_it_and_the_first_password_waits(app, monkeypatch):
    ticket = email_at("creation")
    fields = {"contact_name": "Orang Lain", "contact_email": NEW, "contact_phone": "0812-0000-9999"}
    take(ticket, "name_contact", "sari", **fields)
    assert told() == ["dewi@feb.example"]
    made = {"told_by": "mail", "is_done_by_hand": "y", "first_password": BY_HAND, "first_password_again": BY_HAND}
    with pytest.raises(StepRefused, match="baru diganti"):
        take(ticket, "create_account", "wati", **made)
    later(monkeypatch, hours=25)
    take(ticket, "create_account", "wati", **made)
    assert ticket.state == "done"


def test_i6_a_colleagues_old_address_hears_of_the_new_one(app, cast):
    rudi, path = Person(app, "rudi"), f"/admin/staff/edit/?id={cast['budi'].id}"
    seen = rudi.get(path).text.split('name="seen" value="')[1].split('"')[0]
    fields = {"username": "budi", "name": "Pak Budi", "email": NEW, "language": "id", "number_kind": "NIK",
              "role_names": ["head_of_centre"], "is_active": "y", "seen": seen}  # fmt: skip
    assert rudi.post(path, fields).status_code == 303
    assert told() == ["budi@pustikom.example"]
    db.session.expire_all()
    assert db.session.query(Staff).filter_by(username="budi").one().email == NEW


@pytest.mark.only("sqlite")
def test_i6_mail_names_who_changed_what_and_nothing_of_the_new_address(app):
    edit(app, person(), email=NEW, phone="0812-0000-9999")
    text = render(db.session.query(Mail).filter_by(notice="contact_changed").one()).text
    assert "diubah oleh Sari: email, telepon" in text and "segera hubungi Pustikom" in text
    assert NEW not in text and "0000-9999" not in text


@pytest.mark.only("sqlite")
def test_i6_where_no_address_stood_before_nobody_is_said_to_be_told(app):
    text = edit(app, person(email="", phone=""), email=NEW)
    assert "dapat dikirim mulai" in text and "dikabari" not in text
    assert told() == []


@pytest.mark.only("sqlite")
def test_i6_capitals_and_grouping_are_no_change_and_an_import_of_the_same_tells_nobody(app):
    owner = person(phone="0812-1111-2222")
    edit(app, owner, email=OLD.upper(), phone="0812 1111 2222")
    import_people(io.BytesIO(f"Nomor,Nama,Email\n{owner.number},{owner.name},{OLD}\n".encode()))
    assert (told(), db.session.query(ContactChange).count()) == ([], 0)


def test_i6_changes_are_forgotten_after_thirty_days(app, monkeypatch):
    owner = person()
    edit(app, owner, email=NEW)
    assert contact_changers(Holder.PERSON, owner.id) == {staff("sari").id}
    later(monkeypatch, days=31)
    assert contact_changers(Holder.PERSON, owner.id) == set()
    tidy()
    assert db.session.query(ContactChange).count() == 0
