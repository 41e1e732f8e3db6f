"""What needs two people, in real browsers: tried alone, by two who may not, and by the right two; the mails are read.

Every line of the table is tried without a browser in tests/frame/test_duties.py; here people press the buttons.
"""

from __future__ import annotations

import pytest

from mails.render import render
from models.base.db import db, write_transaction
from models.organisation.roles import Role
from models.organisation.staff import Staff
from models.tickets.outbox import Mail
from tests.accounts.stories import account, person
from tests.browser.conftest import PHONE
from tests.browser.test_account_stories import check_at_the_desk, sent_to, ticket_at
from tests.browser.test_installation_story import step
from tests.conftest import PASSWORD
from tests.installation.installation_walk import installation_at

pytestmark = pytest.mark.only("sqlite")  # what a browser draws does not depend on the database


def also(username, role):
    """The person holds this role too, as in a small house."""
    with write_transaction():
        one = db.session.query(Staff).filter_by(username=username).one()
        one.roles = one.roles | {role}
        return one.id


def roles(app, username):
    with app.app_context():
        found = {role.value for role in db.session.query(Staff).filter_by(username=username).one().roles}
        db.session.remove()
    return found


def test_rudi_cannot_make_lina_a_head_with_her_help_and_budi_confirms(app, visit):
    lina = also("lina", Role.ADMINISTRATOR)
    db.session.remove()
    rudi, her, budi = visit(), visit(), visit(PHONE)
    for one, name in ((rudi, "rudi"), (her, "lina"), (budi, "budi")):
        one.log_in(name, PASSWORD)
    page = rudi.go(f"/admin/staff/edit/?id={lina}")
    page.locator("[name=role_names][value=head_systems]").check()
    page.get_by_role("button", name="Simpan").click()
    page.get_by_text("Belum berlaku: menunggu persetujuan orang kedua").wait_for()
    assert roles(app, "lina") == {"staff_systems", "administrator"}
    asked = sent_to(app, "budi@pustikom.example")[-1]
    assert "Rudi meminta peran ini untuk Lina: Kepala Divisi Sistem Informasi" in asked
    assert "Belum ada yang berubah" in asked and "Rudi meminta" in sent_to(app, "lina@pustikom.example")[-1]
    where = "/admin/pending_change/details/?id=1"
    for one in (rudi, her):  # who asked, and whom it lifts
        page = one.go(where)
        assert page.get_by_role("button", name="Setujui", exact=True).count() == 0
        assert "bukan peminta, dan bukan yang bersangkutan" in page.inner_text("main")
    budi.go(where).get_by_role("button", name="Setujui", exact=True).click()
    budi.page.get_by_text("Disetujui dan berlaku.").wait_for()
    assert "head_systems" in roles(app, "lina")
    assert "Pak Budi" in sent_to(app, "lina@pustikom.example")[-1]
    page = rudi.go("/admin/access/?part=duties")
    assert page.locator("#duties tbody tr").count() >= 12


def test_sari_who_changed_andis_mail_sets_his_password_only_with_wati(app, visit):
    owner = person()
    account(owner)
    owner_id = owner.id
    db.session.remove()
    sari, wati = visit(), visit(PHONE)
    page = sari.log_in("sari", PASSWORD)
    page = sari.go(f"/admin/person/edit/?id={owner_id}")
    page.fill("#email", "baru@surat.example")
    page.get_by_role("button", name="Simpan").click()
    page.get_by_text(
        "Alamat lama, andi.pribadi@surat.example, dikabari lewat email. Tautan password ke alamat baru dapat dikirim mulai"
    ).wait_for()
    told = sent_to(app, "andi.pribadi@surat.example")[-1]
    assert "diubah oleh Sari: email" in told and "baru@surat.example" not in told
    page = sari.go("/admin/password/")
    check_at_the_desk(page, "2010011110023", "0023")
    desk = page.url.removeprefix(sari.address)
    assert "Menunggu orang kedua" in page.inner_text("main") and "oleh Sari" in page.inner_text("main")
    assert page.get_by_role("button", name="Ganti password sekarang").count() == 0
    assert "mengubah sendiri data orang ini" in sent_to(app, "wati@pustikom.example")[-1]
    pk = int(desk.rsplit("/", 1)[1])
    assert sari.go(f"/admin/ticket/details/?id={pk}").locator("form[action$='/do/approve_second']").count() == 0
    wati.log_in("wati", PASSWORD)
    step(wati.go(f"/admin/ticket/details/?id={pk}"), "approve_second", "Setujui sebagai orang kedua")
    page = sari.go(desk)
    page.get_by_label("Tautan sekali pakai").check()
    page.get_by_role("button", name="Ganti password sekarang").click()
    page.get_by_text("Kontak orang ini baru diubah.").first.wait_for()
    page.get_by_label("Di tempat").check()
    page.get_by_role("button", name="Ganti password sekarang").click()
    assert len(page.inner_text(".pk-password").strip()) == 19
    assert ticket_at(app, id=pk)[1] in ("setting", "telling")


def test_tono_who_drew_a_budget_plan_up_cannot_approve_it_as_a_head_and_budi_does(app, visit):
    also("tono", Role.HEAD_OF_CENTRE)
    pk = installation_at("rab_approval").id
    db.session.remove()
    tono, budi = visit(), visit()
    tono.log_in("tono", PASSWORD)
    page = tono.go(f"/admin/ticket/details/?id={pk}")
    page.locator(".pk-shut > summary").click()
    assert "Anda yang menyusun RAB ini; keputusannya harus diambil orang lain." in page.inner_text("main")
    assert page.locator("form[action$='/do/approve_rab']").count() == 0
    budi.log_in("budi", PASSWORD)
    step(budi.go(f"/admin/ticket/details/?id={pk}"), "approve_rab", "Setujui RAB")
    assert ticket_at(app, id=pk)[1] == "unit_agreement"
    with app.app_context():  # it waits for its document, which the worker prints
        told = [render(mail).text for mail in db.session.query(Mail).filter_by(notice="rab_approved")]
        db.session.remove()
    assert told and all("RAB" in text for text in told)
