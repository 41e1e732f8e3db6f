"""What lifts somebody needs a second person: roles of heads and administrators, their password links, delegations;
and so does taking off anybody's second factor.

How it goes:
 1. who asks is told that it waits; the person concerned, the head of the centre and the administrators hear by mail
    before anything takes effect;
 2. a second person confirms or refuses: an administrator or the head of the centre, of a delegation also the head
    whose steps are lent; never who asked, never whom it lifts;
 3. where the house has no such second person yet, who asked may go on alone after the hours of the settings; but not
    whoever has just taken the second person's role or login away: then the server's own command line makes another.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from mails.organisation import second_person_notices as notices
from models.base import setting
from models.base.db import db, utcnow
from models.organisation import audit
from models.organisation.audit import AuditEntry
from models.organisation.delegation import Delegation
from models.organisation.duties import DUTIES, LIFTED_BY
from models.organisation.pending_change import GUARDED, PendingChange, PendingKind
from models.organisation.roles import Role
from models.organisation.sessions import StaffSession
from models.organisation.staff import Staff, staff_with
from procedures.organisation.second_factor import reset_factors

NOT_ALONE = timedelta(days=30)  # after one has taken a second person away


class DecisionRefused(Exception):
    """This person may not decide on this change, or it is no longer open; the sentence is shown."""


def is_guarded(staff: Staff) -> bool:
    """Does this person's login decide over others, or will it once a change that waits is confirmed?"""
    if staff.has(*GUARDED):
        return True
    waiting = select(PendingChange.id).where(
        PendingChange.staff_id == staff.id, PendingChange.kind == PendingKind.ROLES, PendingChange.decided_at.is_(None)
    )
    return staff.id is not None and db.session.scalar(waiting.limit(1)) is not None


def lifted(before: frozenset[Role], after: set[Role]) -> set[Role]:
    """The guarded roles that somebody would gain."""
    return (after - before) & GUARDED


def ask(kind: PendingKind, staff: Staff, by: Staff, facts: dict[str, Any], ip: str) -> PendingChange:
    """Write down what waits, and tell everybody concerned; an open one of the same kind and person gives way.

    So does one about the same delegation: its words say what the delegation was before, perhaps to somebody else.
    """
    open_ones = select(PendingChange).where(PendingChange.kind == kind, PendingChange.decided_at.is_(None))
    for older in db.session.scalars(open_ones).unique():
        is_same = kind == PendingKind.DELEGATION and older.facts["delegation"] == facts["delegation"]
        if is_same or older.staff_id == staff.id:
            older.decided_at, older.decided_by_id = utcnow(), by.id
    change = PendingChange(kind=kind, staff_id=staff.id, made_by_id=by.id, facts=facts, made_at=utcnow())
    change.staff, change.made_by = staff, by
    if not second_people(change) and not _took_one_away(by):
        change.alone_at = utcnow() + timedelta(hours=int(setting.get("second_person_wait_hours")))
    db.session.add(change)
    db.session.flush()
    audit.record("ask_change", "PendingChange", change.id, staff=by, ip=ip, diff=_diff(change))
    notices.change_asked(change, concerned(change))
    return change


def second_people(change: PendingChange) -> list[Staff]:
    """Who may decide: active people with a password, neither who asked nor whom it lifts."""
    line = DUTIES[change.kind]
    found = {person.id: person for person in staff_with(*line.confirmed_by)}
    if lender := _lender(change):
        found[lender.id] = lender
    parts = {"made": [change.made_by_id], "owner": [change.staff_id]}
    return [p for p in found.values() if line.allows(p, **parts) and p.is_active and p.password_hash]


def _took_one_away(by: Staff) -> bool:
    """Has this person lately ended the role or the login of somebody who could have been the second?"""
    acts = select(AuditEntry.diff).where(
        AuditEntry.act == "roles", AuditEntry.staff_id == by.id, AuditEntry.at > utcnow() - NOT_ALONE
    )
    return any(_takes_away(diff) for diff in db.session.scalars(acts))


def _takes_away(diff: dict[str, Any]) -> bool:
    could = {role.value for role in LIFTED_BY}
    return bool(could & set(diff["before"]) - (set(diff["after"]) if diff["is_active"] else set()))


def concerned(change: PendingChange) -> list[Staff]:
    """Who hears of it: the person lifted, a lending head, the head of the centre, every administrator."""
    people = [change.staff, _lender(change), *staff_with(Role.HEAD_OF_CENTRE, Role.ADMINISTRATOR)]
    return list({person.id: person for person in people if person is not None}.values())


def may_decide(change: PendingChange, by: Staff) -> bool:
    """May this person confirm the change now?"""
    if not change.is_open:
        return False
    if change.alone_at is not None and by.id == change.made_by_id and not second_people(change):
        return utcnow() >= change.alone_at and not _took_one_away(by)
    return any(person.id == by.id for person in second_people(change))


def may_refuse(change: PendingChange, by: Staff) -> bool:
    """Whoever may confirm may refuse; so may the person concerned, and who asked takes it back."""
    is_party = by.id in (change.made_by_id, change.staff_id)
    return change.is_open and (is_party or any(person.id == by.id for person in second_people(change)))


def decide(change_id: int, by: Staff, accept: bool, ip: str) -> PendingChange:
    """Confirm or refuse, inside the caller's transaction. Raises DecisionRefused."""
    query = select(PendingChange).where(PendingChange.id == change_id).with_for_update()
    change = db.session.scalars(query.execution_options(populate_existing=True)).unique().one()
    if not (may_decide if accept else may_refuse)(change, by):
        raise DecisionRefused(
            _("Perubahan ini tidak menunggu keputusan Anda. Lihat keadaannya di “Menunggu orang kedua”.")
        )
    change.decided_at, change.decided_by_id, change.is_accepted = utcnow(), by.id, accept
    change.decided_by = by
    if accept:
        _carry_out(change, by)
    elif lent := _delegation(change):
        lent.revoked_at = utcnow()
    audit.record(
        "confirm_change" if accept else "refuse_change", "PendingChange", change.id, staff=by, ip=ip, diff=_diff(change)
    )
    notices.change_decided(change, concerned(change))
    return change


def link_allowed(staff: Staff, by: Staff) -> PendingChange | None:
    """The confirmed and still unused request of this person for a password link, if there is one."""
    query = select(PendingChange).where(
        PendingChange.kind == PendingKind.PASSWORD_LINK,
        PendingChange.staff_id == staff.id,
        PendingChange.made_by_id == by.id,
        PendingChange.is_accepted,
        PendingChange.used_at.is_(None),
        PendingChange.decided_at > utcnow() - timedelta(days=1),
    )
    return db.session.scalars(query.order_by(PendingChange.id.desc()).limit(1)).unique().first()


def _carry_out(change: PendingChange, by: Staff) -> None:
    if change.kind == PendingKind.ROLES:
        staff = db.session.get_one(Staff, change.staff_id)
        staff.roles = staff.roles | {Role(role) for role in change.facts["roles"]}
        StaffSession.end_all(staff.id)
    elif change.kind == PendingKind.FACTOR_RESET:
        reset_factors(db.session.get_one(Staff, change.staff_id))
    elif lent := _delegation(change):
        lent.is_waiting, lent.confirmed_by_id = False, by.id


def _delegation(change: PendingChange) -> Delegation | None:
    if change.kind != PendingKind.DELEGATION:
        return None
    return db.session.get(Delegation, change.facts["delegation"])


def _lender(change: PendingChange) -> Staff | None:
    lent = _delegation(change)
    return lent.from_staff if lent else None


def _diff(change: PendingChange) -> dict[str, str]:
    return {"kind": change.kind, "staff": change.staff.name, "what": change.what, "asked_by": change.made_by.name}
