"""Who works here: staff, their roles, and the groups they belong to."""

from __future__ import annotations

import secrets
from datetime import datetime
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import current_app
from sqlalchemy import ForeignKey, String, event, false, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import setting
from models.base.calendar import ask_recount
from models.base.db import Base, db, utcnow
from models.base.written import clean_line
from models.organisation.roles import HEAD_OF_DIVISION, Division, Role


@cache
def hasher_of(passes: int, kibibytes: int) -> PasswordHasher:
    return PasswordHasher(time_cost=passes, memory_cost=kibibytes, parallelism=1)


def hasher() -> PasswordHasher:
    """Argon2id with the cost of the configuration."""
    return hasher_of(*current_app.config["PASSWORD_COST"])


@cache
def nobody_hash(hashes: PasswordHasher) -> str:
    """What is compared where there is no password: same work for an unknown name as for a known one."""
    return hashes.hash(secrets.token_hex(16))


def initials_of(name: str) -> str:
    """Two letters for a face: of the first and the last name, without "Pak" and "Bu"."""
    words = [w for w in name.replace("Pak ", "").replace("Bu ", "").split() if w]
    return (words[0][:1] + (words[-1][:1] if len(words) > 1 else words[0][1:2])).upper() if words else "?"


@setting.changes_lists
class Staff(Base):
    """A person with a login to the panel."""

    __tablename__ = "staff"
    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    position: Mapped[str] = mapped_column(String(120), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    phone: Mapped[str] = mapped_column(String(30), default="")
    number_kind: Mapped[str] = mapped_column(String(10), default="NIK")  # NIP of the state's people, NIK of others
    staff_number: Mapped[str] = mapped_column(String(40), default="")  # printed under the name on documents
    password_hash: Mapped[str] = mapped_column(String(200), default="")
    is_active: Mapped[bool] = mapped_column(default=True)
    is_break_glass: Mapped[bool] = mapped_column(default=False, server_default=false())  # LOCAL_SIGN_IN lets them in
    is_demo: Mapped[bool] = mapped_column(default=False)
    language: Mapped[str] = mapped_column(String(2), default="id")
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    role_rows: Mapped[list[StaffRole]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", back_populates="staff"
    )
    memberships: Mapped[list[GroupMember]] = relationship(cascade="all, delete-orphan", back_populates="staff")

    is_authenticated = True
    is_anonymous = False

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset(Role(row.role) for row in self.role_rows)

    @roles.setter
    def roles(self, roles: frozenset[Role] | set[Role]) -> None:
        kept = [row for row in self.role_rows if Role(row.role) in roles]
        have = {Role(row.role) for row in kept}
        self.role_rows = kept + [StaffRole(role=role.value) for role in sorted(roles - have)]

    def has(self, *roles: Role) -> bool:
        """Does this person hold one of these roles in their own name?"""
        return not self.roles.isdisjoint(roles)

    @property
    def group_ids(self) -> list[int]:
        return [membership.group_id for membership in self.memberships]

    def get_id(self) -> str:
        """Flask-Login's name for a login: the token of this request's session row, never the staff id."""
        return str(getattr(self, "session_token", ""))

    def set_password(self, password: str) -> None:
        self.password_hash = hasher().hash(password)

    def is_password(self, password: str) -> bool:
        """Constant work whether or not the account has a password; at most 128 characters are looked at."""
        try:
            return hasher().verify(self.password_hash or nobody_hash(hasher()), password[:128]) and bool(
                self.password_hash
            )
        except (VerificationError, InvalidHashError):
            return False

    @property
    def initials(self) -> str:
        return initials_of(self.name)

    def __str__(self) -> str:
        return self.name


class StaffRole(Base):
    """One role of one person; a person may hold several."""

    __tablename__ = "staff_role"
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[str] = mapped_column(String(20), primary_key=True)
    staff: Mapped[Staff] = relationship(back_populates="role_rows")


@setting.changes_lists
class Group(Base):
    """A helpdesk group: complaints of its categories are distributed to it (C4)."""

    __tablename__ = "helpdesk_group"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    division: Mapped[str] = mapped_column(String(20), default=Division.FRONT_DESK.value)
    assigns_by_load: Mapped[bool] = mapped_column(default=False)
    asks_why: Mapped[bool] = mapped_column(default=False)  # a reason with each ticket that another group hands over
    is_active: Mapped[bool] = mapped_column(default=True)
    members: Mapped[list[GroupMember]] = relationship(cascade="all, delete-orphan", back_populates="group")

    @property
    def head_role(self) -> Role:
        return HEAD_OF_DIVISION[Division(self.division)]

    @property
    def has_members(self) -> bool:
        """Does anybody belong to it who still works here? Else what is sent to it reaches nobody."""
        return any(member.staff.is_active for member in self.members)

    def __str__(self) -> str:
        return self.name


event.listen(Group, "after_update", ask_recount)  # its division may be another, with other hours


@setting.changes_lists
class GroupMember(Base):
    __tablename__ = "group_member"
    group_id: Mapped[int] = mapped_column(ForeignKey("helpdesk_group.id", ondelete="CASCADE"), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True, index=True)
    group: Mapped[Group] = relationship(back_populates="members")
    staff: Mapped[Staff] = relationship(back_populates="memberships")


def staff_with(*roles: Role) -> list[Staff]:
    """All active people who hold one of the roles, by name."""
    query = select(Staff).join(StaffRole).where(StaffRole.role.in_([r.value for r in roles]), Staff.is_active)
    return list(db.session.scalars(query.order_by(Staff.name)).unique())


def has_demo_accounts() -> bool:
    """Is there an active account whose password stands in a file of the demonstration (security.md S10)?"""
    return db.session.scalar(select(Staff.id).where(Staff.is_demo, Staff.is_active).limit(1)) is not None


def username_of(typed: str) -> str:
    """The username that somebody typed or pasted, as it is kept."""
    return clean_line(typed).lower()
