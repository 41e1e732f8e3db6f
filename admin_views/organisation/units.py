"""The registers of units (a tree) and of their contacts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from wtforms import BooleanField, SelectField
from wtforms.validators import Regexp

from admin_views.frame.import_pages import IMPORT_ACTS, ImportPages
from admin_views.frame.unit_filter import UnitFilter, suggested_units
from admin_views.frame.view import Choice, Column, HouseView, person
from models.base.columns.shown import Shown
from models.base.db import db
from models.base.wording import Words
from models.organisation.contact_change import FIELD_WORDS, Holder
from models.organisation.unit import CONTACT_KINDS, UNIT_KINDS, Contact, Unit, is_below
from procedures.base.form_fields import StepForm, email_field, line_field, phone_field, required
from procedures.organisation.contact_changes import in_words, note_change, note_new, waiting_words
from procedures.organisation.import_contacts import LANGUAGES, ContactImport
from procedures.organisation.import_units import UnitImport


def unit_choices() -> list[tuple[int, str]]:
    return [(i, n) for i, n in db.session.execute(select(Unit.id, Unit.name).where(Unit.is_active).order_by(Unit.name))]


def contact_of(row: Any) -> dict[str, str]:
    """By what somebody is known and reached; a change of it is told to the old address (security.md I6)."""
    return {key: getattr(row, key) or "" for key in FIELD_WORDS if hasattr(row, key)}


def say_waiting(until: datetime | None, old_address: str) -> None:
    """Beside the saved form: who hears of it at the old address, where there was one, and until when links wait."""
    if until is not None:
        told = _("Alamat lama, %(address)s, dikabari lewat email.", address=old_address) if old_address else ""
        flash(f"{told} {waiting_words(until)}".strip(), "warning")


class UnitForm(StepForm):
    code = line_field(_l("Kode"), 20, Regexp(r"^[A-Za-z0-9._-]+$", message=_l("Hanya huruf, angka, titik, dan garis.")))
    name = line_field(_l("Nama"), 160)
    kind = SelectField(_l("Jenis"), choices=list(UNIT_KINDS.items()))
    parent_id = SelectField(_l("Unit induk"), coerce=int)
    building = line_field(_l("Gedung atau kampus"), 160, needed=False)
    email = email_field(_l("Email unit"), needed=False)
    is_active = BooleanField(_l("Masih ada"), default=True)

    def prepare(self) -> None:
        super().prepare()
        self.parent_id.choices = [(0, "—"), *unit_choices()]


class UnitView(ImportPages, HouseView[Unit]):
    name_key = "unit"
    title = _l("Unit")
    empty = _l("Tambahkan unit, atau impor semuanya dari berkas.")
    create_label = _l("Tambah unit")
    columns = [
        Column("code", _l("Kode")),
        Column("name", _l("Nama"), is_link=True),
        Column("kind_label", _l("Jenis")),
        Column("parent", _l("Induk")),
        Column("building", _l("Gedung atau kampus")),
        Column("is_active", _l("Masih ada")),
    ]
    export_columns = [
        *columns,
        Column("parent_code", _l("Kode induk"), cell=lambda row: row.parent.code if row.parent else ""),
        Column("email", _l("Email unit")),
    ]
    searched = (Unit.code, Unit.name, Unit.building)
    filters = [
        Choice("kind", _l("Jenis"), Unit.kind, lambda: list(UNIT_KINDS.items())),
        UnitFilter("parent", _l("Induk"), Unit.parent_id, suggested_units),
    ]
    order = (Unit.name,)
    shows = (Unit.parent,)
    form = UnitForm
    list_template = "admin/frame/list_with_import.html"
    details_template = "admin/organisation/unit.html"
    more_acts = IMPORT_ACTS
    imports, import_title = UnitImport, _l("Impor unit")

    def __init__(self) -> None:
        super().__init__(Unit)

    def checked(self, form: UnitForm, row: Unit | None) -> bool:
        if not form.validate():
            return False
        if row is not None and form.parent_id.data and is_below(row.id, form.parent_id.data):
            form.parent_id.errors = [_("Unit ini akan menjadi induknya sendiri. Pilih induk yang lain.")]
            return False
        return True

    def fill(self, row: Unit, form: UnitForm) -> None:
        form.populate_obj(row)
        row.parent_id = form.parent_id.data or None

    def details_extras(self, row: Unit) -> dict[str, Shown]:
        contacts = db.session.scalars(
            select(Contact).where(Contact.unit_id == row.id).order_by(Contact.kind, Contact.name).limit(100)
        )
        children = db.session.scalars(select(Unit).where(Unit.parent_id == row.id).order_by(Unit.name).limit(100))
        return {"contacts": list(contacts), "children": list(children)}


class ContactForm(StepForm):
    unit_id = SelectField(_l("Unit"), coerce=int, validators=[required(_l("Pilih unit."))])
    name = line_field(_l("Nama"), 120)
    position = line_field(_l("Jabatan"), 120, needed=False)
    kind = SelectField(_l("Peran"), choices=list(CONTACT_KINDS.items()))
    email = email_field(_l("Email"), needed=False)
    phone = phone_field(_l("Telepon atau WhatsApp"), needed=False)
    language = SelectField(_l("Bahasa"), choices=list(LANGUAGES.items()))
    is_active = BooleanField(_l("Masih dapat dihubungi"), default=True)

    def prepare(self) -> None:
        super().prepare()
        self.unit_id.choices = [(0, "—"), *unit_choices()]


class ContactView(ImportPages, HouseView[Contact]):
    name_key = "contact"
    title = _l("Kontak unit")
    empty = _l("Pengelola IT dan pimpinan unit dicatat di sini; merekalah yang dikabari.")
    create_label = _l("Tambah kontak")
    columns = [
        Column("name", _l("Nama"), is_link=True),
        Column("position", _l("Jabatan")),
        Column("kind_label", _l("Peran")),
        Column("unit", _l("Unit")),
        Column("email", _l("Email")),
        Column("phone", _l("Telepon")),
    ]
    export_columns = [
        *columns,
        Column("unit_code", _l("Kode unit"), cell=lambda row: row.unit.code),
        Column("language", _l("Bahasa"), cell=lambda row: LANGUAGES.get(row.language, row.language)),
        Column("is_active", _l("Masih dapat dihubungi")),
    ]
    searched = (Contact.name, Contact.email, Contact.phone)
    filters = [
        Choice("kind", _l("Peran"), Contact.kind, lambda: list(CONTACT_KINDS.items())),
        UnitFilter("unit", _l("Unit"), Contact.unit_id, suggested_units),
    ]
    order = (Contact.name,)
    shows = (Contact.unit,)
    form = ContactForm
    list_template = "admin/frame/list_with_import.html"
    more_acts = IMPORT_ACTS
    imports, import_title = ContactImport, _l("Impor kontak unit")

    def __init__(self) -> None:
        super().__init__(Contact)

    def fill(self, row: Contact, form: ContactForm) -> None:
        before = contact_of(row) if row.id else None
        form.populate_obj(row)
        if before is not None:
            by, language = person(), row.language
            until = note_change(Holder.CONTACT, row.id, before, contact_of(row), by.id, by.name, language)
            say_waiting(until, before["email"])

    def written(self, row: Contact, is_new: bool) -> None:
        if is_new:
            note_new(Holder.CONTACT, row.id, person().id)

    def href(self, row: Contact) -> str:
        return f"/admin/profile/?id=c{row.id}"

    @expose("/details/")
    def details_view(self) -> ResponseReturnValue:
        """The former address of a contact leads to the one page of the person."""
        return redirect(self.href(self.get_one(request.args.get("id"))), 303)

    def facts(self, row: Contact) -> list[tuple[Words, Shown]]:
        said = in_words(Holder.CONTACT, row.id)
        return [*super().facts(row), *([(_l("Perubahan terakhir"), said)] if said else [])]
