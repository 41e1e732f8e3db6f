"""The register of accounts: internet and e-mail, of people, units and organisations, with their history.

A password is never part of it. The directory server, where there is one, is told by procedures alone.
"""

from __future__ import annotations

from datetime import date, datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey, Index, String, Text, func, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.accounts.address_rules import PATTERN, RESERVED, AddressFinding, AddressRules, check_address
from models.accounts.person import Person
from models.base import setting
from models.base.db import Base, db, utcnow
from models.base.setting import Spec
from models.base.wording import Words
from models.organisation.staff import Staff
from models.organisation.unit import Contact, Unit
from models.tickets.ticket import Ticket

ACCOUNT_KINDS: dict[str, Words] = {
    "internet": _l("Akun internet"),
    "personal_email": _l("Email pribadi"),
    "unit_email": _l("Email unit kerja"),
    "organisation_email": _l("Email organisasi"),
}
UNIT_KINDS = frozenset({"unit_email", "organisation_email"})
ACCOUNT_STATES: dict[str, Words] = {
    "creating": _l("Sedang dibuat"),
    "active": _l("Aktif"),
    "suspended": _l("Dibekukan"),
    "closed": _l("Ditutup"),
}
EVENT_LABELS: dict[str, Words] = {
    "registered": _l("Didaftarkan, akunnya sudah ada"),
    "intended": _l("Pembuatan dimulai"),
    "created": _l("Dibuat dan aktif"),
    "not_created": _l("Tidak jadi dibuat"),
    "password_changed": _l("Password diganti"),
    "edited": _l("Data diubah"),
    "suspend": _l("Dibekukan"),
    "activate": _l("Diaktifkan lagi"),
    "close": _l("Ditutup"),
    "not_changed": _l("Perubahan gagal"),
    "reviewed": _l("Ditinjau"),
    "contact_changed": _l("Kontak teknis diganti"),
}
SECTION = _l("Akun dan email")
for _key, _spec in {
    "account_domain": Spec("bunghatta.ac.id", _l("Domain email unit"), SECTION),
    "address_pattern": Spec(PATTERN, _l("Pola bagian sebelum @"), SECTION, _l("Ekspresi reguler.")),
    "address_reserved": Spec(sorted(RESERVED), _l("Nama yang dicadangkan"), SECTION),
    "address_checks_per_hour": Spec(
        300, _l("Pemeriksaan alamat per jam per alamat jaringan"), SECTION, least=10, most=1_000_000
    ),
    "unit_quota_mb": Spec(5_000, _l("Kuota email unit (MB)"), SECTION, least=100, most=1_000_000),
    "one_time_link_days": Spec(7, _l("Tautan sekali pakai berlaku (hari)"), SECTION, least=1, most=7),
    "proof_days": Spec(30, _l("Data bukti diri dihapus setelah (hari)"), SECTION, least=1, most=365),
    "password_changes_per_hour": Spec(
        60,
        _l("Perubahan password per petugas per jam sebelum Kepala Pustikom dikabari"),
        SECTION,
        least=1,
        most=1_000,
    ),
    "guarded_changes_per_hour": Spec(
        5,
        _l("Perubahan password akun unit dan istimewa per petugas per jam"),
        SECTION,
        _l("Selebihnya dihentikan dan Kepala Pustikom dikabari."),
        least=1,
        most=100,
    ),
}.items():
    setting.declare(_key, _spec)


class Account(Base):
    """One login or mail address, owned by a person or by a unit."""

    __tablename__ = "account"
    id: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(String(254), unique=True)
    login: Mapped[str] = mapped_column(String(80), unique=True)  # its name in the directory
    kind: Mapped[str] = mapped_column(String(20))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id", ondelete="SET NULL"))
    state: Mapped[str] = mapped_column(String(10), default="active")
    is_privileged: Mapped[bool] = mapped_column(default=False)
    quota_mb: Mapped[int | None]
    expires_on: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"), index=True)  # that it was made by (E4)
    reviewed_at: Mapped[datetime | None]
    reviewed_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    reviewed_for: Mapped[str] = mapped_column(String(120), default="")  # the reasons that the review accepted
    review_asked_at: Mapped[datetime | None]  # the officer was reminded once of this review
    owner: Mapped[Person | None] = relationship()
    unit: Mapped[Unit | None] = relationship()
    contact: Mapped[Contact | None] = relationship()
    created_by: Mapped[Staff | None] = relationship(foreign_keys=created_by_id)
    reviewed_by: Mapped[Staff | None] = relationship(foreign_keys=reviewed_by_id)
    ticket: Mapped[Ticket | None] = relationship()
    history: Mapped[list[AccountEvent]] = relationship(back_populates="account", order_by="AccountEvent.id")

    __table_args__ = (Index("ix_account_state_address", "state", "address"),)

    @property
    def is_of_unit(self) -> bool:
        return self.kind in UNIT_KINDS

    @property
    def kind_label(self) -> Words:
        return ACCOUNT_KINDS.get(self.kind, self.kind)

    @property
    def state_label(self) -> Words:
        return ACCOUNT_STATES.get(self.state, self.state)

    @property
    def holder(self) -> str:
        """Whose it is, in words."""
        if self.owner is not None:
            return self.owner.name
        return self.unit.name if self.unit is not None else ""

    @property
    def needs_second_person(self) -> bool:
        """Unit and privileged accounts, and a superior's, are never changed by one person alone (P4)."""
        return self.is_of_unit or self.is_privileged or (self.owner is not None and self.owner.is_superior)

    def reviewed(self, by: Staff | None, reasons: list[str]) -> None:
        """Somebody looked at it: these reasons rest for a year, a new one asks again."""
        self.reviewed_at, self.reviewed_by_id = utcnow(), by.id if by else None
        self.reviewed_for, self.review_asked_at = ",".join(reasons), None

    def note(self, what: str, text: str = "", by: Staff | None = None) -> None:
        """Add a line to the account's history."""
        self.history.append(AccountEvent(what=what, text=text, staff_id=by.id if by else None))

    def __str__(self) -> str:
        return self.address


class AccountEvent(Base):
    """One line of an account's history; rows are only ever added."""

    __tablename__ = "account_event"
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    at: Mapped[datetime] = mapped_column(default=utcnow)
    what: Mapped[str] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(Text, default="")
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    account: Mapped[Account] = relationship(back_populates="history")
    staff: Mapped[Staff | None] = relationship()

    @property
    def what_label(self) -> Words:
        return EVENT_LABELS.get(self.what, self.what)


def address_rules() -> AddressRules:
    """The rules in force, from the settings."""
    return AddressRules(
        domain=setting.get("account_domain"),
        pattern=setting.get("address_pattern"),
        reserved=frozenset(setting.get("address_reserved")),
    )


def is_taken(address: str) -> bool:
    """Whether an account of any state has this address, or its login."""
    login = address.partition("@")[0]
    query = select(Account.id).where((func.lower(Account.address) == address) | (func.lower(Account.login) == login))
    return db.session.scalar(query.limit(1)) is not None


def judge_address(wish: str) -> AddressFinding:
    """A wished address under the rules in force (E1, E3)."""
    return check_address(wish, address_rules(), is_taken)
