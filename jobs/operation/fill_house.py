"""Fills a new house with the rows of an archive and proves that each of them is in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import IO, Any

from alembic import command
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from flask import current_app
from sqlalchemy import Connection, Engine, Table, func, select, text
from sqlalchemy.exc import SQLAlchemyError

from jobs.operation.archive import BATCH, LEFT_OUT, TABLE, BackupRefused, Manifest, columns_of, tables_of
from jobs.operation.archive_proof import damage_in_words, members
from jobs.operation.archive_values import RowReader, ValueRefused
from jobs.operation.house import House
from jobs.operation.schema import init_migrations
from models.base.columns.json_value import Held

BATCH_BYTES = 4 * 1024 * 1024  # rows of a batch are no more than this together


def refuse_unknown_revision(revision: str) -> None:
    """BackupRefused for an archive of a schema that this version does not know: a newer or a foreign one."""
    try:
        known = ScriptDirectory.from_config(_alembic()).get_revision(revision)
    except CommandError:
        known = None
    if known is None or known.revision != revision:
        raise BackupRefused(
            f"The archive has the schema {revision[:40]!r}, which this version does not know: "
            "update the helpdesk to the version that made it, or a later one, then restore."
        )


def fill(engine: Engine, house: House, archive: IO[bytes], manifest: Manifest, tell: Callable[[str], None]) -> None:
    """Make the schema of the archive, put every row in, prove it, and bring the schema to the present version."""
    _migrate(engine, manifest.revision)
    tell("schema made")
    with engine.begin() as connection:
        tables = {table.name: table for table in tables_of(connection)}
        _compare(set(tables), set(manifest.counts))
        with house.unchecked_references(connection):
            _insert_all(connection, tables, archive, tell)
        _set_counters(connection, list(tables.values()))
        _check_counts(connection, list(tables.values()), manifest.counts)
    tell("rows proved")
    _migrate(engine, "head")
    house.prove(engine)
    tell("schema brought up to date")


def _alembic() -> Any:
    init_migrations(current_app)
    return current_app.extensions["migrate"].migrate.get_config()


def _migrate(engine: Engine, revision: str) -> None:
    config = _alembic()
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def _compare(tables: set[str], listed: set[str]) -> None:
    for name in sorted(tables - listed):
        raise BackupRefused(f"The archive is incomplete: table {name} of its schema is missing.")
    for name in sorted(listed - LEFT_OUT - tables):
        raise BackupRefused(f"The archive is foreign: its schema has no table {name}.")


@damage_in_words()
def _insert_all(
    connection: Connection, tables: dict[str, Table], archive: IO[bytes], tell: Callable[[str], None]
) -> None:
    left = set(tables)
    for name, stream in members(archive):
        found = TABLE.fullmatch(name)
        if found and found[1] in left:
            left.remove(found[1])
            tell(f"filling {found[1]}")
            _insert(connection, tables[found[1]], stream)
        if not left:
            return  # what follows are files


def _insert(connection: Connection, table: Table, lines: IO[bytes]) -> None:
    for first, rows in _batches(table, lines, naive=connection.dialect.name == "sqlite"):
        if table.name == "outbox":
            _hold(rows)
        try:
            connection.execute(table.insert(), rows)
        except (SQLAlchemyError, ValueError, TypeError, OverflowError) as fault:
            raise BackupRefused(
                f"The database does not take a row of table {table.name} "
                f"(lines {first} to {first + len(rows) - 1}): {_reason(fault)}."
            ) from None


def _batches(table: Table, lines: IO[bytes], naive: bool) -> Iterator[tuple[int, list[dict[str, Held]]]]:
    """The rows in batches, each with the number of its first line."""
    reader, rows, size, first = RowReader(columns_of(table), naive), list[dict[str, Held]](), 0, 1
    for number, line in enumerate(lines, 1):
        try:
            rows.append(reader.read(line))
        except ValueRefused as refused:
            raise BackupRefused(f"The archive is damaged: line {number} of table {table.name} {refused}.") from None
        size += len(line)
        if len(rows) == BATCH or size > BATCH_BYTES:
            yield first, rows
            rows, size, first = [], 0, number + 1
    if rows:
        yield first, rows


def _hold(mails: list[dict[str, Held]]) -> None:
    """What was on its way when the backup was made must not go out twice (security.md Z28)."""
    for mail in mails:
        if mail["state"] in ("queued", "claimed"):
            mail["state"], mail["leased_until"] = "held", None


def _reason(fault: Exception) -> str:
    """What the database said, in one line, without the values that follow it."""
    said = str(getattr(fault, "orig", None) or type(fault).__name__)
    return said.splitlines()[0][:200].rstrip(".")


def _set_counters(connection: Connection, tables: list[Table]) -> None:
    """New rows get numbers after the last one."""
    if connection.dialect.name == "sqlite":
        return
    for table in tables:
        if "id" in table.c and (last := connection.scalar(select(func.max(table.c.id)))):
            asked = {"table": f'"{table.name}"', "last": last}
            connection.execute(text("SELECT setval(pg_get_serial_sequence(:table, 'id'), :last)"), asked)


def _check_counts(connection: Connection, tables: list[Table], counts: dict[str, int]) -> None:
    for table in tables:
        found = connection.scalar(select(func.count()).select_from(table)) or 0
        if found != counts[table.name]:
            raise BackupRefused(f"Table {table.name} holds {found} rows after filling, not {counts[table.name]}.")
