"""Ties the migrations to an application, for the commands that need Alembic."""

from __future__ import annotations

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask, current_app
from flask_migrate import Migrate

from models.base.db import db


def init_migrations(app: Flask) -> None:
    """`flask db …` and `flask_migrate.upgrade()` work for this application from here on."""
    if "migrate" not in app.extensions:
        Migrate(app, db, render_as_batch=True)


def is_up_to_date() -> bool:
    """Has the database the schema of this program?"""
    init_migrations(current_app)
    script = ScriptDirectory.from_config(current_app.extensions["migrate"].migrate.get_config())
    with db.engine.connect() as connection:
        return set(MigrationContext.configure(connection).get_current_heads()) == set(script.get_heads())
