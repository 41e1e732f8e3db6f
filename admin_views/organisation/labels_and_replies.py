"""The registers of labels and of ready replies, which the workbench offers."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from wtforms import BooleanField, Field, Form, SelectField, ValidationError

from admin_views.frame.view import Column, HouseView
from admin_views.organisation.organisation import group_choices
from models.base.columns.shown import Shown
from models.base.db import db
from models.base.wording import Words
from models.tickets.canned_reply import GAPS, CannedReply, unknown_gaps
from models.tickets.category import Category
from models.tickets.label import Label, Tone
from procedures.base.form_fields import StepForm, line_field, text_field
from procedures.engine import catalog

GAP_NAMES = ", ".join(f"{{{name}}}" for name in GAPS)


class LabelRegisterForm(StepForm):
    name = line_field(_l("Nama"), 40)
    tone = SelectField(_l("Warna"), choices=[(tone.value, tone.label) for tone in Tone])
    is_active = BooleanField(_l("Dipakai"), default=True)


class LabelView(HouseView[Label]):
    """/admin/label/"""

    name_key = "label"
    title = _l("Label")
    intro = _l("Kata pendek untuk memilah tiket. Pemohon tidak melihatnya. Yang tidak dipakai lagi tetap terbaca.")
    empty = _l("Belum ada label. Tambahkan kata yang dipakai bersama, misalnya “Menunggu suku cadang”.")
    create_label = _l("Tambah label")
    columns = [
        Column("name", _l("Nama"), is_link=True),
        Column("tone", _l("Warna"), cell=lambda row: Tone(row.tone).label),
        Column("is_active", _l("Dipakai")),
    ]
    searched = (Label.name,)
    order = (Label.name,)
    form = LabelRegisterForm

    def __init__(self) -> None:
        super().__init__(Label)


def knows_its_gaps(_form: Form, field: Field) -> None:
    """Only the named gaps are filled in (security.md U9)."""
    if unknown := unknown_gaps(field.data or ""):
        raise ValidationError(
            _l(
                "Tidak dikenal: %(unknown)s. Yang dapat dipakai: %(known)s.",
                unknown=", ".join(f"{{{name}}}" for name in unknown),
                known=GAP_NAMES,
            )
        )


class CannedReplyForm(StepForm):
    title = line_field(_l("Judul"), 80)
    text = text_field(_l("Isi dalam bahasa Indonesia"), 5_000)
    text_en = text_field(_l("Isi dalam bahasa Inggris"), 5_000, needed=False)
    procedure = SelectField(_l("Prosedur"))
    category_id = SelectField(_l("Jenis masalah"), coerce=int, default=0)
    group_id = SelectField(_l("Kelompok"), coerce=int, default=0)
    is_active = BooleanField(_l("Ditawarkan"), default=True)

    def prepare(self) -> None:
        super().prepare()
        categories = db.session.execute(
            select(Category.id, Category.name).where(Category.is_active).order_by(Category.name)
        )
        self.procedure.choices = [("", _l("Semua")), *((p.key, p.title) for p in catalog.PROCEDURES.values())]
        self.category_id.choices = [(0, _l("Semua")), *((i, n) for i, n in categories)]
        self.group_id.choices = [(0, _l("Semua")), *group_choices()]
        self.text.description = self.text_en.description = _l(
            "Terisi sendiri saat dipakai: %(known)s.", known="; ".join(f"{{{k}}} {v}" for k, v in GAPS.items())
        )

    def validate_text(self, field: Field) -> None:
        knows_its_gaps(self, field)

    validate_text_en = validate_text


class CannedReplyView(HouseView[CannedReply]):
    """/admin/canned_reply/"""

    name_key = "canned_reply"
    title = _l("Balasan siap pakai")
    intro = _l("Kata untuk pertanyaan yang sering datang. Petugas memilihnya di meja tiket, membacanya, lalu mengirim.")
    empty = _l("Belum ada balasan siap pakai. Tambahkan jawaban yang sering Anda tulis.")
    create_label = _l("Tambah balasan")
    columns = [
        Column("title", _l("Judul"), is_link=True),
        Column("text", _l("Isi")),
        Column("procedure", _l("Prosedur"), cell=lambda row: _procedure_title(row.procedure)),
        Column("category", _l("Jenis masalah"), cell=lambda row: row.category or _l("Semua")),
        Column("group", _l("Kelompok"), cell=lambda row: row.group or _l("Semua")),
        Column("is_active", _l("Ditawarkan")),
    ]
    searched = (CannedReply.title, CannedReply.text)
    order = (CannedReply.title,)
    shows = (CannedReply.category, CannedReply.group)
    form = CannedReplyForm

    def __init__(self) -> None:
        super().__init__(CannedReply)

    def facts(self, row: CannedReply) -> list[tuple[Words, Shown]]:
        return [*super().facts(row), (_l("Isi dalam bahasa Inggris"), row.text_en or "—")]

    def fill(self, row: CannedReply, form: CannedReplyForm) -> None:
        row.title, row.text, row.text_en = form.title.data, form.text.data, form.text_en.data or ""
        row.procedure, row.is_active = form.procedure.data, form.is_active.data
        row.category_id, row.group_id = form.category_id.data or None, form.group_id.data or None


def _procedure_title(key: str) -> Words:
    return catalog.get(key).title if key in catalog.PROCEDURES else _l("Semua")


WORD_VIEWS = (LabelView, CannedReplyView)
