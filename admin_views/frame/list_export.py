"""A list as a file: short ones at once, long ones by the worker; columns and rows are the list's own.

Part of HouseView and the list that procedures/base/export_lists.py knows it by (decisions/06).
"""

from __future__ import annotations

import tempfile
from array import array
from collections.abc import Mapping, Sequence

from flask import Response, abort, flash, redirect, render_template, request, send_file
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy import UnaryExpression, func, inspect, select

from admin_views.frame.address_values import refuse_unknown
from admin_views.frame.columns import Column
from admin_views.frame.list import ListPages
from admin_views.frame.permissions import may
from admin_views.frame.reader import address, as_reader, audit_export, person
from admin_views.frame.view_facts import R
from gateways.files.table_writer import FORMATS, Line, write_table
from models.base.columns.json_value import Json
from models.base.db import UTCDateTime, db, write_transaction
from models.organisation import audit
from models.organisation.export import UNFINISHED, Export
from models.organisation.staff import Staff
from procedures.base.export_lists import AT_ONCE, ExportRefused, batches

MOST_ROWS = 50_000  # security.md D10
MOST_UNFINISHED = 5  # of one person
NOT_FILTERS = ("after", "before", "panel", "format")


class ExportPages(ListPages[R]):
    """A part of HouseView, which names the rows, the columns and the rights."""

    export_columns: Sequence[Column] = ()  # where a file says more than the list
    most_exported = MOST_ROWS

    @expose("/export/", methods=("GET", "POST"))
    def export_view(self) -> ResponseReturnValue:
        """GET gives a short list at once and offers the worker for a long one; only a POST leaves work behind."""
        refuse_unknown(request.args, {*self.known(), "format"})
        kind, filters = _format(), _filters()
        staff_id = person().id
        count = self.export_count(person(), filters, self.most_exported + 1)
        if request.method == "POST":
            return self._leave_to_the_worker(kind, filters, count)
        if count > AT_ONCE:
            return self._offer_the_worker(kind, filters, count)
        return self._at_once(kind, filters, staff_id)

    def _at_once(self, kind: str, filters: dict[str, str], staff_id: int) -> Response:
        file = tempfile.TemporaryFile()  # noqa: SIM115  # send_file closes it
        try:
            lines = batches(self.name_key, staff_id, filters, lambda _count: None)
            rows = write_table(kind, file, str(self.title), self.export_heads(), lines)
        except ExportRefused:
            abort(403)
        audit_export(self.name_key, rows)
        file.seek(0)
        name = f"{self.name_key}.{kind}"
        return send_file(file, mimetype=FORMATS[kind], as_attachment=True, download_name=name)

    def _offer_the_worker(self, kind: str, filters: dict[str, str], count: int) -> str:
        return render_template(
            "admin/frame/export_offer.html",
            view=self,
            kind=kind,
            filters=filters,
            words=self.export_words(filters),
            count=count,
            most=self.most_exported,
            back=self._address_of(filters),
        )

    def _leave_to_the_worker(self, kind: str, filters: dict[str, str], count: int) -> ResponseReturnValue:
        words, is_cut = self.export_words(filters), count > self.most_exported
        expected = min(count, self.most_exported)
        return leave_to_the_worker(self.name_key, str(self.title), words, kind, filters, expected, is_cut=is_cut)

    # -- what the worker asks ----------------------------------------------------------------------------------
    def may_export(self, staff: Staff) -> bool:
        return may(staff, self.name_key, "export")

    def exported_columns(self) -> Sequence[Column]:
        return self.export_columns or self.columns

    def export_heads(self) -> list[str]:
        known = inspect(self.model).columns
        times = {key for key, column in known.items() if isinstance(column.type, UTCDateTime)}
        return [f"{c.label} (WIB)" if c.key in times else str(c.label) for c in self.exported_columns()]

    def export_words(self, filters: Mapping[str, str]) -> str:
        """The filter as a person reads it."""
        said = [f"“{filters['search']}”"] if filters.get("search") else []
        for choice in self.filters:
            label = choice.words(filters.get(choice.key, ""))
            said += [f"{choice.label}: {label}"] if label else []
        return ", ".join(said)

    def export_count(self, staff: Staff, filters: Mapping[str, str], most: int) -> int:
        with as_reader(staff):
            found = self.found(filters).with_only_columns(self.model.id).order_by(None).limit(most).subquery()
        return int(db.session.scalar(select(func.count()).select_from(found)) or 0)

    def export_ids(self, staff: Staff, filters: Mapping[str, str], most: int) -> Sequence[int]:
        """Newest first where the list is, so that a cut file holds what matters most."""
        with as_reader(staff):
            query = self.found(filters).with_only_columns(self.model.id).order_by(None).order_by(self._by_id())
        return array("i", db.session.scalars(query.limit(most)))

    def export_lines(self, staff: Staff, ids: Sequence[int]) -> list[Line]:
        with as_reader(staff):
            query = self.with_shown(self.rows().where(self.model.id.in_(ids)).order_by(self._by_id()))
            columns = self.exported_columns()
            return [[c.exported(row) for c in columns] for row in db.session.scalars(query).unique()]

    def _by_id(self) -> UnaryExpression[int]:
        return self.model.id.desc() if self.newest_first else self.model.id.asc()


def leave_to_the_worker(
    key: str, title: str, words: str, kind: str, args: dict[str, str], expected: int, is_cut: bool = False
) -> ResponseReturnValue:
    """Ask the worker for this file, unless so many of this person's wait already; leads to where it will lie."""
    staff = person()
    with write_transaction():
        waiting = select(func.count()).where(Export.staff_id == staff.id, Export.state.in_(UNFINISHED))
        is_full = (db.session.scalar(waiting) or 0) >= MOST_UNFINISHED
        if not is_full:
            export = Export(
                staff_id=staff.id, view=key, title=title[:120], words=words, format=kind, language=str(get_locale()),
                args=args, expected=expected, is_cut=is_cut,
            )  # fmt: skip
            db.session.add(export)
            db.session.flush()
            diff: dict[str, Json] = {"format": kind, "rows": expected, "filter": words, "export": export.id}
            audit.record("export", key, export.id, staff=staff, diff=diff, ip=address())
    if is_full:
        sentence = _("%(n)s ekspor Anda masih disiapkan. Tunggu salah satunya selesai.", n=MOST_UNFINISHED)
        flash(sentence, "error")
    return redirect("/admin/export/", 303)


def _format() -> str:
    kind = request.args.get("format", "csv")
    if kind not in FORMATS:
        abort(400)
    return kind


def _filters() -> dict[str, str]:
    """The list's filters as they stand in the address; each is judged by the list itself."""
    return {key[:40]: value[:300] for key, value in list(request.args.items())[:40] if value and key not in NOT_FILTERS}
