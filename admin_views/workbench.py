"""What the workbench of a ticket shows: facts, track, next steps, history, people; it moves nothing."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, lazyload, selectinload

from models.db import db
from models.draft import Draft
from models.staff import Staff
from models.ticket import Attachment, Event, Participant, Pause, Ticket
from procedures import catalog
from procedures.declaration import Actor, Step, Who
from procedures.engine import StepRefused, refusal, state_of, steps_of
from procedures.forms import OptionalNoteForm
from procedures.rights import right_to
from procedures.track import Passed, track

HISTORY_PAGE = 60
TOLD_WORDS = {
    Who.REQUESTER: "pemohon",
    Who.UNIT: "unit pemohon",
    Who.MEMBER: "anggota kelompok",
    Who.ASSIGNEE: "petugas tiket",
    Who.CONTACT: "kontak unit",
    Who.IT_MANAGERS: "pengelola IT",
}


@dataclass
class Act:
    """A step as the workbench offers it: its form, or the sentence why it is not open."""

    step: Step
    form: Any = None
    why_not: str = ""
    is_open: bool = False  # its form is unfolded: after an error, or because words were kept

    @property
    def url(self) -> str:
        return f"do/{self.step.name}"

    @property
    def writes(self) -> str:
        """May the requester read the words of this form?"""
        return "public" if self.step.is_public else "internal"


@dataclass
class Workbench:
    """One ticket before one person."""

    ticket: Ticket
    staff: Staff
    actor: Actor
    failed: StepRefused | None = None
    failed_step: str = ""
    show_all: bool = False
    typed: Any = None  # the form of `failed_step` when somebody comes back to it
    kept_files: list[tuple[str, str]] = field(default_factory=list)  # its files: signed word, name
    events: list[Event] = field(default_factory=list)
    once: str = field(default_factory=lambda: secrets.token_hex(12))

    def __post_init__(self) -> None:
        self.procedure = catalog.get(self.ticket.procedure)
        self.state = state_of(self.ticket)
        self.events = _events(self.ticket, None if self.show_all else HISTORY_PAGE + 1)
        self.has_earlier = not self.show_all and len(self.events) > HISTORY_PAGE
        self.events = self.events if self.show_all else self.events[:HISTORY_PAGE]
        self.drafts = _drafts(self.staff, self.ticket)
        acts = [act for step in steps_of(self.ticket) if (act := self._act(step))]
        self.reply = next((a for a in acts if a.step.name == "reply"), None)
        self.note = next((a for a in acts if a.step.name == "note"), None)
        shown = [a for a in acts if not a.step.is_quiet]
        self.acts = [a for a in shown if not a.step.is_common]
        self.common = [a for a in shown if a.step.is_common and not a.why_not]

    @cached_property
    def passed(self) -> list[Passed]:
        return track(self.ticket, self.procedure, _numbered(self.ticket))

    def _act(self, step: Step) -> Act | None:
        """Open steps with their form; shut ones only where they are of the present state or come next."""
        if right_to(step, self.ticket, self.actor) is None:
            return None
        refused = refusal(step, self.ticket, self.actor)
        if refused is None:
            return Act(step, self._form(step), is_open=step.name == self.failed_step or step.name in self.drafts)
        if refused.why == "state" and not self._comes_next(step):
            return None
        return Act(step, why_not=refused.sentence)

    def _comes_next(self, step: Step) -> bool:
        """A numbered step that opens in a state to which the present one can lead."""
        if not step.number or step.is_common:
            return False
        here = [s for s in self.procedure.steps.values() if self.ticket.state in s.sources and not s.is_common]
        after = {state for s in here for state in s.targets if not state.final}
        return any(state in step.sources for state in after)

    def _form(self, step: Step) -> Any:
        if step.name == self.failed_step and self.failed is not None and self.failed.form is not None:
            return self.failed.form
        if step.name == self.failed_step and self.typed is not None:
            return self.typed
        kept = self.drafts.get(step.name)
        asks = step.asks or OptionalNoteForm
        return asks(data=kept) if kept else asks()

    def told(self, step: Step) -> str:
        """Who will hear of it, beside the submit button."""
        return ", ".join(str(TOLD_WORDS.get(w, getattr(w, "label", w))) for w in step.tells)

    @property
    def waiting_words(self) -> str:
        return str(self.ticket.pause_reason) if self.ticket.pause == Pause.HOLD else ""

    @property
    def people(self) -> list[Staff]:
        query = (
            select(Staff)
            .join(Participant, Participant.staff_id == Staff.id)
            .where(Participant.ticket_id == self.ticket.id)
        )
        return list(db.session.scalars(query.options(lazyload(Staff.role_rows)).order_by(Staff.name)).unique())

    @property
    def files(self) -> list[Attachment]:
        query = select(Attachment).where(Attachment.ticket_id == self.ticket.id).order_by(Attachment.id.desc())
        return list(db.session.scalars(query.limit(100)))

    @property
    def related(self) -> list[Ticket]:
        """Other tickets of the same requester that this person may see are found by search; tied ones stand here."""
        if self.ticket.incident_id is None:
            return []
        incident = db.session.get(Ticket, self.ticket.incident_id)
        return [incident] if incident else []


def _events(ticket: Ticket, limit: int | None) -> list[Event]:
    query = select(Event).where(Event.ticket_id == ticket.id).order_by(Event.id.desc())
    return list(db.session.scalars(query.options(selectinload(Event.files)).limit(limit)))


def _numbered(ticket: Ticket) -> list[Event]:
    query = select(Event).where(Event.ticket_id == ticket.id, Event.number != "").order_by(Event.id)
    return list(db.session.scalars(query.limit(500)))


def _drafts(staff: Staff, ticket: Ticket) -> dict[str, dict[str, Any]]:
    place = f"/admin/ticket/{ticket.id}/do/"
    rows = db.session.scalars(
        select(Draft).where(Draft.staff_id == staff.id, Draft.place.startswith(place, autoescape=True))
    )
    return {row.place.removeprefix(place): row.fields for row in rows}


def ticket_with_papers(query: Any) -> Any:
    """Load what the head of the page names, in the same statement."""
    names = (Ticket.unit, Ticket.category, Ticket.group, Ticket.assignee)
    return query.options(*(joinedload(name) for name in names), joinedload(Ticket.assignee).lazyload(Staff.role_rows))
