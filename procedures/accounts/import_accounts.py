"""Imports accounts that exist already into the register: whose they are, until when, and who answers for them.

It makes no account anywhere, and moves none: address, owner and state of a known account change by their procedures.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from gateways.directory.interface import Directory, DirectoryError
from gateways.directory.open_directory import open_directory
from gateways.files.import_table import CellKind, TableRefused, TableRow, WantedColumn
from models.accounts.account import ACCOUNT_KINDS, ACCOUNT_STATES, UNIT_KINDS, Account
from models.accounts.person import Person
from models.base.db import db
from models.base.wording import on_date
from models.organisation.staff import Staff
from models.organisation.unit import Contact
from procedures.base.table_import import ImportLine, RegisterImport
from procedures.organisation.register_words import UnitNames, flag_of, meant_by, word_key, word_of, words_of

KIND_WORDS = meant_by(
    {
        "internet": "internet, hotspot, wifi",
        "personal_email": "email, email mahasiswa, email pegawai",
        "unit_email": "email unit",
        "organisation_email": "email organisasi",
    }
)
ONE_BY_ONE = 20
"""So many logins are asked of the directory one by one; of more, all that it has are read."""

NOT_BY_IMPORT = ("login", "kind", "owner", "unit_id", "state")


class AccountImport(RegisterImport):
    """A line is known by its address; a personal account names its owner's number, a unit's its unit."""

    model = "Account"
    columns = (
        WantedColumn(
            "address", ("Alamat", "Address", "Alamat akun", "Email", "Alamat email", "Akun"), CellKind.MAIL, longest=254
        ),
        WantedColumn(
            "login",
            ("Nama di direktori", "Name in the directory", "Login", "Username", "Nama pengguna"),
            CellKind.CODE,
            required=False,
            longest=80,
        ),
        WantedColumn("kind", ("Jenis", "Kind", "Jenis akun"), longest=40),
        WantedColumn(
            "owner",
            ("Nomor pemilik", "Owner's number", "Nomor", "NIM", "NIP", "NIDN", "NPM"),
            CellKind.CODE,
            required=False,
            longest=30,
            several=True,
        ),
        WantedColumn(
            "unit_id",
            ("Kode unit", "Unit code", "Unit", "Unit kerja", "Unit pemilik"),
            required=False,
            longest=160,
            several=True,
        ),
        WantedColumn(
            "contact_id",
            ("Email kontak", "Contact's e-mail", "Kontak teknis", "Technical contact", "Kontak", "Contact"),
            required=False,
            longest=254,
            several=True,
        ),
        WantedColumn("state", ("Keadaan", "State", "Status"), required=False, longest=40),
        WantedColumn("is_privileged", ("Istimewa", "Privileged"), required=False, longest=20),
        WantedColumn("quota_mb", ("Kuota (MB)", "Quota (MB)", "Kuota", "Quota"), CellKind.COUNT, required=False),
        WantedColumn("expires_on", ("Berlaku sampai", "Valid until", "Kedaluwarsa"), CellKind.DATE, required=False),
    )
    labels = {
        "address": _l("Alamat"),
        "login": _l("Nama di direktori"),
        "kind": _l("Jenis"),
        "owner": _l("Nomor pemilik"),
        "unit_id": _l("Unit"),
        "contact_id": _l("Kontak teknis"),
        "state": _l("Keadaan"),
        "is_privileged": _l("Istimewa"),
        "quota_mb": _l("Kuota (MB)"),
        "expires_on": _l("Berlaku sampai"),
    }
    hints = {
        "address": _l("wajib; akun dengan alamat yang sama diperbarui"),
        "login": _l("bila lain dari bagian sebelum @"),
        "kind": _l("wajib; akun internet, email pribadi, email unit kerja, atau email organisasi"),
        "owner": _l("NIM, NIP, atau NIDN dari register orang, untuk akun perorangan"),
        "unit_id": _l("kode atau nama unit, untuk email unit dan organisasi"),
        "contact_id": _l("email atau nama kontak dari unit itu"),
        "state": _l("hanya akun aktif yang didaftarkan; keadaan akun yang sudah ada tidak diubah dari sini"),
        "is_privileged": _l("ya atau tidak"),
        "expires_on": _l("misalnya 31/12/2027"),
    }
    example = (
        "feb@kampus.example",
        "",
        "email unit kerja",
        "",
        "FEB",
        "dewi@kampus.example",
        "aktif",
        "tidak",
        "5000",
        "31/12/2027",
    )

    # --- the directory, asked while no transaction is open

    def look_outside(self, rows: Sequence[TableRow]) -> None:
        """Which logins of new accounts the directory has; None where none is connected. Raises TableRefused."""
        self._logins: set[str] | None = None
        directory = open_directory(current_app.config)
        if not directory.is_connected:
            return
        known = {address.lower() for address in db.session.scalars(select(Account.address))}
        db.session.rollback()
        wanted = {_login(row) for row in rows if row.values.get("address", "").lower() not in known} - {""}
        try:
            self._logins = _logins(directory, wanted)
        except DirectoryError as error:
            raise TableRefused(str(error.sentence)) from None

    # --- the register

    def open(self) -> None:
        loaded = (joinedload(Account.owner), joinedload(Account.unit), joinedload(Account.contact))
        accounts = list(db.session.scalars(select(Account).options(*loaded)).unique())
        self._known = {account.address.lower(): account for account in accounts}
        self._taken = {account.login.lower(): account.address for account in accounts}
        self._units = UnitNames()
        self._kinds, self._states = words_of(ACCOUNT_KINDS, KIND_WORDS), words_of(ACCOUNT_STATES, {"aktif": "active"})
        self._contacts: dict[int, list[Contact]] = {}
        for contact in db.session.scalars(select(Contact).order_by(Contact.is_active.desc(), Contact.id)):
            self._contacts.setdefault(contact.unit_id, []).append(contact)

    def line(self, row: TableRow) -> ImportLine:
        address = row.values["address"].lower()
        line = ImportLine(row, address, known=self._known.get(address))
        kind = word_of(row, "kind", _("Jenis"), self._kinds, ACCOUNT_KINDS)
        state = word_of(row, "state", _("Keadaan"), self._states, ACCOUNT_STATES)
        facts: dict[str, Any] = {"kind": kind or (line.known.kind if line.known else "")}
        facts |= self._owner(row, line, facts["kind"] in UNIT_KINDS)
        facts |= {"state": state} if state else {}
        is_privileged = flag_of(row, "is_privileged", _("Istimewa"))
        facts |= {"is_privileged": is_privileged} if is_privileged is not None else {}
        if self.says(row, "quota_mb"):
            facts["quota_mb"] = int(row.numbers["quota_mb"]) or None if "quota_mb" in row.numbers else None
        if self.says(row, "expires_on"):
            day = row.values.get("expires_on", "")
            facts["expires_on"] = date.fromisoformat(day) if day else None
        if row.values.get("login") or line.known is None:
            facts["login"] = _login(row)
        line.facts = facts
        self._check_new(line) if line.known is None else self._check_known(line)
        return line

    def _owner(self, row: TableRow, line: ImportLine, is_of_unit: bool) -> dict[str, Any]:
        """Whose it is: a person's number, or a unit and its contact. A unit beside a personal account is the owner's
        own, and is not kept."""
        if not is_of_unit:
            number = row.values.get("owner", "")
            return {"owner": number} if number or line.known is None else {}
        named = [value for _title, value in row.filled.get("unit_id", ())]
        unit_id = next((found for value in named if (found := self._units.find(value))), None)
        if named and unit_id is None:
            row.problems.append(self._units.why_not(named[0]))
        if not named and line.known is None:
            row.problems.append(_("Unit pemiliknya harus diisi."))
        facts: dict[str, Any] = {"unit_id": unit_id} if named else {}
        if self.says(row, "contact_id"):
            owner = unit_id or (line.known.unit_id if line.known else None)
            facts["contact_id"] = self._contact(row, owner)
        return facts

    def _contact(self, row: TableRow, unit_id: int | None) -> int | None:
        named = [value for _title, value in row.filled.get("contact_id", ())]
        if not named or unit_id is None:
            return None
        for value in named:
            same = [
                c
                for c in self._contacts.get(unit_id, ())
                if value.lower() == c.email.lower() or word_key(value) == word_key(c.name)
            ]
            if same:
                return same[0].id
        row.problems.append(_("Kontak “%(text)s” tidak ada di unit itu. Impor kontaknya dahulu.", text=named[0][:60]))
        return None

    # --- what may be taken

    def _check_new(self, line: ImportLine) -> None:
        problems, login = line.problems, line.facts["login"]
        if (holder := self._taken.get(login)) is not None:
            problems.append(_("Nama di direktori “%(login)s” sudah dipakai %(address)s.", login=login, address=holder))
        elif self._logins is not None and login and login not in self._logins:
            problems.append(_("Nama ini tidak ada di server direktori. Periksa ejaannya."))
        if line.facts.setdefault("state", "active") != "active":
            problems.append(_("Hanya akun aktif yang didaftarkan. Hapus barisnya, atau daftarkan lalu bekukan."))
        line.facts["address"] = line.name

    def _check_known(self, line: ImportLine) -> None:
        """What moves only by a procedure may be said, but not changed."""
        before = self.before(line.known)
        for name in NOT_BY_IMPORT:
            if name in line.facts and line.facts[name] != before[name]:
                line.problems.append(
                    _(
                        "%(what)s akun ini di register: %(value)s. Itu tidak diubah lewat impor.",
                        what=self.labels[name],
                        value=self.words(name, before[name]) or "—",
                    )
                )

    def together(self, lines: Sequence[ImportLine]) -> None:
        """Owners are looked for all at once; a login is of one account alone."""
        wanted = {line.facts.get("owner", "") for line in lines if line.known is None} - {""}
        owners = {
            number: (person_id, status)
            for number, person_id, status in db.session.execute(
                select(Person.number, Person.id, Person.status).where(Person.number.in_(wanted))
            ).tuples()
        }
        self._owners = {number: person_id for number, (person_id, _status) in owners.items()}
        seen: dict[str, int] = {}
        for line in lines:
            if line.known is not None or line.problems:
                continue
            if "owner" in line.facts and owners.get(line.facts["owner"], (0, "left"))[1] == "left":
                line.problems.append(
                    _(
                        "Nomor pemilik “%(number)s” tidak ada di register orang, atau orangnya sudah keluar.",
                        number=line.facts["owner"],
                    )
                )
            login = line.facts["login"]
            if (first := seen.setdefault(login, line.number)) != line.number:
                line.problems.append(_("“%(value)s” sudah ada di baris %(line)d.", value=login, line=first))

    def before(self, known: Account) -> dict[str, Any]:
        facts = {name: getattr(known, name) for name in self.labels if name != "owner"}
        facts["login"] = known.login.lower()
        return {**facts, "address": known.address.lower(), "owner": known.owner.number if known.owner else ""}

    def words(self, name: str, value: Any) -> str:
        if value is None or value == "":
            return ""
        if name == "unit_id":
            return self._units.name_of(value)
        if name == "contact_id":
            return next((c.name for of in self._contacts.values() for c in of if c.id == value), "")
        if name == "expires_on":
            return on_date(value)
        if name == "is_privileged":
            return _("Ya") if value else _("Tidak")
        return str({"kind": ACCOUNT_KINDS, "state": ACCOUNT_STATES}.get(name, {}).get(value, value))

    def write(self, lines: Sequence[ImportLine], by: Staff | None) -> None:
        for line in lines:
            account = line.known or Account(created_by_id=by.id if by else None)
            for name, value in line.facts.items():
                if name != "owner":
                    setattr(account, name, value)
            if line.known is None:
                account.owner_id = self._owners.get(line.facts.get("owner", ""))
                account.note("registered", by=by)
            else:
                account.note(
                    "edited",
                    "; ".join(
                        f"{self.labels[name]}: {was or '—'} → {now or '—'}" for name, (was, now) in line.changes.items()
                    ),
                    by=by,
                )
            db.session.add(account)


def _login(row: TableRow) -> str:
    return (row.values.get("login") or row.values.get("address", "").partition("@")[0]).lower()


def _logins(directory: Directory, wanted: set[str]) -> set[str]:
    if len(wanted) > ONE_BY_ONE:
        return {entry.login.lower() for entry in directory.entries()}
    return {login for login in wanted if directory.find(login) is not None}
