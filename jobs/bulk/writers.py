"""Writes many rows at once: by COPY on PostgreSQL, by many parameters a statement on SQLite."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Column, Connection, Table, func, select, text

from jobs.bulk.copies import written_columns
from models.base.columns.json_value import Held
from models.base.db import db

Lines = Mapping[str, Sequence[list[Held]]]
SEARCH_INDEX = "ix_ticket_text_tsv"


class PostgresWriter:
    """COPY in text form; the index for search is built once at the end."""

    def value(self, column: Column[Held], value: Held) -> str:
        if value is None:
            return "\\N"
        if isinstance(value, bool):
            return "t" if value else "f"
        if isinstance(value, datetime):
            return self.moment(value)
        bound = _bound(column, value) if not isinstance(value, dict | list) else json.dumps(value, ensure_ascii=False)
        written = str(bound)
        return written.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")

    def moment(self, moment: datetime) -> str:
        return moment.isoformat()

    def first_ids(self, connection: Connection, counts: Mapping[str, int]) -> dict[str, int]:
        """Take so many ids of each table's sequence for ourselves; the last id before them."""
        found = {}
        for table, count in counts.items():
            sequence = connection.scalar(text("SELECT pg_get_serial_sequence(:table, 'id')"), {"table": table})
            last = int(connection.scalar(text(f"SELECT nextval('{sequence}')")))  # noqa: S608  # named by the catalogue
            connection.execute(text("SELECT setval(:sequence, :last)"), {"sequence": sequence, "last": last + count})
            found[table] = last
        return found

    def write(self, connection: Connection, lines: Lines) -> None:
        raw: Any = connection.connection.driver_connection
        with raw.cursor() as cursor:
            for name, rows in lines.items():
                columns = ", ".join(f'"{c.name}"' for c in written_columns(_table(name)))
                with cursor.copy(f'COPY "{name}" ({columns}) FROM STDIN') as copy:
                    copy.write("".join("\t".join(map(str, row)) + "\n" for row in rows))

    def before(self, connection: Connection) -> str:
        """Take the index for search away, and return the statement that makes it again."""
        query = text("SELECT indexdef FROM pg_indexes WHERE indexname = :name")
        made = connection.scalar(query, {"name": SEARCH_INDEX})
        connection.execute(text(f"DROP INDEX IF EXISTS {SEARCH_INDEX}"))
        return str(made or f"CREATE INDEX {SEARCH_INDEX} ON ticket_text USING gin (tsv)")

    def after(self, connection: Connection, index: str) -> None:
        connection.execute(text("SET statement_timeout = 0"))
        connection.execute(text("SET maintenance_work_mem = '512MB'"))
        connection.execute(text(index.replace("CREATE INDEX ", "CREATE INDEX IF NOT EXISTS ", 1)))
        connection.execute(text("ANALYZE"))


CACHE_KILOBYTES = 512_000  # indexes of a large house change everywhere; in 2 MB each of their pages goes to and fro


class SqliteWriter:
    """Parameters by the hundred; the triggers that keep the words for search stay on, so each batch is whole."""

    def value(self, column: Column[Held], value: Held) -> Held:
        if isinstance(value, datetime):
            return self.moment(value)
        processed = _bound(column, value)
        return processed.isoformat() if isinstance(processed, date) else processed

    def moment(self, moment: datetime) -> str:
        return moment.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")

    def first_ids(self, connection: Connection, counts: Mapping[str, int]) -> dict[str, int]:
        return {name: connection.scalar(select(func.max(_table(name).c.id))) or 0 for name in counts}

    def write(self, connection: Connection, lines: Lines) -> None:
        connection.exec_driver_sql(f"PRAGMA cache_size = -{CACHE_KILOBYTES}")
        for name, rows in lines.items():
            columns = written_columns(_table(name))
            names, marks = ", ".join(f'"{c.name}"' for c in columns), ", ".join("?" * len(columns))
            connection.exec_driver_sql(
                f'INSERT INTO "{name}" ({names}) VALUES ({marks})',  # noqa: S608  # names of our own tables
                [tuple(row) for row in rows],
            )

    def before(self, connection: Connection) -> str:
        return ""

    def after(self, connection: Connection, index: str) -> None:
        connection.execute(text("INSERT INTO ticket_fts(ticket_fts) VALUES ('optimize')"))
        connection.execute(text("ANALYZE"))
        connection.commit()  # autocommit or not: on SQLite the house begins every transaction itself


def writer() -> PostgresWriter | SqliteWriter:
    return PostgresWriter() if db.engine.dialect.name == "postgresql" else SqliteWriter()


def _table(name: str) -> Table:
    return db.metadata.tables[name]


def _bound(column: Column[Held], value: Held) -> Held:
    process = column.type.dialect_impl(db.engine.dialect).bind_processor(db.engine.dialect)
    return process(value) if process and value is not None else value
