"""What a change of the calendar moves is shown first, and written when the person presses once more."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from flask import g, request

from admin_views.frame.view import person
from models.base.calendar import Calendars
from models.base.columns.json_value import Held
from procedures.base.form_fields import StepForm
from procedures.tickets.promised.due_moves import DueMoves, moves_by

FIELD = "seen_moves"
Moves = tuple[DueMoves, str]  # with the mark by which they are confirmed


def confirmed(form: StepForm, hours: Calendars) -> bool:
    """Does nothing move, or did this person see what these very words move? Else the form's page shows it."""
    return is_confirmed(form.data, hours)


def is_confirmed(typed: Mapping[str, Held], hours: Calendars) -> bool:
    mark = hashlib.sha256(json.dumps(typed, default=str, sort_keys=True).encode()).hexdigest()[:32]
    if request.form.get(FIELD) == mark:  # other words are shown anew
        return True
    moves = moves_by(hours, person())
    if not moves.moved:
        return True
    g.due_moves = (moves, mark)
    return False


def moves_shown(hours: Calendars | None = None) -> Moves | None:
    """What `confirmed` found for this page, or what these calendars move; and the mark by which it is confirmed."""
    if hours is not None:
        moves = moves_by(hours, person())
        return (moves, "") if moves.moved else None
    found: Moves | None = g.get("due_moves")
    return found
