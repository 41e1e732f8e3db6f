"""What keeps the application from starting, each in one sentence that names the variable and the cure."""

from __future__ import annotations

import sys

from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from config_readers import ConfigError
from models.base.database_fault import database_fault
from models.base.db import db, write_transaction
from models.base.version import VERSION
from models.organisation.staff import has_demo_accounts
from models.tickets.link_key import note_keys, wrong_keys
from models.tickets.ticket_keys import keys
from procedures.operation.schema_head import known_schemas

DECLARES = "procedures"  # prints what the code declares: it works without secrets and database
MENDS = ("doctor", "restore")  # commands for a house that cannot start


def only_declares() -> bool:
    return DECLARES in sys.argv[1:]


def refuse_to_start(app: Flask) -> None:
    """Raises ConfigError for a database that does not answer, is of a newer version, or holds what must not be there.

    The last is a demo account in production, and a LINK_KEY other than the one of old tickets.
    """
    if any(command in sys.argv[1:] for command in MENDS):
        return
    with app.app_context():
        fault = database_fault(db.engine)
        if fault:
            raise ConfigError(f"DATABASE_URL: {fault}")
        try:
            _refuse_newer_schema()
            _refuse_demo_accounts(app)
            _refuse_wrong_keys()
        except SQLAlchemyError:
            return  # no schema yet: nothing is served without it either
        finally:
            db.session.remove()
            db.engine.dispose()  # workers that are forked from here must not share a connection


def _refuse_newer_schema() -> None:
    """An older version would write rows that the newer one does not expect."""
    unknown = set(db.session.scalars(text("SELECT version_num FROM alembic_version"))) - known_schemas()
    if unknown:
        raise ConfigError(
            f"DATABASE_URL: the database has the schema {min(unknown)[:40]!r}, which this version ({VERSION}) does not "
            "know, since a newer one was here: install that version, or a later one; nothing was changed."
        )


def _refuse_demo_accounts(app: Flask) -> None:
    """Production does not start with a demo account (security.md S10)."""
    if app.config["HELPDESK_ENV"] == "production" and has_demo_accounts():
        raise ConfigError(
            "DATABASE_URL: a demo account is active there, and production does not start with it; use a fresh database."
        )


def _refuse_wrong_keys() -> None:
    """Under a wrong key no access code and no link would open, and nobody would know why (security.md Z38)."""
    wrong = wrong_keys(keys())
    if wrong:
        raise ConfigError(
            f"LINK_KEY has another secret under the id {wrong[0]!r} than the one with which access codes were made: "
            "put the old secret back; a new one gets an id of its own and stands before it."
        )
    with write_transaction():
        note_keys(keys())
