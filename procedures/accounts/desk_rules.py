"""Who may serve whom at the password desk (P): nobody alone where two are needed, nobody themselves, and how often."""

from __future__ import annotations

from datetime import timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from mails.accounts import notices
from mails.recipients import Recipient
from models.accounts.identity_check import REGISTER_CARDS, SECONDS, IdentityCheck, check_of
from models.accounts.person import Person
from models.accounts.proof_of_identity import agrees
from models.base import setting
from models.base.db import db, utcnow
from models.organisation.contact_change import contact_changers, contact_waits_until
from models.organisation.delegation import delegates_of
from models.organisation.duties import DUTIES
from models.organisation.roles import Role
from models.organisation.staff import Staff, staff_with
from models.tickets.outbox import Mail
from models.tickets.ticket import Ticket, is_visible
from procedures.accounts import password_forms
from procedures.engine.declaration import Actor
from procedures.engine.take_step import StepRefused
from procedures.organisation.contact_changes import waiting_words


def is_not_own(ticket: Ticket, by: Actor) -> bool:
    check = check_of(ticket)
    return check.person is None or not check.person.is_same_as(by.staff)


def is_somebody_else(ticket: Ticket, by: Actor) -> bool:
    """The second person is neither who checked, nor the owner, nor who changed the contact (security.md I2, I6)."""
    check = check_of(ticket)
    return DUTIES["password_proof"].allows(
        by.staff, made=[check.checked_by_id], owner=_owner(ticket, by), contact=changers_of(check)
    )


def changers_of(check: IdentityCheck) -> set[int]:
    """The staff who have just changed how whoever stands at the desk is known or reached (security.md I6)."""
    return contact_changers(*check.holder) if check.holder else set()


def _owner(ticket: Ticket, by: Actor) -> list[int]:
    """The actor's own id where the account is theirs: the two need not be tied by hand (I7)."""
    return [by.staff.id] if by.staff is not None and not is_not_own(ticket, by) else []


def is_right_second(ticket: Ticket, by: Actor) -> bool:
    """A head for privileged accounts and superiors'; the service officer for all others."""
    account = check_of(ticket).account
    if by.staff is None or not by.staff.has(Role.SERVICE_OFFICER) or by.staff.has(*SECONDS[:1], *SECONDS[2:]):
        return True
    return not account.is_privileged and not (account.owner is not None and account.owner.is_superior)


def is_under_limit(ticket: Ticket, by: Actor) -> bool:
    """Only the limit on unit, privileged and superiors' accounts stops (I2)."""
    if by.staff is None or not check_of(ticket).is_guarded:
        return True
    return changes_last_hour(by.staff, guarded=True) < int(setting.get("guarded_changes_per_hour"))


def is_not_second(ticket: Ticket, by: Actor) -> bool:
    """Who approved as the second person does not change it too (I2)."""
    second = [check_of(ticket).second_by_id]
    return by.staff is None or DUTIES["password"].allows(by.staff, second=second, owner=_owner(ticket, by))


def is_still_fit(ticket: Ticket, _by: Actor) -> bool:
    """The account was not suspended, nor its owner struck off, since it was compared."""
    check = check_of(ticket)
    return check.account.state == "active" and (check.person is None or not check.person.has_left)


def has_second(ticket: Ticket, by: Actor) -> bool:
    """What became privileged or a superior's since it was compared needs the second person after all.

    So does who changed the contact meanwhile.
    """
    check = check_of(ticket)
    return check.second_by_id is not None or not needs_second(check, by)


def needs_second(check: IdentityCheck, by: Actor) -> bool:
    """A guarded account; any whose owner's number could not be compared; or who resets changed the contact (I6)."""
    return check.account.needs_second_person or check.lacks_number or has_changed_contact(check, by)


def has_changed_contact(check: IdentityCheck, by: Actor) -> bool:
    return by.staff is not None and not DUTIES["contact"].allows(by.staff, contact=changers_of(check))


def refuse_fresh_address(ticket: Ticket, form: password_forms.ChangeForm) -> None:
    """A link goes to the register's address alone, and not before a fresh one has waited (security.md I6)."""
    check = check_of(ticket)
    holder = check.person or check.contact
    sentence = ""
    if not ticket.requester_email or holder is None:
        sentence = _("Tidak ada alamat lain yang terdaftar untuk tautan. Sampaikan di tempat.")
    elif holder.email.lower() != ticket.requester_email.lower():
        sentence = _("Email di register berubah setelah tiket ini dibuat. Sampaikan di tempat, atau mulai lagi.")
    elif check.holder and (until := contact_waits_until(*check.holder)):
        sentence = _("Kontak orang ini baru diubah. %(when)s Sampaikan di tempat.", when=waiting_words(until))
    if sentence:
        form.told_by.errors = [sentence]
        raise StepRefused(sentence, "form", form)


def number_found(person: Person | None, proof_kind: str, typed: str) -> bool | None:
    """Is the number on this proof the person's in the register? None where the register holds none to compare with."""
    if person is None or proof_kind not in REGISTER_CARDS:
        return None
    return agrees(typed, person.number)


def refuse_contradiction(found: bool | None, form: password_forms.CompareForm) -> None:
    """A match is not recorded where the number says otherwise (P3)."""
    if form.result.data == "match" and found is False:
        form.number_last.errors = [str(CONTRADICTED)]
        raise StepRefused(str(CONTRADICTED), "form", form)


def seconds_for(ticket: Ticket) -> list[Staff]:
    """Who may approve this change as the second person now: they are told, and find it on their desk."""
    people = {one.id: one for one in [*staff_with(*SECONDS), *delegates_of(SECONDS, "P3b")]}
    return [one for one in people.values() if _may_approve(ticket, one)]


def _may_approve(ticket: Ticket, one: Staff) -> bool:
    by = Actor("staff", one.name, one)
    return is_somebody_else(ticket, by) and is_right_second(ticket, by) and is_visible(ticket, one)


SELF = _l("Akun ini milik Anda sendiri. Minta petugas lain yang melayani.")
APPROVED = _l("Anda sudah menyetujui sebagai orang kedua. Minta operator lain yang mengganti.")
UNFIT = _l("Akun ini dibekukan atau pemiliknya keluar setelah dicocokkan. Batalkan tiket ini.")
GUARDED = _l("Akun ini sekarang memerlukan orang kedua. Batalkan tiket ini, lalu mulai lagi.")
CONTRADICTED = _l(
    "Angka terakhir yang diketik tidak sama dengan nomor di register. Baca lagi kartunya; bila memang lain, pilih"
    " Tidak cocok."
)
LIMIT = _l("Batas perubahan akun unit dan istimewa per jam sudah tercapai. Kepala Pustikom sudah dikabari.")


def changes_last_hour(staff: Staff, guarded: bool | None = None) -> int:
    """Passwords this person changed in the last sixty minutes; `guarded` counts those accounts alone."""
    query = select(func.count()).where(
        IdentityCheck.changed_by_id == staff.id, IdentityCheck.changed_at > utcnow() - timedelta(hours=1)
    )
    if guarded is not None:
        query = query.where(IdentityCheck.is_guarded == guarded)
    return int(db.session.scalar(query) or 0)


def alert_over_limit(staff: Staff, guarded: bool) -> None:
    """Over the limits the head of the centre is told, once an hour; only the guarded limit stops."""
    hour = f"{utcnow():%Y%m%d%H}"
    for is_guarded, key in ((None, "password_changes_per_hour"), (True, "guarded_changes_per_hour")):
        count, most = changes_last_hour(staff, is_guarded), int(setting.get(key))
        reached = count >= most if is_guarded else count > most
        if not reached or (is_guarded and not guarded) or count not in (most, most + 1):
            continue
        for head in staff_with(Role.HEAD_OF_CENTRE):
            to = Recipient(head.email, head.name, head.language, is_staff=True)
            dedupe = f"limit:{key}:{staff.id}:{head.id}:{hour}"
            if not _is_queued(dedupe):
                notices.limit_passed(staff.name, count, bool(is_guarded), to, dedupe)


def _is_queued(dedupe_key: str) -> bool:
    return db.session.scalar(select(Mail.id).where(Mail.dedupe_key == dedupe_key)) is not None
