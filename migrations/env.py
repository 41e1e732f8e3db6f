"""How Alembic meets the house's database; it defines no table."""

from alembic import context
from sqlalchemy import text

from models.base.db import UTCDateTime, db

UPGRADES = 8254  # the lock under which one machine at a time changes the schema
OWN_TIME = (  # a migration takes as long as it takes, but never makes everybody wait behind a lock that it waits for
    "SET statement_timeout = 0",
    "SET idle_in_transaction_session_timeout = 0",
    "SET lock_timeout = '10s'",
    f"SELECT pg_advisory_lock({UPGRADES})",
)
BY_HAND = (
    "ticket_fts",
    "file_fts",
    "article_fts",
    "tsv",
    "ix_ticket_text_tsv",
    "ix_file_text_tsv",
    "ix_published_article_tsv",
)  # full-text search: made by migrations in each database's own words


def is_compared(_object, name, type_, _reflected, _compare_to):
    return not (name or "").startswith(BY_HAND)


def render(type_, item, _autogen):
    return "sa.DateTime(timezone=True)" if type_ == "type" and isinstance(item, UTCDateTime) else False


def applied(step, **_more):
    """Called inside the transaction of each migration, when all of it is done."""
    tell = context.config.attributes.get("tell")
    if tell is not None:
        tell(step.up_revision_id)


def take_time(connection):
    """The connection is closed afterwards, and lock and times with it."""
    if connection.dialect.name == "postgresql":
        for words in OWN_TIME:
            connection.execute(text(words))
        connection.commit()
        connection.detach()


def migrate(connection):
    sqlite = connection.dialect.name == "sqlite"
    driver = connection.connection.dbapi_connection
    if sqlite:  # a table that is rebuilt must not take its children with it; only outside a transaction
        driver.execute("PRAGMA foreign_keys=OFF")
    context.configure(
        connection=connection,
        target_metadata=db.metadata,
        include_object=is_compared,
        render_item=render,
        render_as_batch=True,
        compare_type=False,
        transaction_per_migration=True,
        on_version_apply=applied,
    )
    with context.begin_transaction():
        context.run_migrations()
    if sqlite:
        driver.execute("PRAGMA foreign_keys=ON")


given = context.config.attributes.get("connection")  # a restore's, to a new house beside the present one
if given is not None:
    migrate(given)
else:
    with db.engine.connect() as own:
        take_time(own)
        migrate(own)
