"""The register of rules for known senders, which the operator keeps from the inbox."""

from __future__ import annotations

import re

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from wtforms import BooleanField, Field, SelectField, ValidationError

from admin_views.frame.view import Column, HouseView
from models.base.columns.shown import Shown
from models.base.db import db
from models.base.mail_address import BadMail, read_mail
from models.base.wording import Words
from models.base.written import clean_line
from models.organisation.unit import Unit
from models.tickets.category import Category
from models.tickets.mailing.sender_rule import ACTS, SenderRule
from procedures.base.form_fields import StepForm, line_field
from web.dates import on_date_at

_DOMAIN = re.compile(r"@(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")


class SenderRuleForm(StepForm):
    sender = line_field(
        _l("Pengirim"), 254, description=_l("Alamat lengkap, atau @domain untuk semua alamat di domain itu.")
    )
    act = SelectField(_l("Surat barunya"), choices=list(ACTS.items()), default="propose")
    category_id = SelectField(_l("Jenis masalah"), coerce=int)
    unit_id = SelectField(_l("Unit"), coerce=int)
    note = line_field(_l("Alasan"), 200, needed=False)
    is_active = BooleanField(_l("Dipakai"), default=True)

    def prepare(self) -> None:
        super().prepare()
        kinds = select(Category.id, Category.name).where(Category.is_active).order_by(Category.position, Category.name)
        units = select(Unit.id, Unit.name).where(Unit.is_active).order_by(Unit.name)
        self.category_id.choices = [(0, "—"), *((i, name) for i, name in db.session.execute(kinds).tuples())]
        self.unit_id.choices = [(0, "—"), *((i, name) for i, name in db.session.execute(units).tuples())]

    def validate_sender(self, field: Field) -> None:
        typed = clean_line(field.data or "").lower()
        if typed.startswith("@"):
            if not _DOMAIN.fullmatch(typed):
                raise ValidationError(_("Tulis domain seperti @bunghatta.ac.id."))
            field.data = typed
            return
        try:
            field.data = read_mail(typed)
        except BadMail as bad:
            raise ValidationError(str(bad)) from bad

    def validate_category_id(self, field: Field) -> None:
        if self.act.data in ("open", "propose") and not field.data:
            raise ValidationError(_("Pilih jenis masalahnya."))


class SenderRuleView(HouseView[SenderRule]):
    """/admin/sender_rule/"""

    name_key = "sender_rule"
    title = _l("Aturan pengirim")
    intro = _l("Berlaku untuk surat baru saja; jawaban pada tiket tidak pernah disentuh aturan.")
    empty = _l("Aturan dibuat di sini, atau dari surat di kotak masuk.")
    create_label = _l("Tambah aturan")
    columns = [
        Column("sender", _l("Pengirim"), is_link=True),
        Column("act", _l("Surat barunya"), cell=lambda r: ACTS[r.act]),
        Column("category_id", _l("Jenis masalah"), cell=lambda r: r.category.name if r.category else ""),
        Column("unit_id", _l("Unit"), cell=lambda r: r.unit.name if r.unit else ""),
        Column("used", _l("Surat"), css="pk-right"),
        Column("used_at", _l("Terakhir dipakai"), cell=lambda r: on_date_at(r.used_at) if r.used_at else ""),
        Column("is_active", _l("Dipakai")),
    ]
    searched = (SenderRule.sender, SenderRule.note)
    order = (SenderRule.sender,)
    shows = (SenderRule.category, SenderRule.unit)
    form = SenderRuleForm

    def __init__(self) -> None:
        super().__init__(SenderRule)

    def form_for(self, row: SenderRule | None) -> StepForm:
        """A new rule begins with the sender of the mail from which it is made."""
        form = super().form_for(row)
        if row is None and request.method == "GET" and not form.sender.data:
            form.sender.data = request.args.get("sender", "")[:254]
        return form

    def fill(self, row: SenderRule, form: SenderRuleForm) -> None:
        row.sender, row.act, row.note = form.sender.data, form.act.data, form.note.data or ""
        row.category_id, row.unit_id = form.category_id.data or None, form.unit_id.data or None
        row.is_active = form.is_active.data

    def facts(self, row: SenderRule) -> list[tuple[Words, Shown]]:
        return [*super().facts(row), (_l("Alasan"), row.note)]
