"""Removes what has done its work: old rates, logins, sessions, drafts and exports, files that no row names."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, select

from gateways.uploads import store
from jobs.write_exports import forget_exports
from models import counter
from models.db import db, utcnow, write_transaction
from models.draft import Draft
from models.staff import FailedLogin, StaffSession, StaffToken

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
    forget_exports()


def hashes_in_use() -> set[str]:
    """Every content hash that a row of any table names: a table that is added later keeps its files too."""
    columns = [table.c.sha256 for table in db.metadata.sorted_tables if "sha256" in table.c]
    found = {sha256 for column in columns for sha256 in db.session.scalars(select(column).distinct()) if sha256}
    db.session.rollback()
    return found
