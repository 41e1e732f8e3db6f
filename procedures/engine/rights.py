"""Says whether a person may take a step: by role, membership of the group, or delegation."""

from __future__ import annotations

from models.base import setting
from models.organisation.delegation import Delegation, delegations_to
from models.organisation.roles import HEADS, MEMBER_ROLES, Role
from models.organisation.staff import Staff
from models.tickets.ticket import Ticket
from procedures.engine.declaration import Actor, By, Step, Who

HOLDER_WORDS = (Who.REQUESTER, Who.UNIT)


def lender(staff: Staff, role: Role, step: Step) -> Delegation | None:
    """The delegation under which this person may do this head's step."""
    if role not in HEADS:
        return None
    return next((d for d in delegations_to(staff) if d.role == role and d.covers(step.number)), None)


class Right:
    """An actor's right to a step; `on_behalf_of` is filled when it rests on a delegation."""

    def __init__(self, delegation: Delegation | None = None) -> None:
        self.delegation = delegation

    @property
    def on_behalf_of(self) -> str:
        if self.delegation is None:
            return ""
        head = self.delegation.from_staff
        words = str(setting.get("on_behalf_words")).replace(
            "{position}", head.position or str(Role(self.delegation.role).label)
        )
        return f"{words} ({head.name})"


def right_to(step: Step, ticket: Ticket | None, actor: Actor) -> Right | None:
    """The actor's right to this step of this ticket, or None. Visibility is asked elsewhere."""
    if actor.kind != "staff":
        words: tuple[By, ...] = HOLDER_WORDS if actor.kind == "requester" else (Who(actor.kind),)
        return Right() if any(word in step.by for word in words) else None
    staff: Staff = actor.staff
    if staff is None or not staff.is_active:
        return None
    for role in step.by:
        if isinstance(role, Role) and staff.has(role):
            return Right()
    if Who.MEMBER in step.by and ticket is not None and _is_member(staff, ticket):
        return Right()
    for role in step.by:
        if isinstance(role, Role) and (delegation := lender(staff, role, step)):
            return Right(delegation)
    if Who.MEMBER in step.by and ticket is not None and (delegation := lender(staff, ticket.group.head_role, step)):
        return Right(delegation)
    return None


def _is_member(staff: Staff, ticket: Ticket) -> bool:
    """A member of the ticket's group, or the head above it."""
    if staff.has(ticket.group.head_role):
        return True
    return ticket.group_id in staff.group_ids and staff.has(*MEMBER_ROLES)
