"""The page after the password: six digits of the app, or a recovery code (security.md S9).

Five wrong codes and the password is asked again; beside that they are slowed down like wrong passwords.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import StringField

from admin_views.frame.sign_in.login_slowdown import count_failure, factor_keys, says_slow_down, waiting_time
from admin_views.frame.sign_in.opening import PASS, address, open_session
from models.base.db import db, write_transaction
from models.organisation.second_factor import has_passkey
from models.organisation.sign_in_pass import PassKind, SignInPass
from models.organisation.staff import Staff
from procedures.base.form_fields import StepForm, at_most, required, stripped
from procedures.organisation.passkeys import why_not_here
from procedures.organisation.second_factor import codes_left, take_code, take_recovery_code, tell
from web.refusals import refused_because

second_step_pages = Blueprint("second_step", __name__, url_prefix="/admin")
MOST_TRIES = 5


class CodeForm(StepForm):
    code = StringField(_l("Kode"), validators=[required(_l("Isi kodenya.")), at_most(400)], filters=[stripped])


@second_step_pages.route("/login/second", methods=("GET", "POST"))
def second_step() -> ResponseReturnValue:
    """A code, for whoever has just typed the right password."""
    row = SignInPass.live(PassKind.SECOND_STEP, session.get(PASS, ""))
    staff = db.session.get(Staff, row.staff_id) if row is not None else None
    if row is None or staff is None or not staff.is_active:
        flash(_("Waktu masuk habis. Isi kata sandi lagi."), "error")
        return redirect("/admin/login", 303)
    form = CodeForm(request.form if request.method == "POST" else None)
    if request.method == "GET":
        return _page(form, staff.id)
    if not form.validate():
        return _page(form, staff.id), 422
    keys = factor_keys(staff.username)
    if wait := waiting_time(keys):
        refused_because(f"second factor slowed down for {int(wait.total_seconds()) + 1} s")
        return _page(form, staff.id, says_slow_down(wait)), 429
    row_id, staff_id, username, facts = row.id, staff.id, staff.username, dict(row.facts)
    how = _taken(staff_id, form.code.data)
    if how:
        with write_transaction():
            is_mine = SignInPass.take(PassKind.SECOND_STEP, session.get(PASS, "")) is not None
            if how == "recovery_code":
                tell(db.session.get_one(Staff, staff_id), "code_used", address())
        if is_mine:
            return _in(staff_id, facts, how)
    refused_because("second factor: wrong code")
    count_failure(keys, username)
    if _is_spent(row_id):
        flash(_("Lima kode salah. Isi kata sandi lagi."), "error")
        return redirect("/admin/login", 303)
    return _page(form, staff_id, _("Kode itu tidak cocok, sudah dipakai, atau sudah lewat.")), 401


def _taken(staff_id: int, typed: str) -> str:
    """How the person proved it, or an empty text; a code is used up by this."""
    with write_transaction():
        if take_code(staff_id, typed):
            return "totp"
        return "recovery_code" if take_recovery_code(staff_id, typed) else ""


def _in(staff_id: int, facts: dict[str, Any], how: str) -> ResponseReturnValue:
    ways = " + ".join(way for way in (facts.get("how"), how) if way)
    answer = open_session(db.session.get_one(Staff, staff_id), facts["next"], facts["kept"], True, ways)
    if how == "recovery_code":
        left = codes_left(staff_id)
        flash(_("Kode pemulihan terpakai; sisanya %(n)s. Buat yang baru di Akun saya bila perlu.", n=left), "warning")
    return answer


def _is_spent(row_id: int) -> bool:
    """One more wrong code for this sign-in; after the fifth it is over."""
    with write_transaction():
        row = db.session.get(SignInPass, row_id, with_for_update=True)
        if row is None:
            return True
        row.tries += 1
        if row.tries >= MOST_TRIES:
            db.session.delete(row)
            return True
    return False


def _page(form: CodeForm, staff_id: int, sentence: str = "") -> str:
    form.code.data = ""
    has_key = not why_not_here() and has_passkey(staff_id)
    return render_template("admin/frame/second_step.html", form=form, sentence=sentence, has_key=has_key)
