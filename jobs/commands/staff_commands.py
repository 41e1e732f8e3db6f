"""Commands for the registers of staff and units: create-staff and import-units."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import with_appcontext

from models.base.db import write_transaction
from models.organisation.roles import Role
from procedures.organisation.import_units import ImportRefused, import_units
from procedures.organisation.invite_staff import StaffRefused, invite_staff


@click.command("create-staff")
@click.argument("username")
@click.argument("name")
@click.option("--email", default="")
@click.option("--position", default="")
@click.option(
    "--role", "roles", multiple=True, type=click.Choice([r.value for r in Role]), help="May be given several times."
)
@with_appcontext
def create_staff(username: str, name: str, email: str, position: str, roles: tuple[str, ...]) -> None:
    """Add a member of staff and print the link with which they set their password (72 hours, once)."""
    try:
        with write_transaction():
            link = invite_staff(username, name, email, position, {Role(role) for role in roles}, by="command")
    except StaffRefused as refused:
        raise click.ClickException(str(refused)) from None
    click.echo(f"{name} ({username.strip().lower()}) sets a password at {link}")


@click.command("import-units")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@with_appcontext
def import_units_file(file: Path) -> None:
    """Add and update units from a CSV with code, name, kind, parent_code, building."""
    try:
        done = import_units(file.read_bytes())
    except ImportRefused as refused:
        raise click.ClickException("\n".join(refused.sentences)) from None
    click.echo(f"{done.new} new units, {done.changed} updated.")
