"""The import of a register from a file, in the browser: upload, what each line would do, and the press that saves it.

Between the presses the file lies on the preview shelf; the page carries its hash and the seal of what it showed.
"""

from __future__ import annotations

import io
from typing import BinaryIO

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _

from admin_views.frame.reader import address, audit_export, person
from gateways.files.file_store import FileDamaged, FileMissing, UploadRefused
from gateways.files.import_files import MOST_PREVIEWED_BYTES, preview_shelf
from gateways.files.import_table import TableRefused
from gateways.files.table_writer import table_bytes
from models.base.wording import Words
from procedures.base.table_import import ImportPlan, LineOutcome, PlanChanged, RegisterImport, planned, take_in

SHOWN = 300
"""So many lines are shown of each kind of outcome; the file of results holds all."""

IMPORT_ACTS = {"import_view": "import", "import_sample": "import"}


class ImportPages:
    """A part of a HouseView, which names the register and the title."""

    name_key: str
    imports: type[RegisterImport]
    import_title: Words = ""

    @expose("/import/", methods=("GET", "POST"))
    def import_view(self) -> ResponseReturnValue:
        """A file is looked at first; only a second press saves, and only what was shown."""
        if request.method == "GET":
            return self._import_page()
        try:
            file, name = self._sent()
            with file:
                return self._answer(file, name)
        except TableRefused as refused:
            return self._import_page(refused.sentence), 422

    def _answer(self, file: BinaryIO, name: str) -> ResponseReturnValue:
        asked, seal = request.form.get("do", ""), request.form.get("seal", "")
        if asked == "save":
            return self._saved(file, name, seal)
        plan = planned(self.imports(), file)
        if asked == "lines":
            return self._results(plan)
        kept = request.form.get("kept", "") or self._kept(file, name)
        return self._preview(plan, kept, name), 200 if plan.taken else 422

    def _saved(self, file: BinaryIO, name: str, seal: str) -> ResponseReturnValue:
        try:
            plan = take_in(self.imports(), file, seal=seal, by=person(), ip=address(), file=name)
        except PlanChanged as changed:
            if not changed.plan.to_write:
                flash(_("Semua isi berkas ini sudah ada di daftar; tidak ada yang diubah lagi."), "success")
                return redirect(url_for(".index_view"), 303)
            said = _("Daftarnya berubah sejak Anda memeriksanya, jadi belum ada yang disimpan. Periksa sekali lagi.")
            return self._preview(changed.plan, request.form.get("kept", ""), name, said), 409
        flash(plan.in_words, "success")
        return redirect(url_for(".index_view"), 303)

    # --- the file, of the first press or of a later one

    def _sent(self) -> tuple[BinaryIO, str]:
        upload = request.files.get("file")
        if upload is not None and upload.filename:
            data = upload.stream.read(MOST_PREVIEWED_BYTES + 1)
            if len(data) > MOST_PREVIEWED_BYTES:
                most = MOST_PREVIEWED_BYTES // 1024**2
                raise TableRefused(_("Berkas ini lebih dari %(most)d MB. Bagi menjadi beberapa berkas.", most=most))
            return io.BytesIO(data), upload.filename[-120:]
        if not request.form.get("kept"):
            raise TableRefused(_("Pilih berkasnya dahulu."))
        try:
            return preview_shelf().open(request.form["kept"]), request.form.get("name", "")[-120:]
        except (FileMissing, FileDamaged):
            raise TableRefused(_("Berkasnya sudah tidak tersimpan. Unggah sekali lagi.")) from None

    @staticmethod
    def _kept(file: BinaryIO, name: str) -> str:
        file.seek(0)
        try:
            return preview_shelf().store_published(file, name, MOST_PREVIEWED_BYTES).sha256
        except UploadRefused as refused:
            raise TableRefused(str(refused)) from None

    # --- pages and files

    def _import_page(self, sentence: str = "") -> str:
        return render_template(
            "admin/frame/import.html",
            view=self,
            columns=[(self.imports.labels[c.name], self.imports.hints.get(c.name)) for c in self.imports.columns],
            sentence=sentence,
            megabytes=MOST_PREVIEWED_BYTES // 1024**2,
        )

    def _preview(self, plan: ImportPlan, kept: str, name: str, said: str = "") -> str:
        by_outcome = {outcome: [line for line in plan.lines if line.outcome is outcome] for outcome in LineOutcome}
        return render_template(
            "admin/frame/import_preview.html",
            view=self,
            plan=plan,
            kept=kept,
            name=name,
            said=said,
            refused=by_outcome[LineOutcome.REFUSED][:SHOWN],
            written=[line for line in plan.lines if line.is_written][:SHOWN],
            same=[line.number for line in by_outcome[LineOutcome.SAME]],
            warned=sum(bool(line.warnings) for line in plan.lines if not line.problems),
            labels=self.imports.labels,
        )

    def _results(self, plan: ImportPlan) -> Response:
        """What every line would do, as a file."""
        audit_export(f"{self.name_key}_import", len(plan.lines))
        labels = self.imports.labels
        lines = [
            (
                line.number,
                line.name,
                str(line.outcome.label),
                "; ".join(f"{labels[key]}: {was or '—'} → {now or '—'}" for key, (was, now) in line.changes.items()),
                " ".join([*line.problems, *line.warnings]),
            )
            for line in plan.lines
        ]
        heads = (_("Baris"), _("Nama"), _("Hasil"), _("Perubahan"), _("Alasan dan peringatan"))
        return _file(f"impor-{self.name_key}-hasil", table_bytes("csv", "impor", heads, lines))

    @expose("/import/sample.csv")
    def import_sample(self) -> ResponseReturnValue:
        """The columns with one line that shows how they are filled."""
        heads = [str(self.imports.labels[column.name]) for column in self.imports.columns]
        return _file(f"contoh-{self.name_key}", table_bytes("csv", "contoh", heads, [self.imports.example]))


def _file(name: str, data: bytes) -> Response:
    return Response(data, mimetype="text/csv", headers={"Content-Disposition": f'attachment; filename="{name}.csv"'})
