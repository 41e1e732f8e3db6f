"""The words of a mail as staff have written them: every version is kept, the newest one holds."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import setting
from models.base.db import Base, db, utcnow
from models.organisation.staff import Staff


@setting.changes_lists
class MailWording(Base):
    """One version of a notice's subject and text in both languages; without words the shipped ones hold again."""

    __tablename__ = "mail_wording"
    id: Mapped[int] = mapped_column(primary_key=True)
    notice: Mapped[str] = mapped_column(String(40))
    number: Mapped[int]  # of this notice: 1, 2, 3 …
    subject: Mapped[str] = mapped_column(String(200), default="")
    body: Mapped[str] = mapped_column(Text, default="")
    subject_en: Mapped[str] = mapped_column(String(200), default="")
    body_en: Mapped[str] = mapped_column(Text, default="")
    made_at: Mapped[datetime] = mapped_column(default=utcnow)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"), index=True)
    made_by: Mapped[Staff | None] = relationship()

    __table_args__ = (UniqueConstraint("notice", "number"),)

    @property
    def is_shipped(self) -> bool:
        """Did somebody go back to the shipped words with this version?"""
        return not (self.body or self.body_en)

    def words(self, language: str) -> tuple[str, str] | None:
        """Subject and text; None where the shipped ones hold."""
        subject, body = (self.subject_en, self.body_en) if language == "en" else (self.subject, self.body)
        return (subject, body) if subject and body else None

    def __str__(self) -> str:
        return f"{self.notice} {self.number}"


def versions_of(notice: str) -> list[MailWording]:
    """The newest first."""
    query = select(MailWording).where(MailWording.notice == notice).order_by(MailWording.number.desc())
    return list(db.session.scalars(query).unique())


def newest_wording(notice: str) -> MailWording | None:
    """The newest version; none where nobody has written one."""
    query = select(MailWording).where(MailWording.notice == notice).order_by(MailWording.number.desc()).limit(1)
    return db.session.scalars(query).unique().one_or_none()


def wording_in_force(notice: str) -> MailWording | None:
    """The same for the mails that go out: whether anybody has written one at all is asked for rarely."""
    return newest_wording(notice) if notice in setting.recent("worded_notices", _worded) else None


def _worded() -> frozenset[str]:
    return frozenset(db.session.scalars(select(MailWording.notice).distinct()))


def all_in_force() -> dict[str, MailWording]:
    """The newest version of each notice that has one."""
    rows = db.session.scalars(select(MailWording).order_by(MailWording.number)).unique()
    return {row.notice: row for row in rows}
