"""Takes one step on many tickets, each in its own transaction, and gathers who refused and why."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from models.base.db import db
from procedures.engine.declaration import Actor
from procedures.engine.take_step import StepRefused, take_step
from procedures.tickets import forms
from procedures.tickets.labelling import MoreLabelsForm

FORMS: dict[str, Callable[..., Any] | None] = {  # the steps that may be taken for many, and what each asks once
    "take": None,
    "assign": forms.AssignForm,
    "hand_over": forms.HandOverForm,
    "label": MoreLabelsForm,
    "resolve": forms.ResolveForm,
}


def take_for(ticket_id: int, version: int | None, act: str, by: Actor, form: Any, once: str) -> StepRefused | None:
    """Why this ticket was left as it is, or nothing; the same `once` does nothing twice.

    take_step() asks the row rule, the role, the state and the version for each ticket.
    """
    try:
        take_step(ticket_id, act, by, form, version=version, once=once)
    except StepRefused as refused:
        db.session.rollback()
        return refused
    return None
