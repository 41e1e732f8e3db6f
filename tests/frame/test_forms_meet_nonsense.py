"""D15: every form of the panel that makes a row meets numbers past 64 bits, nothing at all, and a row that is there."""

from __future__ import annotations

import pytest

from tests.browse import Person
from tests.frame.test_rights import REGISTERS

FAULT = "Ada yang salah di pihak kami"
NONSENSE = {"huge": "9" * 40, "past 64 bits": "9223372036854775808", "below": "-9223372036854775809", "empty": ""}
MAKERS = {key: sorted(acts.get("new", acts["write"]))[0] for key, acts in REGISTERS.items() if acts["write"]}
OWN_DOOR = {"installation", "account", "page"}  # made by a step, which the attacks reach, or shipped


def fields_of(html: str) -> dict[str, str]:
    """The names of the fields of the page's own form."""
    import lxml.html  # noqa: PLC0415  # as in tests/every_page

    form = lxml.html.document_fromstring(html).xpath("//main//form[@method='post']")[-1]
    return {field.get("name"): field.get("value") or "" for field in form.xpath(".//*[@name]")}


@pytest.mark.only("sqlite")  # what PostgreSQL alone refuses is met by the attacks on both databases
@pytest.mark.parametrize("key", sorted(set(MAKERS) - OWN_DOOR))
def test_d15_no_form_answers_nonsense_with_a_fault_and_each_says_what_is_wrong(app, cast, key):
    person = Person(app, MAKERS[key])
    path = f"/admin/{key}/new/"
    page = person.get(path)
    assert page.status_code == 200, key
    names = [name for name in fields_of(page.text) if name not in ("csrf_token", "lang")]
    token = person.token(path)
    for kind, value in NONSENSE.items():
        answer = person.client.post(path, data={**dict.fromkeys(names, value), "csrf_token": token})
        assert answer.status_code in (303, 400, 409, 422), (kind, answer.status_code)
        assert FAULT not in answer.text, kind


@pytest.mark.only("sqlite")
@pytest.mark.parametrize(
    ("key", "who", "fields"),
    [
        ("unit", "rudi", {"code": "X1", "name": "Unit X", "kind": "bureau", "parent_id": 0}),
        ("holiday", "rudi", {"day": "2027-01-01", "name": "Tahun baru"}),
        ("special_hours", "rudi", {"name": "Jumat", "division": "", "day_numbers": "4", "typed": "08.00-11.30"}),
        ("label", "rudi", {"name": "Suku cadang", "tone": "rest", "is_active": "y"}),
        ("person", "sari", {"number": "123456", "name": "Andi", "kind": "student", "unit_id": 0, "status": "active"}),
        ("price_item", "tono", {"code": "K1", "description": "Kabel", "section": "material", "measure": "m",
                                "price_rp": "1.000", "valid_from": "2026-01-01"}),
    ],
)  # fmt: skip
def test_d15_a_value_that_must_be_unique_and_is_met_again_is_told_in_words(app, cast, key, who, fields):
    person = Person(app, who)
    first = person.post(f"/admin/{key}/new/", fields)
    assert first.status_code == 303, first.text
    again = person.post(f"/admin/{key}/new/", fields)
    assert (again.status_code, FAULT in again.text) == (422, False)
    assert "sudah" in again.text
