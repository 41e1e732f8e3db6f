"""Explains and mends directory changes that a crash or a lost connection left without result (security.md Z34).

How one is mended:
 1. it is claimed for a minute, so that two workers never set two passwords for one account;
 2. the directory is asked, with no transaction open;
 3. a creation is finished with a new password, since nobody saw the old one; a password change is only explained,
    because the person stood at the desk and the operator repeats it;
 4. the result's step is taken. While the directory cannot be asked, the change keeps waiting and says why.
"""

from __future__ import annotations

from datetime import datetime

from flask import current_app
from flask_babel import gettext as _

from gateways.directory.interface import (
    Directory,
    DirectoryError,
    DirectoryForbidden,
    DirectoryTimeout,
    DirectoryUnreachable,
    DirectoryUntrusted,
)
from gateways.directory.open_directory import open_directory
from models.accounts.directory_change import ChangeKind, ChangeState, DirectoryChange, changes_without_result
from models.accounts.first_password import new_password
from models.base.db import db, write_transaction
from models.organisation import audit
from procedures.accounts import state
from procedures.accounts.directory_calls import CLOCKS_DIFFER, Failure, Made
from procedures.engine.declaration import PRODUCT
from procedures.engine.take_step import StepRefused, take_step

ASK_AGAIN = (DirectoryUnreachable, DirectoryTimeout, DirectoryUntrusted, DirectoryForbidden)
"""Failures that say nothing about the change itself: somebody mends the way to the directory first."""


def reconcile() -> int:
    """Explain and mend every intent that is old enough to have been left behind; says how many."""
    ids = [change.id for change in changes_without_result()]
    return sum(_reconcile(change_id) for change_id in ids if _claim(change_id))


def _claim(change_id: int) -> bool:
    with write_transaction():
        return DirectoryChange.claim(change_id)


def _reconcile(change_id: int) -> bool:
    try:
        _finish(db.session.get_one(DirectoryChange, change_id))
    except ASK_AGAIN as error:
        with write_transaction():
            db.session.get_one(DirectoryChange, change_id).explanation = str(error.sentence)
        return False
    except StepRefused as refused:
        with write_transaction():
            db.session.get_one(DirectoryChange, change_id).finish(ChangeState.EXPLAINED, refused.sentence)
            audit.record("reconcile", "DirectoryChange", change_id, actor_name="Pustikom")
    return True


def _finish(change: DirectoryChange) -> None:
    kind, ticket_id, intended_at = change.kind, change.ticket_id or 0, change.intended_at
    account, number = change.account, change.ticket.number if change.ticket else ""
    login, name, mail = account.login, account.holder or account.login, account.address
    if kind in state.BECOMES:
        _finish_state(change.id)
        return
    directory = open_directory(current_app.config)
    db.session.commit()
    if kind == ChangeKind.SET_PASSWORD:
        take_step(ticket_id, "change_failed", PRODUCT, _what_happened(directory, login, intended_at))
        return
    if not directory.is_connected:
        sentence = _("Terputus sebelum tautannya dibuat. Pasang password lain di sistem email, lalu ulangi.")
        take_step(ticket_id, "creation_failed", PRODUCT, Failure(sentence, explained=True))
        return
    password = new_password()
    try:
        result = directory.make(login, name, mail, password, number)
    except ASK_AGAIN:
        raise
    except DirectoryError as error:
        take_step(ticket_id, "creation_failed", PRODUCT, Failure(str(error.sentence), explained=True))
        return
    take_step(ticket_id, "account_ready", PRODUCT, Made(password, directory.is_connected, result.must_change))


def _finish_state(change_id: int) -> None:
    """Suspending, activating or closing is done once more: twice does no harm."""
    try:
        state.finish(change_id, state.tell(change_id))
    except ASK_AGAIN:
        raise
    except DirectoryError as error:
        state.give_up(change_id, str(error.sentence), ChangeState.EXPLAINED)


def _what_happened(directory: Directory, login: str, intended_at: datetime) -> Failure:
    """Whether the password was changed before the connection was lost; either way nobody has seen it."""
    if not directory.is_connected:
        return Failure(_("Terputus sebelum password tampil di layar. Ganti sekali lagi."), explained=True)
    entry = directory.find(login)
    changed = (entry.password_changed_at or entry.changed_at) if entry else None
    if changed is not None and changed >= intended_at - CLOCKS_DIFFER:
        return Failure(
            _("Direktori sudah memasang password baru, tetapi tidak ada yang melihatnya. Ganti sekali lagi."),
            explained=True,
            has_changed=True,
        )
    return Failure(_("Terputus sebelum direktori mengubah apa pun. Ganti sekali lagi."), explained=True)
