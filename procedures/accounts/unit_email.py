"""E. E-mail for a unit or organisation (Pendaftaran email unit kerja), line by line as on the paper."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from mails.accounts import notices
from models.accounts.account import Account, judge_address
from models.accounts.directory_change import ChangeKind, DirectoryChange
from models.accounts.email_request import EmailRequest, email_request_of
from models.base import setting
from models.base.db import db, utcnow
from models.organisation.contact_change import Holder, contact_waits_until
from models.organisation.roles import Division, Role
from models.organisation.staff import Group
from models.organisation.unit import Contact, it_manager_of
from models.tickets.letter import Disposition, RequestLetter
from models.tickets.ticket import Ticket
from procedures.accounts import directory_calls, forms
from procedures.accounts.unit_email_states import COMMON, At, E
from procedures.engine.declaration import Actor, Outcome, Who, working_days
from procedures.engine.step_facts import also, needs, says, tells
from procedures.engine.take_step import StepRefused
from procedures.organisation.contact_changes import note_change, waiting_words
from procedures.tickets import common_moves
from procedures.tickets.distribution import front_desk
from procedures.tickets.forms import PublicReasonForm, ReasonForm


def is_free(ticket: Ticket, _by: Actor) -> bool:
    return judge_address(email_request_of(ticket).address).is_allowed


@E.line("E1", _l("Surat permohonan"), _l("Unit mengirim surat yang ditandatangani atau diketahui pimpinannya."))
@E.step("E1", _l("Kirim permohonan"), Who.UNIT, None, At.DISPOSITION)
@tells(notices.email_requested, Who.UNIT, Role.HEAD_OF_CENTRE)
def send_request(ticket: Ticket, by: Actor, form: forms.UnitEmailForm) -> Outcome:
    """A unit or organisation sends its letter, signed or acknowledged by its head, with the address wished for."""
    _fill(ticket, form)
    return Outcome(text="", data=form.twin_facts)


@E.step("E1b", _l("Catat surat permohonan"), Role.OPERATOR, None, At.DISPOSITION)
@tells(notices.email_requested, Who.UNIT, Role.HEAD_OF_CENTRE)
@also(is_public=True)
def enter_request(ticket: Ticket, by: Actor, form: forms.UnitEmailEntryForm) -> Outcome:
    """The operator enters a letter that came on paper, with its true time of receipt."""
    ticket.channel, ticket.received_at = "letter", form.received_utc
    _fill(ticket, form)
    return Outcome(text="", data=form.twin_facts)


@E.line("E2", _l("Kontak teknis"), _l("Unit menyebut kontak teknis, diutamakan pengelola IT-nya."), comes_with="E1")
@E.step(
    "E2",
    _l("Ganti kontak teknis"),
    (Who.UNIT, Role.OPERATOR),
    (At.DISPOSITION, At.NETWORKING, At.UNIT_ANSWER, At.CREATION),
    None,
)
@says(_l("Orang yang dikabari saat akun aktif."))
@also(is_public=False)
def name_contact(ticket: Ticket, by: Actor, form: forms.ContactFields) -> Outcome:
    """A reachable technical contact is named; the request form requires one, and it can be replaced here."""
    request = email_request_of(ticket)
    before = _reached(request)
    _name_contact(request, form)
    by_id = by.staff.id if by.staff else None
    note_change(Holder.REQUEST, ticket.id, before, _reached(request), by_id, by.name, ticket.language)
    return Outcome(text="", data={"contact": form.contact_name.data})


@E.line("E3", _l("Disposisi"), _l("Pustikom memutuskan: dapat dipenuhi, disesuaikan dengan aturan, atau ditolak."))
@E.step(
    "E3a", _l("Disposisi ke Divisi Networking"), Role.HEAD_OF_CENTRE, At.DISPOSITION, At.NETWORKING, working_days(2)
)
@tells(notices.email_step, Role.HEAD_NETWORKING, Who.UNIT)
@says(_l("Surat diteruskan ke Kepala Divisi Networking."))
def dispose(ticket: Ticket, by: Actor, form: forms.EmailDispositionForm) -> None:
    """The head of the centre sends the letter to the networking division with an instruction."""
    letter = db.session.scalars(select(RequestLetter).where(RequestLetter.ticket_id == ticket.id)).one()
    db.session.add(
        Disposition(
            letter=letter,
            made_by_id=by.staff.id,
            to_division=Division.NETWORKING.value,
            instruction=form.text.data,
            target_on=form.target_on.data,
        )
    )
    query = select(Group).where(Group.division == Division.NETWORKING.value, Group.is_active).order_by(Group.id)
    group = db.session.scalars(query.limit(1)).one()
    ticket.group, ticket.group_id = group, group.id


@E.step("E3b", _l("Dapat dipenuhi"), Role.HEAD_NETWORKING, At.NETWORKING, At.CREATION, working_days(2))
@needs(is_free, _l("Alamat ini tidak dapat dipakai lagi. Usulkan penyesuaian."))
@tells(notices.email_step, Role.SERVICE_OFFICER, Who.UNIT)
@says(_l("Petugas Layanan membuat akunnya."))
@also(is_public=True)
def find_feasible(ticket: Ticket, by: Actor, form: None) -> Outcome:
    """The head of networking answers that the request can be met."""
    address = email_request_of(ticket).address
    return Outcome(text=_("Permohonan dapat dipenuhi: %(address)s.", address=address), data={"address": address})


@E.step("E3b", _l("Perlu penyesuaian"), Role.HEAD_NETWORKING, At.NETWORKING, At.UNIT_ANSWER)
@tells(notices.address_adjusted, Who.UNIT)
@says(_l("Unit menyetujui atau menolak di halaman tiketnya."))
@also(is_public=True)
def propose_adjustment(ticket: Ticket, by: Actor, form: forms.AdjustForm) -> Outcome:
    """The head of networking answers that the request must be adjusted to the rules: what, and why."""
    request = email_request_of(ticket)
    request.address, request.adjustment = form.address.data, form.text.data
    proposed = _("Alamat yang diusulkan: %(address)s.", address=form.address.data)
    return Outcome(
        text=f"{proposed} {form.text.data}", data={"address": form.address.data, "adjustment": form.text.data}
    )


@E.step("E3b", _l("Sarankan penolakan"), Role.HEAD_NETWORKING, At.NETWORKING, At.REFUSAL_ADVICE)
@tells(notices.email_step, Role.HEAD_OF_CENTRE)
@says(_l("Kepala Pustikom yang memutuskan."))
def advise_refusal(ticket: Ticket, by: Actor, form: ReasonForm) -> None:
    """The head of networking advises refusal, which the head of the centre decides."""


@E.step("E3c", _l("Setujui penyesuaian"), (Who.UNIT, Role.OPERATOR), At.UNIT_ANSWER, At.CREATION, working_days(5))
@needs(is_free, _l("Alamat ini sudah dipakai. Hubungi Pustikom."))
@tells(notices.email_step, Role.SERVICE_OFFICER, Role.HEAD_NETWORKING)
@says(_l("Akun dibuat dengan alamat yang diusulkan."))
def accept_adjustment(ticket: Ticket, by: Actor, form: forms.DecisionForm) -> Outcome:
    """The unit accepts the adjustment, with the name of the person who decides."""
    address = email_request_of(ticket).address
    ticket.subject = _("Email unit: %(address)s", address=address)  # what is made now, no more the first wish
    return Outcome(data={"decided_by": form.name.data, "address": address})


@E.step("E3c", _l("Tolak penyesuaian"), (Who.UNIT, Role.OPERATOR), At.UNIT_ANSWER, At.DECLINED)
@tells(notices.email_step, Role.HEAD_NETWORKING)
@says(_l("Permohonan berakhir tanpa akun."))
@also(is_danger=True)
def decline_adjustment(ticket: Ticket, by: Actor, form: forms.DecisionForm) -> Outcome:
    """The unit declines the adjustment, and the request ends."""
    return Outcome(data={"decided_by": form.name.data, "address": email_request_of(ticket).address})


@E.step(
    "E3d", _l("Tolak permohonan"), Role.HEAD_OF_CENTRE, (At.DISPOSITION, At.REFUSAL_ADVICE), At.REFUSED, working_days(2)
)
@tells(notices.email_refused, Who.UNIT)
@says(_l("Tiket berakhir; alasan Anda dikirim ke pemohon."))
@also(is_public=True, is_danger=True)
def refuse_request(ticket: Ticket, by: Actor, form: PublicReasonForm) -> None:
    """The head of the centre refuses, with a reason that the unit reads."""


@E.step("E3e", _l("Minta dijawab lagi"), Role.HEAD_OF_CENTRE, At.REFUSAL_ADVICE, At.NETWORKING)
@tells(notices.email_step, Role.HEAD_NETWORKING)
@says(_l("Kembali ke Kepala Divisi Networking."))
def overrule_refusal(ticket: Ticket, by: Actor, form: ReasonForm) -> None:
    """The head of the centre does not follow the advice and asks for another answer."""


@E.line("E4", _l("Pembuatan akun"), _l("Akun dibuat dan diaktifkan, lalu kontak teknis dikabari."))
@E.step("E4", _l("Buat dan aktifkan akun"), Role.SERVICE_OFFICER, At.CREATION, At.CREATING, working_days(1))
@needs(is_free, _l("Alamat ini sudah dipakai. Periksa register akun."))
@says(_l("Password pertama dikirim lewat tautan sekali pakai."))
@also(then=lambda ticket_id, by, form: directory_calls.create_account(ticket_id, form.set_by_hand))
def create_account(ticket: Ticket, by: Actor, form: forms.CreateAccountForm) -> Outcome:
    """The service officer has the account created and activated; the intent is written before the directory is told."""
    request = email_request_of(ticket)
    contact = _contact(ticket, request)
    _refuse_fresh_contact(ticket, contact, form)
    account = Account(
        address=request.address,
        login=request.address.partition("@")[0],
        kind=request.kind,
        unit_id=ticket.unit_id,
        contact_id=contact.id,
        quota_mb=int(setting.get("unit_quota_mb")),
        state="creating",
        created_by_id=by.staff.id,
        ticket_id=ticket.id,
    )
    _start(ticket, account, by, form.told_by.data)
    return Outcome(text="", data={"address": request.address})


@E.step("E4b", _l("Akun aktif"), Who.PRODUCT, At.CREATING, (At.TELLING, At.DONE))
@also(is_public=True)
def account_ready(ticket: Ticket, by: Actor, made: directory_calls.Made) -> Outcome:
    """The account exists; its technical contact gets the one-time link, and by telephone a call is due."""
    change = directory_calls.finish_creation(ticket, made)
    request = email_request_of(ticket)
    if change.told_by == "phone":
        return Outcome(to=At.TELLING, text="")
    request.told_by, request.told_at = "mail", utcnow()
    return Outcome(to=At.DONE, text="")


@E.step("E4c", _l("Pembuatan gagal"), Who.PRODUCT, At.CREATING, At.CREATION)
def creation_failed(ticket: Ticket, by: Actor, failure: directory_calls.Failure) -> Outcome:
    """The directory did not make the account; the officer reads why and tries again."""
    directory_calls.undo_creation(ticket, failure)
    return Outcome(text=failure.sentence)


@E.step(
    "E4d",
    _l("Catat telepon ke kontak teknis"),
    Role.SERVICE_OFFICER,
    At.TELLING,
    (At.TELLING, At.DONE),
    working_days(1),
)
@says(_l("Siapa, kapan, dan hasilnya tercatat."))
def record_call(ticket: Ticket, by: Actor, form: forms.EmailContactCallForm) -> Outcome:
    """The technical contact is told by telephone: who, when and with what result."""
    data = {"called": form.name.data, "result": form.result.data}
    if form.result.data != "told":
        return Outcome(to=At.TELLING, data=data)
    request = email_request_of(ticket)
    request.told_by, request.told_at = "phone", utcnow()
    return Outcome(to=At.DONE, data=data)


def _fill(ticket: Ticket, form: forms.UnitEmailForm) -> None:
    ticket.requester_name, ticket.requester_email = form.name.data, form.email.data or ""
    ticket.requester_phone, ticket.unit_id = form.phone.data, form.unit.data
    ticket.subject, ticket.description = _("Email unit: %(address)s", address=form.address.data), form.purpose.data
    ticket.group = front_desk()
    ticket.group_id = ticket.group.id
    db.session.add(ticket)
    db.session.flush()
    request = EmailRequest(ticket_id=ticket.id, kind=form.kind.data, wish=form.address.data, address=form.address.data)
    manager = it_manager_of(ticket.unit_id) if form.names_it_manager else None
    if manager is not None:
        request.contact_name, request.contact_email = manager.name, manager.email
        request.contact_phone = manager.phone
    else:
        _name_contact(request, form)
    letter = RequestLetter(
        ticket_id=ticket.id,
        number=form.letter_number.data,
        dated_on=form.letter_date.data,
        subject=ticket.subject,
        signed_by=form.signed_by.data,
        signed_as=form.signed_as.data,
        acknowledged_by=form.acknowledged_by.data or "",
        acknowledged_as=form.acknowledged_as.data or "",
        received_at=ticket.received_at,
    )
    db.session.add_all([request, letter])


def _name_contact(request: EmailRequest, form: forms.ContactFields) -> None:
    request.contact_name, request.contact_email = form.contact_name.data, form.contact_email.data
    request.contact_phone = form.contact_phone.data


def _contact(ticket: Ticket, request: EmailRequest) -> Contact:
    """The technical contact in the unit's register, added where it is new."""
    query = select(Contact).where(Contact.unit_id == ticket.unit_id, Contact.email == request.contact_email)
    found = db.session.scalars(query.limit(1)).first()
    if found is None:
        found = Contact(unit_id=ticket.unit_id, kind="technical", name=request.contact_name)
        found.email, found.phone = request.contact_email, request.contact_phone
        db.session.add(found)
        db.session.flush()
    return found


def _reached(request: EmailRequest) -> dict[str, str]:
    return {"name": request.contact_name, "email": request.contact_email, "phone": request.contact_phone}


def _refuse_fresh_contact(ticket: Ticket, contact: Contact, form: forms.CreateAccountForm) -> None:
    """The first password's link waits where the contact was replaced, or changed in the register (security.md I6)."""
    waits = [contact_waits_until(Holder.REQUEST, ticket.id), contact_waits_until(Holder.CONTACT, contact.id)]
    if until := max((one for one in waits if one is not None), default=None):
        sentence = _("Kontak teknisnya baru diganti. %(when)s Buat akunnya sesudah itu.", when=waiting_words(until))
        raise StepRefused(sentence, "need", form)


def _start(ticket: Ticket, account: Account, by: Actor, told_by: str) -> None:
    db.session.add(account)
    db.session.flush()
    account.note("intended", by=by.staff)
    change = DirectoryChange(account_id=account.id, ticket_id=ticket.id, kind=ChangeKind.CREATE.value)
    change.by_id, change.told_by = by.staff.id, told_by
    db.session.add(change)


common_moves.complete(COMMON)
