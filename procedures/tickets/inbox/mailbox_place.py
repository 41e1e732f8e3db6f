"""Where and how a mailbox is reached, with its secrets unsealed, for whoever fetches it or tries it."""

from __future__ import annotations

from gateways.mailbox.imap import Place
from models.tickets.mailbox import Mailbox


def place_of(box: Mailbox) -> Place:
    """Raises SecretLost."""
    return Place(box.host, box.port, box.security, box.username, box.password, box.folder)
