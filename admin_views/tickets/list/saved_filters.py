"""A person's saved filters: save, rename, open the list with one, delete."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

from flask import abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import Select, func, select
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest

from admin_views.frame.address_values import refuse_unknown
from admin_views.frame.view import person
from admin_views.tickets.list.filter import KEYS, ListFilter
from models.base.db import db, write_transaction
from models.organisation.staff import Staff
from models.tickets.saved_filter import MOST, SavedFilter

LONGEST_NAME = 60
PLACE = "/admin/ticket/filters/"


def page() -> str:
    mine = db.session.scalars(
        select(SavedFilter).where(SavedFilter.staff_id == person().id).order_by(SavedFilter.name)
    ).all()
    return render_template("admin/tickets/filters.html", mine=mine, longest=LONGEST_NAME)


def save() -> ResponseReturnValue:
    """Keep the filter that the form names; one of the same name is replaced."""
    staff, name = person(), _name()
    typed = request.form.get("address", "")[:1000].lstrip("?")
    values = MultiDict(parse_qsl(typed))
    refuse_unknown(values, (*KEYS, "after", "before", "panel"))
    address = urlencode(ListFilter.read(staff, values).values()) or "state=open"
    if len(address) > 1000:
        raise BadRequest
    if not name:
        flash(_("Beri saringan itu nama, supaya Anda mengenalinya nanti."), "error")
        return redirect(f"/admin/ticket/?{address}", 303)
    with write_transaction():
        row = _mine().where(SavedFilter.name == name)
        found = db.session.scalars(row).one_or_none()
        if found is None and _how_many(staff) >= MOST:
            flash(_("Anda sudah menyimpan %(n)s saringan. Hapus satu lebih dulu.", n=MOST), "error")
            return redirect(PLACE, 303)
        if found is None:
            found = SavedFilter(staff_id=staff.id, name=name, is_default=False)
            db.session.add(found)
        found.address = address
        db.session.flush()
        if request.form.get("is_default"):
            found.become_default()
    flash(_("Saringan “%(name)s” tersimpan.", name=name), "success")
    return redirect(f"/admin/ticket/?{address}", 303)


def change(pk: int) -> ResponseReturnValue:
    """Rename, make or unmake the one that opens the list, or delete: by the button that was pressed."""
    done, name = request.form.get("do", ""), _name()
    with write_transaction():
        row = db.session.scalars(_mine().where(SavedFilter.id == pk).with_for_update()).one_or_none()
        if row is None:
            abort(404)
        before = row.name
        if done == "delete":
            db.session.delete(row)
            told = _("Saringan “%(name)s” dihapus.", name=before)
        elif done == "default":
            row.become_default()
            told = _("Daftar tiket sekarang dibuka dengan “%(name)s”.", name=before)
        elif done == "plain":
            row.is_default = False
            told = _("Daftar tiket sekarang dibuka dengan semua tiket terbuka.")
        elif done == "rename":
            told = _rename(row, name)
        else:
            raise BadRequest
    flash(told, "success")
    return redirect(PLACE, 303)


def _rename(row: SavedFilter, name: str) -> str:
    before = row.name
    taken = db.session.scalar(_mine().where(SavedFilter.name == name, SavedFilter.id != row.id))
    if not name or taken is not None:
        return _("Nama tidak diganti: isi nama yang belum Anda pakai.")
    row.name = name
    return _("“%(before)s” sekarang bernama “%(name)s”.", before=before, name=name)


def _mine() -> Select[SavedFilter]:
    return select(SavedFilter).where(SavedFilter.staff_id == person().id)


def _how_many(staff: Staff) -> int:
    return db.session.scalar(select(func.count()).where(SavedFilter.staff_id == staff.id)) or 0


def _name() -> str:
    return " ".join(request.form.get("name", "").split())[:LONGEST_NAME]
