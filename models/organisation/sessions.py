"""Logins of staff: sessions that can be ended, invitations and resets, and failed tries."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from flask import g, has_request_context
from sqlalchemy import ForeignKey, Select, String, bindparam, cast, exists, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from models.base.db import Base, db, utcnow
from models.base.health_check import HealthCheck
from models.base.heartbeat import Heartbeat
from models.base.wording import today
from models.organisation.delegation import Delegation, remember_divisions
from models.organisation.staff import Group, GroupMember, Staff

LONGEST_DEVICE = 200


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
    device: Mapped[str] = mapped_column(String(LONGEST_DEVICE), default="")  # what the browser calls itself
    proved_at: Mapped[datetime] = mapped_column(default=utcnow)  # when the person last proved who they are
    has_second: Mapped[bool] = mapped_column(default=False)  # a second factor was shown, or prepared, in this session
    staff: Mapped[Staff] = relationship()

    @classmethod
    def open(cls, staff: Staff, hours: int, ip: str, device: str = "", has_second: bool = False) -> str:
        """Start a session and return its token; only the hash is kept."""
        token = secrets.token_urlsafe(32)
        row = cls(
            token_hash=hash_token(token),
            staff_id=staff.id,
            ends_at=utcnow() + timedelta(hours=hours),
            ip=ip,
            device=device[:LONGEST_DEVICE],
            has_second=has_second,
        )
        db.session.add(row)
        return token

    @classmethod
    def holder(cls, token: str, idle_minutes: int) -> Staff | None:
        """The active person whose live session this is, with roles, groups, every group's division, the worker's beat,
        and how mail stands.

        In one statement, since every page of the panel asks it.
        """
        facts = {"token_hash": hash_token(token), "today": today()}
        found = db.session.execute(_holding(), facts).unique().one_or_none()
        row, beat, is_lent, divisions, failing = found if found is not None else (None, None, False, None, None)
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
        remember_divisions(divisions)
        row.staff.last_beat = beat  # shown by the layout
        row.staff.mail_trouble = (failing or "").split(",")  # as above
        row.staff.session_seen = (row.id, row.seen_at)  # renewed by the panel
        row.staff.session_proof = (row.has_second, row.proved_at)  # asked before what is grave
        return row.staff

    @classmethod
    def end(cls, token: str) -> None:
        """End the session of this token, if there is one; inside the caller's transaction."""
        db.session.query(cls).filter(cls.token_hash == hash_token(token)).delete()

    @classmethod
    def renew(cls, session_id: int) -> str:
        """A new token for a session whose person proved again who they are: the old one opens nothing any more."""
        token = secrets.token_urlsafe(32)
        mine = db.session.query(cls).filter(cls.id == session_id)
        mine.update({"token_hash": hash_token(token), "proved_at": utcnow()})
        return token

    @classmethod
    def end_all(cls, staff_id: int, but: int | None = None) -> None:
        """End every session of this person, or every other one."""
        db.session.query(cls).filter(cls.staff_id == staff_id, cls.id != (but or 0)).delete()


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


@cache
def _holding() -> Select[*tuple[Any, ...]]:
    """A session by :token_hash with its person, the worker's last beat, whether a head lends them steps :today, the
    division of every group as "id:division,…", and which looks at mail fail: sending, mailboxes."""
    lent = exists().where(
        Delegation.to_staff_id == StaffSession.staff_id,
        Delegation.revoked_at.is_(None),
        Delegation.is_waiting.is_(False),
        Delegation.starts_on <= bindparam("today"),
        Delegation.ends_on >= bindparam("today"),
    )
    beat = select(func.max(Heartbeat.beat_at)).scalar_subquery()
    divisions = select(func.aggregate_strings(cast(Group.id, String) + ":" + Group.division, ",")).scalar_subquery()
    is_failing = HealthCheck.name.in_(("sending", "mailboxes")) & HealthCheck.is_well.is_(False)  # twice in a row
    failing = select(func.aggregate_strings(HealthCheck.name, ",")).where(is_failing).scalar_subquery()
    person = joinedload(StaffSession.staff, innerjoin=True)
    return (
        select(StaffSession, beat, lent.correlate(StaffSession), divisions, failing)
        .where(StaffSession.token_hash == bindparam("token_hash"))
        .options(person.joinedload(Staff.role_rows), person.joinedload(Staff.memberships).joinedload(GroupMember.group))
    )


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
