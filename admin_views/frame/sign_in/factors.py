"""One's own second factor under "Akun saya": the app with its QR code, ten recovery codes, and taking it off."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from markupsafe import Markup
from sqlalchemy import select

from admin_views.frame.sign_in.again import ask_again
from admin_views.frame.sign_in.opening import address
from admin_views.frame.sign_in.second_step import CodeForm
from models.base.db import db, write_transaction
from models.organisation.second_factor import Authenticator, has_factor
from models.organisation.sessions import StaffSession
from models.organisation.staff import Staff
from procedures.organisation import passkeys, second_factor
from web.lost_session import ask_to_log_in

factor_pages = Blueprint("factor", __name__, url_prefix="/admin/me/factor")
HOME = "/admin/me/factor/"
OPEN_BEFORE = ("/admin/me/factor/", "/admin/logout", "/admin/language", "/admin/login", "/admin/again")


def lead_to_enrolment() -> ResponseReturnValue | None:
    """Whoever needs a second factor and has shown none prepares it before anything else in the panel."""
    path = request.path
    if not path.startswith("/admin/") or path.startswith(OPEN_BEFORE) or "_user_id" not in session:
        return None
    if not current_user.is_authenticated or current_user.session_proof[0]:
        return None
    if not second_factor.is_required(current_user):
        return None
    return redirect(HOME, 303)


@factor_pages.before_request
def _only_staff() -> ResponseReturnValue | None:
    if not current_user.is_authenticated:
        return ask_to_log_in()
    return ask_again("factor", str(request.endpoint).rpartition(".")[2])


@factor_pages.route("/")
def factors() -> ResponseReturnValue:
    """What one has, and what one may add."""
    return _page()


@factor_pages.route("/totp", methods=("POST",))
def begin_totp() -> ResponseReturnValue:
    """A new secret with its QR code; what is in use stays until the new one is confirmed."""
    staff_id = current_user.id
    with write_transaction():
        second_factor.begin(staff_id)
    return redirect(f"{HOME}totp", 303)


@factor_pages.route("/totp", methods=("GET",))
def show_totp() -> ResponseReturnValue:
    """The QR code; where nothing waits for a first code, back."""
    return _totp_page(CodeForm())


@factor_pages.route("/totp/confirm", methods=("POST",))
def confirm_totp() -> ResponseReturnValue:
    """The first right code: the app counts, ten recovery codes are shown this once, other sessions end."""
    form = CodeForm(request.form)
    if not form.validate():
        return _totp_page(form, 422)
    staff_id, (session_id, _seen) = current_user.id, current_user.session_seen
    codes = second_factor.new_codes()
    rows = second_factor.hashed(codes)
    with write_transaction():
        staff = db.session.get_one(Staff, staff_id)
        is_right = second_factor.confirm(staff, form.code.data, address())
        if is_right:
            second_factor.keep_codes(staff, rows)
            db.session.get_one(StaffSession, session_id).has_second = True
            StaffSession.end_all(staff_id, but=session_id)
    if not is_right:
        form.code.errors = [_("Kode itu tidak cocok. Periksa jam ponsel Anda, lalu isi kode yang baru.")]
        return _totp_page(form, 422)
    return _codes_page(codes)


@factor_pages.route("/totp/remove", methods=("POST",))
def remove_totp() -> ResponseReturnValue:
    """Without the app again; where the house requires a second factor one is led to a new one at once."""
    staff_id, (session_id, _seen) = current_user.id, current_user.session_seen
    with write_transaction():
        second_factor.remove_authenticator(db.session.get_one(Staff, staff_id), address())
        second_factor.end_other_sessions(staff_id, session_id)
    flash(_("Aplikasi kode dilepas. Semua sesi lain sudah diakhiri."), "success")
    return redirect(HOME, 303)


@factor_pages.route("/codes", methods=("POST",))
def renew_codes() -> ResponseReturnValue:
    """Ten new recovery codes; the old ones are void."""
    staff_id = current_user.id
    if not has_factor(staff_id):
        return redirect(HOME, 303)
    codes = second_factor.new_codes()
    rows = second_factor.hashed(codes)
    with write_transaction():
        staff = db.session.get_one(Staff, staff_id)
        second_factor.keep_codes(staff, rows)
        second_factor.tell(staff, "codes_renewed", address())
    return _codes_page(codes)


def _authenticator(staff_id: int) -> Authenticator | None:
    query = select(Authenticator).where(Authenticator.staff_id == staff_id, Authenticator.confirmed_at.is_not(None))
    return db.session.scalars(query).first()


def _page() -> str:
    return render_template(
        "admin/frame/factors.html",
        authenticator=_authenticator(current_user.id),
        keys=passkeys.keys_of(current_user.id),
        why_not_here=passkeys.why_not_here(),
        codes_left=second_factor.codes_left(current_user.id),
        must=second_factor.is_required(current_user) and not current_user.session_proof[0],
        is_required=second_factor.is_required(current_user),
    )


def _totp_page(form: CodeForm, status: int = 200) -> ResponseReturnValue:
    import segno  # noqa: PLC0415  # a megabyte, for a picture that few pages show

    secret = second_factor.waiting_secret(current_user.id)
    if not secret:
        return redirect(HOME, 303)
    form.code.data = ""
    drawn = segno.make(second_factor.app_address(current_user, secret), error="m", micro=False).svg_inline(
        scale=4,
        border=3,
        dark="#000",
        light="#fff",
        title=_("Kode QR untuk aplikasi kode"),
        omitsize=True,
        svgclass="pk-qr",
    )
    groups = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    return render_template("admin/frame/factor_totp.html", form=form, qr=Markup(drawn), secret=groups), status


def _codes_page(codes: list[str]) -> str:
    return render_template("admin/frame/factor_codes.html", codes=[second_factor.shown(code) for code in codes])
