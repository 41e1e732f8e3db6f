"""Commands for the register of the network: import-nodes, and a token for another monitor."""

from __future__ import annotations

import secrets
from pathlib import Path

import click
from flask.cli import with_appcontext

from models.base.db import db, write_transaction
from models.organisation.sessions import hash_token
from models.outages.alert import SENDERS, AlertSource
from procedures.organisation.import_units import ImportRefused
from procedures.outages.import_nodes import import_nodes


@click.command("import-nodes")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@with_appcontext
def import_nodes_file(file: Path) -> None:
    """Add and update nodes from a CSV with name, kind, address, uplink, units, building, floor, room."""
    try:
        done = import_nodes(file.read_bytes())
    except ImportRefused as refused:
        raise click.ClickException("\n".join(refused.sentences)) from None
    click.echo(f"{done.new} new nodes, {done.changed} updated.")


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
