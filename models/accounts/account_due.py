"""Which accounts a person must look at: whose owner left, whose contact is gone, expired, not reviewed for a year.

Each question is one condition on Account, so that lists, counts, filters and the reminder ask the same.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, and_, func, not_, or_, select

from models.accounts.account import UNIT_KINDS, Account
from models.accounts.person import Person
from models.base.db import db, utcnow
from models.base.wording import WIB, Words
from models.organisation.unit import Contact

YEAR = timedelta(days=365)
LIVING = ("active", "suspended")


def owner_left() -> ColumnElement[bool]:
    """Its owner left or graduated, as the register of people says."""
    return Account.owner_id.in_(select(Person.id).where(Person.status == "left"))


def contact_gone() -> ColumnElement[bool]:
    """A unit's account without a technical contact, or with one who can no longer be reached."""
    gone = Account.contact_id.in_(select(Contact.id).where(Contact.is_active.is_(False)))
    return and_(Account.kind.in_(UNIT_KINDS), or_(Account.contact_id.is_(None), gone))


def expired() -> ColumnElement[bool]:
    return Account.expires_on < utcnow().astimezone(WIB).date()


def expires_within(days: int) -> ColumnElement[bool]:
    today = utcnow().astimezone(WIB).date()
    return Account.expires_on.between(today, today + timedelta(days=days))


def unreviewed() -> ColumnElement[bool]:
    """Nobody has looked at it for a year, counted from its making where nobody ever did."""
    return func.coalesce(Account.reviewed_at, Account.created_at) < utcnow() - YEAR


REASONS: dict[str, tuple[Words, Callable[[], ColumnElement[bool]]]] = {
    "owner_left": (_l("Pemilik keluar"), owner_left),
    "contact_gone": (_l("Tanpa kontak teknis"), contact_gone),
    "expired": (_l("Lewat masa berlaku"), expired),
    "unreviewed": (_l("Setahun tidak ditinjau"), unreviewed),
}


def is_due(reason: str = "") -> ColumnElement[bool]:
    """A living account that must be reviewed, for this reason or for any; what a review accepted rests for a year."""
    names = [reason] if reason else list(REASONS)
    fresh = Account.reviewed_at > utcnow() - YEAR
    asked = (
        and_(REASONS[name][1](), not_(and_(func.coalesce(fresh, False), Account.reviewed_for.contains(name))))
        for name in names
    )
    return and_(Account.state.in_(LIVING), or_(*asked))


def reasons_of(accounts: list[Account]) -> dict[int, list[str]]:
    """For each account the reasons that hold now, whether or not a review has accepted them."""
    found: dict[int, list[str]] = {account.id: [] for account in accounts}
    for name, (_label, holds) in REASONS.items():
        for account_id in db.session.scalars(select(Account.id).where(Account.id.in_(found), holds())):
            found[account_id].append(name)
    return found


def count_due() -> int:
    return int(db.session.scalar(select(func.count()).select_from(Account).where(is_due())) or 0)
