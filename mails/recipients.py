"""Finds who stands behind a word such as "requester", or behind a role, for one ticket: by address, or by telephone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, bindparam, select

from models.base import setting
from models.base.bulk_insert import rows_of
from models.base.db import db
from models.base.wording import Words
from models.organisation.roles import Role
from models.organisation.staff import GroupMember, Staff, staff_with
from models.organisation.unit import Contact
from models.tickets.copied_person import copied_of
from models.tickets.merge import MERGED, merged_into, target_of
from models.tickets.ticket import Ticket


@dataclass(frozen=True)
class Recipient:
    """Somebody to tell: an address with the name to greet and the language to write in.

    Without an address it is somebody who should be told and cannot be by mail (`phone` is the number to call), or,
    without a name too, an audience in which there is nobody.
    """

    email: str
    name: str = ""
    language: str = "id"
    is_staff: bool = False
    ticket: Ticket | None = None  # where it is not the ticket of the step: somebody tied to an outage
    is_affected: bool = False  # said "me too" of an outage, and has no ticket
    audience: str = ""  # the word of `tells` that led here
    detail: str = ""  # of which unit, by which complaint
    phone: str = ""
    copy_id: int = 0  # of models.tickets.copied_person: told what the requester is told

    @property
    def why(self) -> str:
        """Why this person is told, in words."""
        return reason_words(
            "affected" if self.is_affected else "copied" if self.copy_id else self.audience, self.detail
        )


AUDIENCES: dict[str, Words] = {
    "it_managers": _l("Pengelola IT"),
    "requester": _l("Pelapor"),
    "unit": _l("Unit pemohon"),
    "affected": _l("Minta dikabari saat pulih"),
    "contact": _l("Kontak"),
    "member": _l("Anggota kelompok"),
    "assignee": _l("Petugas"),
    "copied": _l("Salinan"),
}


def reason_words(audience: str, detail: str = "") -> str:
    """A word of `tells` for people, with the unit or the number that led to it."""
    word = AUDIENCES.get(audience) or (Role(audience).label if audience in set(Role) else audience)
    return f"{word} · {detail}" if detail else str(word)


# Procedures whose audiences are wider than one ticket's own people; None leaves it to the rules below.
WIDER: dict[str, Callable[[Ticket, str], list[Recipient] | None]] = {}
# Procedures that say themselves who of such an audience has no address.
SILENT: dict[str, Callable[[Ticket, str], list[Recipient]]] = {}


def recipients(
    ticket: Ticket,
    audience: str,
    except_for: Staff | None = None,
    is_new: bool = False,
    *,
    book: AddressBook | None = None,
    with_silent: bool = False,
) -> list[Recipient]:
    """Who stands behind a word of a step's `tells`; who took the step is not told of it.

    Those who cannot be told by mail are among them only `with_silent`. Nothing is merged yet into a ticket that
    `is_new`.
    """
    if ticket.state == MERGED and audience in ("member", "assignee"):
        ticket = target_of(ticket.id) or ticket  # what is said on a merged ticket concerns whoever has the other
    wider = WIDER[ticket.procedure](ticket, audience) if ticket.procedure in WIDER else None
    if wider is not None:
        found = [to for to in wider if not (to.is_staff and except_for and to.email == except_for.email)]
        silent = SILENT[ticket.procedure](ticket, audience) if with_silent else []
    else:
        found = _found(ticket, audience, except_for, is_new, book or AddressBook())
        silent = [to for to in found if not to.email]
    known = [replace(to, audience=audience) for to in found if to.email]
    told = list({to.email.lower(): to for to in known}.values())
    unheard = {(to.name, to.phone, to.detail): replace(to, audience=audience) for to in silent}
    return [*told, *unheard.values()] if with_silent else told


def _found(ticket: Ticket, audience: str, except_for: Staff | None, is_new: bool, book: AddressBook) -> list[Recipient]:
    if audience in ("requester", "unit"):
        own = Recipient(
            ticket.requester_email, ticket.requester_name, ticket.language, phone=ticket.requester_phone or ""
        )
        return [*(() if is_new else _beside(ticket, book)), own]  # one address hears of its own ticket
    if audience == "assignee" and ticket.assignee_id:
        return [] if ticket.assignee is except_for or ticket.assignee is None else [_of(ticket.assignee)]
    if audience in ("member", "assignee"):
        return _but(except_for, book.members(ticket.group_id), Recipient("", detail=ticket.group.name))
    if audience in ("contact", "it_managers"):
        kinds = ("it_manager",) if audience == "it_managers" else ("technical", "it_manager", "head")
        nobody = [Recipient("", detail=ticket.unit.name)] if ticket.unit else []
        return book.contacts(ticket.unit_id, kinds) or nobody
    return _but(except_for, book.holders(Role(audience)), Recipient(""))


class AddressBook:
    """The people behind roles, groups and units, each asked for when a step needs them."""

    def holders(self, role: Role) -> list[tuple[int, Recipient]]:
        """Everybody active with this role, with their ids."""
        return [(staff.id, _of(staff)) for staff in staff_with(role)]

    def members(self, group_id: int | None) -> list[tuple[int, Recipient]]:
        """Everybody active of this group, with their ids, as they were at most setting.CACHE_SECONDS ago."""
        found = setting.recent(f"members of group {group_id}", lambda: rows_of(_of_group(), group=group_id).all())
        return [(one.id, _of(one)) for one in found]

    def copied(self, ticket_id: int) -> list[Recipient]:
        """Who confirmed that they want to be told what the requester is told."""
        return [copy_recipient(c.id, c.name, c.email, c.language) for c in copied_of([ticket_id]) if c.is_reading]

    def contacts(self, unit_id: int | None, kinds: tuple[str, ...]) -> list[Recipient]:
        """A unit's contacts of these kinds."""
        query = select(Contact).where(Contact.unit_id == unit_id, Contact.kind.in_(kinds), Contact.is_active)
        return [
            Recipient(c.email, c.name, c.language, phone=c.phone)
            for c in db.session.scalars(query.order_by(Contact.id))
        ]


class PageBook(AddressBook):
    """The same people as a page has read them, with all else it shows of one ticket."""

    def __init__(self) -> None:
        self.people: dict[tuple[str, str], list[tuple[int, Recipient]]] = {}

    def put(self, kind: str, word: str, ident: int, to: Recipient) -> None:
        """`kind` is role, member or contact; `word` the role or the contact's kind."""
        self.people.setdefault((kind, word), []).append((ident, to))

    def holders(self, role: Role) -> list[tuple[int, Recipient]]:
        return self.people.get(("role", role.value), [])

    def members(self, group_id: int | None) -> list[tuple[int, Recipient]]:
        return self.people.get(("member", ""), [])

    def copied(self, ticket_id: int) -> list[Recipient]:
        return [to for _ident, to in self.people.get(("copied", ""), [])]

    def contacts(self, unit_id: int | None, kinds: tuple[str, ...]) -> list[Recipient]:
        found = sorted((pair for kind in kinds for pair in self.people.get(("contact", kind), [])), key=lambda p: p[0])
        return [to for _ident, to in found]


def copy_recipient(ident: int, name: str, email: str, language: str = "id") -> Recipient:
    return Recipient(email, name, language, copy_id=ident)


def _but(except_for: Staff | None, people: list[tuple[int, Recipient]], nobody: Recipient) -> list[Recipient]:
    """Without the one who took the step; `nobody` where there is nobody at all."""
    if not people:
        return [nobody]
    return [to for ident, to in people if except_for is None or ident != except_for.id]


def _of(staff: Any) -> Recipient:
    return Recipient(staff.email, staff.name, staff.language, is_staff=True, phone=staff.phone)


def _beside(ticket: Ticket, book: AddressBook) -> list[Recipient]:
    """Who is in copy, and the requesters of tickets merged into this one, each led to their own."""
    ids = [row.id for row in merged_into(ticket.id)] if ticket.id is not None else []
    joined = db.session.scalars(select(Ticket).where(Ticket.id.in_(ids)).order_by(Ticket.id)).unique() if ids else ()
    copied = book.copied(ticket.id) if ticket.id is not None else []
    return [
        *copied,
        *(
            Recipient(t.requester_email, t.requester_name, t.language, ticket=t, phone=t.requester_phone)
            for t in joined
        ),
    ]


@cache
def _of_group() -> Select[int, str, str, str, str]:
    """Built once, for every complaint asks it."""
    query = select(Staff.id, Staff.email, Staff.name, Staff.language, Staff.phone).join(GroupMember)
    return query.where(GroupMember.group_id == bindparam("group"), Staff.is_active).order_by(Staff.id)
