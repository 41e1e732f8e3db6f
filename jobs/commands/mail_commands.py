"""The command by which a mail server hands a mail over through a pipe."""

from __future__ import annotations

import logging
import sys

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from gateways.files.file_store import UploadRefused
from gateways.mailbox.mail_read import MOST_BYTES
from models.base.db import db
from models.tickets.incoming_mail import IncomingMail, MailFate
from models.tickets.mailbox import Mailbox
from procedures.tickets.inbox.keep_raw import RawMail, keep_all
from procedures.tickets.inbox.read_stored import read_some

TRY_LATER, NOT_SET_UP = 75, 78  # EX_TEMPFAIL and EX_CONFIG of sysexits.h: a mail server keeps the mail for either
log = logging.getLogger("helpdesk")


@click.command("take-mail")
@click.option("--mailbox", "address", help="The mailbox's address; the first one in use when left out.")
@with_appcontext
def take_mail(address: str | None) -> None:
    """Store the mail that comes on standard input, then read it. Ends with 0 only when it is stored for good."""
    raw = sys.stdin.buffer.read(MOST_BYTES + 1)
    query = select(Mailbox).where(Mailbox.is_active).order_by(Mailbox.id)
    box = db.session.scalars(query.where(Mailbox.address == address.lower()) if address else query).first()
    if box is None or not raw.strip():
        click.echo("No such mailbox in use: add it in the panel." if box is None else "There was no mail.", err=True)
        sys.exit(NOT_SET_UP)
    try:
        rest = len(sys.stdin.buffer.read()) if len(raw) > MOST_BYTES else 0
        keep_all(box.id, [RawMail(raw, len(raw) + rest)])
    except Exception as fault:  # whatever keeps it from being stored, the mail server tries again
        log.exception("a mail could not be stored")
        words = str(fault) if isinstance(fault, UploadRefused) else type(fault).__name__
        click.echo(f"Not stored, try again later: {words}", err=True)
        sys.exit(TRY_LATER)
    _read_what_is_stored()


def _read_what_is_stored() -> None:
    """What cannot be done now the worker does."""
    waiting = db.session.scalars(select(IncomingMail.id).where(IncomingMail.state == MailFate.STORED)).all()
    db.session.rollback()
    for mail_id in waiting[:50]:
        try:
            read_some([mail_id])
        except Exception:  # it is stored, and the worker reads it
            db.session.rollback()
            log.exception("a mail could not be read at once", extra={"mail": mail_id})
