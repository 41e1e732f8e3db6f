"""Commands for whoever runs the installation: backup, restore, doctor."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask.cli import with_appcontext

from gateways.files.age import new_secret_key
from jobs.operation import backup as writing
from jobs.operation import restore as putting_back
from jobs.operation.archive import BackupRefused, Manifest
from jobs.operation.doctor import examine
from jobs.operation.house import silent
from jobs.operation.upgrade import UpgradeRefused, upgrade_house


@click.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@with_appcontext
def backup(file: Path) -> None:
    """Write database and files to FILE (.tar.gz, readable by its owner alone); the keys are not in it.

    Encrypted to the public key of the settings, where there is one: call it .tar.gz.age then.
    """
    try:
        manifest = writing.backup(file.resolve())
    except BackupRefused as refused:
        raise click.ClickException(str(refused)) from None
    click.echo(
        f"{manifest.rows} rows and {len(manifest.files)} files in {file}. Keep SECRET_KEY and LINK_KEY apart from it."
    )
    if manifest.missing:
        raise click.ClickException(f"{len(manifest.missing)} files named in the database were missing or damaged.")


@click.command("backup-key")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup_key(file: Path) -> None:
    """Make a pair of keys for backups: the secret one goes to FILE, the public one is printed for the settings."""
    try:
        public_key = new_secret_key(file)
    except FileExistsError:
        raise click.ClickException(f"{file} is there already and was left as it is: name a new file.") from None
    click.echo(f"{public_key}\nWrite this public key into the settings (Cadangan). Keep {file} away from this server.")


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False)
@click.option("--replace", is_flag=True, help="Put the archive in the place of a house that holds staff.")
@click.option("--try", "only_try", is_flag=True, help="Prove that FILE could be restored; touch nothing.")
@click.option("--undo", is_flag=True, help="Put the house from before the last restore in its place again.")
@click.option(
    "--key",
    "secret_key",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="File with the secret key of an encrypted archive.",
)
@click.option("--without-keys", is_flag=True, help="Give up access codes whose LINK_KEY is lost.")
@with_appcontext
def restore(
    file: Path | None, replace: bool, only_try: bool, undo: bool, secret_key: Path | None, without_keys: bool
) -> None:
    """Put the house of FILE (rows and files) in its place; the present one is kept aside until a backup a day later.

    Nothing is changed before the whole archive is proved. Mails wait until an administrator releases them in the panel.
    """
    if undo == (file is not None) or (undo and only_try):
        raise click.UsageError("Name an archive, or --undo and none.")
    try:
        if file is None:
            putting_back.go_back()
            click.echo("The house from before the last restore is in its place again.")
        elif only_try:
            with _progress() as tell:
                manifest = putting_back.rehearse(file, secret_key, without_keys, tell)
            click.echo(f"{_contents(manifest)} could be restored. Nothing was touched.")
        else:
            with _progress() as tell:
                manifest = putting_back.restore(file, replace, secret_key, without_keys, tell)
            click.echo(f"{_contents(manifest)} restored; counts and hashes agree. --undo takes it back.")
            click.echo("All logins were ended. Waiting mails are held: release them in the panel under Email keluar.")
    except BackupRefused as refused:
        raise click.ClickException(str(refused)) from None


def _contents(manifest: Manifest) -> str:
    lost = f", without {len(manifest.missing)} that were lost before," if manifest.missing else ""
    return f"{manifest.rows} rows and {len(manifest.files)} files{lost} of {manifest.made_at[:16]} UTC"


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """One line on a terminal that says what is being done; silent elsewhere."""
    if not sys.stderr.isatty():
        yield silent
        return
    yield lambda words: click.echo(f"\r\033[K{words[:78]}", err=True, nl=False)
    click.echo("\r\033[K", err=True, nl=False)


@click.command("upgrade")
@click.option("--without-backup", is_flag=True, help="Make no backup before: one that is proved lies elsewhere.")
@with_appcontext
def upgrade(without_backup: bool) -> None:
    """Bring the database to this version: a backup, every migration that is missing, a look whether all is well.

    Stop web and worker before, and start them afterwards. What is cut off goes on when it is called again.
    """
    try:
        bad = upgrade_house(click.echo, with_backup=not without_backup)
    except (BackupRefused, UpgradeRefused) as refused:
        raise click.ClickException(str(refused)) from None
    if bad:
        raise click.ClickException("The schema is new, but not all is well: see the lines above, then start.")
    click.echo("Start web and worker now.")


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
