"""Hands mails over: to an SMTP server with time-outs and checked certificates, or to files in development.

Flask-Mail builds the connection; it lacks both (pallets-eco/flask-mail#114, #241), so they are added here.
"""

from __future__ import annotations

import contextlib
import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import flask_mail
from flask import current_app

from models.base.whole_file import written_aside

Send = Callable[[flask_mail.Message, bytes, int], None]


class SendLater(Exception):
    """The server cannot take it now (4xx, no connection, no safe connection): the mail stays in the queue."""


class ConnectionLost(SendLater):
    """The line was cut before the mail was handed over: it did not arrive."""


class AnswerLost(Exception):
    """The line was cut after the mail was handed over and before the answer: nobody knows whether it arrived (Z9)."""


class SendNever(Exception):
    """The server refuses this mail for good (5xx)."""


class _Handing(smtplib.SMTP):
    """Knows whether the whole mail was handed over when a line is cut."""

    is_body_sent = False

    def send(self, s: Any) -> None:
        self.is_body_sent = False
        super().send(s)
        self.is_body_sent = not isinstance(s, str) and bytes(s[-5:]) == b"\r\n.\r\n"  # commands come as str


class _HandingTls(_Handing, smtplib.SMTP_SSL):
    """The same over a connection that is encrypted from its first byte."""


TOKENS: list[Callable[[str], str]] = []  # who gives the OAuth2 token of a mailbox, by its address


def give_token(address: str) -> str:
    """The access token of this mailbox; what keeps it away is told as a login that was refused."""
    try:
        return TOKENS[0](address)
    except NoToken as why:
        raise smtplib.SMTPAuthenticationError(535, str(why)) from None


class NoToken(Exception):
    """No token is given for this mailbox; the words say why."""


def _log_in_by_token(host: _Handing, username: str, token: str) -> None:
    """XOAUTH2, as Google and Microsoft speak it; a refusal is asked for once more, and gets an empty line."""
    said = iter((f"user={username}\1auth=Bearer {token}\1\1",))
    host.ehlo_or_helo_if_needed()
    host.auth("XOAUTH2", lambda challenge=None: next(said, ""))


class CheckedConnection(flask_mail.Connection):
    """Flask-Mail's connection with a time-out on everything and a certificate that is checked."""

    plain: type[_Handing] = _Handing
    wrapped: type[_HandingTls] = _HandingTls

    def configure_host(self) -> _Handing:
        config = current_app.config
        context = ssl.create_default_context(cafile=config.get("MAIL_CA_FILE"))
        seconds = config["MAIL_TIMEOUT"]
        host: _Handing
        if config["MAIL_USE_SSL"]:
            host = self.wrapped(config["MAIL_SERVER"], config["MAIL_PORT"], timeout=seconds, context=context)
        else:
            host = self.plain(config["MAIL_SERVER"], config["MAIL_PORT"], timeout=seconds)
        try:
            if config["MAIL_USE_TLS"]:
                host.starttls(context=context)  # raises where the server offers none: no password in the clear
            if config["MAIL_USERNAME"]:
                if not (config["MAIL_USE_TLS"] or config["MAIL_USE_SSL"]):
                    raise smtplib.SMTPNotSupportedError("no password goes out without MAIL_USE_TLS or MAIL_USE_SSL")
                if config["MAIL_TOKEN_OF"]:
                    _log_in_by_token(host, config["MAIL_USERNAME"], give_token(config["MAIL_TOKEN_OF"]))
                else:
                    host.login(config["MAIL_USERNAME"], config["MAIL_PASSWORD"])
        except BaseException:
            host.close()
            raise
        return host


@contextmanager
def open_door() -> Iterator[Send]:
    """Give a function that hands over one message; raises SendLater when there is no (safe) connection."""
    folder = current_app.config["MAIL_AS_FILES"]
    if folder:
        yield lambda _message, wire, number: _write(Path(folder), wire, number)
        return
    try:
        host = CheckedConnection(current_app.extensions["mail"]).configure_host()
    except (OSError, smtplib.SMTPException) as fault:
        raise SendLater(_short(fault)) from fault
    try:
        yield lambda message, wire, _number: _hand_over(host, message, wire)
    finally:
        with contextlib.suppress(OSError, smtplib.SMTPException):
            host.quit()  # what was accepted stays accepted, whatever happens to the farewell


def _hand_over(host: _Handing, message: flask_mail.Message, wire: bytes) -> None:
    sender = flask_mail.sanitize_address(message.sender)
    recipients = [flask_mail.sanitize_address(address) for address in message.send_to]
    try:
        _send(host, sender, recipients, wire)
    except SendLater as later:
        raise later if host.sock else ConnectionLost(str(later)) from later  # 421: the server has closed the line


def _send(host: _Handing, sender: str, recipients: list[str], wire: bytes) -> None:
    try:
        host.sendmail(sender, recipients, wire)
    except smtplib.SMTPRecipientsRefused as refused:
        code, said = next(iter(refused.recipients.values()))
        raise _refusal(code, said) from refused
    except smtplib.SMTPSenderRefused as refused:  # our own address or login: no mail is to blame, all of them wait
        raise SendLater(f"sender refused: {refused.smtp_code} {_short(refused)}"[:200]) from refused
    except smtplib.SMTPResponseException as refused:
        raise _refusal(refused.smtp_code, refused.smtp_error) from refused
    except (OSError, smtplib.SMTPException) as fault:
        raise (AnswerLost if host.is_body_sent else ConnectionLost)(_short(fault)) from fault


def as_bytes(message: flask_mail.Message) -> bytes:
    """The mail as it goes over the wire; a Date and Message-ID of our own."""
    return bytes(message.as_bytes())


def _refusal(code: int, said: bytes | str) -> Exception:
    text = f"{code} {said.decode(errors='replace') if isinstance(said, bytes) else said}"[:200]
    return SendNever(text) if 500 <= code < 600 else SendLater(text)


def _write(folder: Path, wire: bytes, number: int) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with written_aside(folder / f"{number:06d}.eml") as file:
            file.write(wire)
    except OSError as fault:  # a full disk
        raise SendLater(_short(fault)) from fault


def _short(fault: BaseException) -> str:
    return f"{type(fault).__name__}: {fault}"[:200]
