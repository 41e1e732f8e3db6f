"""The base of every view of the panel: closed by default, one row rule for every door; it knows no noun.

A view says what it shows (columns, facts), what it asks (an explicit form) and which rows a person may see
(row_rule). permissions.py says who may do what. List, count, single row, search, export, form and deletion all go
through the same two questions.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask_admin import expose
from flask_admin.contrib.sqla import ModelView
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import Select, func, inspect, or_, select, tuple_
from sqlalchemy.exc import IntegrityError
from werkzeug.exceptions import BadRequest

from admin_views import kept_words
from admin_views.permissions import may
from models import audit
from models.db import db, write_transaction
from procedures.forms import StepForm
from web.lost_session import ask_to_log_in

PAGE_SIZE = 50
COUNT_CAP = 10_000
EXPORT_CAP = 50_000
LONGEST_SEARCH = 100
ACTS = {
    "index_view": "list",
    "details_view": "details",
    "create_view": "create",
    "edit_view": "edit",
    "delete_view": "delete",
    "export_view": "export",
}
CHANGED_MEANWHILE = _l(
    "Orang lain mengubah data ini setelah Anda membukanya. Periksa keadaannya sekarang, lalu simpan lagi."
)
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class WriteRefused(Exception):
    """What held when the form was checked holds no more; the text says so, nothing was written."""


@dataclass(frozen=True)
class Column:
    """A column of a list: the attribute's name or a function of the row, and its heading."""

    key: str
    label: Any
    cell: Callable[[Any], Any] | None = None
    is_link: bool = False
    css: str = ""

    def text(self, row: Any) -> Any:
        value = self.cell(row) if self.cell else getattr(row, self.key)
        if value is True or value is False:
            return _("Ya") if value else _("Tidak")
        return "" if value is None else value


@dataclass(frozen=True)
class Choice:
    """A filter offered above a list: a select whose values are compared with a column."""

    key: str
    label: Any
    column: Any
    choices: Callable[[], Sequence[tuple[Any, Any]]]

    def condition(self, value: str) -> Any:
        allowed = {str(v): v for v, _label in self.choices()}
        if value not in allowed:
            raise BadRequest
        return self.column == allowed[value]


class HouseView(ModelView):
    """See the module's docstring; a subclass fills the class attributes below."""

    name_key = ""
    title: Any = ""
    intro: Any = ""
    empty: Any = ""
    columns: Sequence[Column] = ()
    export_columns: Sequence[Column] = ()  # where a file says more than the list
    searched: Sequence[Any] = ()
    filters: Sequence[Choice] = ()
    order: Sequence[Any] = ()
    newest_first = False
    form: Any = None
    more_acts: dict[str, str] = {}
    list_template = "admin/list.html"
    details_template = "admin/details.html"
    edit_template = create_template = "admin/form.html"
    column_list = ("id",)
    form_columns = ("id",)
    can_view_details = True
    create_label: Any = ""

    def __init__(self, model: Any, **options: Any) -> None:
        super().__init__(model, db, name=self.title, endpoint=self.name_key, url=f"/admin/{self.name_key}", **options)

    def scaffold_form(self) -> Any:
        """No form is made from the table: what is not named is not editable."""
        return StepForm

    # -- rights ------------------------------------------------------------------------------------------------
    def may(self, act: str) -> bool:
        return may(current_user if current_user.is_authenticated else None, self.name_key, act)

    def is_accessible(self) -> bool:
        return self.may("list")

    def _handle_view(self, name: str, **kwargs: Any) -> Any:
        """Flask-Admin asks this before every address of the view; what has no act is shut."""
        if not current_user.is_authenticated:
            return ask_to_log_in()
        act = {**ACTS, **self.more_acts}.get(name)
        if act is None:
            abort(404)
        if not self.may(act):
            audit_denied(self.name_key, act)
            abort(403)
        return None

    def row_rule(self, query: Any) -> Any:
        """The rows that this person may see; a narrower view overrides it."""
        return query

    def row_allowed(self, row: Any, act: str) -> bool:
        """May this act be done to this row, beyond the right to the act?"""
        return self.may(act)

    def rows(self) -> Select[Any]:
        return self.row_rule(select(self.model))

    def get_one(self, id: Any) -> Any:
        """The one row of this id among those the person may see, or 404: never session.get()."""
        text = str(id or "")
        if not (text.isascii() and text.isdecimal() and len(text) < 11 and int(text) < 2**31):
            abort(404)
        row = db.session.scalars(self.rows().where(self.model.id == int(text))).unique().one_or_none()
        if row is None:
            abort(404)
        return row

    # -- list --------------------------------------------------------------------------------------------------
    @expose("/")
    def index_view(self) -> Any:
        query = self._found()
        count = db.session.scalar(
            select(func.count()).select_from(
                query.with_only_columns(self.model.id).order_by(None).limit(COUNT_CAP + 1).subquery()
            )
        )
        rows, older, newer = self._page(query)
        return render_template(
            self.list_template,
            view=self,
            rows=rows,
            older=older,
            newer=newer,
            count=count or 0,
            count_cap=COUNT_CAP,
            search=request.args.get("search", ""),
            chosen={f.key: request.args.get(f.key, "") for f in self.filters},
            address=self._address,
        )

    def _found(self) -> Select[Any]:
        query = self.rows()
        words = request.args.get("search", "").strip()[:LONGEST_SEARCH]
        if "\x00" in words:
            abort(400)
        for word in words.split()[:8] if self.searched else ():
            pattern = "%" + word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
            query = query.where(or_(*(column.ilike(pattern, escape="\\") for column in self.searched)))
        for choice in self.filters:
            if value := request.args.get(choice.key):
                query = query.where(choice.condition(value))
        return query

    def _page(self, query: Select[Any]) -> tuple[list[Any], int | None, int | None]:
        """Keyset paging by the view's order: the cursor is a row's id, its values are looked up."""
        keys = (*self.order, self.model.id)
        after, before = self._cursor("after"), self._cursor("before")
        downward = self.newest_first != bool(before)
        if cursor := before or after:
            edge = db.session.execute(select(*keys).where(self.model.id == cursor)).one_or_none()
            if edge is None:
                return [], None, None
            bound = tuple_(*keys) < tuple_(*edge) if downward else tuple_(*keys) > tuple_(*edge)
            query = query.where(bound)
        ordered = query.order_by(*(k.desc() if downward else k.asc() for k in keys)).limit(PAGE_SIZE + 1)
        rows = list(db.session.scalars(ordered).unique())
        more, rows = len(rows) > PAGE_SIZE, rows[:PAGE_SIZE]
        if before:
            rows.reverse()
        older = rows[-1].id if rows and (before or more) else None
        newer = rows[0].id if rows and (after or (before and more)) else None
        return rows, older, newer

    def _cursor(self, key: str) -> int | None:
        value = request.args.get(key, "")
        if not value:
            return None
        if not (value.isascii() and value.isdecimal() and len(value) < 11 and int(value) < 2**31):
            abort(400)
        return int(value)

    def _address(self, **changes: Any) -> str:
        """This list's address with its filters and the changes; a cursor is dropped unless given."""
        kept = {k: v for k, v in request.args.items() if v and k not in ("after", "before")}
        return url_for(f"{self.name_key}.index_view", **{k: v for k, v in {**kept, **changes}.items() if v})

    def href(self, row: Any) -> str:
        return f"/admin/{self.name_key}/details/?id={row.id}"

    # -- one row -----------------------------------------------------------------------------------------------
    @expose("/details/")
    def details_view(self) -> Any:
        row = self.get_one(request.args.get("id"))
        return render_template(
            self.details_template, view=self, row=row, facts=self.facts(row), **self.details_extras(row)
        )

    def heading(self, row: Any) -> Any:
        """How the row is called at the head of its page."""
        return str(row)

    def facts(self, row: Any) -> list[tuple[Any, Any]]:
        return [(column.label, column.text(row)) for column in self.columns]

    def details_extras(self, row: Any) -> dict[str, Any]:
        return {}

    # -- writing -----------------------------------------------------------------------------------------------
    @expose("/new/", methods=("GET", "POST"))
    def create_view(self) -> Any:
        form = self.form_for(None)
        if request.method == "POST" and self.checked(form, None):
            with_row = self._write(form, None)
            if with_row is not None:
                flash(_("Tersimpan."), "success")
                return redirect(self.href(with_row), 303)
        return self._form_page(form, None)

    @expose("/edit/", methods=("GET", "POST"))
    def edit_view(self) -> Any:
        row = self.get_one(request.args.get("id"))
        if not self.row_allowed(row, "edit"):
            abort(403)
        form = self.form_for(row)
        if request.method == "POST" and self._is_as_seen(row) and self.checked(form, row):
            written = self._write(form, row.id)
            if written is not None:
                flash(_("Tersimpan."), "success")
                return redirect(self.href(written), 303)
        return self._form_page(form, row)

    @expose("/delete/", methods=("GET", "POST"))
    def delete_view(self) -> Any:
        """A page that asks first; only its POST deletes."""
        row = self.get_one(request.args.get("id"))
        if not self.row_allowed(row, "delete"):
            abort(403)
        if request.method == "GET":
            return render_template("admin/delete.html", view=self, row=row, facts=self.facts(row))
        try:
            with write_transaction():
                row = self.get_one(request.args.get("id"))
                audit.record("delete", self.model.__name__, row.id, staff=person(), diff=_values(row), ip=address())
                db.session.delete(row)
        except IntegrityError:
            flash(_("Masih dipakai di tempat lain, jadi tidak dapat dihapus."), "error")
            return redirect(self.href(row), 303)
        flash(_("Dihapus."), "success")
        return redirect(url_for(".index_view"), 303)

    def form_for(self, row: Any) -> Any:
        if request.method == "POST":
            return self.form(request.form, obj=row)
        form = self.form(None, obj=row)
        kept_words.give_back(form)
        return form

    def checked(self, form: Any, row: Any) -> bool:
        return bool(form.validate())

    def fill(self, row: Any, form: Any) -> None:
        """Write the form's fields to the row; inside the transaction."""
        form.populate_obj(row)

    def _write(self, form: Any, row_id: int | None) -> Any:
        """One transaction: the row, its audit entry with what changed. None when the database refused."""
        try:
            with write_transaction():
                row = self.model() if row_id is None else self._locked(row_id)
                with db.session.no_autoflush:
                    self.fill(row, form)
                    if row_id is None:
                        db.session.add(row)
                    diff = _changes(row)
                db.session.flush()
                audit.record(
                    "create" if row_id is None else "edit",
                    self.model.__name__,
                    row.id,
                    staff=person(),
                    diff=diff,
                    ip=address(),
                )
                self.written(row, row_id is None)
                kept_words.forget()
            return row
        except WriteRefused as refused:
            flash(str(refused), "error")
            return None
        except IntegrityError:
            flash(_("Kode atau nama itu sudah dipakai. Pilih yang lain."), "error")
            return None

    def _locked(self, row_id: int) -> Any:
        """The row for writing, if it is still as the person saw it: of two who save at once, one is told."""
        db.session.scalars(
            select(self.model.id).where(self.model.id == row_id).with_for_update(key_share=True)
        ).one_or_none()
        row = self.get_one(row_id)
        if request.form.get("seen", "") != self.fingerprint(row):
            raise WriteRefused(str(CHANGED_MEANWHILE))
        if not self.row_allowed(row, "edit"):
            abort(403)
        return row

    def fingerprint(self, row: Any) -> str:
        """What the person saw: if it differs when the form comes back, somebody else was there."""
        return hashlib.sha256(repr((sorted(_values(row).items()), self.more_seen(row))).encode()).hexdigest()[:16]

    def more_seen(self, row: Any) -> list[Any]:
        """What the form shows beside the row's own columns, such as members or roles."""
        return []

    def written(self, row: Any, is_new: bool) -> None:
        """What else belongs to the same transaction, such as mails or ended sessions."""

    def _form_page(self, form: Any, row: Any) -> Any:
        status = 422 if request.method == "POST" else 200
        seen = self.fingerprint(row) if row is not None else ""
        return render_template(
            self.edit_template, view=self, form=form, row=row, seen=seen, **self.form_extras(row)
        ), status

    def form_extras(self, row: Any) -> dict[str, Any]:
        return {}

    def _is_as_seen(self, row: Any) -> bool:
        """The second of two people who edit one row is told instead of overwriting (security.md R1)."""
        if request.form.get("seen", "") == self.fingerprint(row):
            return True
        flash(str(CHANGED_MEANWHILE), "error")
        return False

    # -- export ------------------------------------------------------------------------------------------------
    @expose("/export/")
    def export_view(self) -> Any:
        """The list as CSV with its filter, streamed by key; a cell that a spreadsheet would run is quoted."""
        rows = list(db.session.scalars(self._found().order_by(self.model.id).limit(EXPORT_CAP)).unique())
        audit_export(self.name_key, len(rows))
        columns = self.export_columns or self.columns
        lines = _csv([str(c.label) for c in columns], ([plain(c.text(row)) for c in columns] for row in rows))
        name = f"{self.name_key}.csv"
        return Response(lines, mimetype="text/csv", headers={"Content-Disposition": f'attachment; filename="{name}"'})


def plain(value: Any) -> str:
    """A cell for a spreadsheet that never runs as a formula (security.md U7)."""
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _csv(head: list[str], rows: Iterator[list[str]]) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(head)
    writer.writerows(rows)
    return "\ufeff" + buffer.getvalue()


def person() -> Any:
    """The member of staff behind this request, as a plain object."""
    return current_user._get_current_object()


def address() -> str:
    return request.remote_addr or ""


def audit_denied(view: str, act: str) -> None:
    """A refused door is on record."""
    with write_transaction():
        audit.record("denied", view, act, staff=person(), ip=address())


def audit_export(view: str, count: int) -> None:
    with write_transaction():
        audit.record("export", view, "", staff=person(), diff={"rows": count}, ip=address())


def _values(row: Any) -> dict[str, Any]:
    return {c.key: _json(getattr(row, c.key)) for c in inspect(type(row)).column_attrs}


def _json(value: Any) -> Any:
    return value if isinstance(value, str | int | float | bool | list | dict | None) else str(value)


def _changes(row: Any) -> dict[str, Any]:
    """Column: [before, after] of what changed; secrets are masked by the audit."""
    found = {}
    for attribute in inspect(row).attrs:
        history = attribute.history
        if history.has_changes() and attribute.key in inspect(type(row)).column_attrs:
            found[attribute.key] = [_json(v) for v in ((history.deleted or [None])[0], (history.added or [None])[0])]
    return found
