"""A Dovecot of this test worker, a mailbox that is fetched from it, and mails typed for the stories."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from jobs.tickets.fetch_mail import fetch_mail
from models.base.db import db, utcnow, write_transaction
from models.tickets.incoming_mail import IncomingMail
from models.tickets.mailbox import Mailbox
from procedures.tickets.inbox.keep_raw import RawMail, keep_all
from procedures.tickets.inbox.read_stored import read_stored
from tests.imap_server import PASSWORD, ImapServer

ADDRESS = "pengaduan@kampus.example"
OUR_SERVER = "mx.kampus.example"
VOUCHED = f"{OUR_SERVER}; dmarc=pass header.from=mhs.example"


@pytest.fixture(scope="session")
def dovecot(workplace: Path) -> Iterator[ImapServer]:
    server = ImapServer(workplace / f"imap-{secrets.token_hex(4)}")
    yield server
    server.stop()


@pytest.fixture
def box(app: Any) -> Mailbox:
    """A mailbox whose mail comes by the pipe."""
    with write_transaction():
        db.session.add(Mailbox(address=ADDRESS, authserv_id=OUR_SERVER, takes_subaddresses=True, connected_at=utcnow()))
    return db.session.query(Mailbox).one()


@pytest.fixture
def fetched_box(box: Mailbox, dovecot: ImapServer, app: Any, request: Any) -> Iterator[Mailbox]:
    """The same, fetched from an inbox of this test's own."""
    app.config["MAIL_CA_FILE"] = str(dovecot.ca_file)
    with write_transaction():
        box = db.session.query(Mailbox).one()
        box.host, box.port, box.username = "127.0.0.1", dovecot.port, f"u{abs(hash(request.node.nodeid))}"
        box.set_password(PASSWORD)
    yield box
    app.config["MAIL_CA_FILE"] = None


def mail(text: str = "Wi-Fi di ruang sidang mati sejak pagi.", **headers: str) -> bytes:
    """A mail of Andi; a header is named as in `message_id`, and left out where it is ""."""
    made = EmailMessage()
    given = {
        "from": "Andi Saputra <andi@mhs.example>",
        "to": ADDRESS,
        "subject": "Wi-Fi ruang sidang mati",
        "message_id": f"<{abs(hash((text, *headers.items())))}@mhs.example>",
        **headers,
    }
    for name, value in given.items():
        if value:
            made[name.replace("_", "-").title()] = value
    made.set_content(text)
    return made.as_bytes()


def take_in(box: Mailbox, *raws: bytes) -> list[IncomingMail]:
    """The mails come by the pipe and are read."""
    keep_all(box.id, [RawMail(raw) for raw in raws])
    read_stored(threading.Event())
    return db.session.query(IncomingMail).order_by(IncomingMail.id).all()


def fetch() -> None:
    """A turn of the worker's lane."""
    fetch_mail(threading.Event())


Take = Callable[..., list[IncomingMail]]
