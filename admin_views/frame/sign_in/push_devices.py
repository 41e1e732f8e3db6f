"""One's own phones and browsers that are told at once: switched on there, chosen by kind and hour, taken away again."""

from __future__ import annotations

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select

from admin_views.frame.sign_in.my_sessions import device_named
from admin_views.frame.sign_in.opening import address
from gateways.web_push import Address, is_known_service, is_sound, public_key
from mails.push_kinds import KINDS
from models.base.db import db, write_transaction
from models.organisation import audit
from models.organisation.push_device import MOST_DEVICES, PushDevice, devices_of, hash_of
from models.organisation.staff import Staff
from web.lost_session import ask_to_log_in

push_pages = Blueprint("push_devices", __name__, url_prefix="/admin/me/push")
HOME = "/admin/me/push/"


@push_pages.before_request
def _only_staff() -> ResponseReturnValue | None:
    return None if current_user.is_authenticated else ask_to_log_in()


@push_pages.route("/")
def push_devices() -> ResponseReturnValue:
    rows = devices_of(current_user.id)
    page = render_template(
        "admin/frame/push_devices.html",
        rows=rows,
        chosen=rows[0] if rows else PushDevice(kinds=list(KINDS), quiet_from=21 * 60, quiet_until=6 * 60),
        kinds=KINDS,
        named=device_named,
        key=public_key(str(current_app.config["SECRET_KEY"])),
    )
    return page, 200, {"Cache-Control": "no-store"}


@push_pages.route("/on", methods=("POST",))
def switch_on() -> ResponseReturnValue:
    """This browser with the keys that it made; one that belonged to somebody else is theirs no more."""
    asked = {name: request.form.get(name, "") for name in ("endpoint", "public_key", "auth")}
    to = Address(**asked)
    if len(to.endpoint) > 600 or not is_known_service(to.endpoint, current_app.config["PUSH_SERVICES"]):
        flash(_("Peramban ini memakai layanan notifikasi yang tidak dikenal. Kabar tetap datang lewat email."), "error")
        return redirect(HOME, 303)
    if len(to.public_key) > 100 or len(to.auth) > 40 or not is_sound(to):
        flash(
            _("Peramban ini tidak memberi kunci yang dapat dipakai. Muat ulang halaman ini, lalu coba lagi."), "error"
        )
        return redirect(HOME, 303)
    staff_id, ip = current_user.id, address()
    with write_transaction():
        mine = devices_of(staff_id)
        same = select(PushDevice).where(PushDevice.endpoint_hash == hash_of(to.endpoint))
        row = db.session.scalars(same).one_or_none() or PushDevice(endpoint_hash=hash_of(to.endpoint))
        if row.staff_id != staff_id:
            like = mine[0] if mine else None
            row.kinds = list(like.kinds) if like else list(KINDS)
            row.quiet_from, row.quiet_until = (like.quiet_from, like.quiet_until) if like else (21 * 60, 6 * 60)
            for old in sorted(mine, key=lambda one: one.told_at or one.made_at)[: max(0, len(mine) - MOST_DEVICES + 1)]:
                db.session.delete(old)
        row.staff_id, row.endpoint, row.public_key, row.auth = staff_id, to.endpoint, to.public_key, to.auth
        row.device = request.headers.get("User-Agent", "")[:200]
        db.session.add(row)
        db.session.flush()
        audit.record("switch_on", "PushDevice", row.id, staff=db.session.get_one(Staff, staff_id), ip=ip)
    flash(_("Notifikasi menyala di perangkat ini."), "success")
    return redirect(HOME, 303)


@push_pages.route("/choose", methods=("POST",))
def choose() -> ResponseReturnValue:
    """Which kinds, and the quiet hours; they hold for all devices of this person."""
    kinds = [kind for kind in KINDS if kind in request.form.getlist("kinds")]
    hours = [request.form.get(name, "") for name in ("quiet_from", "quiet_until")]
    if not all(hour.isascii() and hour.isdecimal() and len(hour) < 3 and int(hour) < 24 for hour in hours):
        flash(_("Pilih jam tenang dari daftar, antara 00.00 dan 23.00."), "error")
        return redirect(HOME, 303)
    staff_id = current_user.id
    with write_transaction():
        for row in devices_of(staff_id):
            row.kinds, row.quiet_from, row.quiet_until = kinds, int(hours[0]) * 60, int(hours[1]) * 60
    flash(_("Pilihan Anda tersimpan."), "success")
    return redirect(HOME, 303)


@push_pages.route("/off", methods=("POST",))
def switch_off() -> ResponseReturnValue:
    """One device of one's own by its id."""
    which, staff_id, ip = request.form.get("which", ""), current_user.id, address()
    if not (which.isascii() and which.isdecimal() and len(which) < 10):
        abort(400)
    with write_transaction():
        row = db.session.get(PushDevice, int(which))
        if row is not None and row.staff_id == staff_id:
            db.session.delete(row)
            audit.record("switch_off", "PushDevice", row.id, staff=db.session.get_one(Staff, staff_id), ip=ip)
    flash(_("Notifikasi ke perangkat itu dimatikan; kabarnya kembali lewat email."), "success")
    return redirect(HOME, 303)
