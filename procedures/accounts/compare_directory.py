"""Compares the register of accounts with the directory, once a day, and lists where they differ."""

from __future__ import annotations

from collections.abc import Iterator

from flask import current_app
from sqlalchemy import func, select

from gateways.directory.open_directory import open_directory
from models.accounts.account import Account
from models.accounts.directory_change import DirectoryDifference
from models.base.db import db, utcnow, write_transaction


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
