"""The mail to the administrators when a check of the installation turns bad, and when it is well again."""

from __future__ import annotations

from mails.queue import queue
from mails.recipients import Recipient
from models.base.health_check import HealthCheck
from models.organisation.roles import Role
from models.organisation.staff import staff_with


def check_turned(check: HealthCheck) -> int:
    """Queue it for every administrator with an address, inside the caller's transaction; says for how many."""
    people = [person for person in staff_with(Role.ADMINISTRATOR) if person.email]
    for person in people:
        to = Recipient(person.email, person.name, person.language, is_staff=True)
        facts = {"check": check.name, "is_well": check.is_well, "sentence": check.sentence}
        queue("check_turned", None, to, {**facts, "since_at": check.since.isoformat()})
    return len(people)
