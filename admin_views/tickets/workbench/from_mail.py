"""Fills the form of a step with what a mail says that was joined to the ticket; a person takes the step, or not."""

from __future__ import annotations

from typing import TypedDict

from sqlalchemy import select

from gateways.files.file_store import StoredFile
from models.base.db import db
from models.tickets.ticket import Attachment, Event, Ticket
from procedures.base.form_fields import StepForm
from procedures.engine import catalog


class StepFromMail(TypedDict, total=False):
    """The name of the step, its form filled, and the mail's files where the form takes some."""

    step: str
    typed: StepForm
    files: list[StoredFile]


def step_from_mail(ticket: Ticket, event_id: int | None) -> StepFromMail:
    """What the workbench begins with: step, form and files; nothing where the event proposes none."""
    event = db.session.get(Event, event_id) if event_id else None
    if event is None or event.ticket_id != ticket.id or not event.data.get("proposes"):
        return {}
    proposed = event.data["proposes"]
    step = catalog.get(ticket.procedure).steps.get(proposed["step"])
    if step is None or step.asks is None:
        return {}
    form = step.asks(data=proposed["fields"])
    files = db.session.scalars(select(Attachment).where(Attachment.event_id == event.id).order_by(Attachment.id))
    stored = [StoredFile(f.sha256, f.size, f.name, f.content_type, f.is_inline) for f in files]
    return {"step": step.name, "typed": form, "files": stored if step.asks.takes_files else []}
