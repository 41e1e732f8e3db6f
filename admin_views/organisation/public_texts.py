"""The registers of the public pages' texts and downloads."""

from __future__ import annotations

from flask import abort, g, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FileField

from admin_views.frame.view import Column, HouseView
from documents.markdown_text import as_html
from gateways.files.file_store import UploadRefused
from gateways.files.uploads import store
from models.base.columns.shown import Shown
from models.base.page import Download, Page
from models.base.periods.privacy_notice import SLUG, keep_notice
from models.base.wording import Words, file_size
from procedures.base.count_field import CountField
from procedures.base.form_fields import Matching, StepForm, line_field, text_field

LINK = Matching(
    r"^https?://[^\s<>\"']{3,290}$", message=_l("Tulis alamat lengkap yang dimulai dengan https:// atau http://")
)
MOST_PUBLISHED = 500 * 1024 * 1024


class PageForm(StepForm):
    title = line_field(_l("Judul"), 160)
    text = text_field(
        _l("Isi (Markdown)"),
        50_000,
        needed=False,
        description=_l("Judul dengan ##, daftar dengan -, tautan [teks](https://…)."),
    )
    title_en = line_field(_l("Judul dalam bahasa Inggris"), 160, needed=False)
    text_en = text_field(_l("Isi dalam bahasa Inggris (Markdown)"), 50_000, needed=False)
    link = line_field(_l("Tautan utama"), 300, LINK, needed=False)
    link_label = line_field(_l("Tulisan tautan"), 120, needed=False)


class PageView(HouseView[Page]):
    name_key = "page"
    title = _l("Halaman publik")
    columns = [
        Column("title", _l("Judul"), is_link=True),
        Column("slug", _l("Alamat")),
        Column("link", _l("Tautan utama")),
    ]
    searched = (Page.title, Page.text)
    order = (Page.slug,)
    form = PageForm
    details_template = "admin/organisation/page.html"

    def __init__(self) -> None:
        super().__init__(Page)

    # The pages are fixed by the site, only their words change: there is no address for a new one.
    def create_view(self) -> ResponseReturnValue:
        abort(404)

    def may(self, act: str) -> bool:
        return act != "create" and super().may(act)

    def written(self, row: Page, is_new: bool) -> None:
        if row.slug == SLUG:
            keep_notice()

    def details_extras(self, row: Page) -> dict[str, Shown]:
        return {"preview": as_html(row.text), "preview_en": as_html(row.text_en)}


class DownloadForm(StepForm):
    title = line_field(_l("Judul"), 160)
    description = text_field(_l("Keterangan"), 2_000, needed=False)
    version = line_field(_l("Versi"), 40, needed=False)
    licence = line_field(_l("Lisensi"), 80, needed=False)
    link = line_field(_l("Tautan ke tempat lain"), 300, LINK, needed=False)
    file = FileField(_l("Atau berkas sendiri"), render_kw={"accept": "*/*"})
    position = CountField(_l("Urutan"), 0, 9999, default=100)
    is_published = BooleanField(_l("Ditampilkan"), default=True)


class DownloadView(HouseView[Download]):
    name_key = "download"
    title = _l("Unduhan")
    empty = _l("Panduan dan perangkat lunak yang ditambahkan tampil di halaman unduhan.")
    create_label = _l("Tambah unduhan")
    columns = [
        Column("title", _l("Judul"), is_link=True),
        Column("version", _l("Versi")),
        Column("size", _l("Ukuran"), cell=lambda d: file_size(d.size) if d.size else "", css="pk-right"),
        Column("link", _l("Tautan")),
        Column("is_published", _l("Ditampilkan")),
    ]
    searched = (Download.title, Download.description)
    order = (Download.position,)
    form = DownloadForm

    def __init__(self) -> None:
        super().__init__(Download)

    def facts(self, row: Download) -> list[tuple[Words, Shown]]:
        return [
            *super().facts(row),
            (_l("Keterangan"), row.description),
            (_l("Lisensi"), row.licence),
            (_l("Berkas"), row.file_name),
            ("SHA-256", row.sha256),
        ]

    def checked(self, form: DownloadForm, row: Download | None) -> bool:
        if not form.validate():
            return False
        upload = request.files.get("file")
        g.stored = None
        if upload and upload.filename:
            try:
                g.stored = store().store_published(upload.stream, upload.filename, MOST_PUBLISHED)
            except UploadRefused as refused:
                form.file.errors = [str(refused)]
                return False
        elif not form.link.data and not (row and row.sha256):
            form.link.errors = [_("Isi tautan atau pilih berkas.")]
            return False
        return True

    def fill(self, row: Download, form: DownloadForm) -> None:
        for name in ("title", "description", "version", "licence", "link"):
            setattr(row, name, form[name].data or "")
        row.position, row.is_published = form.position.data or 0, form.is_published.data
        if (stored := g.get("stored")) is not None:
            row.sha256, row.file_name, row.size = stored.sha256, stored.name, stored.size
            row.content_type, row.link = stored.content_type, ""
