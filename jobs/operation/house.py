"""What a restore asks of a house (all tables of an installation), whichever database it stands on."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol

from sqlalchemy import Connection, Engine

from jobs.operation.house_postgresql import PostgresqlHouse
from jobs.operation.house_sqlite import SqliteHouse
from models.base.db import db


def silent(_words: str) -> None:
    """Nobody is told how far it is."""


class House(Protocol):
    """The present house, a new one beside it, and the old one that the last restore kept aside."""

    def begin(self) -> Engine:
        """An empty new house; what an earlier restore left half is removed."""

    def unchecked_references(self, connection: Connection) -> AbstractContextManager[None]:
        """Inside, rows may come before those that they refer to; at the end every reference is checked."""

    def prove(self, engine: Engine) -> None:
        """BackupRefused when the database finds the new house unsound."""

    def take_place(self) -> None:
        """The new house becomes the present one in one act, and the present one is kept aside."""

    def go_back(self) -> None:
        """The house kept aside becomes the present one in one act, and the present one is kept aside."""

    def discard(self) -> None:
        """Remove what is left of a new house."""

    def kept_since(self) -> float | None:
        """When a house was put aside (seconds since 1970), or None without one."""

    def forget_aside(self) -> None:
        """Remove the house kept aside; its files go when the worker tidies."""

    def hashes_aside(self) -> set[str]:
        """The files that the house kept aside names."""


def house_of_this_database(tell: Callable[[str], None] = silent) -> House:
    return SqliteHouse(tell) if db.engine.dialect.name == "sqlite" else PostgresqlHouse(tell)
