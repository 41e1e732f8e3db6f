"""What the workbench of a ticket shows: facts, track, next steps, history, people."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache, cached_property
from typing import Any

from flask_babel import get_locale
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup
from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload
from sqlalchemy.sql.base import ExecutableOption
from werkzeug.datastructures import MultiDict

from admin_views.tickets.workbench.canned_replies import Ready, ready_replies
from admin_views.tickets.workbench.form_cache import FormFilling, cache_key, cached_html
from admin_views.tickets.workbench.recipients_shown import who_hears
from admin_views.tickets.workbench.reply_form import WAYS
from admin_views.tickets.workbench.workbench_rows import bench_rows, files_of, history
from models.base.columns.json_value import Json
from models.base.db import db
from models.base.request_cache import begin_remembering
from models.organisation.staff import Staff
from models.tickets.merge import MERGED, target_of
from models.tickets.ticket import Event, Pause, Ticket, visible_to
from procedures.base.form_fields import StepForm
from procedures.engine import catalog
from procedures.engine.declaration import Actor, State, Step
from procedures.engine.questions import is_shut
from procedures.engine.rights import right_to
from procedures.engine.take_step import StepRefused, state_of, steps_of
from procedures.engine.track import Passed, track
from procedures.tickets.copying import NOBODY_IN_COPY
from procedures.tickets.forms import OptionalNoteForm

HISTORY_PAGE = 60


@dataclass
class Act:
    """A step as the workbench offers it: its form, or the sentence why it is not open."""

    step: Step
    makes: Callable[[], StepForm] | None = None
    why_not: str = ""
    is_open: bool = False  # its form is unfolded: after an error, or because words were kept
    is_unfolded: bool = False  # the step that is due, with its form as nobody has touched it
    saved_at: datetime | None = None  # when its draft was kept
    cached_as: Hashable | None = None  # what its HTML depends on, as long as nobody has filled it

    @cached_property
    def form(self) -> Any:
        """Made when something asks for it."""
        return self.makes() if self.makes else None


@dataclass
class Workbench:
    """One ticket before one person."""

    ticket: Ticket
    staff: Staff
    actor: Actor
    failed: StepRefused | None = None
    failed_step: str = ""
    before: int | None = None  # the history from here on down
    part: str = ""  # of the history that is shown (HISTORY_PARTS)
    canned: int | None = None  # the ready reply to put below what is being typed
    typed: StepForm | None = None  # the form of `failed_step` when somebody comes back to it
    kept_files: list[tuple[str, str]] = field(default_factory=list)  # its files: signed word, name
    events: list[Event] = field(default_factory=list)
    once: str = field(default_factory=lambda: secrets.token_hex(12))

    def __post_init__(self) -> None:
        self.procedure = catalog.get(self.ticket.procedure)
        self.state = state_of(self.ticket)
        begin_remembering()
        rows = bench_rows(self.ticket, self.staff)
        self.drafts, self.labels, self.people, self.merged = rows.drafts, rows.labels, rows.people, rows.merged
        self.book, self.copied, self.items = rows.book, rows.copied, rows.items
        self.target = target_of(self.ticket.id) if self.ticket.state == MERGED else None
        self.events, steps = history(self.ticket, [*self.merged], HISTORY_PAGE, self.before, self.part)
        self.has_earlier, self.events = len(self.events) > HISTORY_PAGE, self.events[:HISTORY_PAGE]
        self.passed: list[Passed] = track(self.ticket, self.procedure, steps)
        self.files, self.event_files = files_of([self.ticket.id, *self.merged], self.events)
        acts = [act for step in steps_of(self.ticket) if (act := self._act(step))]
        self.reply = next((a for a in acts if a.step.name == "reply"), None)
        self.note = next((a for a in acts if a.step.name == "note"), None)
        by_name = {a.step.name: a for a in acts if not a.why_not}
        self.copying, self.may_end_copy = by_name.get("add_copy"), "remove_copy" in by_name
        self.nobody_in_copy = NOBODY_IN_COPY.get(self.procedure.key, "")
        self.listing = by_name.get("add_items")
        may_reply = self.reply is not None and not self.reply.why_not
        self.ready: list[Ready] = ready_replies(self.ticket, self.staff, rows.words) if may_reply else []
        if may_reply and self.canned:
            self._put_in_reply(self.canned)
        self.may_mend = any(a.step.name == "mend" and not a.why_not for a in acts)
        self.may_choose = any(a.step.name in ("assign", "hand_over") and not a.why_not for a in acts)
        self.ways = {a.step.name for a in acts if not a.why_not} & set(WAYS)
        shown = [a for a in acts if not a.step.is_quiet and not (a.step.hides_when_shut and a.why_not)]
        due = self.procedure.due_in(self.state)
        self.due, self.due_label = due.step.name if due else "", due.label if due else ""
        own = sorted((a for a in shown if not a.step.is_common), key=lambda a: a.step.name != self.due)
        self.acts, self.shut = [a for a in own if not a.why_not], [a for a in own if a.why_not]
        is_waiting = self.ticket.pause is not None
        is_first = bool(self.acts) and self.acts[0].step.name == self.due and not is_waiting
        self.is_my_turn = is_first and due is not None and not due.is_holders
        if is_first and not any(a.is_open for a in self.acts):
            self.acts[0].is_unfolded = True
        self.common = [a for a in shown if a.step.is_common and not a.why_not]

    def may_take(self, name: str) -> bool:
        """Is this step open for this person now?"""
        return any(act.step.name == name for act in (*self.acts, *self.common))

    def _act(self, step: Step) -> Act | None:
        """Open steps with their form; shut ones only where they are of the present state or come next."""
        if self.ticket.state not in step.sources and not self._comes_next(step):
            return None
        if right_to(step, self.ticket, self.actor) is None:
            return None
        refused = is_shut(step, self.ticket, self.actor)
        if refused is None:
            draft = self.drafts.get(step.name)
            is_open = step.name == self.failed_step or draft is not None
            cached_as = None if is_open or step.page else self._cache_key(step)
            saved_at = draft.saved_at if draft else None
            return Act(step, lambda: self._form(step), is_open=is_open, saved_at=saved_at, cached_as=cached_as)
        return Act(step, why_not=refused.sentence)

    def _cache_key(self, step: Step) -> Hashable | None:
        known = cache_key(step.asks or OptionalNoteForm, self._starts_with(step.name), self.ticket, self.staff)
        return known and (known, self.procedure.key, step.name, str(get_locale()))

    def step_html(self, act: Act, draw: Callable[[Act, FormFilling], Markup]) -> Markup:
        """The step as `draw` makes it, kept where nobody has filled its form."""
        here = replace(self.form_filling, told=self.recipients(act.step))
        if act.cached_as is None:
            return draw(act, here)
        return cached_html((act.cached_as, act.is_unfolded), here, lambda gaps: draw(act, gaps))

    def side_html(self, act: Act, draw: Callable[[Act, FormFilling], Markup]) -> Markup:
        """A small form at the side, which says nothing of who hears of it; kept as those of the steps are."""
        if act.cached_as is None:
            return draw(act, self.form_filling)
        return cached_html((act.cached_as, "side"), self.form_filling, lambda gaps: draw(act, gaps))

    @cached_property
    def form_filling(self) -> FormFilling:
        return FormFilling(str(self.ticket.id), str(self.ticket.version), self.once, generate_csrf())

    def _comes_next(self, step: Step) -> bool:
        """A numbered step that opens in a state to which the present one can lead."""
        if not step.number or step.is_common:
            return False
        return not self._states_after.isdisjoint(step.sources)

    @cached_property
    def _states_after(self) -> frozenset[State]:
        """To which a step of the present state leads, but for ends."""
        here = [s for s in self.procedure.steps.values() if self.ticket.state in s.sources and not s.is_common]
        return frozenset(state for s in here for state in s.targets if not state.final)

    def _form(self, step: Step) -> StepForm:
        form = self._form_as_typed(step)
        if hasattr(form, "is_read_by"):  # what its choices are called differs with who may see them
            form.is_read_by(self.staff)
        if hasattr(form, "is_about"):  # what it suggests lies near this ticket
            form.is_about(self.ticket)
        return form

    def _form_as_typed(self, step: Step) -> StepForm:
        if step.name == self.failed_step and self.failed is not None and self.failed.form is not None:
            return self.failed.form
        if step.name == self.failed_step and self.typed is not None:
            return self.typed
        asks = step.asks or OptionalNoteForm
        if draft := self.drafts.get(step.name):
            typed: MultiDict[str, str] = MultiDict(draft.fields)
            return asks(typed)
        return asks(data=self._starts_with(step.name))

    def _starts_with(self, step: str) -> dict[str, Json]:
        """What a form shows before anybody types: the fact as it is."""
        if step == "label":
            return {"labels": [label.id for label in self.labels]}
        return {"assignee": self.ticket.assignee_id or 0, "group": self.ticket.group_id}

    def _put_in_reply(self, canned: int) -> None:
        """Below what was typed, never instead of it."""
        ready = next((each for each in self.ready if each.id == canned), None)
        if ready is not None and self.reply is not None:
            field = self.reply.form.text
            field.data = f"{field.data.rstrip()}\n\n{ready.text}" if field.data else ready.text

    def recipients(self, step: Step) -> Markup:
        """Beside the submit button: who will hear of it, and who cannot be told."""
        return who_hears(step, self.ticket, self.actor, self.book, len(self.merged))

    @property
    def newest(self) -> int:
        """The last event that the page shows; 0 where it shows an earlier or a narrowed part of the history."""
        return 0 if self.before or self.part else max((event.id for event in self.events), default=0)

    @property
    def failed_on_page(self) -> bool:
        """Was the step sent from a page of its own, so that no form here shows the sentence?"""
        step = self.procedure.steps.get(self.failed_step)
        return step is not None and bool(step.page)

    @property
    def is_still_open(self) -> bool:
        """May the step that was refused be taken again?"""
        shown = [*self.acts, *self.common, *filter(None, (self.reply, self.note))]
        return any(act.step.name == self.failed_step and not act.why_not for act in shown)

    @property
    def page_again(self) -> str:
        """The address of the refused step's own page, where it has one and may be taken again."""
        step = self.procedure.steps.get(self.failed_step)
        return step.page.replace("{id}", str(self.ticket.id)) if step and step.page and self.is_still_open else ""

    @property
    def reply_cause(self) -> str:
        """What was typed as the cause beside a reply, for who sends it as the last one."""
        form = self.failed.form if self.failed is not None and self.failed_step == "reply" else None
        if form is not None and "cause" in form:
            return str(form.cause.data or "")
        draft = self.drafts.get("reply")
        return str((draft.fields.get("cause") or [""])[0]) if draft else ""

    @property
    def waiting_words(self) -> str:
        return str(self.ticket.pause_reason) if self.ticket.pause == Pause.HOLD else ""

    @property
    def related(self) -> list[Ticket]:
        """The outage that it is tied to, and the other part where it was split; others are found by search."""
        outage = db.session.get(Ticket, self.ticket.incident_id) if self.ticket.incident_id is not None else None
        parts = {event.data.get("split_to_id") or event.data.get("split_from_id") for event in self.events} - {None}
        others = select(Ticket).where(Ticket.id.in_(parts), visible_to(self.staff)).order_by(Ticket.id)
        return [*([outage] if outage else []), *(db.session.scalars(others).unique() if parts else ())]


def ticket_with_related(query: Select[Ticket]) -> Select[Ticket]:
    """Load what the head of the page names, in the same statement."""
    return query.options(*_related())


@cache
def _related() -> tuple[ExecutableOption, ...]:
    names = (Ticket.unit, Ticket.category, Ticket.group, Ticket.assignee)
    return (*(joinedload(name) for name in names), joinedload(Ticket.assignee).lazyload(Staff.role_rows))
