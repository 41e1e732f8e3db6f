"""Documents that were issued: number, check code and facts are fixed then, and the file is made from them."""

from __future__ import annotations

import secrets
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import BigInteger, ForeignKey, String, Text, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import setting
from models.base.db import Base, db, utcnow
from models.base.request_cache import read_once
from models.base.setting import Spec
from models.organisation.office_number import NUMBERS
from models.tickets.ticket import Ticket

setting.declare("paper_place", Spec("Padang", _l("Tempat pada dokumen"), NUMBERS))

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32
CODE_CHARACTERS = 16  # 80 random bits: nobody finds a document by trying
_FORGIVEN = str.maketrans("OIL", "011", "- ")


class IssuedDocument(Base):
    """One document as issued. It is served as it was, and never rendered anew once its file is kept."""

    __tablename__ = "issued_paper"
    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(120))
    number: Mapped[str] = mapped_column(String(80), default="", index=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    issued_at: Mapped[datetime] = mapped_column(default=utcnow)
    total_rp: Mapped[int | None] = mapped_column(BigInteger)
    is_public: Mapped[bool] = mapped_column(default=False)  # the holder of the access code may read it
    template: Mapped[str] = mapped_column(String(40))  # "" when its period is over: facts and file are gone
    data: Mapped[str] = mapped_column(Text)  # JSON as printed
    stamp: Mapped[int] = mapped_column(BigInteger)  # the file's only clock
    sha256: Mapped[str | None] = mapped_column(String(64))
    size: Mapped[int | None]
    printed_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(String(300), default="")
    voided_at: Mapped[datetime | None]
    void_reason: Mapped[str] = mapped_column(String(300), default="")
    ticket: Mapped[Ticket] = relationship()

    @property
    def file_name(self) -> str:
        return f"{(self.number or self.title).replace('/', '-').replace(' ', '-')}.pdf"

    def void(self, reason: str) -> None:
        """No longer in force; it stays readable and says so when checked."""
        if self.voided_at is None:
            self.voided_at, self.void_reason = utcnow(), reason[:300]

    def __str__(self) -> str:
        return self.number or self.title


def new_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_CHARACTERS))


def document_by_code(typed: str) -> IssuedDocument | None:
    """The document behind a code as typed or scanned; letters that look alike are forgiven."""
    code = typed.upper().translate(_FORGIVEN)
    return db.session.scalars(select(IssuedDocument).where(IssuedDocument.code == code)).one_or_none()


@read_once
def documents_of(ticket: Ticket, public_only: bool = False) -> list[IssuedDocument]:
    query = select(IssuedDocument).where(IssuedDocument.ticket_id == ticket.id, IssuedDocument.template != "")
    query = query.order_by(IssuedDocument.id)
    return list(db.session.scalars(query.where(IssuedDocument.is_public) if public_only else query))


def void_documents(ticket: Ticket, kind: str, reason: str) -> None:
    for document in documents_of(ticket):
        if document.kind == kind:
            document.void(reason)
