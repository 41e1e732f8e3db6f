"""The mail with the day's seal of the audit, to those who answer for it: a copy that no hand in this house reaches."""

from __future__ import annotations

from sqlalchemy import select

from mails.queue import queue
from mails.recipients import Recipient
from models.base.db import db, utcnow
from models.base.wording import local
from models.organisation.roles import Role
from models.organisation.staff import staff_with
from models.tickets.outbox import Mail


def head_kept(seq: int, value: str) -> int:
    """Queue it for the head of the centre and the audit, inside the caller's transaction; says for how many.

    One a day to each, though two workers on two machines each keep the day's first seal in a file of their own.
    """
    day, told = local(utcnow()).date(), 0
    for one in (each for each in staff_with(Role.HEAD_OF_CENTRE, Role.VIEWER) if each.email):
        key = f"seal:{day}:{one.id}"
        if db.session.scalar(select(Mail.id).where(Mail.dedupe_key == key)) is None:
            to = Recipient(one.email, one.name, one.language, is_staff=True)
            queue("seal_of_the_day", None, to, {"seq": seq, "value": value}, dedupe_key=key)
            told += 1
    return told
