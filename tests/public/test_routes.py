"""D8, S6, S13: every public address stands in a table; mailed links know no host but ours; doubtful requests end early."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from gunicorn.config import Config
from gunicorn.http.errors import ParseException
from gunicorn.http.parser import RequestParser

from mails.render import render
from models.base import setting
from models.base.db import db, utcnow, write_transaction
from models.tickets.outbox import Mail
from models.tickets.ticket_keys import link_of
from tests.browse import Person
from tests.public.visitor import complain
from tests.walk import file_complaint

# method, address: what a stranger, the holder of the ticket, and somebody who names what is not there are answered.
TABLE: dict[tuple[str, str], tuple[int, int, int]] = {
    ("GET", "/"): (200, 200, 200),
    ("GET", "/.well-known/security.txt"): (200, 200, 200),
    ("GET", "/sw.js"): (200, 200, 200),
    ("GET", "/manifest.webmanifest"): (200, 200, 200),
    ("GET", "/tanpa-sinyal"): (200, 200, 200),
    ("GET", "/agenda/<token>.ics"): (404, 404, 404),
    ("GET", "/akses/<token>"): (404, 404, 404),
    ("GET", "/aksesibilitas"): (200, 200, 200),
    ("GET", "/akun-internet"): (200, 200, 200),
    ("POST", "/api/alerts"): (401, 401, 401),
    ("POST", "/api/alerts/api/v2/alerts"): (401, 401, 401),
    ("GET", "/bahasa/<chosen>"): (303, 303, 303),
    ("GET", "/gangguan"): (200, 200, 200),
    ("GET", "/healthz"): (503, 503, 503),
    ("GET", "/help"): (301, 301, 301),
    ("GET", "/label/<code>"): (404, 404, 404),
    ("GET", "/livez"): (200, 200, 200),
    ("GET", "/metrics"): (403, 403, 403),
    ("GET", "/password/<token>"): (404, 404, 404),
    ("POST", "/password/<token>"): (404, 404, 404),
    ("GET", "/pengaduan"): (200, 200, 200),
    ("POST", "/pengaduan"): (422, 422, 422),
    ("POST", "/pengaduan/saran"): (200, 200, 200),
    ("GET", "/panduan"): (200, 200, 200),
    ("GET", "/panduan/<int:article_id>"): (404, 404, 404),
    ("POST", "/panduan/<int:article_id>/menolong"): (404, 404, 404),
    ("GET", "/panduan/gambar/<int:picture_id>"): (404, 404, 404),
    ("GET", "/permohonan/email-unit"): (200, 200, 200),
    ("POST", "/permohonan/email-unit"): (422, 422, 422),
    ("GET", "/permohonan/email-unit/alamat"): (200, 200, 200),
    ("GET", "/permohonan/pemasangan-jaringan"): (200, 200, 200),
    ("POST", "/permohonan/pemasangan-jaringan"): (422, 422, 422),
    ("GET", "/privasi"): (200, 200, 200),
    ("GET", "/privasi/versi/<int:number>"): (404, 404, 404),
    ("GET", "/prosedur"): (200, 200, 200),
    ("GET", "/prosedur/<slug>"): (404, 404, 404),
    ("GET", "/salinan/<token>"): (404, 404, 404),
    ("POST", "/salinan/<token>/berhenti"): (404, 404, 404),
    ("POST", "/salinan/<token>/ya"): (404, 404, 404),
    ("GET", "/static/<path:filename>"): (404, 404, 404),
    ("GET", "/tiket"): (200, 200, 200),
    ("GET", "/tiket/<number>"): (200, 200, 404),
    ("GET", "/tiket/<number>/berkas-lengkap.pdf"): (404, 404, 404),
    ("GET", "/tiket/<number>/berkas/<int:file_id>"): (404, 404, 404),
    ("GET", "/tiket/<number>/bukti"): (303, 200, 404),
    ("GET", "/tiket/<number>/data-pribadi"): (303, 200, 404),
    ("POST", "/tiket/<number>/data-pribadi"): (403, 422, 404),
    ("GET", "/tiket/<number>/dokumen/<int:document_id>"): (404, 404, 404),
    ("POST", "/tiket/<number>/kode"): (403, 403, 404),
    ("POST", "/tiket/<number>/langkah/<name>"): (403, 404, 404),
    ("POST", "/tiket/<number>/lupakan"): (303, 303, 404),
    ("GET", "/tiket/kirim-ulang"): (200, 200, 200),
    ("POST", "/tiket/kirim-ulang"): (422, 422, 422),
    ("GET", "/tiket/terkirim-ulang"): (200, 200, 200),
    ("GET", "/tiket-saya"): (404, 404, 404),  # not offered here; tests/web/test_my_tickets.py walks it where it is
    ("GET", "/tiket-saya/<number>"): (404, 404, 404),
    ("POST", "/tiket-saya/direktori"): (404, 404, 404),
    ("POST", "/tiket-saya/kampus"): (404, 404, 404),
    ("POST", "/tiket-saya/keluar"): (303, 303, 303),
    ("GET", "/tiket-saya/kembali"): (404, 404, 404),
    ("GET", "/unduhan"): (200, 200, 200),
    ("GET", "/unduhan/<int:download_id>/<name>"): (404, 404, 404),
    ("GET", "/verifikasi/<code>"): (404, 404, 404),
    ("POST", "/verifikasi/<code>"): (404, 404, 404),
}
MISSING = {"token": "x" * 43, "chosen": "xx", "slug": "tidak-ada", "path:filename": "x.css", "number": "PTK-00000-00000-0",
           "int:article_id": "999", "int:picture_id": "999",
           "int:file_id": "999", "int:number": "999", "int:document_id": "999", "name": "tidak_ada", "int:download_id": "999",
           "code": "tidak-ada"}  # fmt: skip


def filled(rule: str, **known: str) -> str:
    for name, value in {**MISSING, **known}.items():
        rule = rule.replace(f"<{name}>", value)
    return rule


def test_d8_every_public_address_stands_in_the_table(app):
    rules = [rule for rule in app.url_map.iter_rules() if not rule.rule.startswith("/admin")]
    found = {(method, rule.rule) for rule in rules for method in rule.methods - {"HEAD", "OPTIONS"}}
    assert found == set(TABLE)


@pytest.mark.only("sqlite")  # who may is decided before the database is asked
def test_d8_each_answers_stranger_holder_and_whoever_names_what_is_not_there_as_the_table_says(app):
    ticket = file_complaint()
    with write_transaction():
        setting.put("unknown_numbers_per_hour", 1_000)  # what it does is in tests/web/test_public_posts.py
    stranger, holder = Person(app), Person(app)
    for who in (stranger, holder):
        who.client.environ_base["REMOTE_ADDR"] = "203.0.113.9"
    holder.client.get(link_of(ticket).removeprefix(app.config["BASE_URL"]))
    tokens = {who: who.token("/pengaduan") for who in (stranger, holder)}
    wrong = {}
    for (method, rule), answers in TABLE.items():
        tried = ((stranger, ticket.number), (holder, ticket.number), (stranger, MISSING["number"]))
        got = []
        for who, number in tried:
            data = {"csrf_token": tokens[who]} if method == "POST" else None
            answer = who.client.open(filled(rule, number=number), method=method, data=data)
            got.append(answer.status_code)
        if tuple(got) != answers:
            wrong[method, rule] = got
    assert wrong == {}


@pytest.mark.only("sqlite")
def test_s6_links_in_mails_begin_with_our_address_whatever_the_request_says(app, monkeypatch):
    """Even where no list of trusted hosts refuses the request (D13)."""
    monkeypatch.setitem(app.config, "TRUSTED_HOSTS", None)
    client = app.test_client()
    client.environ_base["HTTP_HOST"] = client.environ_base["HTTP_X_FORWARDED_HOST"] = "evil.example"
    answer = complain(client, monkeypatch)
    assert answer.status_code == 303
    mails = [render(mail) for mail in db.session.query(Mail)]
    assert mails and [mail.text for mail in mails if "evil" in mail.text + mail.html + mail.subject] == []
    assert any(f"{app.config['BASE_URL']}/" in mail.text for mail in mails)
    rudi = Person(app, "rudi")
    token = rudi.token()
    name = app.config["SESSION_COOKIE_NAME"]
    cookie = f"{name}={rudi.client.get_cookie(name).value}"  # a test's browser sends none to another host
    made = app.test_client(use_cookies=False).post(
        "/admin/staff/invite/?id=1",
        data={"csrf_token": token},
        headers={"Host": "evil.example", "Cookie": cookie},
    )
    assert f"{app.config['BASE_URL']}/admin/invite/" in made.text
    assert "evil.example" not in made.text


DOUBTFUL = {
    "two lengths": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
    "length and chunks": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "unknown coding": b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "blank in a name": b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length : 5\r\n\r\nhello",
    "line of a megabyte": b"GET /" + b"a" * 1_000_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    "thousand headers": b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X-A: b\r\n" * 1000 + b"\r\n",
}


@pytest.mark.parametrize("kind", sorted(DOUBTFUL))
def test_s13_the_server_refuses_requests_that_two_readers_would_part_differently(kind):
    """gunicorn as it is pinned and with the limits it is started with: none of these reaches the application."""
    settings = Config()
    with pytest.raises(ParseException):
        for request in RequestParser(settings, iter([DOUBTFUL[kind]]), ("127.0.0.1", 1)):
            request.body.read()


def test_security_txt_names_the_centre_its_own_address_and_an_end(app):
    answer = app.test_client().get("/.well-known/security.txt", headers={"Host": "localhost"})
    lines = dict(line.split(": ", 1) for line in answer.text.splitlines())
    email = setting.get("centre_email")
    assert answer.mimetype == "text/plain" and lines["Contact"] == f"mailto:{email}"
    assert lines["Canonical"] == "http://localhost/.well-known/security.txt"
    assert utcnow() < datetime.fromisoformat(lines["Expires"]) < utcnow() + timedelta(days=365)
