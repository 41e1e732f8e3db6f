"""Erases a person's data on their own request (I3): names and addresses go, counts and numbers stay.

The register of people, tickets that are closed with their texts and files, their words for search, their mails, the
proofs shown and what the audit says of them are emptied in one transaction. Accounts keep their address, so that it
never becomes somebody else's. Nothing is erased while it is still needed, and never without the person's presence; the
register forgets by itself who left long ago.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, String, and_, cast, delete, func, or_, select, update
from wtforms import BooleanField, SelectField

from models.accounts.account import Account
from models.accounts.identity_check import PROOF_KINDS, IdentityCheck
from models.accounts.person import Person, name_key
from models.base.columns.json_value import Json
from models.base.counter import Rate
from models.base.db import db, write_transaction
from models.organisation import audit
from models.organisation.audit import AuditEntry
from models.organisation.contact_change import Holder, forget_contact_changes
from models.organisation.staff import Staff
from models.tickets.evidence.seal import SealedKind
from models.tickets.mailing.data_request import DataRequest, requests_of
from models.tickets.ticket import Ticket
from procedures.base.form_fields import StepForm, required, text_field
from procedures.tickets.evidence.changing import change_rows
from procedures.tickets.forget_identity import forget_copies, pseudonymise
from procedures.tickets.forget_ticket import emptied_act
from procedures.tickets.inbox.forget import forget_mails_of, has_waiting_mail


class ErasureForm(StepForm):
    """Who asks is there and has shown who they are; an impostor must not be able to erase somebody (I3)."""

    proof_kind = SelectField(_l("Bukti diri yang ditunjukkan"), choices=list(PROOF_KINDS.items()))
    is_present = BooleanField(
        _l("Orangnya hadir dan bukti dirinya cocok dengan register"),
        validators=[required(_l("Data hanya dihapus atas permintaan orangnya sendiri yang hadir dengan bukti diri."))],
    )
    reason = text_field(_l("Alasan permintaan"), 500)


class ErasureRefused(Exception):
    """The data is still needed; the text says for what."""


def erase_person(person_id: int, by: Staff, form: ErasureForm, ip: str = "") -> str:
    """Pseudonymise one person and say under which name their rows now stand. Raises ErasureRefused."""
    staff_id, acts = by.id, acts_naming([person_id]).get(person_id)
    with write_transaction():
        person = db.session.scalars(select(Person).where(Person.id == person_id).with_for_update()).one()
        tickets = tickets_of(person)
        _refuse_what_is_needed(person, tickets)
        facts: dict[str, Json] = {**_forget(person, tickets, acts)}
        facts |= {"proof": form.proof_kind.data, "reason": form.reason.data}
        audit.record("erase", "Person", person_id, staff=db.session.get_one(Staff, staff_id), diff=facts, ip=ip)
    return alias_of(person_id)


def forget_left(person_id: int, acts: ActsNaming | None = None) -> bool:
    """The register forgets somebody who left long ago, unless something of theirs is still needed; says whether."""
    person = db.session.scalars(select(Person).where(Person.id == person_id).with_for_update()).one()
    tickets = tickets_of(person)
    try:
        _refuse_what_is_needed(person, tickets)
    except ErasureRefused:
        return False
    audit.record("erase", "Person", person_id, actor_name="Pustikom", diff=_forget(person, tickets, acts))
    return True


def alias_of(person_id: int) -> str:
    return _("Orang %(number)s", number=person_id)


def _forget(person: Person, tickets: list[Ticket], before: ActsNaming | None) -> dict[str, int]:
    """Every row of one person, with the audit's lines about them; says how much there was."""
    alias, ids = alias_of(person.id), [ticket.id for ticket in tickets]
    email = person.email
    forget_mails_of(email, ids)
    for ticket in tickets:
        pseudonymise(ticket, alias)
    if email:
        forget_copies(email)
    checks = list(db.session.scalars(select(IdentityCheck).where(IdentityCheck.person_id == person.id)))
    for check in checks:
        check.purge()
        check.reason = ""
    if email:  # the counters of mails to an address are kept two days
        db.session.execute(delete(Rate).where(Rate.key.contains(email.lower(), autoescape=True)))
    known = before if before is not None and before.words == _words_of(person) else ActsNaming([], 0, ())
    since = select(AuditEntry.id).where(AuditEntry.id > known.until, _names(person))
    acts = [*known.ids, *db.session.scalars(since)]
    change_rows(SealedKind.AUDIT, acts, lambda row: emptied_act(row, alias))
    forgotten = dict.fromkeys(("name", "email", "text", "answer"), "")
    db.session.execute(update(DataRequest).where(requests_of(email, ids, person.id)).values(forgotten))
    person.number, person.name, person.name_key = f"-{person.id}", alias, name_key(alias)
    person.email, person.phone, person.staff_id, person.unit_id = "", "", None, None
    forget_contact_changes(Holder.PERSON, [person.id])
    return {"tickets": len(ids), "checks": len(checks)}


@dataclass(frozen=True)
class ActsNaming:
    """The lines of the audit that name a person, up to the id `until`, and the words by which they were found."""

    ids: list[int]
    until: int
    words: tuple[str, ...]


def acts_naming(person_ids: Sequence[int]) -> dict[int, ActsNaming]:
    """Read the whole audit for these people, outside any transaction that writes: it takes long where there is much."""
    db.session.rollback()
    until = db.session.scalar(select(func.max(AuditEntry.id))) or 0
    people = db.session.scalars(select(Person).where(Person.id.in_(list(person_ids)))).unique()
    found = {
        person.id: ActsNaming(
            list(db.session.scalars(select(AuditEntry.id).where(AuditEntry.id <= until, _names(person)))),
            until,
            _words_of(person),
        )
        for person in people
    }
    db.session.rollback()
    return found


def _words_of(person: Person) -> tuple[str, ...]:
    return tuple(word for word in (person.email, person.number) if len(word) > 4)


def _names(person: Person) -> ColumnElement[bool]:
    about = and_(AuditEntry.object_kind == "Person", AuditEntry.object_id == str(person.id))
    named = [cast(AuditEntry.diff, String).contains(word, autoescape=True) for word in _words_of(person)]
    return or_(about, *named)


def tickets_of(person: Person) -> list[Ticket]:
    """The tickets of their checks, and those opened from their registered address."""
    own = Ticket.id.in_(select(IdentityCheck.ticket_id).where(IdentityCheck.person_id == person.id))
    mail = person.email.lower()
    return list(
        db.session.scalars(
            select(Ticket).where(or_(own, func.lower(Ticket.requester_email) == mail) if mail else own)
        ).unique()
    )


def _refuse_what_is_needed(person: Person, tickets: list[Ticket]) -> None:
    if not person.has_left:
        raise ErasureRefused(_("Menurut register orang ini belum keluar atau lulus, jadi datanya masih diperlukan."))
    in_use = select(Account.id).where(Account.owner_id == person.id, Account.state.in_(("active", "creating")))
    if db.session.scalar(in_use.limit(1)) is not None:
        raise ErasureRefused(_("Akunnya masih aktif. Bekukan atau tutup dahulu akun itu."))
    if any(ticket.is_open for ticket in tickets):
        raise ErasureRefused(_("Masih ada tiketnya yang terbuka. Selesaikan dahulu tiket itu."))
    if has_waiting_mail(person.email):
        raise ErasureRefused(_("Masih ada suratnya di kotak masuk. Putuskan dahulu surat itu."))
