"""The only code that moves a ticket: take_step() and open_ticket(), each in one transaction.

How a step is taken:
 1. a form that was sent before is recognised by its `once` and its words, and answered with what it did then;
 2. right, visibility, state, needs and form are asked, and each refusal has its sentence;
 3. the step's function writes the rows and may choose among the declared targets;
 4. compare-and-swap on version and state: if it fails somebody else was first;
 5. the span of who holds the folder ends where it changes hands, and the next begins (procedures/engine/spans.py);
    one event, one audit row, the files, the words for search, the outbox rows; steps that this one brings along
    (`first`: answering takes the ticket up) stand before it with events of their own;
 6. steps that the product takes at once follow in the same transaction;
 7. with the transaction closed, the step's outside effect (`then`) is carried out.
The ticket is locked from the beginning on PostgreSQL. SQLite has one lock for everybody: it is taken when the first
word is written, and if the swap then fails all of it is done once more with the lock from the beginning.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple, TypeVar

from flask_babel import gettext as _
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.attributes import set_committed_value

from gateways.files.file_store import StoredFile
from mails.queue import collected, undone_together
from models.base.bulk_insert import add_alone, written_together
from models.base.counter import keep_promises
from models.base.db import db, rows_changed, utcnow, write_transaction
from models.tickets.ticket import Event, Pause, Ticket
from procedures.engine import acts, catalog, conflicts, due, locks, sent_again, spans
from procedures.engine.declaration import PRODUCT, Actor, Given, Outcome, State, Step
from procedures.engine.questions import (
    Overtaken,
    StepRefused,
    ask_form,
    ask_open,
    ask_right,
    ask_version,
    label_of,
    refusal,
    state_of,
    wrong_role,
)
from procedures.engine.record import Move, record
from procedures.engine.rights import Right, right_to
from procedures.engine.telling import seal_of

__all__ = [
    "Overtaken",
    "StepRefused",
    "label_of",
    "open_ticket",
    "pause",
    "refusal",
    "resume",
    "state_of",
    "steps_of",
    "take_step",
]
R = TypeVar("R")


@dataclass(frozen=True)
class Asked:
    """A step that somebody wants to take, as take_step() was asked for it."""

    ticket_id: int
    name: str
    by: Actor
    form: Given
    version: int | None
    once: str | None
    files: Sequence[StoredFile]
    seen: str | None


class Taken(NamedTuple):
    """The event, the ticket's number, and the step if it was taken now: a form that was sent before takes none."""

    event: Event
    number: str
    step: Step | None


@dataclass(frozen=True)
class Wanted:
    """A ticket that somebody wants to open, as open_ticket() was asked for it."""

    step: Step
    procedure: str
    by: Actor
    form: Given
    nonce: str | None
    files: Sequence[StoredFile]
    prepare: Callable[[Ticket], None] | None
    finish: Callable[[], None] | None


@dataclass(frozen=True)
class Opened:
    """The ticket that a form opened, now or when it was first sent."""

    ticket: Ticket
    is_new: bool = True
    added: str = ""  # the words of this sending that the first one lacked; they stand on the ticket now


def take_step(
    ticket: Ticket | int,
    name: str,
    by: Actor,
    form: Given = None,
    *,
    version: int | None = None,
    once: str | None = None,
    files: Sequence[StoredFile] = (),
    seen: str | None = None,
) -> Event:
    """Take the named step of the ticket's procedure and commit it.

    `form` is a bound WTForms form of the step's `asks` (validated here once more); `version` is the one
    that the person saw; `once` recognises a form that is sent twice with the same words; `files` are stored files
    (gateways.files.file_store.StoredFile); `seen` names the recipients whom the person was shown (rehearsal.py), and
    the step is taken only if it tells exactly those. Raises StepRefused, and then nothing has changed.
    """
    asked = Asked(
        ticket_id=ticket if isinstance(ticket, int) else ticket.id,
        name=name,
        by=by,
        form=form,
        version=version,
        once=once,
        files=files,
        seen=seen,
    )
    if db.session.info.get("writing"):  # part of another step's transaction
        return _take(asked).event
    taken = _committed(lambda: _take_alone(asked))
    acts.note_committed(asked.ticket_id, taken.number)
    if taken.step and taken.step.then:
        acts.carry_out(taken.step.then, asked.ticket_id, by, form)
    return taken.event


def _committed(do: Callable[[], R], stays_fresh: bool = False, done_before: Callable[[], R | None] = lambda: None) -> R:
    """Done in a transaction of its own; where somebody else was first, once more with the lock from the beginning."""
    try:
        with undone_together(), write_transaction(stays_fresh, is_late=True):
            return do()
    except (Overtaken, IntegrityError):
        db.session.rollback()
        if (done := done_before()) is not None:
            return done
    with undone_together(), write_transaction(stays_fresh):
        return do()


def _take_alone(asked: Asked) -> Taken:
    locks.lock_together(asked.ticket_id, asked.name, asked.form)
    if asked.seen is None:
        return _take(asked)
    with collected() as told:
        taken = _take(asked)
        if taken.step is not None and seal_of(told.queued) != asked.seen:
            raise StepRefused(
                _("Penerimanya berubah sejak Anda melihatnya. Belum ada yang terkirim; periksa daftarnya lagi."), "told"
            )
    return taken


def _take(asked: Asked) -> Taken:
    query = select(Ticket).where(Ticket.id == asked.ticket_id).execution_options(populate_existing=True)
    row = db.session.scalars(query.with_for_update(key_share=True)).unique().one_or_none()
    if row is None:
        raise StepRefused(_("Tiket ini tidak ditemukan."), "hidden")
    number, by, form = row.number, asked.by, asked.form
    once, files = asked.once, asked.files
    if once:
        once = sent_again.once_of(once, form)
        done = _done_before(once, row, form)
        if done and (files := sent_again.files_beyond(row, files)):  # the same words with another file: its own event
            once = sent_again.once_of(once, form, files)
            done = _done_before(once, row, form)
        if done:
            return Taken(done, number, None)
    step = catalog.get(row.procedure).steps.get(asked.name)
    if step is None or step.opens:
        raise StepRefused(_("Langkah ini tidak ada dalam prosedur tiket ini."), "state")
    right = ask_right(step, row, by)
    ask_version(step, row, by, asked.version, form)
    ask_open(step, row, by)
    ask_form(step, form, files)
    _take_first(row, step, by)
    event = record(row, _move(row, step, by, right, form, once), files)
    _follow(row)
    return Taken(event, number, step)


def _take_first(ticket: Ticket, step: Step, by: Actor) -> None:
    """The steps that this one brings along, such as taking a complaint up by answering it; each has its own event."""
    for name, holds in step.first.items():
        before = catalog.get(ticket.procedure).steps.get(name)
        if before is None or not holds(ticket, by) or refusal(before, ticket, by) is not None:
            continue
        right = right_to(before, ticket, by)
        assert right is not None  # refusal() has asked
        record(ticket, _move(ticket, before, by, right, before.asks() if before.asks else None), ())


def open_ticket(
    procedure: str,
    name: str,
    by: Actor,
    form: Given,
    *,
    nonce: str | None = None,
    files: Sequence[StoredFile] = (),
    prepare: Callable[[Ticket], None] | None = None,
) -> Ticket:
    """The ticket alone, for who need not know whether it is new; see open_once."""
    return open_once(procedure, name, by, form, nonce=nonce, files=files, prepare=prepare).ticket


def open_once(
    procedure: str,
    name: str,
    by: Actor,
    form: Given,
    *,
    nonce: str | None = None,
    files: Sequence[StoredFile] = (),
    prepare: Callable[[Ticket], None] | None = None,
    finish: Callable[[], None] | None = None,
) -> Opened:
    """Open a ticket by the procedure's named opening step; a form sent twice gives the first ticket again.

    What a second sending says otherwise is added to that ticket, so that no word is lost.
    `prepare` may set what the form does not know (channel, suspicion, language) before the step runs; `finish`
    is the last thing done in the transaction, for what others must wait for.
    """
    wanted = Wanted(
        step=catalog.get(procedure).steps[name],
        procedure=procedure,
        by=by,
        form=form,
        nonce=nonce,
        files=files,
        prepare=prepare,
        finish=finish,
    )
    if db.session.info.get("writing"):  # part of another step's transaction
        return Opened(_open(wanted))

    def sent_before() -> Opened | None:  # perhaps at the same moment
        first = _opened_before(nonce) if nonce else None
        return Opened(first, False, _join(first, by, form, files)) if first else None

    opened = _committed(lambda: Opened(_open(wanted)), stays_fresh=True, done_before=sent_before)
    if opened.is_new:
        acts.note_committed(opened.ticket.id, opened.ticket.number)
    return opened


def _open(wanted: Wanted) -> Ticket:
    step, by, form = wanted.step, wanted.by, wanted.form
    right = right_to(step, None, by)
    if right is None:
        raise StepRefused(wrong_role(step), "role")
    ask_form(step, form, wanted.files, wanted.nonce)
    ticket = _new_ticket(wanted.procedure, step, wanted.nonce)
    if wanted.prepare:
        wanted.prepare(ticket)
    moves = [_marked(_move(ticket, step, by, right, form, is_opening=True), wanted.nonce)]
    with db.session.no_autoflush:  # the ticket is written once, where it comes to rest
        moves += _at_once(ticket)
    _draw_numbers()
    if ticket in db.session or db.session.new:  # rows of the procedure hang on it
        db.session.add(ticket)
        db.session.flush()
    else:
        add_alone(ticket)
    with written_together():
        spans.begin(ticket, ticket.received_at)
        for move in moves:
            record(ticket, move, wanted.files if move.step is step else (), is_opening=True)
    if wanted.finish:
        wanted.finish()
    return ticket


def _marked(move: Move, nonce: str | None) -> Move:
    """With the marks by which the same form is known again."""
    marks = sent_again.marks_of(move.form, nonce) if nonce else {}
    data = {**move.outcome.data, sent_again.MARK: marks}
    return replace(move, outcome=replace(move.outcome, data=data)) if marks else move


def _join(first: Ticket, by: Actor, form: Given, files: Sequence[StoredFile]) -> str:
    """Add what this sending says otherwise: as the requester's answer, or as a note of the staff."""
    words, more = sent_again.words_beyond(first, form), sent_again.files_beyond(first, files)
    if not words and not more:
        return ""
    words = _("Formulir yang sama dikirim lagi dengan isi lain:") + "\n" + (words or _("berkas tambahan"))
    name = "note" if by.kind == "staff" else "answer"
    asks = catalog.get(first.procedure).steps[name].asks
    assert asks is not None  # both ask for words
    take_step(first.id, name, by, asks(data={"text": words}), once=first.form_nonce, files=more)
    return words


def steps_of(ticket: Ticket) -> list[Step]:
    """The steps of the ticket's procedure that move an existing ticket, in the paper's order."""
    return [step for step in catalog.get(ticket.procedure).steps.values() if not step.opens]


def _move(
    ticket: Ticket,
    step: Step,
    by: Actor,
    right: Right,
    form: Given,
    once: str | None = None,
    counts_from: datetime | None = None,
    is_opening: bool = False,
) -> Move:
    """`is_opening`: the ticket is of this very transaction, so nobody else can have moved it."""
    before, group_before, urgency = ticket.state, ticket.group_id, ticket.priority
    stood = spans.standing(ticket)
    if is_opening and not step.opens:
        ticket.version += 1
    was = conflicts.of(ticket, step.writes) if ticket.id is not None else {}
    outcome = step.does(ticket, by, form) or Outcome()
    if not is_opening:
        _draw_numbers()
        _swap(ticket, before)
        db.session.flush()
    with db.session.no_autoflush:  # a new ticket is written once, with its state
        to = _target(step, outcome, ticket)
        if to is not None and (to != before or step.opens):
            _arrive(ticket, to, counts_from or utcnow())
        elif ticket.priority != urgency and not is_opening:
            due.recount(ticket)
    for name, value in outcome.as_it_was.items():
        setattr(ticket, name, value)
    if changed := conflicts.changed(ticket, was):
        outcome = replace(outcome, data={**outcome.data, "changed": changed})
    ticket.updated_at = utcnow()
    if not is_opening:
        spans.follow(ticket, stood)
    return Move(
        step=step,
        by=by,
        right=right,
        form=form,
        before=before,
        after=ticket.state,
        group_before=group_before,
        version=ticket.version,
        outcome=outcome,
        once=once,
    )


def _draw_numbers() -> None:
    """From here on it is written: what was thought about with a number that others drew is thought about anew."""
    if not keep_promises():
        raise Overtaken(_("Orang lain lebih dulu mendapat nomor ini. Kirim lagi."), "stale")


def _swap(ticket: Ticket, state: str) -> None:
    """Compare-and-swap: only who still finds version and state as read goes on."""
    moved = rows_changed(
        update(Ticket)
        .where(Ticket.id == ticket.id, Ticket.version == ticket.version, Ticket.state == state)
        .values(version=Ticket.version + 1)
        .execution_options(synchronize_session=False)
    )
    if moved != 1:
        raise Overtaken(_("Orang lain lebih dulu mengubah tiket ini. Muat ulang halaman, lalu putuskan lagi."), "stale")
    set_committed_value(ticket, "version", ticket.version + 1)


def _target(step: Step, outcome: Outcome, ticket: Ticket) -> State | None:
    if outcome.to is not None:
        if outcome.to not in step.targets:
            raise ValueError(f"{step.name} chose {outcome.to}, which it does not declare")
        return outcome.to
    if not step.targets:
        return None
    if len(step.targets) > 1:
        raise ValueError(f"{step.name} must choose one of its targets")
    return step.targets[0]


def _arrive(ticket: Ticket, state: State, counts_from: datetime) -> None:
    """The one place where a ticket's state is written; its target counts from the given moment."""
    now = utcnow()
    ticket.state, ticket.line, ticket.is_open, ticket.since_at = state.value, state.line, not state.final, now
    ticket.pause, ticket.pause_reason, ticket.paused_at = None, "", None
    ticket.due_at = due.on_arrival(ticket, state, counts_from)
    ticket.closed_at = now if state.final else None


def pause(ticket: Ticket, kind: Pause, reason: str) -> None:
    """Stop the clock; the state stays."""
    if ticket.pause is None:
        ticket.paused_at = utcnow()
    ticket.pause, ticket.pause_reason = kind.value, reason


def resume(ticket: Ticket) -> None:
    """Start the clock again: the working time that was left is still left."""
    if ticket.pause:
        ticket.due_at = due.after_pause(ticket, utcnow())
    ticket.pause, ticket.pause_reason, ticket.paused_at = None, "", None


def _new_ticket(procedure: str, step: Step, nonce: str | None) -> Ticket:
    now = utcnow()
    return Ticket(
        number=catalog.new_number(),
        procedure=procedure,
        state=step.targets[0].value,
        form_nonce=nonce,
        link_key_id=catalog.current_link_key(),
        created_at=now,
        updated_at=now,
        received_at=now,
        since_at=now,
        version=1,
        is_open=True,
        link_generation=1,
        language="id",
        channel="web",
        subject="",
        description="",
    )


def _at_once(ticket: Ticket) -> Iterator[Move]:
    """Steps that the product takes as soon as a new ticket arrives."""
    steps = [step for step in catalog.get(ticket.procedure).steps.values() if step.at_once]
    while step := next((step for step in steps if _is_due(step, ticket)), None):
        yield _move(ticket, step, PRODUCT, Right(), None, counts_from=ticket.received_at, is_opening=True)


def _follow(ticket: Ticket) -> None:
    """Steps that the product takes as soon as a ticket has moved."""
    steps = [step for step in catalog.get(ticket.procedure).steps.values() if step.at_once]
    while step := next((step for step in steps if _is_due(step, ticket)), None):
        record(ticket, _move(ticket, step, PRODUCT, Right(), None), ())


def _is_due(step: Step, ticket: Ticket) -> bool:
    return ticket.state in step.sources and all(holds(ticket, PRODUCT) for holds in step.needs.values())


def _done_before(once: str, ticket: Ticket, form: Given) -> Event | None:
    """What this very form did when it was sent before. One of another ticket's page is refused; its words stay."""
    done = db.session.scalars(select(Event).where(Event.once == once)).one_or_none()
    if done is not None and done.ticket_id != ticket.id:
        raise StepRefused(
            _("Formulir ini sudah dikirim untuk tiket lain. Periksa isinya, lalu kirim lagi dari halaman ini."),
            "stale",
            form,
        )
    return done


def _opened_before(nonce: str) -> Ticket | None:
    return db.session.scalars(select(Ticket).where(Ticket.form_nonce == nonce)).unique().one_or_none()
