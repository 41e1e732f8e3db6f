"""Counts password changes for the report: how many, refused, by whom, in a period."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import Row, select

from models.accounts.identity_check import PROOF_KINDS, IdentityCheck
from models.base.db import db
from models.base.wording import WIB, day_begins
from models.organisation.staff import Staff


@dataclass
class IdentityReport:
    """The counts of a period of whole days (WIB): `days` holds (day, changed, refused), none left out."""

    first: date
    last: date
    checked: int = 0
    changed: int = 0
    refused: int = 0
    guarded: int = 0
    days: list[tuple[date, int, int]] = field(default_factory=list)
    proofs: list[tuple[str, int]] = field(default_factory=list)
    reasons: list[tuple[str, int]] = field(default_factory=list)
    staff: list[tuple[str, int, int, int]] = field(default_factory=list)
    """Name, checked, changed, refused; the busiest first."""


def report_of(first: date, last: date) -> IdentityReport:
    """The checks that were made on the days from `first` to `last`, both of them included."""
    start, end = day_begins(first), day_begins(last + timedelta(days=1))
    columns = (
        IdentityCheck.checked_at, IdentityCheck.changed_at, IdentityCheck.is_match, IdentityCheck.is_guarded,
        IdentityCheck.proof_kind, IdentityCheck.reason, Staff.name,
    )  # fmt: skip
    query = select(*columns).join(Staff, IdentityCheck.checked_by_id == Staff.id)
    rows = db.session.execute(query.where(IdentityCheck.checked_at >= start, IdentityCheck.checked_at < end)).all()
    report = IdentityReport(first, last, checked=len(rows))
    changed, refused = [row for row in rows if row.changed_at], [row for row in rows if _is_refused(row)]
    report.changed, report.refused = len(changed), len(refused)
    report.guarded = sum(row.is_guarded for row in changed)
    ways = (Counter(_day(row.checked_at) for row in changed), Counter(_day(row.checked_at) for row in refused))
    length = (last - first).days + 1
    report.days = [(day, ways[0][day], ways[1][day]) for day in (first + timedelta(days=n) for n in range(length))]
    report.proofs = Counter(_proof(row) for row in rows).most_common()
    report.reasons = Counter(row.reason.strip() or _("tanpa alasan") for row in refused).most_common(50)
    made = [Counter(row.name for row in some) for some in (rows, changed, refused)]
    report.staff = [(name, count, made[1][name], made[2][name]) for name, count in made[0].most_common()]
    return report


def _is_refused(row: Row[datetime, datetime | None, bool | None, bool, str, str, str]) -> bool:
    """No match (P3), or refused by the second person (P3c)."""
    return row.is_match is False or (row.changed_at is None and bool(row.reason))


def _proof(row: Row[datetime, datetime | None, bool | None, bool, str, str, str]) -> str:
    if row.proof_kind:
        return str(PROOF_KINDS.get(row.proof_kind, row.proof_kind))
    return _("belum ditunjukkan") if row.is_match is None else _("data bukti sudah dihapus")


def _day(moment: datetime) -> date:
    return moment.astimezone(WIB).date()
