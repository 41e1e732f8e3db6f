"""A demonstration: people, units and tickets at every desk, walked there by the procedures' own steps.

It breaks when a rule breaks. Passwords are random for each installation; production refuses demo accounts.
"""

from __future__ import annotations

import os
import secrets
from datetime import date, datetime, timedelta
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import ColumnElement, select
from werkzeug.datastructures import MultiDict

from jobs.demo.accounts import seed_accounts
from jobs.demo.articles import seed_articles
from jobs.demo.cast import CAST, build_cast
from jobs.demo.clock import at
from jobs.demo.desks import seed_desks
from jobs.demo.installations import seed_installations
from jobs.demo.mails import seed_mails
from jobs.demo.outages import seed_outages
from jobs.demo.pages import build_pages
from jobs.demo.texts import COMPLAINTS, HOLIDAYS, Story
from jobs.tickets.count_months import count_months
from jobs.tickets.count_services import count_services
from jobs.tickets.count_words import count_words
from models.base.calendar import Holiday, due_at
from models.base.db import db, utcnow, write_transaction
from models.base.periods.privacy_notice import keep_notice
from models.base.wording import local, today
from models.organisation.delegation import Delegation
from models.organisation.roles import Role
from models.organisation.staff import Group, Staff
from models.organisation.unit import Unit
from models.tickets.category import Category
from models.tickets.outbox import Mail, MailState
from models.tickets.ticket import Ticket
from procedures.engine import catalog
from procedures.engine.declaration import Actor
from procedures.engine.take_step import open_ticket, take_step

SHOWN_ROLES = {"yusuf": "delegate"}


@click.command("seed-demo")
@with_appcontext
def seed_demo() -> None:
    """Fill an empty installation with a demonstration; a filled one is left as it is."""
    if db.session.scalar(select(Staff.id).limit(1)) is not None:
        click.echo("Staff exist already: nothing was added.")
        return
    passwords = {username: secrets.token_urlsafe(9) for username, *_rest in CAST}
    with write_transaction():
        people = build_cast(passwords)
    _write_logins(passwords)
    demonstrate(people)


def demonstrate(people: dict[str, Staff]) -> None:
    """All that the cast has done so far, told by the procedures' own steps."""
    with write_transaction():
        _delegation(people)
        seed_pages()
    for count, story in enumerate(COMPLAINTS, 1):
        tell(story)
        click.echo(f"\rdemo tickets: {count}/{len(COMPLAINTS)}", nl=False)
    seed_outages()
    click.echo()
    click.echo(f"demo installations: {seed_installations()}")
    click.echo(f"demo accounts: {seed_accounts()}")
    seed_desks(people)
    seed_articles(people)
    seed_mails()
    _mails_were_sent()
    count_services()
    count_words()
    count_months()


def seed_pages() -> None:
    """The public texts, downloads and holidays with which an installation begins."""
    build_pages()
    keep_notice()
    if db.session.scalar(select(Holiday.id).limit(1)) is None:
        db.session.add_all(Holiday(day=date.fromisoformat(day), name=name) for day, name in HOLIDAYS)


def _delegation(people: dict[str, Staff]) -> None:
    day = today()
    db.session.add(
        Delegation(
            from_staff=people["budi"],
            to_staff=people["yusuf"],
            role=Role.HEAD_OF_CENTRE.value,
            steps=[],
            reason="Surat tugas 041/PTK/ST/2026, selama Kepala Pustikom dinas luar",
            starts_on=day,
            ends_on=day + timedelta(days=30),
        )
    )


def _write_logins(passwords: dict[str, str]) -> None:
    lines = []
    for username, _name, _position, roles in CAST:
        role = ",".join(sorted(roles)) or SHOWN_ROLES.get(username, "staff")
        lines.append(f"{role}\t{username}\t{passwords[username]}")
    path = Path(current_app.config["INSTANCE_PATH"]) / "demo-logins.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")


def _mails_were_sent() -> None:
    """The mails of the past went out in the past: only today's wait in the queue."""
    with write_transaction():
        for mail in db.session.scalars(select(Mail)):
            if mail.created_at < utcnow() - timedelta(hours=1):
                mail.state, mail.sent_at, mail.body = MailState.SENT.value, mail.created_at, ""
                mail.attempts = 1


def tell(story: Story) -> Ticket:
    """Walk one complaint: when it came, from whom, and which steps were taken by whom after how many hours."""
    moment = _working_moment(utcnow() - timedelta(hours=story["hours_ago"]))
    with at(moment):
        ticket = _open(story)
    for hours, username, step, fields in story.get("steps", []):
        moment = min(due_at(moment, hours), utcnow())
        with at(moment):
            walk(ticket, step, username, **fields)
    return ticket


def walk(ticket: Ticket, step: str, username: str, **fields: str | int | list[int]) -> None:
    """Take one step as the person of this name, or as the requester."""
    asks = catalog.get(ticket.procedure).steps[step].asks
    if "assignee" in fields:
        fields["assignee"] = _id(Staff, Staff.username == fields["assignee"])
    if "group" in fields:
        fields["group"] = _id(Group, Group.name == fields["group"])
    take_step(ticket, step, actor(username, ticket), asks(MultiDict(fields)) if asks else None)


def actor(username: str, ticket: Ticket | None = None) -> Actor:
    if username == "requester":
        return Actor("requester", ticket.requester_name if ticket else "")
    person = db.session.scalars(select(Staff).where(Staff.username == username)).unique().one()
    return Actor("staff", person.name, person)


def _open(story: Story) -> Ticket:
    fields = {
        "name": story["name"],
        "email": story.get("email", ""),
        "phone": story.get("phone", ""),
        "unit": _id(Unit, Unit.code == story.get("unit")),
        "category": _id(Category, Category.name == story["category"]),
        "subject": story["subject"],
        "description": story["description"],
    }
    if channel := story.get("channel"):
        received = local(utcnow())
        fields |= {"channel": channel, "received_at": received.strftime("%Y-%m-%dT%H:%M"), "language": "id"}
        asks = catalog.get("complaint").steps["enter_complaint"].asks
        return open_ticket("complaint", "enter_complaint", actor("sari"), asks(MultiDict(fields)) if asks else None)
    asks = catalog.get("complaint").steps["file_complaint"].asks
    form = asks(MultiDict(fields)) if asks else None

    def suspect(ticket: Ticket) -> None:
        ticket.suspicion = story.get("suspicion", "")

    return open_ticket("complaint", "file_complaint", Actor("requester", story["name"]), form, prepare=suspect)


def _id(table: type[Group | Staff | Category | Unit], condition: ColumnElement[bool]) -> int:
    return int(db.session.scalar(select(table.id).where(condition)) or 0)


def _working_moment(moment: datetime) -> datetime:
    """The end of a quarter of a working hour after it: people write at night, offices work by day."""
    return min(due_at(moment, 0.25), utcnow())
