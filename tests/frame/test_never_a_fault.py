"""What nobody can have meant is answered with a sentence: numbers past every id, rows met twice, words from elsewhere."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text

from models.base.db import db
from tests.browse import Person
from tests.walk import file_complaint

HUGE = ("2147483648", "9223372036854775807", "9223372036854775808", "1" * 30)
FAULT = "Ada yang salah di pihak kami"


def answers(person: Person, path: str, method: str = "get") -> tuple[int, bool]:
    answer = person.client.get(path) if method == "get" else person.post(path, {})
    return answer.status_code, FAULT in answer.text


@pytest.mark.parametrize("number", HUGE)
def test_d10_sari_asks_for_rows_that_cannot_be_and_none_is_a_fault(app, number):
    ticket = file_complaint()
    sari = Person(app, "sari")
    found = {
        "row": answers(sari, f"/admin/ticket/details/?id={number}"),
        "before": answers(sari, f"/admin/ticket/details/?id={ticket.id}&before={number}"),
        "canned": answers(sari, f"/admin/ticket/details/?id={ticket.id}&canned={number}"),
        "merge": answers(sari, f"/admin/merge/?id={number}"),
        "times": answers(sari, f"/admin/times/?id={number}"),
        "filter": answers(sari, f"/admin/ticket/filters/{number}", "post"),
        "step": answers(sari, f"/admin/ticket/{number}/do/note", "post"),
        "file": answers(sari, f"/admin/ticket/file/{number}"),
        "export": answers(sari, f"/admin/my_exports/file/{number}"),
    }
    assert {name for name, (status, _) in found.items() if status not in (400, 404)} == set()
    assert {name for name, (_, is_fault) in found.items() if is_fault} == set()


def test_d10_a_value_that_no_column_holds_is_a_400_and_a_row_met_twice_a_409(app):
    """The last net, whatever lets them through: each handler is asked by a route of the test's own."""
    with app.test_request_context("/admin/x"):
        too_large = _store(10**30)
        twice = _store_twice()
    assert (too_large, twice) == (400, 409)


def _handled(error: Exception) -> int:
    from flask import current_app

    answer = current_app.handle_user_exception(error)
    return answer[1]


def _store(number: int) -> int:
    try:
        db.session.execute(text("UPDATE counter SET value = :number"), {"number": number})
    except Exception as error:  # which one depends on the database
        return _handled(error)
    return 200


def _store_twice() -> int:
    from models.organisation.staff import Staff

    name = db.session.scalars(select(Staff.username)).first()
    try:
        db.session.execute(text("UPDATE staff SET username = :name"), {"name": name})
    except Exception as error:
        return _handled(error)
    return 200


def test_d10_a_form_of_another_tickets_page_is_refused_and_keeps_its_words(app):
    first, second = file_complaint(), file_complaint()
    sari = Person(app, "sari")
    typed = {"text": "Kabel sudah diganti kemarin.", "once": "formulir-yang-sama"}
    assert sari.post(f"/admin/ticket/{first.id}/do/note", typed).status_code == 303
    again = sari.post(f"/admin/ticket/{second.id}/do/note", typed)
    assert (again.status_code, typed["text"] in again.text) == (409, True)
    assert "sudah dikirim untuk tiket lain" in again.text
    assert 'value="formulir-yang-sama"' not in again.text


def test_d10_a_price_without_a_price_is_told_at_its_field(app):
    rina = Person(app, "rina")
    typed = {
        "code": "UTP-6",
        "description": "Kabel",
        "section": "material",
        "measure": "m",
        "price_rp": "",
        "valid_from": "2026-11-01",
    }
    answer = rina.post("/admin/price_item/new/", typed)
    assert (answer.status_code, FAULT in answer.text) == (422, False)
