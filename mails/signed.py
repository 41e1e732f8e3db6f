"""Names who took a step, as its mails say it: the person, and on whose behalf where it was a delegate."""

from __future__ import annotations

from models.tickets.ticket import Event


def signed(event: Event) -> str:
    """ "Budi Santoso" or "Yusuf Rahman, a.n. Kepala Pustikom (Budi Santoso)"."""
    return ", ".join(part for part in (event.actor_name, event.on_behalf_of) if part)
