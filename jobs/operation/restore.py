"""Restores a backup without risk for the present house: everything is proved in a new one, which then takes its place.

On either kind of database, from either kind. It sends no mail that was waiting (security.md Z28).
"""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from flask import current_app
from sqlalchemy import Engine, delete, inspect, select, text
from sqlalchemy.exc import DBAPIError

from gateways.files.file_store import FileStore
from jobs.operation.archive import FILE, BackupRefused, Manifest
from jobs.operation.archive_proof import damage_in_words, members, opened, prove
from jobs.operation.fill_house import fill, refuse_unknown_revision
from jobs.operation.house import House, house_of_this_database, silent
from jobs.operation.one_at_a_time import one_at_a_time
from models.base.db import db
from models.tickets.link_key import LinkKey
from models.tickets.ticket import Ticket
from models.tickets.ticket_keys import keys
from procedures.tickets.evidence.sealing import chain_goes_on

FULL = (errno.ENOSPC, errno.EDQUOT)


def restore(
    source: Path,
    replace: bool = False,
    secret_key: Path | None = None,
    without_keys: bool = False,
    tell: Callable[[str], None] = silent,
) -> Manifest:
    """Put the house of an archive in the place of the present one, which is kept aside until a later backup.

     1. the archive is read to its end: packing, list, hash of each table and file;
     2. a new house is made beside the present one, filled, proved and brought to the present schema;
     3. files are put into the store, where a file of the present house is never changed;
     4. the new house takes the present one's place in one act; a kill anywhere leaves one of the two whole.

    Raises BackupRefused before the fourth, and then the present house is as it was; also when it holds staff and
    `replace` is not given. `without_keys`: access codes whose LINK_KEY is lost are given up.
    """
    with _refusals(), one_at_a_time(), opened(source, secret_key) as archive:
        _refuse_to_overwrite(replace)
        with _proved(archive, without_keys, tell) as (house, manifest):
            added = _restore_files(archive, tell)
            try:
                house.take_place()
            except BaseException:
                _take_back(added)
                raise
    current_app.extensions.pop("settings_cache", None)
    chain_goes_on()
    return manifest


def rehearse(
    source: Path,
    secret_key: Path | None = None,
    without_keys: bool = False,
    tell: Callable[[str], None] = silent,
) -> Manifest:
    """Prove an archive as a restore would, and touch nothing; BackupRefused when it could not be restored."""
    with (
        _refusals(),
        one_at_a_time(),
        opened(source, secret_key) as archive,
        _proved(archive, without_keys, tell) as (_house, manifest),
    ):
        return manifest


def go_back() -> None:
    """Put the house that the last restore kept aside in its place again; the present one is kept aside instead."""
    with _refusals(), one_at_a_time():
        house = house_of_this_database()
        if house.kept_since() is None:
            raise BackupRefused("No house is kept aside: there is nothing to go back to.")
        _let_go()
        house.go_back()
    current_app.extensions.pop("settings_cache", None)
    chain_goes_on()


@contextmanager
def _proved(archive: IO[bytes], without_keys: bool, tell: Callable[[str], None]) -> Iterator[tuple[House, Manifest]]:
    """The archive as a new house beside the present one; what is left of it at the end is removed."""
    manifest = prove(archive, tell)
    refuse_unknown_revision(manifest.revision)
    tell("archive proved")
    _let_go()
    house = house_of_this_database(tell)
    try:
        engine = house.begin()
        try:
            fill(engine, house, archive, manifest, tell)
            if without_keys:
                _give_up_lost_keys(engine)
            else:
                _refuse_lost_keys(engine, manifest)
        finally:
            engine.dispose()
        yield house, manifest
    finally:
        house.discard()


def _let_go() -> None:
    """This process reads nothing of the present house while its place is taken."""
    db.session.remove()
    db.engine.dispose()


def _refuse_to_overwrite(replace: bool) -> None:
    if replace or "staff" not in inspect(db.engine).get_table_names():
        return
    with db.engine.connect() as connection:
        if connection.scalar(text("SELECT count(*) FROM staff")):
            raise BackupRefused("The database holds staff already; --replace puts the archive in its place.")


def _refuse_lost_keys(engine: Engine, manifest: Manifest) -> None:
    """Tickets of the archive keep their access codes only under the keys that made them."""
    ring = keys()
    with engine.connect() as connection:
        used = connection.scalars(select(Ticket.link_key_id).distinct()).all()
        kept = dict(connection.execute(select(LinkKey.key_id, LinkKey.fingerprint)).tuples().all())
    for key_id in sorted(used):
        wanted = manifest.keys.get(key_id) or kept.get(key_id)
        if key_id in ring and wanted in (None, ring.fingerprint(key_id)):
            continue
        raise BackupRefused(
            f"LINK_KEY has {'another key' if key_id in ring else 'no key'} under the id {key_id!r}, with which tickets "
            "of the archive were made: put the old key into LINK_KEY (id:secret, the newest first), or give up their "
            "access codes with --without-keys."
        )


def _give_up_lost_keys(engine: Engine) -> None:
    """The new house starts with the keys that there are (security.md Z38)."""
    with engine.begin() as connection:
        for key_id, mark in connection.execute(select(LinkKey.key_id, LinkKey.fingerprint)).all():
            if key_id in keys() and keys().fingerprint(key_id) != mark:
                connection.execute(delete(LinkKey).where(LinkKey.key_id == key_id))


@damage_in_words()
def _restore_files(archive: IO[bytes], tell: Callable[[str], None]) -> dict[str, int]:
    """Put every file into the store, before the rows that name them; returns those that were not there."""
    files, added = _store(), dict[str, int]()
    try:
        for name, stream in members(archive):
            if found := FILE.fullmatch(name):
                tell(f"putting back {name}")
                if number := files.put_back(found[1], stream):
                    added[found[1]] = number
    except BaseException:
        _take_back(added)
        raise
    return added


def _take_back(added: dict[str, int]) -> None:
    """What a refused restore added; the present house names none of it."""
    for sha256, number in added.items():
        _store().take_back(sha256, number)


def _store() -> FileStore:
    """The limits of the settings are for uploads; no row is read."""
    return FileStore(Path(current_app.config["INSTANCE_PATH"]) / "files")


@contextmanager
def _refusals() -> Iterator[None]:
    """Faults of the machine as a refusal that says what to do."""
    try:
        yield
    except OSError as fault:
        if fault.errno in FULL:
            raise BackupRefused("The disk is full: make room, then restore again; nothing was changed.") from None
        raise BackupRefused(f"{fault.filename or 'A file'} cannot be read or written: {fault.strerror}.") from None
    except DBAPIError as fault:
        code = getattr(fault.orig, "sqlite_errorcode", None)
        if code == sqlite3.SQLITE_FULL or getattr(fault.orig, "sqlstate", None) == "53100":
            raise BackupRefused("The disk is full: make room, then restore again; nothing was changed.") from None
        raise
    except sqlite3.Error as fault:
        if getattr(fault, "sqlite_errorcode", None) != sqlite3.SQLITE_FULL:
            raise
        raise BackupRefused("The disk is full: make room, then restore again; nothing was changed.") from None
