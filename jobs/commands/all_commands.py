"""Puts together the commands of `flask --app app …`."""

from __future__ import annotations

import json

import click
from flask import Flask
from flask.cli import with_appcontext

from jobs.bulk.seed import seed_bulk
from jobs.commands.faults_in_words import in_words
from jobs.commands.import_commands import IMPORTS, import_people_command
from jobs.commands.mail_commands import take_mail
from jobs.commands.network_commands import create_alert_source
from jobs.commands.operation_commands import backup, backup_key, doctor, restore, upgrade
from jobs.commands.privacy_commands import audit_group, breach_report_command, retention
from jobs.commands.setup_commands import setup
from jobs.commands.staff_commands import create_staff, reset_second_factor
from jobs.demo.demo import seed_demo
from jobs.operation.schema import init_migrations
from jobs.worker.worker import work, work_once
from procedures.engine import catalog


def init_commands(app: Flask) -> None:
    """Hang all commands on the application."""
    init_migrations(app)
    for command in (
        print_procedures,
        work_command,
        setup,
        seed_demo,
        seed_bulk,
        create_staff,
        reset_second_factor,
        *IMPORTS,
        import_people_command,
        create_alert_source,
        take_mail,
        backup,
        backup_key,
        restore,
        upgrade,
        doctor,
        retention,
        audit_group,
        breach_report_command,
    ):
        if command.callback is not None:
            command.callback = in_words(command.callback)
        app.cli.add_command(command)


@click.command("work")
@click.option("--once", is_flag=True, help="Run every job one time and end.")
@with_appcontext
def work_command(once: bool) -> None:
    """Send mails, close what is due, tell of what is late; any number of workers may run."""
    if once:
        work_once()
    else:
        work()


@click.command("procedures")
@click.option("--json", "as_json", is_flag=True, help="As data for other tools.")
def print_procedures(as_json: bool) -> None:
    """Print every procedure's steps as declared."""
    if as_json:
        click.echo(json.dumps(catalog.as_data(), ensure_ascii=False, indent=2))
        return
    for procedure in catalog.as_data():
        click.echo(f"\n{procedure['title']} ({procedure['key']})")
        for step in procedure["steps"]:
            click.echo(
                f"  {step['number'] or '-':5} {step['label']:34} {', '.join(step['by'])[:48]:50} "
                f"{','.join(step['from'])[:40] or '(baru)'} -> {','.join(step['to'])[:40]}"
            )
