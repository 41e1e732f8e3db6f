"""The command that makes a token for another monitor."""

from __future__ import annotations

import secrets

import click
from flask.cli import with_appcontext

from models.base.db import db, write_transaction
from models.organisation.sessions import hash_token
from models.outages.alert import SENDERS, AlertSource


@click.command("create-alert-source")
@click.argument("name")
@click.option("--kind", type=click.Choice(list(SENDERS)), default="alertmanager", help="which monitor it is")
@with_appcontext
def create_alert_source(name: str, kind: str) -> None:
    """Print the bearer token of a new source for /api/alerts; only its hash is kept."""
    token = secrets.token_urlsafe(32)
    with write_transaction():
        db.session.add(AlertSource(name=name, kind=kind, token_hash=hash_token(token)))
    click.echo(token)
