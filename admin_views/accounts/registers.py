"""The registers behind E and P: people, accounts, identity checks, one-time links, directory changes."""

from __future__ import annotations

from flask import redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import lazy_gettext as _l
from wtforms import SelectField

from admin_views.accounts.accounts import AccountView, when
from admin_views.accounts.data_requests import DataRequestView
from admin_views.accounts.identity_checks import IdentityCheckView
from admin_views.accounts.person_erasure import PersonErasure
from admin_views.frame.permissions import may
from admin_views.frame.unit_filter import UnitFilter, suggested_units
from admin_views.frame.view import Choice, Column, HouseView, person
from admin_views.organisation.units import contact_of, say_waiting, unit_choices
from models.accounts.directory_change import (
    DIFFERENCE_LABELS,
    ChangeKind,
    ChangeState,
    DirectoryChange,
    DirectoryDifference,
)
from models.accounts.one_time_link import OneTimeLink
from models.accounts.person import PERSON_KINDS, PERSON_STATUSES, Person, name_key
from models.base.columns.shown import Shown
from models.base.wording import Words
from models.organisation.contact_change import Holder
from procedures.base.form_fields import StepForm, email_field, line_field, phone_field
from procedures.organisation.contact_changes import in_words, note_change


class PersonForm(StepForm):
    number = line_field(_l("Nomor"), 30)
    name = line_field(_l("Nama"), 120)
    kind = SelectField(_l("Jenis"), choices=list(PERSON_KINDS.items()))
    unit_id = SelectField(_l("Unit"), coerce=int)
    status = SelectField(_l("Status"), choices=list(PERSON_STATUSES.items()))
    email = email_field(_l("Email terdaftar"), needed=False)
    phone = phone_field(_l("Telepon terdaftar"), needed=False)

    def prepare(self) -> None:
        super().prepare()
        self.unit_id.choices = [(0, "—"), *unit_choices()]


class PersonView(PersonErasure, HouseView[Person]):
    name_key = "person"
    title = _l("Register orang")
    create_label = _l("Tambah orang")
    empty = _l(
        "Operator mengisi register ini dengan mengimpor berkas CSV atau XLSX dari bagian kepegawaian dan akademik."
    )
    columns = [
        Column("number", _l("Nomor")),
        Column("name", _l("Nama"), is_link=True),
        Column("kind_label", _l("Jenis")),
        Column("unit", _l("Unit")),
        Column("status_label", _l("Status")),
    ]
    searched = (Person.number, Person.name)
    filters = [
        Choice("kind", _l("Jenis"), Person.kind, lambda: list(PERSON_KINDS.items())),
        Choice("status", _l("Status"), Person.status, lambda: list(PERSON_STATUSES.items())),
        UnitFilter("unit", _l("Unit"), Person.unit_id, suggested_units),
    ]
    order = (Person.name_key,)
    shows = (Person.unit,)
    form = PersonForm
    list_template = "admin/accounts/people.html"

    def may_import(self) -> bool:
        return may(person(), "people_import", "import")

    def __init__(self) -> None:
        super().__init__(Person)

    def fill(self, row: Person, form: PersonForm) -> None:
        before = contact_of(row) if row.id else None
        form.populate_obj(row)
        row.unit_id, row.name_key = form.unit_id.data or None, name_key(form.name.data)
        if before is not None:
            until = note_change(Holder.PERSON, row.id, before, contact_of(row), person().id, person().name)
            say_waiting(until, before["email"])

    def href(self, row: Person) -> str:
        return f"/admin/profile/?id=p{row.id}"

    @expose("/details/")
    def details_view(self) -> ResponseReturnValue:
        """The former address of a row of the register leads to the one page of the person."""
        return redirect(self.href(self.get_one(request.args.get("id"))), 303)

    def facts(self, row: Person) -> list[tuple[Words, Shown]]:
        """With the contacts, and how fresh they are (security.md I6)."""
        known = [(_l("Email terdaftar"), row.email), (_l("Telepon terdaftar"), row.phone)]
        said = in_words(Holder.PERSON, row.id)
        return [*super().facts(row), *known, *([(_l("Perubahan terakhir"), said)] if said else [])]


class OneTimeLinkView(HouseView[OneTimeLink]):
    """Their state alone; what they hold is sealed even from the database."""

    name_key = "one_time_link"
    title = _l("Tautan sekali pakai")
    empty = _l("Tautan untuk password pertama tampil di sini, tanpa isinya.")
    columns = [
        Column("created_at", _l("Dibuat"), cell=lambda row: when(row.created_at), is_link=True),
        Column("account", _l("Akun")),
        Column("sent_to", _l("Dikirim ke")),
        Column("state", _l("Keadaan"), cell=lambda row: row.state.label),
        Column("ends_at", _l("Berlaku sampai"), cell=lambda row: when(row.ends_at)),
        Column("revealed_at", _l("Dibuka"), cell=lambda row: when(row.revealed_at)),
    ]
    order = (OneTimeLink.created_at,)
    shows = (OneTimeLink.account,)
    newest_first = True

    def __init__(self) -> None:
        super().__init__(OneTimeLink)


class DirectoryChangeView(HouseView[DirectoryChange]):
    name_key = "directory_change"
    title = _l("Perubahan di direktori")
    empty = _l("Setiap perubahan akun di server direktori tampil di sini dengan hasilnya.")
    columns = [
        Column("intended_at", _l("Kapan"), cell=lambda row: when(row.intended_at), is_link=True),
        Column("account", _l("Akun")),
        Column("kind", _l("Perubahan"), cell=lambda row: ChangeKind(row.kind).label),
        Column("state", _l("Hasil"), cell=lambda row: ChangeState(row.state).label),
        Column("by", _l("Oleh")),
        Column("reason", _l("Alasan")),
        Column("explanation", _l("Penjelasan")),
    ]
    filters = [
        Choice("kind", _l("Perubahan"), DirectoryChange.kind, lambda: [(k.value, k.label) for k in ChangeKind]),
        Choice("state", _l("Hasil"), DirectoryChange.state, lambda: [(s.value, s.label) for s in ChangeState]),
    ]
    order = (DirectoryChange.intended_at,)
    shows = (DirectoryChange.account, DirectoryChange.by)
    newest_first = True

    def __init__(self) -> None:
        super().__init__(DirectoryChange)


class DirectoryDifferenceView(HouseView[DirectoryDifference]):
    name_key = "directory_difference"
    title = _l("Beda register dan direktori")
    empty = _l("Perbandingan harian menaruh di sini setiap akun yang berbeda.")
    columns = [
        Column("login", _l("Nama akun"), is_link=True),
        Column("kind_label", _l("Perbedaan")),
        Column("found_at", _l("Ditemukan"), cell=lambda row: when(row.found_at)),
        Column("gone_at", _l("Hilang"), cell=lambda row: when(row.gone_at)),
    ]
    filters = [
        Choice("kind", _l("Perbedaan"), DirectoryDifference.kind, lambda: list(DIFFERENCE_LABELS.items())),
    ]
    order = (DirectoryDifference.found_at,)
    newest_first = True

    def __init__(self) -> None:
        super().__init__(DirectoryDifference)


ACCOUNT_VIEWS = (
    PersonView,
    DataRequestView,
    AccountView,
    IdentityCheckView,
    OneTimeLinkView,
    DirectoryChangeView,
    DirectoryDifferenceView,
)
