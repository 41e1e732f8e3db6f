"""Two people at one row, and words that outlive a session: security.md R1, D7."""

from __future__ import annotations

import html
import re
import threading
from contextlib import suppress

import pytest

from admin_views.organisation.staff import StaffView
from models.base.db import db, write_transaction
from models.base.page import Page
from models.organisation.roles import Role
from models.organisation.sessions import FailedLogin, StaffSession
from models.organisation.staff import Group, Staff
from models.organisation.unit import Unit
from models.tickets.draft import Draft
from tests.browse import TOKEN, Person
from tests.conftest import PASSWORD
from tests.walk import complaint_at


def seen(person: Person, path: str) -> str:
    return person.get(path).text.split('name="seen" value="')[1].split('"')[0]


def unit_fields(unit: Unit, **changes: str) -> dict[str, str]:
    fields = {"code": unit.code, "name": unit.name, "kind": unit.kind, "parent_id": str(unit.parent_id or 0)}
    return {**fields, "building": unit.building, "is_active": "y", **changes}


def fields_of(person: Person, path: str) -> dict[str, str]:
    """The hidden fields that say what this person saw."""
    page = person.get(path).text
    return {name: html.unescape(page.split(f'name="{name}" value="')[1].split('"')[0]) for name in ("seen", "before")}


def cells_of(page: str) -> list[str]:
    """What changed meanwhile, as the table says it: field, before, now, yours."""
    return [cell.strip() for cell in re.findall(r'role="cell"[^>]*>(?:<b>|<span>)?([^<]*)', page)]


def test_r1_on_the_workbench_a_later_assignment_is_shown_the_earlier_one_and_may_be_sent_again(app, cast):
    ticket = complaint_at("in_progress")
    path, version = f"/admin/ticket/{ticket.id}/do/assign", ticket.version
    rina, tono = Person(app, "rina"), Person(app, "tono")
    people = {name: cast[name].id for name in ("rina", "tono", "lina")}
    sent = {"assignee": people["rina"], "text": "Saya saja.", "version": version}
    assert rina.post(path, {**sent, "once": "a"}).status_code == 303
    late = tono.post(path, {**sent, "assignee": people["lina"], "text": "Ini urusan server.", "once": "b"})
    assert (late.status_code, cells_of(late.text)) == (409, ["Petugas", "Tono", "Bu Rina", "Lina"])
    assert "Ini urusan server." in late.text  # still in its form
    db.session.expire_all()
    assert ticket.assignee_id == people["rina"]
    version = re.search(r'name="version" value="(\d+)"', late.text)[1]
    assert tono.post(path, {**sent, "assignee": people["lina"], "version": version, "once": "c"}).status_code == 303


def test_r1_two_solutions_the_later_one_reads_the_first_beside_the_own(app):
    ticket = complaint_at("in_progress")
    path, version = f"/admin/ticket/{ticket.id}/do/resolve", ticket.version
    first = {"cause": "Adaptor rusak.", "solution": "Adaptor diganti.", "version": version}
    assert Person(app, "rina").post(path, {**first, "once": "a"}).status_code == 303
    second = {"cause": "Kabel putus.", "solution": "Kabel disambung.", "version": version, "once": "b"}
    late = Person(app, "tono").post(path, second)
    assert (late.status_code, cells_of(late.text)) == (
        409,
        ["Keadaan", "Dikerjakan", "Selesai", "Selesai", "Penyebab", "—", "Adaptor rusak.", "Kabel putus."]
        + ["Penyelesaian", "—", "Adaptor diganti.", "Kabel disambung."],
    )
    assert late.text.count("Kabel disambung.") == 2  # beside the other's, and to copy


def test_r1_the_second_of_two_sees_field_by_field_what_changed_and_saves_again_on_purpose(app, cast):
    unit = db.session.query(Unit).filter_by(code="FEB").one()
    unit_id, name, building = unit.id, unit.name, unit.building
    path = f"/admin/unit/edit/?id={unit_id}"
    sari, nita = Person(app, "sari"), Person(app, "nita")
    mine = unit_fields(unit, **fields_of(sari, path))
    theirs = {**mine, "building": "Gedung Nita", "name": f"{name} dan Bisnis"}
    assert nita.post(path, theirs).status_code == 303
    second = sari.post(path, {**mine, "building": "Gedung Sari"})
    cells = cells_of(second.text)
    assert (second.status_code, "Orang lain mengubah data ini" in second.text) == (409, True)
    rows = {tuple(cells[at + 1 : at + 4]) for at in range(0, len(cells), 4)}
    wider = f"{name} dan Bisnis"
    assert rows == {(name, wider, wider), (building or "—", "Gedung Nita", "Gedung Sari")}  # the name follows Nita
    assert "oleh Nita" in second.text
    db.session.expire_all()
    assert db.session.get(Unit, unit_id).building == "Gedung Nita"
    page = second.text
    again = {key: html.unescape(page.split(f'name="{key}" value="')[1].split('"')[0]) for key in ("seen", "before")}
    assert f'value="{name} dan Bisnis"' in page and 'value="Gedung Sari"' in page
    assert sari.post(path, {**theirs, "building": "Gedung Sari", **again}).status_code == 303
    db.session.expire_all()
    row = db.session.get(Unit, unit_id)
    assert (row.building, row.name) == ("Gedung Sari", f"{name} dan Bisnis")


@pytest.mark.parametrize("before", ["", "[]", "{", '{"name": 1}'])
def test_r1_a_mark_that_somebody_made_up_is_a_conflict_and_no_fault(app, before):
    unit = db.session.query(Unit).filter_by(code="FEB").one()
    path = f"/admin/unit/edit/?id={unit.id}"
    fields = unit_fields(unit, seen="x", before=before)
    assert Person(app, "sari").post(path, fields).status_code == 409


def test_r1_members_that_another_administrator_changed_are_not_overwritten(app, cast):
    group = db.session.query(Group).filter_by(name="Jaringan").one()
    path = f"/admin/group/edit/?id={group.id}"
    budi, rudi = Person(app, "budi"), Person(app, "rudi")
    fields = {"name": "Jaringan", "division": "networking", "is_active": "y", "seen": seen(budi, path)}
    assert rudi.post(path, {**fields, "members_ids": [str(cast["tono"].id)]}).status_code == 303
    answer = budi.post(path, {**fields, "members_ids": [str(cast["rina"].id), str(cast["tono"].id)]})
    assert answer.status_code == 409
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
