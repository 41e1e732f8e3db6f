"""Ties an identity of the campus to a login of staff, and finds the login again (security.md S18).

How a login is found:
 1. by the link that the person confirmed while signed in with their password;
 2. or by the first link of an invitation, sent by an administrator and accepted by signing in at the campus;
 3. else by the number of the staff register, where the issuer tells one and exactly one colleague holds it: only
    administrators write that number. The link is kept from then on.
A mail address finds nobody. Nothing here makes a login, gives a role or opens one that is shut.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from models.base.db import db, utcnow
from models.base.written import clean_line
from models.organisation import audit
from models.organisation.campus_identity import LONGEST_SUBJECT, CampusIdentity
from models.organisation.sessions import StaffToken
from models.organisation.staff import Staff
from procedures.organisation.second_factor import tell


class NotLinked(Exception):
    """The identity, or the login, is tied to another one already."""


@dataclass(frozen=True)
class Proved:
    """Who somebody is, as the campus said; `number` is empty where it tells none."""

    issuer: str
    subject: str
    name: str
    number: str = ""


def staff_of(proved: Proved, ip: str) -> Staff | None:
    """The active colleague whose identity this is, noting its use; inside the caller's transaction."""
    if not 0 < len(proved.subject) <= LONGEST_SUBJECT:
        return None
    query = select(CampusIdentity).where(
        CampusIdentity.issuer == proved.issuer, CampusIdentity.subject == proved.subject
    )
    row = db.session.scalars(query).one_or_none()
    if row is None and (holder := _by_number(proved)) is not None:
        row = link(holder, proved, ip)
    if row is None:
        return None
    staff = db.session.get_one(Staff, row.staff_id)
    if not staff.is_active:
        return None
    row.used_at, row.name = utcnow(), clean_line(proved.name)[:254]
    return staff


def username_by_name(issuer: str, name: str) -> str:
    """The login's own name for what somebody types as the directory's; as typed where nobody is known by it."""
    query = select(Staff.username).join(CampusIdentity, CampusIdentity.staff_id == Staff.id)
    found = query.where(CampusIdentity.issuer == issuer, CampusIdentity.name == name)
    return db.session.scalars(found.limit(1)).first() or name


def link(staff: Staff, proved: Proved, ip: str) -> CampusIdentity:
    """Tie them, inside the caller's transaction; the person hears of it. Raises NotLinked."""
    if not 0 < len(proved.subject) <= LONGEST_SUBJECT:
        raise NotLinked
    is_taken = (CampusIdentity.subject == proved.subject) | (CampusIdentity.staff_id == staff.id)
    taken = select(CampusIdentity.id).where(CampusIdentity.issuer == proved.issuer, is_taken)
    if db.session.scalars(taken).first() is not None:
        raise NotLinked
    name = clean_line(proved.name)[:254]
    row = CampusIdentity(staff_id=staff.id, issuer=proved.issuer, subject=proved.subject, name=name)
    db.session.add(row)
    try:
        db.session.flush()
    except IntegrityError:  # two at once: the other one was first
        raise NotLinked from None
    tell(staff, "campus_linked", ip)
    return row


def accept_invitation(token_hash: str, proved: Proved, ip: str) -> Staff | None:
    """Tie the login whose open invitation this is, and use the invitation up; inside the caller's transaction.

    An administrator sent it, and for a login with power over others a second person agreed to that first (I5). None
    where it was used, is over, or the login is shut. Raises NotLinked.
    """
    query = select(StaffToken).where(StaffToken.token_hash == token_hash, StaffToken.ends_at > utcnow())
    row = db.session.scalars(query.where(StaffToken.used_at.is_(None)).with_for_update()).one_or_none()
    if row is None or not row.staff.is_active:
        return None
    staff = row.staff
    link(staff, proved, ip)
    db.session.execute(delete(StaffToken).where(StaffToken.staff_id == staff.id))
    audit.record("campus_invitation", "Staff", staff.id, staff=staff, ip=ip)
    return staff


def unlink(staff: Staff, row_id: int, ip: str) -> bool:
    """Take it off, inside the caller's transaction; False where it is not this person's."""
    mine = delete(CampusIdentity).where(CampusIdentity.id == row_id, CampusIdentity.staff_id == staff.id)
    gone = db.session.execute(mine.returning(CampusIdentity.id)).first() is not None
    if gone:
        tell(staff, "campus_unlinked", ip)
    return gone


def _by_number(proved: Proved) -> Staff | None:
    """The one active colleague of this staff number who has no other identity of this issuer."""
    if not proved.number.strip():
        return None
    query = select(Staff).where(Staff.staff_number == proved.number.strip(), Staff.is_active)
    found = list(db.session.scalars(query.limit(2)).unique())
    if len(found) != 1:
        return None
    has_other = select(CampusIdentity.id).where(
        CampusIdentity.staff_id == found[0].id, CampusIdentity.issuer == proved.issuer
    )
    return found[0] if db.session.scalars(has_other).first() is None else None
