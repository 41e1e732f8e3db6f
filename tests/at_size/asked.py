"""Counts what one request asks of the database: its statements, and the rows that they hand over."""

from __future__ import annotations

from typing import Any

from flask import Flask
from sqlalchemy import event

from models.base.db import db


class Asked:
    """Inside the block, `statements` gathers what is issued and `rows` counts what is fetched, whole request."""

    def __init__(self, app: Flask) -> None:
        self.app, self.statements, self.rows = app, [], 0

    def __enter__(self) -> Asked:
        with self.app.app_context():
            event.listen(db.engine, "after_cursor_execute", self._note)
        return self

    def __exit__(self, *_fault: object) -> None:
        with self.app.app_context():
            event.remove(db.engine, "after_cursor_execute", self._note)

    def _note(self, _connection: Any, cursor: Any, statement: str, _parameters: Any, context: Any, _many: bool) -> None:
        if not statement.startswith(("BEGIN", "SAVEPOINT", "RELEASE")):
            self.statements.append(statement)
            context.cursor = _Counting(cursor, self)


class _Counting:
    """A cursor that counts the rows it hands over."""

    def __init__(self, cursor: Any, asked: Asked) -> None:
        self._cursor, self._asked = cursor, asked

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)

    def fetchone(self) -> Any:
        row = self._cursor.fetchone()
        self._asked.rows += row is not None
        return row

    def fetchmany(self, *size: int) -> Any:
        return self._counted(self._cursor.fetchmany(*size))

    def fetchall(self) -> Any:
        return self._counted(self._cursor.fetchall())

    def _counted(self, rows: Any) -> Any:
        self._asked.rows += len(rows)
        return rows
