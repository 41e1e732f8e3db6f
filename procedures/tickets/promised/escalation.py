"""Says who hears that a step has waited too long, and when: the rungs by which what is late rises.

A rung is a move of the product, so each is taken once for a stay on a desk, stands in the ticket's history, and its
mails go into the outbox in the same transaction: whatever is cut off between, none is lost and none comes twice.
What others hold rises to nobody here, and no mail about it leaves outside working hours unless it is urgent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from mails.recipients import Recipient, recipients
from mails.tickets import due_notices
from models.base import calendar, setting
from models.base.db import db, utcnow
from models.base.setting import Spec
from models.base.wording import Words
from models.organisation.roles import DIVISION_ROLES, HEAD_OF_DIVISION, HEADS, Division, Role
from models.organisation.staff import staff_with
from models.tickets.span import HeldBy
from models.tickets.ticket import Event, Ticket
from procedures.engine import catalog, spans
from procedures.engine.declaration import Actor, Outcome, Who
from procedures.engine.due import division_of, target_in
from procedures.engine.questions import state_of
from procedures.engine.step_facts import needs
from procedures.tickets.common_declaration import common_move

RISING: Words = _l("Lewat target")
URGENT = 2  # of PRIORITIES
setting.declare(
    "warn_at_percent",
    Spec(
        75, _l("Peringatan saat target terpakai (persen)"), RISING, _l("0 berarti tanpa peringatan."), least=0, most=95
    ),
)
setting.declare(
    "centre_at_percent",
    Spec(
        200,
        _l("Kepala Pustikom dikabari saat target terpakai (persen)"),
        RISING,
        _l("Kepala divisi dikabari saat target habis (100)."),
        least=110,
        most=1_000,
    ),
)
setting.declare(
    "told_again_hours",
    Spec(
        16,
        _l("Sesudah itu pimpinan dikabari lagi setiap (jam kerja)"),
        RISING,
        _l("0 berarti tidak diulang."),
        least=0,
        most=400,
    ),
)


@dataclass(frozen=True)
class Lateness:
    """How a ticket stands against its target; hours are working hours, or hours by the clock where the target is.

    `told` are the rungs of this stay, the last one at `last_at`.
    """

    ticket: Ticket
    target: float
    used: float
    told: frozenset[str]
    since_last: float

    @property
    def percent(self) -> float:
        return 100 * self.used / self.target if self.target else 0.0


Holds = Callable[[Lateness], bool]


def _near(now: Lateness) -> bool:
    share = setting.get("warn_at_percent")
    return 0 < share <= now.percent < 100 and not now.told


def _over(now: Lateness) -> bool:
    return now.percent >= 100 and now.told <= {"warn_due"}


def _long_over(now: Lateness) -> bool:
    is_told = "tell_overdue" in now.told and "tell_centre" not in now.told
    return is_told and now.percent >= setting.get("centre_at_percent") and head_of_due(now.ticket) != CENTRE


def _still_over(now: Lateness) -> bool:
    every = setting.get("told_again_hours")
    has_risen = "tell_centre" in now.told or ("tell_overdue" in now.told and head_of_due(now.ticket) == CENTRE)
    return has_risen and 0 < every <= now.since_last


CENTRE = Role.HEAD_OF_CENTRE
RUNGS: dict[str, Holds] = {  # in their order, each with when it is due
    "warn_due": _near,
    "tell_overdue": _over,
    "tell_centre": _long_over,
    "tell_again": _still_over,
}


def lateness(ticket: Ticket, events: Iterable[Event], now: datetime) -> Lateness | None:
    """None where nothing is due, where the clock stands, or where others hold the folder."""
    within = target_in(ticket.procedure, state_of(ticket), ticket.priority)
    if not ticket.is_open or ticket.pause or ticket.due_at is None or within is None:
        return None
    if spans.holder_of(ticket) != HeldBy.US:
        return None
    hours, here = calendar.calendars(), [each for each in events if each.at > ticket.since_at]
    division = division_of(ticket.group_id, hours)
    left = hours.hours_between(now, ticket.due_at, within.round_the_clock, division)
    last = max((each.at for each in here), default=now)
    since_last = hours.hours_between(last, now, within.round_the_clock, division)
    told = frozenset(each.step for each in here)
    return Lateness(ticket, within.hours, within.hours - left, told, since_last)


def rungs_told(ticket_ids: Sequence[int]) -> dict[int, list[Event]]:
    """The rungs that these tickets have taken, in one statement."""
    found: dict[int, list[Event]] = {ident: [] for ident in ticket_ids}
    query = select(Event).where(Event.ticket_id.in_(ticket_ids), Event.step.in_(list(RUNGS))).order_by(Event.id)
    for event in db.session.scalars(query):
        found[event.ticket_id].append(event)
    return found


def next_rung(ticket: Ticket, events: Iterable[Event]) -> str | None:
    """The rung that is due now, by its move's name."""
    now = lateness(ticket, events, utcnow())
    return next((name for name, holds in RUNGS.items() if now is not None and holds(now)), None)


def head_of_due(ticket: Ticket) -> Role:
    """The head above whoever is to take the step that is due; of the ticket's group where that is its members."""
    due = catalog.get(ticket.procedure).due_in(state_of(ticket))
    roles = [word for word in due.by if isinstance(word, Role)] if due else []
    heads = [role for role in roles if role in HEADS]
    if not roles or due is None or due.is_holders:
        return ticket.group.head_role
    if heads:
        return heads[0]
    return HEAD_OF_DIVISION[DIVISION_ROLES.get(roles[0], Division.FRONT_DESK)]


def desk_of_due(ticket: Ticket) -> str:
    """Who is to take the step that is due: the person at work, the roles that may, or the group."""
    due = catalog.get(ticket.procedure).due_in(state_of(ticket))
    roles = [str(word.label) for word in due.by if isinstance(word, Role)] if due else []
    if ticket.assignee is not None and (due is None or not due.is_holders):
        return str(ticket.assignee.name)
    return ", ".join(roles) or ticket.group.name


def is_next(name: str) -> Callable[[Ticket, Actor], bool]:
    """Is this rung due? Asked once more while the ticket is locked, so that two workers take it once."""
    return lambda ticket, _by: next_rung(ticket, rungs_told([ticket.id])[ticket.id]) == name


def _is_pressing(ticket: Ticket) -> bool:
    """Urgent, or counted day and night: its mails wait neither for the morning nor for a digest."""
    within = target_in(ticket.procedure, state_of(ticket), ticket.priority)
    return ticket.priority == URGENT or (within is not None and within.round_the_clock)


def _leaves_at(ticket: Ticket) -> datetime:
    """Now, if it presses or the office is open; else when work begins."""
    if _is_pressing(ticket):
        return utcnow()
    hours = calendar.calendars()
    return hours.next_opening(utcnow(), division_of(ticket.group_id, hours))


def _heads(*roles: Role) -> list[Recipient]:
    return [Recipient(one.email, one.name, one.language, is_staff=True) for one in staff_with(*roles)]


def _those_at_work(ticket: Ticket) -> list[Recipient]:
    """The person at work, else whoever may take the step that is due."""
    due = catalog.get(ticket.procedure).due_in(state_of(ticket))
    roles = [word for word in due.by if isinstance(word, Role)] if due else []
    if ticket.assignee_id is None and roles and due is not None and not due.is_holders:
        return _heads(*roles)
    return recipients(ticket, Who.ASSIGNEE.value)


def _tell(notice: due_notices.DueNotice, ticket: Ticket, people: Iterable[Recipient]) -> Outcome:
    told = {to.email.lower(): to for to in people if to.email}
    for to in told.values():
        notice(ticket, to, desk_of_due(ticket), _leaves_at(ticket), not _is_pressing(ticket))
    names = ", ".join(to.name for to in told.values())
    return Outcome(
        text=_("Dikabari: %(names)s", names=names) if names else _("Tidak ada yang dapat dikabari lewat email.")
    )


TOO_EARLY = _l("Belum waktunya, atau sudah dikabarkan.")


@common_move(_l("Peringatan: batas waktu dekat"), (Who.PRODUCT,))
@needs(is_next("warn_due"), TOO_EARLY)
def warn_due(ticket: Ticket, by: Actor, form: None) -> Outcome:
    """Whoever is at work is warned while there is time."""
    return _tell(due_notices.due_soon, ticket, _those_at_work(ticket))


@common_move(_l("Lewat target: dikabarkan ke kepala"), (Who.PRODUCT,))
@needs(is_next("tell_overdue"), TOO_EARLY)
def tell_overdue(ticket: Ticket, by: Actor, form: None) -> Outcome:
    """The target has passed: the person at work and the head above hear of it."""
    at_work = recipients(ticket, Who.ASSIGNEE.value) if ticket.assignee_id is not None else []
    return _tell(due_notices.overdue, ticket, [*at_work, *_heads(head_of_due(ticket))])


@common_move(_l("Lama lewat target: dikabarkan ke Kepala Pustikom"), (Who.PRODUCT,))
@needs(is_next("tell_centre"), TOO_EARLY)
def tell_centre(ticket: Ticket, by: Actor, form: None) -> Outcome:
    """It has waited long: it rises to the head of the centre."""
    return _tell(due_notices.overdue, ticket, _heads(CENTRE))


@common_move(_l("Masih lewat target: dikabarkan lagi"), (Who.PRODUCT,))
@needs(is_next("tell_again"), TOO_EARLY)
def tell_again(ticket: Ticket, by: Actor, form: None) -> Outcome:
    """As long as it waits, the heads hear of it again."""
    return _tell(due_notices.overdue_again, ticket, _heads(head_of_due(ticket), CENTRE))
