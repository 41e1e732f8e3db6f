"""The price catalogue in the panel: a new price is a new row, and no RAB that has one changes with it (N5)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, SelectField, ValidationError
from wtforms.validators import Regexp

from admin_views.frame.import_pages import IMPORT_ACTS, ImportPages
from admin_views.frame.view import Choice, Column, HouseView, person
from models.base.rupiah import BadAmount, read_rupiah, rupiah
from models.installation.rab import SECTIONS, PriceItem
from procedures.base.date_fields import day_field
from procedures.base.form_fields import StepForm, line_field
from procedures.installation.import_prices import PriceImport
from web.dates import on_date


class PriceForm(StepForm):
    code = line_field(_l("Kode"), 30, Regexp(r"^[A-Za-z0-9._-]+$", message=_l("Hanya huruf, angka, titik, dan garis.")))
    description = line_field(_l("Uraian"), 200)
    section = SelectField(_l("Bagian"), choices=list(SECTIONS.items()))
    measure = line_field(_l("Satuan"), 20)
    price_rp = line_field(_l("Harga satuan (Rp)"), 30, render_kw={"inputmode": "numeric"})
    valid_from = day_field(_l("Berlaku sejak"))
    is_active = BooleanField(_l("Masih dipakai"), default=True)

    def validate_price_rp(self, field: Field) -> None:
        try:
            field.data = read_rupiah(str(field.data or ""))
        except BadAmount as bad:
            raise ValidationError(str(bad)) from bad


class PriceItemView(ImportPages, HouseView[PriceItem]):
    """/admin/price_item/"""

    name_key = "price_item"
    title = _l("Daftar harga")
    intro = _l("Harga baru adalah baris baru; RAB yang sudah ada tidak berubah.")
    empty = _l("Harga satuan yang ditambahkan dapat dipilih saat RAB disusun.")
    create_label = _l("Tambah harga")
    columns = [
        Column("code", _l("Kode")),
        Column("description", _l("Uraian"), is_link=True),
        Column("section", _l("Bagian"), cell=lambda row: SECTIONS[row.section]),
        Column("measure", _l("Satuan")),
        Column("price_rp", _l("Harga satuan"), cell=lambda row: rupiah(row.price_rp), css="pk-c-num"),
        Column("valid_from", _l("Berlaku sejak"), cell=lambda row: on_date(row.valid_from)),
        Column("is_active", _l("Masih dipakai")),
    ]
    searched = (PriceItem.code, PriceItem.description)
    filters = [Choice("section", _l("Bagian"), PriceItem.section, lambda: list(SECTIONS.items()))]
    order = (PriceItem.code,)
    form = PriceForm
    list_template = "admin/frame/list_with_import.html"
    more_acts = IMPORT_ACTS
    imports, import_title = PriceImport, _l("Impor daftar harga")

    def __init__(self) -> None:
        super().__init__(PriceItem)

    def fill(self, row: PriceItem, form: PriceForm) -> None:
        """Whose price it is stays on the row: they do not approve a RAB that uses it."""
        super().fill(row, form)
        row.set_by_id = person().id
