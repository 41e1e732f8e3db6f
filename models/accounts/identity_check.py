"""Who showed what to whom before a password was changed (P2, P3)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, ForeignKey, Index, String, Text, false, or_, select, true
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from models.accounts.account import Account
from models.accounts.person import Person
from models.base.db import Base, db, utcnow
from models.base.request_cache import read_once
from models.base.retention import forgotten_before
from models.base.wording import Words
from models.organisation.contact_change import Holder
from models.organisation.duties import DUTIES
from models.organisation.roles import Role
from models.organisation.staff import Staff
from models.organisation.unit import Contact
from models.tickets.ticket import Ticket, visible_to

PROOF_KINDS: dict[str, Words] = {
    "student_card": _l("Kartu mahasiswa"),
    "staff_card": _l("Kartu pegawai"),
    "national_card": _l("KTP"),
}
COMPARED: dict[str, Words] = {
    "name": _l("Nama sama"),
    "number": _l("Nomor sama"),
    "unit": _l("Unit sama"),
    "account": _l("Akun ini miliknya"),
}
REGISTER_CARDS = frozenset({"student_card", "staff_card"})
"""Proofs that carry the number by which the register knows a person; of a national card it holds none."""
READERS = (Role.HEAD_OF_CENTRE, Role.VIEWER)
SECONDS: tuple[Role, ...] = DUTIES["password_proof"].confirmed_by
"""Who may be the second person (P3b)."""


class IdentityCheck(Base):
    """One check of one person at the desk: the proof shown, what was compared, who took part."""

    __tablename__ = "identity_check"
    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id", ondelete="SET NULL"))
    is_guarded: Mapped[bool] = mapped_column(default=False)  # unit, privileged or a superior's, as it was then
    proof_kind: Mapped[str] = mapped_column(String(20), default="")
    proof_number: Mapped[str] = mapped_column(String(40), default="")  # masked before it is stored
    compared: Mapped[dict[str, Any]] = mapped_column(default=dict)
    is_match: Mapped[bool | None]
    reason: Mapped[str] = mapped_column(Text, default="")
    checked_by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    checked_at: Mapped[datetime] = mapped_column(default=utcnow)
    second_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"), index=True)
    second_at: Mapped[datetime | None]
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"), index=True)
    changed_at: Mapped[datetime | None]
    told_by: Mapped[str] = mapped_column(String(10), default="")
    purged_at: Mapped[datetime | None]
    ticket: Mapped[Ticket] = relationship()
    account: Mapped[Account] = relationship()
    person: Mapped[Person | None] = relationship()
    contact: Mapped[Contact | None] = relationship()
    checked_by: Mapped[Staff] = relationship(foreign_keys=checked_by_id)
    second_by: Mapped[Staff | None] = relationship(foreign_keys=second_by_id)
    changed_by: Mapped[Staff | None] = relationship(foreign_keys=changed_by_id)

    __table_args__ = (Index("ix_identity_check_changed", "changed_by_id", "changed_at"),)

    @property
    def proof_label(self) -> Words:
        return PROOF_KINDS.get(self.proof_kind, "")

    @property
    def number_found(self) -> bool | None:
        """Is the number on the proof the register's? None where the register holds none to compare with (P3)."""
        found = self.compared.get("number")
        return found if isinstance(found, bool) else None

    @property
    def lacks_number(self) -> bool:
        """Said to match though the register held no number to compare with: a second person answers for it too."""
        return "number" in self.compared and self.number_found is None

    @property
    def holder(self) -> tuple[Holder, int] | None:
        """Who stood at the desk, as changes of contacts name them."""
        if self.person_id is not None:
            return Holder.PERSON, self.person_id
        return (Holder.CONTACT, self.contact_id) if self.contact_id is not None else None

    def __str__(self) -> str:
        return f"{self.account.address} · {self.ticket.number}"

    def purge(self) -> None:
        """Remove what was seen of the proof; that a check took place, by which kind of card, and its result stay."""
        self.proof_number, self.compared, self.purged_at = "", {}, utcnow()


@read_once
def check_of(ticket: Ticket) -> IdentityCheck:
    """The check of a password change with the account and the person that it compares, in one statement."""
    compared = (joinedload(IdentityCheck.account).joinedload(Account.owner), joinedload(IdentityCheck.person))
    return db.session.scalars(
        select(IdentityCheck).where(IdentityCheck.ticket_id == ticket.id).options(*compared)
    ).one()


def checks_visible_to(staff: Staff | None) -> ColumnElement[bool]:
    """Identity evidence is read by those who took part, the head of the centre and the audit (security.md I3)."""
    if staff is None:
        return false()
    if staff.has(*READERS):
        return true()
    took_part = (IdentityCheck.checked_by_id, IdentityCheck.second_by_id, IdentityCheck.changed_by_id)
    rules = [column == staff.id for column in took_part]
    if staff.has(*SECONDS):  # who is asked to be the second person must see what they answer for
        waiting = select(Ticket.id).where(Ticket.procedure == "password_change", Ticket.state == "second")
        rules.append(IdentityCheck.ticket_id.in_(waiting.where(visible_to(staff))))
    return or_(*rules)


def checks_to_purge() -> list[IdentityCheck]:
    """Checks whose proof is older than the setting allows."""
    before = forgotten_before("proof")
    query = select(IdentityCheck).where(IdentityCheck.purged_at.is_(None), IdentityCheck.checked_at < before)
    return list(db.session.scalars(query.limit(1_000)))
