"""Commands for the registers of accounts and people."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import with_appcontext

from gateways.files.import_table import TableRefused
from models.base.db import write_transaction
from models.organisation import audit
from procedures.accounts.import_people import import_people


@click.command("import-people")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", "dry", is_flag=True, help="Show what would change; write nothing.")
@with_appcontext
def import_people_command(file: Path, dry: bool) -> None:
    """Add and update people of the register from a CSV or XLSX file."""
    try:
        with file.open("rb") as stream, click.progressbar(length=_lines(file), label=file.name) as bar:
            done = import_people(stream, dry=dry, progress=lambda read: bar.update(read - bar.pos))
    except TableRefused as refused:
        raise click.ClickException(refused.sentence) from None
    for line, sentence in done.warnings:
        click.echo(f"{line}: {sentence}", err=True)
    for line, sentence in done.refusals:
        click.echo(f"{line}: {sentence}", err=True)
    click.echo(done.tally.in_words(done.read - done.refused, done.refused))
    click.echo(f"{done.read} dibaca, {done.new} baru, {done.changed} berubah, {done.same} sama, {done.refused} ditolak")
    if not dry:
        with write_transaction():
            facts = {"new": done.new, "changed": done.changed, "refused": done.refused}
            audit.record("import", "Person", "", actor_name="import-people", diff=facts)


def _lines(file: Path) -> int:
    """How many lines the bar stands for; a guess for workbooks, whose lines are packed."""
    if file.suffix.lower() == ".xlsx":
        return max(1, file.stat().st_size // 40)
    with file.open("rb") as stream:
        return sum(block.count(b"\n") for block in iter(lambda: stream.read(1 << 20), b"")) or 1
