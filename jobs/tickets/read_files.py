"""Takes the words out of attached text, PDF and office files, so that search finds what stands in them."""

from __future__ import annotations

import logging
from threading import Event

from sqlalchemy import select

from gateways.files.file_store import FileDamaged, FileMissing
from gateways.files.file_words import NotDone, keys_of_file
from gateways.files.uploads import store
from models.base.db import db, utcnow, write_transaction
from models.base.search.terms import keys_of
from models.tickets.file_text import FileReading, FileText, next_unread
from models.tickets.ticket import Attachment

log = logging.getLogger("helpdesk")


def has_files_to_read() -> bool:
    waiting = select(FileText.attachment_id).where(FileText.state == FileReading.WAITING).limit(1)
    return db.session.scalar(waiting) is not None


def read_files(ended: Event | None = None) -> int:
    """Read what waits, the newest first, each in a transaction of its own; says how many."""
    done = 0
    while not (ended and ended.is_set()) and (file := next_unread()) is not None:
        ident, words, fault = file.id, *_words(file)
        with write_transaction():
            row = db.session.get(FileText, ident, with_for_update=True)
            if row is not None and row.state == FileReading.WAITING:
                row.words, row.fault, row.read_at = words, fault[:200], utcnow()
                row.state = FileReading.REFUSED if fault else FileReading.READ
        done += 1
    return done


def _words(file: Attachment) -> tuple[str, str]:
    """The keys of a file's name and content, a line each, and why the content was not read."""
    ident, name, sha256, content_type = file.id, keys_of(file.name), file.sha256, file.content_type
    db.session.rollback()  # nothing is held while a file is read
    try:
        with store().open(sha256) as stream:
            keys = keys_of_file(stream, content_type)
    except (NotDone, FileMissing, FileDamaged) as why:
        fault = str(why) if isinstance(why, NotDone) else "missing or damaged in the store"
        log.warning("no words of file %s: %s", ident, fault)
        return "\n".join(name), fault
    return "\n".join(dict.fromkeys([*name, *keys])), ""
