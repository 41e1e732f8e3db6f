"""The sections of a desk (to decide, overdue, mine, free …): which tickets are in each, for one person.

Desk and list ask the same conditions. A section is a union of branches; each is read along one index, so that a
count that is capped never walks a million.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement

from admin_views.tickets.list.keyset import along, is_open
from models.base.db import utcnow
from models.base.wording import Words, day_begins, today
from models.organisation.delegation import divisions_of_groups, roles_of
from models.organisation.roles import DIVISION_ROLES, HEADS, Role
from models.organisation.staff import Staff
from models.tickets.ticket import Ticket, ways_to_see
from procedures.engine import catalog
from procedures.engine.declaration import State, Who

STAFF = frozenset({Role.STAFF_NETWORKING, Role.STAFF_SYSTEMS})
Conditions = list[ColumnElement[bool]]


@dataclass(frozen=True)
class DeskSection:
    """What a section is called, the sentence where it is empty, and the order of its rows (a sort of the list)."""

    title: Words
    empty: Words
    sort: str


DESK_SECTIONS = {
    "decisions": DeskSection(
        _l("Menunggu keputusan saya"), _l("Langkah yang hanya dapat Anda ambil akan muncul di sini."), "oldest"
    ),
    "overdue": DeskSection(_l("Lewat target"), _l("Tiket yang melewati batas waktunya akan muncul di sini."), "due"),
    "mine": DeskSection(
        _l("Milik saya"), _l("Tiket yang Anda ambil atau ditugaskan kepada Anda akan muncul di sini."), "oldest"
    ),
    "free": DeskSection(
        _l("Untuk diambil"), _l("Tiket kelompok Anda yang belum dipegang siapa pun akan muncul di sini."), "oldest"
    ),
    "waiting": DeskSection(
        _l("Menunggu pihak lain"),
        _l("Tiket yang menunggu pemohon, ditunda, atau selesai akan muncul di sini."),
        "oldest",
    ),
    "today": DeskSection(_l("Baru hari ini"), _l("Tiket yang masuk hari ini akan muncul di sini."), "newest"),
}


def branches_of(pile: str, staff: Staff) -> list[Conditions]:
    """The section as alternatives, without the row rule."""
    is_here, running = Ticket.is_open == True, Ticket.pause.is_(None)  # noqa: E712 - the form that an index answers
    at_work: Conditions = [is_here, running, Ticket.resolved_at.is_(None)]
    mine = Ticket.assignee_id == staff.id
    if pile == "decisions":
        return [[is_here, running, *place] for place in _places_of(staff)]
    if pile == "mine":
        return [[mine, *at_work]]
    if pile == "free":
        return [[*where, Ticket.assignee_id.is_(None), *at_work] for where in _ours(staff)]
    if pile == "overdue":
        return [[*where, is_here, running, Ticket.due_at < utcnow()] for where in [[mine], *_ours(staff)]]
    if pile == "waiting":
        resolved = [is_here, Ticket.resolved_at.is_not(None)]
        rests: list[Conditions] = [[mine, is_here, Ticket.pause.is_not(None)], [mine, *resolved]]
        for where in _ours(staff):  # the paused are few and have an index of their own
            rests += [[*where, is_open(True, True), Ticket.pause.is_not(None)], [*where, *resolved]]
        return rests
    return [
        [along(way), is_open(way.is_narrow, value), Ticket.created_at >= day_begins(today())]
        for way in ways_to_see(staff)
        for value in (True, False)
    ]


def _ours(staff: Staff) -> list[Conditions]:
    """Where the person's tickets lie: own groups, those of the division that they head; everywhere for the centre's."""
    if staff.has(Role.HEAD_OF_CENTRE):
        return [[]]
    divisions = {DIVISION_ROLES[role].value for role in staff.roles & HEADS if role in DIVISION_ROLES}
    own = set(staff.group_ids)
    return [
        [Ticket.group_id == g] for g, division in divisions_of_groups().items() if g in own or division in divisions
    ]


def _places_of(staff: Staff) -> list[Conditions]:
    """States in which the step due is for a role of this person, own or lent, and not for a whole desk's staff."""
    roles = roles_of(staff)
    places = {
        (procedure.key, state.value)
        for procedure in catalog.PROCEDURES.values()
        for state in procedure.open_states
        if roles.intersection(next_from(procedure, state).by)
    }
    return [[Ticket.procedure == key, Ticket.state == state] for key, state in sorted(places)]


@dataclass(frozen=True)
class NextStep:
    """What leads on from a state, and the roles for which it waits; none where it waits for a desk or the requester."""

    label: Words
    by: frozenset[Role]


@cache
def next_from(procedure: Any, state: State) -> NextStep:
    """The step that is due here says whose turn it is."""
    due = procedure.due_in(state)
    is_for_roles = all(isinstance(word, Role) for word in due.by) and not STAFF.intersection(due.by)
    return NextStep(due.label, frozenset(due.by) if is_for_roles and Who.PRODUCT not in due.step.by else frozenset())
