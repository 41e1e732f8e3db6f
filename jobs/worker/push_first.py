"""Tells officers on their phones before a mail is made; whom that does not reach gets the mail, and nobody both.

One row of the outbox is one person told once. Where one of their devices takes the message, the row is done (“pushed”);
where the service has no time it waits and is tried again, MOST_TRIES times; else the mail goes as ever. A worker that
dies between leaves the row to the next, whose message takes the first one's place on the phone (its topic is the same).
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable
from functools import partial

from flask import current_app
from flask_babel import force_locale

from gateways.web_push import Address, PushGone, PushLater, PushNever, is_known_service, push
from jobs.worker import outbox_rows
from mails.push_kinds import KINDS, kind_of
from mails.render import KEPT
from models.base import setting
from models.base.db import db, utcnow, write_transaction
from models.organisation.push_device import PushDevice, devices_behind, has_devices
from models.tickets.outbox import Mail, MailState
from models.tickets.ticket import Ticket
from web.metrics import count

MOST_TRIES = 3  # then the mail goes
log = logging.getLogger("helpdesk")


def told_by_push(mail_id: int) -> Callable[[], None] | None:
    """What is to be written where a phone was told, or where that is to be tried again; None where the mail goes."""
    if not has_devices():
        return None
    mail = db.session.get_one(Mail, mail_id, populate_existing=True)
    kind, tries = kind_of(mail.notice), mail.attempts
    if kind is None or not mail.facts.get("to_staff") or tries > MOST_TRIES:
        db.session.rollback()
        return None
    devices = devices_behind(mail.recipient, kind, utcnow())
    message, topic = message_of(mail, kind), topic_of(mail)
    to = [(one.id, Address(one.endpoint, one.public_key, one.auth)) for one in devices]
    db.session.rollback()  # no transaction is open while a service is asked
    told, gone, later = _told(to, message, topic)
    if gone:
        with write_transaction():
            for ident in gone:
                if (row := db.session.get(PushDevice, ident)) is not None:
                    db.session.delete(row)
    if told:
        return partial(_pushed, mail_id, told)
    return partial(outbox_rows.postpone, mail_id, f"push: {later}") if later and tries < MOST_TRIES else None


def message_of(mail: Mail, kind: str) -> bytes:
    """Number and kind, and where a tap leads: nothing of a person, nor of what somebody wrote."""
    ticket = db.session.get(Ticket, mail.ticket_id) if mail.ticket_id else None
    with force_locale(mail.language):
        label = str(KINDS[kind].label)
    facts = {
        "number": ticket.number if ticket else "",
        "kind": label,
        "to": f"/admin/ticket/details/?id={ticket.id}" if ticket else "/admin/",
        "tag": topic_of(mail),
    }
    return json.dumps(facts).encode()


def topic_of(mail: Mail) -> str:
    """The same at each try of this row (RFC 8030: at most 32 letters)."""
    return hashlib.sha256(mail.message_id.encode()).hexdigest()[:24]


def _told(to: list[tuple[int, Address]], message: bytes, topic: str) -> tuple[list[int], list[int], str]:
    """(ids that took it, ids that are no more, why another try may help)"""
    told, gone, later = [], [], ""
    config = current_app.config
    secrets = [str(one) for one in (config["SECRET_KEY"], *(config.get("SECRET_KEY_FALLBACKS") or ()))]
    contact = f"mailto:{setting.get('centre_email')}" if setting.get("centre_email") else str(config["BASE_URL"])
    for ident, address in to:
        try:
            if not is_known_service(address.endpoint, config["PUSH_SERVICES"]):
                raise PushGone("not a configured service")
            push(address, message, topic, secrets, contact)
        except PushGone:
            gone.append(ident)
        except PushLater as fault:
            later = str(fault)
        except PushNever as refused:
            log.warning("push not taken: %s", refused)
        else:
            told.append(ident)
    count("pushes", "sent" if told else "not_sent")
    return told, gone, later


def _pushed(mail_id: int, devices: list[int]) -> None:
    mail = db.session.get_one(Mail, mail_id)
    mail.state, mail.sent_at, mail.leased_until, mail.last_error = MailState.PUSHED.value, utcnow(), None, ""
    mail.facts = {name: value for name, value in mail.facts.items() if name not in KEPT}
    for ident in devices:
        if (row := db.session.get(PushDevice, ident)) is not None:
            row.told_at = utcnow()
