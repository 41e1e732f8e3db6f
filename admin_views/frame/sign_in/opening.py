"""Opens a session of staff: after the password alone, or after the second factor where one is held."""

from __future__ import annotations

from flask import current_app, flash, redirect, request, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from admin_views.frame.sign_in.login_slowdown import forget_failures, mark_device
from models.base.db import db, write_transaction
from models.organisation import audit
from models.organisation.second_factor import has_factor
from models.organisation.sessions import StaffSession
from models.organisation.sign_in_pass import PassKind, SignInPass
from models.organisation.staff import Staff
from models.tickets.draft import Draft
from web.lost_session import words_kept

SECOND_STEP = "/admin/login/second"
CHALLENGE = "passkey_challenge"  # the browser's session: what a passkey was asked, when, and for whom
PASS = "sign_in_pass"  # the browser's part of a sign-in on its way


def password_was_right(staff: Staff, target: str, kept: str, how: str = "") -> ResponseReturnValue:
    """On to the second factor if there is one, else in; what was typed before the login goes along.

    `how` is empty after the password of the house, else the way through the campus.
    """
    if not has_factor(staff.id):
        return open_session(staff, target, kept, how=how)
    staff_id, chosen = staff.id, session.get("language")
    with write_transaction():
        token = SignInPass.issue(PassKind.SECOND_STEP, staff_id, {"next": target, "kept": kept, "how": how})
    session.clear()
    session[PASS] = token
    if chosen:
        session["language"] = chosen
    return redirect(SECOND_STEP, 303)


def open_session(
    staff: Staff, target: str, kept: str = "", has_second: bool = False, how: str = ""
) -> ResponseReturnValue:
    """A new session: whatever was planted before the login is gone (security.md S2)."""
    staff_id, chosen = staff.id, session.get("language")
    words = words_kept(kept)
    with write_transaction():
        staff = db.session.get_one(Staff, staff_id)
        StaffSession.end(session.get("_user_id", ""))
        token = StaffSession.open(
            staff, current_app.config["SESSION_HOURS"], address(), str(request.user_agent), has_second
        )
        audit.record("login", "Staff", staff.id, staff=staff, ip=address(), diff={"how": how} if how else None)
        forget_failures(staff.username)
        if words:
            Draft.keep(staff.id, words[0], words[1])
        language, username = staff.language, staff.username
    session.clear()
    session["_user_id"] = token
    session["_fresh"] = True
    session["language"] = chosen or language
    if words:
        flash(_("Tulisan Anda tersimpan. Periksa, lalu kirim lagi."), "success")
    return mark_device(redirect(target, 303), username)


def address() -> str:
    return request.remote_addr or ""
