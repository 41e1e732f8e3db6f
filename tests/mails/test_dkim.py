"""Mails are signed where a key is configured: a receiver who asks the DNS finds that they are ours and unchanged."""

from __future__ import annotations

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from config import ConfigError, _dkim
from jobs.worker.send_outbox import send_outbox
from models.base.db import db
from models.tickets.outbox import Mail, MailState
from tests.walk import file_complaint

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
def dns(app, tmp_path):
    """A key of ours, and what the DNS answers about it."""
    file = tmp_path / "dkim.pem"
    file.write_bytes(
        KEY.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
        )
    )
    kept = {name: app.config.get(name) for name in ("MAIL_DKIM_KEY_FILE", "MAIL_DKIM_SELECTOR", "MAIL_AS_FILES")}
    app.config.update(MAIL_DKIM_KEY_FILE=str(file), MAIL_DKIM_SELECTOR="bantuan", MAIL_AS_FILES=str(tmp_path / "mail"))
    public = KEY.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    import base64

    answers = {b"bantuan._domainkey.localhost.": b"v=DKIM1; k=rsa; p=" + base64.b64encode(public)}
    yield lambda name, timeout=5: answers.get(name)
    app.config.update(kept)


@pytest.mark.only("sqlite")  # no statement differs
def test_every_mail_is_signed_and_a_receiver_can_verify_it(app, dns, tmp_path):
    file_complaint()
    assert send_outbox() == 3
    mails = [path.read_bytes() for path in (tmp_path / "mail").glob("*.eml")]
    assert len(mails) == 3 and all(dkim.verify(raw, dnsfunc=dns) for raw in mails)
    for old, new in (
        (b"\nSubject:", b"\nSubject: X"),
        (b"</body>", b"jahat</body>"),
        (b"\nTo: ", b"\nTo: a@jahat.example, "),
    ):
        assert old in mails[0] and not dkim.verify(mails[0].replace(old, new, 1), dnsfunc=dns)
    assert b"d=localhost" in mails[0] and b"s=bantuan" in mails[0]


@pytest.mark.only("sqlite")  # as above
def test_a_key_that_cannot_be_used_keeps_the_mails_in_the_queue(app, dns):
    file_complaint()
    app.config["MAIL_DKIM_KEY_FILE"] = "/tidak/ada.pem"
    assert send_outbox() == 0
    mails = db.session.query(Mail).all()
    assert {mail.state for mail in mails} == {MailState.QUEUED}
    assert all(mail.last_error.startswith("not signed: FileNotFoundError") for mail in mails)


def test_a_key_without_its_name_is_refused_at_the_start(monkeypatch, tmp_path):
    monkeypatch.setenv("MAIL_DKIM_SELECTOR", "bantuan")
    with pytest.raises(ConfigError, match="belong together"):
        _dkim()
    (tmp_path / "k.pem").write_text("x")
    monkeypatch.setenv("MAIL_DKIM_KEY_FILE", str(tmp_path / "k.pem"))
    monkeypatch.setenv("MAIL_DKIM_SELECTOR", "ban tuan")
    with pytest.raises(ConfigError, match="_domainkey"):
        _dkim()
