"""Keeps the watch over nodes and services in a thread; one worker at a time holds it."""

from __future__ import annotations

import asyncio
import os
import socket
import threading
from collections.abc import Callable, Coroutine, Sequence
from datetime import timedelta
from typing import ParamSpec, TypeVar

from flask import Flask, current_app

from gateways.probes.host_probes import default_gateways
from gateways.probes.http import WebProbe
from jobs.outages.observations import allow_list, load_targets, note_blindness, store
from jobs.outages.probe_runner import OwnNetwork, ProbeOutcome, ProbeRunner, Target, keep_probing
from models.base import lease, setting
from models.base.db import db, utcnow, write_transaction
from models.outages.network import WatchRun

LEASE = timedelta(seconds=90)
R = TypeVar("R")
P = ParamSpec("P")


def own_gateways() -> list[str]:
    """The gateways of the setting, else this machine's default ones."""
    return str(setting.get("watch_gateways")).replace(",", " ").split() or default_gateways()


def new_runner(ca_file: str | None) -> ProbeRunner:
    allow, gateways = allow_list(), own_gateways()
    return ProbeRunner(allow, WebProbe(allow, ca_file), OwnNetwork(lambda: gateways))


def watch_once(ca_file: str | None = None) -> int:
    """Probe every target one time and store what they said; how many answers there were."""
    targets = load_targets()
    if not targets:
        return 0

    async def probe() -> tuple[list[ProbeOutcome], bool]:
        runner = new_runner(ca_file)
        runner.keep(targets)
        return await runner.probe_all(), runner.own_network.works

    db.session.rollback()  # no transaction is open while packets travel
    outcomes, works = asyncio.run(_within(probe))
    note_blindness(works)
    store(outcomes)
    return len(outcomes)


async def _within(probe: Callable[[], Coroutine[None, None, R]]) -> R:
    return await probe()


def watch(ended: threading.Event) -> None:
    """Watch until the worker ends or another one holds the watch; nothing happens where another one does."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # the application itself
    mine = take_watch(holder())
    runner = new_runner(app.config.get("WATCH_CA_FILE"))
    db.session.remove()  # what lasts for days holds no connection
    if mine:
        asyncio.run(_watch(app, ended, runner))


async def _watch(app: Flask, ended: threading.Event, runner: ProbeRunner) -> None:
    lost = threading.Event()

    def load() -> list[Target]:
        """Also renews the hold, and takes over changed settings."""
        if not take_watch(holder()):
            lost.set()
        runner.allow = runner.web.allow = allow_list()
        note_blindness(runner.own_network.works)
        return load_targets()

    def keep(outcomes: Sequence[ProbeOutcome]) -> None:
        store(outcomes)

    await keep_probing(runner, _inside(app, load), _inside(app, keep), lambda: ended.is_set() or lost.is_set())
    _inside(app, leave_watch)(holder())


def _inside(app: Flask, work: Callable[P, R]) -> Callable[P, R]:
    def run(*args: P.args, **more: P.kwargs) -> R:
        with app.app_context():
            return work(*args, **more)

    return run


def holder() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"


def take_watch(name: str) -> bool:
    """Hold the watch for 90 seconds more, unless another worker holds it; written only when half of them are over."""
    if _stands(db.session.get(WatchRun, 1, populate_existing=True), name):
        db.session.rollback()
        return True
    with write_transaction():
        run = WatchRun.row()
        if run.holder != name and not lease.is_over(run.held_until, LEASE):
            return False
        run.holder, run.held_until = name, utcnow() + LEASE
    return True


def _stands(run: WatchRun | None, name: str) -> bool:
    return run is not None and run.holder == name and LEASE / 2 < run.held_until - utcnow() <= LEASE


def leave_watch(name: str) -> None:
    """Another worker may hold it at once."""
    with write_transaction():
        run = WatchRun.row()
        if run.holder == name:
            run.held_until = utcnow()
