"""Who acts for whom today: absences, delegations of a head, and the groups that a role sees."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import cast

from flask import g, has_request_context
from sqlalchemy import ForeignKey, String, Text, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from models.base.db import Base, db
from models.base.wording import today
from models.organisation.roles import DIVISION_ROLES, Role
from models.organisation.staff import Group, Staff


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
    """A head lends steps to another leader for a period; the event and the document name both."""

    __tablename__ = "delegation"
    id: Mapped[int] = mapped_column(primary_key=True)
    from_staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    to_staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    role: Mapped[str] = mapped_column(String(20))
    steps: Mapped[list[str]] = mapped_column(
        default=list
    )  # step numbers such as "N6"; empty means all of the role's steps
    reason: Mapped[str] = mapped_column(Text, default="")
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    revoked_at: Mapped[datetime | None]
    is_waiting: Mapped[bool] = mapped_column(default=False)  # for a second person; until then it lends nothing
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    from_staff: Mapped[Staff] = relationship(foreign_keys=from_staff_id)
    to_staff: Mapped[Staff] = relationship(foreign_keys=to_staff_id)

    def __str__(self) -> str:
        return f"{self.from_staff.name} → {self.to_staff.name}"

    def covers(self, number: str | None) -> bool:
        return not self.steps or (number or "") in self.steps


def delegations_to(staff: Staff) -> list[Delegation]:
    """What heads who still hold the role have lent this person for today (WIB); asked once a request."""
    kept: dict[int, list[Delegation]] = g.setdefault("delegations", {}) if has_request_context() else {}
    if staff.id not in kept:
        day = today()
        query = select(Delegation).where(
            Delegation.to_staff_id == staff.id,
            Delegation.revoked_at.is_(None),
            Delegation.is_waiting.is_(False),
            Delegation.starts_on <= day,
            Delegation.ends_on >= day,
        )
        lent = db.session.scalars(query.options(joinedload(Delegation.from_staff))).unique()
        kept[staff.id] = [d for d in lent if d.from_staff.is_active and d.from_staff.has(Role(d.role))]
    return kept[staff.id]


def delegates_of(roles: Iterable[Role], number: str) -> list[Staff]:
    """Active people to whom heads have lent this step of these roles for today (WIB)."""
    day = today()
    query = select(Delegation).where(
        Delegation.role.in_([role.value for role in roles]),
        Delegation.revoked_at.is_(None),
        Delegation.is_waiting.is_(False),
        Delegation.starts_on <= day,
        Delegation.ends_on >= day,
    )
    lent = db.session.scalars(query.order_by(Delegation.id)).unique()
    return [d.to_staff for d in lent if d.covers(number) and d.from_staff.is_active and d.to_staff.is_active]


def roles_of(staff: Staff) -> frozenset[Role]:
    """The roles in which this person may act today: own and lent."""
    return staff.roles | {Role(d.role) for d in delegations_to(staff)}


def divisions_of_groups() -> dict[int, str]:
    """Every group's division by its id, asked once a request; in the panel the session has brought them along."""
    if has_request_context() and "divisions_of_groups" in g:
        return cast(dict[int, str], g.divisions_of_groups)
    rows = db.session.execute(select(Group.id, Group.division).order_by(Group.id))
    found = {row.id: row.division for row in rows}
    if has_request_context():
        g.divisions_of_groups = found
    return found


def remember_divisions(told: str | None) -> None:
    """Keep for this request what the session's own statement read: "3:networking,4:systems"."""
    if has_request_context():
        pairs = (one.split(":", 1) for one in (told or "").split(",") if one)
        g.divisions_of_groups = dict(sorted((int(group), division) for group, division in pairs))


def groups_near(staff: Staff, roles: frozenset[Role]) -> tuple[list[int], list[int]]:
    """The groups whose tickets these roles see (own ones, those of the division), and all others."""
    divisions = {DIVISION_ROLES[role].value for role in roles if role in DIVISION_ROLES}
    own, every = set(staff.group_ids), divisions_of_groups()
    near = [group for group, division in every.items() if group in own or division in divisions]
    return near, [group for group in every if group not in near]
