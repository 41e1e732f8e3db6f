"""Ends a command in one sentence where the database is away, or has no schema yet."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

import click
from sqlalchemy.exc import DBAPIError, OperationalError

from models.base.database_fault import is_unreadable, sentence_of
from models.base.db import db

NO_TABLE = ("no such table", "does not exist")  # as SQLite and PostgreSQL say it
CANNOT_START = 2


P = ParamSpec("P")
R = TypeVar("R")


class NotPossible(click.ClickException):
    """Said as one sentence; ends with 2, as a wrong configuration does."""

    exit_code = CANNOT_START


def in_words(command: Callable[P, R]) -> Callable[P, R]:
    """The command's function; whatever else goes wrong keeps its trace."""

    @wraps(command)
    def told(*args: P.args, **more: P.kwargs) -> R:
        try:
            return command(*args, **more)
        except DBAPIError as fault:
            sentence = _sentence(fault)
            if not sentence:
                raise
            raise NotPossible(sentence) from None

    return told


def _sentence(fault: DBAPIError) -> str:
    said = str(fault.orig)
    if "relation" in said and NO_TABLE[1] in said or NO_TABLE[0] in said:
        return (
            "DATABASE_URL: the database has no schema yet, or an older one: run flask --app app setup (or db upgrade)."
        )
    if fault.connection_invalidated or is_unreadable(fault.orig) or _is_away(fault):
        return f"DATABASE_URL: {sentence_of(db.engine, fault)}"
    return ""


def _is_away(fault: DBAPIError) -> bool:
    """Was no connection made at all?"""
    words = ("connect", "unable to open", "server closed", "terminating")
    return isinstance(fault, OperationalError) and any(word in str(fault.orig).lower() for word in words)
