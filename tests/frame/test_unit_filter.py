"""The registers' filter by unit: typed by a part of the name or the code, with suggestions, never a list of all units."""

from __future__ import annotations

import re

from models.base.db import db, write_transaction
from models.organisation.unit import Contact, Unit
from tests.browse import Person
from tests.databases import both, once

pytestmark = once


def names(page: str) -> list[str]:
    return re.findall(r'<td[^>]*data-label="Nama"[^>]*><a[^>]*>([^<]+)</a>', page)


@both
def test_sari_filters_contacts_by_a_part_of_the_units_name_its_code_or_id(app, cast):
    feb = db.session.query(Unit).filter_by(code="FEB").one()
    unit_id, part = feb.id, feb.name.split()[-1]
    wanted = sorted(c.name for c in db.session.query(Contact).filter_by(unit_id=unit_id))
    sari = Person(app, "sari")
    for typed in ("FEB", "feb", part, str(unit_id)):
        assert names(sari.get(f"/admin/contact/?unit={typed}").text) == wanted, typed
    assert feb.name in sari.get(f"/admin/contact/?unit={unit_id}").text


def test_d10_a_unit_that_is_none_finds_nothing_and_is_kept_in_the_box(app, cast):
    sari = Person(app, "sari")
    for typed in ("tiada", "99999", "9" * 30, "%", "_", "²"):
        page = sari.get(f"/admin/contact/?unit={typed}").text
        assert names(page) == [] and "Tidak ada yang cocok" in page, typed
    assert 'value="tiada"' in sari.get("/admin/contact/?unit=tiada").text
    assert sari.get("/admin/contact/?unit=%00").status_code == 400


def test_the_box_suggests_few_of_many_units(app, cast):
    with write_transaction():
        db.session.add_all(Unit(code=f"U{n}", name=f"A unit {n:04}") for n in range(500))
    page = Person(app, "sari").get("/admin/person/").text
    assert page.count("A unit ") == 200
