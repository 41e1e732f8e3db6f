"""What a mail to the staff says of a letter that came before: its other ticket, and why it was sent again."""

from __future__ import annotations

from models.tickets.ticket import Event


def twin_facts(event: Event) -> dict[str, str]:
    """Empty texts where the letter is new."""
    return {name: event.data.get(name, "") for name in ("same_as", "again_reason")}
