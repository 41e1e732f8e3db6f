"""Answers, beside the form that enters a call, who is calling and what they asked before."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypedDict

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_admin import expose

from admin_views.frame.page import ClosedView
from admin_views.frame.view import person
from models.organisation.staff import Staff
from models.tickets.ticket import Ticket
from procedures.engine.declaration import State
from procedures.engine.take_step import state_of
from procedures.tickets.callers import Caller, asked_before, callers, open_in_unit

LONGEST = 100


class CallerDesk(ClosedView):
    """/admin/caller/"""

    name_key = "caller"
    acts = {"index": "list"}

    def __init__(self) -> None:
        super().__init__(name="Penelepon", endpoint="caller", url="/admin/caller")

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """The part of the page beside the form, for what is being typed (`who`) and who was chosen (`use`)."""
        return render_template("admin/tickets/caller.html", **caller_facts(person()))


class CallerFacts(TypedDict):
    """What the part beside the form shows."""

    who: str
    found: list[Caller]
    taken: Caller | None
    before: list[Ticket]
    nearby: list[Ticket]
    state_of: Callable[[Ticket], State]


def caller_facts(staff: Staff) -> CallerFacts:
    """Who matches the words of this address, who is taken, and their tickets.

    One who was named by a whole number or address is taken without a choice.
    """
    typed = request.args.get("who", "")[:LONGEST].replace("\x00", "")
    found = callers(staff, typed) if typed else []
    taken = _taken(found, typed)
    before = asked_before(staff, taken) if taken else []
    return {
        "who": typed,
        "found": found,
        "taken": taken,
        "before": before,
        "nearby": open_in_unit(staff, taken.unit_id, [t.id for t in before]) if taken else [],
        "state_of": state_of,
    }


def known_of(taken: Caller | None) -> dict[str, str]:
    """What the form begins with where somebody was taken."""
    if taken is None:
        return {}
    known = {"name": taken.name, "phone": taken.phone, "email": taken.email, "unit": str(taken.unit_id)}
    return {**known, "language": taken.language}


def _taken(found: list[Caller], typed: str) -> Caller | None:
    use = request.args.get("use", "")
    if use.isascii() and use.isdecimal() and int(use[:3]) < len(found):
        return found[int(use[:3])]
    named = [caller for caller in found if caller.is_named(typed)]
    return named[0] if len(named) == 1 else None
