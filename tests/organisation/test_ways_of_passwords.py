"""What a password of staff may be and how it is asked for; cookies of production; methods that nobody needs (ASVS)."""

from __future__ import annotations

import re

import pytest

from models.base.db import db, write_transaction
from models.organisation.staff import Staff
from tests.browse import Person
from tests.frame.test_second_factor import SECOND, code_of, enrol
from tests.frame.test_sessions import start

LONG = "Kopi " + "x" * 60 + " \u00e9\u4e2d\U0001f600 " + "y" * 52 + " Z"  # capitals, blanks, signs of any script


def opens(person: Person) -> bool:
    return person.client.get("/admin/").status_code == 200


def test_a_password_is_compared_as_typed_to_the_last_of_128_characters(app):
    assert 64 < len(LONG) <= 128
    sari = Person(app, "sari")
    fields = {"password": "kopi-hangat-di-padang", "new_password": LONG, "repeat": LONG}
    assert sari.post("/admin/me/", fields).status_code == 303
    for wrong in (LONG[:-1], LONG.lower(), LONG + " ", " " + LONG):
        other = Person(app)
        other.log_in("sari", wrong)
        assert not opens(other), wrong
    right = Person(app)
    right.log_in("sari", LONG)
    assert opens(right)


@pytest.mark.parametrize("path", ["/admin/login", "/admin/me/"])
def test_password_fields_are_masked_and_may_be_filled_by_a_manager(app, path):
    page = Person(app, None if path == "/admin/login" else "sari").get(path).text
    boxes = [box for box in re.findall(r"<input[^>]*>", page) if re.search(r'name="(\w*password|repeat)"', box)]
    assert boxes
    for box in boxes:
        assert 'type="password"' in box and 'autocomplete="off"' not in box and "onpaste" not in box


def test_a_new_password_by_a_link_leaves_the_second_factor_in_place(app, cast, monkeypatch):
    lina = Person(app, "lina")
    secret, _codes = enrol(lina)
    rudi = Person(app, "rudi")
    page = rudi.post(f"/admin/staff/invite/?id={cast['lina'].id}").text
    link = re.search(r"/admin/invite/[\w-]+", page)[0]
    other = Person(app)
    typed = {"new_password": "gulai-tambusu-di-sore-hari", "repeat": "gulai-tambusu-di-sore-hari"}
    assert other.post(link, typed, token=other.token(link)).status_code == 303
    assert not opens(other)
    answer = other.log_in("lina", typed["new_password"])
    assert answer.headers["Location"] == SECOND and not opens(other)
    other.post(SECOND, {"code": code_of(secret, 1)})
    assert opens(other)


def test_every_cookie_of_production_is_named_for_its_host_and_out_of_scripts_reach(tmp_path):
    program = (
        "from app import create_app; from flask import Response; app = create_app()\n"
        "from admin_views.frame.sign_in.login_slowdown import mark_device\n"
        "with app.test_request_context('/', base_url='https://helpdesk.kampus.test'):\n"
        "    from flask import session; session['x'] = 1\n"
        "    answer = mark_device(Response(), 'sari'); app.session_interface.save_session(app, session, answer)\n"
        "    print('\\n'.join(answer.headers.getlist('Set-Cookie')))"
    )
    cookies = start(tmp_path, program).stdout.strip().splitlines()
    assert sorted(cookie.split("=")[0] for cookie in cookies) == ["__Host-device", "__Host-sid"]
    for cookie in cookies:
        parts = {part.strip() for part in cookie.split(";")}
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= parts and "Domain" not in cookie


def test_trace_is_answered_by_nobody(app):
    for path in ("/", "/admin/login", "/pengaduan", "/api/alerts"):
        answer = app.test_client().open(path, method="TRACE", headers={"X-Secret": "mine"})
        assert answer.status_code == 405 and "mine" not in answer.text


def test_who_holds_no_password_yet_opens_nothing_with_an_empty_one(app, cast):
    with write_transaction():
        db.session.get_one(Staff, cast["lina"].id).password_hash = ""
    person = Person(app)
    person.log_in("lina", "")
    assert not opens(person)
