"""The files that go along with a mail: documents as issued, and a calendar file for a visit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from flask_mail import Message

from documents.installation.visit_calendar import visit_calendar
from documents.stored_document import kept_file_of
from models.base.columns.json_value import Json
from models.base.db import db
from models.tickets.issued_document import IssuedDocument
from models.tickets.outbox import Mail


def attach_files(made: Message, mail: Mail) -> None:
    """Attach what the mail's facts name. Raises DocumentNotPrinted when a document cannot be had; the mail then waits.

    It prints none: a document that takes its time must not hold up other mails (Z37).
    """
    for name, kind, data in _files(dict(mail.facts), mail.ticket_id):
        made.attach(name, kind, data)


def _files(facts: Mapping[str, Json], ticket_id: int | None) -> Iterator[tuple[str, str, bytes]]:
    documents = facts.get("papers")
    for document_id in documents if isinstance(documents, list) else []:
        data = kept_file_of(document_id)
        yield db.session.get_one(IssuedDocument, document_id).file_name, "application/pdf", data
    if facts.get("calendar") and ticket_id is not None and (calendar := visit_calendar(ticket_id)):
        yield "kunjungan.ics", "text/calendar", calendar
