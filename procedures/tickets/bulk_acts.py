"""Takes one step on many tickets, each in its own transaction, and gathers who refused and why."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from models.base.db import db
from models.tickets.ticket import Ticket, visible_to
from procedures.base.form_fields import StepForm
from procedures.engine import catalog
from procedures.engine.declaration import Actor
from procedures.engine.take_step import StepRefused, refusal, take_step
from procedures.tickets import forms
from procedures.tickets.labelling import MoreLabelsForm

FORMS: dict[str, type[StepForm] | None] = {  # the steps that may be taken for many, and what each asks once
    "take": None,
    "accept": None,
    "assign": forms.AssignForm,
    "hand_over": forms.HandOverForm,
    "label": MoreLabelsForm,
    "resolve": forms.ResolveForm,
}


def who_can(ticket_ids: list[int], act: str, by: Actor) -> dict[int, str]:
    """Of those that this person sees, in the order of their ids: "" where the step is open, else the sentence why not.

    What is asked of the form, and what changes until it is sent, is left to take_step().
    """
    query = select(Ticket).where(Ticket.id.in_(ticket_ids), visible_to(by.staff)).options(joinedload(Ticket.group))
    found = {}
    for ticket in db.session.scalars(query.order_by(Ticket.id)).unique():
        step = catalog.get(ticket.procedure).steps.get(act)
        if step is None:
            found[ticket.id] = _("Prosedur tiket ini tidak mempunyai langkah itu.")
        else:
            refused = refusal(step, ticket, by)
            found[ticket.id] = refused.sentence if refused else ""
    return found


def take_for(
    ticket_id: int, version: int | None, act: str, by: Actor, form: StepForm | None, once: str
) -> StepRefused | None:
    """Why this ticket was left as it is, or nothing; the same `once` does nothing twice.

    take_step() asks the row rule, the role, the state and the version for each ticket.
    """
    try:
        take_step(ticket_id, act, by, form, version=version, once=once)
    except StepRefused as refused:
        db.session.rollback()
        return refused
    return None
