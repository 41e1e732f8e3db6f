"""My exports: the lists that this person asked for as files, how far each is, and the files."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, send_file
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from sqlalchemy import select

from admin_views.frame.page import ClosedView
from admin_views.frame.permissions import may
from admin_views.frame.reader import address, audit_denied, person
from gateways.files.export_files import ExportFileMissing, open_file
from gateways.files.table_writer import FORMATS
from models.base.columns.json_value import Json
from models.base.db import db, write_transaction
from models.organisation import audit
from models.organisation.export import ZIP, Export

SHOWN = 50
KINDS = {**FORMATS, ZIP: "application/zip"}


class MyExports(ClosedView):
    """/admin/export/"""

    name_key = "export"
    acts = {"index": "list", "file": "file"}

    def __init__(self) -> None:
        super().__init__(name="Ekspor saya", endpoint="export", url="/admin/export")

    @expose("/")
    def index(self) -> ResponseReturnValue:
        query = select(Export).where(Export.staff_id == person().id).order_by(Export.id.desc()).limit(SHOWN)
        exports = list(db.session.scalars(query))
        return render_template("admin/exports.html", view=self, exports=exports)

    @expose("/file/<int:pk>")
    def file(self, pk: int) -> ResponseReturnValue:
        """The file, for whoever asked for it alone, as long as they may export that list."""
        query = select(Export).where(Export.id == pk, Export.staff_id == person().id)
        export = db.session.scalars(query).one_or_none() if pk < 2**31 else None
        if export is None or not export.is_ready:
            abort(404)
        if not may(person(), export.view, "export"):
            audit_denied(export.view, "export")
            abort(403)
        try:
            stream = open_file(export.file)
        except ExportFileMissing:
            flash(_("Berkas ekspor ini tidak ada lagi di penyimpanan. Minta ekspornya sekali lagi."), "error")
            return redirect("/admin/export/", 303)
        name, kind = export.file_name, KINDS[export.format]
        diff: dict[str, Json] = {"view": export.view, "rows": export.rows}
        with write_transaction():
            audit.record("export_download", "Export", pk, staff=person(), diff=diff, ip=address())
        return send_file(stream, mimetype=kind, as_attachment=True, download_name=name)
