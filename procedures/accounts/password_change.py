"""P. Password change (Layanan perubahan password), line by line as on the paper."""

from __future__ import annotations

from typing import TypeVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from mails.accounts import notices
from mails.recipients import Recipient
from mails.tickets import notices as common_notices
from models.accounts.account import Account
from models.accounts.directory_change import ChangeKind, ChangeState, DirectoryChange, last_change
from models.accounts.identity_check import SECONDS, IdentityCheck, check_of
from models.accounts.person import Person
from models.base.db import Base, db, utcnow
from models.base.wording import Words
from models.organisation.roles import Role
from models.organisation.staff import Staff, staff_with
from models.organisation.unit import Contact
from models.tickets.ticket import Participant, Ticket
from procedures.accounts import directory_calls, password_forms
from procedures.accounts.desk_rules import (
    APPROVED,
    GUARDED,
    LIMIT,
    SELF,
    UNFIT,
    alert_over_limit,
    has_changed_contact,
    has_second,
    is_not_own,
    is_not_second,
    is_right_second,
    is_somebody_else,
    is_still_fit,
    is_under_limit,
    needs_second,
    number_found,
    refuse_contradiction,
    refuse_fresh_address,
    seconds_for,
)
from procedures.accounts.holders import addresses_of
from procedures.accounts.password_change_states import COMMON, At, P
from procedures.engine.declaration import Actor, Outcome, Who, clock_minutes
from procedures.engine.step_facts import also, needs, says, tells
from procedures.engine.take_step import StepRefused
from procedures.tickets import common_moves
from procedures.tickets.distribution import front_desk
from procedures.tickets.forms import PublicReasonForm, ReasonForm

OTHER_CARD = "student_card"  # another proof that carries the register's number, whichever card it is

R = TypeVar("R", bound=Base)


@P.line("P1", _l("Permintaan di meja layanan"), _l("Anda meminta perubahan password kepada operator."))
@P.step("P1", _l("Catat permintaan"), Role.OPERATOR, None, At.PROOF)
@also(is_public=True, is_quiet=True)
def request_change(ticket: Ticket, by: Actor, form: password_forms.ServedAccountForm) -> Outcome:
    """Somebody at the desk asks for a change on an account that the register knows; the operator records it."""
    account = _named(Account, form.account.data)
    person = _named(Person, form.person.data)
    contact = _named(Contact, form.contact.data)
    _refuse_unfit(account, person, contact, by, form)
    assert account is not None  # refused above
    holder = person or contact
    assert holder is not None  # refused above
    ticket.requester_name, ticket.requester_phone = holder.name, holder.phone
    ticket.requester_email = "" if holder.email.lower() == account.address.lower() else holder.email
    ticket.subject, ticket.channel = _("Perubahan password"), "walk_in"
    ticket.unit_id = account.unit_id or (person.unit_id if person else None)
    ticket.group = front_desk()
    ticket.group_id, ticket.assignee_id = ticket.group.id, by.staff.id
    db.session.add(ticket)
    db.session.flush()
    db.session.add(
        IdentityCheck(
            ticket_id=ticket.id,
            account_id=account.id,
            person_id=person.id if person else None,
            contact_id=contact.id if contact else None,
            is_guarded=account.needs_second_person,
            checked_by_id=by.staff.id,
        )
    )
    return Outcome(text="", data={"account": account.address})


def _named(kind: type[R], row_id: int | None) -> R | None:
    return db.session.get(kind, row_id) if row_id and 0 < row_id < 2**31 else None


def _refuse_unfit(
    account: Account | None,
    person: Person | None,
    contact: Contact | None,
    by: Actor,
    form: password_forms.ServedAccountForm,
) -> None:
    """Each reason why this account is not changed for this person, with its sentence."""
    sentence: Words = ""
    if account is None or (person is None and contact is None):
        sentence = _("Pilih akun dan orangnya dari register.")
    elif account.state != "active":
        sentence = _("Akun ini tidak aktif. Aktifkan dahulu atau buat permohonan baru.")
    elif person is not None and account.owner_id != person.id:
        sentence = _("Akun ini bukan milik orang itu. Pilih akun miliknya.")
    elif contact is not None and (not account.is_of_unit or contact.unit_id != account.unit_id):
        sentence = _("Orang itu bukan kontak unit pemilik akun ini.")
    elif person is not None and person.has_left:
        sentence = _("Menurut register orang ini sudah keluar. Akunnya tidak diganti; hubungi Kepala Pustikom.")
    elif person is not None and person.is_same_as(by.staff):
        sentence = SELF
    if sentence:
        raise StepRefused(str(sentence), "need", form)


@P.line("P2", _l("Bukti diri"), _l("Anda menunjukkan kartu mahasiswa, kartu pegawai, atau KTP."))
@P.step("P2", _l("Catat bukti diri"), Role.OPERATOR, At.PROOF, At.COMPARISON, clock_minutes(30))
@needs(is_not_own, SELF)
def record_proof(ticket: Ticket, by: Actor, form: password_forms.ProofForm) -> Outcome:
    """The person, who is present, shows a proof of identity; its kind and last characters are kept."""
    check = check_of(ticket)
    check.proof_kind, check.proof_number, check.checked_by_id = form.proof_kind.data, form.masked, by.staff.id
    check.compared = {"number": number_found(check.person, form.proof_kind.data, form.proof_number.data)}
    return Outcome(text="")


@P.line("P3", _l("Pencocokan"), _l("Bukti diri dibandingkan dengan data Pustikom."))
@P.step(
    "P3",
    _l("Bandingkan dengan register"),
    Role.OPERATOR,
    At.COMPARISON,
    (At.CHANGE, At.SECOND, At.REFUSED),
    clock_minutes(30),
)
@needs(is_not_own, SELF)
def compare(ticket: Ticket, by: Actor, form: password_forms.CompareForm) -> Outcome:
    """The proof is compared with the register, its number as it was typed; no match ends in refusal.

    A guarded account needs a second person, and so does a match whose number the register cannot confirm.
    """
    check = check_of(ticket)
    typed = form.number_last.data
    found = number_found(check.person, OTHER_CARD, typed) if typed else check.number_found
    refuse_contradiction(found, form)
    check.compared = {
        **form.ticked,
        "number": found,
        **({"number_seen": password_forms.masked(typed)} if typed else {}),
    }
    check.is_match = form.result.data == "match"
    check.checked_by_id, check.checked_at = by.staff.id, utcnow()
    check.is_guarded = check.account.needs_second_person
    check.reason = "" if check.is_match else form.reason.data
    if not check.is_match:
        return Outcome(to=At.REFUSED, text=form.reason.data, data={"match": False})
    if not needs_second(check, by):
        return Outcome(to=At.CHANGE, text="", data={"match": True})
    for head in staff_with(Role.HEAD_NETWORKING, Role.HEAD_SYSTEMS) if _is_heads_own(check) else []:
        Participant.add(ticket.id, head.id)
    return Outcome(to=At.SECOND, text=_ask_second(ticket, check, by), data={"match": True})


def _ask_second(ticket: Ticket, check: IdentityCheck, by: Actor) -> str:
    """Tell everybody who may be the second person, at once; gives why one is needed."""
    why = _("Akun ini memerlukan orang kedua.")
    if check.lacks_number:
        why = _("Register tidak menyimpan nomor untuk membandingkan bukti dirinya.")
    elif has_changed_contact(check, by):
        why = _("Yang memeriksa baru mengubah sendiri data orang ini di register.")
    for one in seconds_for(ticket):
        to = Recipient(one.email, one.name, one.language, is_staff=True, phone=one.phone)
        notices.second_asked(ticket, check.account, by.name, check.lacks_number, has_changed_contact(check, by), to)
    return why


def _is_heads_own(check: IdentityCheck) -> bool:
    owner = check.person.staff if check.person else None
    return owner is not None and owner.has(Role.HEAD_OF_CENTRE)


@P.step("P3b", _l("Setujui sebagai orang kedua"), SECONDS, At.SECOND, At.CHANGE, clock_minutes(60))
@needs(is_somebody_else, _l("Orang kedua harus lain dari yang memeriksa dan dari pemilik akun."))
@needs(is_right_second, _l("Untuk akun istimewa dan akun pimpinan, orang keduanya seorang kepala."))
@says(_l("Anda ikut bertanggung jawab atas pemeriksaan ini."))
def approve_second(ticket: Ticket, by: Actor, form: None) -> Outcome:
    """A second person of the right role approves the change of a unit, privileged or superior's account."""
    check = check_of(ticket)
    check.second_by_id, check.second_at = by.staff.id, utcnow()
    return Outcome(text="")


@P.step("P3c", _l("Tolak sebagai orang kedua"), SECONDS, At.SECOND, At.REFUSED)
@needs(is_somebody_else, _l("Orang kedua harus lain dari yang memeriksa dan dari pemilik akun."))
@tells(common_notices.refused, Who.REQUESTER)
@also(is_danger=True)
def reject_second(ticket: Ticket, by: Actor, form: PublicReasonForm) -> None:
    """The second person refuses the change, with the reason."""
    check = check_of(ticket)
    check.second_by_id, check.second_at, check.reason = by.staff.id, utcnow(), form.reason.data


@P.line("P4", _l("Password baru"), _l("Bila cocok, password diganti saat itu juga."))
@P.step("P4", _l("Ganti password"), Role.OPERATOR, At.CHANGE, At.CHANGING, clock_minutes(30))
@needs(is_not_own, SELF)
@needs(is_not_second, APPROVED)
@needs(is_still_fit, UNFIT)
@needs(has_second, GUARDED)
@needs(is_under_limit, LIMIT)
@also(is_quiet=True)
def change_password(ticket: Ticket, by: Actor, form: password_forms.ChangeForm) -> Outcome:
    """On a match the new password is set at once: intent first, then the directory, then the result."""
    check = check_of(ticket)
    if form.told_by.data == "link":
        refuse_fresh_address(ticket, form)
    check.changed_by_id, check.changed_at = by.staff.id, utcnow()
    change = DirectoryChange(account_id=check.account_id, ticket_id=ticket.id, kind=ChangeKind.SET_PASSWORD.value)
    change.by_id, change.told_by = by.staff.id, form.told_by.data
    db.session.add(change)
    return Outcome(text="")


@P.step("P4b", _l("Password diganti"), Who.PRODUCT, At.CHANGING, At.TELLING)
@also(is_public=True)
def password_changed(ticket: Ticket, by: Actor, made: directory_calls.Made) -> Outcome:
    """The new password is in force; every registered address of the owner is told that it was changed."""
    change, check = directory_calls.finish_change(ticket, made), check_of(ticket)
    _tell_changed(ticket, check, made.password if change.told_by == "link" else "", change.by)
    if change.by is not None:
        alert_over_limit(change.by, check.is_guarded)
    return Outcome(text="", data={"in_directory": True, "must_change": made.must_change})


@P.step("P4c", _l("Penggantian gagal"), Who.PRODUCT, At.CHANGING, At.CHANGE)
def change_failed(ticket: Ticket, by: Actor, failure: directory_calls.Failure) -> Outcome:
    """The directory did not take the password, or nobody saw it; the operator reads why and tries again."""
    directory_calls.fail_change(ticket, failure)
    check = check_of(ticket)
    if failure.has_changed:
        _tell_owner(ticket, check, is_unseen=True)
    else:
        check.changed_by_id, check.changed_at = None, None
    return Outcome(text=failure.sentence, data={"in_directory": failure.has_changed})


@P.step("P4d", _l("Password dibuat, belum dipasang"), Who.PRODUCT, At.CHANGING, At.SETTING)
def password_made(ticket: Ticket, by: Actor, made: directory_calls.Made) -> Outcome:
    """No directory is connected: the operator sets the new password in the mail system, and nobody is told yet."""
    change = directory_calls.finish_by_hand(ticket, made)
    if change.by is not None:
        alert_over_limit(change.by, check_of(ticket).is_guarded)
    return Outcome(text="", data={"in_directory": False})


@P.step("P4e", _l("Sudah dipasang di sistem email"), Role.OPERATOR, At.SETTING, At.TELLING, clock_minutes(30))
@says(_l("Sesudah ini pemilik akun dikabari bahwa passwordnya diganti."))
@also(is_public=True)
def record_set(ticket: Ticket, by: Actor, form: password_forms.SetByHandForm) -> Outcome:
    """The operator has set it by hand: only now it is changed, and every registered address of the owner is told."""
    check, change = check_of(ticket), last_change(ticket)
    if change.told_by == "link" and not form.set_by_hand:
        sentence = _("Tulis password yang Anda pasang di sistem email; penerimanya membukanya lewat tautan.")
        form.first_password.errors = [sentence]
        raise StepRefused(sentence, "form", form)
    directory_calls.note_changed(check.account, by.staff)
    _tell_changed(ticket, check, form.set_by_hand if change.told_by == "link" else "", by.staff)
    return Outcome(text="")


@P.step("P4f", _l("Tidak jadi dipasang"), Role.OPERATOR, At.SETTING, At.CHANGE)
@says(_l("Password lama tetap berlaku; sesudahnya dapat diganti sekali lagi."))
@also(is_danger=True)
def give_up_setting(ticket: Ticket, by: Actor, form: ReasonForm) -> None:
    """The mail system did not take it, or the page was closed: the old password stays in force."""
    last_change(ticket).finish(ChangeState.FAILED, form.reason.data)
    check = check_of(ticket)
    check.changed_by_id, check.changed_at = None, None


@P.line("P5", _l("Disampaikan"), _l("Password baru disampaikan kepada Anda, dan pemilik akun dikabari."))
@P.step("P5", _l("Catat sudah disampaikan"), Role.OPERATOR, At.TELLING, At.DONE, clock_minutes(30))
def inform(ticket: Ticket, by: Actor, form: password_forms.PersonInformedForm) -> Outcome:
    """The person was told the new password: on the spot, by telephone or by one-time link."""
    check_of(ticket).told_by = form.told_by.data
    return Outcome(data={"told_by": form.told_by.data})


def _tell_changed(ticket: Ticket, check: IdentityCheck, by_link: str, staff: Staff | None) -> None:
    """It is changed: the owner's addresses hear so, and `by_link` is the password that a link is to show."""
    _tell_owner(ticket, check)
    if by_link:
        to = Recipient(ticket.requester_email, ticket.requester_name, ticket.language)
        directory_calls.send_link(ticket, check.account, by_link, to, staff, notices.password_by_link)


def _tell_owner(ticket: Ticket, check: IdentityCheck, is_unseen: bool = False) -> None:
    for recipient in addresses_of(check.account):
        notices.password_changed(ticket, check.account, recipient, is_unseen)


common_moves.complete(COMMON)
