"""Reads the rows of one ticket from all tables, by the foreign keys that lead to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Column, Table, select

from models.base.columns.json_value import Held
from models.base.db import db

# Mails were sent in the past and one-time links open nothing twice.
LEFT_OUT = frozenset({"outbox", "one_time_link"})


@dataclass(frozen=True)
class Row:
    """One row as Python values by column, and its name in `Sample.names`: its table and primary key."""

    table: Table
    values: dict[str, Any]


@dataclass
class SampleTicket:
    """One ticket: its own row first, then what hangs on it, each row after those that it names."""

    procedure: str
    state: str
    is_open: bool
    rows: list[Row] = field(default_factory=list)

    @property
    def ticket(self) -> dict[str, Any]:
        return self.rows[0].values


class Everything:
    """All rows of a small database, by table, read once."""

    def __init__(self) -> None:
        self.rows = {table.name: rows_of(table) for table in db.metadata.sorted_tables if table.name not in LEFT_OUT}


def rows_of(table: Table) -> list[dict[str, Any]]:
    return [dict(row._mapping) for row in db.session.execute(select(table).order_by(*table.primary_key))]


def target_of(column: Column[Held]) -> Column[Held] | None:
    """The column that this one refers to, if it is a foreign key."""
    return next(iter(column.foreign_keys)).column if column.foreign_keys else None


def sample_of(ticket_id: int, everything: Everything) -> SampleTicket:
    """The ticket's row and all that hang on it, through any number of tables."""
    own = next(row for row in everything.rows["ticket"] if row["id"] == ticket_id)
    sample = SampleTicket(own["procedure"], own["state"], own["is_open"], [Row(db.metadata.tables["ticket"], own)])
    names = {("ticket", "id", ticket_id)}
    for table in db.metadata.sorted_tables:
        if table.name == "ticket" or table.name in LEFT_OUT:
            continue
        keys = [(column.name, target) for column in table.columns if (target := target_of(column)) is not None]
        for row in everything.rows[table.name]:
            if _hangs_on(row, keys, names, ticket_id):
                sample.rows.append(Row(table, row))
                names |= {(table.name, column.name, row[column.name]) for column in table.primary_key}
    return sample


def _hangs_on(
    row: dict[str, Any], keys: list[tuple[str, Column[Held]]], names: set[tuple[str, str, Any]], ticket_id: int
) -> bool:
    """Does a foreign key of the row lead to what was found, and none to another ticket?"""
    found = False
    for name, target in keys:
        if row[name] is None:
            continue
        if target.name in ("id", "ticket_id") and target.table.name in ("ticket", "outage") and row[name] != ticket_id:
            return False
        found = found or (target.table.name, target.name, row[name]) in names
    return found
