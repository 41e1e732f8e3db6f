"""Z35: a restore that is killed, wherever, leaves the old house or the new one whole, and the next restore works."""

from __future__ import annotations

import signal

import pytest

from jobs.operation.restore import restore
from models.base.db import db
from tests.operations.test_restore import archive as archive  # a fixture
from tests.operations.test_restore import state_of_house, with_file
from tests.processes import Process

pytestmark = pytest.mark.slow

# (what the restore says when the kill falls, which house stands afterwards)
POINTS = {
    "sqlite": [
        ("proving files/", "old"),
        ("archive proved", "old"),
        ("schema made", "old"),
        ("filling ticket_text", "old"),
        ("rows proved", "old"),
        ("schema brought up to date", "old"),
        ("putting back", "old"),
        ("keeping the old house aside: 40 of", "old"),
        ("old house kept aside", "old"),
        ("changing places: 40 of", "old"),
        ("changing places: 200 of", "old"),
        ("places changed", "new"),
    ],
    "postgresql": [
        ("proving files/", "old"),
        ("archive proved", "old"),
        ("schema made", "old"),
        ("filling ticket_text", "old"),
        ("rows proved", "old"),
        ("schema brought up to date", "old"),
        ("putting back", "old"),
        ("changing places: ticket to helpdesk_leaving", "old"),
        ("changing places: ticket to public", "old"),
        ("places are changed with the next act", "old"),
        ("places changed", "new"),
    ],
}
PROGRAM = """
import os, signal
from pathlib import Path
from flask import Flask
import jobs.operation.house_sqlite as files
from jobs.operation.restore import restore
from models.base.db import init_db
files.PAGES = 20
app = Flask("restore")
app.config.update({config!r})
init_db(app)

def kill(said):
    if said.startswith({words!r}):
        os.kill(os.getpid(), signal.SIGKILL)

with app.app_context():
    restore(Path({archive!r}), replace=True, tell=kill)
"""


def test_z35_a_restore_killed_at_ten_points_leaves_one_whole_house_and_the_next_one_works(app, archive, tmp_path):
    with_file("Sesudahnya")
    names = ("SQLALCHEMY_DATABASE_URI", "INSTANCE_PATH", "LINK_KEY")
    config = {name: app.config[name] for name in names}
    old = rows_of_house()
    for number, (words, stands) in enumerate(POINTS[db.engine.dialect.name]):
        db.session.remove()
        db.engine.dispose()
        program = PROGRAM.format(config=config, words=words, archive=str(archive))
        killed = Process(program, tmp_path, str(number)).end()
        assert killed.returncode == -signal.SIGKILL, (words, killed.fault)
        assert (rows_of_house() == old) == (stands == "old"), words
    new = rows_of_house()
    assert len(new["ticket"]) == 2 and len(old["ticket"]) == 3
    db.session.remove()
    restore(archive, replace=True)
    assert rows_of_house() == new
    left = state_of_house()["schemas"]
    assert not [name for name in left if "restoring" in name or "leaving" in name]


def rows_of_house() -> dict[str, list[str]]:
    return {
        name: rows for name, rows in state_of_house().items() if name not in ("schemas", "files", "alembic_version")
    }
