"""Fills an installation with many tickets, so that its speed can be measured.

Every batch is one transaction: an interrupted run leaves whole tickets behind. Not for an installation in use:
no notice is sent for the tickets, and ids are taken as if nobody else wrote.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import Engine, func, select

from jobs.bulk.copies import Copy, Pattern, new_copy
from jobs.bulk.mix import Mix
from jobs.bulk.rows import Everything
from jobs.bulk.samples import walked_samples
from jobs.bulk.words import Wording
from jobs.bulk.writers import PostgresWriter, SqliteWriter, writer
from jobs.demo.demo import seed_demo
from models.accounts.account import Account
from models.accounts.person import Person
from models.base.columns.json_value import Held
from models.base.db import db, write_options, write_transaction
from models.organisation import audit
from models.organisation.staff import Staff
from models.organisation.unit import Unit
from models.outages.network import Node, WebService
from models.tickets.category import Category
from models.tickets.ticket import Ticket
from models.tickets.ticket_number import new_number

BATCH = 2_000
INDEX_FROM = 20_000  # tickets: below it, building the search index anew costs more than keeping it


@click.command("seed-bulk")
@click.option("--tickets", type=click.IntRange(1, 20_000_000), required=True, help="How many tickets to add.")
@click.option("--even-in-production", is_flag=True, help="Add made-up tickets to a production installation.")
@click.pass_context
@with_appcontext
def seed_bulk(context: click.Context, tickets: int, even_in_production: bool) -> None:
    """Add many made-up tickets of all procedures, in all states and of all ages, to measure with."""
    if current_app.config["HELPDESK_ENV"] == "production" and not even_in_production:
        raise click.ClickException("This is production. Made-up tickets go there only with --even-in-production.")
    if db.session.scalar(select(Staff.id).limit(1)) is None:
        context.invoke(seed_demo)
    with click.progressbar(length=tickets, label="bulk tickets", show_pos=True) as bar:
        for count in add_tickets(tickets):
            bar.update(count)
    click.echo(f"{tickets} tickets added.")


def add_tickets(tickets: int) -> Iterator[int]:
    """Add them, saying after each batch how many it was; the search index and statistics are made at the end."""
    samples, everything = walked_samples()
    adopted = _adopt(everything)
    write, engine = writer(), db.engine
    patterns = [Pattern(sample, write, adopted) for sample in samples]
    start = int(db.session.scalar(select(func.coalesce(func.max(Ticket.id), 0))) or 0)
    units = list(db.session.scalars(select(Unit.id).where(Unit.is_active)))
    kinds = {category.id: category.name for category in db.session.scalars(select(Category))}
    db.session.rollback()
    words = Wording(seed=start + tickets)
    mix = Mix(patterns, words.random)
    with _without_search_index(write, engine, tickets), ThreadPoolExecutor(1) as pool:
        waiting: Future[int] | None = None
        for begins in range(0, tickets, BATCH):
            chosen = [mix.next() for _ in range(min(BATCH, tickets - begins))]
            ids = _ids(write, engine, chosen, waiting)
            made = _made(chosen, ids, start + begins, words, units, kinds)
            if waiting is not None:
                yield waiting.result()
            waiting = pool.submit(_write, write, engine, made, len(chosen))
        if waiting is not None:
            yield waiting.result()
    with write_transaction():
        audit.record("seed-bulk", "Ticket", "", actor_name="flask seed-bulk", diff={"tickets": tickets})


def _made(
    chosen: list[tuple[Pattern, timedelta]],
    ids: dict[str, int],
    start: int,
    words: Wording,
    units: list[int],
    kinds: Mapping[int, str],
) -> dict[str, list[list[Held]]]:
    """The batch's rows by table, in an order in which each table comes after those it refers to."""
    lines: dict[str, list[list[Held]]] = {table.name: [] for table in db.metadata.sorted_tables}
    for place, (pattern, earlier) in enumerate(chosen, 1):
        copy: Copy = new_copy(
            dict(ids),
            start + place,
            earlier,
            new_number(),
            words,
            words.random.choice(units),
            pattern.replies,
            kinds.get(pattern.sample.ticket["category_id"] or 0, ""),
        )
        for table, line in pattern.lines(copy):
            lines[table].append(line)
        for table, count in pattern.counts.items():
            ids[table] += count
    return {table: rows for table, rows in lines.items() if rows}


def _ids(
    write: PostgresWriter | SqliteWriter,
    engine: Engine,
    chosen: list[tuple[Pattern, timedelta]],
    waiting: Future[int] | None,
) -> dict[str, int]:
    """The ids from which the batch counts on; on SQLite the batch before must lie in the tables first."""
    counts: dict[str, int] = {}
    for pattern, _earlier in chosen:
        for table, count in pattern.counts.items():
            counts[table] = counts.get(table, 0) + count
    if waiting is not None and isinstance(write, SqliteWriter):
        waiting.result()
    with engine.begin() as connection:
        return write.first_ids(connection, counts)


def _write(write: PostgresWriter | SqliteWriter, engine: Engine, made: dict[str, list[list[Held]]], count: int) -> int:
    with engine.connect().execution_options(**write_options()) as connection, connection.begin():
        write.write(connection, made)
    return count


@contextmanager
def _without_search_index(write: PostgresWriter | SqliteWriter, engine: Engine, tickets: int) -> Iterator[None]:
    """Large amounts are written without the search index, which stands again afterwards, whatever happens."""
    is_large = tickets >= INDEX_FROM
    index = ""
    if is_large:
        with engine.begin() as connection:
            index = write.before(connection)
    try:
        yield
    finally:
        if is_large:
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                write.after(connection, index)


def _adopt(everything: Everything) -> Mapping[tuple[str, int], int]:
    """The installation's rows that stand for the nodes, services and people of the walks; missing ones are added.

    They are found by their name or number; nothing that is added is watched or can log in.
    """
    adopted: dict[tuple[str, int], int] = {}
    with write_transaction():
        for model, key in ((Node, "name"), (WebService, "name"), (Person, "number"), (Account, "login")):
            for row in everything.rows[model.__tablename__]:
                own = db.session.scalar(select(model.id).where(getattr(model, key) == row[key]))
                if own is None and not (model is Account and row["ticket_id"]):
                    own = _added(model, row, adopted)
                if own is not None:
                    adopted[model.__tablename__, row["id"]] = own
    return adopted


def _added(model: Any, row: dict[str, Any], adopted: Mapping[tuple[str, int], int]) -> int:
    others = {"uplink_id": "node", "host_node_id": "node", "owner_id": "person"}
    values = {name: value for name, value in row.items() if name not in ("id", "staff_id")}
    for name in others.keys() & values.keys():
        values[name] = adopted.get((others[name], values[name]))
    if model is Node and db.session.scalar(select(Node.id).where(Node.address == values["address"])):
        values["address"] = None
    added = model(**values)
    db.session.add(added)
    db.session.flush()
    return int(added.id)
