"""The operator's inbox: what is proposed, one press each, undo, quarantine; and who may not."""

from __future__ import annotations

import pytest

from models.base.db import db, write_transaction
from models.organisation.audit import AuditEntry
from models.tickets.incoming_mail import IncomingMail, MailFate
from models.tickets.mailbox import Mailbox
from models.tickets.outbox import Mail
from models.tickets.ticket import Event, Ticket
from tests.browse import Person
from tests.imap_server import PASSWORD
from tests.inbox.conftest import ADDRESS, mail, take_in
from tests.walk import category_id, file_complaint, take


@pytest.fixture
def sari(app):
    return Person(app, "sari")


def test_sari_makes_a_complaint_of_a_mail_with_one_press(app, box, sari):
    (kept,) = take_in(box, mail())
    page = sari.get("/admin/inbox/").text
    assert "Usul: buat pengaduan baru" in page and "Wi-Fi ruang sidang mati" in page
    sari.post(f"/admin/inbox/open/{kept.id}", {"category": category_id(), "unit": 0})
    ticket = db.session.query(Ticket).one()
    assert (ticket.requester_email, ticket.channel, ticket.state) == ("andi@mhs.example", "email", "with_group")
    assert (kept.state, kept.ticket_id, kept.decided_by.username) == (MailFate.OPENED, ticket.id, "sari")
    receipt = db.session.query(Mail).filter_by(notice="complaint_received").one()
    assert receipt.recipient == "andi@mhs.example"
    assert db.session.query(AuditEntry).filter_by(act="mail_opened").count() == 1


def test_the_second_press_is_told_and_makes_no_second_complaint(app, box, sari):
    (kept,) = take_in(box, mail())
    for _press in range(2):
        answer = sari.post(f"/admin/inbox/open/{kept.id}", {"category": category_id(), "unit": 0})
    assert (answer.status_code, db.session.query(Ticket).count()) == (409, 1)
    assert "sudah diputuskan" in answer.get_data(as_text=True)


def test_m3_a_mail_of_a_new_address_joins_as_an_internal_note_and_gains_nothing(app, box, sari):
    ticket = file_complaint()
    (kept,) = take_in(
        box, mail("Saya juga terganggu.", **{"from": "lain@luar.example"}, subject=f"Re: [{ticket.number}] Wi-Fi")
    )
    assert (kept.state, kept.proposal, kept.reason) == (MailFate.WAITING, "join", "other_sender")
    sari.post(f"/admin/inbox/join/{kept.id}", {"into": ticket.number})
    note = db.session.query(Event).filter_by(ticket_id=ticket.id, kind="note").one()
    assert not note.is_public and "lain@luar.example" in note.text and "Saya juga terganggu." in note.text
    take(ticket, "reply", "tono", text="Sudah beres.")
    assert {m.recipient for m in db.session.query(Mail).filter_by(notice="replied")} == {"andi@mhs.example"}


def test_a_mail_joined_by_mistake_is_taken_out_again_with_its_words(app, box, sari):
    ticket = file_complaint()
    (kept,) = take_in(box, mail("Kata sandi saya rahasia.", subject=f"Re: [{ticket.number}]"))
    sari.post(f"/admin/inbox/join/{kept.id}", {"into": ticket.number})
    said = db.session.query(Event).filter_by(ticket_id=ticket.id, step="answer").one()
    assert said.text == "Kata sandi saya rahasia."
    assert "Urungkan" in sari.get(f"/admin/inbox/?undo={kept.id}").text
    answer = sari.post(f"/admin/inbox/undo/{kept.id}", {})
    db.session.expire_all()
    assert answer.status_code == 303, answer.text
    assert "rahasia" not in said.text and not said.is_public
    assert (kept.state, kept.event_id) == (MailFate.WAITING, None)


def test_a_discarded_mail_comes_back(app, box, sari):
    (kept,) = take_in(box, mail())
    sari.post(f"/admin/inbox/discard/{kept.id}", {})
    assert kept.state == MailFate.DISCARDED
    sari.post(f"/admin/inbox/undo/{kept.id}", {})
    db.session.expire_all()
    assert kept.state == MailFate.WAITING


def test_m10_a_mail_without_a_clear_sender_lies_in_quarantine_and_the_next_goes_on(app, box, sari):
    broken = mail().replace(b"From: Andi Saputra <andi@mhs.example>", b"From: andi@mhs.example <b@jahat.example>")
    kept, after = take_in(box, broken, mail("Yang berikut.", subject="Lain"))
    assert (kept.state, after.state) == (MailFate.QUARANTINE, MailFate.WAITING)
    page = sari.get("/admin/inbox/?state=quarantine").text
    assert "Pengirimnya dapat dibaca dengan dua cara." in page
    raw = sari.get(f"/admin/inbox/raw/{kept.id}", check=False)
    assert raw.data == broken and raw.headers["Content-Disposition"].startswith("attachment")
    sari.post(f"/admin/inbox/again/{kept.id}", {})
    db.session.expire_all()
    assert kept.state == MailFate.QUARANTINE


def test_m8_m9_html_of_a_mail_runs_and_fetches_nothing(app, box, sari):
    html = (
        '<p onclick="x()">Halo <b>dunia</b><script>alert(1)</script><img src="https://jahat.example/p.gif">'
        '<a href="javascript:alert(1)">a</a><svg onload=alert(1)></svg><style>p{}</style><img src="data:image/png;base64,AA">'
    )
    raw = mail().replace(b"Content-Type: text/plain", b"Content-Type: text/html")
    (kept,) = take_in(box, raw.replace(b"Wi-Fi di ruang sidang mati sejak pagi.", html.encode()))
    assert kept.text.startswith("Halo dunia")
    frame = sari.get(f"/admin/inbox/html/{kept.id}", check=False)
    body = frame.get_data(as_text=True).partition("<body")[2].lower()
    assert not [
        word for word in ("script", "onclick", "onload", "jahat", "javascript", "<svg", "data:") if word in body
    ]
    policy = frame.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox; default-src 'none'") and frame.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert '<iframe class="pk-mail__frame" sandbox=""' in sari.get(f"/admin/inbox/?mail={kept.id}&as=html").text


def test_the_password_of_a_mailbox_is_kept_sealed_and_never_shown(app):
    rudi = Person(app, "rudi")
    fields = {"address": ADDRESS, "host": "imap.kampus.example", "port": "993", "security": "tls", "username": "p",
              "new_password": "sangat-rahasia-99", "folder": "INBOX", "afterwards": "keep", "category_id": "0",
              "is_active": "y"}  # fmt: skip
    rudi.post("/admin/mailbox/new/", fields)
    row = db.session.query(Mailbox).one()
    assert row.password == "sangat-rahasia-99" and "rahasia" not in row.password_sealed
    pages = "".join(rudi.get(f"/admin/mailbox/{act}/?id={row.id}").text for act in ("details", "edit"))
    diffs = " ".join(str(entry.diff) for entry in db.session.query(AuditEntry))
    assert "sangat-rahasia" not in pages + diffs and row.password_sealed not in pages + diffs


def test_z13_a_mail_is_stored_once_however_often_it_comes(app, box):
    raw = mail()
    kept = take_in(box, raw, raw)
    assert len(kept) == 1
    assert len(take_in(box, raw)) == 1
    with write_transaction():
        db.session.get_one(IncomingMail, kept[0].id).state = MailFate.DISCARDED.value
    assert len(take_in(box, raw)) == 1


def test_rudi_reads_the_talk_with_the_mail_server_without_the_password(app, fetched_box, dovecot):
    rudi = Person(app, "rudi")
    page = rudi.post(f"/admin/mailbox/check/?id={fetched_box.id}", {}).get_data(as_text=True)
    assert "Kotak surat terbuka; 0 surat" in page and "LOGIN ••••••••" in page and "OK" in page
    assert PASSWORD not in page
    with write_transaction():
        db.session.query(Mailbox).one().set_password("salah-sekali-77")
    refused = rudi.post(f"/admin/mailbox/check/?id={fetched_box.id}", {}).get_data(as_text=True)
    assert "Kotak surat tidak dapat dibuka" in refused and "AUTHENTICATIONFAILED" in refused
    assert "salah-sekali-77" not in refused
