"""The register of accounts for staff: address, holder, contact, state, expiry, history."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import joinedload
from wtforms import BooleanField

from admin_views.frame.address_values import not_a_value
from admin_views.frame.import_pages import IMPORT_ACTS, ImportPages
from admin_views.frame.unit_filter import UnitFilter, suggested_units
from admin_views.frame.view import Choice, Column, HouseView, address, person
from models.accounts.account import ACCOUNT_KINDS, ACCOUNT_STATES, Account, AccountEvent
from models.accounts.account_due import REASONS, count_due, expires_within, is_due, reasons_of
from models.accounts.directory_change import ChangeKind, DirectoryChange, is_changing
from models.base.columns.shown import Shown
from models.base.db import db
from models.base.wording import Words
from procedures.accounts.import_accounts import AccountImport
from procedures.accounts.register_account import RegisterForm, fill
from procedures.accounts.state import ChangeRefused, change_state, kinds_for
from procedures.base.count_field import CountField
from procedures.base.date_fields import day_field
from procedures.base.form_fields import StepForm, text_field
from web.dates import on_date, on_date_at

ATTENTION: dict[str, tuple[Words, Callable[[], ColumnElement[bool]]]] = {
    "due": (_l("Menunggu ditinjau"), is_due),
    **REASONS,
    "soon": (_l("Berakhir dalam 90 hari"), lambda: expires_within(90)),
}
CHANGE_VERBS: dict[ChangeKind, tuple[Words, Words]] = {
    ChangeKind.SUSPEND: (_l("Bekukan"), _l("Akun tidak dapat dipakai sampai diaktifkan lagi; isinya tetap ada.")),
    ChangeKind.ACTIVATE: (_l("Aktifkan lagi"), _l("Akun dapat dipakai lagi dengan password yang lama.")),
    ChangeKind.CLOSE: (_l("Tutup akun"), _l("Tidak dapat dibatalkan; alamatnya tidak dipakai lagi untuk yang lain.")),
}


class Attention(Choice):
    """Accounts that need a person's eye, each kind by its own question."""

    def condition(self, value: str) -> ColumnElement[bool]:
        if value not in ATTENTION:
            raise not_a_value(self.key, value)
        return ATTENTION[value][1]()


class AccountEditForm(StepForm):
    """What may be changed by hand; address, owner and state move by their procedures."""

    is_privileged = BooleanField(_l("Akun istimewa: password diganti dengan orang kedua"))
    quota_mb = CountField(_l("Kuota (MB)"), 1, 1_000_000, ("mb",), needed=False)
    expires_on = day_field(_l("Berlaku sampai"), needed=False)


class StateForm(StepForm):
    """Why an account is suspended, activated or closed, in words that its holder reads."""

    reason = text_field(_l("Alasan, dibaca pemilik akun"), 1_000)
    is_done_by_hand = BooleanField(_l("Sudah dilakukan di sistem email"))


def when(moment: datetime | None) -> str:
    return on_date_at(moment) if moment else ""


ADDRESS = Column("address", _l("Alamat"), is_link=True, css="pk-c-wide")
KIND, STATE = Column("kind_label", _l("Jenis")), Column("state_label", _l("Keadaan"))
HOLDER, CONTACT = Column("holder", _l("Pemilik")), Column("contact", _l("Kontak teknis"))
EXPIRY = Column("expires_on", _l("Berlaku sampai"), cell=lambda row: on_date(row.expires_on) if row.expires_on else "")
ALL = (
    ADDRESS,
    Column("login", _l("Nama di direktori")),
    KIND,
    HOLDER,
    Column("owner_number", _l("Nomor pemilik"), cell=lambda row: row.owner.number if row.owner else ""),
    Column("unit", _l("Unit")),
    CONTACT,
    Column("contact_email", _l("Email kontak"), cell=lambda row: row.contact.email if row.contact else ""),
    STATE,
    Column("is_privileged", _l("Istimewa")),
    Column("quota_mb", _l("Kuota (MB)"), css="pk-right"),
    Column("created_at", _l("Dibuat"), cell=lambda row: when(row.created_at)),
    Column("created_by", _l("Dibuat oleh")),
    EXPIRY,
    Column("reviewed_at", _l("Ditinjau"), cell=lambda row: when(row.reviewed_at)),
    Column("reviewed_by", _l("Ditinjau oleh")),
)


class AccountView(ImportPages, HouseView[Account]):
    name_key = "account"
    title = _l("Register akun")
    create_label = _l("Daftarkan akun yang sudah ada")
    empty = _l("Akun yang dibuat lewat permohonan email unit tampil di sini.")
    columns = (ADDRESS, KIND, HOLDER, CONTACT, STATE, EXPIRY)
    export_columns = ALL
    searched = (Account.address, Account.login)
    filters = [
        Choice("kind", _l("Jenis"), Account.kind, lambda: list(ACCOUNT_KINDS.items())),
        Choice("state", _l("Keadaan"), Account.state, lambda: list(ACCOUNT_STATES.items())),
        UnitFilter("unit", _l("Unit"), Account.unit_id, suggested_units),
        Attention("needs", _l("Perlu perhatian"), None, lambda: [(k, label) for k, (label, _c) in ATTENTION.items()]),
    ]
    order = (Account.address,)
    shows = (Account.created_by, Account.reviewed_by)
    form = AccountEditForm
    list_template = "admin/accounts/accounts.html"
    details_template = "admin/accounts/account.html"
    more_acts = {"state": "state", **IMPORT_ACTS}
    imports, import_title = AccountImport, _l("Impor akun")

    def __init__(self) -> None:
        super().__init__(Account)

    def rows(self) -> Select[Account]:
        loaded = (joinedload(Account.owner), joinedload(Account.unit), joinedload(Account.contact))
        return super().rows().options(*loaded)

    def count_due(self) -> int:
        return count_due()

    def facts(self, row: Account) -> list[tuple[Words, Shown]]:
        return [(column.label, column.text(row)) for column in ALL[1:]]

    def form_for(self, row: Account | None) -> StepForm:
        if row is not None:
            return super().form_for(row)
        return RegisterForm(request.form if request.method == "POST" else None)

    def fill(self, row: Account, form: StateForm) -> None:
        if isinstance(form, RegisterForm):
            fill(row, form, person())
            return
        form.populate_obj(row)
        row.note("edited", by=person())

    def details_extras(self, row: Account, form: StateForm | None = None, kind: str = "") -> dict[str, Shown]:
        history = select(AccountEvent).where(AccountEvent.account_id == row.id).options(joinedload(AccountEvent.staff))
        changes = select(DirectoryChange).where(DirectoryChange.account_id == row.id)
        changes = changes.options(joinedload(DirectoryChange.by)).order_by(DirectoryChange.id.desc()).limit(20)
        return {
            "history": list(db.session.scalars(history.order_by(AccountEvent.id.desc()).limit(100)).unique()),
            "changes": list(db.session.scalars(changes).unique()),
            "reasons": [REASONS[name][0] for name in reasons_of([row])[row.id]],
            "kinds": [(kind, *CHANGE_VERBS[kind]) for kind in kinds_for(row)] if self.may("state") else [],
            "is_changing": is_changing(row.id),
            "state_form": form or StateForm(None),
            "failed": kind,
        }

    @expose("/state/", methods=("POST",))
    def state(self) -> ResponseReturnValue:
        """Suspend, activate or close: intent, directory, result; a refusal keeps the words."""
        row, form, kind = self.get_one(request.args.get("id")), StateForm(request.form), request.form.get("kind", "")
        if kind not in {k.value for k in CHANGE_VERBS}:
            abort(400)
        row_id, status = row.id, 422
        if form.validate():
            try:
                reason = form.reason.data
                by_hand = form.is_done_by_hand.data
                change_state(row_id, ChangeKind(kind), person(), reason, by_hand=by_hand, ip=address())
                flash(_("Tersimpan. Pemilik akun dikabari."), "success")
                return redirect(f"/admin/account/details/?id={row_id}", 303)
            except ChangeRefused as refused:
                form.reason.errors, status = [refused.sentence], 409
        row = self.get_one(row_id)
        return self.render_details(row, form, kind), status

    def render_details(self, row: Account, form: StateForm, kind: str) -> str:
        return render_template(
            self.details_template, view=self, row=row, facts=self.facts(row), **self.details_extras(row, form, kind)
        )
