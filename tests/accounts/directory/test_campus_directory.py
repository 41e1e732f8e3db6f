"""Staff sign in with name and password of the campus directory, asked of a real slapd (security.md S18)."""

from __future__ import annotations

import pytest

from gateways.directory.interface import DirectoryUntrusted
from models.base.db import db, write_transaction
from models.organisation.audit import AuditEntry
from models.organisation.campus_identity import CampusIdentity
from models.organisation.staff import Staff
from tests.accounts.slapd import PEOPLE, SERVICE, SERVICE_PASSWORD, Slapd
from tests.browse import Person

LOGIN, HOME = "/admin/login/directory", "/admin/me/campus/"
SECRET = "kopi-gayo-di-pagi-hari"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with Slapd(tmp_path_factory.mktemp("sign-in") / "slapd") as running:
        yield running


@pytest.fixture
def campus(app, server, monkeypatch):
    """Sari's and another's entries; the directory answers for staff."""
    settings = server.settings()
    for name, value in {
        "DIRECTORY_URL": settings.url,
        "DIRECTORY_BIND_DN": SERVICE,
        "DIRECTORY_BIND_PASSWORD": SERVICE_PASSWORD,
        "DIRECTORY_BASE_DN": PEOPLE,
        "DIRECTORY_CA_FILE": settings.ca_file,
        "DIRECTORY_SIGN_IN": True,
        "DIRECTORY_SECONDS": 2.0,
    }.items():
        monkeypatch.setitem(app.config, name, value)
    server.forget_people()
    for login in ("sari.w", "andi"):
        own_password(server, login)
    return server


def own_password(server: Slapd, login: str) -> None:
    """An entry whose password its owner has chosen."""
    directory = server.directory()
    directory.make(login, login.title(), f"{login}@kampus.test", SECRET, "")
    with directory._session() as session:
        session.replace(f"uid={login},{PEOPLE}", "pwdReset", None)


def opens(person: Person) -> bool:
    return person.client.get("/admin/").status_code == 200


def comes(app, login: str = "sari.w", password: str = SECRET, **more: str):
    person = Person(app)
    return person, person.post(LOGIN, {"username": login, "password": password, **more})


def tie(app, login: str = "sari.w", password: str = SECRET):
    sari = Person(app, "sari")
    return sari.post(f"{HOME}directory", {"username": login, "password": password})


def test_sari_ties_her_directory_account_and_signs_in_with_it(app, campus, cast):
    assert tie(app).headers["Location"] == HOME
    person, answer = comes(app, "Sari.W", next="/admin/keys/")
    assert (answer.headers["Location"], opens(person)) == ("/admin/keys/", True)
    entry = db.session.query(AuditEntry).filter_by(act="login").order_by(AuditEntry.id.desc()).first()
    assert entry.diff == {"how": "directory"}
    row = db.session.query(CampusIdentity).one()
    assert (row.staff_id, row.name, row.issuer) == (cast["sari"].id, "sari.w", f"ldap:{PEOPLE}")
    assert SECRET not in str([row.subject, row.name, *[str(one.diff) for one in db.session.query(AuditEntry)]])


def test_s18_of_the_same_name_but_not_tied_opens_nothing(app, campus):
    own_password(campus, "sari")  # a student's, called as our operator is
    person, answer = comes(app, "sari")
    assert answer.status_code == 403 and "belum terhubung" in answer.text and not opens(person)


def test_s18_a_name_that_was_given_to_somebody_else_opens_nothing_any_more(app, campus):
    tie(app)
    campus.forget_people()
    own_password(campus, "sari.w")  # another person's entry under the same name
    person, answer = comes(app)
    assert answer.status_code == 403 and not opens(person)


@pytest.mark.parametrize(
    ("login", "password"),
    [
        ("sari.w", "salah-sekali-ini"),
        ("nobody", SECRET),
        ("*", SECRET),
        ("sari*", SECRET),
        ("sari.w)(uid=*", SECRET),
        ("sari.w\\2a", SECRET),
        (f"uid=sari.w,{PEOPLE}", SECRET),
    ],
)
def test_s18_wrong_names_and_passwords_are_refused_and_no_filter_is_bent(app, campus, login, password):
    tie(app)
    person, answer = comes(app, login, password)
    assert answer.status_code == 401 and "tidak cocok" in answer.text and not opens(person)


@pytest.mark.parametrize("password", ["", " ", "\u200b"])
def test_s18_an_empty_password_binds_as_nobody_and_is_refused_before_any_connection(app, campus, monkeypatch, password):
    tie(app)
    person, answer = comes(app, password=password)
    assert answer.status_code in (401, 422) and not opens(person)
    assert campus.directory().prove("sari.w", password, "") is None
    campus_away = campus.directory(url="ldaps://localhost:9")
    assert campus_away.prove("sari.w", "", "") is None  # no connection was tried


def test_s18_who_is_locked_in_the_directory_stays_out(app, campus):
    tie(app)
    campus.directory().suspend("sari.w")
    assert comes(app)[1].status_code == 401


def test_s18_a_password_that_somebody_else_set_proves_nothing(app, campus):
    tie(app)
    campus.directory().set_password("sari.w", SECRET)
    person, answer = comes(app)
    assert answer.status_code == 403 and "masih yang sementara" in answer.text and not opens(person)


def test_s18_whose_login_is_shut_stays_out(app, campus, cast):
    tie(app)
    with write_transaction():
        db.session.get_one(Staff, cast["sari"].id).is_active = False
    person, answer = comes(app)
    assert answer.status_code == 403 and not opens(person)


def test_the_number_of_the_staff_register_ties(app, campus, cast, monkeypatch):
    monkeypatch.setitem(app.config, "DIRECTORY_NUMBER_ATTRIBUTE", "employeeNumber")
    with campus.directory()._session() as session:
        session.replace(f"uid=sari.w,{PEOPLE}", "employeeNumber", "198001012005011001")
    with write_transaction():
        db.session.get_one(Staff, cast["sari"].id).staff_number = "198001012005011001"
    assert opens(comes(app)[0])


def test_s18_a_directory_that_is_not_the_configured_one_is_told_no_password(app, campus, monkeypatch):
    tie(app)
    monkeypatch.setitem(app.config, "DIRECTORY_CA_FILE", str(campus.home / "stranger-ca.pem"))
    person, answer = comes(app)
    assert answer.status_code == 503 and not opens(person)
    with pytest.raises(DirectoryUntrusted):
        campus.directory(ca_file=str(campus.home / "stranger-ca.pem")).prove("sari.w", SECRET, "")


def test_with_the_network_down_the_page_says_so_and_the_password_of_the_house_opens(app, campus, monkeypatch):
    tie(app)
    monkeypatch.setitem(app.config, "DIRECTORY_URL", "ldaps://localhost:9")
    person, answer = comes(app)
    assert answer.status_code == 503
    assert "Direktori kampus tidak menjawab; pakai kata sandi lokal." in answer.text
    assert 'value="sari.w"' in answer.text and SECRET not in answer.text
    person.log_in("sari")
    assert opens(person)


def test_s18_guesses_are_slowed_down_and_a_known_device_never_waits_for_strangers(app, campus):
    tie(app)
    sari, _answer = comes(app)
    sari.post("/admin/logout")
    for _n in range(5):
        comes(app, password="salah-sekali-ini")
    stranger, answer = comes(app)
    assert answer.status_code == 429 and not opens(stranger)
    again = sari.post(LOGIN, {"username": "sari.w", "password": SECRET})
    assert (again.status_code, opens(sari)) == (303, True)


def test_the_page_is_there_where_it_is_configured_alone(app, campus, monkeypatch):
    assert "Masuk dengan akun direktori" in Person(app).get("/admin/login").text
    monkeypatch.setitem(app.config, "DIRECTORY_SIGN_IN", False)
    assert LOGIN not in Person(app).get("/admin/login").text
    person, answer = comes(app)
    assert answer.headers["Location"] == "/admin/login" and not opens(person)


def test_the_directory_is_asked_for_what_an_entry_keeps_for_ever(campus):
    first = campus.directory().prove("sari.w", SECRET, "")
    assert first is not None and len(first.unique) == len(b"xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx".hex())
