"""Commands for the registers of staff and units: create-staff and import-units."""

from __future__ import annotations

import secrets
from datetime import timedelta
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import select

from models.base.db import db, utcnow, write_transaction
from models.organisation import audit
from models.organisation.roles import Role
from models.organisation.sessions import StaffToken, hash_token
from models.organisation.staff import Staff
from procedures.organisation.import_units import ImportRefused, import_units

INVITATION = timedelta(hours=72)


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
    username = username.strip().lower()
    if db.session.scalar(select(Staff.id).where(Staff.username == username)) is not None:
        raise click.ClickException(f"{username} exists already.")
    token = secrets.token_urlsafe(32)
    with write_transaction():
        person = Staff(username=username, name=name, email=email, position=position)
        person.roles = {Role(role) for role in roles}
        db.session.add(person)
        db.session.flush()
        db.session.add(
            StaffToken(
                staff_id=person.id, token_hash=hash_token(token), purpose="invite", ends_at=utcnow() + INVITATION
            )
        )
        audit.record(
            "create", "Staff", person.id, actor_name="command", diff={"username": username, "roles": list(roles)}
        )
    click.echo(f"{name} ({username}) sets a password at {current_app.config['BASE_URL']}/admin/invite/{token}")


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
