"""The mail with the day's seal of the audit, to those who answer for it: a copy that no hand in this house reaches."""

from __future__ import annotations

from mails.queue import queue
from mails.recipients import Recipient
from models.organisation.roles import Role
from models.organisation.staff import staff_with


def head_kept(seq: int, value: str) -> int:
    """Queue it for the head of the centre and the audit, inside the caller's transaction; says for how many."""
    people = [one for one in staff_with(Role.HEAD_OF_CENTRE, Role.VIEWER) if one.email]
    for one in people:
        to = Recipient(one.email, one.name, one.language, is_staff=True)
        queue("seal_of_the_day", None, to, {"seq": seq, "value": value})
    return len(people)
