"""The password again before what is grave: every route of the list asks, what was typed survives, guesses are slowed."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from admin_views.frame.sign_in.again import FRESH_FOR, GIVEN_BY_GET, GRAVE, KEPT
from models.base.db import db, utcnow, write_transaction
from models.base.setting import Setting
from models.organisation.audit import AuditEntry
from models.organisation.sessions import StaffSession
from models.organisation.staff import Staff
from models.tickets.mailbox import Mailbox
from tests.browse import Person
from tests.conftest import PASSWORD

WHO = {
    "pending_change": "budi",
    "person": "sari",
    "account": "wati",
    "agenda": "tono",
}  # who may; Rudi, the administrator, the rest
EACH = [(view, name) for view, names in GRAVE.items() for name in sorted(names)]


def grow_old(minutes: int = 6) -> None:
    with write_transaction():
        db.session.query(StaffSession).update({"proved_at": utcnow() - timedelta(minutes=minutes)})


def kept(page: str) -> str:
    return re.search(rf'name="{KEPT}" value="([^"]+)"', page)[1]


def asks(answer) -> bool:
    return answer.status_code == 401 and "Kata sandi sekali lagi" in answer.text


def path_of(app, view: str, name: str) -> str:
    with app.test_request_context():
        return app.url_map.bind("localhost").build(f"{view}.{name}", {"id": 1, "pk": 1})


@pytest.mark.parametrize(("view", "name"), EACH)
def test_every_route_of_the_list_asks_once_the_proof_is_old_and_not_before(app, rows, view, name):
    person, path = Person(app, WHO.get(view, "rudi")), path_of(app, view, name)
    token, methods = person.token(), ["POST", "GET"] if name in GIVEN_BY_GET else ["POST"]
    for method in methods:
        grow_old()
        before = db.session.query(AuditEntry).count()
        answer = person.client.open(path, method=method, data={"csrf_token": token} if method == "POST" else None)
        assert asks(answer), (path, method, answer.status_code)
        assert db.session.query(AuditEntry).count() == before
        grow_old(4)
        fresh = person.client.open(path, method=method, data={"csrf_token": token} if method == "POST" else None)
        assert fresh.status_code != 401, (path, method)
    assert timedelta(minutes=5) == FRESH_FOR


def test_the_list_holds_what_the_rule_names(app):
    """Typed from the rule: roles, delegations, password links, exports of people, keys and mail, one's own factors."""
    writes = {"create_view", "edit_view"}
    assert writes | {"invite", "reset_factor", "export_view"} == GRAVE["staff"]
    assert writes | {"revoke"} == GRAVE["delegation"]
    assert writes <= GRAVE["mailbox"] and writes | {"revoke_view"} == GRAVE["alert_source"]
    assert all("export_view" in GRAVE[view] for view in ("staff", "person", "account", "contact"))
    assert {"save"} == GRAVE["setting"] and {"mail"} == GRAVE["setup"] and {"confirm"} == GRAVE["pending_change"]
    assert {"make_feed"} == GRAVE["agenda"]
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert {f"{view}.{name}" for view, name in EACH} <= endpoints


def test_what_was_typed_goes_on_with_the_right_password_and_a_secret_in_it_stays_unreadable(app):
    rudi = Person(app, "rudi")
    page = rudi.get("/admin/mailbox/new/").text
    fields = dict(re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', page))
    fields |= {
        "name": "Helpdesk", "address": "bantuan@kampus.example", "server": "imap.kampus.example", "port": "993",
        "username": "bantuan", "password": "rahasia-kotak-surat", "folder": "INBOX", "security": "tls",
    }  # fmt: skip
    grow_old()
    asked = rudi.post("/admin/mailbox/new/", fields)
    assert asks(asked) and "rahasia-kotak-surat" not in asked.text and db.session.query(Mailbox).count() == 0
    wrong = rudi.post("/admin/mailbox/new/", {KEPT: kept(asked.text), "again_password": "salah"})
    assert asks(wrong) and "tidak cocok" in wrong.text
    direct = rudi.post("/admin/mailbox/new/", {KEPT: kept(wrong.text), "again_password": PASSWORD})
    assert direct.status_code in (303, 422) and not asks(direct)
    if direct.status_code == 422:
        assert "bantuan@kampus.example" in direct.text


def test_a_setting_typed_before_the_question_is_stored_after_it(app):
    rudi = Person(app, "rudi")
    grow_old()
    asked = rudi.post("/admin/setting/save/", {"centre_phone": "0751 7051678"})
    assert asks(asked) and db.session.get(Setting, "centre_phone") is None
    answer = rudi.post("/admin/setting/save/", {KEPT: kept(asked.text), "again_password": PASSWORD})
    assert answer.status_code == 303
    assert db.session.get(Setting, "centre_phone").value == "0751 7051678"


def test_kept_words_open_for_the_same_person_and_address_alone(app):
    rudi, budi = Person(app, "rudi"), Person(app, "budi")
    grow_old()
    words = kept(rudi.post("/admin/setting/save/", {"centre_phone": "0751 1"}).text)
    stolen = budi.post("/admin/setting/save/", {KEPT: words, "again_password": PASSWORD})
    elsewhere = rudi.post("/admin/setup/mail", {KEPT: words, "again_password": PASSWORD})
    assert asks(stolen) and asks(elsewhere)
    assert db.session.get(Setting, "centre_phone") is None


def test_an_export_of_people_is_fetched_after_the_password(app):
    sari = Person(app, "sari")
    grow_old()
    assert asks(sari.get("/admin/person/export/"))
    there = sari.post("/admin/again", {"next": "/admin/person/export/", "again_password": PASSWORD})
    assert (there.status_code, there.headers["Location"]) == (303, "/admin/person/export/")
    assert sari.get("/admin/person/export/").status_code == 200
    assert (
        sari.post("/admin/again", {"next": "//evil.example", "again_password": PASSWORD}).headers["Location"]
        == "/admin/"
    )


def test_wrong_passwords_here_are_slowed_down_like_those_of_ones_own_page(app):
    sari = Person(app, "sari")
    pages = [sari.post("/admin/again", {"next": "/admin/", "again_password": "salah"}).text for _n in range(6)]
    assert ["Terlalu banyak" in page for page in pages] == [False] * 5 + [True]
    assert asks(sari.post("/admin/again", {"next": "/admin/", "again_password": PASSWORD}))


def test_whoever_may_not_is_refused_and_not_asked(app, rows):
    tono = Person(app, "tono")
    token = tono.token()
    grow_old()
    assert tono.client.post("/admin/staff/invite/?id=1", data={"csrf_token": token}).status_code == 403


def test_a_form_is_opened_without_the_question(app):
    rudi = Person(app, "rudi")
    grow_old()
    assert rudi.get(f"/admin/staff/edit/?id={db.session.query(Staff.id).limit(1).scalar()}").status_code == 200
