"""D10 at every list of the panel: what its address does not know is refused by name, never ignored, never a fault."""

from __future__ import annotations

import html

import pytest

from models.base.db import db, write_transaction
from models.organisation.unit import Unit
from models.tickets.saved_filter import SavedFilter
from tests.browse import Person
from tests.frame.test_rights import REGISTERS

UNKNOWN = ["page=-1", "page=99999999999999999999", "id=abc", "id=1,2", "sorted=number", "flt0_0=x", "q="]
OWN = {"installation"}  # a board, not a list


@pytest.mark.parametrize("name", ["sari", "rudi", "budi"])
def test_d10_every_list_names_the_word_that_it_does_not_know(app, rows, name):
    person = Person(app, name)
    for nth, (view, rights) in enumerate(REGISTERS.items()):
        if name not in rights["list"] or view in OWN:
            continue
        for address in (UNKNOWN[nth % len(UNKNOWN)], UNKNOWN[0]):
            answer = person.get(f"/admin/{view}/?{address}")
            assert answer.status_code == 400, (view, address)
            assert f"tidak mengenal “{address.partition('=')[0]}”" in answer.text, (view, address)


@pytest.mark.parametrize(
    "address",
    ["state=x", "sort=number", "since=2026-13-40", "since=0001-01-01", "group=1,2", "group=abc", "assignee=-1", "step=XX",
     "pile=x", "channel=fax", "procedure=x", "after=1", "before=9_9", "after=999999999999999999_1",
     f"unit={'u' * 101}"],
)  # fmt: skip
def test_d10_a_value_that_cannot_be_is_named_and_refused(app, rows, address):
    key, value = address.split("=")
    answer = Person(app, "sari").get(f"/admin/ticket/?{address}")
    page = html.unescape(answer.text)
    assert answer.status_code == 400 and f"nilai “{key}”" in page
    assert f"“{value.replace('%00', '')[:40]}" in page


def test_d10_a_registers_filter_and_cursor_that_cannot_be_are_named_too(app, rows):
    rudi = Person(app, "rudi")
    for address in ("node/?kind=x", "contact/?after=abc", "unit/?before=1,2", "contact/?kind=' OR 1=1"):
        answer = rudi.get(f"/admin/{address}")
        key = address.partition("?")[2].partition("=")[0]
        assert answer.status_code == 400 and f"nilai “{key}”" in answer.text, address


@pytest.mark.parametrize("view", ["ticket", "unit", "contact", "person", "bill"])
def test_d10_two_thousand_words_give_an_empty_list_with_a_sentence(app, rows, view):
    sari = Person(app, "sari")
    for words in ("kata+" * 2000, "+".join("abcdefghijklmnopqrstu"), "x" * 201):
        answer = sari.get(f"/admin/{view}/?search={words}")
        assert answer.status_code == 200 and "Pencarian ini terlalu panjang" in answer.text
        assert "<tbody" not in answer.text


def test_d10_search_everywhere_refuses_what_it_does_not_know_and_says_when_it_is_too_long(app, rows):
    sari = Person(app, "sari")
    assert "Pencarian ini terlalu panjang" in sari.get(f"/admin/search/?q={'kata+' * 2000}").text
    assert sari.get("/admin/search/?q=kata&page=-1").status_code == 400
    assert sari.get("/admin/search/?q=%00").status_code == 400


def test_d10_no_export_ignores_what_it_does_not_know(app, rows):
    rudi = Person(app, "rudi")
    for address in ("unit/export/?page=-1", "contact/export/?kind=x", "audit/export/?id=1,2"):
        assert rudi.get(f"/admin/{address}").status_code in (400, 403), address
    assert Person(app, "sari").get("/admin/ticket/export/?page=-1").status_code == 400
    assert rudi.get("/admin/unit/export/?format=csv&search=a&kind=faculty").status_code == 200


def test_d10_a_saved_filter_whose_unit_is_gone_says_so_and_one_that_no_list_knows_is_not_kept(app, rows):
    sari = Person(app, "sari")
    with write_transaction():
        db.session.add(unit := Unit(code="LAMA", name="Unit lama"))
        db.session.flush()
        ident = unit.id
    sari.post("/admin/ticket/filters/save", {"address": f"unit={ident}", "name": "Lama"})
    with write_transaction():
        db.session.delete(db.session.get(Unit, ident))
    answer = sari.get(f"/admin/ticket/?{db.session.query(SavedFilter).one().address}")
    assert answer.status_code == 200 and "Yang Anda saring sudah tidak ada" in answer.text
    assert sari.post("/admin/ticket/filters/save", {"address": "colour=red", "name": "x"}).status_code == 400
