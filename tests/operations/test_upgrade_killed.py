"""Z25: an upgrade that is killed again and again, at statements by chance, goes on each time and ends with every row."""

from __future__ import annotations

import gzip
import json

from flask_migrate import upgrade
from sqlalchemy import inspect

from models.base.db import db
from models.tickets.ticket import Ticket
from procedures.operation.schema_head import schema_head
from tests.operations.test_upgrade import RELEASES, contents, load
from tests.operations.test_upgrade import empty as empty  # a fixture
from tests.processes import Process

REACHES = (9, 30, 350)  # statements of which one kills; a long migration has 250, and is all or nothing
PROGRAM = """
import os, random, signal
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import event
from jobs.operation.schema import init_migrations
from models.base.db import db, init_db
app = Flask("upgrade")
app.config.update({config!r})
init_db(app)
init_migrations(app)
chance, left = random.Random(20261129), [0]

def count(*_statement):
    left[0] -= 1
    if left[0] == 0:
        os.kill(os.getpid(), signal.SIGKILL)

deaths, status = 0, 1
while status:
    left[0], when = chance.randint(2, chance.choice({reaches})), chance.choice(("before_cursor_execute", "after_cursor_execute"))
    child = os.fork()
    if child == 0:
        with app.app_context():
            event.listen(db.engine, when, count)
            upgrade()
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    deaths += status == signal.SIGKILL
    if status not in (0, signal.SIGKILL):
        raise SystemExit(f"after {{deaths}} deaths it does not go on")
print(deaths)
"""


def test_z25_an_upgrade_killed_at_many_statements_goes_on_each_time_and_keeps_every_row(empty, tmp_path):
    kept = json.loads(gzip.decompress(RELEASES[0].read_bytes()))
    upgrade(revision=kept["revision"])
    with db.engine.begin() as connection:
        load(connection, kept["tables"])
        before = contents(connection, kept["tables"])
    db.engine.dispose()
    config = {name: empty.config[name] for name in ("SQLALCHEMY_DATABASE_URI", "INSTANCE_PATH")}
    ended = Process(PROGRAM.format(config=config, reaches=REACHES), tmp_path).end()
    assert ended.returncode == 0, ended.fault[-3000:]
    assert int(ended.said) >= 5
    with db.engine.begin() as connection:
        assert contents(connection, kept["tables"]) == before
        assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalars().all() == [schema_head()]
    assert not [name for name in inspect(db.engine).get_table_names() if name.startswith("_alembic_tmp")]
    assert db.session.query(Ticket).count() == len(kept["tables"]["ticket"])
