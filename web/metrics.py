"""What the processes of this installation count: requests, statements, jobs, probes, mails; doors/health.py shows it.

Every process keeps its counts in files of its own in one folder, and whoever is asked adds them up
(prometheus-client's multiprocess mode). The library is loaded when the first thing is counted.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, current_app, g, has_request_context, request
from sqlalchemy import event

from models.base.db import db

if TYPE_CHECKING:  # the library is loaded in _Counts alone
    from prometheus_client import CollectorRegistry, Counter
    from prometheus_client.registry import Collector

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})  # others are counted as one
MOVED, DONE = 300, 303  # answers that are none of a page or of an act are counted by room, not by address
BUCKETS = (0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0)  # seconds
_counts: dict[str, Counter] = {}


def init_metrics(app: Flask) -> None:
    """Count the requests of this application and the statements of its database."""
    app.before_request(_begin)
    app.after_request(_count_request)
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", _count_statement)


def _begin() -> None:
    g.request_began, g.statements = time.perf_counter(), 0


def _count_statement(*_of: object) -> None:
    if has_request_context():
        g.statements = g.get("statements", 0) + 1


def _count_request(response: Response) -> Response:
    endpoint = request.endpoint or "unknown"
    if endpoint != "static" and not endpoint.endswith(".static"):
        with contextlib.suppress(OSError):  # as in count()
            counts, took = metrics(), time.perf_counter() - g.get("request_began", time.perf_counter())
            method = request.method if request.method in METHODS else "other"  # anybody may send a word of their own
            refused = not (response.status_code < MOVED or response.status_code == DONE)
            place = endpoint.partition(".")[0] if refused else endpoint
            counts["requests"].labels(place, method, response.status_code).inc()
            counts["request_seconds"].labels("refused" if refused else endpoint).observe(took)
            counts["statements"].labels("refused" if refused else endpoint).inc(g.get("statements", 0))
    return response


def metrics() -> dict[str, Any]:
    """The counters by name, made once a process. A folder that cannot be written costs the counts and no answer."""
    if not _counts:
        _counts.update(_made())
    return _counts


def load_counters() -> None:
    """What adds the counts of all processes up, loaded before the first who asks."""
    import prometheus_client.multiprocess  # noqa: F401, PLC0415  # after metrics() has told it the folder


def _made() -> dict[str, Any]:
    folder = Path(current_app.config["METRICS_FOLDER"])
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if folder.stat().st_uid != os.getuid():
            raise PermissionError(f"{folder} is somebody else's")
        _forget_the_dead(folder)
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)  # read when the library is loaded
    except OSError:
        os.environ.pop("PROMETHEUS_MULTIPROC_DIR", None)
    from prometheus_client import CollectorRegistry, Counter, Histogram  # noqa: PLC0415  # as above

    own = CollectorRegistry()

    def counter(name: str, says: str, *labels: str) -> Counter:
        return Counter(f"helpdesk_{name}", says, labels, registry=own)

    seconds = Histogram("helpdesk_request_seconds", "Time of an answer", ["endpoint"], buckets=BUCKETS, registry=own)
    return {
        "requests": counter("requests", "Requests answered", "endpoint", "method", "status"),
        "request_seconds": seconds,
        "statements": counter("statements", "Database statements of requests", "endpoint"),
        "jobs": counter("jobs", "Jobs of the worker", "job", "outcome"),
        "job_seconds": counter("job_seconds", "Time of the worker's jobs", "job"),
        "probes": counter("probes", "Probes of nodes and services", "kind", "answered"),
        "pushes": counter("pushes", "Officers told on their phones, by what became of it", "outcome"),
        "mails": counter("mails", "Mails by what became of them", "outcome"),
    }


def _forget_the_dead(folder: Path) -> None:
    """Files of processes that are gone would be added up for ever."""
    for path in folder.glob("*.db"):
        number = path.stem.rpartition("_")[2]
        if number.isdecimal() and not Path(f"/proc/{number}").exists():
            path.unlink(missing_ok=True)


def count(name: str, *labels: str | int | bool, amount: float = 1) -> None:
    """Count something outside a request."""
    with contextlib.suppress(OSError):  # a full disk stops no job
        metrics()[name].labels(*labels).inc(amount)


@contextlib.contextmanager
def timed_job(job: str) -> Iterator[None]:
    """Count a job of the worker, how it ended, and its time."""
    began, outcome = time.perf_counter(), "failed"
    try:
        yield
        outcome = "ended"
    finally:
        count("jobs", job, outcome)
        count("job_seconds", job, amount=time.perf_counter() - began)


def added_up(*more: Collector) -> bytes:
    """The counts of all processes, and what the collectors `more` say, in Prometheus' text format."""
    metrics()
    from prometheus_client import CollectorRegistry, generate_latest  # noqa: PLC0415  # loaded by now
    from prometheus_client.multiprocess import MultiProcessCollector  # noqa: PLC0415  # as above

    registry: CollectorRegistry = CollectorRegistry()
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        MultiProcessCollector(registry)
    for collector in more:
        registry.register(collector)
    return bytes(generate_latest(registry))
