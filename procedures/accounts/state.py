"""Suspends, activates and closes accounts: the intent is committed, the directory called, then the result.

A crash between them leaves an intent that reconcile_directory.py takes up: each of the three may be done twice.
"""

from __future__ import annotations

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select

from gateways.directory.interface import DirectoryError, EntryMissing, NotSupported
from gateways.directory.open_directory import open_directory
from mails.accounts import notices
from models.accounts.account import Account
from models.accounts.account_due import reasons_of
from models.accounts.directory_change import ChangeKind, ChangeState, DirectoryChange, is_changing
from models.accounts.one_time_link import OneTimeLink
from models.base.db import db, write_transaction
from models.organisation import audit
from models.organisation.roles import Role
from models.organisation.staff import Staff
from procedures.accounts.holders import addresses_of

BECOMES = {ChangeKind.SUSPEND: "suspended", ChangeKind.ACTIVATE: "active", ChangeKind.CLOSE: "closed"}
OPEN_IN = {
    ChangeKind.SUSPEND: ("active",),
    ChangeKind.ACTIVATE: ("suspended",),
    ChangeKind.CLOSE: ("active", "suspended"),
}


class ChangeRefused(Exception):
    """The change may not be made, or was not; the sentence says why and what to do."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def kinds_for(account: Account) -> list[ChangeKind]:
    """What may be done to an account in this state."""
    return [kind for kind, states in OPEN_IN.items() if account.state in states]


def change_state(
    account_id: int, kind: ChangeKind, by: Staff, reason: str, *, by_hand: bool, for_review: bool = False, ip: str = ""
) -> None:
    """Do it now, in the caller's request, 10 seconds at most; ChangeRefused when it was not done or is not sure."""
    change_id = _intend(account_id, kind, by, reason, by_hand, for_review, ip)
    carry_out(change_id, by_hand)


def _intend(account_id: int, kind: ChangeKind, by: Staff, reason: str, by_hand: bool, for_review: bool, ip: str) -> int:
    """The committed intent; its id."""
    with write_transaction():
        query = select(Account).where(Account.id == account_id).with_for_update(key_share=True)
        account = db.session.scalars(query.execution_options(populate_existing=True)).unique().one()
        if sentence := _why_not(account, kind, by, by_hand):
            raise ChangeRefused(sentence)
        change = DirectoryChange(account_id=account.id, kind=kind.value, by_id=by.id, reason=reason)
        change.for_review = for_review
        db.session.add(change)
        db.session.flush()
        audit.record(kind.value, "Account", account.id, staff=by, ip=ip, diff={"reason": reason})
        return change.id


def _why_not(account: Account, kind: ChangeKind, by: Staff, by_hand: bool) -> str:
    if account.state not in OPEN_IN[kind]:
        return _("Keadaan akun ini sudah berubah: %(state)s. Muat ulang halaman.", state=account.state_label)
    if is_changing(account.id):
        return _("Perubahan sebelumnya belum ada hasilnya dari direktori. Tunggu sebentar, lalu coba lagi.")
    if account.owner is not None and account.owner.is_same_as(by):
        return _("Akun ini milik Anda sendiri. Minta petugas lain yang melayani.")
    guarded = account.is_privileged or (account.owner is not None and account.owner.is_superior)
    if guarded and not by.has(Role.HEAD_OF_CENTRE):
        return _("Akun istimewa dan akun pimpinan hanya diubah oleh Kepala Pustikom.")
    if not by_hand and not current_app.config.get("DIRECTORY_URL"):
        return _("Lakukan dahulu di sistem email, lalu centang bahwa sudah dilakukan.")
    return ""


def carry_out(change_id: int, by_hand: bool = False) -> None:
    """The directory's part of a committed intent, and its result. Raises ChangeRefused as change_state does."""
    try:
        in_directory = tell(change_id)
    except NotSupported as error:
        if not by_hand:
            _fail(change_id, str(error.sentence))
        in_directory = False
    except DirectoryError as error:
        if error.nothing_changed:
            _fail(change_id, str(error.sentence))
        sentence = _("Server direktori tidak menjawab. Hasilnya diperiksa otomatis dalam beberapa menit.")
        raise ChangeRefused(sentence) from error
    finish(change_id, in_directory)


def tell(change_id: int) -> bool:
    """Have the directory do it, with no transaction open; whether there is one. Doing it twice does no harm."""
    change = db.session.get_one(DirectoryChange, change_id)
    kind, login = ChangeKind(change.kind), change.account.login
    directory = open_directory(current_app.config)
    db.session.commit()
    try:
        directory.activate(login) if kind is ChangeKind.ACTIVATE else directory.suspend(login)
    except EntryMissing:
        if kind is not ChangeKind.CLOSE:  # what is not there cannot log in any more
            raise
    return directory.is_connected


def _fail(change_id: int, sentence: str) -> None:
    give_up(change_id, sentence, ChangeState.FAILED)
    raise ChangeRefused(sentence)


def give_up(change_id: int, sentence: str, state: ChangeState) -> None:
    """Nothing was changed; the history says that it was tried."""
    with write_transaction():
        change = db.session.get_one(DirectoryChange, change_id, populate_existing=True, with_for_update=True)
        if change.state == ChangeState.INTENDED.value:
            change.finish(state, sentence)
            change.account.note("not_changed", f"{ChangeKind(change.kind).label}: {sentence}", by=change.by)


def finish(change_id: int, in_directory: bool) -> None:
    """The result, once: the register follows, the history and the holders are told."""
    with write_transaction():
        change = db.session.get_one(DirectoryChange, change_id, populate_existing=True, with_for_update=True)
        if change.state != ChangeState.INTENDED.value:
            return
        kind, account = ChangeKind(change.kind), change.account
        change.in_directory = in_directory
        change.finish(ChangeState.DONE)
        account.state = BECOMES[kind]
        account.note(kind.value, change.reason, by=change.by)
        if kind is ChangeKind.CLOSE:
            OneTimeLink.void_all(account.id)
        if change.for_review:
            account.reviewed(change.by, reasons_of([account])[account.id])
            account.note("reviewed", by=change.by)
        for recipient in addresses_of(account):
            if kind is ChangeKind.ACTIVATE or recipient.email.lower() != account.address.lower():
                notices.account_state(account, kind.value, change.reason, recipient)
