"""The reply form and the three ways to send it: answer; answer and resolve; answer and wait for the requester."""

from __future__ import annotations

from procedures.base.form_fields import Sent, StepForm
from procedures.engine.declaration import Step
from procedures.engine.procedure import Procedure
from procedures.tickets import forms

# What the pressed button says beside "send": the step that is taken with the same words.
WAYS: dict[str, type[StepForm]] = {"resolve": forms.LastReplyForm, "ask_requester": forms.AskForm}


def sent_step(procedure: Procedure, step: Step, fields: Sent) -> tuple[Step, StepForm]:
    """(the step that was pressed, its form): of the reply form that may be another than `step`."""
    way = procedure.steps.get(fields.get("then", "")) if step.name == "reply" else None
    if way is not None and way.name in WAYS:
        return way, WAYS[way.name](fields)
    return step, (step.asks or forms.OptionalNoteForm)(fields)
