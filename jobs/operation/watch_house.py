"""Looks at the installation every three minutes, and tells the administrators when a check turns bad, and back."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select

from mails.organisation.health_notices import check_turned
from models.base import heartbeat, setting
from models.base.db import db, utcnow, write_transaction
from models.base.health_check import HealthCheck
from procedures.operation.house_health import Finding, examine
from procedures.operation.watched import WATCHED

SILENCE = timedelta(minutes=10)  # without any worker: told when one is back
log = logging.getLogger("helpdesk")


def watch_house() -> int:
    """Look once; says how many checks turned. Nothing is written while all stays as it was."""
    findings = [one for one in examine(WATCHED) if one.name != "backup" or setting.get("backup_at")]
    known = {row.name: row for row in db.session.scalars(select(HealthCheck))}
    news = [one for one in findings if _is_news(one, known.get(one.name))]
    db.session.rollback()
    return _write(news) if news else 0


def _is_news(one: Finding, known: HealthCheck | None) -> bool:
    return not one.is_well if known is None else one.is_well != known.is_well or bool(known.failures) == one.is_well


def _write(news: Sequence[Finding]) -> int:
    turned = 0
    with write_transaction():
        for one in news:
            row = db.session.get(HealthCheck, one.name)
            if row is None:
                row = HealthCheck(name=one.name, is_well=True, failures=0)
                db.session.add(row)
            if row.see(one.is_well, one.sentence):
                turned += 1
                check_turned(row)
                log.warning("check %s turned %s: %s", one.name, "well" if one.is_well else "bad", one.sentence)
    return turned


def note_silence() -> None:
    """Called by a worker that begins, before its first sign of life: had no other been there for long?

    What nobody could tell while it lasted is told now: the next look finds the worker well again, since then.
    """
    last = heartbeat.last_beat()
    db.session.rollback()
    if last is None or utcnow() - last < SILENCE:
        return
    with write_transaction():
        row = db.session.get(HealthCheck, "worker") or HealthCheck(name="worker")
        row.is_well, row.since, row.failures = False, last, 1
        row.sentence = f"No worker was there from {last:%Y-%m-%d %H:%M} UTC on."
        db.session.add(row)
