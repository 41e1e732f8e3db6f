"""Signing in with a passkey, and one's own passkeys under "Faktor kedua" (static/js/passkeys.js asks the browser)."""

from __future__ import annotations

import json

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from admin_views.frame.sign_in.again import ask_again
from admin_views.frame.sign_in.factors import HOME
from admin_views.frame.sign_in.opening import CHALLENGE, PASS, address, open_session
from models.base.db import db, utcnow, write_transaction
from models.base.written import clean_line
from models.organisation.sessions import StaffSession
from models.organisation.sign_in_pass import PassKind, SignInPass
from models.organisation.staff import Staff
from procedures.organisation import passkeys, second_factor
from procedures.organisation.passkeys import PasskeyRefused
from web.lost_session import ask_to_log_in, own_path
from web.refusals import refused_because

passkey_pages = Blueprint("passkey", __name__, url_prefix="/admin")


@passkey_pages.route("/login/passkey/options", methods=("POST",))
def options_to_sign_in() -> ResponseReturnValue:
    """A fresh challenge for whoever wants to sign in; nothing is stored for a stranger."""
    if passkeys.why_not_here():
        abort(404)
    return _as_json(passkeys.options_to_sign_in(_ask()))


@passkey_pages.route("/login/passkey", methods=("POST",))
def sign_in() -> ResponseReturnValue:
    """The key's answer: in, without the password; after the password it is the second factor."""
    challenge, asked_at, _handle = session.pop(CHALLENGE, ("", 0.0, ""))
    target, kept = own_path(request.form.get("next")), request.form.get("kept", "")
    try:
        with write_transaction():
            staff_id = passkeys.use(request.form.get("credential", ""), challenge, asked_at).id
            begun = SignInPass.take(PassKind.SECOND_STEP, session.get(PASS, ""))
    except PasskeyRefused as refused:
        refused_because(f"passkey: {refused}")
        flash(_("Passkey itu tidak diterima. Coba lagi, atau masuk dengan kata sandi."), "error")
        return redirect("/admin/login", 303)
    if begun is not None and begun.staff_id == staff_id:
        target, kept = str(begun.facts["next"]), str(begun.facts["kept"])
    return open_session(db.session.get_one(Staff, staff_id), target, kept, True, "passkey")


@passkey_pages.route("/me/factor/passkey/options", methods=("POST",))
def options_to_register() -> ResponseReturnValue:
    if not current_user.is_authenticated:
        return ask_to_log_in()
    if passkeys.why_not_here():
        abort(404)
    challenge = passkeys.new_challenge()
    options = passkeys.options_to_register(current_user, challenge)
    session[CHALLENGE] = (challenge, utcnow().timestamp(), json.loads(options)["user"]["id"])
    return _as_json(options)


@passkey_pages.route("/me/factor/passkey/add", methods=("POST",))
def add() -> ResponseReturnValue:
    """Keeps the new key; with the first factor of all ten recovery codes are shown this once."""
    if not current_user.is_authenticated:
        return ask_to_log_in()
    if stopped := ask_again("passkey", "add"):
        return stopped
    staff_id, session_id = current_user.id, current_user.session_seen[0]
    challenge, asked_at, handle = session.pop(CHALLENGE, ("", 0.0, ""))
    name = clean_line(request.form.get("name", "")) or _("Passkey")
    codes = [] if second_factor.codes_left(staff_id) else second_factor.new_codes()
    rows = second_factor.hashed(codes)
    try:
        with write_transaction():
            staff = db.session.get_one(Staff, staff_id)
            answer = request.form.get("credential", "")
            passkeys.register(staff, answer, challenge, asked_at, handle, name, address())
            if rows:
                second_factor.keep_codes(staff, rows)
            db.session.get_one(StaffSession, session_id).has_second = True
            StaffSession.end_all(staff_id, but=session_id)
    except PasskeyRefused as refused:
        refused_because(f"passkey: {refused}")
        flash(_("Passkey itu tidak dapat dipasang. Coba lagi."), "error")
        return redirect(HOME, 303)
    if codes:
        return render_template("admin/frame/factor_codes.html", codes=[second_factor.shown(code) for code in codes])
    flash(_("Passkey dipasang. Semua sesi lain sudah diakhiri."), "success")
    return redirect(HOME, 303)


@passkey_pages.route("/me/factor/passkey/<int:pk>/rename", methods=("POST",))
def rename(pk: int) -> ResponseReturnValue:
    if not current_user.is_authenticated:
        return ask_to_log_in()
    staff_id, name = current_user.id, clean_line(request.form.get("name", ""))
    with write_transaction():
        is_mine = bool(name) and passkeys.rename(staff_id, pk, name)
    if not is_mine:
        abort(404)
    return redirect(HOME, 303)


@passkey_pages.route("/me/factor/passkey/<int:pk>/remove", methods=("POST",))
def remove(pk: int) -> ResponseReturnValue:
    if not current_user.is_authenticated:
        return ask_to_log_in()
    if stopped := ask_again("passkey", "remove"):
        return stopped
    staff_id, session_id = current_user.id, current_user.session_seen[0]
    with write_transaction():
        is_mine = passkeys.remove(db.session.get_one(Staff, staff_id), pk, address())
        if is_mine:
            second_factor.end_other_sessions(staff_id, session_id)
    if not is_mine:
        abort(404)
    flash(_("Passkey dilepas. Semua sesi lain sudah diakhiri."), "success")
    return redirect(HOME, 303)


def _ask() -> str:
    challenge = passkeys.new_challenge()
    session[CHALLENGE] = (challenge, utcnow().timestamp(), "")
    return challenge


def _as_json(text: str) -> ResponseReturnValue:
    return current_app.response_class(text, mimetype="application/json")
