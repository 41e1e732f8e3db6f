"""Splits a complaint that is about two things: the second becomes a ticket of its own, of the same requester.

The clerk chooses which messages and files go along. They are written anew on the second ticket, so that the first keeps
its history whole, and each ticket's readers, search and periods are those of its own rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from wtforms import SelectField

from gateways.files.file_store import StoredFile
from mails.tickets import split_notices
from models.base.columns.json_value import Json
from models.base.db import db, utcnow
from models.base.wording import short_when
from models.tickets.category import category_with_group
from models.tickets.ticket import Attachment, Event, EventKind, Participant, Ticket
from procedures.base.form_fields import StepForm, TickBoxes, line_field, required, text_field
from procedures.engine import take_step
from procedures.engine.declaration import PRODUCT, Actor, Outcome, Who
from procedures.engine.step_facts import also, says, tells
from procedures.tickets.common_declaration import DESK, Adoption, Leads, common_move
from procedures.tickets.complaint_states import At, C
from procedures.tickets.offers import offers

COPIED = (
    "requester_name",
    "requester_email",
    "requester_phone",
    "language",
    "channel",
    "received_at",
    "unit_id",
    "priority",
    "priority_reason",
)


class SplitForm(StepForm):
    """What the second ticket is about."""

    subject = line_field(_l("Judul tiket baru"), 200)
    category = SelectField(_l("Jenis masalah"), coerce=int, validators=[required(_l("Pilih jenis masalahnya."))])
    description = text_field(_l("Isi tiket baru"), 20_000)
    messages = TickBoxes(_l("Pesan yang ikut, dengan berkasnya"), coerce=int, validate_choice=False)
    enclosed = TickBoxes(_l("Berkas lain yang ikut"), coerce=int, validate_choice=False)

    def prepare(self) -> None:
        super().prepare()
        self.category.choices = [(0, "—"), *offers()["category"]]
        self.messages.choices, self.enclosed.choices = [], []

    def is_about(self, ticket: Ticket) -> None:
        """What of this ticket can go along; a box that would be empty is left out."""
        said = messages_of(ticket)
        with_them = {event.id for event in said}
        self.messages.choices = [(event.id, _named(event)) for event in said]
        self.enclosed.choices = [(f.id, f.name) for f in ticket.files if f.event_id not in with_them]
        for name in ("messages", "enclosed"):
            if not self[name].choices:
                del self[name]

    def chosen(self, name: str) -> set[int]:
        return set(self[name].data or ()) if name in self else set()


MOST_MESSAGES = 200  # the newest
SAID = {EventKind.REPLY: "bring_reply", EventKind.ANSWER: "bring_answer", EventKind.NOTE: "bring_note"}
BEGINS = 90  # characters of a message by which it is known


def messages_of(ticket: Ticket) -> Sequence[Event]:
    """What was said on the ticket by requester and staff, oldest first."""
    query = select(Event).where(Event.ticket_id == ticket.id, Event.kind.in_([*SAID])).order_by(Event.id.desc())
    return list(db.session.scalars(query.limit(MOST_MESSAGES)))[::-1]


def _named(event: Event) -> str:
    """Who, when, its first words and how many files: by that the clerk knows a message."""
    who = {EventKind.ANSWER: _("Pemohon"), EventKind.NOTE: _("Catatan %(name)s", name=event.actor_name)}
    words = " ".join(event.text.split())
    words = words if len(words) <= BEGINS else words[: BEGINS - 1].rstrip() + "…"
    named = [who.get(EventKind(event.kind), event.actor_name), short_when(event.at, utcnow(), str(get_locale()))]
    return ", ".join(named) + (f": {words}" if words else "") + "".join(f" [{file.name}]" for file in event.files)


@dataclass(frozen=True)
class SecondMatter:
    """What the first ticket hands to the second."""

    first: Ticket
    subject: str
    category_id: int
    description: str
    by: str


@dataclass(frozen=True)
class Message:
    """What was said on the first ticket and is said on the second as well."""

    text: str
    said_at: datetime
    first: str  # number of the ticket where it was said


def _worked_on(adoption: Adoption) -> Leads:
    return ((At.WITH_GROUP, At.IN_PROGRESS), ()) if adoption.procedure is C else None


def _while_open(adoption: Adoption) -> Leads:
    return (adoption.open, ()) if adoption.procedure is C else None


def _opened(adoption: Adoption) -> Leads:
    return ((), (At.RECEIVED,)) if adoption.procedure is C else None


@common_move(_l("Pecah jadi dua"), DESK, _worked_on)
@tells(split_notices.split, Who.REQUESTER)
@says(_l("Hal kedua menjadi tiket sendiri dengan pemohon yang sama; Anda memilih pesan dan berkas yang ikut."))
@also(kind="system", page="/admin/split/?id={id}")
def split(ticket: Ticket, by: Actor, form: SplitForm) -> Outcome:
    """A complaint about two things becomes two: the second gets a number and a group of its own."""
    part = SecondMatter(ticket, form.subject.data, form.category.data, form.description.data, by.name)
    said = [event for event in messages_of(ticket) if event.id in form.chosen("messages")]
    own = {event.id for event in said}
    loose = [f for f in ticket.files if f.id in form.chosen("enclosed") and f.event_id not in own]
    second = take_step.open_ticket("complaint", "open_from_split", PRODUCT, part)
    if by.staff is not None:
        Participant.add(second.id, by.staff.id)
    for event in said:
        _bring(second, ticket, event.kind, event, event.files)
    for kind in SAID:
        for file in (file for file in loose if _as(file) == kind):
            _bring(second, ticket, kind, file.event, [file])
    data: dict[str, Json] = {"split_to": second.number, "split_to_id": second.id, "brought": _brought(said, loose)}
    return Outcome(text=form.subject.data, data={name: value for name, value in data.items() if value})


def _brought(said: Sequence[Event], loose: Sequence[Attachment]) -> dict[str, int]:
    files = len(loose) + sum(len(event.files) for event in said)
    return {"messages": len(said), "files": files} if said or files else {}


def _as(file: Attachment) -> EventKind:
    """As what a file without a message goes along: who may read it stays as it was."""
    if not file.is_public:
        return EventKind.NOTE
    is_staffs = file.event is not None and file.event.actor_kind == "staff"
    return EventKind.REPLY if is_staffs else EventKind.ANSWER


def _bring(second: Ticket, first: Ticket, kind: str, event: Event | None, files: Sequence[Attachment]) -> None:
    """The requester's name stands on the ticket, where it can be forgotten; a colleague's with what they said."""
    name = event.actor_name if event is not None and event.actor_kind == "staff" else PRODUCT.name
    text = event.text if event is not None and event.kind in SAID else ""
    message = Message(text, event.at if event is not None else first.created_at, first.number)
    take_step.take_step(second, SAID[EventKind(kind)], Actor("product", name), message, files=stored(files))


def stored(files: Iterable[Attachment]) -> list[StoredFile]:
    """The same files once more, for another event: their bytes lie in the store once."""
    return [StoredFile(f.sha256, f.size, f.name, f.content_type, f.is_inline) for f in files]


def _repeated(form: Message) -> Outcome:
    return Outcome(text=form.text, data={"said_on": form.first, "said_at": form.said_at.isoformat()})


@common_move(_l("Dipecah dari tiket lain"), (Who.PRODUCT,), _opened)
def open_from_split(ticket: Ticket, by: Actor, form: SecondMatter) -> Outcome:
    """The second part of a complaint that was split: requester, unit and time of receipt are those of the first."""
    first = form.first
    for name in COPIED:
        setattr(ticket, name, getattr(first, name))
    ticket.subject, ticket.description, ticket.category_id = form.subject, form.description, form.category_id
    ticket.category = category_with_group(form.category_id)
    ticket.group = ticket.category.group if ticket.category else first.group
    ticket.group_id = ticket.group.id
    db.session.flush()
    return Outcome(text="", data={"split_from": first.number, "split_from_id": first.id, "decided_by": form.by})


@common_move(_l("Balasan dari tiket asal"), (Who.PRODUCT,), _while_open)
@also(is_public=True, is_quiet=True, kind="reply")
def bring_reply(ticket: Ticket, by: Actor, form: Message) -> Outcome:
    """A reply that staff wrote on the ticket from which this one was split."""
    return _repeated(form)


@common_move(_l("Jawaban pemohon dari tiket asal"), (Who.PRODUCT,), _while_open)
@also(is_public=True, is_quiet=True, kind="answer")
def bring_answer(ticket: Ticket, by: Actor, form: Message) -> Outcome:
    """What the requester wrote on the ticket from which this one was split."""
    return _repeated(form)


@common_move(_l("Catatan dari tiket asal"), (Who.PRODUCT,), _while_open)
@also(is_public=False, is_quiet=True, kind="note")
def bring_note(ticket: Ticket, by: Actor, form: Message) -> Outcome:
    """An internal note, or internal files, of the ticket from which this one was split."""
    return _repeated(form)
