"""Enters an account that exists already in the register, with the person or unit it belongs to.

It makes no account anywhere: where a directory is connected, only a login that is there can be entered.
"""

from __future__ import annotations

from collections.abc import Iterator

from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, or_, select
from wtforms import BooleanField, Field, SelectField, ValidationError

from gateways.directory.interface import DirectoryError
from gateways.directory.open_directory import open_directory
from models.accounts.account import ACCOUNT_KINDS, UNIT_KINDS, Account
from models.accounts.person import Person
from models.base.db import db
from models.base.wording import Words
from models.organisation.staff import Staff
from models.organisation.unit import Unit
from procedures.base.count_field import CountField
from procedures.base.date_fields import day_field
from procedures.base.form_fields import Fault, StepForm, is_email, line_field


class RegisterForm(StepForm):
    """Whose it is: a person by number, or a unit."""

    address = line_field(_l("Alamat akun"), 254, is_email)
    login = line_field(_l("Nama di direktori (bila lain dari bagian sebelum @)"), 80, needed=False)
    kind = SelectField(_l("Jenis"), choices=list(ACCOUNT_KINDS.items()))
    owner_number = line_field(_l("Nomor pemilik (NIM, NIP, atau NIDN)"), 30, needed=False)
    unit_id = SelectField(_l("Unit pemilik, untuk email unit"), coerce=int)
    is_privileged = BooleanField(_l("Akun istimewa: password diganti dengan orang kedua"))
    quota_mb = CountField(_l("Kuota (MB)"), 1, 1_000_000, ("mb",), needed=False)
    expires_on = day_field(_l("Berlaku sampai"), needed=False)

    def prepare(self) -> None:
        super().prepare()
        units = db.session.execute(select(Unit.id, Unit.name).where(Unit.is_active).order_by(Unit.name))
        self.unit_id.choices = [(0, "—"), *((i, n) for i, n in units)]

    @property
    def login_name(self) -> str:
        return str(self.login.data or (self.address.data or "").partition("@")[0]).lower()

    @property
    def is_of_unit(self) -> bool:
        return self.kind.data in UNIT_KINDS

    def validate_address(self, field: Field) -> None:
        address, login = (field.data or "").lower(), self.login_name
        same = or_(func.lower(Account.address) == address, func.lower(Account.login) == login)
        if db.session.scalar(select(Account.id).where(same).limit(1)) is not None:
            raise ValidationError(_l("Akun dengan alamat atau nama direktori itu sudah ada di register."))
        if fault := _not_in_directory(login):
            raise ValidationError(fault)

    def faults_together(self) -> Iterator[Fault]:
        """An empty number skips the field's own checks, so the owner is looked for here."""
        yield from super().faults_together()
        self.owner_id = None
        if self.is_of_unit:
            return
        number, living = self.owner_number.data or "", Person.status != "left"
        self.owner_id = db.session.scalar(select(Person.id).where(Person.number == number, living))
        if self.owner_id is None:
            yield "owner_number", _l("Nomor ini tidak ada di register orang, atau orangnya sudah keluar.")

    def validate_unit_id(self, field: Field) -> None:
        if self.is_of_unit and not field.data:
            raise ValidationError(_l("Pilih unit pemilik akun ini."))


def _not_in_directory(login: str) -> Words:
    """Why the directory does not know this login; nothing where it does, or where none is connected."""
    directory = open_directory(current_app.config)
    if not directory.is_connected:
        return ""
    db.session.commit()  # no transaction is open while the directory works
    try:
        found = directory.find(login)
    except DirectoryError as error:
        return error.sentence
    return "" if found is not None else _l("Nama ini tidak ada di server direktori. Periksa ejaannya.")


def fill(account: Account, form: RegisterForm, by: Staff) -> None:
    """Write the form to the new row, with the first line of its history; inside the transaction."""
    account.address, account.login, account.kind = form.address.data.lower(), form.login_name, form.kind.data
    account.owner_id = form.owner_id
    account.unit_id = form.unit_id.data if form.is_of_unit else None
    account.state, account.created_by_id = "active", by.id
    account.is_privileged, account.quota_mb = bool(form.is_privileged.data), form.quota_mb.data
    account.expires_on = form.expires_on.data
    account.note("registered", by=by)
