"""Mails worded by the house: fixed placeholders, a preview, versions, the way back, and no wording that stops a mail."""

from __future__ import annotations

import re

import pytest
from flask import render_template
from flask_babel import force_locale

from jobs.worker import outbox_rows
from mails import placeholders
from mails.notice_names import NOTICE_NAMES
from mails.placeholders import GAPS
from mails.render import render
from mails.worded_notices import EDITABLE, NOT_WORDED, folders, is_to_staff, notice_of
from mails.wording_examples import example_facts
from mails.wordings import PARTS, blocks_of, example, fault_of, filled, missing_of, shipped_words
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
def test_what_the_product_ships_is_a_wording_that_it_would_take(app, language):
    for key in EDITABLE:
        subject, body = shipped_words(key, language)
        assert (fault_of(key, subject, is_subject=True), fault_of(key, body)) == ("", ""), key
        assert missing_of(key, (subject, body), language) == "" and not re.search("987|876|765", subject + body), key
        assert "{" not in example(key, subject + body, language), key


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_shipped_wording_filled_reads_as_the_shipped_mail(app, language):
    wrong = {}
    for key in EDITABLE:
        facts = {**example_facts(is_to_staff(key)), **EDITABLE[key].given, **EDITABLE[key].like}
        with force_locale(language):
            made = [_one_line(str(filled(key, text, facts))) for text in shipped_words(key, language)]
            ships = [_one_line(render_template(f"{folders()[notice_of(key)]}/{part}.txt", **facts)) for part in PARTS]
        if made != ships:
            wrong[key] = (made, ships)
    assert wrong == {} and len(EDITABLE) > 90


def _one_line(text: str) -> str:
    return " ".join(text.split())


def test_every_notice_is_worded_by_staff_or_said_to_be_fixed():
    worded = {notice_of(key) for key in EDITABLE}
    assert worded & NOT_WORDED == set() and worded | NOT_WORDED == set(NOTICE_NAMES)


def test_every_placeholder_that_a_mail_needs_is_asked_for_by_name(app):
    """Each that stands in the shipped words is taken away once; the sentence names it where it must be there."""
    for key, word in [(one, word) for one, made in EDITABLE.items() for word in made.words]:
        (subject, body), gap = shipped_words(key, "id"), f"{{{word}}}"
        said = missing_of(key, (subject.replace(gap, ""), body.replace(gap, "")), "id")
        assert (gap in said) == (GAPS[word].is_needed and gap in subject + body), (key, word)


def test_a_sentence_of_the_body_stands_in_no_subject(app):
    """It may hold what opens a ticket."""
    for key in EDITABLE:
        for word in blocks_of(key, "body") - blocks_of(key, "subject"):
            assert f"{{{word}}}" in fault_of(key, f"{{{word}}}", is_subject=True), (key, word)


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
    monkeypatch.setitem(GAPS, "pesan", placeholders.Placeholder("x", "x", lambda facts: 1 / 0))
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


def test_mails_to_staff_about_money_and_about_outages_are_worded_too(app, cast):
    rudi = Person(app, "rudi")
    for key, lacks in {
        "assigned:staff": "{oleh} (siapa yang melakukannya)",
        "bill_issued": "{jumlah} (jumlah)",
        "outage_reported": "{perkiraan} (perkiraan pulih, bila ada)",
    }.items():
        subject, body = shipped_words(key, "id")
        typed = {"subject": subject, "body": f"Salam. {body}", "seen": "0", "do": "save"}
        word = lacks.partition(" ")[0]
        short = {**typed, "subject": subject.replace(word, ""), "body": body.replace(word, "")}
        refused = rudi.post(f"{PLACE}/save/?notice={key}", short)
        assert refused.status_code == 422 and f"Belum ada {lacks}" in refused.text
        assert rudi.post(f"{PLACE}/save/?notice={key}", typed).status_code == 303
    page = rudi.get(f"{PLACE}/").text
    assert page.count("versi 1, Rudi") == 3 and "Penugasan tiket (untuk petugas)" in page
    assert "Segel harian jejak audit" in page and "seal_of_the_day" not in page


def test_who_is_watched_does_not_word_the_warning(app, cast):
    assert Person(app, "rudi").get(f"{PLACE}/edit/?notice=roles_changed:staff").status_code == 400


def test_a_line_whose_fact_a_mail_does_not_have_is_left_out_and_no_other(app):
    facts = {"outstanding_rp": 5000, "due_day": "8 Desember", "account": "", "page": "http://x", "number": "1"}
    text = "Sisa {sisa}, {jatuh_tempo}.\nKe {rekening}.\n{tautan}"
    assert filled("payment_due", text, facts) == "Sisa Rp5.000, 8 Desember.\nhttp://x"
    assert filled("payment_due", text.replace("\nKe", " Ke"), facts) is None  # with the line the sum would be lost


def test_a_digest_tells_a_notice_by_the_subject_that_the_house_worded(app, cast):
    with write_transaction():
        ticket = file_complaint()
        words = {"subject": "Tugas: {perihal}", "body": "{oleh}: {perihal}\n{catatan}\n{batas_waktu}\n{tautan}"}
        db.session.add(MailWording(notice="assigned:staff", number=1, **words))
        facts = {"subject": "Wi-Fi mati", "by": "Sari", "text": "", "due_at": None, "to_staff": True}
        told = Mail(notice="assigned", recipient="tono@x.example", language="id", message_id="<2@x>", ticket=ticket,
                    created_at=utcnow(), not_before=utcnow(), facts=facts)  # fmt: skip
        db.session.add(told)
        db.session.flush()
        digest = Mail(notice="staff_digest", recipient="tono@x.example", language="id", message_id="<3@x>",
                      created_at=utcnow(), not_before=utcnow(), facts={"mails": [told.id], "to_staff": True})  # fmt: skip
        db.session.add(digest)
    assert f"[{ticket.number}] Tugas: Wi-Fi mati\n" in render(digest).text
    assert render(told).text.startswith("Sari: Wi-Fi mati\n")  # the line of the words that nobody wrote is left out
