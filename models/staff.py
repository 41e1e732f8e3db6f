"""Who works here: staff, their roles, groups, absences, delegations and sessions; no rule of a procedure."""

from __future__ import annotations

import hashlib
import secrets
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any, cast

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import current_app, g, has_request_context
from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey, String, Text, bindparam, exists, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from models.db import Base, db, utcnow
from models.wording import today
from models.worker import Heartbeat


class Role(StrEnum):
    """The roles of procedures.md, section Words."""

    HEAD_OF_CENTRE = "head_of_centre"
    HEAD_NETWORKING = "head_networking"
    STAFF_NETWORKING = "staff_networking"
    HEAD_SYSTEMS = "head_systems"
    STAFF_SYSTEMS = "staff_systems"
    OPERATOR = "operator"
    SERVICE_OFFICER = "service_officer"
    ADMINISTRATOR = "administrator"
    VIEWER = "viewer"

    @property
    def label(self) -> Any:
        return ROLE_LABELS[self]


class Division(StrEnum):
    """Where a helpdesk group belongs: a division, or the front desk."""

    FRONT_DESK = "front_desk"
    NETWORKING = "networking"
    SYSTEMS = "systems"

    @property
    def label(self) -> Any:
        return DIVISION_LABELS[self]


ROLE_LABELS: dict[Role, Any] = {
    Role.HEAD_OF_CENTRE: _l("Kepala Pustikom"),
    Role.HEAD_NETWORKING: _l("Kepala Divisi Networking"),
    Role.STAFF_NETWORKING: _l("Staf Divisi Networking"),
    Role.HEAD_SYSTEMS: _l("Kepala Divisi Sistem Informasi"),
    Role.STAFF_SYSTEMS: _l("Staf Divisi Sistem Informasi"),
    Role.OPERATOR: _l("Operator"),
    Role.SERVICE_OFFICER: _l("Petugas Layanan"),
    Role.ADMINISTRATOR: _l("Administrator"),
    Role.VIEWER: _l("Peninjau"),
}
DIVISION_LABELS: dict[Division, Any] = {
    Division.FRONT_DESK: _l("Meja Layanan"),
    Division.NETWORKING: _l("Divisi Networking"),
    Division.SYSTEMS: _l("Divisi Sistem Informasi"),
}
HEAD_OF_DIVISION = {
    Division.NETWORKING: Role.HEAD_NETWORKING,
    Division.SYSTEMS: Role.HEAD_SYSTEMS,
    Division.FRONT_DESK: Role.HEAD_OF_CENTRE,
}
HEADS = frozenset({Role.HEAD_OF_CENTRE, Role.HEAD_NETWORKING, Role.HEAD_SYSTEMS})
MEMBER_ROLES = frozenset(Role) - {Role.ADMINISTRATOR, Role.VIEWER}  # who may belong to a helpdesk group
SEES_ALL = frozenset({Role.HEAD_OF_CENTRE, Role.OPERATOR, Role.VIEWER})
DIVISION_ROLES = {
    Role.HEAD_NETWORKING: Division.NETWORKING,
    Role.STAFF_NETWORKING: Division.NETWORKING,
    Role.HEAD_SYSTEMS: Division.SYSTEMS,
    Role.STAFF_SYSTEMS: Division.SYSTEMS,
}


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


class Staff(Base):
    """A person with a login to the panel."""

    __tablename__ = "staff"
    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    position: Mapped[str] = mapped_column(String(120), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    phone: Mapped[str] = mapped_column(String(30), default="")
    password_hash: Mapped[str] = mapped_column(String(200), default="")
    is_active: Mapped[bool] = mapped_column(default=True)
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


class StaffSession(Base):
    """A login that can be ended: by logout, password change, disabling, role change or time."""

    __tablename__ = "staff_session"
    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    seen_at: Mapped[datetime] = mapped_column(default=utcnow)
    ends_at: Mapped[datetime]
    ip: Mapped[str] = mapped_column(String(45), default="")
    staff: Mapped[Staff] = relationship()

    @classmethod
    def open(cls, staff: Staff, hours: int, ip: str) -> str:
        """Start a session and return its token; only the hash is kept."""
        token = secrets.token_urlsafe(32)
        db.session.add(
            cls(token_hash=hash_token(token), staff_id=staff.id, ends_at=utcnow() + timedelta(hours=hours), ip=ip)
        )
        return token

    @classmethod
    def holder(cls, token: str, idle_minutes: int) -> Staff | None:
        """The active person whose live session this is, with roles, groups and the worker's last beat.

        In one statement, since every page of the panel asks it.
        """
        facts = {"token_hash": hash_token(token), "today": today()}
        found = db.session.execute(_holding(), facts).unique().one_or_none()
        row, beat, is_lent = found if found is not None else (None, None, False)
        now = utcnow()
        if (
            row is None
            or not row.staff.is_active
            or row.ends_at < now
            or row.seen_at < now - timedelta(minutes=idle_minutes)
        ):
            return None
        row.staff.session_token = token  # carried for Flask-Login's get_id
        if not is_lent and has_request_context():
            g.setdefault("delegations", {})[row.staff.id] = []  # nothing to ask for in this request
        row.staff.last_beat = beat  # shown by the layout
        row.staff.session_seen = (row.id, row.seen_at)  # renewed by the panel
        return row.staff

    @classmethod
    def end_all(cls, staff_id: int) -> None:
        db.session.query(cls).filter(cls.staff_id == staff_id).delete()


class StaffToken(Base):
    """A single-use invitation (72 hours) or password reset (30 minutes) for a staff login; kept hashed."""

    __tablename__ = "staff_token"
    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    purpose: Mapped[str] = mapped_column(String(10))
    ends_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    staff: Mapped[Staff] = relationship()


class Group(Base):
    """A helpdesk group: complaints of its categories are distributed to it (C4)."""

    __tablename__ = "helpdesk_group"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    division: Mapped[str] = mapped_column(String(20), default=Division.FRONT_DESK.value)
    assigns_by_load: Mapped[bool] = mapped_column(default=False)
    is_active: Mapped[bool] = mapped_column(default=True)
    members: Mapped[list[GroupMember]] = relationship(cascade="all, delete-orphan", back_populates="group")

    @property
    def head_role(self) -> Role:
        return HEAD_OF_DIVISION[Division(self.division)]

    def __str__(self) -> str:
        return self.name


class GroupMember(Base):
    __tablename__ = "group_member"
    group_id: Mapped[int] = mapped_column(ForeignKey("helpdesk_group.id", ondelete="CASCADE"), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True, index=True)
    group: Mapped[Group] = relationship(back_populates="members")
    staff: Mapped[Staff] = relationship(back_populates="memberships")


class Absence(Base):
    """Days on which a person is away and gets no ticket by distribution."""

    __tablename__ = "absence"
    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    first_day: Mapped[date]
    last_day: Mapped[date]
    reason: Mapped[str] = mapped_column(String(200), default="")
    staff: Mapped[Staff] = relationship()

    def __str__(self) -> str:
        return self.staff.name


class Delegation(Base):
    """A head lends steps to another leader for a period; the event and the paper name both."""

    __tablename__ = "delegation"
    id: Mapped[int] = mapped_column(primary_key=True)
    from_staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    to_staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    role: Mapped[str] = mapped_column(String(20))
    steps: Mapped[list[Any]] = mapped_column(
        default=list
    )  # step numbers such as "N6"; empty means all of the role's steps
    reason: Mapped[str] = mapped_column(Text, default="")
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    revoked_at: Mapped[datetime | None]
    from_staff: Mapped[Staff] = relationship(foreign_keys=from_staff_id)
    to_staff: Mapped[Staff] = relationship(foreign_keys=to_staff_id)

    def __str__(self) -> str:
        return f"{self.from_staff.name} → {self.to_staff.name}"

    def covers(self, number: str | None) -> bool:
        return not self.steps or (number or "") in self.steps


@cache
def _holding() -> Any:
    """A session by :token_hash with its person, the worker's last beat, and whether a head lends them steps :today."""
    lent = exists().where(
        Delegation.to_staff_id == StaffSession.staff_id,
        Delegation.revoked_at.is_(None),
        Delegation.starts_on <= bindparam("today"),
        Delegation.ends_on >= bindparam("today"),
    )
    beat = select(func.max(Heartbeat.beat_at)).scalar_subquery()
    person = joinedload(StaffSession.staff, innerjoin=True)
    return (
        select(StaffSession, beat, lent.correlate(StaffSession))
        .where(StaffSession.token_hash == bindparam("token_hash"))
        .options(person.joinedload(Staff.role_rows), person.joinedload(Staff.memberships).joinedload(GroupMember.group))
    )


def delegations_to(staff: Staff) -> list[Delegation]:
    """What heads who still hold the role have lent this person for today (WIB); asked once a request."""
    kept: dict[int, list[Delegation]] = g.setdefault("delegations", {}) if has_request_context() else {}
    if staff.id not in kept:
        day = today()
        query = select(Delegation).where(
            Delegation.to_staff_id == staff.id,
            Delegation.revoked_at.is_(None),
            Delegation.starts_on <= day,
            Delegation.ends_on >= day,
        )
        lent = db.session.scalars(query.options(joinedload(Delegation.from_staff))).unique()
        kept[staff.id] = [d for d in lent if d.from_staff.is_active and d.from_staff.has(Role(d.role))]
    return kept[staff.id]


def roles_of(staff: Staff) -> frozenset[Role]:
    """The roles in which this person may act today: own and lent."""
    return staff.roles | {Role(d.role) for d in delegations_to(staff)}


def divisions_of_groups() -> dict[int, str]:
    """Every group's division by its id, asked once a request."""
    if has_request_context() and "divisions_of_groups" in g:
        return cast(dict[int, str], g.divisions_of_groups)
    rows = db.session.execute(select(Group.id, Group.division).order_by(Group.id))
    found = {row.id: row.division for row in rows}
    if has_request_context():
        g.divisions_of_groups = found
    return found


def groups_near(staff: Staff, roles: frozenset[Role]) -> tuple[list[int], list[int]]:
    """The groups whose tickets these roles see (own ones, those of the division), and all others."""
    divisions = {DIVISION_ROLES[role].value for role in roles if role in DIVISION_ROLES}
    own, every = set(staff.group_ids), divisions_of_groups()
    near = [group for group, division in every.items() if group in own or division in divisions]
    return near, [group for group in every if group not in near]


class FailedLogin(Base):
    """Failed tries per account and per address, for the slow-down; never a lock (security.md S3)."""

    __tablename__ = "failed_login"
    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    tries: Mapped[int] = mapped_column(default=0)
    last_at: Mapped[datetime] = mapped_column(default=utcnow)

    @classmethod
    def locked(cls, key: str) -> FailedLogin:
        """The row of this key, made if need be and locked: two first failures at once are two, not a fault."""
        insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
        db.session.execute(insert(cls).values(key=key, tries=0, last_at=utcnow()).on_conflict_do_nothing())
        return db.session.scalars(select(cls).where(cls.key == key).with_for_update()).one()


def hash_token(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def staff_with(*roles: Role) -> list[Staff]:
    """All active people who hold one of the roles, by name."""
    query = select(Staff).join(StaffRole).where(StaffRole.role.in_([r.value for r in roles]), Staff.is_active)
    return list(db.session.scalars(query.order_by(Staff.name)).unique())


def has_demo_accounts() -> bool:
    """Is there an active account whose password stands in a file of the demonstration (security.md S10)?"""
    return db.session.scalar(select(Staff.id).where(Staff.is_demo, Staff.is_active).limit(1)) is not None
