"""How Alembic meets the house's database; it defines no table."""

from alembic import context

from models.base.db import UTCDateTime, db

BY_HAND = ("ticket_fts", "tsv")  # full-text search: made by migrations in each database's own words


def is_compared(_object, name, type_, _reflected, _compare_to):
    return not (name or "").startswith(BY_HAND) and name != "ix_ticket_text_tsv"


def render(type_, item, _autogen):
    return "sa.DateTime(timezone=True)" if type_ == "type" and isinstance(item, UTCDateTime) else False


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
        migrate(own)
