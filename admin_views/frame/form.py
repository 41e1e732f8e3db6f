"""The pages of a view that write: new, edit, delete; each in one transaction with its audit row."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from sqlalchemy import UniqueConstraint, inspect, select
from sqlalchemy.exc import IntegrityError

from admin_views.frame import edit_conflict, lost_words
from admin_views.frame.list import ListPages
from admin_views.frame.reader import address, person
from admin_views.frame.view_facts import Kept, R
from models.base.columns.json_value import Json
from models.base.columns.shown import Shown
from models.base.db import db, write_transaction
from models.organisation import audit
from procedures.base.form_fields import StepForm


class WriteRefused(Exception):
    """What held when the form was checked holds no more; the text says so, nothing was written."""


class EditConflict(WriteRefused):
    """Somebody else saved the row after this person had opened it."""


class FormPages(ListPages[R]):
    """A part of HouseView, which names the form, the rows and the rights."""

    @expose("/new/", methods=("GET", "POST"))
    def create_view(self) -> ResponseReturnValue:
        form = self.form_for(None)
        if request.method == "POST" and self.checked(form, None):
            with_row = self._write(form, None)
            if with_row is not None:
                flash(_("Tersimpan."), "success")
                return redirect(self.href(with_row), 303)
        return self._form_page(form, None)

    @expose("/edit/", methods=("GET", "POST"))
    def edit_view(self) -> ResponseReturnValue:
        row = self.get_one(request.args.get("id"))
        if not self.row_allowed(row, "edit"):
            abort(403)
        form = self.form_for(row)
        if request.method == "POST" and self.is_as_seen(row) and self.checked(form, row):
            written = self._write(form, row.id)
            if written is not None:
                flash(_("Tersimpan."), "success")
                return redirect(self.href(written), 303)
        return self._form_page(form, row)

    @expose("/delete/", methods=("GET", "POST"))
    def delete_view(self) -> ResponseReturnValue:
        """A page that asks first; only its POST deletes."""
        row = self.get_one(request.args.get("id"))
        if not self.row_allowed(row, "delete"):
            abort(403)
        if request.method == "GET":
            return render_template(self.delete_template, view=self, row=row, facts=self.facts(row))
        try:
            with write_transaction():
                row = self.get_one(request.args.get("id"))
                audit.record("delete", self.model.__name__, row.id, staff=person(), diff=_values(row), ip=address())
                db.session.delete(row)
        except IntegrityError:
            flash(_("Masih dipakai di tempat lain, jadi tidak dapat dihapus. Ubah dulu yang memakainya."), "error")
            return redirect(self.href(row), 303)
        flash(_("Dihapus."), "success")
        return redirect(url_for(".index_view"), 303)

    def form_for(self, row: R | None) -> StepForm:
        if request.method == "POST":
            return self.form(request.form, obj=row)
        form = self.form(None, obj=row)
        lost_words.give_back(form)
        return form

    def checked(self, form: StepForm, row: R | None) -> bool:
        return bool(form.validate())

    def fill(self, row: R, form: StepForm) -> None:
        """Write the form's fields to the row; inside the transaction."""
        form.populate_obj(row)

    def _write(self, form: StepForm, row_id: int | None) -> R | None:
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
                lost_words.forget()
            return row
        except EditConflict:
            return None  # the page shows what changed
        except WriteRefused as refused:
            flash(str(refused), "error")
            return None
        except IntegrityError:
            if not self._say_taken(form, row_id):
                flash(_("Kode atau nama itu sudah dipakai. Pilih yang lain."), "error")
            return None

    def _say_taken(self, form: StepForm, row_id: int | None) -> bool:
        """Say at each field whose value may stand once that another row has it; False where none is found."""
        is_said = False
        for names in _stand_once(self.model):
            if not all(name in form and form[name].data not in (None, "") for name in names):
                continue
            same = [getattr(self.model, name) == form[name].data for name in names]
            others = select(self.model.id).where(*same, self.model.id != (row_id or 0)).limit(1)
            if db.session.scalar(others) is not None:
                words = _("“%(value)s” sudah dipakai di daftar ini. Tulis yang lain.", value=form[names[0]].data)
                form[names[0]].errors = [*form[names[0]].errors, words]
                is_said = True
        return is_said

    def _locked(self, row_id: int) -> R:
        """The row for writing, if it is still as the person saw it: of two who save at once, one is told."""
        db.session.scalars(
            select(self.model.id).where(self.model.id == row_id).with_for_update(key_share=True)
        ).one_or_none()
        row = self.get_one(row_id)
        if not self.is_as_seen(row):
            raise EditConflict
        if not self.row_allowed(row, "edit"):
            abort(403)
        return row

    def fingerprint(self, row: R) -> str:
        """What the person saw: if it differs when the form comes back, somebody else was there."""
        return hashlib.sha256(repr((sorted(_values(row).items()), self.more_seen(row))).encode()).hexdigest()[:16]

    def more_seen(self, row: R) -> Sequence[str | int]:
        """What the form shows beside the row's own columns, such as members or roles."""
        return []

    def written(self, row: R, is_new: bool) -> None:
        """What else belongs to the same transaction, such as mails or ended sessions."""

    def _form_page(self, form: StepForm, row: R | None) -> ResponseReturnValue:
        status = 422 if request.method == "POST" else 200
        seen, before, changes = "", "", None
        if row is not None:
            now = self.form(None, obj=row)
            if request.method == "POST" and not self.is_as_seen(row):
                status, changes = 409, edit_conflict.settle(form, now, row)
            seen, before = self.fingerprint(row), edit_conflict.as_seen(now)
        return render_template(
            self.edit_template,
            view=self,
            form=form,
            row=row,
            seen=seen,
            before=before,
            changes=changes,
            **self.form_extras(row),
        ), status

    def form_extras(self, row: R | None) -> dict[str, Shown]:
        return {}

    def is_as_seen(self, row: R) -> bool:
        """Is the row still as the person saw it? The second of two is shown the difference (security.md R1)."""
        return bool(request.form.get("seen", "") == self.fingerprint(row))


def _stand_once(model: type[Kept]) -> list[list[str]]:
    """The columns, alone or together, of which no two rows may have the same."""
    table = inspect(model).local_table
    rules = [rule for rule in table.constraints if isinstance(rule, UniqueConstraint)]
    indexes = [index for index in table.indexes if index.unique]
    return [[column.key for column in rule.columns] for rule in [*rules, *indexes]]


def _values(row: Kept) -> dict[str, Json]:
    return {c.key: _json(getattr(row, c.key)) for c in inspect(type(row)).column_attrs}


def _json(value: Any) -> Json:
    return value if isinstance(value, str | int | float | bool | list | dict | None) else str(value)


def _changes(row: Kept) -> dict[str, Any]:
    """Column: [before, after] of what changed; secrets are masked by the audit."""
    found = {}
    for attribute in inspect(row).attrs:
        history = attribute.history
        if history.has_changes() and attribute.key in inspect(type(row)).column_attrs:
            found[attribute.key] = [_json(v) for v in ((history.deleted or [None])[0], (history.added or [None])[0])]
    return found
