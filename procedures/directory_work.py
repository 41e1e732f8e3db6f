"""The directory's part of E4 and P4: after the intent is committed, the gateway, then the result; never inside a step.

A crash between the two leaves an intent without a result; `reconcile` asks the directory, explains and mends it.
No password is stored: it lives in this call, and in the sealed link or on the operator's page.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import func, select

from gateways.directory import Directory, DirectoryError, EntryExists, PasswordResult, open_directory
from mails import account_notices
from mails.recipients import Recipient
from models import audit, setting
from models.account import Account
from models.db import db, utcnow, write_transaction
from models.directory_change import (
    ChangeKind,
    ChangeState,
    DirectoryChange,
    DirectoryDifference,
    changes_without_result,
    open_change,
)
from models.first_password import new_password
from models.one_time_link import OneTimeLink
from models.proof_of_identity import mask_address
from models.ticket import Ticket
from procedures.declaration import PRODUCT
from procedures.engine import StepRefused, take_step

CLOCKS_DIFFER = timedelta(minutes=2)


@dataclass(frozen=True)
class Made:
    """What the gateway did, carried to the result's step; `password` is never written down."""

    password: str
    in_directory: bool
    must_change: bool

    def __repr__(self) -> str:
        return "Made(…)"  # a password in a traceback is a password in a log (security.md S11)


@dataclass(frozen=True)
class Failure:
    """Why the gateway did not do it, for the screen."""

    sentence: str
    explained: bool = False


def not_done_by_hand(form: Any) -> StepRefused:
    """Without a directory a person makes the account in the mail system first."""
    return StepRefused(_("Buat akunnya di sistem email, lalu centang bahwa sudah dibuat."), "form", form)


def create_account(ticket_id: int) -> None:
    """E4 after its intent: make, give a password, activate; then the result's step."""
    with_account = _login_of(ticket_id)
    directory, password = open_directory(current_app.config), new_password()
    db.session.commit()  # no transaction is open while the directory works
    try:
        made = _create(directory, password, *with_account)
    except DirectoryError as error:
        if error.nothing_changed:
            take_step(ticket_id, "creation_failed", PRODUCT, Failure(str(error.sentence)))
        return
    take_step(ticket_id, "account_ready", PRODUCT, made)


def _create(directory: Directory, password: str, login: str, name: str, mail: str) -> Made:
    """The harmless part first: an entry nobody can use, then its password, then its activation."""
    directory.create(login, name, mail)
    result = directory.set_password(login, password)
    directory.activate(login)
    return Made(password, directory.is_connected, result.must_change)


def change_password(ticket_id: int) -> Made | Failure | None:
    """P4 after its intent; the password goes to the caller's page alone. None: unclear, to be reconciled."""
    login, _name, _mail = _login_of(ticket_id)
    directory, password = open_directory(current_app.config), new_password()
    db.session.commit()
    try:
        result: PasswordResult = directory.set_password(login, password)
    except DirectoryError as error:
        if not error.nothing_changed:
            return None
        failure = Failure(str(error.sentence))
        take_step(ticket_id, "change_failed", PRODUCT, failure)
        return failure
    made = Made(password, directory.is_connected, result.must_change)
    take_step(ticket_id, "password_changed", PRODUCT, made)
    return made


def finish_creation(ticket: Ticket, made: Made) -> DirectoryChange:
    """The result of E4, inside its step: account active, link sealed and queued, change done."""
    change = open_change(ticket)
    account = change.account
    account.state = "active"
    account.note("created", by=change.by)
    _close(change, made)
    contact = account.contact
    if contact is not None:
        send_link(ticket, account, made.password, Recipient(contact.email, contact.name, contact.language), change.by)
    return change


def send_link(
    ticket: Ticket, account: Account, password: str, to: Recipient, by: Any, notice: Any = account_notices.account_ready
) -> None:
    """Seal the password and queue the mail with its link, in the running transaction."""
    link = OneTimeLink.make(account, password, ticket=ticket, by=by, sent_to=mask_address(to.email))
    notice(ticket, account, link, to, int(setting.get("one_time_link_days")))


def undo_creation(ticket: Ticket, failure: Failure) -> None:
    """Nothing was made: the register forgets the account that never was."""
    change = open_change(ticket)
    account = change.account
    change.finish(ChangeState.EXPLAINED if failure.explained else ChangeState.FAILED, failure.sentence)
    account.state = "closed"
    account.note("not_created", failure.sentence)
    number = f"{account.id}"
    account.address, account.login = (
        f"{account.address}#{number}",
        f"{account.login}#{number}",
    )  # free to be tried again


def finish_change(ticket: Ticket, made: Made) -> DirectoryChange:
    """The result of P4, inside its step."""
    change = open_change(ticket)
    change.account.note("password_changed", by=change.by)
    OneTimeLink.void_all(change.account_id)
    _close(change, made)
    return change


def fail_change(ticket: Ticket, failure: Failure) -> None:
    open_change(ticket).finish(ChangeState.EXPLAINED if failure.explained else ChangeState.FAILED, failure.sentence)


def _close(change: DirectoryChange, made: Made) -> None:
    change.in_directory, change.must_change = made.in_directory, made.must_change
    change.finish(ChangeState.DONE)


def _login_of(ticket_id: int) -> tuple[str, str, str]:
    account = open_change(db.session.get_one(Ticket, ticket_id)).account
    return account.login, account.holder or account.login, account.address


def reconcile() -> int:
    """Explain and mend every intent that a crash or a lost connection left without result; says how many."""
    ids = [change.id for change in changes_without_result()]
    return sum(_reconcile(change_id) for change_id in ids)


def _reconcile(change_id: int) -> bool:
    change = db.session.get_one(DirectoryChange, change_id)
    kind, ticket_id, intended_at = change.kind, change.ticket_id, change.intended_at
    login, name, mail = change.account.login, change.account.holder or change.account.login, change.account.address
    directory = open_directory(current_app.config)
    db.session.commit()
    try:
        if kind == ChangeKind.CREATE:
            made = _create_again(directory, login, name, mail)
            take_step(ticket_id or 0, "account_ready", PRODUCT, made)
        else:
            sentence = _what_happened(directory, login, intended_at)
            take_step(ticket_id or 0, "change_failed", PRODUCT, Failure(sentence, explained=True))
    except DirectoryError:
        return False  # not reachable now: the next turn asks again
    except StepRefused as refused:
        with write_transaction():
            row = db.session.get_one(DirectoryChange, change_id)
            row.finish(ChangeState.EXPLAINED, refused.sentence)
            audit.record("reconcile", "DirectoryChange", change_id, actor_name="Pustikom")
    return True


def compare_with_register() -> int:
    """Write down in which logins register and directory disagree today; says how many. Raises DirectoryError."""
    directory = open_directory(current_app.config)
    if not directory.is_connected:
        return 0
    there = {entry.login: entry.is_suspended for entry in directory.entries()}
    with write_transaction():
        found = dict(_differences(there))
        known = db.session.scalars(select(DirectoryDifference).where(DirectoryDifference.gone_at.is_(None)))
        for row in known:
            if found.get(row.login) == row.kind:
                row.seen_at = utcnow()
                del found[row.login]
            else:
                row.gone_at = utcnow()
        db.session.add_all(DirectoryDifference(login=login, kind=kind) for login, kind in found.items())
        query = select(func.count()).where(DirectoryDifference.gone_at.is_(None))
        return int(db.session.scalar(query) or 0)


def _differences(there: dict[str, bool]) -> Iterator[tuple[str, str]]:
    """Login and kind of each disagreement; accounts that are being made or are closed are left out."""
    here = {row.login: row.state for row in db.session.execute(select(Account.login, Account.state))}
    for login, state in here.items():
        if state in ("active", "suspended") and login not in there:
            yield login, "not_in_directory"
        elif state == "active" and there.get(login):
            yield login, "suspended_in_directory"
        elif state == "suspended" and not there[login]:
            yield login, "active_in_directory"
    for login in there:
        if login not in here:
            yield login, "not_in_register"


def _create_again(directory: Directory, login: str, name: str, mail: str) -> Made:
    """Finish what was begun: what is there stays, and a new password replaces the one nobody saw."""
    try:
        directory.create(login, name, mail)
    except EntryExists:
        entry = directory.find(login)
        if entry is not None and entry.mail.lower() != mail.lower():
            raise
    password = new_password()
    result = directory.set_password(login, password)
    directory.activate(login)
    return Made(password, directory.is_connected, result.must_change)


def _what_happened(directory: Directory, login: str, intended_at: Any) -> str:
    """Whether the password was changed before the connection was lost; either way nobody has seen it."""
    entry = directory.find(login)
    changed = (entry.password_changed_at or entry.changed_at) if entry else None
    if changed is not None and changed >= intended_at - CLOCKS_DIFFER:
        return _("Direktori sudah memasang password baru, tetapi tidak ada yang melihatnya. Ganti sekali lagi.")
    return _("Terputus sebelum direktori mengubah apa pun. Ganti sekali lagi.")
