"""Login, logout, invitations, and a person's own password and language.

A failed try slows the next ones down where it came from: login_slowdown.py.
"""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Flask, Response, abort, current_app, flash, g, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import refresh
from flask_login import LoginManager, current_user
from sqlalchemy import select
from wtforms import PasswordField, StringField

from admin_views.frame.permissions import may
from admin_views.frame.sign_in.again import again_pages
from admin_views.frame.sign_in.campus import INVITED, campus_pages, is_shut_out, send, ways_in
from admin_views.frame.sign_in.factors import factor_pages, lead_to_enrolment
from admin_views.frame.sign_in.login_slowdown import (
    count_failure,
    keys_of,
    own_key,
    says_slow_down,
    waiting_time,
)
from admin_views.frame.sign_in.my_sessions import session_pages
from admin_views.frame.sign_in.opening import open_session, password_was_right
from admin_views.frame.sign_in.passkeys import passkey_pages
from admin_views.frame.sign_in.password_rules import fault_of
from admin_views.frame.sign_in.push_devices import push_pages
from admin_views.frame.sign_in.second_step import second_step_pages
from mails.digest import send_singly
from models.base.columns.json_value import Json
from models.base.db import db, keep_house, utcnow, write_transaction
from models.organisation import audit
from models.organisation.calendar_feed import CalendarFeed
from models.organisation.sessions import StaffSession, StaffToken, hash_token
from models.organisation.staff import Staff, username_of
from models.tickets.mailing.digest_reader import DigestReader
from procedures.base.form_fields import StepForm, at_most, required, stripped
from procedures.organisation.campus_issuer import issuer
from web.lost_session import own_path
from web.refusals import refused_because

login_pages = Blueprint("login", __name__, url_prefix="/admin")
SEEN_EVERY = timedelta(minutes=1)
FOLLOWS = "/admin/follow/"


class LoginForm(StepForm):
    username = StringField(
        _l("Nama pengguna"), validators=[required(_l("Isi nama pengguna.")), at_most(60)], filters=[stripped]
    )
    password = PasswordField(_l("Kata sandi"), validators=[required(_l("Isi kata sandi.")), at_most(128)])


class PasswordForm(StepForm):
    password = PasswordField(_l("Kata sandi sekarang"), validators=[required(), at_most(128)])
    new_password = PasswordField(_l("Kata sandi baru"), validators=[required(), at_most(128)])
    repeat = PasswordField(_l("Kata sandi baru, sekali lagi"), validators=[required(), at_most(128)])


class FirstPasswordForm(StepForm):
    new_password = PasswordField(_l("Kata sandi baru"), validators=[required(), at_most(128)])
    repeat = PasswordField(_l("Kata sandi baru, sekali lagi"), validators=[required(), at_most(128)])


def init_login(app: Flask) -> None:
    """Flask-Login asks the session row at every request; nothing is remembered beyond it."""
    manager = LoginManager(app)
    manager.session_protection = None  # the session row decides, not the address of a phone in the field
    manager.user_loader(_holder)
    for pages in (
        login_pages,
        second_step_pages,
        factor_pages,
        session_pages,
        push_pages,
        again_pages,
        passkey_pages,
        campus_pages,
    ):
        app.register_blueprint(pages)
    app.before_request(lead_to_enrolment)
    app.jinja_env.globals["campus_ways"] = ways_in

    @app.after_request
    def _seen(response: Response) -> ResponseReturnValue:
        is_asked_by_itself = request.path.startswith(FOLLOWS)  # a page left open does not make a session last
        is_panel = request.path.startswith("/admin") and not is_asked_by_itself
        if is_panel and "_user_id" in session and response.status_code < 500:
            _renew()
        return response


def _holder(token: str) -> Staff | None:
    """The person of this session; every device speaks the language that was switched to last on any of them."""
    staff = StaffSession.holder(token, current_app.config["SESSION_IDLE_MINUTES"])
    if staff is not None:
        g.staff_language = staff.language
        refresh()  # a text asked for earlier in this request chose without knowing the person
    return staff


def _renew() -> None:
    seen = getattr(current_user, "session_seen", None) if current_user.is_authenticated else None
    if seen is not None and seen[1] < utcnow() - SEEN_EVERY:
        mine = db.session.query(StaffSession).filter(StaffSession.id == seen[0])
        keep_house(lambda: mine.update({"seen_at": utcnow()}))


@login_pages.route("/login", methods=("GET", "POST"))
def log_in() -> ResponseReturnValue:
    form = LoginForm(request.form if request.method == "POST" else None)
    target = own_path(request.values.get("next"))
    if request.method == "GET":
        return redirect(target) if current_user.is_authenticated else _login_page(form, target)
    if not form.validate():
        return _login_page(form, target), 422
    keys = keys_of(form.username.data)
    if wait := waiting_time(keys):
        refused_because(f"login slowed down for {int(wait.total_seconds()) + 1} s")
        return _login_page(form, target, says_slow_down(wait)), 429
    staff = (
        db.session.scalars(select(Staff).where(Staff.username == username_of(form.username.data)))
        .unique()
        .one_or_none()
    )
    known = staff if staff is not None else Staff(password_hash="")
    if not known.is_password(form.password.data) or not known.is_active or staff is None:
        refused_because("login: nobody of this name" if staff is None else "login: wrong password or shut")
        count_failure(keys, form.username.data)
        return _login_page(form, target, _("Nama pengguna atau kata sandi tidak cocok.")), 401
    if is_shut_out(staff):
        refused_because("login: through the campus alone")
        return _login_page(form, target, _("Masuklah lewat kampus: kata sandi di sini hanya untuk login darurat.")), 403
    return password_was_right(staff, target, request.form.get("kept", ""))


@login_pages.route("/logout", methods=("POST",))
def log_out() -> ResponseReturnValue:
    """Ends this session's row: an old cookie opens nothing any more."""
    token = session.get("_user_id")
    session.clear()
    if token:
        with write_transaction():
            StaffSession.end(token)
    return redirect("/admin/login", 303)  # what a phone keeps is asked for before (static/js/leave.js)


@login_pages.route("/language", methods=("POST",))
def switch_language() -> ResponseReturnValue:
    """The language is kept for the person."""
    chosen = request.form.get("language")
    if chosen not in ("id", "en") or not current_user.is_authenticated:
        abort(400)
    staff_id = current_user.id
    with write_transaction():
        db.session.get_one(Staff, staff_id).language = chosen
    session["language"] = chosen
    return redirect(own_path(request.form.get("next")), 303)


@login_pages.route("/digest", methods=("POST",))
def choose_digest() -> ResponseReturnValue:
    """One mail a day, or each by itself; whoever leaves the digest gets at once what was collected for it."""
    chosen = request.form.get("digest")
    if chosen not in ("daily", "single") or not current_user.is_authenticated:
        abort(400)
    staff_id, email = current_user.id, current_user.email
    with write_transaction():
        row = db.session.get(DigestReader, staff_id)
        if chosen == "daily" and row is None:
            db.session.add(DigestReader(staff_id=staff_id))
        elif chosen == "single" and row is not None:
            db.session.delete(row)
            send_singly(email)
    flash(_("Pilihan Anda tersimpan."), "success")
    return redirect("/admin/me/", 303)


@login_pages.route("/me/", methods=("GET", "POST"))
def my_password() -> ResponseReturnValue:
    """One's own password; changing it ends every session of the account, this one begins anew."""
    if not current_user.is_authenticated:
        return redirect("/admin/login?next=/admin/me/")
    form = PasswordForm(request.form if request.method == "POST" else None)
    if request.method == "POST" and form.validate():
        if wait := waiting_time(own_key(current_user)):
            form.password.errors = [says_slow_down(wait)]
        elif not current_user.is_password(form.password.data):
            count_failure(own_key(current_user), current_user.username)
            form.password.errors = [_("Kata sandi sekarang tidak cocok.")]
        elif not _fault(form, current_user):
            staff_id, was_second = current_user.id, current_user.session_proof[0]
            set_password(staff_id, form.new_password.data, "password")
            flash(_("Kata sandi diganti. Semua sesi lain sudah diakhiri."), "success")
            return open_session(db.session.get_one(Staff, staff_id), "/admin/me/", has_second=was_second)
    status = 422 if request.method == "POST" else 200
    wants_digest = db.session.get(DigestReader, current_user.id) is not None
    may_feed = may(current_user, "agenda", "feed")
    feed = db.session.get(CalendarFeed, current_user.id) if may_feed else None
    page = render_template("admin/frame/me.html", form=form, wants_digest=wants_digest, may_feed=may_feed, feed=feed)
    return page, status


@login_pages.route("/invite/<token>", methods=("GET", "POST"))
def invite(token: str) -> ResponseReturnValue:
    """The first password, or a new one: the link works once (security.md S5)."""
    form = FirstPasswordForm(request.form if request.method == "POST" else None)
    row = _live_token(token)
    if row is None:
        return render_template("admin/frame/invite.html", form=None), 404
    if request.method == "POST" and form.validate() and not _fault(form, row.staff):
        staff_id = row.staff_id
        set_password(staff_id, form.new_password.data, "invitation")
        flash(_("Kata sandi tersimpan. Silakan masuk."), "success")
        return redirect("/admin/login", 303)
    return render_template(
        "admin/frame/invite.html", form=form, person=row.staff, token=token
    ), 422 if request.method == "POST" else 200


@login_pages.route("/invite/<token>/campus", methods=("POST",))
def accept_by_campus(token: str) -> ResponseReturnValue:
    """Instead of a password: tie the account of the campus, which is proved there; the link is used up by it."""
    of, row = issuer() or abort(404), _live_token(token)
    if row is None:
        return render_template("admin/frame/invite.html", form=None), 404
    session[INVITED] = True
    facts: dict[str, Json] = {"token_hash": row.token_hash, "next": own_path(""), "kept": ""}
    return send(of, INVITED, facts, f"/admin/invite/{token}")


def set_password(staff_id: int, password: str, act: str) -> None:
    """Set it, end every session and every open token of the account."""
    with write_transaction():
        staff = db.session.get_one(Staff, staff_id)
        staff.set_password(password)
        StaffSession.end_all(staff_id)
        db.session.query(StaffToken).filter(StaffToken.staff_id == staff_id).delete()
        audit.record(act, "Staff", staff_id, staff=staff, ip=_ip())


def _live_token(token: str) -> StaffToken | None:
    if len(token) < 40:
        return None
    query = select(StaffToken).where(StaffToken.token_hash == hash_token(token), StaffToken.used_at.is_(None))
    row = db.session.scalars(query.where(StaffToken.ends_at > utcnow())).one_or_none()
    return row if row is not None and row.staff.is_active else None


def _fault(form: StepForm, staff: Staff) -> bool:
    sentence = fault_of(form.new_password.data, staff.username, staff.name)
    if sentence:
        form.new_password.errors = [sentence]
    elif form.new_password.data != form.repeat.data:
        form.repeat.errors = [_("Kedua kata sandi baru tidak sama.")]
    return bool(form.new_password.errors or form.repeat.errors)


def _login_page(form: LoginForm, target: str, sentence: str = "") -> str:
    form.password.data = ""
    return render_template(
        "admin/frame/login.html", form=form, next=target, sentence=sentence, kept=request.form.get("kept", "")
    )


def _ip() -> str:
    return request.remote_addr or ""
