"""The application on both databases, the cast, and helpers that walk a ticket by real steps."""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, has_app_context
from flask.testing import FlaskClient
from flask_migrate import upgrade
from hypothesis import HealthCheck, settings
from jinja2 import FileSystemBytecodeCache

os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="run-"))  # where PostgreSQL puts its socket
os.environ.setdefault("HELPDESK_ENV", "test")
os.environ.setdefault("SECRET_KEY", "test-" + "0123456789abcdef" * 3)
os.environ.setdefault("LINK_KEY", "t1:" + "fedcba9876543210" * 3)
os.environ.setdefault("AUDIT_KEY", "test-" + "0123456789fedcba" * 3)

from app import create_app
from jobs.demo.cast import build_cast
from jobs.operation.schema import init_migrations
from models.base.db import db, write_transaction
from models.organisation.staff import Staff
from tests import remembered
from tests.databases import PostgreSQL, Sqlite
from tests.registers import rows as rows  # the fixture that fills every register

DATABASES = ("sqlite", "postgresql")
PASSWORD = "kopi-hangat-di-padang"
SLOW_FOLDERS = ("at_size", "attacks", "browser", "chaos", "every_page", "probes")  # not in `make quick`
GARBAGE = 20_000  # new objects before Python looks for circles among them; its own 700 suit small programs
MEMORY_NEEDED = 2 * 1024**3  # bytes free in /dev/shm before the databases are put there


# Property tests: few cases, the same ones for the same commit; HYPOTHESIS_PROFILE=search looks for more.
settings.register_profile("house", deadline=None, max_examples=30, derandomize=True, database=None,
                          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
settings.register_profile("search", parent=settings.get_profile("house"), max_examples=2_000, derandomize=False)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "house"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", default="both", choices=("both", *DATABASES))
    parser.addoption("--quick", action="store_true", help="SQLite, no browser, and none of the tests marked as slow")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every test that uses the database runs on SQLite and PostgreSQL; `only("sqlite")` where the test says why."""
    if "database" not in metafunc.fixturenames:
        return
    chosen = "sqlite" if metafunc.config.getoption("--quick") else metafunc.config.getoption("--database")
    only = metafunc.definition.get_closest_marker("only")
    kinds = [k for k in DATABASES if chosen in ("both", k) and (only is None or k in only.args)]
    metafunc.parametrize("database", kinds, scope="session", indirect=False)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """`make quick` leaves out what needs seconds."""
    if not config.getoption("--quick"):
        return
    slow = {item for item in items if item.path.parent.name in SLOW_FOLDERS or item.get_closest_marker("slow")}
    config.hook.pytest_deselected(items=slow)
    items[:] = [item for item in items if item not in slow]


def pytest_sessionstart() -> None:
    gc.set_threshold(GARBAGE)
    remembered.start()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown() -> Iterator[None]:
    """After all that the test's fixtures put back, the clock."""
    yield
    remembered.end()


@pytest.fixture(scope="session")
def workplace() -> Iterator[Path]:
    """A folder of this test worker, gone afterwards."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and shutil.disk_usage(memory).free > MEMORY_NEEDED
    path = Path(tempfile.mkdtemp(prefix="helpdesk-", dir=memory if roomy else None))
    yield path
    shutil.rmtree(path, ignore_errors=True)


HOUSES: dict[
    str, tuple[Flask, Sqlite | PostgreSQL]
] = {}  # made once a worker and database, whatever the order of tests


@pytest.fixture(scope="session")
def house(database: str, workplace: Path) -> tuple[Flask, Sqlite | PostgreSQL]:
    """The application with its schema and cast."""
    if database not in HOUSES:
        HOUSES[database] = build_house(database, workplace)
        gc.collect()
        gc.freeze()  # what is imported and built stays: looking through it again and again is a tenth of the time
    return HOUSES[database]


def build_house(database: str, workplace: Path) -> tuple[Flask, Sqlite | PostgreSQL]:
    place = workplace / database
    place.mkdir()
    store = Sqlite(place) if database == "sqlite" else PostgreSQL(place)
    app = create_app(
        {
            "SQLALCHEMY_DATABASE_URI": store.url,
            "INSTANCE_PATH": str(place),
            "BASE_URL": "http://localhost",
            "MAIL_AS_FILES": str(place / "mail"),
        }
    )
    app.instance_path = str(place)
    app.test_client_class = FreshClient
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(workplace))  # both applications compile a template once
    with app.app_context():
        init_migrations(app)
        upgrade()
        with write_transaction():
            build_cast(dict.fromkeys(usernames(), PASSWORD))
    store.keep(app)
    app.extensions["config_of_tests"] = dict(app.config)
    return app, store


def usernames() -> list[str]:
    from jobs.demo.cast import CAST

    return [username for username, *_rest in CAST]


class FreshClient(FlaskClient):
    """Each request in an application context of its own, as in real life: no `g` is shared with the test."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        if has_app_context():
            db.session.rollback()  # the test's own reading must not hold up the request's writing (SQLite)
        with self.application.app_context():
            return super().open(*args, **kwargs)


def put_back(application: Flask, store: Sqlite | PostgreSQL) -> None:
    """Rows and configuration as at the start: fixtures that set the same name may undo each other in a wrong order."""
    store.reset(application)
    application.config.clear()
    application.config.update(application.extensions["config_of_tests"])
    application.extensions.pop("settings_cache", None)
    remembered.begin(application, store)


@pytest.fixture
def app(house: tuple[Flask, Sqlite | PostgreSQL]) -> Iterator[Flask]:
    """The application on a fresh database that holds the cast, inside its context."""
    application, store = house
    put_back(application, store)
    for kept in Path(application.config["INSTANCE_PATH"]).glob("audit_head*"):  # of seals that are put back too
        kept.unlink()
    with application.app_context():
        yield application
        db.session.remove()


@pytest.fixture
def cast(app: Flask) -> dict[str, Staff]:
    """The people of the stories by username."""
    return {person.username: person for person in db.session.query(Staff)}
