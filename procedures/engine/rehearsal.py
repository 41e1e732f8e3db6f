"""Takes a step and undoes it, to show which mails it would send, and to whom, before it is taken.

Nothing is kept by a rehearsal and nothing leaves. The words and the recipients come from the very step, so what a
person looks at is what goes out; if the recipients are others by the time of confirming, take_step() refuses it.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

from mails.queue import Collected, Queued, collected
from mails.render import render
from models.base.db import db, write_transaction
from models.tickets.ticket import Ticket
from procedures.base.form_fields import StepForm
from procedures.engine import catalog
from procedures.engine.declaration import Actor
from procedures.engine.take_step import StepRefused, take_step
from procedures.engine.telling import Reader, seal_of, silent_readers, told_reader


@dataclass(frozen=True)
class SampleMail:
    """The words of one mail, without the access link, and everybody who gets these words."""

    subject: str
    body: str
    language: str
    readers: list[Reader]


@dataclass(frozen=True)
class Rehearsal:
    """What the step would send. `seen` names exactly these recipients."""

    samples: list[SampleMail]
    silent: list[Reader]  # should be told, and have no address
    seen: str

    @property
    def readers(self) -> list[Reader]:
        return [reader for sample in self.samples for reader in sample.readers]

    @property
    def is_empty(self) -> bool:
        return not self.samples and not self.silent


class _UndoneError(Exception):
    """Ends the transaction of a rehearsal."""


def rehearse(ticket_id: int, name: str, by: Actor, form: StepForm | None, *, version: int | None = None) -> Rehearsal:
    """What the step would send now. Raises StepRefused as the step itself would."""
    try:
        with write_transaction(), collected() as told:
            _previewed(ticket_id, name)
            take_step(ticket_id, name, by, form, version=version)
            found = _look(told, by)
            raise _UndoneError
    except _UndoneError:
        return found


def _previewed(ticket_id: int, name: str) -> None:
    ticket = db.session.get(Ticket, ticket_id)
    step = catalog.get(ticket.procedure).steps.get(name) if ticket else None
    if ticket is None or step is None or not step.previews:
        raise StepRefused(_("Langkah ini tidak ada dalam prosedur tiket ini."), "state")


def _look(found: Collected, by: Actor) -> Rehearsal:
    """One sample for each notice, language and kind of reader; the mails are rendered as they would be sent."""
    groups: dict[tuple[str, str, bool, bool], list[Queued]] = {}
    for each in found.queued:
        key = (each.mail.notice, each.mail.language, each.to.is_staff, each.mail.ticket_id is not None)
        groups.setdefault(key, []).append(each)
    samples = []
    for alike in groups.values():
        words = render(alike[0].mail)
        readers = [told_reader(each, by) for each in alike]
        samples.append(SampleMail(words.subject, words.kept_body, alike[0].mail.language, readers))
    return Rehearsal(samples, silent_readers(found.silent, by), seal_of(found.queued))
