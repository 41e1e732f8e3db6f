"""A mailbox opened by an OAuth2 token: a real Dovecot asks the test's own token server whether it is good."""

from __future__ import annotations

import base64
import html
import json
import re
import ssl
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from flask_mail import Message

import models.base.db
from admin_views.tickets.inbox.mailboxes import SENT
from gateways.smtp_trial import try_mail
from jobs.tickets.fetch_mail import fetch_mail
from jobs.worker.send_outbox import send_outbox
from models.base.db import db, utcnow, write_transaction
from models.organisation.audit import AuditEntry
from models.organisation.roles import Role
from models.organisation.sign_in_pass import SignInPass
from models.organisation.staff import Staff
from models.tickets.incoming_mail import IncomingMail
from models.tickets.mailbox import Mailbox
from models.tickets.outbox import Mail
from procedures.tickets.inbox.mailbox_place import place_of
from tests.browse import Person
from tests.imap_server import ImapServer
from tests.inbox.conftest import mail
from tests.mail_server import Controller, Postbox, free_port, smtp
from tests.oidc_issuer import CLIENT, SECRET, OidcIssuer
from tests.walk import file_complaint

USER = "pengaduan"


class TokenServer:
    """Gives tokens to whoever has the refresh token (RFC 6749, 6), and says which are good (RFC 7662)."""

    def __init__(self) -> None:
        self.refresh, self.good, self.asked = "izin-1", set[str](), list[dict[str, str]]()
        self.servers = [ThreadingHTTPServer(("127.0.0.1", 0), self._handler()) for _door in range(2)]
        for server in self.servers:
            threading.Thread(target=server.serve_forever, daemon=True).start()

    def close(self) -> None:
        for server in self.servers:
            server.shutdown()
            server.server_close()

    @property
    def token_url(self) -> str:
        return f"https://127.0.0.1:{self.servers[0].server_port}/token"

    @property
    def check_url(self) -> str:
        return f"http://127.0.0.1:{self.servers[1].server_port}/check"

    def speak_tls(self, certificate: str) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        self.servers[0].socket = context.wrap_socket(self.servers[0].socket, server_side=True)

    def _handler(self):
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                size = int(self.headers.get("Content-Length") or 0)
                asked = {key: found[0] for key, found in parse_qs(self.rfile.read(size).decode()).items()}
                code, told = outer.check(asked) if self.path.startswith("/check") else outer.give(asked)
                self.send_response(code)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(json.dumps(told).encode())

            def log_message(self, *_words):
                pass

        return Handler

    def give(self, asked):
        self.asked.append(asked)
        if asked.get("refresh_token") != self.refresh:
            return 400, {"error": "invalid_grant", "error_description": "rahasia-server"}
        token = f"akses-{len(self.asked)}-sangat-rahasia"
        self.good = {token}
        return 200, {"access_token": token, "expires_in": 3600, "token_type": "Bearer"}

    def check(self, asked):
        return 200, {"active": asked.get("token") in self.good, "username": USER}


@pytest.fixture(scope="module")
def tokens():
    server = TokenServer()
    yield server
    server.close()


@pytest.fixture(scope="module")
def token_dovecot(workplace, tokens):
    server = ImapServer(workplace / "imap-token", tokens.check_url)
    tokens.speak_tls(str(server.place / "server.pem"))
    yield server
    server.stop()


@pytest.fixture
def token_box(app, box, token_dovecot, tokens):
    app.config["MAIL_CA_FILE"] = str(token_dovecot.ca_file)
    tokens.refresh, tokens.good, tokens.asked = "izin-1", set(), []
    with write_transaction():
        row = db.session.query(Mailbox).one()
        row.host, row.port, row.username = "127.0.0.1", token_dovecot.port, USER
        row.token_server, row.token_url, row.client_id = "other", tokens.token_url, "pustikom"
        row.set_client_secret("kata-aplikasi")
        row.set_refresh_token("izin-1")
    yield row
    app.config["MAIL_CA_FILE"] = None


def fetched() -> tuple[int, str]:
    fetch_mail(threading.Event())
    db.session.expire_all()
    return db.session.query(IncomingMail).count(), db.session.query(Mailbox).one().last_error


def test_a_mailbox_is_fetched_by_a_token_that_is_asked_for_once_while_it_holds(
    app, token_box, token_dovecot, tokens, monkeypatch
):
    token_dovecot.deliver(mail("Satu."), USER)
    assert fetched() == (1, "")
    token_dovecot.deliver(mail("Dua."), USER)
    assert fetched() == (2, "")
    assert [one["grant_type"] for one in tokens.asked] == ["refresh_token"]
    later = utcnow() + timedelta(seconds=3_570)
    monkeypatch.setattr(models.base.db, "clock", lambda: later)
    assert fetched() == (2, "") and len(tokens.asked) == 2  # near its end another is asked for
    row = db.session.query(Mailbox).one()
    kept = row.refresh_token_sealed + row.client_secret_sealed + row.access_token_sealed
    assert not [secret for secret in ("izin-1", "kata-aplikasi", "rahasia") if secret in kept]


def test_a_token_that_the_mail_server_refuses_is_asked_for_anew(app, token_box, tokens):
    assert fetched() == (0, "") or fetched()[1] == ""
    tokens.good = {"lain"}  # revoked, before its time
    assert "AUTHENTICATIONFAILED" in fetched()[1]
    assert fetched()[1] == "" and len(tokens.asked) == 2


def test_an_expired_consent_is_a_sentence_on_the_mailboxs_page_and_no_secret_is_shown(app, token_box, tokens, cast):
    tokens.refresh = "izin-2"
    assert fetched()[1] == "OAuth2: invalid_grant"
    rudi = Person(app, "rudi")
    words = "izin OAuth2-nya kedaluwarsa atau dicabut"
    assert words in rudi.get("/admin/mailbox/").text
    tried = rudi.post(f"/admin/mailbox/check/?id={token_box.id}")
    assert words in tried.text and "rahasia-server" not in tried.text
    assert "izin-1" not in tried.text


def test_checking_the_mailbox_shows_the_dialogue_without_the_token(app, token_box, tokens, cast):
    page = Person(app, "rudi").post(f"/admin/mailbox/check/?id={token_box.id}").text
    assert "Kotak surat terbuka" in page and "AUTHENTICATE XOAUTH2" in page and "••••" in page
    assert not [secret for secret in (*tokens.good, "Bearer", "izin-1", "kata-aplikasi") if secret in page]


def test_oauthbearer_is_spoken_where_a_server_offers_that_alone(app, token_box, tokens, workplace, token_dovecot):
    server = ImapServer(workplace / "imap-bearer", tokens.check_url, "oauthbearer")
    try:
        app.config["MAIL_CA_FILE"] = str(workplace / "both.pem")
        (workplace / "both.pem").write_text(server.ca_file.read_text() + token_dovecot.ca_file.read_text())
        with write_transaction():
            db.session.query(Mailbox).one().port = server.port
        server.deliver(mail("Lewat OAUTHBEARER."), USER)
        assert fetched() == (1, "")
    finally:
        server.stop()


def test_rudi_sets_a_mailbox_up_for_google_and_its_secrets_are_sealed(app, cast, box):
    rudi = Person(app, "rudi")
    fields = {"address": "surat@kampus.example", "host": "imap.gmail.com", "port": "993", "security": "tls",
              "username": "surat@kampus.example", "folder": "INBOX", "afterwards": "keep", "token_server": "google",
              "category_id": "0", "is_active": "y"}  # fmt: skip
    assert "wajib diisi" in rudi.post("/admin/mailbox/new/", fields).text  # no client ID
    rudi.post("/admin/mailbox/new/", {**fields, "client_id": "id-1", "new_client_secret": "kata-aplikasi",
                                      "new_refresh_token": "izin-9"})  # fmt: skip
    row = db.session.query(Mailbox).filter_by(address="surat@kampus.example").one()
    assert (row.token_url, row.token_scope) == ("https://oauth2.googleapis.com/token", "https://mail.google.com/")
    assert (row.refresh_token, row.client_secret) == ("izin-9", "kata-aplikasi")
    page = rudi.get(f"/admin/mailbox/edit/?id={row.id}").text + rudi.get(f"/admin/mailbox/details/?id={row.id}").text
    diffs = "".join(str(entry.diff) for entry in db.session.query(AuditEntry))
    assert not [secret for secret in ("izin-9", "kata-aplikasi", row.refresh_token_sealed) if secret in page + diffs]
    refused = rudi.post("/admin/mailbox/new/", {**fields, "client_id": "x", "token_server": "other",
                                                "token_url": "http://10.0.0.1/token"})  # fmt: skip
    assert "https://" in refused.text and refused.status_code == 422


@pytest.fixture
def consent_box(app, token_box, token_dovecot, tokens, workplace):
    """The same mailbox, whose owner has not consented yet at the tests' issuer."""
    with OidcIssuer(workplace / "consent-issuer") as issuer:
        both = workplace / "consent-and-dovecot.pem"
        both.write_text(issuer.ca_file.read_text() + token_dovecot.ca_file.read_text())
        app.config["MAIL_CA_FILE"] = str(both)
        issuer.scope = "surat offline_access"
        issuer.granted = {"access_token": "akses-izin", "refresh_token": "izin-pemilik", "expires_in": 3600}
        tokens.good = {"akses-izin"}
        with write_transaction():
            row = db.session.query(Mailbox).one()
            row.token_url, row.consent_url = f"{issuer.address}/token", f"{issuer.address}/authorize"
            row.client_id, row.token_scope = CLIENT, issuer.scope
            row.set_client_secret(SECRET)
            row.set_refresh_token("")
        yield issuer


def sent_away(rudi, row_id) -> str:
    page = rudi.post(f"/admin/mailbox/consent/?id={row_id}").text
    return html.unescape(re.search(r'class="pk-btn pk-btn--primary" href="([^"]+)"', page)[1])


def came_back(rudi, issuer, address: str) -> str:
    """What Rudi reads after the owner's page sent the browser back."""
    back = urlsplit(issuer.approve(address))
    assert back.path == "/admin/mailbox/consent_back/"
    answer = rudi.get(f"{back.path}?{back.query}")
    assert answer.status_code == 303
    return rudi.get(answer.location).text


def test_the_owner_consents_and_the_mailbox_is_fetched_by_xoauth2(app, cast, consent_box, token_dovecot, tokens):
    rudi, row = Person(app, "rudi"), db.session.query(Mailbox).one()
    page = rudi.get(f"/admin/mailbox/details/?id={row.id}").text
    assert "belum memberi izin" in page and "/admin/mailbox/consent_back/" in page
    away = sent_away(rudi, row.id)
    asked = {name: found[0] for name, found in parse_qs(urlsplit(away).query).items()}
    assert (asked["code_challenge_method"], asked["access_type"], asked["login_hint"]) == ("S256", "offline", USER)
    assert "Izin tersimpan tersandi" in came_back(rudi, consent_box, away)
    row = db.session.query(Mailbox).one()
    assert (row.refresh_token, row.access_token) == ("izin-pemilik", "akses-izin")
    assert not [
        word for word in ("izin-pemilik", "akses-izin") if word in row.refresh_token_sealed + row.access_token_sealed
    ]
    diffs = [(one.act, str(one.diff)) for one in db.session.query(AuditEntry).filter_by(object_kind="Mailbox")]
    assert diffs[-1][0] == "mailbox_consented" and "akses-izin" not in str(diffs)
    token_dovecot.deliver(mail("Lewat izin."), USER)
    assert fetched() == (len(token_dovecot.mails(USER)), "")
    assert "tersimpan tersandi" in rudi.get(f"/admin/mailbox/details/?id={row.id}").text


def test_an_answer_is_good_once_and_in_the_session_that_asked(app, cast, consent_box):
    rudi, row = Person(app, "rudi"), db.session.query(Mailbox).one()
    back = urlsplit(consent_box.approve(sent_away(rudi, row.id)))
    stranger = Person(app)
    stranger.log_in("rudi")  # the same person at another browser
    assert "bukan untuk permintaan terakhir" in followed(stranger, back)
    assert "Izin tersimpan" in followed(rudi, back)
    assert "bukan untuk permintaan terakhir" in followed(rudi, back)
    assert len([path for path in consent_box.asked if path == "/token"]) == 1


def test_another_administrator_does_not_end_a_consent_that_they_did_not_begin(app, cast, consent_box):
    """Whoever comes back is who was sent, also where the state got into another's session."""
    with write_transaction():
        db.session.get_one(Staff, cast["sari"].id).roles = {Role.ADMINISTRATOR}
    rudi, sari, row = Person(app, "rudi"), Person(app), db.session.query(Mailbox).one()
    sari.log_in("sari")
    back = urlsplit(consent_box.approve(sent_away(rudi, row.id)))
    with rudi.client.session_transaction() as begun, sari.client.session_transaction() as other:
        other[SENT] = begun[SENT]
    assert "bukan untuk permintaan terakhir" in followed(sari, back)
    assert "/token" not in consent_box.asked and db.session.query(Mailbox).one().refresh_token_sealed == ""
    away = sent_away(sari, row.id)  # begun by herself it is hers
    assert "Izin tersimpan" in came_back(sari, consent_box, away)


def followed(person, back) -> str:
    return person.get(person.get(f"{back.path}?{back.query}").location).text


@pytest.mark.parametrize(
    ("wrong", "granted", "sentence"),
    [
        ({"back": {"error": "access_denied", "code": ""}}, None, "tidak memberi izin"),
        ({"back": {"code": ""}}, None, "tidak membawa kode"),
        ({"back": {"code": "tebakan"}}, None, "Izin belum diperoleh"),
        ({}, {"access_token": "akses-izin", "expires_in": 60}, "tidak memberi refresh token"),
    ],
)
def test_what_is_no_consent_is_said_and_keeps_nothing(app, cast, consent_box, wrong, granted, sentence):
    rudi, row = Person(app, "rudi"), db.session.query(Mailbox).one()
    consent_box.wrong, consent_box.granted = wrong, granted or consent_box.granted
    assert sentence in came_back(rudi, consent_box, sent_away(rudi, row.id))
    row = db.session.query(Mailbox).one()
    assert (row.refresh_token_sealed, row.access_token_sealed) == ("", "")


def test_the_secret_of_another_browser_opens_no_consent(app, cast, consent_box, monkeypatch):
    """PKCE: a code that somebody caught is worth nothing without the secret that we keep."""
    rudi, row = Person(app, "rudi"), db.session.query(Mailbox).one()
    away = sent_away(rudi, row.id)
    with write_transaction():
        kept = db.session.query(SignInPass).filter_by(kind="mailbox_consent").one()
        kept.facts = {**kept.facts, "verifier": "x" * 64}
    assert "Izin belum diperoleh" in came_back(rudi, consent_box, away)


def test_a_mailbox_that_was_changed_meanwhile_gets_no_token(app, cast, consent_box):
    rudi, row = Person(app, "rudi"), db.session.query(Mailbox).one()
    away = sent_away(rudi, row.id)
    with write_transaction():
        db.session.query(Mailbox).one().client_id = "lain"
    assert "diubah selagi izinnya diminta" in came_back(rudi, consent_box, away)
    assert db.session.query(Mailbox).one().refresh_token_sealed == ""


def test_a_refused_consent_leads_back_to_the_button(app, cast, consent_box, tokens):
    with write_transaction():
        row = db.session.query(Mailbox).one()
        row.token_url = tokens.token_url
        row.set_refresh_token("dicabut")
    assert fetched()[1] == "OAuth2: invalid_grant"
    page = Person(app, "rudi").get(f"/admin/mailbox/details/?id={db.session.query(Mailbox).one().id}").text
    assert "Minta izin" in page and 'action="/admin/mailbox/consent/?id=' in page


def test_secrets_typed_while_a_token_was_asked_for_are_kept(app, token_box, tokens, cast, monkeypatch):
    """The old consent's answer comes after the new consent was typed: it must not overwrite it."""
    first, given = tokens.give, []

    def give(asked):
        if not given:
            given.append(asked)
            with app.app_context(), write_transaction():
                row = db.session.query(Mailbox).one()
                row.set_refresh_token("izin-baru")
                row.set_client_secret("kata-baru")
                row.access_token_sealed, row.access_until = "", None
        code, told = first(asked)
        return code, {**told, "refresh_token": "izin-lama-diputar"}

    monkeypatch.setattr(tokens, "give", give)
    fetched()
    row = db.session.query(Mailbox).one()
    assert (row.refresh_token, row.client_secret, row.access_token) == ("izin-baru", "kata-baru", "")
    assert len(given) == 1


def test_the_later_of_two_turned_refresh_tokens_is_not_overwritten_by_the_earlier(app, token_box, tokens, monkeypatch):
    turned, first = [], tokens.give

    def give(asked):
        code, told = first(asked)
        turned.append(asked)
        if len(turned) == 1:  # another worker asks meanwhile, and is done before this one
            with app.app_context():
                place_of(db.session.query(Mailbox).one())
        return code, {**told, "refresh_token": f"izin-{5 - len(turned)}"}

    monkeypatch.setattr(tokens, "give", give)
    with app.app_context():
        place_of(db.session.query(Mailbox).one())
    db.session.expire_all()
    assert db.session.query(Mailbox).one().refresh_token == "izin-3" and len(turned) == 2


class TokenSmtp:
    """What an SMTP server checks: XOAUTH2 with a token that is good now."""

    def __init__(self, tokens: TokenServer) -> None:
        self.tokens, self.said = tokens, list[bytes]()

    def __call__(self, _server, _session, _envelope, mechanism, data):
        self.said.append(data)
        token = data.rpartition(b"Bearer ")[2].rstrip(b"\x01").decode()
        return smtp.AuthResult(success=mechanism == "XOAUTH2" and token in self.tokens.good, handled=False)


@pytest.fixture
def token_smtp(app, token_box, tokens, token_dovecot):
    """A server on STARTTLS that knows XOAUTH2 alone."""
    check, postbox = TokenSmtp(tokens), Postbox()

    class Smtp(smtp.SMTP):
        async def auth_XOAUTH2(self, _server, args):
            data = base64.b64decode(args[1]) if len(args) > 1 else await self.challenge_auth("")
            return check(None, None, None, "XOAUTH2", data)

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(str(token_dovecot.place / "server.pem"))

    class Door(Controller):
        def factory(self):
            return Smtp(self.handler, tls_context=context, require_starttls=True, auth_required=True,
                        auth_exclude_mechanism=["LOGIN", "PLAIN"])  # fmt: skip

    door = Door(postbox, hostname="127.0.0.1", port=free_port())
    door.start()
    changed = {"MAIL_AS_FILES": "", "MAIL_SERVER": "127.0.0.1", "MAIL_PORT": door.port, "MAIL_USE_TLS": True,
               "MAIL_USERNAME": USER, "MAIL_TOKEN_OF": token_box.address}  # fmt: skip
    kept = {key: app.config[key] for key in changed}
    app.config.update(changed)
    yield postbox
    door.stop()
    app.config.update(kept)


def test_mails_leave_by_the_mailboxs_token_and_wait_where_none_is_given(app, token_smtp, tokens):
    file_complaint()
    with write_transaction():
        db.session.query(Mail).filter(Mail.notice != "complaint_received").update({"state": "held"})
    tokens.refresh = "izin-2"
    assert send_outbox() == 0
    waiting = db.session.query(Mail).filter_by(notice="complaint_received").one()
    assert waiting.state == "queued" and "OAuth2: invalid_grant" in waiting.last_error
    tokens.refresh = "izin-1"
    with write_transaction():
        db.session.query(Mail).filter_by(state="queued").update({"not_before": utcnow()})
    assert send_outbox() == 1
    assert [to for to, _mail in token_smtp.mails] == ["andi@mhs.example"]


def test_the_trial_mail_shows_the_dialogue_without_the_token(app, token_smtp, tokens):
    trial = try_mail(Message("Uji", recipients=["andi@mhs.example"], body="Uji.", sender="pustikom@kampus.example"))
    talk = " ".join(words for _who, words in trial.talk)
    assert trial.fault == "" and "AUTH XOAUTH2 ••••" in talk
    secrets = [*tokens.good, *(base64.b64encode(token.encode()).decode()[:20] for token in tokens.good)]
    assert not [secret for secret in secrets if secret in talk]
