"""The institution's emblem in the head of documents: shown, replaced, taken away; issued documents keep theirs."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, send_file
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _

from admin_views.frame.page import ClosedView
from admin_views.frame.view import address, person
from gateways.files.file_store import FileDamaged, FileMissing, StoredFile, UploadRefused
from gateways.files.uploads import store
from models.base.db import db, write_transaction
from models.organisation import audit
from models.organisation.emblem import Emblem, emblem_in_force


class EmblemView(ClosedView):
    """/admin/emblem/"""

    name_key = "setting"
    acts = {"index": "list", "picture": "list", "save": "edit"}

    def __init__(self) -> None:
        super().__init__(name="Lambang", endpoint="emblem", url="/admin/emblem")

    @expose("/")
    def index(self) -> ResponseReturnValue:
        return self._page()

    @expose("/picture")
    def picture(self) -> ResponseReturnValue:
        """The emblem in force, as it is kept."""
        emblem = emblem_in_force()
        if emblem is None:
            abort(404)
        try:
            stream = store().open(emblem.sha256)
        except (FileMissing, FileDamaged):
            abort(404)
        answer = send_file(stream, mimetype=emblem.content_type)
        answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
        return answer

    @expose("/save/", methods=("POST",))
    def save(self) -> ResponseReturnValue:
        """A new emblem from now on, or none."""
        if request.form.get("do") == "remove":
            self._put(StoredFile("", 0, "", "", False))
            flash(_("Dokumen berikutnya terbit tanpa lambang."), "success")
            return redirect("/admin/emblem/", 303)
        upload = request.files.get("file")
        if upload is None or not upload.filename:
            return self._page(_("Pilih gambar lambang lebih dahulu.")), 422
        try:
            kept = store().store(upload.stream, upload.filename)
        except UploadRefused as refused:
            return self._page(str(refused)), 422
        if not kept.inline:
            return self._page(_("Lambang harus berupa gambar, misalnya PNG.")), 422
        self._put(kept)
        flash(_("Lambang tersimpan; dokumen berikutnya memakainya."), "success")
        return redirect("/admin/emblem/", 303)

    def _put(self, kept: StoredFile) -> None:
        with write_transaction():
            before = emblem_in_force()
            diff = {"name": [before.name if before else "", kept.name]}
            row = Emblem(sha256=kept.sha256, name=kept.name, content_type=kept.content_type, set_by_id=person().id)
            db.session.add(row)
            audit.record("emblem", "Emblem", "", staff=person(), ip=address(), diff=diff)

    def _page(self, fault: str = "") -> str:
        emblem = emblem_in_force()
        return render_template("admin/organisation/emblem.html", view=self, emblem=emblem, fault=fault)
