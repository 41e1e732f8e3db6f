"""Reminds the service officer once of each account that has to be reviewed; a week's accounts go in one mail."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, or_, select, update

from mails.accounts import notices
from mails.recipients import Recipient
from models.accounts.account import Account
from models.accounts.account_due import count_due, is_due
from models.base.db import db, utcnow, write_transaction
from models.organisation.roles import Role
from models.organisation.staff import staff_with

PAUSE = timedelta(days=7)


def remind_reviews() -> int:
    """Says how many accounts the officers were told of for the first time."""
    with write_transaction():
        last = db.session.scalar(select(func.max(Account.review_asked_at)))
        officers = staff_with(Role.SERVICE_OFFICER)
        if not officers or (last is not None and last > utcnow() - PAUSE):
            return 0
        unasked = or_(Account.review_asked_at.is_(None), Account.review_asked_at < Account.reviewed_at)
        fresh = list(db.session.scalars(select(Account.id).where(is_due(), unasked)))
        if not fresh:
            return 0
        now = utcnow()
        db.session.execute(update(Account).where(is_due(), unasked).values(review_asked_at=now))
        for officer in officers:
            to = Recipient(officer.email, officer.name, officer.language, is_staff=True)
            notices.account_review(count_due(), to)
    return len(fresh)
