"""The words inside attached files, by which their tickets are found."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, ForeignKey, Index, String, Text, event, insert, select, text
from sqlalchemy.orm import Mapped, Mapper, mapped_column

from models.base.db import Base, db
from models.tickets.ticket import Attachment

_OFFICE = "application/vnd.openxmlformats-officedocument."
READABLE = frozenset({
    "text/plain", "text/csv", "application/json", "application/pdf",
    f"{_OFFICE}wordprocessingml.document", f"{_OFFICE}spreadsheetml.sheet",
    "application/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.spreadsheet",
})  # fmt: skip


class FileReading(StrEnum):
    WAITING = "waiting"  # for the worker
    READ = "read"
    REFUSED = "refused"  # damaged, locked, too large or too slow
    FORGOTTEN = "forgotten"  # with the identity of the ticket's requester


class FileText(Base):
    """What one attached file is found by, a key a line; a row is written with every file that has words."""

    __tablename__ = "file_text"
    attachment_id: Mapped[int] = mapped_column(ForeignKey("attachment.id", ondelete="CASCADE"), primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), index=True)
    words: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(String(10), default=FileReading.WAITING)
    fault: Mapped[str] = mapped_column(String(200), default="")  # why it was refused
    read_at: Mapped[datetime | None]

    __table_args__ = (
        Index(
            "ix_file_text_waiting",
            "attachment_id",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
    )


@event.listens_for(Attachment, "after_insert")
def _wait_to_be_read(_mapper: Mapper[Attachment], connection: Connection, file: Attachment) -> None:
    if file.content_type in READABLE:
        row = {
            "attachment_id": file.id,
            "ticket_id": file.ticket_id,
            "words": "",
            "state": FileReading.WAITING,
            "fault": "",
        }
        connection.execute(insert(FileText), row)


def next_unread() -> Attachment | None:
    """The newest file that waits to be read."""
    query = select(Attachment).join(FileText, FileText.attachment_id == Attachment.id)
    query = query.where(FileText.state == FileReading.WAITING)
    return db.session.scalars(query.order_by(FileText.attachment_id.desc()).limit(1)).first()
