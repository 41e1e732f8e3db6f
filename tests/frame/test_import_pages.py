"""The import pages of the registers, all of one frame: the sample that is offered can be imported as it stands."""

from __future__ import annotations

import csv
import io

import pytest
from flask_babel import force_locale
from markupsafe import escape

from admin_views.accounts.accounts import AccountView
from admin_views.installation.price_items import PriceItemView
from admin_views.organisation.units import ContactView, UnitView
from admin_views.outages.network import NodeView
from tests.browse import Person
from tests.databases import once
from tests.imports import plan, refusals, upload

pytestmark = once

VIEWS = {"unit": ("sari", UnitView), "contact": ("sari", ContactView), "price_item": ("tono", PriceItemView),
         "account": ("wati", AccountView), "node": ("rina", NodeView)}  # fmt: skip


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("language", ["id", "en"])
def test_page_names_every_column_and_its_sample_is_read_without_a_word(app, view, language):
    who, shown = VIEWS[view]
    person = Person(app, who)
    if language == "en":
        person.post("/admin/language", {"language": "en"})
    page = person.get(f"/admin/{view}/import/").text
    with force_locale(language):
        labels = [escape(shown.imports.labels[column.name]) for column in shown.imports.columns]
    assert [label for label in labels if f"<dt>{label}</dt>" not in page] == []
    assert f'href="/admin/{view}/import/"' in person.get(f"/admin/{view}/").text
    sample = person.get(f"/admin/{view}/import/sample.csv").data
    head, line = csv.reader(io.StringIO(sample.decode("utf-8-sig")), delimiter=";" if language == "id" else ",")
    assert len(head) == len(line) == len(shown.imports.columns)
    found = plan(shown.imports, sample)
    # two of the samples name what an empty house does not have; every cell is read all the same
    known = {"node": ["Perangkat induk “Router inti” tidak dikenal."], "account": [
        "Kontak “dewi@kampus.example” tidak ada di unit itu. Impor kontaknya dahulu."]}  # fmt: skip
    assert ([why for _line, why in refusals(found)], found.ignored) == (known.get(view, []), [])


def test_staff_without_the_right_see_no_button_and_reach_no_page(app):
    tono = Person(app, "tono")
    assert "/admin/contact/import/" not in tono.get("/admin/contact/").text
    assert upload(tono, "contact", "unit,nama\nFEB,Joni\n").status_code == 403
