"""The yearly review of accounts: one decision each, with who and when."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import select

from models.accounts.account import Account
from models.accounts.account_due import is_due, reasons_of
from models.accounts.directory_change import ChangeKind
from models.base.db import db, write_transaction
from models.organisation import audit
from models.organisation.staff import Staff
from models.organisation.unit import Contact
from procedures.accounts.state import ChangeRefused, change_state


def keep(account_id: int, by: Staff, text: str, ip: str = "") -> None:
    """The account stays as it is."""
    with write_transaction():
        account = _due(account_id)
        account.reviewed(by, reasons_of([account])[account.id])
        account.note("reviewed", text, by=by)
        audit.record("review", "Account", account.id, staff=by, ip=ip, diff={"verdict": "keep"})


def change_contact(account_id: int, contact_id: int, by: Staff, text: str, ip: str = "") -> None:
    """Another technical contact of the same unit answers for the account."""
    with write_transaction():
        account = _due(account_id)
        contact = db.session.get(Contact, contact_id)
        if contact is None or not contact.is_active or contact.unit_id != account.unit_id:
            raise ChangeRefused(_("Pilih kontak yang masih dapat dihubungi dari unit pemilik akun ini."))
        before = account.contact.name if account.contact else ""
        account.contact_id = contact.id
        account.note("contact_changed", f"{before or '—'} → {contact.name}", by=by)
        db.session.flush()
        account.reviewed(by, reasons_of([account])[account.id])
        account.note("reviewed", text, by=by)
        diff = {"verdict": "contact", "contact": [before, contact.name]}
        audit.record("review", "Account", account.id, staff=by, ip=ip, diff=diff)


def suspend(account_id: int, by: Staff, text: str, *, by_hand: bool, ip: str = "") -> None:
    """The account is suspended; the review is recorded with the directory's result."""
    account = db.session.get_one(Account, account_id)
    if account.state == "suspended":
        keep(account_id, by, text, ip)
        return
    if not text:
        raise ChangeRefused(_("Tulis alasan pembekuan; pemiliknya membacanya."))
    change_state(account_id, ChangeKind.SUSPEND, by, text, by_hand=by_hand, for_review=True, ip=ip)


def _due(account_id: int) -> Account:
    """The account, locked, while it still waits for its review: of two officers the second is told."""
    query = select(Account).where(Account.id == account_id, is_due()).with_for_update(of=Account, key_share=True)
    account = db.session.scalars(query.execution_options(populate_existing=True)).unique().one_or_none()
    if account is None:
        raise ChangeRefused(_("Akun ini baru saja ditinjau, atau keadaannya sudah berubah."))
    return account
