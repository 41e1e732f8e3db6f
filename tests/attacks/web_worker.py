"""The web processes as production starts them, over the database of the test: asked by HTTP, and weighed."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import psutil
from flask import Flask

from models.base.db import db
from tests.mail_server import free_port

ROOT = Path(__file__).resolve().parents[2]
HOST = "127.0.0.1"


class Weight(NamedTuple):
    """Megabytes of a worker: what it costs the machine, and with all that it shares with the others counted whole.

    The first is PSS: a page that three processes share counts a third in each.
    """

    costs: int
    whole: int


class Answer(NamedTuple):
    """What the tests ask of an answer, under Flask's names."""

    status_code: int
    text: str
    mimetype: str
    location: str | None


class Browser:
    """One person's cookies; a request as Flask's own test client takes it."""

    def __init__(self, base: str, application: Flask) -> None:
        self.application = application
        self.headers: dict[str, str] = {}  # of every request
        none_kept = httpx.Limits(max_keepalive_connections=0)  # a kept connection may end as the next request begins
        self._http = httpx.Client(base_url=base, timeout=60, trust_env=False, limits=none_kept)

    def open(self, path: str, method: str = "GET", query_string: Any = None, data: Any = None, **_: Any) -> Answer:
        db.session.rollback()  # the test's own reading must not hold up the request's writing (SQLite)
        sent = {"content": data} if isinstance(data, bytes) else {"data": data}
        answer = self._http.request(method, path, params=query_string or None, headers=self.headers, **sent)
        kind = answer.headers.get("Content-Type", "").partition(";")[0]
        return Answer(answer.status_code, answer.text, kind, answer.headers.get("Location"))

    def get(self, path: str, **options: Any) -> Answer:
        return self.open(path, **options)

    def get_cookie(self, name: str) -> Any:
        """The cookie with this name, by its `value`; None where there is none."""
        return next((cookie for cookie in self._http.cookies.jar if cookie.name == name), None)

    def post(self, path: str, **options: Any) -> Answer:
        return self.open(path, method="POST", **options)


@dataclass
class WebWorkers:
    """`with WebWorkers(app, place) as workers:` answers, by two workers of four threads, when the block begins."""

    app: Flask
    place: Path
    campus: dict[str, str] = field(default_factory=dict)  # issuer and directory, as in the environment
    port: int = field(default_factory=free_port)

    @property
    def base(self) -> str:
        return f"http://{HOST}:{self.port}"

    def __enter__(self) -> WebWorkers:
        command = [sys.executable, "-m", "gunicorn", "--workers", "2", "--threads", "4", "--bind", f"{HOST}:{self.port}",
                   "--log-level", "error", "app:create_app()"]  # fmt: skip
        db.session.rollback()  # they may take minutes on a busy machine: PostgreSQL ends a transaction that waits so long
        with (self.place / "web.log").open("wb") as log:
            self._master = subprocess.Popen(command, cwd=ROOT, env=self._env(), stderr=log)
        try:
            self._wait()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _wait(self) -> None:
        """Until they answer, and both are there."""
        until = time.monotonic() + 300
        while not self._answers():
            assert self._master.poll() is None and time.monotonic() < until, (self.place / "web.log").read_text()[
                -2000:
            ]
            time.sleep(0.05)
        while len(self._forked()) < 2:  # the first may answer before the second is there
            assert time.monotonic() < until
            time.sleep(0.05)
        self._workers = self._forked()

    def _forked(self) -> list[psutil.Process]:
        return psutil.Process(self._master.pid).children()

    def __exit__(self, *_error: object) -> None:
        self._master.terminate()
        self._master.wait(30)

    def test_client(self) -> Browser:
        return Browser(self.base, self.app)

    def weight(self) -> Weight:
        """Of the heavier one. Raises psutil.NoSuchProcess where one has ended: they are those of the beginning."""
        found = [worker.memory_full_info() for worker in self._workers]
        return max(Weight(memory.pss // 1024**2, memory.rss // 1024**2) for memory in found)

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.base}/", timeout=60, trust_env=False).status_code == 200
        except httpx.TransportError:
            return False

    def _env(self) -> dict[str, str]:
        """Development, where HTTP without TLS is allowed; the database, files and keys are those of the test."""
        told = {name: self.app.config[name] for name in ("INSTANCE_PATH", "SECRET_KEY", "LINK_KEY")}
        url = self.app.config["SQLALCHEMY_DATABASE_URI"]
        return {**os.environ, **told, **self.campus, "HELPDESK_ENV": "development", "DATABASE_URL": url, "BASE_URL": self.base,
                "METRICS_FOLDER": str(self.place / "metrics")}  # fmt: skip
