"""The mail that the report of a month is there: its figures, and where it is read."""

from __future__ import annotations

from sqlalchemy import func, select

from mails.queue import queue
from mails.recipients import Recipient
from models.base import setting
from models.base.db import db
from models.base.wording import month_name
from models.organisation.monthly_report import MonthlyReport
from models.organisation.roles import Role
from models.organisation.staff import Staff, staff_with


def readers() -> list[Recipient]:
    """Whom the setting names, in the language of those who work here; without any, the heads of the centre."""
    typed = [part.strip().lower() for part in str(setting.get("monthly_report_to")).split(",") if part.strip()]
    if not typed:
        return [_staff(one) for one in staff_with(Role.HEAD_OF_CENTRE) if one.email]
    found = db.session.scalars(select(Staff).where(func.lower(Staff.email).in_(typed))).unique()
    known = {one.email.lower(): _staff(one) for one in found}
    return [known.get(mail) or Recipient(mail, "", "id", is_staff=True) for mail in dict.fromkeys(typed)]


def _staff(one: Staff) -> Recipient:
    return Recipient(one.email, one.name, one.language, is_staff=True)


def month_reported(report: MonthlyReport) -> None:
    """Queue it inside the caller's transaction, once for each reader and month."""
    share = "" if report.share is None else f"{report.share:.0f}%"
    counts = {"received": report.received, "ended": report.ended, "still_open": report.open, "share": share}
    for to in readers():
        facts = {"month": month_name(report.month, to.language), **counts}
        queue("month_reported", None, to, facts, dedupe_key=f"month:{report.month}:{to.email}")
