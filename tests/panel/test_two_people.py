"""Two people at one row, and words that outlive a session: security.md R1, D7."""

from __future__ import annotations

import threading
from contextlib import suppress

import pytest

from admin_views.staff_view import StaffView
from models.db import db, write_transaction
from models.draft import Draft
from models.page import Page
from models.staff import FailedLogin, Group, Role, Staff, StaffSession
from models.unit import Unit
from tests.browse import TOKEN, Person
from tests.conftest import PASSWORD


def seen(person: Person, path: str) -> str:
    return person.get(path).text.split('name="seen" value="')[1].split('"')[0]


def unit_fields(unit: Unit, **changes: str) -> dict[str, str]:
    fields = {"code": unit.code, "name": unit.name, "kind": unit.kind, "parent_id": str(unit.parent_id or 0)}
    return {**fields, "building": unit.building, "is_active": "y", **changes}


def test_r1_the_second_of_two_who_edit_a_unit_is_told_and_keeps_the_words(app, cast):
    unit = db.session.query(Unit).filter_by(code="FEB").one()
    path = f"/admin/unit/edit/?id={unit.id}"
    sari, nita = Person(app, "sari"), Person(app, "nita")
    mark = seen(sari, path)
    fields = unit_fields(unit, seen=mark)
    assert nita.post(path, {**fields, "building": "Gedung Nita"}).status_code == 303
    second = sari.post(path, {**fields, "building": "Gedung Sari"})
    assert (second.status_code, "Orang lain mengubah" in second.text, "Gedung Sari" in second.text) == (422, True, True)
    db.session.expire_all()
    assert db.session.get(Unit, unit.id).building == "Gedung Nita"


def test_r1_members_that_another_administrator_changed_are_not_overwritten(app, cast):
    group = db.session.query(Group).filter_by(name="Jaringan").one()
    path = f"/admin/group/edit/?id={group.id}"
    budi, rudi = Person(app, "budi"), Person(app, "rudi")
    fields = {"name": "Jaringan", "division": "networking", "is_active": "y", "seen": seen(budi, path)}
    assert rudi.post(path, {**fields, "members_ids": [str(cast["tono"].id)]}).status_code == 303
    answer = budi.post(path, {**fields, "members_ids": [str(cast["rina"].id), str(cast["tono"].id)]})
    assert answer.status_code == 422
    db.session.expire_all()
    assert [m.staff.username for m in db.session.get(Group, group.id).members] == ["tono"]


def test_d7_two_administrators_who_remove_each_other_at_once_leave_one(app, cast, monkeypatch):
    codes: list[int] = []
    written, both = StaffView.written, threading.Barrier(2)

    def written_together(view: StaffView, row: Staff, is_new: bool) -> None:
        """Without the lock on role changes both would have written here, and neither would see the other's."""
        with suppress(threading.BrokenBarrierError):
            both.wait(timeout=1)
        written(view, row, is_new)

    with write_transaction():
        db.session.get(Staff, cast["sari"].id).roles = {Role.ADMINISTRATOR}
    pairs = [("rudi", "sari"), ("sari", "rudi")]
    sent, people = [], {name: Person(app, name) for name, _other in pairs}
    for name, other in pairs:
        path = f"/admin/staff/edit/?id={cast[other].id}"
        person = people[name]
        fields = {"username": other, "name": other.title(), "language": "id", "is_active": "y"}
        sent.append((person, path, {**fields, "seen": seen(person, path), "csrf_token": person.token()}))
    monkeypatch.setattr(StaffView, "written", written_together)

    def remove(person: Person, path: str, fields: dict[str, str]) -> None:
        codes.append(person.client.post(path, data=fields).status_code)

    db.session.rollback()
    threads = [threading.Thread(target=remove, args=act) for act in sent]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.expire_all()
    left = [s.username for s in db.session.query(Staff) if s.has(Role.ADMINISTRATOR)]
    assert len(left) == 1
    assert sorted(codes) == [303, 403 if db.engine.dialect.name == "sqlite" else 422]


def test_s3_parallel_first_failures_are_all_counted(app):
    people = [Person(app) for _n in range(4)]
    tokens = [person.token() for person in people]

    def fail(person: Person, token: str) -> None:
        person.client.post("/admin/login", data={"username": "sari", "password": "wrong", "csrf_token": token})

    db.session.rollback()
    threads = [threading.Thread(target=fail, args=pair) for pair in zip(people, tokens, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {row.tries for row in db.session.query(FailedLogin)} == {4}


@pytest.mark.parametrize("path", ["edit", "new"])
def test_a_lost_session_gives_back_a_long_text_of_any_form(app, cast, path):
    with write_transaction():
        db.session.add(Page(slug="privacy", title="Privasi", text="Lama"))
    row = db.session.query(Page).one()
    address = f"/admin/page/edit/?id={row.id}" if path == "edit" else "/admin/download/new/"
    name = "text" if path == "edit" else "description"
    sari = Person(app, "sari")
    token = sari.token()
    with write_transaction():
        StaffSession.end_all(cast["sari"].id)
    words = "Kami menyimpan nama dan alamat Anda selama dua tahun. " * 10
    fields = {name: words, "title": "Privasi", "link": "https://example.org/"}
    lost = sari.post(address, fields, token=token)
    kept, back = (lost.text.split(f'name="{key}" value="')[1].split('"')[0] for key in ("kept", "next"))
    login = {"username": "sari", "password": PASSWORD, "kept": kept, "next": back}
    answer = sari.post("/admin/login", login, token=TOKEN.search(lost.text)[1])
    assert answer.headers["Location"] == address
    page = sari.get(address).text
    assert words.strip() in page
    mark = {"seen": seen(sari, address)} if path == "edit" else {"position": "1"}
    assert sari.post(address, {**fields, **mark}).status_code == 303
    assert db.session.query(Draft).count() == 0
