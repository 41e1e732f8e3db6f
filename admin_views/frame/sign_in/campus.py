"""Signing in through the campus, by its issuer or its directory, and tying one's own campus account to the login.

Nobody is known here by a mail address, nothing makes a login, and the password of the house works when the campus does
not answer (security.md S18).
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from wtforms import PasswordField, StringField

from admin_views.frame.sign_in.again import ask_again
from admin_views.frame.sign_in.login_slowdown import count_failure, keys_of, own_key, says_slow_down, waiting_time
from admin_views.frame.sign_in.opening import address, open_session, password_was_right
from gateways.directory.interface import DirectoryError, MustChangeFirst
from gateways.issuer import Issuer, IssuerRefused, IssuerUnreachable
from models.base.columns.json_value import Json
from models.base.db import db, write_transaction
from models.organisation.campus_identity import identities_of, is_linked
from models.organisation.staff import Staff
from procedures.base.form_fields import StepForm, at_most, required, stripped
from procedures.organisation.campus_directory import asks_directory, directory_name, prove
from procedures.organisation.campus_identity import (
    NotLinked,
    Proved,
    accept_invitation,
    link,
    staff_of,
    unlink,
    username_by_name,
)
from procedures.organisation.campus_issuer import issuer
from web.campus_sign_in import Returned, TooManySent, send_away, take_answer
from web.lost_session import ask_to_log_in, own_path
from web.refusals import refused_because

campus_pages = Blueprint("campus", __name__, url_prefix="/admin")
BACK, HOME, LOGIN = "/admin/login/campus/back", "/admin/me/campus/", "/admin/login"
IN, LINK, INVITED = "staff", "link", "invited"


class DirectoryForm(StepForm):
    username = StringField(
        _l("Nama akun kampus"), validators=[required(_l("Isi nama akun kampus.")), at_most(60)], filters=[stripped]
    )
    password = PasswordField(_l("Kata sandi kampus"), validators=[required(_l("Isi kata sandi.")), at_most(128)])


@dataclass(frozen=True)
class Ways:
    """Which ways through the campus are configured: the issuer's name on its button, and the directory."""

    issuer: str
    directory: bool

    def __bool__(self) -> bool:
        return bool(self.issuer or self.directory)


def ways_in() -> Ways:
    config = current_app.config
    name = (config["OIDC_NAME"] or _("akun kampus")) if config["OIDC_ISSUER"] else ""
    return Ways(name, asks_directory())


def is_shut_out(staff: Staff) -> bool:
    """Must this person come in through the campus? Only whoever can, and keeps no login for the day it is away."""
    is_narrow = current_app.config["LOCAL_SIGN_IN"] == "break_glass" and bool(ways_in())
    return is_narrow and not staff.is_break_glass and is_linked(staff.id)


@campus_pages.route("/login/campus", methods=("POST",))
def begin() -> ResponseReturnValue:
    """To the issuer."""
    of = _issuer()
    if wait := waiting_time(_keys()):
        refused_because(f"campus slowed down for {int(wait.total_seconds()) + 1} s")
        return _to_login(says_slow_down(wait))
    facts: dict[str, Json] = {"next": own_path(request.form.get("next")), "kept": request.form.get("kept", "")}
    return send(of, IN, facts, LOGIN)


@campus_pages.route("/login/campus/back")
def back() -> ResponseReturnValue:
    """From the issuer: in, or to the second factor, or the link that an invitation or one's own page had asked for."""
    is_invited = bool(session.pop(INVITED, False))  # a hint for the words alone: the pass says for what it was made
    of, purpose = issuer(), LINK if current_user.is_authenticated else INVITED if is_invited else IN
    if of is None:
        return redirect(LOGIN, 303)
    home = HOME if purpose == LINK else LOGIN
    try:
        returned = take_answer(of, purpose, BACK)
    except IssuerUnreachable as fault:
        refused_because(f"campus: {fault}")
        flash(_no_answer(), "error")
        return redirect(home, 303)
    except IssuerRefused as fault:
        refused_because(f"campus: {fault}")
        if purpose == IN:
            count_failure(_keys(), "")
        flash(_("Jawaban dari kampus tidak diterima. Coba sekali lagi dari halaman ini."), "error")
        return redirect(home, 303)
    who = returned.identity
    proved = Proved(who.issuer, who.subject, who.mail or who.subject, who.number)
    if purpose == INVITED and not _is_tied_by_invitation(proved, returned):
        return redirect(LOGIN, 303)
    return _tie(proved, returned) if purpose == LINK else _come_in(proved, returned)


@campus_pages.route("/login/directory", methods=("GET", "POST"))
def by_directory() -> ResponseReturnValue:
    """Name and password of the campus directory, which answers for them; nothing of it is kept."""
    if not asks_directory():
        return redirect(LOGIN, 303)
    is_sent = request.method == "POST" and "begin" not in request.form
    form, target = DirectoryForm(request.form if is_sent else None), own_path(request.values.get("next"))
    if not is_sent:
        return redirect(target) if current_user.is_authenticated else _directory_page(form, target)
    if not form.validate():
        return _directory_page(form, target), 422
    username = username_by_name(directory_name(), form.username.data.lower())
    proved, sentence, status = _proved(form, keys_of(username), username)
    if proved is None:
        return _directory_page(form, target, sentence), status
    with write_transaction():
        staff = staff_of(proved, address())
        staff_id = staff.id if staff is not None else None
    if staff_id is None:
        refused_because("directory: tied to no login, or shut")
        count_failure(keys_of(username), username)
        return _directory_page(form, target, _not_tied()), 403
    return password_was_right(db.session.get_one(Staff, staff_id), target, request.form.get("kept", ""), "directory")


@campus_pages.route("/me/campus/")
def my_campus() -> ResponseReturnValue:
    return _my_page(DirectoryForm(None)) if current_user.is_authenticated else ask_to_log_in()


@campus_pages.route("/me/campus/link", methods=("POST",))
def begin_link() -> ResponseReturnValue:
    """To the issuer, so as to tie the account that comes back to one's own login."""
    if stopped := _stopped("begin_link"):
        return stopped
    return send(_issuer(), LINK, {"staff_id": current_user.id}, HOME)


@campus_pages.route("/me/campus/directory", methods=("POST",))
def link_directory() -> ResponseReturnValue:
    """The directory's account, proved by its password."""
    if stopped := _stopped("link_directory"):
        return stopped
    if not asks_directory():
        abort(404)
    form = DirectoryForm(request.form)
    if not form.validate():
        return _my_page(form, ""), 422
    proved, sentence, status = _proved(form, own_key(current_user), current_user.username)
    if proved is None:
        return _my_page(form, sentence), status
    return _tie(proved, None)


@campus_pages.route("/me/campus/<int:pk>/unlink", methods=("POST",), endpoint="unlink")
def unlink_mine(pk: int) -> ResponseReturnValue:
    if stopped := _stopped("unlink"):
        return stopped
    staff_id = current_user.id
    with write_transaction():
        is_mine = unlink(db.session.get_one(Staff, staff_id), pk, address())
    if not is_mine:
        abort(404)
    flash(_("Akun kampus dilepas dari login Anda."), "success")
    return redirect(HOME, 303)


def _stopped(name: str) -> ResponseReturnValue | None:
    if not current_user.is_authenticated:
        return ask_to_log_in()
    return ask_again("campus", name)


def send(of: Issuer, purpose: str, facts: dict[str, Json], home: str) -> ResponseReturnValue:
    """A page that leads to the issuer; else back to `home` with a sentence."""
    try:
        where = send_away(of, purpose, BACK, facts)
    except IssuerUnreachable as fault:
        refused_because(f"campus: {fault}")
        flash(_no_answer(), "error")
        return redirect(home, 303)
    except TooManySent:
        refused_because("campus: too many of one network")
        flash(_("Terlalu banyak yang masuk lewat kampus dari jaringan Anda. Coba lagi sebentar lagi."), "error")
        return redirect(home, 303)
    return render_template("admin/frame/to_campus.html", where=where, home=home, name=ways_in().issuer)


def _come_in(proved: Proved, returned: Returned) -> ResponseReturnValue:
    target, kept = own_path(str(returned.facts["next"])), str(returned.facts["kept"])
    with write_transaction():
        staff = staff_of(proved, address())
        staff_id = staff.id if staff is not None else None
    if staff_id is None:
        refused_because("campus: tied to no login, or shut")
        count_failure(_keys(), "")
        return _to_login(_not_tied())
    staff = db.session.get_one(Staff, staff_id)
    if returned.identity.methods & set(current_app.config["OIDC_SECOND_FACTOR"]):
        return open_session(staff, target, kept, True, "campus + mfa")
    return password_was_right(staff, target, kept, "campus")


def _is_tied_by_invitation(proved: Proved, returned: Returned) -> bool:
    """The first link of a new login: who was sent the link proves the campus account that is theirs."""
    try:
        with write_transaction():
            is_tied = accept_invitation(str(returned.facts.get("token_hash")), proved, address()) is not None
    except NotLinked:
        flash(_("Akun kampus itu, atau login Anda, sudah terhubung dengan yang lain. Lepas dulu yang lama."), "error")
        return False
    if not is_tied:
        flash(_("Tautan undangan itu tidak berlaku lagi. Mintalah tautan baru kepada administrator."), "error")
    return is_tied


def _tie(proved: Proved, returned: Returned | None) -> ResponseReturnValue:
    staff_id = current_user.id
    if returned is not None and returned.facts.get("staff_id") != staff_id:
        abort(403)
    try:
        with write_transaction():
            link(db.session.get_one(Staff, staff_id), proved, address())
    except NotLinked:
        flash(_("Akun kampus itu, atau login Anda, sudah terhubung dengan yang lain. Lepas dulu yang lama."), "error")
        return redirect(HOME, 303)
    flash(_("Akun kampus terhubung. Mulai sekarang Anda dapat masuk dengannya."), "success")
    return redirect(HOME, 303)


def _proved(form: DirectoryForm, keys: tuple[str, ...], username: str) -> tuple[Proved | None, str, int]:
    """Who the directory says it is; else what to say, and the status of the answer."""
    if wait := waiting_time(keys):
        refused_because(f"directory slowed down for {int(wait.total_seconds()) + 1} s")
        return None, says_slow_down(wait), 429
    try:
        proved = prove(form.username.data.lower(), form.password.data)
    except MustChangeFirst as fault:
        return None, str(fault.sentence), 403
    except DirectoryError as fault:
        refused_because(f"directory: {fault.detail}")
        return None, _("Direktori kampus tidak menjawab; pakai kata sandi lokal."), 503
    if proved is None:
        refused_because("directory: wrong name or password")
        count_failure(keys, username)
        return None, _("Nama akun atau kata sandi kampus tidak cocok."), 401
    return proved, "", 200


def _issuer() -> Issuer:
    return issuer() or abort(404)


def _keys() -> tuple[str, ...]:
    """What comes back from the issuer wrong counts for the network: nobody's name is known yet."""
    return (f"address:{address()}",)


def _no_answer() -> str:
    return _("Layanan masuk kampus tidak menjawab; pakai kata sandi lokal.")


def _not_tied() -> str:
    return _(
        "Akun kampus itu belum terhubung dengan login petugas. "
        "Masuk dengan kata sandi sekali, lalu hubungkan di Akun saya."
    )


def _to_login(sentence: str) -> ResponseReturnValue:
    flash(sentence, "error")
    return redirect(LOGIN, 303)


def _directory_page(form: DirectoryForm, target: str, sentence: str = "") -> str:
    form.password.data = ""
    kept = request.form.get("kept", "")
    return render_template("admin/frame/directory_login.html", form=form, next=target, sentence=sentence, kept=kept)


def _my_page(form: DirectoryForm, sentence: str = "") -> str:
    form.password.data = ""
    rows = identities_of(current_user.id)
    directory = directory_name() if asks_directory() else ""
    has = {row.issuer for row in rows}
    return render_template(
        "admin/frame/my_campus.html",
        rows=rows,
        form=form,
        sentence=sentence,
        name=ways_in().issuer,
        may_link=bool(ways_in().issuer) and current_app.config["OIDC_ISSUER"] not in has,
        may_link_directory=bool(directory) and directory not in has,
        directory=directory,
    )
