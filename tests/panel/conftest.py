"""Rows of every register of the panel, for the tests that open all its doors."""

from __future__ import annotations

import pytest

from models.audit import AuditEntry, record
from models.calendar import Holiday
from models.db import db, utcnow, write_transaction
from models.outbox import Mail
from models.page import Download, Page
from models.staff import Absence, Delegation
from tests.walk import category_id, file_complaint


@pytest.fixture
def rows(app, cast):
    """One row in every register; the ticket lies with the network group."""
    ticket = file_complaint()
    with write_transaction():
        people = {k: v.id for k, v in cast.items()}
        today = utcnow().date()
        db.session.add(Absence(staff_id=people["tono"], first_day=today, last_day=today))
        db.session.add(
            Delegation(
                from_staff_id=people["rina"],
                to_staff_id=people["tono"],
                role="head_networking",
                starts_on=today,
                ends_on=today,
            )
        )
        db.session.add(Holiday(day=today, name="Libur"))
        db.session.add(Page(slug="privacy", title="Privasi", text="Isi"))
        db.session.add(Download(title="Panduan", link="https://example.org/"))
        record("login", "Staff", 1, actor_name="Sari")
    return {
        "unit": 1,
        "contact": 1,
        "category": category_id(),
        "group": 1,
        "staff": people["lina"],
        "absence": db.session.query(Absence).one().id,
        "delegation": db.session.query(Delegation).one().id,
        "holiday": db.session.query(Holiday).one().id,
        "page": db.session.query(Page).one().id,
        "download": db.session.query(Download).one().id,
        "outbox": db.session.query(Mail).first().id,
        "audit": db.session.query(AuditEntry).first().id,
        "ticket": ticket.id,
    }
