"""The mails about changes that need a second person: one when it is asked for, one when it is decided."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mails.queue import queue
from mails.recipients import Recipient
from models.base.columns.json_value import Json
from models.organisation.delegation import Delegation
from models.organisation.pending_change import PendingChange
from models.organisation.staff import Staff


def change_asked(change: PendingChange, people: Sequence[Staff]) -> None:
    """Before anything takes effect, to everybody concerned."""
    alone_at = change.alone_at.isoformat() if change.alone_at else ""
    _tell("change_asked", people, {**_facts(change), "alone_at": alone_at})


def change_decided(change: PendingChange, people: Sequence[Staff]) -> None:
    """Confirmed or refused, by whom."""
    decided_by = change.decided_by.name if change.decided_by else ""
    _tell("change_decided", people, {**_facts(change), "is_accepted": change.is_accepted, "decided_by": decided_by})


def _facts(change: PendingChange) -> dict[str, Json]:
    return {
        "kind": change.kind,
        "who": change.staff.name,
        "what": change.what,
        "by": change.made_by.name,
        "id": change.id,
    }


def _tell(notice: str, people: Sequence[Staff], facts: dict[str, Any]) -> None:
    for person in people:
        if person.email and person.is_active:
            queue(notice, None, Recipient(person.email, person.name, person.language, is_staff=True), facts)


def delegation_made(delegation: Delegation, people: Sequence[Staff]) -> None:
    """A head lent steps: both of them and the head of the centre hear of it."""
    facts = {
        "lender": delegation.from_staff.name,
        "to": delegation.to_staff.name,
        "role": delegation.role,
        "first_at": delegation.starts_on.isoformat(),
        "last_at": delegation.ends_on.isoformat(),
        "reason": delegation.reason,
    }
    _tell("delegation_made", list({person.id: person for person in people}.values()), facts)
