"""One's own sessions: on which device, from where, when last seen; one, the others or all of them ended."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select

from admin_views.frame.sign_in.again import ask_again
from admin_views.frame.sign_in.opening import address
from models.base.db import db, utcnow, write_transaction
from models.organisation import audit
from models.organisation.sessions import StaffSession
from models.organisation.staff import Staff
from web.lost_session import ask_to_log_in

session_pages = Blueprint("my_sessions", __name__, url_prefix="/admin/me/sessions")
HOME = "/admin/me/sessions/"
# In this order: Edge and Opera call themselves Chrome too, and everybody calls himself Safari.
BROWSERS = (("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "macOS"))


@session_pages.before_request
def _only_staff() -> ResponseReturnValue | None:
    if not current_user.is_authenticated:
        return ask_to_log_in()
    return ask_again("my_sessions", str(request.endpoint).rpartition(".")[2])


@session_pages.route("/")
def my_sessions() -> ResponseReturnValue:
    rows = live_sessions(current_user.id)
    here = current_user.session_seen[0]
    return render_template("admin/frame/my_sessions.html", rows=rows, here=here, device_of=device_of)


@session_pages.route("/end", methods=("POST",))
def end() -> ResponseReturnValue:
    """One of them by its id, `others`, or `all`; an ended one opens nothing from its next request on."""
    which, staff_id, here = request.form.get("which", ""), current_user.id, current_user.session_seen[0]
    if which not in ("others", "all") and not (which.isascii() and which.isdecimal() and len(which) < 10):
        abort(400)
    with write_transaction():
        mine = db.session.query(StaffSession).filter(StaffSession.staff_id == staff_id)
        if which == "others":
            mine = mine.filter(StaffSession.id != here)
        elif which != "all":
            mine = mine.filter(StaffSession.id == int(which))
        ended = mine.delete()
        staff = db.session.get_one(Staff, staff_id)
        audit.record("end_session", "Staff", staff_id, staff=staff, ip=address(), diff={"ended": ended})
    if which in ("all", str(here)):
        session.clear()
        return redirect("/admin/login", 303)
    flash(_("%(n)s sesi diakhiri.", n=ended), "success")
    return redirect(HOME, 303)


def live_sessions(staff_id: int) -> list[StaffSession]:
    """Those that still open the panel, the latest first."""
    now = utcnow()
    idle = now - timedelta(minutes=current_app.config["SESSION_IDLE_MINUTES"])
    query = select(StaffSession).where(
        StaffSession.staff_id == staff_id, StaffSession.ends_at > now, StaffSession.seen_at > idle
    )
    return list(db.session.scalars(query.order_by(StaffSession.seen_at.desc(), StaffSession.id.desc())))


def device_of(row: StaffSession) -> str:
    return device_named(row.device)


def device_named(said: str) -> str:
    """The browser and system in words, as far as the browser says (`said`: its User-Agent)."""
    browser = next((name for sign, name in BROWSERS if sign in said), "")
    system = next((name for sign, name in SYSTEMS if sign in said), "Linux" if "Linux" in said else "")
    if browser and system:
        return _("%(browser)s di %(system)s", browser=browser, system=system)
    return browser or system or _("Perangkat tidak dikenal")
