"""What is asked before a step is taken (right, version, state, needs, form), each refusal with its sentence."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from wtforms import Form

from gateways.files.file_store import StoredFile
from models.base.columns.statement_types import Found
from models.base.db import db
from models.base.wording import Words
from models.tickets.ticket import Event, Ticket, is_visible
from procedures.base.form_fields import StepForm
from procedures.engine import acts, catalog, conflicts
from procedures.engine.conflicts import FieldDifference
from procedures.engine.declaration import Actor, Given, State, Step
from procedures.engine.rights import Right, right_to

MOST_LOOKED_BACK = 200  # events since a form was opened


class StepRefused(Exception):
    """A step that may not be taken; `sentence` says why, `why` is one of
    hidden, role, state, need, stale, form."""

    def __init__(self, sentence: str, why: str, form: Given = None, changes: Sequence[FieldDifference] = ()) -> None:
        super().__init__(sentence)
        acts.note_refused(f"step: {why}{_faulty_fields(form) if why == 'form' else ''}")
        self.sentence, self.why, self.changes = sentence, why, changes
        self.form: StepForm | None = form if isinstance(form, Form) else None


def _faulty_fields(form: Given) -> str:
    """Their names, for the log: what was typed stays out of it."""
    return f" ({', '.join(sorted(form.errors))})" if isinstance(form, Form) and form.errors else ""


class Overtaken(StepRefused):
    """Somebody moved the ticket while this step was thought about: it is thought about once more, under the lock."""


def refusal(step: Step, ticket: Ticket, by: Actor) -> StepRefused | None:
    """Why the step is not open to this actor now, or None; the sentence stands beside the shut button."""
    return _refused(lambda: _ask(step, ticket, by, ask_visible=False))


def is_shut(step: Step, ticket: Ticket, by: Actor) -> StepRefused | None:
    """The same of an actor whose right to the step is known."""
    return _refused(lambda: ask_open(step, ticket, by))


def _refused(ask: Callable[[], Right | None]) -> StepRefused | None:
    try:
        ask()
    except StepRefused as refused:
        return refused
    return None


def state_of(ticket: Ticket) -> State:
    return catalog.get(ticket.procedure).state(ticket.state)


def _ask(step: Step, ticket: Ticket, by: Actor, ask_visible: bool = True) -> Right:
    right = ask_right(step, ticket, by, ask_visible)
    ask_open(step, ticket, by)
    return right


def ask_right(step: Step, ticket: Ticket, by: Actor, ask_visible: bool = True) -> Right:
    if ask_visible and by.kind == "staff" and not is_visible(ticket, by.staff):
        raise StepRefused(_("Tiket ini tidak ditemukan."), "hidden")
    right = right_to(step, ticket, by)
    if right is None:
        raise StepRefused(wrong_role(step), "role")
    return right


def ask_open(step: Step, ticket: Ticket, by: Actor) -> None:
    if ticket.state not in step.sources:
        raise StepRefused(_wrong_state(step, ticket), "state")
    for sentence, holds in step.needs.items():
        if not holds(ticket, by):
            raise StepRefused(str(sentence), "need")


def ask_version(step: Step, ticket: Ticket, by: Actor, version: int | None, form: Given) -> None:
    """A step that moves the ticket or overwrites a fact is refused when somebody else did so meanwhile (R1).

    The refusal shows what changed, field by field; words may always be added.
    """
    if version is None or version >= ticket.version or not (step.targets or step.writes):
        return
    since = select(Event).where(Event.ticket_id == ticket.id, Event.version > version).order_by(Event.id)
    others = [event for event in db.session.scalars(since.limit(MOST_LOOKED_BACK)) if conflicts.touches(event, step)]
    if others:
        raise StepRefused(
            _(
                "%(who)s lebih dulu mengubah tiket ini: %(what)s. Baca keadaannya sekarang, lalu putuskan lagi.",
                who=others[-1].actor_name,
                what=label_of(ticket, others[-1].step),
            ),
            "stale",
            form,
            conflicts.differences(step, ticket, by, form, others, catalog.get(ticket.procedure).state),
        )


OTHER_LINES: dict[str, Words] = {  # what the product writes into a ticket's history beside steps
    "mail_failed": _l("email tidak terkirim"),
    "mail_returned": _l("email tidak sampai; hubungi dengan cara lain"),
}


def label_of(ticket: Ticket | Found, step_name: str) -> str:
    step = catalog.get(ticket.procedure).steps.get(step_name)
    return str(step.label) if step else str(OTHER_LINES.get(step_name, step_name))


def ask_form(step: Step, form: Given, files: Sequence[StoredFile], nonce: str | None = None) -> None:
    if step.asks is None:
        return
    asked: Form = step.asks() if form is None else form
    asked.files, asked.nonce = files, nonce  # so that a form can ask for a scan, and knows itself when it is sent again
    if not asked.validate():
        raise StepRefused(_("Isian belum lengkap. Perbaiki yang ditandai, lalu kirim lagi."), "form", asked)


def wrong_role(step: Step) -> str:
    return _("Langkah ini dilakukan oleh %(who)s.", who=catalog.people(step.by))


def _wrong_state(step: Step, ticket: Ticket) -> str:
    here = state_of(ticket).label
    there = _(" atau ").join(f"“{state.label}”" for state in step.sources[:3])
    return _("Tiket ini sekarang di “%(here)s”; langkah ini terbuka di %(there)s.", here=here, there=there)
