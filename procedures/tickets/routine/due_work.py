"""What a routine says of the ticket that is made of it; takes the place of a form (C2d)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from models.organisation.staff import Group


@dataclass(frozen=True)
class DueWork:
    """One day's work; `missed` days before it passed without a ticket."""

    title: str
    description: str
    group: Group
    assignee_id: int | None
    due_on: date
    missed: int
