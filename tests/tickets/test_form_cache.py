"""The workbench keeps the HTML of forms nobody has filled: what differs between tickets, people and days still shows."""

from __future__ import annotations

import re

from admin_views.tickets.workbench import form_cache
from models.base.db import db, write_transaction
from models.organisation.staff import Group, GroupMember, Staff
from tests.browse import Person
from tests.walk import file_complaint

OWN = re.compile(r'(name="(?:csrf_token|once)" value=|nonce=)"[^"]+"')


def bench(person: Person, ticket_id: int) -> str:
    return OWN.sub("", person.get(f"/admin/ticket/details/?id={ticket_id}").text)


def test_sari_sees_the_same_page_from_kept_forms_as_from_fresh_ones(app):
    sari, first, second = Person(app, "sari"), file_complaint().id, file_complaint(subject="Lain").id
    form_cache._cache.clear()
    fresh = bench(sari, first)
    assert form_cache._cache
    assert bench(sari, first) == fresh
    other = bench(sari, second)
    assert f"/admin/ticket/{second}/do/" in other and f"/admin/ticket/{first}/do/" not in other
    form_cache._cache.clear()
    assert bench(sari, second) == other


def test_kept_forms_hold_no_token_of_the_reader_before(app):
    ticket_id = file_complaint().id
    pages = [Person(app, "sari").get(f"/admin/ticket/details/?id={ticket_id}").text for _each in range(2)]
    tokens = [set(re.findall(r'name="csrf_token" value="([^"]+)"', page)) for page in pages]
    onces = [set(re.findall(r'name="once" value="([^"]+)"', page)) for page in pages]
    assert [len(each) for each in (*tokens, *onces)] == [1, 1, 1, 1]
    assert not tokens[0] & tokens[1] and not onces[0] & onces[1]


def test_tono_is_offered_a_renamed_group_and_a_renamed_colleague_at_once(app):
    tono, ticket_id = Person(app, "tono"), file_complaint().id
    bench(tono, ticket_id)
    with write_transaction():
        group = db.session.query(Group).filter(Group.is_active).first()
        group.name = "Kelompok berganti nama"
        member = db.session.get_one(
            Staff, db.session.query(GroupMember.staff_id).order_by(GroupMember.staff_id).first()[0]
        )
        member.name = "Nama <baru>"
    page = bench(tono, ticket_id)
    assert ">Kelompok berganti nama</option>" in page and ">Nama &lt;baru&gt;</option>" in page


def test_sari_reads_kept_forms_in_the_language_she_switches_to(app):
    sari, ticket_id = Person(app, "sari"), file_complaint().id
    assert "boleh dikosongkan" in bench(sari, ticket_id)
    sari.post("/admin/language", {"language": "en"})
    page = bench(sari, ticket_id)
    assert "boleh dikosongkan" not in page and "Save draft" in page
