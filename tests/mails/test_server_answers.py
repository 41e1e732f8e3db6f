"""What mail servers answer is explained in the reader's language, with the server's own words as a quotation."""

from __future__ import annotations

import pytest
from flask_babel import force_locale

from jobs.worker.outbox_rows import bury
from mails.render import render
from mails.server_answers import MEANINGS, explained, kind_of
from models.base.db import db, write_transaction
from models.tickets.outbox import Mail, MailState
from tests.browse import Person
from tests.databases import once
from tests.walk import file_complaint, take

# Answers as servers give them (Postfix, Exim, Exchange, Gmail), and ours; typed by hand with what they mean.
ANSWERS = {
    "550 5.1.1 <x@mhs.example>: Recipient address rejected: User unknown in local recipient table": "missing",
    "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup": "domain",
    "550 No such user here": "missing",
    "553 5.1.3 The recipient address is not a valid RFC 5321 address": "missing",
    "550 5.1.2 Bad destination system address": "domain",
    "550 5.2.1 The email account that you tried to reach is inactive": "disabled",
    "552 5.2.2 The email account that you tried to reach is over quota": "full",
    "452 4.2.2 Mailbox full": "full",
    "552 Requested mail action aborted: exceeded storage allocation, quota": "full",
    "552 5.3.4 Message size exceeds fixed limit": "too_large",
    "550 5.7.1 Message rejected as spam": "spam",
    "554 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org": "spam",
    "550-5.7.26 This mail has been blocked because the sender is unauthenticated": "spam",
    "450 4.7.1 Greylisted, please try again in 300 seconds": "later",
    "421 4.3.2 Service shutting down": "later",
    "451 Temporary local problem": "later",
    "535 5.7.8 Authentication credentials invalid": "login",
    "554 Transaction failed": "refused",
    "sender refused: 550 SMTPSenderRefused: (550, b'no', 'p@x')": "login",
    "unreached: ConnectionRefusedError: [Errno 111] Connection refused": "unreached",
    "unprinted: out of memory": "unprinted",
    "muted: more than 5 automatic mails in an hour": "muted",
    "objected: the person asked that this be stopped": "objected",
    "came back: 5.1.1 550 5.1.1 no such user": "missing",
    "no answer after it was handed over, 2 times; it may have arrived (timed out)": "unknown",
    "10 workers died while they sent it; it may have arrived": "unknown",
    "UndefinedError: 'x' is undefined": "broken",
    "": "",
}


def test_every_answer_has_the_meaning_that_its_code_and_words_say():
    assert {answer: kind_of(answer) for answer in ANSWERS} == ANSWERS


def test_every_meaning_is_met_by_an_answer_and_says_in_both_languages_what_to_do(app):
    assert set(MEANINGS) == set(ANSWERS.values()) - {""}
    with app.test_request_context():
        for kind, sentence in MEANINGS.items():
            with force_locale("en"):
                english = str(sentence)
            with force_locale("id"):
                assert english != str(sentence), kind
                assert len(str(sentence).split(". ")) >= 2 or ":" in str(sentence), f"{kind}: what to do"


@pytest.fixture
def dead(app) -> Mail:
    """The receipt of Andi's complaint was refused: no such mailbox."""
    ticket = file_complaint()
    take(ticket, "follow_up", "tono", text="")
    mail = db.session.query(Mail).filter_by(notice="complaint_received").one()
    with write_transaction():
        bury(mail.id, "550 5.1.1 <andi@mhs.example>: User unknown")
    return db.session.query(Mail).filter_by(notice="complaint_received").one()


MEANS = "Kotak surat itu tidak ada. Periksa ejaan alamatnya"
SAID = "Kata server: “550 5.1.1 &lt;andi@mhs.example&gt;: User unknown”"


def test_the_queue_explains_the_answer_and_quotes_the_server(app, dead):
    sari, ident = Person(app, "sari"), dead.id
    for path in ("/admin/outbox/?state=dead", f"/admin/outbox/details/?id={ident}"):
        page = sari.get(path).text
        assert MEANS in page and SAID in page, path
    sari.post("/admin/language", {"language": "en"})
    page = sari.get("/admin/outbox/?state=dead").text
    assert MEANS not in page and "That mailbox does not exist" in page and "User unknown" in page


def test_history_and_mail_to_whoever_has_the_ticket_say_what_to_do(app, dead):
    assert MEANS in Person(app, "tono").get(f"/admin/ticket/details/?id={dead.ticket_id}").text
    told = db.session.query(Mail).filter_by(notice="mail_dead", recipient="tono@pustikom.example").one()
    words = render(told).text
    assert MEANS in words and "Kata server: “550 5.1.1 <andi@mhs.example>: User unknown”" in words
    told.language = "en"
    assert "That mailbox does not exist" in render(told).text


@once
def test_a_mail_that_waits_is_explained_without_a_quotation_of_our_own_marks(app):
    file_complaint()
    with write_transaction():
        mail = db.session.query(Mail).filter_by(notice="complaint_received").one()
        mail.state, mail.last_error = MailState.QUEUED.value, "unreached: ConnectionRefusedError: refused"
    page = Person(app, "sari").get("/admin/outbox/").text
    assert "Server email tidak tersambung." in page and "unreached" not in page
    with app.test_request_context():
        assert explained("") == ""
