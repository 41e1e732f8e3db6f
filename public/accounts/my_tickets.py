"""The page "Tiket saya": who signs in through the campus sees their own tickets without access codes; nobody must.

The session is a row with an end; the browser holds its token. A ticket opened from the list is held like one opened by
its code, until this session ends or is left (security.md S20).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import abort, current_app, flash, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import PasswordField, StringField

from gateways.directory.interface import DirectoryError, MustChangeFirst
from gateways.issuer import Issuer, IssuerRefused, IssuerUnreachable
from models.base.columns.json_value import Json
from models.base.counter import count_up, count_within, is_shut, shut
from models.base.db import write_transaction
from models.organisation.sign_in_pass import REQUESTER_LASTS, PassKind, SignInPass
from procedures.accounts.my_tickets import (
    MOST_SHOWN,
    addresses_of_issuer,
    addresses_of_login,
    ticket_of_addresses,
    tickets_of_addresses,
)
from procedures.base.form_fields import StepForm, at_most, required, stripped
from procedures.engine import catalog
from procedures.organisation.campus_directory import asks_directory, prove
from procedures.organisation.campus_issuer import issuer
from public.frame.blueprint import site
from public.tickets.holder import HOUR, MINUTE, end_signed_in, grant_signed_in
from web.campus_sign_in import TooManySent, send_away, take_answer
from web.reader import network
from web.refusals import refused_because
from web.wait_page import wait_page

HOME, BACK, PURPOSE = "/tiket-saya", "/tiket-saya/kembali", "requester"
MINE = "mine"  # in the browser's session: the token of the row
WRONG_HERE, WRONG_IN_ALL = 10, 50  # passwords an hour: from one network, and of one login from everywhere


class CampusForm(StepForm):
    username = StringField(
        _l("Nama akun kampus"), validators=[required(_l("Isi nama akun kampus.")), at_most(60)], filters=[stripped]
    )
    password = PasswordField(_l("Kata sandi kampus"), validators=[required(_l("Isi kata sandi.")), at_most(128)])


@dataclass(frozen=True)
class SignedInRequester:
    """Who is signed in: how they are called there, and the addresses that are theirs."""

    name: str
    addresses: list[str]
    ends_at: datetime


def is_offered() -> bool:
    """May requesters sign in at all? The configuration says so, and names an issuer or a directory."""
    return bool(current_app.config["REQUESTER_SIGN_IN"])


@site.get(HOME)
def my_tickets() -> ResponseReturnValue:
    """The list, or the ways in."""
    _refuse_unless_offered()
    reader = _reader()
    if reader is None:
        return _ways_in(CampusForm(None))
    tickets = tickets_of_addresses(reader.addresses)
    here = {ticket.id: catalog.get(ticket.procedure) for ticket in tickets}
    return render_template(
        "public/accounts/my_tickets.html", reader=reader, tickets=tickets, procedures=here, most=MOST_SHOWN
    )


@site.get("/tiket-saya/<number>")
def open_mine(number: str) -> ResponseReturnValue:
    """One of them: its status page, without its access code."""
    _refuse_unless_offered()
    reader = _reader()
    if reader is None:
        return redirect(HOME, 303)
    ticket = ticket_of_addresses(number, reader.addresses)
    if ticket is None:
        abort(404)
    grant_signed_in(ticket.id, ticket.link_generation, reader.ends_at)
    return redirect(f"/tiket/{ticket.number}", 303)


@site.post("/tiket-saya/kampus")
def to_campus() -> ResponseReturnValue:
    """To the issuer."""
    of = _issuer()
    try:
        where = send_away(of, PURPOSE, BACK, {})
    except IssuerUnreachable as fault:
        refused_because(f"campus: {fault}")
        return _ways_in(CampusForm(None), _no_answer(), 503)
    except TooManySent:
        return wait_page(_("Terlalu banyak yang masuk lewat kampus dari jaringan Anda."))
    return render_template("public/accounts/to_campus.html", where=where, home=HOME)


@site.get(BACK)
def from_campus() -> ResponseReturnValue:
    """From the issuer, with its word on who it is."""
    of = _issuer()
    try:
        who = take_answer(of, PURPOSE, BACK).identity
    except IssuerUnreachable as fault:
        refused_because(f"campus: {fault}")
        return _ways_in(CampusForm(None), _no_answer(), 503)
    except IssuerRefused as fault:
        refused_because(f"campus: {fault}")
        return _ways_in(
            CampusForm(None), _("Jawaban dari kampus tidak diterima. Coba sekali lagi dari halaman ini."), 403
        )
    addresses = addresses_of_issuer(who.mail, who.is_mail_verified, who.number)
    if not addresses:
        refused_because("campus: no verified address")
        return _ways_in(CampusForm(None), _nothing_proved(), 403)
    return _come_in(who.mail or who.number, addresses)


@site.post("/tiket-saya/direktori")
def by_directory() -> ResponseReturnValue:
    """Name and password of the campus directory, which answers for them; nothing of it is kept."""
    _refuse_unless_offered()
    if not asks_directory():
        abort(404)
    form = CampusForm(request.form)
    if not form.validate():
        return _ways_in(form, "", 422)
    login = form.username.data.lower()
    keys = {f"mine:{network()}"[:120]: WRONG_HERE, f"mine-login:{login}"[:120]: WRONG_IN_ALL}
    if any(is_shut(key, HOUR) for key in keys):
        return wait_page(_("Terlalu banyak kata sandi yang salah."))
    sentence, status = _no_answer(), 503
    try:
        if prove(login, form.password.data) is not None:
            addresses = addresses_of_login(login)
            return _come_in(login, addresses) if addresses else _ways_in(form, _nothing_proved(), 403)
        _count_wrong(keys)
        sentence, status = _("Nama akun atau kata sandi kampus tidak cocok."), 401
    except MustChangeFirst as fault:
        sentence, status = str(fault.sentence), 403
    except DirectoryError as fault:
        refused_because(f"directory: {fault.detail}")
    return _ways_in(form, sentence, status)


@site.post("/tiket-saya/keluar")
def leave() -> ResponseReturnValue:
    """The row goes, and with it what was opened from the list."""
    token = str(session.pop(MINE, ""))
    end_signed_in()
    with write_transaction():
        SignInPass.take(PassKind.REQUESTER, token)
    flash(_("Anda sudah keluar. Tiket yang dibuka dari daftar Anda tertutup lagi pada perangkat ini."))
    return redirect(HOME if is_offered() else "/tiket", 303)


def _come_in(name: str, addresses: list[str]) -> ResponseReturnValue:
    facts: dict[str, Json] = {"name": name[:254], "addresses": addresses}
    end_signed_in()  # what somebody else had opened on this device
    before = str(session.pop(MINE, ""))
    with write_transaction():
        SignInPass.take(PassKind.REQUESTER, before)
        session[MINE] = SignInPass.issue(PassKind.REQUESTER, None, facts, REQUESTER_LASTS)
    return redirect(HOME, 303)


def _reader() -> SignedInRequester | None:
    token = str(session.get(MINE, ""))
    row = SignInPass.live(PassKind.REQUESTER, token) if token else None
    if row is None:
        return None
    addresses = row.facts["addresses"]
    theirs = [str(each) for each in addresses] if isinstance(addresses, list) else []
    return SignedInRequester(str(row.facts["name"]), theirs, row.ends_at)


def _count_wrong(keys: dict[str, int]) -> None:
    with write_transaction():
        for key, most in keys.items():
            count_up(key, MINUTE)
            if count_within(key, HOUR) >= most:
                shut(key)


def _refuse_unless_offered() -> None:
    if not is_offered():
        abort(404)


def _issuer() -> Issuer:
    _refuse_unless_offered()
    return issuer() or abort(404)


def _no_answer() -> str:
    return _("Layanan masuk kampus tidak menjawab. Tiket tetap dapat dibuka dengan nomor dan kode aksesnya.")


def _nothing_proved() -> str:
    return _(
        "Kampus tidak menyebut alamat email Anda yang sudah dibuktikan, jadi daftar tiket tidak dapat ditampilkan. "
        "Buka tiket dengan nomor dan kode aksesnya."
    )


def _ways_in(form: CampusForm, sentence: str = "", status: int = 200) -> ResponseReturnValue:
    form.password.data = ""
    name = (current_app.config["OIDC_NAME"] or _("akun kampus")) if current_app.config["OIDC_ISSUER"] else ""
    page = render_template(
        "public/accounts/my_tickets_in.html", form=form, sentence=sentence, name=name, asks_directory=asks_directory()
    )
    return page, status
