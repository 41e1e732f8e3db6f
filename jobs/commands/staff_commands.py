"""The command with which a member of staff is added: create-staff."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from models.base.db import write_transaction
from models.organisation.roles import Role
from models.organisation.staff import username_of
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
    click.echo(f"{name} ({username_of(username)}) sets a password at {link}")
