"""Contacts from a file: those who hear of outages are known by unit and name, with number and address as forms read them."""

from __future__ import annotations

from models.base.db import db
from models.organisation.audit import AuditEntry
from models.organisation.contact_change import Holder, contact_waits_until
from models.organisation.unit import Contact
from models.tickets.outbox import Mail
from procedures.organisation.import_contacts import ContactImport
from tests.browse import Person
from tests.databases import both, once
from tests.imports import agrees, confirm, load, outcomes, plan, pressed, refusals, upload

pytestmark = once

FILE = (
    "Daftar kontak unit\nKode unit,Nama,Jabatan,Peran,Email,Telepon\n"
    "FEB,Dewi Anggraini,Kepala TI,pengelola IT,dewi@feb.example,0812-6600-0001\n"
    "Fakultas Hukum,Joni,Teknisi,kontak teknis,joni@fh.example,0812\u20113333\u20114444 (WA)\n"
    "FTI,Fajar Pratama,Pengelola IT,it_manager,fajar@fti.example,0812-6600-0002\n"
    "ZZ,Siapa,,,,\n\nFEB,Rani,,pengelola IT,rání@feb.example,\n"
)


def contacts():
    return {(c.unit.code, c.name): (c.position, c.kind, c.email, c.phone) for c in db.session.query(Contact)}


@both
def test_sari_sees_what_each_line_will_do_and_only_the_second_press_does_it(app):
    before, sari = contacts(), Person(app, "sari")
    page = upload(sari, "contact", FILE)
    assert (page.status_code, contacts()) == (200, before)
    for words in ("<b>8</b> baris di berkas", "<b>3</b> diambil", "<b>2</b> ditolak", "<b>1</b> kosong", "Kepala TI",
                  "Joni", "0812-3333-4444", "Impor 2 baris", "Sudah sama, jadi tidak diubah: baris 5."):  # fmt: skip
        assert words in page.text, words
    assert confirm(sari, "contact", page).location == "/admin/contact/"
    after = contacts()
    assert after["FEB", "Dewi Anggraini"][0] == "Kepala TI"
    assert after["FH", "Joni"] == ("Teknisi", "technical", "joni@fh.example", "0812-3333-4444")
    assert len(after) == len(before) + 1
    entry = db.session.query(AuditEntry).filter_by(act="import", object_kind="Contact").one()
    assert entry.diff == {"file": "berkas.csv", "new": 1, "changed": 1, "same": 1, "refused": 2}


def test_every_line_that_stays_out_says_why(app):
    found = plan(ContactImport, FILE)
    assert refusals(found) == [
        (6, "Unit “ZZ” tidak ada di daftar unit."),
        (8, "Email “rání@feb.example”: Huruf “á” sebelum @ tidak dapat dikirimi email. Ketik ulang alamatnya dengan "
            "huruf biasa."),
    ]  # fmt: skip
    assert agrees(found)


@both
def test_second_press_on_a_register_that_changed_saves_nothing_and_shows_it_again(app):
    sari = Person(app, "sari")
    page = upload(sari, "contact", FILE)
    load(ContactImport, "unit,nama,peran,telepon\nFH,Joni,lain,0812-9999-0000\n")
    again = confirm(sari, "contact", page)
    assert (again.status_code, "Daftarnya berubah sejak Anda memeriksanya" in again.text) == (409, True)
    assert contacts()["FEB", "Dewi Anggraini"][0] == "Pengelola IT"
    assert confirm(sari, "contact", again).status_code == 303
    done = confirm(sari, "contact", again)  # pressed twice
    assert (done.status_code, contacts()["FH", "Joni"][1]) == (303, "technical")


def test_same_file_again_changes_nothing(app):
    load(ContactImport, FILE)
    after = contacts()
    again = load(ContactImport, FILE)
    assert (again.to_write, again.counts["same"], contacts()) == (0, 3, after)


def test_second_role_of_a_person_is_a_second_line_and_a_new_role_is_told(app):
    both = "unit,name,kind\nFEB,Dewi Anggraini,pengelola IT\nFEB,Dewi Anggraini,pimpinan\n"
    done = load(ContactImport, both)
    assert outcomes(done) == [(2, "same", "Dewi Anggraini"), (3, "new", "Dewi Anggraini")]
    asked = plan(ContactImport, "unit,name\nFEB,Dewi Anggraini\n")
    assert "ada lebih dari satu di unit ini" in refusals(asked)[0][1]
    changed = plan(ContactImport, "unit,name,kind\nFTI,Fajar Pratama,pimpinan\n").lines[0]
    assert changed.changes == {"kind": ("Pengelola IT", "Pimpinan unit")}
    assert changed.warnings == ["Perannya diganti. Bila peran kedua, tulis kedua barisnya di berkas ini."]


def test_it_manager_whom_no_mail_reaches_is_told_of(app):
    found = plan(ContactImport, "unit,name,kind,phone\nLPM,Rudi,pengelola IT,2104\nLPM,Sinta,lain,2105\n")
    assert [line.warnings for line in found.lines] == [
        ["Tanpa email, pengelola IT ini tidak dikabari tentang gangguan."],
        [],
    ]


def test_results_of_every_line_can_be_downloaded_before_anything_is_saved(app):
    sari = Person(app, "sari")
    page = upload(sari, "contact", FILE)
    lines = sari.post("/admin/contact/import/", pressed(page, "lines")).text.splitlines()
    assert (len(lines), len(contacts())) == (6, 5)
    assert lines[4] == '"6";"Siapa";"ditolak";"";"Unit “ZZ” tidak ada di daftar unit."'


def test_what_is_no_table_is_told_with_what_to_do_and_nothing_is_kept(app):
    sari = Person(app, "sari")
    for content, words in (
        ("", "Berkas ini kosong"),
        ("a,b\n1,2\n", "Kolom ini tidak ada: Unit, Nama"),
        ("unit,nama\n", "tidak berisi satu baris data pun"),
        (b"PK\x03\x04 bukan", "rusak atau bukan .xlsx"),
    ):
        page = upload(sari, "contact", content)
        assert (page.status_code, words in page.text) == (422, True), words
    assert sari.post("/admin/contact/import/", {}).status_code == 422
    gone = sari.post("/admin/contact/import/", {"kept": "0" * 64, "seal": "x", "do": "save"})
    assert (gone.status_code, "Unggah sekali lagi" in gone.text) == (422, True)
    assert sari.post("/admin/contact/import/", {"kept": "../etc/passwd", "do": "save"}).status_code == 422
    all_wrong = upload(sari, "contact", "unit,nama\nZZ,A\n")
    assert (all_wrong.status_code, 'value="save"' in all_wrong.text) == (422, False)


def test_sample_of_every_import_can_be_imported(app):
    sari = Person(app, "sari")
    sample = sari.get("/admin/contact/import/sample.csv").data
    assert refusals(plan(ContactImport, sample)) == []


def test_i6_import_tells_the_old_address_and_links_to_the_new_one_wait_as_the_form_does(app):
    load(ContactImport, "unit,nama,email\nFEB,Dewi Anggraini,dewi2@feb.example\nFH,Joni,joni@fh.example\n")
    told = db.session.query(Mail).filter_by(notice="contact_changed").one()
    assert told.recipient == "dewi@feb.example"
    for name in ("Dewi Anggraini", "Joni"):
        contact = db.session.query(Contact).filter_by(name=name).one()
        assert contact_waits_until(Holder.CONTACT, contact.id) is not None
