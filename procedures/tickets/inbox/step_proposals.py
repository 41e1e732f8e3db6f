"""Proposes to which step of a ticket's procedure the words of a mail belong; a person takes it, or does not.

Each procedure that expects such mails says here how it reads them; nothing is ever taken by a mail.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from models.base.columns.json_value import Json
from models.tickets.ticket import Ticket
from procedures.engine import catalog
from procedures.tickets.inbox.reply_parts import parts_of

MOST_WORDS = 1_500  # characters of a mail that go into a form's text


@dataclass(frozen=True)
class MailSaid:
    """What a mail says about a ticket: its own words without the history, who wrote it, and the names of its files."""

    words: str
    sender: str
    name: str
    files: tuple[str, ...] = ()


@dataclass(frozen=True)
class StepProposal:
    """A step, and what its form would begin with."""

    step: str
    fields: dict[str, Json] = field(default_factory=dict)

    @property
    def as_data(self) -> dict[str, Json]:
        return {"step": self.step, "fields": self.fields}


READERS: dict[str, Callable[[Ticket, MailSaid], StepProposal | None]] = {}  # by the procedure's key


def step_for(ticket: Ticket, text: str, sender: str, name: str, files: tuple[str, ...] = ()) -> StepProposal | None:
    """The step that this mail would fill, where the ticket stands at it now."""
    reader = READERS.get(ticket.procedure)
    found = reader(ticket, MailSaid(parts_of(text).said, sender, name, files)) if reader else None
    if found is None or ticket.state not in catalog.get(ticket.procedure).steps[found.step].sources:
        return None
    return found
