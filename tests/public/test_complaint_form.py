"""C1 and C3 at the public form: what is kept, what is refused, what waits, and that one form is one ticket."""

from __future__ import annotations

import io
import threading

from PIL import Image

from models.base.counter import count_up
from models.base.db import db, write_transaction
from models.base.setting import put
from models.tickets.outbox import Mail
from models.tickets.ticket import Attachment, Ticket
from tests.browse import Person
from tests.pages import check, page
from tests.public.visitor import complain, file, hidden, later, number_in
from tests.walk import complaint_fields, take


def only_ticket() -> Ticket:
    return db.session.query(Ticket).one()


def test_andi_sends_a_complaint_and_sees_number_code_and_slip(app, monkeypatch):
    client = app.test_client()
    number = number_in(complain(client, monkeypatch))
    ticket = only_ticket()
    assert (ticket.number, ticket.state, ticket.suspicion) == (number, "with_group", "")
    for _reload in range(2):
        html = page(client, f"/tiket/{number}/bukti")
        assert f">{number}<" in html
        assert "wa.me/?text=" in html
        assert "<svg" in html
        assert "a***@mhs.example" in html


def test_a_stranger_with_the_number_does_not_get_the_slip(app, monkeypatch):
    number = number_in(complain(app.test_client(), monkeypatch))
    answer = app.test_client().get(f"/tiket/{number}/bukti")
    assert (answer.status_code, answer.location) == (303, f"/tiket/{number}")


def test_missing_fields_are_named_and_everything_typed_is_kept(app, monkeypatch):
    answer = complain(app.test_client(), monkeypatch, email="andi@", subject="", description="Kata-kata saya")
    check(answer.text)
    assert answer.status_code == 422
    assert 'href="#email"' in answer.text
    assert 'href="#subject"' in answer.text
    assert 'value="andi@"' in answer.text
    assert "Kata-kata saya" in answer.text
    assert "<title>Kesalahan:" in answer.text
    assert db.session.query(Ticket).count() == 0


def test_email_or_phone_is_enough_but_one_is_needed(app, monkeypatch):
    assert complain(app.test_client(), monkeypatch, email="", phone="").status_code == 422
    assert complain(app.test_client(), monkeypatch, email="", phone="0812-3456-7890").status_code == 303


def test_d10_a_unit_or_category_that_no_form_offers_is_refused_in_words(app, monkeypatch):
    for field in ("unit", "category"):
        for value in (str(10**30), "-1", "0x10", "abc"):
            assert complain(app.test_client(), monkeypatch, **{field: value}).status_code == 422, (field, value)
    assert db.session.query(Ticket).count() == 0


def test_a_refused_file_keeps_the_words_and_the_accepted_files(app, monkeypatch):
    client = app.test_client()
    html = client.get("/pengaduan").text
    later(monkeypatch, seconds=5)
    fields = {**hidden(html, "/pengaduan"), **complaint_fields()}
    fields["attachments"] = [file("catatan.txt"), file("rekaman.mov", b"\0\1\2" * 99)]
    refused = client.post("/pengaduan", data=fields)
    check(refused.text)
    assert refused.status_code == 422
    assert "Wi-Fi perpustakaan tidak tersambung" in refused.text
    kept = hidden(refused.text, "/pengaduan")
    assert len(kept["kept"]) == 1
    answer = client.post("/pengaduan", data={**kept, **complaint_fields()})
    number_in(answer)
    assert [(f.name, f.is_public) for f in db.session.query(Attachment)] == [("catatan.txt", True)]


def test_a_dropped_file_is_not_sent(app, monkeypatch):
    client = app.test_client()
    first = hidden(client.get("/pengaduan").text, "/pengaduan")
    later(monkeypatch, seconds=5)
    attachments = [file("satu.txt", b"satu\n"), file("dua.txt", b"dua\n")]
    held = client.post("/pengaduan", data={**first, **complaint_fields(name=""), "attachments": attachments})
    kept = hidden(held.text, "/pengaduan")
    import hashlib

    drop = hashlib.sha256(b"satu\n").hexdigest()
    again = client.post("/pengaduan", data={**kept, **complaint_fields(), "drop": drop})
    assert again.status_code == 200
    number_in(client.post("/pengaduan", data={**hidden(again.text, "/pengaduan"), **complaint_fields()}))
    assert [f.name for f in db.session.query(Attachment)] == ["dua.txt"]


def test_a_forged_file_reference_is_refused(app, monkeypatch):
    answer = complain(app.test_client(), monkeypatch, kept='{"sha256": "' + "a" * 64 + '"}')
    assert answer.status_code == 422
    assert db.session.query(Ticket).count() == 0


def test_u5_a_photo_loses_its_position(app, monkeypatch):
    picture, exif = io.BytesIO(), Image.Exif()
    exif[0x010F] = "KameraSaya"
    Image.new("RGB", (40, 40), "red").save(picture, "JPEG", exif=exif)
    client = app.test_client()
    html = client.get("/pengaduan").text
    later(monkeypatch, seconds=5)
    data = {**hidden(html, "/pengaduan"), **complaint_fields(), "attachments": file("foto.jpg", picture.getvalue())}
    number = number_in(client.post("/pengaduan", data=data))
    stored = db.session.query(Attachment).one()
    answer = client.get(f"/tiket/{number}/berkas/{stored.id}")
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert b"KameraSaya" not in answer.data


def test_u6_uploads_of_one_network_end_for_the_day_but_words_are_kept(app, monkeypatch):
    with write_transaction():
        put("upload_megabytes_per_day", 1)
    client = app.test_client()
    html = client.get("/pengaduan").text
    big = [file(f"log{n}.txt", (f"{n}" * 79 + "\n").encode() * 5000) for n in range(3)]
    answer = client.post("/pengaduan", data={**hidden(html, "/pengaduan"), **complaint_fields(), "attachments": big})
    assert answer.status_code == 422
    assert "Batas unggahan hari ini" in answer.text
    assert len(hidden(answer.text, "/pengaduan")["kept"]) == 2


def test_m4_line_breaks_in_a_header_field_are_refused(app, monkeypatch):
    answer = complain(app.test_client(), monkeypatch, subject="Halo\r\nBcc: korban@x.example")
    assert answer.status_code == 422
    assert db.session.query(Mail).count() == 0


def test_p5_a_filled_trap_waits_for_the_operator_but_shows_its_number(app, monkeypatch):
    number = number_in(complain(app.test_client(), monkeypatch, situs="http://spam.example"))
    ticket = only_ticket()
    assert (ticket.number, ticket.state, ticket.suspicion) == (number, "screening", "honeypot")
    assert db.session.query(Mail).count() == 0


def test_p5_a_form_sent_at_once_waits_and_one_of_three_seconds_does_not(app, monkeypatch):
    complain(app.test_client(), monkeypatch, wait=1)
    assert only_ticket().suspicion == "too_fast"
    complain(app.test_client(), monkeypatch, wait=3)
    assert [t.suspicion for t in db.session.query(Ticket).order_by(Ticket.id)] == ["too_fast", ""]


def test_p5_a_form_opened_yesterday_is_accepted(app, monkeypatch):
    complain(app.test_client(), monkeypatch, wait=26 * 3600)
    assert only_ticket().suspicion == ""


def test_p5_a_form_without_nonce_waits(app, monkeypatch):
    client = app.test_client()
    token = hidden(client.get("/pengaduan").text, "/pengaduan")["csrf_token"]
    number_in(client.post("/pengaduan", data={"csrf_token": token, **complaint_fields()}))
    assert only_ticket().suspicion == "no_nonce"


def test_p5_over_the_limits_complaints_wait_and_nobody_is_refused(app, monkeypatch):
    with write_transaction():
        put("complaints_per_hour_per_address", 2)
    for _n in range(3):
        number_in(complain(app.test_client(), monkeypatch))
    assert [t.suspicion for t in db.session.query(Ticket).order_by(Ticket.id)] == ["", "", "address_limit"]
    with write_transaction():
        put("complaints_per_hour_per_address", 1000)
        put("complaints_per_hour", 5)
        count_up("sent:all", step=5)
    complain(app.test_client(), monkeypatch)
    assert db.session.query(Ticket).order_by(Ticket.id.desc()).first().suspicion == "overall_limit"


def test_p5_the_campus_s_one_address_gets_its_receipts_beyond_the_limit_and_once(app, monkeypatch):
    with write_transaction():
        put("complaints_per_hour_per_address", 1)
    for name in ("andi", "mega"):
        client = app.test_client()
        number = number_in(complain(client, monkeypatch, email=f"{name}@mhs.example"))
    held = db.session.query(Ticket).order_by(Ticket.id.desc()).first()
    assert (held.state, held.suspicion) == ("screening", "address_limit")
    assert [m.recipient for m in db.session.query(Mail).filter_by(notice="complaint_received").order_by(Mail.id)] == [
        "andi@mhs.example",
        "mega@mhs.example",
    ]
    receipt, held_id = page(client, f"/tiket/{number}/bukti"), held.id
    assert "m***@mhs.example" in receipt and "Operator melihat kiriman ini lebih dahulu" in receipt
    bench = Person(app, "sari").get(f"/admin/ticket/details/?id={held_id}").text
    assert "selain itu tidak ada yang mencurigakan" in bench
    held = db.session.get(Ticket, held_id)
    take(held, "accept", "sari")
    assert db.session.query(Mail).filter_by(notice="complaint_received").count() == 2


def test_p5_a_machine_s_complaint_beyond_the_limit_gets_none(app, monkeypatch):
    with write_transaction():
        put("complaints_per_hour_per_address", 1)
    complain(app.test_client(), monkeypatch)
    complain(app.test_client(), monkeypatch, email="korban@x.example", situs="http://spam.example")
    with write_transaction():
        put("complaints_per_hour", 2)
    complain(app.test_client(), monkeypatch, email="lain@x.example")
    assert [m.recipient for m in db.session.query(Mail).filter_by(notice="complaint_received")] == ["andi@mhs.example"]


def test_p4_a_bombed_address_beyond_the_network_s_limit_gets_one_mail_too(app, monkeypatch):
    with write_transaction():
        put("complaints_per_hour_per_address", 1)
    for _n in range(4):
        complain(app.test_client(), monkeypatch, email="korban@x.example", name="BELI SEKARANG")
    mail = db.session.query(Mail).filter_by(recipient="korban@x.example").one()
    assert "BELI" not in str(mail.facts) + mail.recipient_name
    assert len(mail.facts["tickets"]) == 4


def test_p4_a_bombed_address_gets_one_mail_without_words_of_the_sender(app, monkeypatch):
    for _n in range(5):
        number_in(complain(app.test_client(), monkeypatch, email="korban@x.example", name="BELI SEKARANG"))
    mails = db.session.query(Mail).filter_by(recipient="korban@x.example").all()
    assert len(mails) == 1
    assert "BELI" not in str(mails[0].facts) + mails[0].recipient_name
    assert len(mails[0].facts["tickets"]) == 5


def test_p6_too_many_parts_and_too_large_fields_are_refused(app):
    client = app.test_client()
    token = hidden(client.get("/pengaduan").text, "/pengaduan")["csrf_token"]
    many = {f"f{n}": (None, "x") for n in range(1000)}
    body = "".join(f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\nx\r\n' for name in many) + "--b--\r\n"
    parts = client.post("/pengaduan", data=body.encode(), content_type="multipart/form-data; boundary=b")
    large = client.post("/pengaduan", data={"csrf_token": token, "description": "x" * 5_000_000})
    assert (parts.status_code, large.status_code) == (413, 413)


def test_p8_hidden_parameters_change_nothing_and_are_logged(app, monkeypatch, caplog):
    complain(app.test_client(), monkeypatch, status="closed", merge_into="1", assignee_id="1", priority="9\r\nX: y")
    ticket = only_ticket()
    assert (ticket.state, ticket.assignee_id) == ("with_group", None)
    (line,) = [r.getMessage() for r in caplog.records if "unknown form fields" in r.getMessage()]
    assert "'assignee_id', 'merge_into', 'priority', 'status'" in line


def test_a_post_without_csrf_token_is_refused(app):
    assert app.test_client().post("/pengaduan", data=complaint_fields()).status_code == 400


def test_z30_twenty_parallel_posts_of_one_form_make_one_ticket_one_number_one_mail(app, monkeypatch):
    client = app.test_client()
    html = client.get("/pengaduan").text
    data = {**hidden(html, "/pengaduan"), **complaint_fields()}
    cookie = client.get_cookie("sid").value
    later(monkeypatch, seconds=5)
    db.session.remove()
    numbers: list[str] = []

    def post() -> None:
        one = app.test_client()
        one.set_cookie("sid", cookie)
        numbers.append(number_in(one.post("/pengaduan", data=data)))

    threads = [threading.Thread(target=post) for _n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(numbers) == 20
    assert set(numbers) == {only_ticket().number}
    assert db.session.query(Mail).filter_by(notice="complaint_received").count() == 1
