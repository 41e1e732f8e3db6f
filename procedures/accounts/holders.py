"""Finds who must hear when something happens to an account."""

from __future__ import annotations

from sqlalchemy import select

from mails.recipients import Recipient
from models.accounts.account import Account
from models.base.db import db
from models.organisation.unit import Contact


def addresses_of(account: Account) -> list[Recipient]:
    """Every registered address of the holder: the account's own, the owner's, and each contact of a unit's account."""
    found = [Recipient(account.address)] if "@" in account.address else []
    if account.owner is not None:
        found.append(Recipient(account.owner.email, account.owner.name))
    if account.is_of_unit:
        query = select(Contact).where(Contact.unit_id == account.unit_id, Contact.is_active).order_by(Contact.id)
        found += [Recipient(c.email, c.name, c.language) for c in db.session.scalars(query)]
    return list({r.email.lower(): r for r in found if r.email}.values())
