"""The directory's part of E4 and P4: the intent is committed, the directory called, the result committed.

A crash between the two leaves an intent without a result, which reconcile_directory.py explains and mends.
No password is stored: it lives in this call, and in the sealed link or on the operator's page.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from flask import current_app
from sqlalchemy.exc import SQLAlchemyError

from gateways.directory.interface import DirectoryError, PasswordResult
from gateways.directory.open_directory import open_directory
from mails.accounts import notices
from mails.recipients import Recipient
from models.accounts.account import Account
from models.accounts.directory_change import ChangeState, DirectoryChange, open_change
from models.accounts.first_password import new_password
from models.accounts.one_time_link import OneTimeLink
from models.accounts.proof_of_identity import mask_address
from models.base import setting
from models.base.db import db
from models.organisation.staff import Staff
from models.tickets.ticket import Ticket
from procedures.engine.declaration import PRODUCT
from procedures.engine.take_step import StepRefused, take_step

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
    has_changed: bool = False  # the directory has a new password all the same, which nobody has seen


def create_account(ticket_id: int, set_by_hand: str = "") -> None:
    """E4 after its intent: make, give a password, activate; then the result's step.

    `set_by_hand` is the first password where no directory is connected and a person made the account.
    """
    login, name, mail = login_of(ticket_id)
    number = db.session.get_one(Ticket, ticket_id).number
    directory, password = open_directory(current_app.config), set_by_hand or new_password()
    db.session.commit()  # no transaction is open while the directory works
    try:
        result = directory.make(login, name, mail, password, number)
    except DirectoryError as error:
        if error.nothing_changed:
            take_step(ticket_id, "creation_failed", PRODUCT, Failure(str(error.sentence)))
        return
    take_step(ticket_id, "account_ready", PRODUCT, Made(password, directory.is_connected, result.must_change))


def change_password(ticket_id: int) -> Made | Failure | None:
    """P4 after its intent; the password goes to the caller's page alone. None: unclear, to be reconciled."""
    login, _name, _mail = login_of(ticket_id)
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
    try:
        take_step(ticket_id, "password_changed" if directory.is_connected else "password_made", PRODUCT, made)
    except StepRefused as refused:  # the reconcile job was here first: what this page would show may not bind
        return Failure(refused.sentence)
    except SQLAlchemyError:  # the directory has it and the register does not know: to be reconciled
        db.session.rollback()
        return None
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
    ticket: Ticket,
    account: Account,
    password: str,
    to: Recipient,
    by: Staff | None,
    notice: Callable[..., None] = notices.account_ready,
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
    """The result of P4 in the directory, inside its step."""
    change = open_change(ticket)
    note_changed(change.account, change.by)
    _close(change, made)
    return change


def finish_by_hand(ticket: Ticket, made: Made) -> DirectoryChange:
    """The result of P4 where no directory is connected, inside its step: made, and not yet in force."""
    change = open_change(ticket)
    _close(change, made)
    return change


def note_changed(account: Account, by: Staff | None) -> None:
    """A new password is in force: a line of the account's history, and older links show nothing any more."""
    account.note("password_changed", by=by)
    OneTimeLink.void_all(account.id)


def fail_change(ticket: Ticket, failure: Failure) -> None:
    """No result of P4, inside its step; a password that came in force unseen is part of the account's history."""
    change = open_change(ticket)
    change.finish(ChangeState.EXPLAINED if failure.explained else ChangeState.FAILED, failure.sentence)
    if failure.has_changed:
        change.in_directory = True
        change.account.note("password_changed", failure.sentence, by=change.by)
        OneTimeLink.void_all(change.account_id)


def _close(change: DirectoryChange, made: Made) -> None:
    change.in_directory, change.must_change = made.in_directory, made.must_change
    change.finish(ChangeState.DONE)


def login_of(ticket_id: int) -> tuple[str, str, str]:
    """Login, holder's name and address of the account whose change is under way."""
    account = open_change(db.session.get_one(Ticket, ticket_id)).account
    return account.login, account.holder or account.login, account.address
