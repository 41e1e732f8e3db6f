"""The import of people from a file, in the browser: upload, preview, confirm, progress, result.

The worker does the reading. The page follows without a script (it loads itself again); the script only saves that.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flask import Response, abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from admin_views.frame.page import ClosedView
from admin_views.frame.view import address, audit_export, person
from gateways.files.import_files import MOST_BYTES
from gateways.files.import_table import TableRefused
from gateways.files.table_writer import Line, table_bytes
from models.accounts.people_import import PeopleImport, PeopleImportLine, lines_of
from models.base.db import db
from procedures.accounts import people_intake
from procedures.accounts.people_preview import LABELS, words

SHOWN_LINES, SHOWN_IMPORTS = 20, 20


class PeopleImportView(ClosedView):
    name_key = "people_import"
    acts = {
        "index": "list",
        "upload": "import",
        "job": "list",
        "confirm": "import",
        "cancel": "import",
        "lines": "list",
        "template": "list",
    }

    def __init__(self) -> None:
        super().__init__(name=_l("Impor orang"), endpoint="people_import", url="/admin/people_import")

    @expose("/")
    def index(self) -> ResponseReturnValue:
        return self._start()

    def _start(self, sentence: str = "") -> ResponseReturnValue:
        query = select(PeopleImport).options(joinedload(PeopleImport.made_by)).order_by(PeopleImport.id.desc())
        page = render_template(
            "admin/accounts/people_import.html",
            view=self,
            sentence=sentence,
            earlier=list(db.session.scalars(query.limit(SHOWN_IMPORTS)).unique()),
            megabytes=MOST_BYTES // 1024**2,
        )
        return page, 422 if sentence else 200

    @expose("/upload", methods=("POST",))
    def upload(self) -> ResponseReturnValue:
        """A file that is no table with these columns is refused at once, with what to do."""
        file = request.files.get("file")
        if file is None or not file.filename:
            return self._start(_("Pilih berkasnya dahulu."))
        try:
            row = people_intake.accept(file.stream.read(MOST_BYTES + 1), file.filename, person(), address())
        except TableRefused as refused:
            db.session.rollback()
            return self._start(refused.sentence)
        return redirect(f"/admin/people_import/job/{row.id}", 303)

    @expose("/job/<int:pk>")
    def job(self, pk: int) -> ResponseReturnValue:
        """Where one file stands: progress, preview or result."""
        row = _import(pk)
        return render_template(
            "admin/accounts/people_import_job.html",
            view=self,
            row=row,
            state=row.import_state,
            refused=lines_of(pk, True, most=SHOWN_LINES),
            warned=lines_of(pk, False, most=SHOWN_LINES),
            labels=LABELS,
            words=words,
        )

    @expose("/confirm/<int:pk>", methods=("POST",))
    def confirm(self, pk: int) -> ResponseReturnValue:
        if not people_intake.confirm(_import(pk).id, person(), address()):
            flash(_("Impor ini tidak sedang menunggu persetujuan. Lihat keadaannya sekarang."), "error")
        return redirect(f"/admin/people_import/job/{pk}", 303)

    @expose("/cancel/<int:pk>", methods=("POST",))
    def cancel(self, pk: int) -> ResponseReturnValue:
        if people_intake.cancel(_import(pk).id, person(), address()):
            flash(_("Impor dibatalkan; tidak ada yang berubah di register."), "success")
        else:
            flash(_("Impor ini sudah berjalan atau selesai, jadi tidak dapat dibatalkan."), "error")
        return redirect(f"/admin/people_import/job/{pk}", 303)

    @expose("/lines/<int:pk>.csv")
    def lines(self, pk: int) -> ResponseReturnValue:
        """Every refused line, then every warning, with its number in the file and the reason."""
        row = _import(pk)
        audit_export("people_import", row.refused + row.warned)
        results = ((True, _("Ditolak")), (False, _("Masuk, dengan peringatan")))
        lines = [(one.line, one.number, result, one.sentence) for kind, result in results for one in _all(pk, kind)]
        return _file(f"impor-{pk}-ditolak", (_("Baris"), _("Nomor"), _("Hasil"), _("Alasan")), lines)

    @expose("/template.csv")
    def template(self) -> ResponseReturnValue:
        """An empty file with the columns, and one line that shows how they are filled."""
        heads = ("Nomor", "Nama", "Jenis", "Unit", "Status", "Email", "Telepon")
        example = ("2010011110023", "Andi Saputra", "mahasiswa", "FEB", "aktif", "andi@surat.example", "0812-1111-2222")
        return _file("contoh-orang", heads, [example])


def _import(pk: int) -> PeopleImport:
    row = db.session.get(PeopleImport, pk) if pk < 2**31 else None
    return row if row is not None else abort(404)


def _file(name: str, heads: Sequence[str], lines: Sequence[Line]) -> Response:
    data = table_bytes("csv", name, heads, lines)
    return Response(data, mimetype="text/csv", headers={"Content-Disposition": f'attachment; filename="{name}.csv"'})


def _all(pk: int, is_refused: bool) -> Iterator[PeopleImportLine]:
    after = 0
    while page := lines_of(pk, is_refused, after):
        yield from page
        after = page[-1].id
        db.session.expunge_all()
