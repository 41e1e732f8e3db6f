"""The operator's commands: backup, restore, doctor."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import with_appcontext

from jobs.operation import backup as writing
from jobs.operation import restore as putting_back
from jobs.operation.archive import BackupRefused
from jobs.operation.doctor import examine


@click.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@with_appcontext
def backup(file: Path) -> None:
    """Write database and files to FILE (.tar.gz, readable by its owner alone); the keys are not in it."""
    manifest = writing.backup(file.resolve())
    rows = sum(manifest["counts"].values())
    click.echo(f"{rows} rows and {len(manifest['files'])} files in {file}. Keep SECRET_KEY and LINK_KEY apart from it.")
    if manifest["missing"]:
        raise click.ClickException(f"{len(manifest['missing'])} files named in the database were missing or damaged.")


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Empty a database that holds data first.")
@with_appcontext
def restore(file: Path, replace: bool) -> None:
    """Fill the database and the files from FILE; mails wait until an administrator releases them in the panel."""
    try:
        manifest = putting_back.restore(file, replace)
    except BackupRefused as refused:
        raise click.ClickException(str(refused)) from None
    click.echo(
        f"{sum(manifest['counts'].values())} rows and {len(manifest['files'])} files restored; counts and hashes agree."
    )
    click.echo("All logins were ended. Waiting mails are held: release them in the panel under Email keluar.")


@click.command("doctor")
@with_appcontext
def doctor() -> None:
    """Examine the installation; ends with 1 when something is wrong."""
    well = True
    for finding in examine():
        click.echo(f"{'ok  ' if finding.is_well else 'BAD '} {finding.sentence}")
        well = well and finding.is_well
    if not well:
        raise SystemExit(1)
