"""Keeps the watch over nodes and services in a thread; one worker at a time holds it."""

from __future__ import annotations

import asyncio
import os
import socket
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any, TypeVar

from flask import Flask

from gateways.probes.host_probes import default_gateways
from gateways.probes.http import WebProbe
from jobs.base.thread import running_beside
from jobs.outages.observations import allow_list, load_targets, note_blindness, store
from jobs.outages.probe_runner import OwnNetwork, ProbeOutcome, ProbeRunner, Target, keep_probing
from models.base import setting
from models.base.db import db, utcnow, write_transaction
from models.outages.network import WatchRun

LEASE = timedelta(seconds=45)
PAUSE_SECONDS = 5.0
R = TypeVar("R")


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


async def _within(probe: Callable[[], Any]) -> Any:
    return await probe()


def watching(app: Flask) -> AbstractContextManager[None]:
    """Watch in a thread of its own while the block runs."""

    def turn(ended: threading.Event) -> None:
        with app.app_context():
            mine = take_watch(holder())
            runner_made = new_runner(app.config.get("WATCH_CA_FILE"))
        if mine:
            asyncio.run(_watch(app, ended, runner_made))

    return running_beside("watch", turn, PAUSE_SECONDS)


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


def _inside(app: Flask, work: Callable[..., R]) -> Callable[..., R]:
    def run(*args: Any) -> R:
        with app.app_context():
            return work(*args)

    return run


def holder() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"


def take_watch(name: str) -> bool:
    """Hold the watch for 45 seconds more, unless another worker holds it."""
    with write_transaction():
        run = WatchRun.row()
        if run.holder != name and run.held_until > utcnow():
            return False
        run.holder, run.held_until = name, utcnow() + LEASE
    return True
