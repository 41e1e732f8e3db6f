"""Splits a complaint that is about two things: the second becomes a ticket of its own, of the same requester."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import SelectField

from mails.tickets import split_notices
from models.base.db import db
from models.tickets.category import category_with_group
from models.tickets.ticket import Participant, Ticket
from procedures.base.form_fields import StepForm, line_field, required, text_field
from procedures.engine import take_step
from procedures.engine.declaration import PRODUCT, Actor, Outcome, Who
from procedures.engine.step_facts import also, says, tells
from procedures.tickets.common_declaration import DESK, Adoption, Leads, common_move
from procedures.tickets.complaint_states import At, C
from procedures.tickets.offers import offers

COPIED = (
    "requester_name", "requester_email", "requester_phone", "language", "channel", "received_at", "unit_id", "priority",
    "priority_reason",
)  # fmt: skip


class SplitForm(StepForm):
    """What the second ticket is about."""

    subject = line_field(_l("Judul tiket baru"), 200)
    category = SelectField(_l("Jenis masalah"), coerce=int, validators=[required(_l("Pilih jenis masalahnya."))])
    description = text_field(_l("Isi tiket baru"), 20_000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.category.choices = [(0, "—"), *offers()["category"]]


@dataclass(frozen=True)
class SecondMatter:
    """What the first ticket hands to the second."""

    first: Ticket
    subject: str
    category_id: int
    description: str
    by: str


def _worked_on(adoption: Adoption) -> Leads:
    return ((At.WITH_GROUP, At.IN_PROGRESS), ()) if adoption.procedure is C else None


def _opened(adoption: Adoption) -> Leads:
    return ((), (At.RECEIVED,)) if adoption.procedure is C else None


@common_move(_l("Pecah jadi dua"), DESK, _worked_on)
@tells(split_notices.split, Who.REQUESTER)
@says(_l("Hal kedua menjadi tiket sendiri dengan pemohon yang sama; tiket ini berlanjut. Pemohon dikabari."))
@also(kind="system")
def split(ticket: Ticket, by: Actor, form: SplitForm) -> Outcome:
    """A complaint about two things becomes two: the second gets a number and a group of its own."""
    part = SecondMatter(ticket, form.subject.data, form.category.data, form.description.data, by.name)
    second = take_step.open_ticket("complaint", "open_from_split", PRODUCT, part)
    if by.staff is not None:
        Participant.add(second.id, by.staff.id)
    return Outcome(text=form.subject.data, data={"split_to": second.number, "split_to_id": second.id})


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
