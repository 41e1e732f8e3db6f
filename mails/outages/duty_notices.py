"""The mail to whoever is on duty on other nights than before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from mails.queue import queue
from mails.recipients import Recipient
from models.base.wording import on_date
from models.organisation.staff import Staff


def duty_changed(person: Staff, by: Staff, gained: Sequence[date], lost: Sequence[date]) -> None:
    """Which nights are theirs now, and which no longer."""
    if not person.email or not person.is_active:
        return
    facts = {
        "by": by.name,
        "gained": ", ".join(on_date(day, person.language) for day in gained),
        "lost": ", ".join(on_date(day, person.language) for day in lost),
    }
    queue("duty_changed", None, Recipient(person.email, person.name, person.language, is_staff=True), facts)
