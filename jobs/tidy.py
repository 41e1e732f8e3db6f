"""Removes what has done its work: old rates, failed logins, ended sessions, old drafts, files that no row names."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, select

from gateways.uploads import store
from models import counter
from models.db import db, utcnow, write_transaction
from models.draft import Draft
from models.page import Download
from models.staff import FailedLogin, StaffSession, StaffToken
from models.ticket import Attachment

ORPHAN_AGE = timedelta(hours=24)


def tidy() -> None:
    """Forget what no longer matters."""
    now = utcnow()
    with write_transaction():
        counter.forget_old()
        db.session.execute(delete(FailedLogin).where(FailedLogin.last_at < now - timedelta(days=2)))
        db.session.execute(delete(StaffSession).where(StaffSession.ends_at < now))
        db.session.execute(delete(StaffToken).where(StaffToken.ends_at < now))
        db.session.execute(delete(Draft).where(Draft.saved_at < now - timedelta(days=30)))
    store().remove_unnamed(hashes_in_use(), ORPHAN_AGE)


def hashes_in_use() -> set[str]:
    """Every content hash that a row names."""
    found = set(db.session.scalars(select(Attachment.sha256).distinct()))
    found |= set(db.session.scalars(select(Download.sha256).where(Download.sha256 != "")))
    db.session.rollback()
    return found
