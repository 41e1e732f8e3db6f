"""The commands of `flask --app app …`; each calls one function and says what it did."""

from __future__ import annotations

import json

import click
from flask import Flask

from procedures import catalog


def init_commands(app: Flask) -> None:
    """Hang all commands on the application."""
    app.cli.add_command(print_procedures)


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
