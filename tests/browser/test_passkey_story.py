"""Sari registers a passkey and signs in with it, in Chromium with a virtual device at http://localhost."""

from __future__ import annotations

from playwright.sync_api import expect

from models.base.db import db
from models.organisation.second_factor import Passkey
from tests.conftest import PASSWORD

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def test_sari_registers_a_passkey_and_signs_in_by_it_alone(app, visit, address, monkeypatch):
    here = address.replace("127.0.0.1", "localhost")
    monkeypatch.setitem(app.config, "BASE_URL", here)
    sari = visit()
    sari.address = here
    device = sari.context.new_cdp_session(sari.page)
    device.send("WebAuthn.enable")
    made = device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})["authenticatorId"]
    sari.go("/admin/login")
    assert not sari.page.get_by_text("Passkey tidak jadi dipakai").is_visible()  # only once something went wrong
    sari.log_in("sari", PASSWORD)
    page = sari.go("/admin/me/factor/")
    page.fill("#name", "Laptop kantor")
    page.get_by_role("button", name="Pasang passkey").click()
    page.get_by_role("heading", name="Simpan sepuluh kode ini sekarang").wait_for()
    assert page.locator(".pk-codes li").count() == 10
    page.get_by_role("button", name="Keluar").first.click()
    page.wait_for_url("**/admin/login")
    page.get_by_role("button", name="Masuk dengan passkey").click()
    page.wait_for_url("**/admin/")
    expect(page.get_by_text("Sari").first).to_be_visible()
    db.session.rollback()
    assert db.session.query(Passkey).one().sign_count > 0
    db.session.rollback()  # an open reading would hold up the next writing (SQLite)
    page.get_by_role("button", name="Keluar").first.click()
    page.wait_for_url("**/admin/login")
    device.send("WebAuthn.setUserVerified", {"authenticatorId": made, "isUserVerified": False})
    page.get_by_role("button", name="Masuk dengan passkey").click()
    page.get_by_text("Passkey tidak jadi dipakai").wait_for()
    assert page.url.endswith("/admin/login")
