"""Sends one trial mail by the same way as all others and keeps the talk with the server, for whoever sets mail up."""

from __future__ import annotations

import smtplib
import socket
import ssl
from dataclasses import dataclass, field
from typing import Any

import flask_mail
from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from gateways.smtp import CheckedConnection
from models.base.wording import Words

LONGEST_LINE = 300
MASK = "••••••••"
Line = tuple[str, str]  # "us" or "server", and what was said


@dataclass
class MailTrial:
    """How a trial went: the talk, and the sentence with cause and cure, empty when the server took the mail."""

    talk: list[Line] = field(default_factory=list)
    fault: str = ""


def try_mail(message: flask_mail.Message) -> MailTrial:
    """Hand one message over and say what was spoken; it raises nothing that a server or a network can cause."""
    trial = MailTrial()
    config = current_app.config
    trial.talk.append(("us", _("terhubung ke %(server)s, port %(port)s", server=config["MAIL_SERVER"],
                               port=config["MAIL_PORT"])))  # fmt: skip
    try:
        host = _connection(trial.talk).configure_host()
        try:
            sender = flask_mail.sanitize_address(config["MAIL_DEFAULT_SENDER"])
            host.sendmail(sender, [flask_mail.sanitize_address(to) for to in message.send_to], message.as_bytes())
            host.quit()
        finally:
            host.close()
    except (OSError, smtplib.SMTPException) as fault:
        trial.fault = sentence_of(fault)
    return trial


def _connection(talk: list[Line]) -> CheckedConnection:
    made = CheckedConnection(current_app.extensions["mail"])
    made.plain = _overheard(made.plain, talk)
    made.wrapped = _overheard(made.wrapped, talk)
    return made


def _overheard(kind: Any, talk: list[Line]) -> Any:
    """smtplib's class, saying to `talk` what passes; passwords and the mail's text are left out."""

    class Overheard(kind):
        logs_in = False

        def putcmd(self, cmd: str, args: str = "") -> None:
            if self.logs_in:
                said = f"AUTH {args.split()[0]} {MASK}" if cmd.upper() == "AUTH" and args else MASK
            else:
                said = f"{cmd.upper() if len(cmd) < 9 else cmd} {args}".strip()
            talk.append(("us", said[:LONGEST_LINE]))
            super().putcmd(cmd, args)

        def getreply(self) -> tuple[int, bytes]:
            code, said = super().getreply()
            text = " ".join(said.decode(errors="replace").split())
            talk.append(("server", f"{code} {text}"[:LONGEST_LINE]))
            return code, said

        def login(self, *args: str, **more: bool) -> tuple[int, bytes]:
            self.ehlo_or_helo_if_needed()
            self.logs_in = True
            try:
                return super().login(*args, **more)
            finally:
                self.logs_in = False

        def auth(self, *args: Any, **more: Any) -> Any:
            was, self.logs_in = self.logs_in, True
            try:
                return super().auth(*args, **more)
            finally:
                self.logs_in = was

    return Overheard


def sentence_of(fault: Exception) -> str:
    """Cause and cure of a trial that failed, by the kind of fault."""
    config = current_app.config
    facts = {
        "server": config["MAIL_SERVER"],
        "port": config["MAIL_PORT"],
        "seconds": config["MAIL_TIMEOUT"],
        "sender": config["MAIL_DEFAULT_SENDER"],
        "said": _said(fault),
    }
    return next(str(words) % facts for kind, words in FAULTS if isinstance(fault, kind))


def _said(fault: Exception) -> str:
    text = str(getattr(fault, "verify_message", "") or "")
    if isinstance(fault, smtplib.SMTPResponseException):
        said = fault.smtp_error
        text = f"{fault.smtp_code} {said.decode(errors='replace') if isinstance(said, bytes) else said}"
    if isinstance(fault, smtplib.SMTPRecipientsRefused):
        code, reason = next(iter(fault.recipients.values()))
        text = f"{code} {reason.decode(errors='replace')}"
    return " ".join((text or str(fault) or type(fault).__name__).split())[:200]


# In order: the first kind that fits.
FAULTS: list[tuple[type[Exception], Words]] = [
    (socket.gaierror, _l("Nama server %(server)s tidak ditemukan. Periksa MAIL_SERVER.")),
    (
        ConnectionRefusedError,
        _l("%(server)s tidak menerima sambungan di port %(port)s. Periksa MAIL_SERVER dan MAIL_PORT."),
    ),
    (
        TimeoutError,
        _l("%(server)s tidak menjawab dalam %(seconds)s detik. Periksa MAIL_SERVER, MAIL_PORT, dan tembok api."),
    ),
    (
        ssl.SSLCertVerificationError,
        _l(
            "Sertifikat %(server)s tidak sah: %(said)s. Pakai nama yang tertulis di sertifikat sebagai MAIL_SERVER, "
            "atau tunjuk otoritas kampus dengan MAIL_CA_FILE."
        ),
    ),
    (
        ssl.SSLError,
        _l(
            "Server tidak berbicara TLS seperti itu di port %(port)s. Port 465 memakai MAIL_USE_SSL=1, port 587 "
            "memakai MAIL_USE_TLS=1."
        ),
    ),
    (
        smtplib.SMTPNotSupportedError,
        _l(
            "Server tidak menawarkan sambungan aman atau cara masuk yang diminta, jadi tidak ada password yang "
            "dikirim. Setel MAIL_USE_TLS=1 atau MAIL_USE_SSL=1 sesuai server, atau kosongkan MAIL_USERNAME."
        ),
    ),
    (
        smtplib.SMTPAuthenticationError,
        _l("Server menolak nama pengguna atau password (%(said)s). Periksa MAIL_USERNAME dan MAIL_PASSWORD."),
    ),
    (
        smtplib.SMTPSenderRefused,
        _l(
            "Server menolak alamat pengirim %(sender)s (%(said)s). Pakai alamat yang dimiliki akun itu sebagai "
            "MAIL_DEFAULT_SENDER, atau minta pengelola email mengizinkannya."
        ),
    ),
    (
        smtplib.SMTPRecipientsRefused,
        _l(
            "Server menolak alamat penerima (%(said)s). Periksa alamat email Anda, atau minta pengelola email "
            "mengizinkan server ini mengirim ke luar."
        ),
    ),
    (
        smtplib.SMTPServerDisconnected,
        _l("Server memutus sambungan. Periksa MAIL_PORT: 465 memakai MAIL_USE_SSL=1, 587 dan 25 tidak."),
    ),
    (Exception, _l("Server tidak menerima email uji: %(said)s. Tanyakan kepada pengelola email.")),
]
