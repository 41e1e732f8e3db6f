"""The import commands, all of one form: a file, `--dry-run` to look first, refused lines named, every line counted."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import click
from flask.cli import with_appcontext
from flask_babel import gettext as _

from gateways.files.import_table import LineTally, TableRefused
from models.base.db import write_transaction
from models.organisation import audit
from procedures.accounts.import_accounts import AccountImport
from procedures.accounts.import_people import import_people
from procedures.base.table_import import ImportPlan, RegisterImport, planned, take_in
from procedures.installation.import_prices import PriceImport
from procedures.organisation.import_contacts import ContactImport
from procedures.organisation.import_units import UnitImport
from procedures.outages.import_nodes import NodeImport

FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
DRY_RUN = click.option("--dry-run", "dry", is_flag=True, help="Show what each line would do; write nothing.")


def importing(name: str, register: Callable[[], RegisterImport], rows: str) -> click.Command:
    """The command of one register; `rows` are what it takes in, in the words of its help."""

    @click.command(
        name, help=f"Add and update {rows} from a CSV or XLSX file; --dry-run shows what each line would do."
    )
    @FILE
    @DRY_RUN
    @with_appcontext
    def command(file: Path, dry: bool) -> None:
        try:
            with file.open("rb") as stream:
                plan = planned(register(), stream) if dry else take_in(
                    register(), stream, by_name=name, file=file.name
                )  # fmt: skip
        except TableRefused as refused:
            raise click.ClickException(refused.sentence) from None
        report(plan, dry)
        if not plan.taken:
            raise click.exceptions.Exit(1)

    return command


IMPORTS = (
    importing("import-units", UnitImport, "units"),
    importing("import-contacts", ContactImport, "contacts of units"),
    importing("import-accounts", AccountImport, "accounts that exist already"),
    importing("import-nodes", NodeImport, "nodes of the network"),
    importing("import-prices", PriceImport, "prices of the catalogue"),
)


def report(plan: ImportPlan, dry: bool = False) -> None:
    """Every refused line and every warning with its number, what would change where nothing was written, the sums."""
    _tell((line.number, sentence) for line in plan.lines for sentence in (*line.warnings, *line.problems))
    for line in plan.lines if dry else ():
        if line.is_written:
            changes = "; ".join(
                f"{key}: {was} → {now}" if was else f"{key}: {now}" for key, (was, now) in line.changes.items()
            )
            click.echo(f"{line.number}: {line.outcome.label} {line.name} ({changes})")
    _sums(plan.tally, plan.taken, plan.refused, plan.in_words)
    if dry:
        click.echo(_("Belum ada yang disimpan."))


def _tell(sentences: Iterable[tuple[int, str]]) -> None:
    for line, sentence in sentences:
        click.echo(f"{line}: {sentence}", err=True)


def _sums(tally: LineTally, taken: int, refused: int, in_words: str) -> None:
    click.echo(tally.in_words(taken, refused))
    click.echo(in_words)


@click.command("import-people")
@FILE
@DRY_RUN
@with_appcontext
def import_people_command(file: Path, dry: bool) -> None:
    """Add and update people of the register from a CSV or XLSX file; each thousand lines are one transaction."""
    try:
        with file.open("rb") as stream, click.progressbar(length=_lines(file), label=file.name) as bar:
            done = import_people(stream, dry=dry, progress=lambda read: bar.update(read - bar.pos))
    except TableRefused as refused:
        raise click.ClickException(refused.sentence) from None
    _tell([*done.warnings, *done.refusals])
    _sums(done.tally, done.read - done.refused, done.refused, done.in_words)
    if dry:
        click.echo(_("Belum ada yang disimpan."))
        return
    with write_transaction():
        facts = {"new": done.new, "changed": done.changed, "refused": done.refused}
        audit.record("import", "Person", "", actor_name="import-people", diff=facts)


def _lines(file: Path) -> int:
    """How many lines the bar stands for; a guess for workbooks, whose lines are packed."""
    if file.suffix.lower() == ".xlsx":
        return max(1, file.stat().st_size // 40)
    with file.open("rb") as stream:
        return sum(block.count(b"\n") for block in iter(lambda: stream.read(1 << 20), b"")) or 1
