"""The demonstration, made once a worker, and the addresses that no page links to."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import String, inspect, select

from jobs.seed_demo import demonstrate
from models.account import Account
from models.db import db, utcnow, write_transaction
from models.issued_paper import IssuedPaper
from models.one_time_link import OneTimeLink
from models.staff import Staff, StaffToken, hash_token
from models.ticket import Ticket
from models.ticket_keys import link_of
from tests.databases import Sqlite

INVITATION = "x" * 43
# One line each: why no page of the site leads there, or why it shows no page. Nothing else is left out.
NO_PAGE = {
    "public.healthz": "answers monitoring, not people",
    "public.switch_language": "changes the language and leads back; the crawl speaks one language at a time",
}
# Flask-Admin's own doors, shut for everybody (tests/panel/test_rights.py).
SHUT_DOORS = re.compile(r"\.(ajax_lookup|export)$")


@pytest.fixture
def demo(app: Flask, cast: dict[str, Staff], house) -> Iterator[Flask]:
    """The application with tickets at every desk; the cast may log in."""
    kept = house[1].file.with_name("demo.db") if isinstance(house[1], Sqlite) else None
    if kept and kept.exists():
        db.session.remove()
        db.engine.dispose()
        shutil.copyfile(kept, house[1].file)
    else:
        demonstrate(cast)
        with write_transaction():
            db.session.add(
                StaffToken(
                    staff_id=cast["tono"].id,
                    token_hash=hash_token(INVITATION),
                    purpose="invite",
                    ends_at=utcnow() + timedelta(hours=72),
                )
            )
        db.session.remove()
        if kept:
            shutil.copyfile(house[1].file, kept)
    yield app
    db.session.remove()


def unlinked() -> list[str]:
    """Addresses that come by mail or on paper, or stand behind a sent form."""
    with write_transaction():
        account = db.session.scalars(select(Account)).unique().first()
        secret = OneTimeLink.make(account, "kata sandi", ticket=None, by=None, sent_to="d***@example")
    code = db.session.scalar(select(IssuedPaper.code).limit(1))
    return [
        "/help",
        f"/admin/invite/{INVITATION}",
        urlsplit(secret).path,
        f"/verifikasi/{code}",
        "/verifikasi/0000000000000000",
        "/tiket/terkirim-ulang",
    ]


def holders() -> list[list[str]]:
    """For one ticket of each procedure and state: the link that its holder got, and where a sent form leads."""
    tickets = {(t.procedure, t.state): t for t in db.session.scalars(select(Ticket).order_by(Ticket.id)).unique()}
    return [
        [urlsplit(link_of(t)).path, f"/tiket/{t.number}", f"/tiket/{t.number}/bukti"]
        for t in tickets.values()
        if t.procedure not in ("network_outage", "server_outage")
    ]


def typed_by_people() -> set[str]:
    """Every text in the database: what people wrote there may stand on a page of any language."""
    found: set[str] = set()
    for mapper in db.Model.registry.mappers:
        for column in inspect(mapper.class_).column_attrs:
            if isinstance(column.columns[0].type, String):
                for text in db.session.scalars(select(getattr(mapper.class_, column.key)).distinct()):
                    found |= {" ".join(line.split()) for line in (text or "").splitlines()} | {" ".join((text or "").split())}
    return {text for text in found if len(text) > 2}
