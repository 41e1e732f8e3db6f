"""Commands about single members of staff: create-staff, and reset-second-factor for a house that nobody can enter."""

from __future__ import annotations

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from models.base.db import db, write_transaction
from models.organisation.roles import Role
from models.organisation.staff import Staff, username_of
from procedures.organisation.invite_staff import StaffRefused, invite_staff
from procedures.organisation.second_factor import reset_at_the_server


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


@click.command("reset-second-factor")
@click.argument("username")
@with_appcontext
def reset_second_factor(username: str) -> None:
    """Take a person's second factor off, where no second person can enter the panel any more.

    It is written down, and the person and the heads of the centre hear of it by mail. Within the panel a reset needs
    a proof of identity and two people.
    """
    query = select(Staff).where(Staff.username == username_of(username))
    person = db.session.scalars(query).unique().one_or_none()
    if person is None:
        raise click.ClickException(f"Nobody has the login {username_of(username)[:60]!r}.")
    name, staff_id = person.name, person.id
    with write_transaction():
        reset_at_the_server(db.session.get_one(Staff, staff_id))
    click.echo(f"{name} signs in with the password alone, and prepares a second factor then; all sessions ended.")
