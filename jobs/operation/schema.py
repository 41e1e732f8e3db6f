"""Ties the migrations to an application, for the commands that need Alembic."""

from __future__ import annotations

from flask import Flask
from flask_migrate import Migrate

from models.base.db import db


def init_migrations(app: Flask) -> None:
    """`flask db …` and `flask_migrate.upgrade()` work for this application from here on."""
    if "migrate" not in app.extensions:
        Migrate(app, db, render_as_batch=True)
