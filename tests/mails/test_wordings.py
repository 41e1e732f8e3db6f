"""Mails worded by staff: fixed placeholders, a preview, versions, the way back, and no wording that stops a mail."""

from __future__ import annotations

import pytest

from jobs.worker import outbox_rows
from mails import wordings
from mails.render import folders, render
from mails.wordings import EDITABLE, example, fault_of, missing_of, shipped_words
from models.base.db import db, utcnow, write_transaction
from models.organisation.audit import AuditEntry
from models.tickets.mailing.mail_wording import MailWording, wording_in_force
from models.tickets.outbox import Mail
from tests.browse import Person
from tests.walk import file_complaint

PLACE = "/admin/mail_text"
GOOD = {"subject": "Tiket {nomor} ditutup", "body": "Selesai dalam {hari} hari, sampai {sampai}: {tautan}"}


def reply(language: str = "id", **facts: object) -> Mail:
    """A mail of staff to the requester, as the outbox has it."""
    ticket = file_complaint()
    facts = {"text": "Sudah {kode} diganti. {{ 7*7 }}", "group": "Jaringan", "to_staff": False, **facts}
    return Mail(notice="replied", recipient="andi@mhs.example", language=language, message_id="<1@x>", ticket=ticket,
                ticket_id=ticket.id, created_at=utcnow(), facts=facts)  # fmt: skip


def worded(**words: str) -> None:
    with write_transaction():
        last = wording_in_force("replied")
        db.session.add(MailWording(notice="replied", number=(last.number if last else 0) + 1, **words))


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("notice", sorted(EDITABLE))
def test_what_the_product_ships_is_a_wording_that_it_would_take(app, notice, language):
    subject, body = shipped_words(notice, folders()[notice], language)
    assert (fault_of(notice, subject, wordings.NOT_IN_SUBJECT), fault_of(notice, body)) == ("", "")
    assert missing_of(notice, body, body) == "" and "{tautan}" in body and "987" not in body
    assert "{" not in example(notice, subject + body)


def test_a_mail_is_made_of_the_words_of_staff_and_says_of_which_version(app):
    worded(subject="Kabar {nomor}", body="{kelompok}: {pesan}\n\n{tautan}", subject_en="", body_en="")
    mail = reply()
    with write_transaction():
        db.session.add(mail)
    made = render(mail)
    link = made.text.split()[-1]
    assert made.subject == f"[{mail.ticket.number}] Kabar {mail.ticket.number}"
    assert made.text == f"Jaringan: Sudah {{kode}} diganti. {{{{ 7*7 }}}}\n\n{link}\n"  # what is filled in is read once
    assert made.kept_body.endswith("[tautan akses]\n") and link not in made.kept_body
    with write_transaction():
        outbox_rows.sent(mail.id, made)
    db.session.expire_all()
    assert db.session.query(Mail).filter_by(notice="replied").one().wording.number == 1
    assert "wrote" in render(reply("en")).text  # no English was written: the shipped English


@pytest.mark.parametrize("facts", [{"to_staff": True}, {"text": ""}])
def test_staff_and_what_a_wording_cannot_say_get_the_shipped_words(app, facts):
    worded(subject="Kabar", body="KATA SENDIRI {pesan} {tautan}")
    made = render(reply(**facts))
    assert "KATA SENDIRI" not in made.text and made.wording_id is None


def test_a_wording_that_breaks_stops_no_mail(app, monkeypatch):
    worded(subject="Kabar", body="KATA SENDIRI {pesan} {tautan}")
    monkeypatch.setitem(wordings.GAPS, "pesan", wordings.Placeholder("x", "x", lambda facts: 1 / 0))
    assert "menulis" in render(reply()).text
    worded(subject="Kabar", body="KATA SENDIRI {tidak_dikenal} {tautan}")  # of an older product
    assert "menulis" in render(reply()).text


@pytest.mark.parametrize(
    ("field", "text", "sentence"),
    [
        ("body", "Halo {nama}: {tautan}", "Tidak dikenal di surat ini: {nama}."),
        ("body", "{{ config }} {tautan}", "Tidak dikenal di surat ini: {, { config }, }."),
        ("body", "{% for x in y %}{tautan}", "Tidak dikenal di surat ini: {% for x in y %}."),
        ("body", "{tautan} {kode}", "Tidak dikenal di surat ini: {kode}."),  # no placeholder of this mail
        ("body", "Ditutup.", "tanpanya surat ini tidak berguna"),
        ("subject", "Buka {tautan}", "Tidak dikenal di surat ini: {tautan}."),
        ("subject", "", "wajib diisi"),
        ("subject_en", "Closed", "kosongkan keduanya"),
    ],
)
def test_what_is_not_declared_is_refused_with_a_sentence(app, cast, field, text, sentence):
    answer = Person(app, "rudi").post(f"{PLACE}/save/?notice=closed", {**GOOD, field: text, "seen": "0", "do": "save"})
    assert answer.status_code == 422 and sentence in answer.text.replace("&#39;", "'")
    assert db.session.query(MailWording).count() == 0


def test_the_administrator_previews_saves_and_goes_back_and_every_version_stays(app, cast):
    rudi = Person(app, "rudi")
    preview = rudi.post(f"{PLACE}/save/?notice=closed", {**GOOD, "seen": "0", "do": "preview"})
    assert "Selesai dalam 14 hari" in preview.text and "This ticket" in preview.text
    assert db.session.query(MailWording).count() == 0
    rudi.post(f"{PLACE}/save/?notice=closed", {**GOOD, "seen": "0", "do": "save"})
    second = rudi.post(f"{PLACE}/save/?notice=closed", {**GOOD, "subject": "Lain", "seen": "0", "do": "save"})
    assert second.status_code == 409  # somebody was first: the page he saw was older
    rudi.post(f"{PLACE}/shipped/?notice=closed", {"seen": "1"})
    kept = db.session.query(MailWording).order_by(MailWording.number).all()
    assert [(one.number, one.is_shipped, one.made_by.username) for one in kept] == [
        (1, False, "rudi"),
        (2, True, "rudi"),
    ]
    assert wording_in_force("closed").words("id") is None
    assert [one.act for one in db.session.query(AuditEntry).filter_by(object_kind="MailWording")] == [
        "mail_text", "mail_text_shipped"]  # fmt: skip
    assert "Selesai dalam {hari} hari" in rudi.get(f"{PLACE}/edit/?notice=closed&version=1").text
    assert rudi.get(f"{PLACE}/edit/?notice=closed&version=9").status_code == 400
    assert rudi.get(f"{PLACE}/edit/?notice=overdue").status_code == 400
