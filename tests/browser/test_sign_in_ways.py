"""Administrator, head and operator come in by each way: passkey, code, issuer, directory, and with the network down."""

from __future__ import annotations

import re

import pyotp
import pytest

from models.base.db import utcnow
from tests.accounts.directory.test_campus_directory import SECRET, own_password
from tests.accounts.slapd import PEOPLE, SERVICE, SERVICE_PASSWORD, Slapd
from tests.browser.conftest import PHONE
from tests.browser.test_passkey_story import DEVICE
from tests.conftest import PASSWORD
from tests.oidc_issuer import OidcIssuer

WHO = {"rudi": "Rudi", "budi": "Pak Budi", "sari": "Sari"}  # administrator, head of the centre, operator
AWAY = "Failed to load resource: the server responded with a status of 503 (SERVICE UNAVAILABLE)"
everybody = pytest.mark.parametrize("username", WHO)


@pytest.fixture(scope="module")
def server(workplace):
    with OidcIssuer(workplace / "browser-issuer", is_safe=False) as running:
        yield running


@pytest.fixture(scope="module")
def slapd(workplace):
    with Slapd(workplace / "browser-slapd") as running:
        yield running


@pytest.fixture
def campus(app, address, server, slapd, monkeypatch):
    """Issuer and directory are configured; who has both accounts is called in them as here."""
    settings = slapd.settings()
    for name, value in {
        **server.settings(),
        "BASE_URL": address.replace("127.0.0.1", "localhost"),
        "DIRECTORY_URL": settings.url,
        "DIRECTORY_BIND_DN": SERVICE,
        "DIRECTORY_BIND_PASSWORD": SERVICE_PASSWORD,
        "DIRECTORY_BASE_DN": PEOPLE,
        "DIRECTORY_CA_FILE": settings.ca_file,
        "DIRECTORY_SIGN_IN": True,
    }.items():
        monkeypatch.setitem(app.config, name, value)
    slapd.forget_people()
    server.wrong.clear()
    return server


def comes(visit, app, size=None):
    person = visit(size) if size else visit()
    person.address = app.config["BASE_URL"]
    return person


def leave(page) -> None:
    page.get_by_role("button", name="Keluar").first.click()
    page.wait_for_url("**/admin/login")


def is_in(page, username: str) -> bool:
    page.wait_for_url("**/admin/")
    return page.get_by_text(WHO[username]).first.is_visible()


@everybody
def test_by_the_issuer(app, visit, campus, username):
    campus.claims = {"sub": f"s-{username}", "email": f"{username}@kampus.test", "email_verified": True}
    person = comes(visit, app)
    person.log_in(username, PASSWORD)
    page = person.go("/admin/me/campus/")
    page.get_by_role("button", name="Hubungkan Universitas Uji").click()
    page.get_by_text("Akun kampus terhubung").first.wait_for()
    leave(page)
    page.get_by_role("button", name="Masuk lewat Universitas Uji").click()
    assert is_in(page, username)


@everybody
def test_by_the_directory_on_the_phone(app, visit, campus, slapd, username):
    own_password(slapd, username)
    person = comes(visit, app, PHONE)
    person.log_in(username, PASSWORD)
    page = person.go("/admin/me/campus/")
    page.get_by_label("Nama akun kampus").fill(username)
    page.get_by_label("Kata sandi kampus").fill(SECRET)
    page.get_by_role("button", name="Hubungkan akun direktori").click()
    page.get_by_text("Akun kampus terhubung").first.wait_for()
    page.context.clear_cookies()
    person.go("/admin/login")
    page.get_by_role("button", name="Masuk dengan akun direktori").click()
    page.get_by_label("Nama akun kampus").fill(username)
    page.get_by_label("Kata sandi kampus").fill(SECRET)
    page.get_by_role("button", name="Masuk", exact=True).click()
    page.wait_for_url("**/admin/")
    assert WHO[username] in page.content()


@everybody
def test_with_the_network_down_by_the_password_of_the_house(app, visit, campus, monkeypatch, username):
    monkeypatch.setitem(app.config, "OIDC_ISSUER", "http://localhost:9/kampus")
    monkeypatch.setitem(app.config, "DIRECTORY_URL", "ldaps://localhost:9")
    person = comes(visit, app)
    page = person.go("/admin/login")
    page.get_by_role("button", name="Masuk lewat Universitas Uji").click()
    page.get_by_text("Layanan masuk kampus tidak menjawab; pakai kata sandi lokal.").wait_for()
    person.go("/admin/login/directory")
    page.get_by_label("Nama akun kampus").fill(username)
    page.get_by_label("Kata sandi kampus").fill(SECRET)
    page.get_by_role("button", name="Masuk", exact=True).click()
    page.get_by_text("Direktori kampus tidak menjawab; pakai kata sandi lokal.").wait_for()
    assert person.complaints == [AWAY]
    person.complaints.clear()
    page.get_by_role("link", name="Masuk dengan kata sandi lokal").click()
    page.get_by_label("Nama pengguna").fill(username)
    page.get_by_label("Kata sandi").fill(PASSWORD)
    page.get_by_role("button", name="Masuk", exact=True).click()
    assert is_in(page, username)


@everybody
def test_by_a_code_of_the_app_where_the_house_requires_it(app, visit, campus, monkeypatch, username):
    monkeypatch.setitem(app.config, "SECOND_FACTOR", "required")
    person = comes(visit, app)
    page = person.go("/admin/login")
    page.get_by_label("Nama pengguna").fill(username)
    page.get_by_label("Kata sandi").fill(PASSWORD)
    page.get_by_role("button", name="Masuk", exact=True).click()
    page.get_by_text("Siapkan faktor kedua dulu").wait_for()
    page.get_by_role("button", name="Pasang aplikasi kode").click()
    page.get_by_label("Kode", exact=True).wait_for()
    secret = re.search(r'pk-wrap-any">([A-Z2-7 ]+)<', page.content())[1].replace(" ", "")
    codes, now = pyotp.TOTP(secret), int(utcnow().timestamp())
    page.get_by_label("Kode", exact=True).fill(codes.at(now - 30))
    page.locator("main form button.pk-btn--primary").first.click()
    page.get_by_role("heading", name="Simpan sepuluh kode ini sekarang").wait_for()
    leave(page)
    page.get_by_label("Nama pengguna").fill(username)
    page.get_by_label("Kata sandi").fill(PASSWORD)
    page.get_by_role("button", name="Masuk", exact=True).click()
    page.get_by_label("Kode", exact=True).fill(codes.at(now + 30))
    page.get_by_role("button", name="Masuk", exact=True).click()
    assert is_in(page, username)


@everybody
def test_by_a_passkey(app, visit, campus, username):
    person = comes(visit, app)
    device = person.context.new_cdp_session(person.page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    person.log_in(username, PASSWORD)
    page = person.go("/admin/me/factor/")
    page.fill("#name", "Laptop kantor")
    page.get_by_role("button", name="Pasang passkey").click()
    page.get_by_role("heading", name="Simpan sepuluh kode ini sekarang").wait_for()
    leave(page)
    page.get_by_role("button", name="Masuk dengan passkey").click()
    assert is_in(page, username)
