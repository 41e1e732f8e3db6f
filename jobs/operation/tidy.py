"""Removes what is past its time: rates, logins, sessions, drafts, exports, archives, files that no row names."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, select

from gateways.files.uploads import store
from jobs.operation.backup_timetable import forget_archives
from jobs.operation.house import house_of_this_database
from jobs.organisation.write_exports import forget_exports
from jobs.tickets.bulk_acts import forget_runs
from models.base import counter
from models.base.db import db, write_transaction
from models.base.retention import PERIODS, forgotten_before
from models.organisation.contact_change import forget_contact_changes
from models.organisation.sessions import FailedLogin, StaffSession, StaffToken
from models.organisation.sign_in_pass import forget_passes
from models.organisation.staff import Staff
from models.tickets.copied_person import forget_unconfirmed
from models.tickets.draft import Draft
from models.tickets.presence import Presence
from models.tickets.ticket import Ticket, visible_to
from procedures.tickets.inbox.forget import forget_old_mails

ORPHAN_AGE = timedelta(hours=24)


def tidy() -> None:
    """Forget what no longer matters."""
    with write_transaction():
        counter.forget_old(PERIODS["counters"].days)
        db.session.execute(delete(FailedLogin).where(FailedLogin.last_at < forgotten_before("counters")))
        db.session.execute(delete(StaffSession).where(StaffSession.ends_at < forgotten_before("sessions")))
        db.session.execute(delete(StaffToken).where(StaffToken.ends_at < forgotten_before("sessions")))
        db.session.execute(delete(Draft).where(Draft.saved_at < forgotten_before("drafts")))
        db.session.execute(delete(Presence).where(Presence.seen_at < forgotten_before("presence")))
        forget_passes()
        forget_unseen_drafts()
        forget_old_mails()
        forget_contact_changes()
        forget_unconfirmed()
    store().remove_unnamed(hashes_in_use() | house_of_this_database().hashes_aside(), ORPHAN_AGE)
    forget_exports()
    forget_runs()
    forget_archives()  # also where no new one is made any more


def forget_unseen_drafts() -> None:
    """Drop drafts of tickets that their writer no longer sees; inside the caller's transaction."""
    drafts: dict[int, list[Draft]] = {}
    for draft in db.session.scalars(select(Draft).where(Draft.place.startswith("/admin/ticket/"))):
        if draft.ticket_id is not None:
            drafts.setdefault(draft.staff_id, []).append(draft)
    for staff_id, rows in drafts.items():
        staff = db.session.get_one(Staff, staff_id)
        ids = {row.ticket_id for row in rows}
        seen = set(db.session.scalars(select(Ticket.id).where(Ticket.id.in_(ids), visible_to(staff))))
        for row in rows:
            if row.ticket_id not in seen:
                db.session.delete(row)


def hashes_in_use() -> set[str]:
    """Every content hash that a row of any table names: a table that is added later keeps its files too."""
    columns = [table.c.sha256 for table in db.metadata.sorted_tables if "sha256" in table.c]
    found = {sha256 for column in columns for sha256 in db.session.scalars(select(column).distinct()) if sha256}
    db.session.rollback()
    return found
