"""Tells the form that enters a call who of the register of people may be calling."""

from __future__ import annotations

from models.accounts.person import find_people
from procedures.tickets.callers import SOURCES, Caller


def people(words: str, most: int) -> list[Caller]:
    """By name or by number of student or staff; who has left is no caller to offer."""
    return [
        Caller(
            p.name,
            p.phone,
            p.email,
            p.unit_id or 0,
            ", ".join(filter(None, (f"{p.kind_label} {p.number}", p.unit.name if p.unit else ""))),
            href=f"/admin/profile/?id=p{p.id}",
        )
        for p in find_people(words, most)
        if not p.has_left
    ]


SOURCES.append(people)
