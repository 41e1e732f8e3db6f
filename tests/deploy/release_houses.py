"""The archives that the kept releases made themselves, as houses of their schema, upgraded and killed on the way."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from alembic.script import ScriptDirectory
from flask import Flask, current_app
from flask_migrate import upgrade
from sqlalchemy import Connection, Row, inspect, text

from jobs.operation.archive import Manifest, tables_of
from jobs.operation.archive_proof import opened
from jobs.operation.fill_house import _insert_all
from jobs.operation.house import house_of_this_database, silent
from jobs.operation.schema import init_migrations
from models.base.db import db
from tests.operations.test_upgrade import contents
from tests.processes import Process

ARCHIVES = sorted((Path(__file__).parent.parent / "operations" / "releases").glob("*.tar.gz"))
HELD_BACK = {"outbox", "staff_token", "export"}  # a restore holds mails, and leaves links and files of exports out
SEARCH = ("ticket_fts", "file_fts", "article_fts")  # each database's own index, with its inner tables
WHEN_UPGRADED = {("setup_point", "at")}  # what a migration writes down as the time of its own work
CONFIG = ("SQLALCHEMY_DATABASE_URI", "INSTANCE_PATH", "LINK_KEY", "BACKUP_FOLDER")
TRIES = 400  # no upgrade needs as many
PROGRAM = """
import os, signal
from pathlib import Path
from flask import Flask
from jobs.operation.restore import restore
from jobs.operation.schema import init_migrations
from jobs.operation.upgrade import upgrade_house
from models.base.db import init_db
app = Flask("upgrade", root_path={root!r})
app.config.update({config!r})
init_db(app)
init_migrations(app)
deaths = Path({deaths!r})
points = {points!r}

def die_once(said):  # of a migration: inside its transaction, when all of it is done
    before = deaths.read_text().splitlines()
    if said not in before and (points is None or said in points):
        deaths.write_text("".join(line + "\\n" for line in [*before, said]))
        os.kill(os.getpid(), signal.SIGKILL)

@app.extensions["migrate"].migrate.configure
def tell_migrations(config):
    config.attributes["tell"] = lambda revision: die_once(f"Migration {{revision}}")
    return config

def work():
    if {archive!r}:
        restore(Path({archive!r}), replace=True, without_keys=True)
    else:
        upgrade_house(die_once, with_backup=not deaths.read_text())

deaths.write_text("")
for _ in range({tries}):
    child = os.fork()
    if child == 0:
        with app.app_context():
            work()
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    if status != signal.SIGKILL:
        break
if status:
    raise SystemExit("it does not go on: " + (deaths.read_text().splitlines() or ["never killed"])[-1])
"""


def manifest_of(archive: Path) -> Manifest:
    with tarfile.open(archive) as tar:
        return Manifest.parse(tar.extractfile("manifest.json").read())


def house_of_release(archive: Path) -> dict[str, list[str]]:
    """The empty database becomes the house as the release left it; returns its rows, by table, as sorted texts."""
    upgrade(revision=manifest_of(archive).revision)
    with opened(archive, None) as stream, db.engine.begin() as connection:
        tables = {table.name: table for table in tables_of(connection)}
        with house_of_this_database().unchecked_references(connection):
            _insert_all(connection, tables, stream, silent)
    return rows_of_release(archive)


def rows_of_release(archive: Path) -> dict[str, list[str]]:
    """The rows that stand in the tables and columns which the release knew."""
    with db.engine.begin() as connection:
        return contents(connection, _columns_of(archive))


def _columns_of(archive: Path) -> dict[str, list[dict[str, Any]]]:
    """Of each table of the archive its first row."""
    found = {}
    with tarfile.open(archive) as tar:
        for name in tar.getnames():
            if name.startswith("tables/"):
                first = tar.extractfile(name).readline()
                found[name.removeprefix("tables/").removesuffix(".jsonl")] = [json.loads(first)] if first else []
    return found


def whole_house() -> dict[str, list[str]]:
    """Every row of every table of the present schema, and every table, column and index as the database tells them."""
    with db.engine.connect() as connection:
        names = [name for name in inspect(connection).get_table_names() if not name.startswith(SEARCH)]
        found = {
            name: sorted(repr(_without_now(name, row)) for row in connection.exec_driver_sql(f'SELECT * FROM "{name}"'))
            for name in names
        }
        return {**found, "its schema": sorted(_schema(connection, names))}


def _without_now(table: str, row: Row[Any]) -> dict[str, Any]:
    return {key: value for key, value in row._mapping.items() if (table, key) not in WHEN_UPGRADED}


def _schema(connection: Connection, names: list[str]) -> Iterator[str]:
    """As texts: SQLite's own words, or what PostgreSQL says of columns, indexes and constraints."""
    if connection.dialect.name == "sqlite":
        for name, words in connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"):
            yield f"{name} {sorted(line.strip(' ,') for line in words.expandtabs(1).splitlines())}"  # of one set, any order
        return
    seen = inspect(connection)
    for name in names:
        for about in (seen.get_columns, seen.get_indexes, seen.get_foreign_keys, seen.get_check_constraints):
            yield from (f"{name} {about.__name__} {one}" for one in about(name))


def migrations_after(revision: str) -> list[str]:
    """The lines by which an upgrade from this schema tells each of its migrations, in their order."""
    init_migrations(current_app)
    known = ScriptDirectory.from_config(current_app.extensions["migrate"].migrate.get_config())
    newest_first = [step.revision for step in known.iterate_revisions("head", revision)]
    return [f"Migration {one}" for one in reversed(newest_first)]


def killed(app: Flask, place: Path, points: list[str] | None, archive: Path | None = None) -> list[str]:
    """Upgrade the house, or restore an archive into it, killed once at each of the points (None: at every line it tells)
    and started again; returns where it died."""
    db.session.remove()
    db.engine.dispose()
    config, deaths = {name: app.config[name] for name in CONFIG}, place / "deaths"
    words = {"root": str(app.root_path), "config": config, "deaths": str(deaths), "points": points, "tries": TRIES}
    ended = Process(PROGRAM.format(**words, archive=str(archive or "")), place).end(seconds=1_200)
    assert ended.returncode == 0, ended.fault[-3000:]
    return deaths.read_text().splitlines()


def emptied() -> None:
    """The database has nothing in it again."""
    db.session.remove()
    if db.engine.dialect.name == "postgresql":
        with db.engine.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
    db.engine.dispose()
    if db.engine.dialect.name == "sqlite":
        for file in Path(db.engine.url.database).parent.glob(f"{Path(db.engine.url.database).name}*"):
            file.unlink()
