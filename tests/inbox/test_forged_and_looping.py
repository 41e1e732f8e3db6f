"""Mail by people and machines that mean no good: forged senders, loops, floods, bombs (security.md M1–M11, Z11–Z16)."""

from __future__ import annotations

import contextlib
import threading
import time

import pytest

from gateways.mailbox.guarded import GuardedReader
from gateways.mailbox.mail_read import Unreadable
from gateways.mailbox.sender import sender_of, vouched
from jobs.tickets.fetch_mail import fetch_mail
from models.base.db import db, write_transaction
from models.tickets.incoming_mail import IncomingMail, MailFate
from models.tickets.mailbox import Mailbox
from models.tickets.mailing.reply_address import reply_address
from models.tickets.outbox import Mail
from models.tickets.ticket import Event, Ticket
from procedures.tickets.forget_identity import pseudonymise
from tests.inbox.conftest import ADDRESS, OUR_SERVER, VOUCHED, fetch, mail, take_in
from tests.walk import category_id, complaint_at, file_complaint, take

FAILED = f"{OUR_SERVER}; dmarc=fail header.from=mhs.example"


def opens_itself() -> None:
    with write_transaction():
        box = db.session.query(Mailbox).one()
        box.opens_itself, box.category_id = True, category_id()


def answers(ticket: Ticket) -> list[str]:
    return [e.text for e in db.session.query(Event).filter_by(ticket_id=ticket.id, step="answer")]


@pytest.mark.only("sqlite")  # what is decided does not depend on the database
def test_m1_only_the_requesters_own_address_with_a_proof_joins_by_rule(app, box):
    ticket = file_complaint()
    subject = f"Re: [{ticket.number}] Wi-Fi"
    proof = reply_address(ticket, "andi@mhs.example")
    another = reply_address(ticket, "dewi@mhs.example")
    cases = [
        (mail("1", subject=subject), "unverified"),
        (mail("2", subject=subject, authentication_results=VOUCHED), "answer"),
        (
            mail("3", subject=subject, authentication_results=f"mx.lain.example; {VOUCHED.partition(' ')[2]}"),
            "unverified",
        ),
        (mail("4", subject=subject, authentication_results=VOUCHED.replace("mhs", "jahat")), "unverified"),
        (mail("5", to=proof), "answer"),
        (mail("6", to=another), "unverified"),
        (mail("7", to=proof, authentication_results=FAILED), "forged"),
        (mail("8", to=proof, **{"from": "dewi@mhs.example"}, authentication_results=VOUCHED), "other_sender"),
        (mail("9", references=f"<ticket.{ticket.number}@localhost>"), "unverified"),
    ]
    kept = take_in(box, *(raw for raw, _reason in cases))
    assert [one.reason for one in kept] == [reason for _raw, reason in cases]
    assert answers(ticket) == ["2", "5"]
    assert {one.state for one in kept} == {MailFate.WAITING, MailFate.JOINED}  # none is dropped


@pytest.mark.only("sqlite")  # as above
def test_m1_an_answer_to_the_message_id_of_our_mail_proves_that_it_was_received(app, box):
    ticket = file_complaint()
    sent = db.session.query(Mail).filter_by(notice="complaint_received").one()
    to_staff = db.session.query(Mail).filter_by(notice="distributed", recipient="tono@pustikom.example").one()
    take_in(box, mail("Masih mati.", in_reply_to=sent.message_id), mail("Bukan ini.", in_reply_to=to_staff.message_id))
    assert answers(ticket) == ["Masih mati."]


@pytest.mark.only("sqlite")  # a parser
def test_m1_who_vouches_stands_in_no_comment_and_in_no_second_header():
    assert vouched([VOUCHED], OUR_SERVER, "andi@mhs.example") == "pass"
    assert (
        vouched([f"{OUR_SERVER} (a (b) dmarc=pass header.from=mhs.example); spf=none"], OUR_SERVER, "a@mhs.example")
        == ""
    )
    assert vouched([f"{OUR_SERVER}; spf=none", VOUCHED], OUR_SERVER, "andi@mhs.example") == ""
    assert vouched([f"{OUR_SERVER}; dmarc=pass header.from=mhs.example.jahat.id"], OUR_SERVER, "a@mhs.example") == ""
    assert (
        vouched(
            [f"{OUR_SERVER}; dkim=pass header.d=mhs.example; spf=pass smtp.mailfrom=a@mhs.example"],
            OUR_SERVER,
            "a@mhs.example",
        )
        == "pass"
    )
    assert (
        vouched(
            [f"{OUR_SERVER}; dkim=pass header.d=jahat.id; spf=pass smtp.mailfrom=a@jahat.id"],
            OUR_SERVER,
            "a@mhs.example",
        )
        == ""
    )
    assert vouched([VOUCHED], "", "andi@mhs.example") == ""


@pytest.mark.only("sqlite")  # as above
def test_m2_a_mail_from_a_staff_address_is_an_ordinary_mail_that_waits(app, box):
    ticket = complaint_at("in_progress")
    raw = mail("Sudah kami ganti.", **{"from": "Tono <tono@pustikom.example>"}, subject=f"Re: [{ticket.number}]",
               authentication_results=f"{OUR_SERVER}; dmarc=pass header.from=pustikom.example")  # fmt: skip
    (kept,) = take_in(box, raw)
    assert (kept.state, kept.reason) == (MailFate.WAITING, "staff")
    assert not db.session.query(Mail).filter_by(notice="replied").count()


@pytest.mark.only("sqlite")  # as above
@pytest.mark.parametrize(
    "headers",
    [
        {"auto_submitted": "auto-replied"},
        {"precedence": "bulk"},
        {"list_id": "<dosen.kampus.example>"},
        {"return_path": "<>"},
        {"x_auto_response_suppress": "All"},
        {"subject": "Automatic reply: Pengaduan"},
        {"from": "no-reply@bank.example"},
    ],
)
def test_m5_what_a_machine_sent_is_kept_and_answered_by_no_machine(app, box, headers, cast):
    opens_itself()
    (kept,) = take_in(box, mail(**headers))
    if kept.state == MailFate.WAITING:  # the operator may think otherwise; no receipt goes then either
        from procedures.tickets.inbox.decide import open_complaint

        open_complaint(kept.id, category_id(), None, cast["sari"])
    told = {m.recipient for m in db.session.query(Mail)}
    assert db.session.query(Ticket).count() == 1 and kept.sender not in told


@pytest.mark.only("sqlite")  # as above
def test_m6_two_machines_without_such_headers_fall_silent_after_a_few_mails(app, box):
    opens_itself()
    robot = "robot@luar.example"
    for turn in range(30):  # it answers whatever it gets, as if it were a person
        last = db.session.query(Mail).filter_by(recipient=robot).order_by(Mail.id.desc()).first()
        more = {"in_reply_to": last.message_id} if last else {}
        take_in(
            box,
            mail(f"Pesan Anda kami terima ({turn}).", **{"from": robot}, message_id=f"<{turn}@luar.example>", **more),
        )
    assert db.session.query(Mail).filter_by(recipient=robot).count() <= 5
    events = db.session.query(Ticket).count() + db.session.query(Event).filter_by(step="answer").count()
    assert events <= 5
    assert db.session.query(IncomingMail).filter_by(state=MailFate.WAITING, reason="flood").count() >= 20


@pytest.mark.only("sqlite")  # as above
def test_m6_our_own_mail_that_comes_back_is_known(app, box):
    opens_itself()
    file_complaint()
    sent = db.session.query(Mail).filter_by(notice="complaint_received").one()
    kept = take_in(box, mail("a", message_id=sent.message_id), mail("b", x_loop="pustikom-helpdesk@localhost"))
    assert [(one.state, one.kind) for one in kept] == [(MailFate.DISCARDED, "own")] * 2


@pytest.mark.only("sqlite")  # as above
def test_m7_headers_that_want_to_steer_change_nothing(app, box):
    ticket = complaint_at("in_progress")
    raw = mail(x_helpdesk_ticket=ticket.number, x_rt_ticket=ticket.number, x_helpdesk_state="resolved", x_priority="1")
    (kept,) = take_in(box, raw)
    assert (kept.ticket_id, kept.proposal, ticket.state) == (None, "open", "in_progress")


@pytest.mark.only("sqlite")  # a parser
@pytest.mark.parametrize(
    ("headers", "address"),
    [
        (["Andi <ANDI@mhs.example>"], "andi@mhs.example"),
        (['"a@uni.example" <b@luar.example>'], "b@luar.example"),
        (["b@luar.example (Andi)"], "b@luar.example"),
        (["a@uni.example <b@luar.example>"], ""),
        (["a@uni.example@luar.example"], ""),
        (["<a@uni.example> <b@luar.example>"], ""),
        (["a@uni.example, b@luar.example"], ""),
        (["a@uni.example", "b@luar.example"], ""),
        ([], ""),
        (["=?utf-8?q?a=40uni.example?= <b@luar.example>"], ""),
        (["Andi <andi@mhs.example"], ""),
        (["<andi@mhs.example\x00>"], ""),
    ],
)
def test_m10_one_clear_address_or_none(headers, address):
    assert sender_of(headers).address == address


DEEP = b"".join(b"--%d\r\nContent-Type: multipart/mixed; boundary=%d\r\n\r\n" % (at, at + 1) for at in range(1000))
BOMBS = {
    "ten thousand parts": b"Content-Type: multipart/mixed; boundary=x\r\n\r\n" + b"--x\r\n\r\na\r\n" * 10_000,
    "a thousand layers": b"Content-Type: multipart/mixed; boundary=0\r\n\r\n" + DEEP,
    "five megabytes of references": b"References: " + b"<a@b> " * 900_000 + b"\r\n\r\nhalo",
    "a subject of encoded words": b"Subject: " + b"=?utf-8?q?a?= " * 80_000 + b"\r\n\r\nhalo",
    "a subject that never ends": b"Subject: " + b"=?" * 500_000 + b"\r\n\r\nhalo",
    "utf-32 junk": b"Content-Type: text/plain; charset=utf-32\r\n\r\n" + b"\xff\xfe\x00\x00" * 250_000,
    "a codec that is none": b"Content-Type: text/plain; charset=zlib\r\n\r\nhalo",
    "brackets": b"From: " + b"<" * 500_000 + b"\r\n\r\n" + b"> " * 500_000,
    "html in html": b"Content-Type: text/html\r\n\r\n" + b"<div>" * 200_000,
}


@pytest.mark.only("sqlite")  # no database is asked
@pytest.mark.parametrize("name", BOMBS)
def test_m11_a_mail_built_to_be_slow_is_read_or_set_aside_within_a_second(name):
    reader = GuardedReader()
    reader.read(b"Subject: warm\r\n\r\nx")
    began = time.perf_counter()
    with contextlib.suppress(Unreadable):
        reader.read(BOMBS[name])
    assert time.perf_counter() - began < 3  # a second on an idle machine
    reader.close()


@pytest.mark.only("sqlite")  # no database is asked
def test_m11_a_child_that_hangs_is_ended_and_the_next_mail_is_read():
    reader = GuardedReader(seconds=0.0001)
    with pytest.raises(Unreadable):
        reader.read(b"Subject: a\r\n\r\nx")
    reader.seconds = 10
    assert reader.read(b"Subject: b\r\n\r\nx").subject == "b"
    reader.close()


def test_z11_a_mailbox_that_does_not_answer_says_why_and_the_others_go_on(app, fetched_box, dovecot):
    with write_transaction():
        db.session.add(Mailbox(address="mati@kampus.example", host="127.0.0.1", port=1, username="x"))
    dovecot.deliver(mail(), fetched_box.username)
    fetch()
    db.session.expire_all()
    dead = db.session.query(Mailbox).filter_by(address="mati@kampus.example").one()
    assert "refused" in dead.last_error and dead.fetched_at is None
    alive = db.session.query(Mailbox).filter_by(address=ADDRESS).one()
    assert alive.fetched_at is not None and alive.last_error == ""
    assert db.session.query(IncomingMail).count() == 1


def test_z12_a_mail_that_kills_its_reader_is_set_aside_raw_and_the_others_are_read(app, box, monkeypatch):
    import procedures.tickets.inbox.read_stored as reading

    real = reading.read_guarded

    def deadly(raw: bytes):
        if b"pembunuh" in raw:
            raise Unreadable("the reader died of it")
        return real(raw)

    monkeypatch.setattr(reading, "read_guarded", deadly)
    first, second = take_in(box, mail("pembunuh"), mail("hidup"))
    assert (first.state, second.state) == (MailFate.QUARANTINE, MailFate.WAITING)
    assert first.sha256 is not None and "died" in first.fault


def test_z13_a_new_numbering_of_the_mailbox_takes_no_mail_twice(app, fetched_box, dovecot):
    user = fetched_box.username
    for number in range(3):
        dovecot.deliver(mail(f"Surat {number}"), user)
    fetch()
    before = db.session.query(Mailbox).one().uid_validity
    time.sleep(1.1)  # Dovecot takes the second as the new UIDVALIDITY
    dovecot.renumber(user)
    dovecot.deliver(mail("Surat baru"), user)
    fetch()
    db.session.expire_all()
    assert db.session.query(Mailbox).one().uid_validity != before
    assert db.session.query(IncomingMail).count() == 4


def test_z14_a_mail_that_cannot_be_marked_is_not_taken_again(app, fetched_box, dovecot, monkeypatch):
    from gateways.mailbox import imap

    def refuses(*_args):
        raise imap.NotFetched("NO permission denied")

    monkeypatch.setattr(imap.OpenMailbox, "settle", refuses)
    with write_transaction():
        db.session.query(Mailbox).one().afterwards = "seen"
    dovecot.deliver(mail(), fetched_box.username)
    fetch()
    fetch()
    assert db.session.query(IncomingMail).count() == 1
    assert "permission denied" in db.session.query(Mailbox).one().last_error


@pytest.mark.only("postgresql")  # on SQLite one writes at a time anyway
def test_z16_two_that_fetch_at_once_take_each_mail_once(app, fetched_box, dovecot):
    opens_itself()
    for number in range(8):
        dovecot.deliver(mail(f"Surat {number}", **{"from": f"a{number}@mhs.example"}), fetched_box.username)

    def work() -> None:
        with app.app_context():
            try:
                fetch_mail(threading.Event())
            except Exception:  # the one that came second may lose its turn: the next has it
                db.session.rollback()

    both = [threading.Thread(target=work) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join(60)
    fetch()
    assert db.session.query(IncomingMail).count() == db.session.query(Ticket).count() == 8


def test_a_bounce_is_told_on_the_ticket_and_answered_by_nobody(app, box):
    ticket = file_complaint()
    sent = db.session.query(Mail).filter_by(notice="complaint_received").one()
    count = db.session.query(Mail).count()
    (kept,) = take_in(box, returned(sent.message_id))
    told = db.session.query(Event).filter_by(ticket_id=ticket.id, step="mail_returned").one()
    assert (kept.state, kept.ticket_id) == (MailFate.DISCARDED, ticket.id)
    assert told.text == "andi@mhs.example: 5.1.1 550 5.1.1 no such user" and not told.is_public
    assert db.session.query(Mail).count() == count


def returned(message_id: str) -> bytes:
    return (
        "From: MAILER-DAEMON@mx.kampus.example\r\nSubject: Undelivered Mail\r\nReturn-Path: <>\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nTidak terkirim.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\n"
        "Final-Recipient: rfc822; andi@mhs.example\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        "Diagnostic-Code: smtp; 550 5.1.1 no such user\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {message_id}\r\nSubject: x\r\n\r\n--b--\r\n"
    ).encode()


def test_i3_a_bounce_that_comes_after_erasure_brings_no_address_back(app, box):
    ticket = complaint_at("closed")
    sent = db.session.query(Mail).filter_by(notice="complaint_received").one()
    raw = returned(sent.message_id)
    with write_transaction():
        pseudonymise(ticket, "Orang 7")
    db.session.expire_all()
    (kept,) = take_in(box, raw)
    assert kept.ticket_id == ticket.id, "it is known as ours, so that nobody has to look"
    assert db.session.query(Event).filter_by(ticket_id=ticket.id, step="mail_returned").count() == 0
    assert sent.last_error == ""


def test_a_reply_to_a_closed_complaint_opens_it_again_when_sari_joins_it(app, box, cast):
    from procedures.tickets.inbox.decide import join

    ticket = complaint_at("closed")
    (kept,) = take_in(box, mail("Mati lagi.", to=reply_address(ticket, "andi@mhs.example")))
    assert kept.reason == "ended"
    join(kept.id, ticket.id, cast["sari"])
    assert ticket.state == "in_progress"
    take(ticket, "reply", "tono", text="Kami lihat lagi.")
