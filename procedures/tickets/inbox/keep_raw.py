"""Keeps mails raw, before anybody looks into them: each once, whatever a mail server does with its numbers (Z13)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from gateways.files.uploads import store
from gateways.mailbox.message_id import message_id_of
from models.base.db import db, utcnow, write_transaction
from models.tickets.incoming_mail import IncomingMail
from models.tickets.mailbox import Mailbox


@dataclass(frozen=True)
class RawMail:
    """A mail as it came. `size` in bytes as the server has it: of one that is too large only the beginning is here."""

    raw: bytes
    size: int = 0
    uid: int | None = None
    received_at: datetime | None = None


@dataclass(frozen=True)
class _Kept:
    mail: RawMail
    sha256: str
    message_id: str


def keep_all(mailbox_id: int, mails: Sequence[RawMail], uid_validity: int | None = None) -> int:
    """Store the mails and remember up to where the mailbox is read, in one transaction; says how many were new.

    The bytes lie in the file store before the rows are written. A mail that is here already (the same bytes under
    another UID, after a change of UIDVALIDITY or a second delivery) is skipped. Raises UploadRefused on a full disk.
    """
    kept = _put(mails)
    with write_transaction():
        box = db.session.scalars(select(Mailbox).where(Mailbox.id == mailbox_id).with_for_update()).one()
        known = _known(kept)
        new = 0
        for one in kept:
            key = (one.message_id, one.sha256)
            if key not in known:
                known.add(key)
                db.session.add(_row(box.id, one, uid_validity))
                new += 1
        if uid_validity is not None:
            if box.uid_validity != uid_validity:
                box.uid_validity, box.last_uid, box.settled_uid = uid_validity, 0, 0
            box.last_uid = max(box.last_uid, *(mail.uid or 0 for mail in mails), 0)
            if box.afterwards == "keep":
                box.settled_uid = box.last_uid
    return new


def _put(mails: Sequence[RawMail]) -> list[_Kept]:
    """Into the file store; one that went from the server meanwhile has no bytes, no file and no row."""
    there = [mail for mail in mails if mail.raw]
    hashes = store().store_raw([mail.raw for mail in there], "surat.eml")
    return [_Kept(mail, sha256, message_id_of(mail.raw)) for mail, sha256 in zip(there, hashes, strict=True)]


def _known(kept: Sequence[_Kept]) -> set[tuple[str, str]]:
    query = select(IncomingMail.message_id, IncomingMail.digest)
    found = query.where(IncomingMail.digest.in_([one.sha256 for one in kept]))
    return {(message_id, digest) for message_id, digest in db.session.execute(found).tuples()}


def _row(mailbox_id: int, one: _Kept, uid_validity: int | None) -> IncomingMail:
    mail = one.mail
    return IncomingMail(
        mailbox_id=mailbox_id,
        uid_validity=uid_validity,
        uid=mail.uid,
        message_id=one.message_id,
        digest=one.sha256,
        sha256=one.sha256,
        size=mail.size or len(mail.raw),
        is_whole=mail.size <= len(mail.raw),
        received_at=min(mail.received_at or utcnow(), utcnow()),
    )
