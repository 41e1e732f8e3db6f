"""Z26: the archive that each kept release made is upgraded, killed in every migration, and ends as if nobody had killed it.

CI kills a restore of it in three migrations; `make release-upgrades` in each, and writes docs/reliability.md.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from jobs.operation.restore import restore
from jobs.operation.schema import is_up_to_date
from jobs.operation.upgrade import upgrade_house
from models.base.db import db
from tests.chaos.report import write
from tests.chaos.run import Report
from tests.deploy.release_houses import (
    ARCHIVES,
    HELD_BACK,
    emptied,
    house_of_release,
    killed,
    manifest_of,
    migrations_after,
    rows_of_release,
    whole_house,
)
from tests.operations.test_upgrade import empty as empty  # a fixture

pytestmark = pytest.mark.slow

WHOLE = bool(os.environ.get("RELEASE_UPGRADES"))
BY = "make release-upgrades"


@pytest.fixture(params=ARCHIVES, ids=lambda path: path.name.removesuffix(".tar.gz"))
def archive(request: pytest.FixtureRequest) -> Path:
    return request.param


def report(work: str, archive: Path, died: list[str], began: float) -> None:
    """One section a release, work and database; a test that failed before has written none."""
    if not WHOLE:
        return
    manifest = manifest_of(archive)
    figures: dict[str, object] = {
        "from schema": manifest.revision,
        "rows of the release": manifest.rows,
        "killed": len(died),
        "of these inside a migration": sum(one.startswith("Migration") for one in died),
        "seconds": round(time.monotonic() - began),
    }
    release = archive.name.removesuffix(".tar.gz")
    write([Report(f"{work} of release {release} on {db.engine.dialect.name}", figures)], 0, BY)


def test_z26_an_upgrade_killed_in_each_migration_ends_as_one_that_nobody_killed(empty, archive, tmp_path):
    released = house_of_release(archive)
    upgrade_house(lambda _said: None, with_backup=False)
    undisturbed = whole_house()
    emptied()
    assert house_of_release(archive) == released
    began = time.monotonic()

    died = killed(empty, tmp_path, points=None)

    migrations = migrations_after(manifest_of(archive).revision)
    assert [one for one in died if one.startswith("Migration")] == migrations
    assert died[0].startswith("Backup of before") and died[-1].startswith(("ok", "BAD"))
    assert is_up_to_date()
    assert whole_house() == undisturbed
    assert rows_of_release(archive) == released
    report("Upgrade, killed in every migration,", archive, died, began)


def test_z26_a_restore_killed_in_its_migrations_leaves_nothing_and_the_next_is_whole(empty, archive, tmp_path):
    released = house_of_release(archive)
    emptied()
    restore(archive, replace=True, without_keys=True)
    undisturbed = whole_house()
    emptied()
    migrations, began = migrations_after(manifest_of(archive).revision), time.monotonic()
    points = migrations if WHOLE else [migrations[0], migrations[len(migrations) // 2], migrations[-1]]

    died = killed(empty, tmp_path, points, archive)

    assert died == points
    assert is_up_to_date() and whole_house() == undisturbed
    now = rows_of_release(archive)
    assert {name: rows for name, rows in now.items() if name not in HELD_BACK} == {
        name: rows for name, rows in released.items() if name not in HELD_BACK
    }
    report("Restore, killed in every migration,", archive, died, began)
