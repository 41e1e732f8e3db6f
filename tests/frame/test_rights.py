"""Every door of the panel × every actor × own, other and missing rows: the table is typed by hand from the rights."""

from __future__ import annotations

import pytest

from models.base.db import db
from models.tickets.ticket import Event, Ticket
from tests.browse import Person
from tests.databases import once

# One person for each of the nine roles, then nobody and the holder of an access code.
ACTORS = ["budi", "rina", "tono", "hadi", "lina", "sari", "wati", "rudi", "ketua", "stranger", "holder"]
ALL = set(ACTORS) - {"stranger", "holder"}
WORKERS = ALL - {"rudi", "ketua"}
READERS = WORKERS | {"ketua"}
HEADS = {"budi", "rina", "hadi"}
TECHNICAL = {"rina", "tono", "hadi", "lina"}
WATCHERS = ALL - {"wati"}
NETWORK = {"budi", "rina", "tono", "sari", "ketua"}
FILLERS = {"rina", "tono"}

# address of the view: who may open list, details, form, export; and the single acts
REGISTERS: dict[str, dict[str, set[str]]] = {
    "unit": {"list": ALL, "write": {"sari", "rudi"}},
    "contact": {"list": ALL, "write": {"sari", "rudi"}},
    "category": {"list": ALL, "write": {"budi", "rudi"}},
    "label": {"list": ALL, "write": HEADS | {"rudi"}},
    "canned_reply": {"list": ALL, "write": HEADS | {"rudi"}},
    "article": {"list": ALL, "write": WORKERS},
    "group": {"list": ALL, "write": {"budi", "rudi"}},
    "staff": {"list": HEADS | {"rudi", "ketua"}, "write": {"rudi"}},
    "absence": {"list": WORKERS | {"rudi"}, "write": WORKERS | {"rudi"}, "delete": WORKERS | {"rudi"}},
    "delegation": {"list": ALL, "write": HEADS | {"rudi"}},
    "pending_change": {"list": HEADS | {"rudi", "ketua"}, "write": set()},
    "special_hours": {"list": ALL, "write": {"budi", "rudi"}, "delete": {"budi", "rudi"}},
    "holiday": {"list": ALL, "write": {"budi", "rudi"}, "delete": {"budi", "rudi"}},
    "page": {"list": ALL, "write": {"budi", "sari", "rudi"}},
    "download": {"list": ALL, "write": {"budi", "sari", "rudi"}, "delete": {"budi", "sari", "rudi"}},
    "node": {"list": WATCHERS, "write": {"rina", "rudi"}},
    "web_service": {"list": WATCHERS, "write": {"hadi", "rudi"}},
    "planned_work": {"list": WATCHERS, "write": TECHNICAL},
    "alert_source": {"list": {"budi", "rudi"}, "write": {"rudi"}},
    "alert_rule": {
        "list": TECHNICAL | {"budi", "rudi"},
        "write": {"rina", "hadi", "rudi"},
        "delete": {"rina", "hadi", "rudi"},
    },
    "received_alert": {"list": TECHNICAL | {"rudi"}, "write": set()},
    "unknown_alert": {"list": TECHNICAL | {"rudi"}, "write": set()},
    "sender_rule": {"list": {"budi", "sari", "rudi", "ketua"}, "write": {"sari"}, "delete": {"sari"}},
    "mailbox": {"list": {"budi", "rudi"}, "write": {"rudi"}},
    "outbox": {"list": {"budi", "sari", "rudi"}, "write": set(), "export": {"budi", "rudi"}},
    "audit": {"list": {"budi", "rudi", "ketua"}, "write": set(), "export": {"budi", "ketua"}},
    "ticket": {"list": READERS, "write": set()},
    "routine": {"list": ALL, "write": HEADS | {"rudi"}},
    "installation": {"list": NETWORK, "write": {"sari"}, "export": set()},
    "request_letter": {"list": NETWORK, "write": set()},
    "disposition": {"list": NETWORK, "write": set()},
    "survey": {"list": NETWORK, "write": set()},
    "price_item": {"list": NETWORK, "write": {"budi", "rina", "tono"}},
    "rab": {"list": NETWORK, "write": set()},
    "quality_test": {"list": NETWORK, "write": set()},
    "bill": {"list": NETWORK, "write": set()},
    "payment": {"list": NETWORK, "write": set()},
    "person": {"list": {"budi", "sari", "ketua"}, "write": {"sari"}},
    "data_request": {"list": {"budi", "sari", "ketua"}, "write": set()},
    "account": {"list": HEADS | {"sari", "wati", "ketua"}, "write": {"budi", "wati"}, "new": {"wati"}},
    "identity_check": {"list": READERS, "write": set(), "export": set()},
    "one_time_link": {"list": {"budi", "wati", "ketua"}, "write": set(), "export": set()},
    "directory_change": {"list": HEADS | {"sari", "wati", "ketua"}, "write": set()},
    "directory_difference": {"list": HEADS | {"wati", "ketua"}, "write": set()},
}
SINGLE: dict[tuple[str, str], set[str]] = {
    ("GET", "/admin/"): ALL,
    ("GET", "/admin/search/"): ALL,
    ("GET", "/admin/keys/"): ALL,
    ("GET", "/admin/procedure/"): ALL,
    ("GET", "/admin/export/"): ALL,
    ("GET", "/admin/export/file/<int:pk>"): ALL,
    ("GET", "/admin/access/"): HEADS | {"rudi", "ketua"},
    ("GET", "/admin/access/export/"): HEADS | {"rudi", "ketua"},
    ("GET", "/admin/retention/"): {"budi", "rudi", "ketua"},
    ("GET", "/admin/setup/"): {"rudi"},
    ("POST", "/admin/setup/institution"): {"rudi"},
    ("POST", "/admin/setup/hours"): {"rudi"},
    ("POST", "/admin/setup/mail"): {"rudi"},
    ("POST", "/admin/setup/campus"): {"rudi"},
    ("GET", "/admin/setting/"): {"budi", "rudi", "ketua"},
    ("POST", "/admin/setting/save/"): {"budi", "rudi"},
    ("GET", "/admin/emblem/"): {"budi", "rudi", "ketua"},
    ("GET", "/admin/emblem/picture"): {"budi", "rudi", "ketua"},
    ("POST", "/admin/emblem/save/"): {"budi", "rudi"},
    ("GET", "/admin/mail_text/"): {"budi", "sari", "rudi", "ketua"},
    ("GET", "/admin/mail_text/edit/"): {"budi", "sari", "rudi", "ketua"},
    ("POST", "/admin/mail_text/save/"): {"budi", "rudi"},
    ("POST", "/admin/mail_text/shipped/"): {"budi", "rudi"},
    ("GET", "/admin/office_number/"): {"budi", "rudi", "ketua"},
    ("POST", "/admin/office_number/save/"): {"budi", "rudi"},
    ("GET", "/admin/shift/"): WATCHERS,
    ("GET", "/admin/duty/"): WATCHERS,
    ("GET", "/admin/duty/mine.ics"): WATCHERS,
    ("GET", "/admin/agenda/"): WORKERS,
    ("POST", "/admin/agenda/feed/"): WORKERS,
    ("POST", "/admin/agenda/feed/revoke/"): WORKERS,
    ("POST", "/admin/duty/save/"): HEADS | {"rudi"},
    ("POST", "/admin/duty/swap/"): TECHNICAL,
    ("GET", "/admin/shift/picture/"): WATCHERS,
    ("GET", "/admin/shift/availability/"): WATCHERS,
    ("GET", "/admin/shift/export/"): WATCHERS,
    ("GET", "/admin/shift/promises/"): WATCHERS,
    ("GET", "/admin/shift/promises/export/"): WATCHERS,
    ("GET", "/admin/shift/report/<kind>"): TECHNICAL | {"sari"},
    ("POST", "/admin/shift/report/<kind>"): TECHNICAL | {"sari"},
    ("GET", "/admin/node/import/"): {"rina", "rudi"},
    ("POST", "/admin/node/import/"): {"rina", "rudi"},
    ("GET", "/admin/node/import/sample.csv"): {"rina", "rudi"},
    ("POST", "/admin/node/probe/"): TECHNICAL,
    ("POST", "/admin/web_service/probe/"): TECHNICAL,
    ("GET", "/admin/node/label/"): TECHNICAL | {"rudi"},
    ("POST", "/admin/node/label/"): TECHNICAL | {"rudi"},
    ("GET", "/admin/quality_test/label/<int:pk>"): FILLERS,
    ("POST", "/admin/quality_test/label/<int:pk>"): FILLERS,
    ("GET", "/admin/scan/"): ALL,
    ("GET", "/admin/requester/"): READERS,
    ("GET", "/admin/profile/"): READERS | {"rudi"},
    ("GET", "/admin/planned_work/cancel/"): TECHNICAL,
    ("POST", "/admin/planned_work/cancel/"): TECHNICAL,
    ("POST", "/admin/alert_source/revoke/"): {"rudi"},
    ("GET", "/admin/alert_rule/try/"): TECHNICAL | {"budi", "rudi"},
    ("POST", "/admin/alert_rule/try/"): TECHNICAL | {"budi", "rudi"},
    ("GET", "/admin/holiday/import/"): {"budi", "rudi"},
    ("POST", "/admin/holiday/import/"): {"budi", "rudi"},
    ("GET", "/admin/unit/import/"): {"sari", "rudi"},
    ("POST", "/admin/unit/import/"): {"sari", "rudi"},
    ("GET", "/admin/unit/import/sample.csv"): {"sari", "rudi"},
    ("GET", "/admin/contact/import/"): {"sari", "rudi"},
    ("POST", "/admin/contact/import/"): {"sari", "rudi"},
    ("GET", "/admin/contact/import/sample.csv"): {"sari", "rudi"},
    ("GET", "/admin/price_item/import/"): {"budi", "rina", "tono"},
    ("POST", "/admin/price_item/import/"): {"budi", "rina", "tono"},
    ("GET", "/admin/price_item/import/sample.csv"): {"budi", "rina", "tono"},
    ("GET", "/admin/account/import/"): {"wati"},
    ("POST", "/admin/account/import/"): {"wati"},
    ("GET", "/admin/account/import/sample.csv"): {"wati"},
    ("POST", "/admin/staff/invite/"): {"rudi"},
    ("GET", "/admin/staff/reset_factor/"): {"rudi"},
    ("POST", "/admin/staff/reset_factor/"): {"rudi"},
    ("POST", "/admin/delegation/revoke/"): HEADS | {"rudi"},
    ("POST", "/admin/pending_change/confirm/"): HEADS | {"rudi"},
    ("POST", "/admin/pending_change/refuse/"): HEADS | {"rudi"},
    ("POST", "/admin/mailbox/check/"): {"rudi"},
    ("POST", "/admin/mailbox/consent/"): {"rudi"},
    ("GET", "/admin/mailbox/consent_back/"): {"rudi"},
    ("GET", "/admin/inbox/"): {"budi", "sari", "ketua"},
    ("GET", "/admin/inbox/html/<int:pk>"): {"budi", "sari", "ketua"},
    ("GET", "/admin/inbox/raw/<int:pk>"): {"budi", "sari", "ketua"},
    ("GET", "/admin/inbox/file/<int:pk>"): {"budi", "sari", "ketua"},
    **{("POST", f"/admin/inbox/{act}/<int:pk>"): {"sari"} for act in ("open", "join", "discard", "undo", "again")},
    ("POST", "/admin/outbox/resend/"): {"budi", "rudi"},
    ("POST", "/admin/outbox/hold/"): {"budi", "rudi"},
    ("POST", "/admin/outbox/release_one/"): {"budi", "rudi"},
    ("POST", "/admin/outbox/release/"): {"rudi"},
    ("GET", "/admin/ticket/filters/"): READERS,
    ("POST", "/admin/ticket/filters/save"): READERS,
    ("POST", "/admin/ticket/filters/<int:pk>"): READERS,
    ("GET", "/admin/ticket/new/"): {"sari"},
    ("POST", "/admin/ticket/new/"): {"sari"},
    ("GET", "/admin/ticket/slip/"): {"sari"},
    ("POST", "/admin/ticket/<int:pk>/do/<step>"): WORKERS,
    ("GET", "/admin/ticket/file/<int:pk>"): READERS,
    ("GET", "/admin/draft/"): WORKERS,
    ("GET", "/admin/field/"): TECHNICAL,
    ("GET", "/admin/follow/"): ALL,
    ("GET", "/admin/follow/<int:pk>"): READERS,
    ("POST", "/admin/follow/<int:pk>/here"): READERS,
    ("GET", "/admin/merge/"): WORKERS,
    ("POST", "/admin/article/publish/"): HEADS | {"sari"},
    ("POST", "/admin/article/withdraw/"): HEADS | {"sari"},
    ("POST", "/admin/article/reviewed/"): WORKERS,
    ("GET", "/admin/article/picture/<int:pk>"): ALL,
    ("GET", "/admin/article_help/"): WORKERS,
    ("POST", "/admin/article_help/insert"): WORKERS,
    ("POST", "/admin/article_help/solved"): WORKERS,
    ("GET", "/admin/split/"): WORKERS,
    ("POST", "/admin/split/take"): WORKERS,
    ("GET", "/admin/assign/"): WORKERS,
    ("GET", "/admin/caller/"): {"sari"},
    ("GET", "/admin/mend/"): WORKERS,
    ("GET", "/admin/times/"): READERS,
    ("POST", "/admin/mend/save"): WORKERS,
    ("GET", "/admin/bulk/"): WORKERS,
    ("POST", "/admin/bulk/"): WORKERS,
    ("POST", "/admin/bulk/all/"): WORKERS,
    ("GET", "/admin/bulk/all/<int:pk>"): WORKERS,
    ("POST", "/admin/bulk/all/<int:pk>"): WORKERS,
    ("POST", "/admin/draft/<int:pk>/<step>"): WORKERS,
    ("GET", "/admin/installation/paper/<int:pk>"): NETWORK,
    ("GET", "/admin/installation/case/<int:pk>"): NETWORK,
    ("GET", "/admin/installation/reports/"): NETWORK,
    ("GET", "/admin/rab/compare/"): NETWORK,
    ("GET", "/admin/service_report/"): HEADS | {"sari", "ketua"},
    ("GET", "/admin/service_report/export/"): HEADS | {"sari", "ketua"},
    ("POST", "/admin/service_report/export/"): HEADS | {"sari", "ketua"},
    ("POST", "/admin/service_report/evidence/"): HEADS | {"sari", "ketua"},
    ("GET", "/admin/monthly_report/"): {"budi", "sari", "ketua"},
    ("GET", "/admin/monthly_report/paper/<month>"): {"budi", "sari", "ketua"},
    ("GET", "/admin/identity_report/"): {"budi", "ketua"},
    ("GET", "/admin/identity_report/export/"): {"budi", "ketua"},
    ("GET", "/admin/unit_email/"): {"sari"},
    ("POST", "/admin/unit_email/"): {"sari"},
    ("POST", "/admin/account/state/"): {"budi", "wati"},
    ("GET", "/admin/account_review/"): {"budi", "wati", "ketua"},
    ("POST", "/admin/account_review/decide/<int:pk>"): {"budi", "wati"},
    ("GET", "/admin/person/copy/"): {"budi"},
    ("POST", "/admin/person/copy/"): {"budi"},
    ("POST", "/admin/data_request/answer/"): {"budi", "sari"},
    ("GET", "/admin/person/ask/"): {"budi", "sari"},
    ("POST", "/admin/person/ask/"): {"budi", "sari"},
    ("GET", "/admin/person/erase/"): {"budi"},
    ("POST", "/admin/person/erase/"): {"budi"},
    ("GET", "/admin/people_import/"): {"sari"},
    ("GET", "/admin/people_import/template.csv"): {"sari"},
    ("GET", "/admin/people_import/job/<int:pk>"): {"sari"},
    ("GET", "/admin/people_import/lines/<int:pk>.csv"): {"sari"},
    ("POST", "/admin/people_import/upload"): {"sari"},
    ("POST", "/admin/people_import/confirm/<int:pk>"): {"sari"},
    ("POST", "/admin/people_import/cancel/<int:pk>"): {"sari"},
    ("GET", "/admin/password/"): {"sari"},
    ("POST", "/admin/password/check"): {"sari"},
    ("GET", "/admin/password/ticket/<int:pk>"): {"sari"},
    ("POST", "/admin/password/change/<int:pk>"): {"sari"},
    ("POST", "/admin/password/told/<int:pk>"): {"sari"},
    ("GET", "/admin/rab/file/<int:pk>.<kind>"): NETWORK,
    ("POST", "/admin/survey/photo/<int:pk>"): FILLERS,
    ("POST", "/admin/quality_test/photo/<int:pk>"): FILLERS,
    **{
        (method, f"/admin/{page}/<int:pk>"): FILLERS
        for page in ("survey/fill", "rab/fill", "rab/built", "quality_test/fill")
        for method in ("GET", "POST")
    },
}
# Doors that do not exist at all: 404 for everybody, whoever asks.
WRITTEN_BY_STEPS = ("request_letter", "disposition", "survey", "rab", "quality_test", "bill", "payment")
GONE = {(view, "new") for view in WRITTEN_BY_STEPS} | {
    ("page", "new"),
    ("installation", "export"),
    ("ticket", "edit"),
    ("ticket", "delete"),
}
# Open to whoever is logged in, or to everybody, by their nature; each has its own tests.
OPEN = {
    "/admin/login",
    "/admin/login/second",
    "/admin/again",
    "/admin/login/passkey",
    "/admin/login/passkey/options",
    "/admin/me/factor/passkey/options",
    "/admin/me/factor/passkey/add",
    "/admin/me/factor/passkey/<int:pk>/rename",
    "/admin/me/factor/passkey/<int:pk>/remove",
    "/admin/login/campus",
    "/admin/login/campus/back",
    "/admin/login/directory",
    "/admin/me/campus/",
    "/admin/me/campus/link",
    "/admin/me/campus/directory",
    "/admin/me/campus/<int:pk>/unlink",
    "/admin/me/sessions/",
    "/admin/me/sessions/end",
    "/admin/me/push/",
    "/admin/me/push/on",
    "/admin/me/push/choose",
    "/admin/me/push/off",
    "/admin/me/factor/",
    "/admin/me/factor/totp",
    "/admin/me/factor/totp/confirm",
    "/admin/me/factor/totp/remove",
    "/admin/me/factor/codes",
    "/admin/logout",
    "/admin/language",
    "/admin/digest",
    "/admin/me/",
    "/admin/invite/<token>",
    "/admin/invite/<token>/campus",
    "/admin/first/<token>",
}
# Flask-Admin's own doors that the house has shut for everybody.
SHUT = ("action/", "ajax/lookup/", "ajax/update/", "export/<export_type>/")


@once
def test_every_route_of_the_panel_has_a_line_in_the_table(app):
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith("/admin") or rule.endpoint == "admin.static" or "/static/" in rule.rule:
            continue
        if rule.rule in OPEN or rule.rule.endswith(SHUT):
            continue
        view, _slash, act = rule.rule.removeprefix("/admin/").partition("/")
        known = view in REGISTERS and act in ("", "new/", "edit/", "details/", "delete/", "export/")
        singles = {(m, rule.rule) in SINGLE for m in rule.methods - {"HEAD", "OPTIONS"}}
        assert known or singles == {True}, f"{rule.rule} has no line"


def actors(app):
    return {name: Person(app, None if name in ("stranger", "holder") else name) for name in ACTORS}


def status(person: Person, path: str) -> int:
    return person.get(path, check=False).status_code


def expected(actor: str, allowed: set[str], otherwise: int = 403) -> int:
    if actor in ("stranger", "holder"):
        return 302
    return 200 if actor in allowed else otherwise


@pytest.mark.slow
def test_lists_details_forms_and_exports_open_as_the_table_says(app, rows):
    for name, person in actors(app).items():
        for view, rights in REGISTERS.items():
            export = rights.get("export", rights["list"])
            assert status(person, f"/admin/{view}/") == expected(name, rights["list"]), (name, view)
            if view != "ticket":
                assert status(person, f"/admin/{view}/new/") == door(
                    name, view, "new", rights.get("new", rights["write"])
                ), (
                    name,
                    view,
                    "new",
                )
            assert status(person, f"/admin/{view}/export/") == door(name, view, "export", export), (
                name,
                view,
                "export",
            )


def door(name: str, view: str, act: str, allowed: set[str]) -> int:
    return 404 if (view, act) in GONE else expected(name, allowed)


@pytest.mark.slow
def test_own_other_and_missing_rows_answer_as_the_table_says(app, rows):
    sees_all_absences = HEADS | {"rudi", "tono"}
    for name, person in actors(app).items():
        for view, row_id in rows.items():
            allowed = REGISTERS[view]["list"]
            mine = {"ticket": {"budi", "rina", "tono", "sari", "ketua"}, "absence": sees_all_absences}.get(
                view, allowed
            )
            want = 200 if name in mine else 404 if name in allowed else expected(name, set())
            if want == 200 and view in ("person", "contact"):
                want = 303  # to the one page of the person
            assert status(person, f"/admin/{view}/details/?id={row_id}") == want, (name, view)
            missing = 404 if name in allowed else expected(name, set())
            assert status(person, f"/admin/{view}/details/?id=999999") == missing, (name, view, "missing")


@pytest.mark.slow
@once
def test_forms_of_a_row_open_as_the_table_says(app, rows):
    own = {
        "absence": HEADS | {"rudi", "tono"},
        "delegation": {"rina", "rudi"},
        "article": HEADS | {"sari", "tono"},
        "routine": {"rina", "budi", "rudi"},
    }
    for name, person in actors(app).items():
        for view, row_id in rows.items():
            rights = REGISTERS[view]
            for act in ("edit", "delete"):
                allowed = rights.get("delete", set()) if act == "delete" else rights["write"]
                code = status(person, f"/admin/{view}/{act}/?id={row_id}")
                if (view, act) in GONE:
                    assert code == 404, (name, view, act)
                elif name in ("stranger", "holder"):
                    assert code == 302, (name, view, act)
                elif name not in allowed:
                    assert code in (403, 404), (name, view, act, code)
                else:
                    hidden = view in own and name not in own[view]
                    assert code == ((404 if view == "absence" else 403) if hidden else 200), (name, view, act, code)


@pytest.mark.slow
def test_single_acts_answer_as_the_table_says(app, rows):
    paths = {
        "/admin/ticket/<int:pk>/do/<step>": f"/admin/ticket/{rows['ticket']}/do/no_such_step",
        "/admin/ticket/file/<int:pk>": "/admin/ticket/file/999",
        "/admin/draft/<int:pk>/<step>": "/admin/draft/999/reply",
        "/admin/ticket/slip/": f"/admin/ticket/slip/?id={rows['ticket']}",
        "/admin/delegation/revoke/": "/admin/delegation/revoke/?id=999",
        "/admin/pending_change/confirm/": "/admin/pending_change/confirm/?id=999",
        "/admin/pending_change/refuse/": "/admin/pending_change/refuse/?id=999",
        "/admin/outbox/resend/": "/admin/outbox/resend/?id=999",
        "/admin/outbox/hold/": "/admin/outbox/hold/?id=999",
        "/admin/outbox/release_one/": "/admin/outbox/release_one/?id=999",
        **{
            f"/admin/mail_text/{act}/": f"/admin/mail_text/{act}/?notice=replied" for act in ("edit", "save", "shipped")
        },
        "/admin/staff/invite/": "/admin/staff/invite/?id=999",
        "/admin/staff/reset_factor/": "/admin/staff/reset_factor/?id=999",
        "/admin/account/state/": "/admin/account/state/?id=999",
    }
    for name, person in actors(app).items():
        token = person.token()
        for (method, rule), allowed in SINGLE.items():
            path = paths.get(rule, rule).replace("<int:pk>", "999").replace("<kind>", "csv")
            answer = (
                person.client.get(path) if method == "GET" else person.client.post(path, data={"csrf_token": token})
            )
            if name in ("stranger", "holder"):
                assert answer.status_code == (302 if method == "GET" else 401), (name, rule)
            elif name in allowed:
                assert answer.status_code in (200, 303, 404, 422), (name, rule, answer.status_code)
            else:
                assert answer.status_code == 403, (name, rule, answer.status_code)


def test_d1_the_other_division_finds_404_at_every_door_and_nothing_changes(app, rows, cast):
    lina = Person(app, "lina")
    ticket_id, before = rows["ticket"], db.session.query(Event).count()
    assert status(lina, f"/admin/ticket/details/?id={ticket_id}") == 404
    for step in ("take", "reply", "note", "resolve", "cancel"):
        assert lina.post(f"/admin/ticket/{ticket_id}/do/{step}", {"text": "x", "reason": "x"}).status_code == 404
    for door in ("edit/", "delete/", "ajax/update/", "action/", "export/csv/"):
        assert lina.client.get(f"/admin/ticket/{door}?id={ticket_id}").status_code in (404, 405)
        assert lina.post(f"/admin/ticket/{door}?id={ticket_id}", {"id": ticket_id}).status_code in (404, 405)
    db.session.expire_all()
    assert db.session.query(Event).count() == before
    assert db.session.get(Ticket, ticket_id).assignee_id is None


@once
def test_d2_d3_flask_admins_side_doors_are_shut_for_everybody(app, rows):
    rudi = Person(app, "rudi")
    for view in REGISTERS:
        assert rudi.post(f"/admin/{view}/action/", {"action": "delete", "rowid": ["1", "2"]}).status_code == 404
        assert rudi.get(f"/admin/{view}/ajax/lookup/?name=unit&limit=100000000", check=False).status_code in (403, 404)
        assert rudi.post(f"/admin/{view}/ajax/update/", {"list_form_pk": "1", "name": "x"}).status_code in (403, 404)


@once
def test_d4_every_post_without_a_token_is_refused(app, rows):
    rudi = Person(app, "rudi")
    for rule in app.url_map.iter_rules():
        if "POST" in rule.methods and rule.rule.startswith("/admin"):
            path = rule.rule.replace("<int:pk>", "1").replace("<step>", "take").replace("<token>", "x" * 43)
            assert rudi.client.post(path, data={"id": "1"}).status_code == 400, rule.rule
