"""The operator's password desk (P1 to P5), made for a queue: find, compare, change, tell."""

from __future__ import annotations

import secrets

from flask import abort, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from admin_views.frame.after_step import say, saying
from admin_views.frame.page import ClosedView
from admin_views.frame.view import address, person
from mails.queue import collected
from models.accounts.account import UNIT_KINDS, Account
from models.accounts.first_password import spelling
from models.accounts.identity_check import IdentityCheck, check_of
from models.accounts.person import Person, find_people
from models.accounts.proof_of_identity import hide_end
from models.base.db import db
from models.base.wording import Words
from models.base.written import clean_line
from models.organisation.unit import Contact
from models.tickets.ticket import Ticket, visible_to
from procedures.accounts import directory_calls
from procedures.accounts.desk_rules import SELF, number_found, refuse_contradiction, seconds_for
from procedures.accounts.password_forms import (
    ChangeForm,
    CompareForm,
    PersonInformedForm,
    ProofForm,
    ServedAccountForm,
    SetByHandForm,
)
from procedures.base.form_fields import Sent
from procedures.engine import catalog
from procedures.engine.declaration import Actor
from procedures.engine.questions import refusal
from procedures.engine.take_step import StepRefused, open_ticket, state_of, take_step
from procedures.organisation.contact_changes import in_words


class PasswordDesk(ClosedView):
    """One page to find and compare, one to change and tell."""

    name_key = "password"
    acts = {"index": "list", "check": "change", "ticket": "change", "change": "change", "told": "change"}

    def __init__(self) -> None:
        super().__init__(name=_l("Ganti password"), endpoint="password", url="/admin/password")

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """Search by number, name or unit address; what the register says stands beside each account."""
        return self._search()

    def _search(
        self,
        failed: StepRefused | None = None,
        account_id: int = 0,
        proof: ProofForm | None = None,
        same: CompareForm | None = None,
    ) -> ResponseReturnValue:
        words = (request.args.get("search") or request.form.get("search") or "")[:100]
        page = render_template(
            "admin/accounts/password_desk.html",
            view=self,
            words=words,
            people=[(one, _accounts(one)) for one in find_people(words)],
            units=_unit_accounts(words),
            proof=proof or ProofForm(None),
            same=same or CompareForm(None),
            failed=failed,
            failed_account=account_id,
            once=secrets.token_hex(12),
            waiting=_waiting(),
        )
        return page, 422 if failed else 200

    def why_not(self, account: Account, who: Person | None) -> Words:
        """Why this account cannot be served at all, before anybody fills the form; the step asks again."""
        if account.state != "active":
            return _("Akun ini tidak aktif. Aktifkan dahulu atau buat permohonan baru.")
        if who is not None and who.has_left:
            return _("Menurut register orang ini sudah keluar. Akunnya tidak diganti; hubungi Kepala Pustikom.")
        return SELF if who is not None and who.is_same_as(person()) else ""

    def known_number(self, who: Person, found: list[Person]) -> str:
        """The number without its end, which is read from the card (P3); whole where it tells namesakes apart."""
        namesakes = sum(one.name_key == who.name_key for one in found)
        return who.number if namesakes > 1 else hide_end(who.number)

    def state_label(self, ticket: Ticket) -> Words:
        return state_of(ticket).label

    @expose("/check", methods=("POST",))
    def check(self) -> ResponseReturnValue:
        """P1 to P3 from one form: the request, the proof, the comparison; each is a step of its own."""
        by, asked = _actor(), ServedAccountForm(request.form)
        proof, same = ProofForm(request.form), CompareForm(request.form)
        fine = [proof.validate(), same.validate()]
        if not all(fine):
            refused = StepRefused(_("Isian belum lengkap. Perbaiki yang ditandai, lalu kirim lagi."), "form", same)
            return self._search(refused, asked.account.data or 0, proof, same)
        try:
            _refuse_other_number(asked, proof, same)
            ticket = open_ticket(
                "password_change", "request_change", by, asked, nonce=request.form.get("once", "")[:64] or None
            )
            if ticket.state == "proof":
                take_step(ticket.id, "record_proof", by, proof)
            if ticket.state == "comparison":
                take_step(ticket.id, "compare", by, same)
        except StepRefused as refused:
            db.session.rollback()
            return self._search(refused, asked.account.data or 0, proof, same)
        return redirect(f"/admin/password/ticket/{ticket.id}", 303)

    @expose("/ticket/<int:pk>")
    def ticket(self, pk: int) -> ResponseReturnValue:
        """Where this change stands, with the one thing to do next."""
        return self._ticket_page(_ticket(pk))

    def _ticket_page(self, ticket: Ticket, sentence: str = "") -> ResponseReturnValue:
        page = render_template(
            "admin/accounts/password_ticket.html",
            view=self,
            ticket=ticket,
            check=check_of(ticket),
            state=state_of(ticket),
            form=ChangeForm(None),
            told=PersonInformedForm(None),
            by_hand=_by_hand(ticket),
            asked=seconds_for(ticket) if ticket.state == "second" else (),
            fresh=_fresh(check_of(ticket)) if ticket.is_open else "",
            shut=_shut(ticket) if ticket.state == "change" else "",
            sentence=sentence,
        )
        return page, 409 if sentence else 200

    @expose("/change/<int:pk>", methods=("POST",))
    def change(self, pk: int) -> ResponseReturnValue:
        """P4: intent, directory, result; the password is in this answer and nowhere else."""
        ticket = _ticket(pk)
        try:
            take_step(ticket.id, "change_password", _actor(), ChangeForm(request.form))
        except StepRefused as refused:
            db.session.rollback()
            return self._ticket_page(_ticket(pk), refused.sentence)
        with collected() as found:
            made = directory_calls.change_password(pk)
        ticket = _ticket(pk)
        if not isinstance(made, directory_calls.Made):
            unclear = _("Server direktori tidak menjawab. Hasilnya diperiksa otomatis; buka halaman ini lagi sebentar.")
            return self._ticket_page(ticket, made.sentence if made else unclear)
        if found.queued:
            say(_("Password diganti."), found, _actor())
        answer = make_response(
            render_template(
                "admin/accounts/password_shown.html",
                view=self,
                ticket=ticket,
                check=check_of(ticket),
                made=made,
                by_link=request.form.get("told_by") == "link",
                words=spelling(made.password),
                told=PersonInformedForm(request.form),
                by_hand=_by_hand(ticket),
            )
        )
        answer.headers["Cache-Control"] = "no-store"
        return answer

    @expose("/told/<int:pk>", methods=("POST",))
    def told(self, pk: int) -> ResponseReturnValue:
        """P5, and before it that the password was set by hand where no directory is; then the next in the queue."""
        ticket = _ticket(pk)
        try:
            with saying(_("Selesai. Silakan orang berikutnya."), _actor()):
                if ticket.state == "setting":
                    take_step(ticket.id, "record_set", _actor(), _by_hand(ticket, request.form))
                take_step(ticket.id, "inform", _actor(), PersonInformedForm(request.form))
        except StepRefused as refused:
            db.session.rollback()
            return self._ticket_page(_ticket(pk), refused.sentence)
        return redirect("/admin/password/", 303)


def _refuse_other_number(asked: ServedAccountForm, proof: ProofForm, same: CompareForm) -> None:
    """P3 before P1 is recorded, so that a number read wrongly opens no second ticket; the step asks again."""
    who = db.session.get(Person, asked.person.data) if 0 < (asked.person.data or 0) < 2**31 else None
    typed = same.number_last.data
    kind = "student_card" if typed else proof.proof_kind.data
    try:
        refuse_contradiction(number_found(who, kind, typed or proof.proof_number.data), same)
    except StepRefused as refused:
        if not typed:
            proof.proof_number.errors, same.number_last.errors = [refused.sentence], []
        raise


def _by_hand(ticket: Ticket, sent: Sent | None = None) -> SetByHandForm | None:
    """The form of a password that waits to be set by hand, or None where it does not."""
    if ticket.state != "setting":
        return None
    form = SetByHandForm(sent)
    form.is_about(ticket)
    return form


def _fresh(check: IdentityCheck) -> str:
    """What was changed lately of how this person is reached, and until when links wait (security.md I6)."""
    return in_words(*check.holder) if check.holder else ""


def _actor() -> Actor:
    staff = person()
    return Actor("staff", staff.name, staff, address())


def _ticket(pk: int) -> Ticket:
    query = select(Ticket).where(Ticket.id == pk, Ticket.procedure == "password_change", visible_to(person()))
    row = db.session.scalars(query).unique().one_or_none() if pk < 2**31 else None
    return row if row is not None else abort(404)


def _waiting() -> list[Ticket]:
    """This operator's own changes that are not finished, the oldest first."""
    query = select(Ticket).where(Ticket.procedure == "password_change", Ticket.is_open)
    query = query.where(Ticket.assignee_id == person().id, visible_to(person()))
    return list(db.session.scalars(query.order_by(Ticket.since_at).limit(20)).unique())


def _accounts(one: Person) -> list[Account]:
    return list(db.session.scalars(select(Account).where(Account.owner_id == one.id).order_by(Account.address)))


def _unit_accounts(words: str) -> list[tuple[Account, list[Contact]]]:
    """Unit accounts whose address begins with the words, with the contacts who may ask for them."""
    start = clean_line(words).lower()
    if len(start) < 2:
        return []
    query = select(Account).where(
        Account.kind.in_(UNIT_KINDS), or_(Account.address.startswith(start, autoescape=True), Account.login == start)
    )
    found = list(db.session.scalars(query.options(joinedload(Account.unit)).order_by(Account.address).limit(20)))
    contacts: dict[int | None, list[Contact]] = {}
    ids = [row.unit_id for row in found]
    for contact in db.session.scalars(select(Contact).where(Contact.unit_id.in_(ids), Contact.is_active)):
        contacts.setdefault(contact.unit_id, []).append(contact)
    return [(row, contacts.get(row.unit_id, [])) for row in found]


def _shut(ticket: Ticket) -> Words:
    """Why this person may not set the password; empty where they may."""
    refused = refusal(catalog.get("password_change").steps["change_password"], ticket, _actor())
    return refused.sentence if refused else ""
