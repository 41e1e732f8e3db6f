"""Officers are told on their phones (RFC 8030, 8291, 8292): encrypted, tried again, ended by 410, and never twice."""

from __future__ import annotations

import base64
import json
from contextlib import contextmanager
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from py_vapid import Vapid02

from gateways.web_push import SERVICES, is_known_service
from jobs.worker.send_outbox import send_outbox
from mails.notice_names import NOTICE_NAMES
from mails.push_kinds import KINDS
from models.base.db import db, utcnow, write_transaction
from models.organisation.audit import AuditEntry
from models.organisation.push_device import MOST_DEVICES, PushDevice, devices_behind
from models.organisation.staff import Staff
from models.tickets.outbox import Mail, MailState
from tests.browse import Person
from tests.databases import both, once
from tests.push_service import push_service
from tests.walk import file_complaint

pytestmark = both
HOME = "/admin/me/push/"
TONO = "tono@pustikom.example"


@pytest.fixture
def service(app):
    with push_service() as running:
        app.config["PUSH_SERVICES"] = [running.origin]
        yield running


@pytest.fixture
def told(app, cast, service):
    """Tono's browser, switched on, without quiet hours."""
    tono, browser = Person(app, "tono"), service.browser("tono")
    assert tono.post(f"{HOME}on", browser.fields).location == HOME
    tono.post(f"{HOME}choose", {"kinds": list(KINDS), "quiet_from": "0", "quiet_until": "0"})
    app.extensions.pop("settings_cache", None)
    return browser


@pytest.fixture
def postbox(app, monkeypatch):
    """The subjects of the mails that left, by recipient."""
    left = []

    @contextmanager
    def door():
        yield lambda made, wire, mail_id: left.append((str(made.recipients), made.subject))

    monkeypatch.setattr("jobs.worker.send_outbox.open_door", door)
    return left


def told_of_group():
    """A complaint comes in and its group is told; the number, and the mail for Tono."""
    number = file_complaint(subject="Rahasia Andi tentang nilai").number
    send_outbox()
    return number, mail_of_tono()


def mail_of_tono():
    db.session.rollback()
    return db.session.query(Mail).filter_by(notice="distributed", recipient=TONO).one()


def again():
    """The next try of what waits."""
    with write_transaction():
        mail_of_tono().not_before = utcnow() - timedelta(seconds=1)
    send_outbox()
    return mail_of_tono()


def is_mailed(postbox):
    return any(TONO in to for to, _subject in postbox)


def test_phone_is_told_number_and_kind_alone_and_no_mail_goes_beside_it(told, service, postbox):
    number, mail = told_of_group()
    (message,) = told.told
    assert (message["number"], message["kind"]) == (number, "Penugasan")
    assert set(message) == {"number", "kind", "to", "tag"} and message["to"].startswith("/admin/ticket/details/?id=")
    assert not any(word in json.dumps(message) for word in ("Andi", "Rahasia", "Tono", "Wi-Fi"))
    assert mail.state == MailState.PUSHED and mail.sent_at is not None and mail.attempts == 1
    assert not is_mailed(postbox) and any("rina" in to for to, _subject in postbox), "who has no phone gets the mail"
    send_outbox()
    assert len(told.told) == 1
    assert db.session.query(PushDevice).one().told_at is not None


def test_message_is_encrypted_signed_and_named_as_the_standards_ask(told, service, postbox):
    number, _mail = told_of_group()
    ((path, headers, body),) = service.asked
    assert number.encode() not in body and path == "/to/tono"
    assert headers["Content-Encoding"] == "aes128gcm" and headers["Urgency"] == "high"
    assert int(headers["TTL"]) > 0 and 0 < len(headers["Topic"]) <= 32
    signature = headers["Authorization"]
    assert signature.startswith("vapid t=") and Vapid02.verify(signature)
    claims = json.loads(base64.urlsafe_b64decode(signature.split("t=")[1].split(".")[1] + "=="))
    assert claims["aud"] == service.origin and claims["sub"] == "mailto:pengaduan@pustikom.example"
    assert 0 < claims["exp"] - utcnow().timestamp() <= 24 * 3600


@pytest.mark.parametrize("status", [429, 500, 503])
def test_busy_service_is_asked_again_under_the_same_topic_and_then_the_mail_goes(told, service, postbox, status):
    service.answers = [status]
    _number, mail = told_of_group()
    assert (mail.state, mail.last_error) == (MailState.QUEUED, f"push: {status}")
    assert again().state == MailState.PUSHED and len(told.told) == 1 and not is_mailed(postbox)
    topics = {headers["Topic"] for _path, headers, _body in service.asked}
    assert len(topics) == 1


def test_service_that_stays_busy_makes_the_mail_go_at_the_third_try(told, service, postbox):
    service.answers = [500] * 9
    told_of_group()
    assert again().state == MailState.QUEUED and not is_mailed(postbox)
    assert again().state == MailState.SENT and is_mailed(postbox)
    assert len(service.asked) == 3 and told.told == []


def test_mail_that_waits_for_its_server_is_told_by_push_no_more(told, service, postbox):
    service.answers = [400] * 9
    number = file_complaint().number
    with write_transaction():
        mail_of_tono().attempts = 3
    send_outbox()
    assert number and service.asked == [] and is_mailed(postbox)


@pytest.mark.parametrize("status", [404, 410])
def test_address_that_is_gone_ends_the_subscription_and_the_mail_goes_at_once(told, service, postbox, status):
    service.answers = [status]
    _number, mail = told_of_group()
    assert mail.state == MailState.SENT and is_mailed(postbox)
    assert db.session.query(PushDevice).count() == 0


def test_message_that_is_refused_goes_by_mail_and_the_device_stays(told, service, postbox):
    service.answers = [400]
    _number, mail = told_of_group()
    assert mail.state == MailState.SENT and is_mailed(postbox) and db.session.query(PushDevice).count() == 1


def test_one_of_two_devices_that_takes_it_is_enough(app, told, service, postbox):
    Person(app, "tono").post(f"{HOME}on", service.browser("tablet").fields)
    service.answers = [410]
    _number, mail = told_of_group()
    assert mail.state == MailState.PUSHED and not is_mailed(postbox)
    assert [len(one.told) for one in service.browsers.values()] == [0, 1]
    assert db.session.query(PushDevice).count() == 1


def test_after_the_secret_was_changed_a_phone_of_before_is_still_told(app, told, service, postbox):
    app.config["SECRET_KEY_FALLBACKS"], app.config["SECRET_KEY"] = [app.config["SECRET_KEY"]], "n" * 40
    service.answers = [403]
    _number, mail = told_of_group()
    assert mail.state == MailState.PUSHED
    keys = [headers["Authorization"].rpartition(",k=")[2] for _path, headers, _body in service.asked]
    assert len(set(keys)) == 2


@pytest.mark.parametrize(
    ("clock", "start", "end", "is_told"),
    [
        ("23.30", 21, 6, False), ("05.59", 21, 6, False), ("06.00", 21, 6, True), ("20.59", 21, 6, True),
        ("13.00", 12, 14, False), ("14.00", 12, 14, True), ("03.00", 5, 5, True),
    ],
)  # fmt: skip
def test_quiet_hours_hold_over_midnight_and_the_mail_goes_then(app, told, clock, start, end, is_told):
    Person(app, "tono").post(f"{HOME}choose", {"kinds": list(KINDS), "quiet_from": start, "quiet_until": end})
    hour, minute = clock.split(".")
    moment = datetime(2026, 12, 1, int(hour), int(minute), tzinfo=ZoneInfo("Asia/Jakarta"))
    db.session.rollback()
    assert bool(devices_behind(TONO, "assignment", moment)) is is_told


def test_kind_that_was_not_chosen_goes_by_mail(app, told, postbox):
    Person(app, "tono").post(f"{HOME}choose", {"kinds": ["outage"], "quiet_from": "0", "quiet_until": "0"})
    _number, mail = told_of_group()
    assert mail.state == MailState.SENT and is_mailed(postbox) and told.told == []


@once
def test_every_kind_names_notices_that_there_are_each_once_and_none_that_guards(app):
    named = [notice for kind in KINDS.values() for notice in kind.notices]
    assert len(named) == len(set(named)) and set(named) <= set(NOTICE_NAMES)
    guards = {"login_alert", "factor_changed", "roles_changed", "seal_of_the_day", "password_link_made"}
    assert not guards & set(named)


BAD = [
    {"endpoint": "https://evil.example/x"}, {"endpoint": "http://127.0.0.1:22/"}, {"endpoint": ""},
    {"endpoint": "https://fcm.googleapis.com@evil.example/"}, {"endpoint": "https://[::1"}, {"public_key": "AAAA"},
    {"public_key": ""}, {"public_key": "é" * 20}, {"auth": "AA"}, {"auth": "%%"}, {"public_key": "A" * 5000},
]  # fmt: skip


@pytest.mark.parametrize("bad", BAD)
def test_address_or_key_that_is_none_is_refused_with_a_sentence(app, cast, service, bad):
    tono = Person(app, "tono")
    answer = tono.post(f"{HOME}on", {**service.browser("x").fields, **bad})
    assert answer.location == HOME
    page = tono.get(HOME).text
    assert "layanan notifikasi yang tidak dikenal" in page or "tidak memberi kunci yang dapat dipakai" in page
    assert db.session.query(PushDevice).count() == 0 and service.asked == []


def test_services_of_the_four_makers_are_known_and_none_beside_them(app):
    known = [
        "https://fcm.googleapis.com/fcm/send/a:b", "https://updates.push.services.mozilla.com/wpush/v2/x",
        "https://web.push.apple.com/QP", "https://db5p.notify.windows.com/w/?token=x",
    ]  # fmt: skip
    unknown = [
        "http://fcm.googleapis.com/x", "https://fcm.googleapis.com.evil.example/x", "https://fcm.googleapis.com:8443/x",
        "https://evil.example/?https://web.push.apple.com", "https://evil.example/.push.apple.com",
        "https://a@web.push.apple.com/x", "https://web.push.apple.com:1@evil.example/.push.apple.com",
        r"https://evil.example\.push.apple.com/x", "https://evil.example:443.push.apple.com/x",
        "https://127.0.0.1%2f.push.apple.com/x", "https://evil.example;.push.apple.com/x",
    ]  # fmt: skip
    assert all(is_known_service(one, SERVICES) for one in known)
    assert not any(is_known_service(one, SERVICES) for one in unknown)


def test_device_is_its_owners_alone_to_take_away_and_leaves_with_who_leaves(app, told, service, cast):
    device = db.session.query(PushDevice).one().id
    Person(app, "rina").post(f"{HOME}off", {"which": str(device)})
    assert db.session.query(PushDevice).count() == 1
    rudi = Person(app, "rudi")
    assert service.browser("tono").endpoint not in Person(app, "tono").get(HOME).text, "the address is nobody's to read"
    Person(app, "tono").post(f"{HOME}off", {"which": str(device)})
    db.session.rollback()
    assert db.session.query(PushDevice).count() == 0
    acts = [row.act for row in db.session.query(AuditEntry).filter_by(object_kind="PushDevice").order_by(AuditEntry.id)]
    assert acts == ["switch_on", "switch_off"]
    assert rudi.post(f"{HOME}off", {"which": "x"}).status_code == 400


def test_an_administrator_who_disables_an_officer_ends_their_devices_for_good(app, told):
    tono = db.session.query(Staff).filter_by(username="tono").one()
    form = {"username": tono.username, "name": tono.name, "email": tono.email, "language": "id"}
    rudi, path = Person(app, "rudi"), f"/admin/staff/edit/?id={tono.id}"
    seen = rudi.get(path).text.split('name="seen" value="')[1].split('"')[0]
    assert rudi.post(path, {**form, "role_names": ["staff_networking"], "seen": seen}).status_code == 303
    db.session.rollback()
    assert db.session.query(PushDevice).count() == 0


def test_browser_that_another_person_switches_on_is_theirs_and_one_person_has_few(app, told, service):
    rina = Person(app, "rina")
    rina.post(f"{HOME}on", told.fields)
    db.session.rollback()
    assert db.session.query(PushDevice).one().staff.username == "rina"
    for number in range(MOST_DEVICES + 3):
        rina.post(f"{HOME}on", service.browser(f"b{number}").fields)
    db.session.rollback()
    assert db.session.query(PushDevice).count() == MOST_DEVICES


@pytest.mark.parametrize("hour", ["", "24", "-1", "x", "٣", "999"])
def test_hour_that_is_none_is_refused_and_changes_nothing(app, told, hour):
    tono = Person(app, "tono")
    tono.post(f"{HOME}choose", {"kinds": ["outage"], "quiet_from": hour, "quiet_until": "6"})
    assert "Pilih jam tenang dari daftar" in tono.get(HOME).text
    db.session.rollback()
    assert db.session.query(PushDevice).one().kinds == list(KINDS)
