"""A production server under measurement: gunicorn with two workers, its CPU and memory, and who else was busy."""

import os
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from types import TracebackType

import psutil

from bench.house import FOLDER, HOST, ROOT, House

WORKERS, CONNECTIONS = 2, 4
BEAT_SECONDS = 60
OTHERS_MOST = 1 / 6  # of a core: a run beside busier neighbours is not judged
OURS, FLOOR = "app:create_app()", "bench.floor:floor()"
CONFIGURED_BY = {OURS: "gunicorn.conf.py", FLOOR: "bench/floor.conf.py"}


def free_port() -> int:
    with socket.socket() as found:
        found.bind((HOST, 0))
        return int(found.getsockname()[1])


@dataclass
class Server:
    """`with Server(house, OURS) as server:` answers on `server.port` when the block begins."""

    house: House
    application: str
    workers: int = WORKERS
    port: int = field(default_factory=free_port)
    started: float = 0.0  # seconds from the start of the program to the first answer of `first_page`
    first_page: str = "/no-such-page"

    def __enter__(self) -> "Server":
        began = time.perf_counter()
        command = [sys.executable, "-m", "gunicorn", "--workers", str(self.workers), "--threads", "4", "--bind",
                   f"{HOST}:{self.port}", "--log-level", "error", "--config", CONFIGURED_BY[self.application],
                   self.application]  # fmt: skip
        self.process = subprocess.Popen(command, cwd=ROOT, env={**self.house.env(), "PYTHONDONTWRITEBYTECODE": ""})
        while not self._answers():
            if self.process.poll() is not None or time.perf_counter() - began > 60:
                raise RuntimeError(f"{self.application} did not start")
            time.sleep(0.01)
        self.started = time.perf_counter() - began
        self._ended = threading.Event()
        threading.Thread(target=self._beat, daemon=True).start()
        return self

    def _beat(self) -> None:
        while True:
            self.house.beat()
            if self._ended.wait(BEAT_SECONDS):
                return

    def __exit__(self, *_error: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._ended.set()
        self.process.terminate()
        self.process.wait(20)

    def _answers(self) -> bool:
        try:
            with socket.create_connection((HOST, self.port), timeout=30) as page:
                page.sendall(f"GET {self.first_page} HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n".encode())
                return page.recv(12).startswith(b"HTTP/1.1")
        except OSError:
            return False

    def programs(self) -> list[psutil.Process]:
        """The workers."""
        return psutil.Process(self.process.pid).children()

    def memory(self) -> float:
        """Megabytes of the largest worker, counting whole what it shares with the others."""
        return max(program.memory_info().rss for program in self.programs()) / 2**20


@dataclass
class Load:
    """CPU seconds up to a moment: of the server with its database, of the client, of the whole machine."""

    server: float
    mine: float
    machine: float
    at: float


def load(server: Server) -> Load:
    """What was used so far."""
    programs = [psutil.Process(server.process.pid), *server.programs(), *_databases(server.house)]
    used = 0.0
    for program in programs:
        try:
            times = program.cpu_times()
        except psutil.NoSuchProcess:
            continue
        used += times.user + times.system
    me = os.times()
    whole = psutil.cpu_times()
    busy = sum(whole) - whole.idle - getattr(whole, "iowait", 0.0) - getattr(whole, "guest", 0.0)
    return Load(used, me.user + me.system + me.children_user + me.children_system, busy, time.perf_counter())


def _databases(house: House) -> list[psutil.Process]:
    """The database's own processes; a backend that ends hands its time to its parent."""
    if house.kind == "sqlite":
        return []
    return [p for p in psutil.process_iter(["name"]) if (p.info["name"] or "").startswith("postgres") and _is_ours(p)]


def _is_ours(program: psutil.Process) -> bool:
    try:
        return str(FOLDER) in program.cwd()
    except (psutil.AccessDenied, psutil.NoSuchProcess):
        return False


def others(before: Load, after: Load) -> float:
    """How much of a core everybody else used between two moments."""
    whole = after.machine - before.machine
    ours = (after.server - before.server) + (after.mine - before.mine)
    return max(0.0, whole - ours) / max(after.at - before.at, 0.001)
