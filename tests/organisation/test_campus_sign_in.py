"""Staff sign in by the campus's issuer: tied once, every bent answer refused, the house's own login stays (S18)."""

from __future__ import annotations

import re
import time
from html import unescape

import pytest

from jobs.operation import doctor
from models.base.db import db, write_transaction
from models.organisation.audit import AuditEntry
from models.organisation.campus_identity import CampusIdentity
from models.organisation.sign_in_pass import SignInPass
from models.organisation.staff import Staff
from models.tickets.outbox import Mail
from tests.browse import Person
from tests.conftest import PASSWORD
from tests.frame.test_second_factor import code_of, enrol
from tests.oidc_issuer import OidcIssuer

HOME, LOGIN, SECOND = "/admin/me/campus/", "/admin/login", "/admin/login/second"


@pytest.fixture(scope="module")
def server(workplace):
    with OidcIssuer(workplace / "issuer") as running:
        yield running


@pytest.fixture
def issuer(app, server, monkeypatch):
    for name, value in server.settings().items():
        monkeypatch.setitem(app.config, name, value)
    server.wrong.clear()
    server.claims = {"sub": "s-001", "email": "sari@kampus.test", "email_verified": True}
    return server


def opens(person: Person) -> bool:
    return person.client.get("/admin/").status_code == 200


def leave(person: Person, path: str = "/admin/login/campus", token: str | None = None, **fields: str) -> str:
    """Where the page sends the browser."""
    page = person.post(path, fields, token=token)
    assert page.status_code == 200, page.headers.get("Location")
    return unescape(re.search(r'content="0; url=([^"]+)"', page.text)[1])


def back(person: Person, issuer: OidcIssuer, address: str):
    return person.client.get(issuer.approve(address).removeprefix("http://localhost"))


def by_campus(app, issuer: OidcIssuer, **fields: str):
    """Somebody who comes by the issuer, and the answer to their coming back."""
    person = Person(app)
    return person, back(person, issuer, leave(person, **fields))


def tie(app, issuer: OidcIssuer, username: str = "sari") -> Person:
    person = Person(app, username)
    answer = back(person, issuer, leave(person, f"{HOME}link"))
    assert answer.headers["Location"] == HOME
    return person


def said(person: Person) -> str:
    return person.get(LOGIN).text


def test_sari_ties_her_account_signs_in_by_it_and_takes_it_off_again(app, issuer, cast):
    sari = tie(app, issuer)
    page = sari.get(HOME).text
    assert "Akun kampus terhubung" in page and "sari@kampus.test" in page
    assert [mail.facts["what"] for mail in db.session.query(Mail).filter_by(notice="factor_changed")] == [
        "campus_linked"
    ]
    other, answer = by_campus(app, issuer, next="/admin/keys/")
    assert (answer.headers["Location"], opens(other)) == ("/admin/keys/", True)
    assert "Sari" in other.get("/admin/me/").text
    entry = db.session.query(AuditEntry).filter_by(act="login").order_by(AuditEntry.id.desc()).first()
    assert entry.diff == {"how": "campus"}
    row = db.session.query(CampusIdentity).one()
    assert (row.issuer, row.subject, row.staff_id) == (issuer.address, "s-001", cast["sari"].id)
    sari.post(f"{HOME}{row.id}/unlink")
    stranger, answer = by_campus(app, issuer)
    assert answer.headers["Location"] == LOGIN and not opens(stranger)


def test_s18_a_mail_address_alone_opens_nothing_and_makes_no_login(app, issuer, cast):
    with write_transaction():
        db.session.get_one(Staff, cast["sari"].id).email = "sari@kampus.test"
    before = db.session.query(Staff).count()
    person, answer = by_campus(app, issuer)
    assert answer.headers["Location"] == LOGIN and not opens(person)
    assert "belum terhubung dengan login petugas" in said(person)
    assert (db.session.query(Staff).count(), db.session.query(CampusIdentity).count()) == (before, 0)


def test_s18_the_number_of_the_staff_register_ties_where_one_colleague_alone_holds_it(app, issuer, cast, monkeypatch):
    monkeypatch.setitem(app.config, "OIDC_NUMBER_CLAIM", "nip")
    issuer.claims["nip"] = "198001012005011001"
    with write_transaction():
        for name in ("sari", "budi"):
            db.session.get_one(Staff, cast[name].id).staff_number = "198001012005011001"
    person, _answer = by_campus(app, issuer)
    assert not opens(person)  # two hold it: nobody can say whose it is
    with write_transaction():
        db.session.get_one(Staff, cast["budi"].id).staff_number = ""
    person, _answer = by_campus(app, issuer)
    assert opens(person) and "Sari" in person.get("/admin/me/").text
    with write_transaction():
        db.session.get_one(Staff, cast["sari"].id).staff_number = "changed since"
    assert opens(by_campus(app, issuer)[0])  # the link was kept


def test_s18_another_subject_with_the_number_of_somebody_tied_opens_nothing(app, issuer, cast, monkeypatch):
    monkeypatch.setitem(app.config, "OIDC_NUMBER_CLAIM", "nip")
    tie(app, issuer)
    with write_transaction():
        db.session.get_one(Staff, cast["sari"].id).staff_number = "198001012005011001"
    issuer.claims = {"sub": "s-666", "nip": "198001012005011001"}
    assert not opens(by_campus(app, issuer)[0])


def test_s18_whose_login_is_shut_stays_out(app, issuer, cast):
    tie(app, issuer)
    with write_transaction():
        db.session.get_one(Staff, cast["sari"].id).is_active = False
    person, answer = by_campus(app, issuer)
    assert answer.headers["Location"] == LOGIN and not opens(person)


def test_s18_an_account_opens_one_login_and_a_login_has_one_account_of_an_issuer(app, issuer):
    tie(app, issuer)
    budi = Person(app, "budi")
    back(budi, issuer, leave(budi, f"{HOME}link"))
    assert "sudah terhubung dengan yang lain" in budi.get(HOME).text
    issuer.claims["sub"] = "s-002"
    sari = Person(app, "sari")
    back(sari, issuer, leave(sari, f"{HOME}link"))
    assert "sudah terhubung dengan yang lain" in sari.get(HOME).text
    assert db.session.query(CampusIdentity).count() == 1


NOW = int(time.time())
BENT = {
    "another nonce": {"claims": {"nonce": "guessed"}},
    "no nonce": {"claims": {"nonce": None}},
    "another audience": {"claims": {"aud": "another-client"}},
    "another audience beside ours, and its party": {"claims": {"aud": ["helpdesk", "other"], "azp": "other"}},
    "ours among others without a party": {"claims": {"aud": ["other", "helpdesk"]}},
    "no audience": {"claims": {"aud": None}},
    "another issuer in the token": {"claims": {"iss": "https://masuk.evil.example"}},
    "expired": {"claims": {"exp": NOW - 120, "iat": NOW - 400}},
    "never expires": {"claims": {"exp": None}},
    "an expiry that is no number": {"claims": {"exp": "tomorrow"}},
    "not yet valid": {"claims": {"nbf": NOW + 3600}},
    "made in the future": {"claims": {"iat": NOW + 3600, "exp": NOW + 7200}},
    "no subject": {"claims": {"sub": None}},
    "a subject that is no text": {"claims": {"sub": ["s-001"]}},
    "no signature": {"signature": "none"},
    "the public key as a shared secret": {"signature": "hs256"},
    "a stranger's key": {"signature": "stranger"},
    "a key that the token brings": {"signature": "embedded"},
    "another issuer in the answer": {"back": {"iss": "https://masuk.evil.example"}},
    "another state": {"back": {"state": "guessed"}},
    "a refusal": {"back": {"error": "access_denied"}},
    "a code that was never given": {"back": {"code": "guessed"}},
    "no code": {"back": {"code": ""}},
}


@pytest.mark.parametrize("bent", BENT)
def test_s18_a_bent_answer_opens_nothing(app, issuer, bent):
    tie(app, issuer)
    assert opens(by_campus(app, issuer)[0])
    issuer.wrong = BENT[bent]
    person, answer = by_campus(app, issuer)
    assert (answer.status_code, answer.headers["Location"], opens(person)) == (303, LOGIN, False)
    assert "Jawaban dari kampus tidak diterima" in said(person)


DESCRIBED = {
    "another issuer": {"description": {"issuer": "https://masuk.evil.example"}},
    "nobody": {"description": {"issuer": None}},
    "no keys": {"description": {"jwks_uri": None}},
    "a token address in clear text": {"description": {"token_endpoint": "http://localhost/token"}},
    "a script for an address": {"description": {"authorization_endpoint": "javascript:alert(1)"}},
    "a redirect": {"redirect": ["/.well-known/openid-configuration"]},
}


@pytest.mark.parametrize("described", DESCRIBED)
def test_s18_an_issuer_that_describes_itself_wrongly_is_not_gone_to(app, issuer, described):
    issuer.wrong = DESCRIBED[described]
    person = Person(app)
    answer = person.post("/admin/login/campus")
    assert (answer.status_code, answer.headers["Location"]) == (303, LOGIN)
    assert "tidak menjawab; pakai kata sandi lokal" in said(person)


def test_s18_without_its_word_for_the_issuer_in_the_answer_the_mix_up_is_refused(app, issuer):
    tie(app, issuer)
    person = Person(app)
    answered = issuer.approve(leave(person))
    assert "&iss=" in answered
    person.client.get(re.sub(r"&iss=[^&]+", "", answered).removeprefix("http://localhost"))
    assert not opens(person)


def test_s18_an_answer_opens_once_and_in_the_browser_that_asked_alone(app, issuer):
    tie(app, issuer)
    sari = Person(app)
    answered = issuer.approve(leave(sari)).removeprefix("http://localhost")
    thief = Person(app)
    thief.client.get(answered)
    assert not opens(thief)
    sari.client.get(answered)
    assert opens(sari)
    sari.post("/admin/logout")
    sari.client.get(answered)
    assert not opens(sari)


def test_s18_an_answer_of_one_sign_in_is_none_of_the_next(app, issuer):
    """Who plants their own answer signs nobody in: the second sign-in's state is another (login CSRF)."""
    tie(app, issuer)
    person = Person(app)
    old = issuer.approve(leave(person)).removeprefix("http://localhost")
    leave(person)
    person.client.get(old)
    assert not opens(person)


def test_s18_a_link_that_was_begun_by_one_is_not_ended_by_another(app, issuer):
    sari = Person(app, "sari")
    answered = issuer.approve(leave(sari, f"{HOME}link")).removeprefix("http://localhost")
    sari.post("/admin/logout")
    stranger = Person(app, "budi")
    with stranger.client.session_transaction() as session:
        session["campus_state"] = re.search(r"state=([^&]+)", answered)[1]
    assert stranger.client.get(answered).status_code == 403
    assert db.session.query(CampusIdentity).count() == 0


def test_a_changed_key_of_the_issuer_is_known_at_once(app, issuer):
    tie(app, issuer)
    issuer.rotate()
    assert opens(by_campus(app, issuer)[0])


def test_keys_that_are_weak_shared_or_nonsense_are_passed_over(app, issuer):
    tie(app, issuer)
    weak = {"kty": "RSA", "kid": "lemah", "e": "AQAB", "n": "x" * 171}  # of 1024 bits: even reading it would warn
    issuer.wrong["keys"] = [weak, {"kty": "oct", "k": "eA"}, {"kty": "RSA", "n": 5}, "nonsense", {}]
    assert opens(by_campus(app, issuer)[0])


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_s18_nobody_is_led_elsewhere_afterwards(app, issuer, target):
    tie(app, issuer)
    person, answer = by_campus(app, issuer, next=target)
    assert (answer.headers["Location"], opens(person)) == ("/admin/", True)


@pytest.mark.parametrize(
    ("claims", "enters"),
    [
        ({"hd": "kampus.test"}, True),
        ({"hd": "evil.example"}, False),
        ({"email": "sari@kampus.test", "email_verified": True}, True),
        ({"email": "sari@kampus.test", "email_verified": False}, False),
        ({"email": "sari@kampus.test", "email_verified": "true"}, False),
        ({"email": "sari@evil.example", "email_verified": True}, False),
        ({"email": "sari@kampus.test.evil.example", "email_verified": True}, False),
        ({"hd": "evil.example", "email": "sari@kampus.test", "email_verified": True}, False),
        ({}, False),
    ],
)
def test_s18_of_the_campus_domain_alone(app, issuer, monkeypatch, claims, enters):
    tie(app, issuer)
    monkeypatch.setitem(app.config, "OIDC_DOMAIN", "kampus.test")
    issuer.claims = {"sub": "s-001", **claims}
    assert opens(by_campus(app, issuer)[0]) is enters


def test_s18_who_has_a_second_factor_is_asked_for_it_unless_the_issuer_proved_one(app, issuer, monkeypatch):
    sari = tie(app, issuer)
    secret, _codes = enrol(sari)
    person, answer = by_campus(app, issuer, next="/admin/keys/")
    assert answer.headers["Location"] == SECOND and not opens(person)
    answer = person.post(SECOND, {"code": code_of(secret, 1)})
    assert (answer.headers["Location"], opens(person)) == ("/admin/keys/", True)
    entry = db.session.query(AuditEntry).filter_by(act="login").order_by(AuditEntry.id.desc()).first()
    assert entry.diff == {"how": "campus + totp"}
    issuer.claims["amr"] = ["pwd", "mfa"]
    assert by_campus(app, issuer)[1].headers["Location"] == SECOND  # not said to count here
    monkeypatch.setitem(app.config, "OIDC_SECOND_FACTOR", ["mfa"])
    assert opens(by_campus(app, issuer)[0])
    issuer.claims["amr"] = "mfa"  # no list: nothing was said
    person, _answer = by_campus(app, issuer)
    assert not opens(person)


def test_s18_where_a_second_factor_is_required_the_campus_alone_leads_to_preparing_one(app, issuer, monkeypatch):
    monkeypatch.setitem(app.config, "SECOND_FACTOR", "required")
    monkeypatch.setitem(app.config, "OIDC_NUMBER_CLAIM", "nip")
    issuer.claims["nip"] = "198001012005011001"
    with write_transaction():
        db.session.query(Staff).filter_by(username="sari").update({"staff_number": "198001012005011001"})
    person, _answer = by_campus(app, issuer)
    assert person.client.get("/admin/ticket/").headers["Location"] == "/admin/me/factor/"


def test_with_the_issuer_away_the_password_still_opens_and_the_page_says_so(app, issuer, monkeypatch):
    monkeypatch.setitem(app.config, "OIDC_ISSUER", "https://localhost:9/kampus")
    person = Person(app)
    person.post("/admin/login/campus")
    assert "Layanan masuk kampus tidak menjawab; pakai kata sandi lokal." in said(person)
    person.log_in("sari")
    assert opens(person)


def test_s18_a_server_whose_certificate_is_not_the_configured_ones_is_not_spoken_to(app, issuer, monkeypatch):
    monkeypatch.setitem(app.config, "OIDC_CA_FILE", None)
    person, before = Person(app), len(issuer.asked)
    assert person.post("/admin/login/campus").headers["Location"] == LOGIN
    assert len(issuer.asked) == before


def test_what_was_typed_before_the_login_goes_along(app, issuer):
    tie(app, issuer)
    person = Person(app)
    lost = person.post("/admin/canned_reply/new/", {"title": "Balasan yang panjang sekali dan tidak boleh hilang"})
    kept = re.search(r'name="kept" value="([^"]+)"', lost.text)[1]
    back(person, issuer, leave(person, kept=kept))
    assert "Tulisan Anda tersimpan" in person.get("/admin/").text


def test_the_button_is_there_where_an_issuer_is_configured_alone(app, issuer, monkeypatch):
    assert "Masuk lewat Universitas Uji" in said(Person(app))
    monkeypatch.setitem(app.config, "OIDC_ISSUER", "")
    assert "/admin/login/campus" not in said(Person(app))
    assert Person(app).post("/admin/login/campus").status_code == 404


def test_s18_where_the_local_password_is_for_emergencies_who_is_tied_and_not_kept_for_them_must_come_by_the_campus(
    app, issuer, cast, monkeypatch
):
    monkeypatch.setitem(app.config, "LOCAL_SIGN_IN", "break_glass")
    tie(app, issuer)  # not tied yet: the password opens, so that the link can be made
    refused = Person(app).log_in("sari")
    assert refused.status_code == 403 and "Masuklah lewat kampus" in refused.text
    assert Person(app).log_in("sari", "salah sekali ini").status_code == 401
    with write_transaction():
        db.session.get_one(Staff, cast["sari"].id).is_break_glass = True
    sari = Person(app)
    sari.log_in("sari")
    assert opens(sari)
    rudi = Person(app, "rudi")
    assert opens(rudi)


def test_s18_wrong_answers_of_one_network_slow_it_down_and_nobody_else(app, issuer):
    tie(app, issuer)
    person = Person(app)
    for _n in range(51):
        person.client.get("/admin/login/campus/back?state=x&code=y")
    answer = person.post("/admin/login/campus")
    assert answer.headers["Location"] == LOGIN and "Terlalu banyak percobaan gagal" in said(person)


def test_s18_neither_secret_nor_code_nor_token_is_kept(app, issuer):
    tie(app, issuer)
    by_campus(app, issuer)
    assert db.session.query(SignInPass).count() == 0
    kept = " ".join(str(entry.diff) for entry in db.session.query(AuditEntry))
    assert "rahasia klien" not in kept and "nonce" not in kept and PASSWORD not in kept


def look() -> tuple[bool, str]:
    return doctor.SLOW["campus"]()


def test_the_doctor_says_whether_the_issuer_answers_and_counts_the_emergency_logins(app, issuer, cast, monkeypatch):
    well, said_ = look()
    assert well and said_ == f"The issuer {issuer.address} answers."
    monkeypatch.setitem(app.config, "LOCAL_SIGN_IN", "break_glass")
    assert look() == (False, "0 administrators have an emergency login: mark two before the campus is away.")
    issuer.wrong = {"description": {"issuer": "https://masuk.evil.example"}}
    well, said_ = look()
    assert not well and "the description names another issuer" in said_
    monkeypatch.setitem(app.config, "OIDC_ISSUER", "")
    assert look() == (True, "Nobody signs in through the campus.")


def test_the_setup_page_tries_the_issuer_out_and_shows_the_talk_without_a_secret(app, issuer, monkeypatch):
    rudi = Person(app, "rudi")
    assert "Periksa masuk lewat kampus" in rudi.get("/admin/setup/").text
    page = rudi.post("/admin/setup/campus").text
    assert f"Saya {issuer.address}; kuncinya ada." in page and "rahasia klien" not in page
    issuer.wrong = {"description": {"issuer": "https://masuk.evil.example"}}
    page = rudi.post("/admin/setup/campus").text
    assert "the description names another issuer" in page and "Periksa OIDC_ISSUER" in page
    monkeypatch.setitem(app.config, "OIDC_ISSUER", "")
    assert "Periksa masuk lewat kampus" not in rudi.get("/admin/setup/").text


def invitation(app, username: str, by: str = "rudi") -> str:
    """The path of the link that the administrator is shown."""
    row = db.session.query(Staff).filter_by(username=username).one()
    shown = Person(app, by).post(f"/admin/staff/invite/?id={row.id}")
    found = re.search(r"/admin/invite/[\w-]+", shown.text)
    return found[0] if found else ""


def accept(app, issuer: OidcIssuer, path: str):
    """Somebody presses the button of the link and signs in at the campus."""
    person = Person(app)
    token = re.search(r'name="csrf_token" value="([^"]+)"', person.get(path).text)[1]
    return person, back(person, issuer, leave(person, f"{path}/campus", token=token))


def test_s18_an_invitation_is_accepted_by_the_campus_account_once(app, issuer, cast):
    path = invitation(app, "tono")
    person, _answer = accept(app, issuer, path)
    assert opens(person) and "Tono" in person.get("/admin/me/").text
    row = db.session.query(CampusIdentity).one()
    assert (row.staff_id, row.subject) == (cast["tono"].id, "s-001")
    assert db.session.query(AuditEntry).filter_by(act="campus_invitation").one().staff_id == cast["tono"].id
    assert db.session.query(Mail).filter_by(notice="factor_changed").one().facts["what"] == "campus_linked"
    assert Person(app).client.get(path).status_code == 404
    assert opens(by_campus(app, issuer)[0])


def test_s18_a_link_that_was_used_meanwhile_ties_nobody(app, issuer, cast):
    path = invitation(app, "tono")
    person = Person(app)
    token = re.search(r'name="csrf_token" value="([^"]+)"', person.get(path).text)[1]
    where = leave(person, f"{path}/campus", token=token)
    invitation(app, "tono")  # a newer link voids it
    back(person, issuer, where)
    assert not opens(person) and "tidak berlaku lagi" in said(person)
    assert db.session.query(CampusIdentity).count() == 0


def test_s18_an_account_that_opens_another_login_is_taken_by_no_invitation_and_the_link_stays(app, issuer, cast):
    tie(app, issuer)
    path = invitation(app, "tono")
    person, _answer = accept(app, issuer, path)
    assert not opens(person) and "sudah terhubung dengan yang lain" in said(person)
    assert Person(app).client.get(path).status_code == 200
    assert [row.staff_id for row in db.session.query(CampusIdentity)] == [cast["sari"].id]


def test_i5_the_invitation_of_a_head_waits_for_a_second_person(app, issuer, cast):
    assert invitation(app, "budi") == ""
    assert db.session.query(CampusIdentity).count() == 0


def test_s18_what_was_asked_for_a_sign_in_accepts_no_invitation(app, issuer, cast):
    path = invitation(app, "tono")
    person = Person(app)
    where = leave(person)
    with person.client.session_transaction() as session:
        session["invited"] = True
    back(person, issuer, where)
    assert not opens(person) and Person(app).client.get(path).status_code == 200
