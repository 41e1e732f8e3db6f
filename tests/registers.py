"""Rows of every register of the panel, for the tests that open all its doors."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.base.calendar import Holiday, SpecialHours
from models.base.db import db, utcnow, write_transaction
from models.base.page import Download, Page
from models.base.wording import today
from models.organisation.audit import AuditEntry, record
from models.organisation.delegation import Absence, Delegation
from models.organisation.pending_change import PendingChange
from models.organisation.staff import Group
from models.outages.alert import AlertRule, AlertSource, ReceivedAlert, UnknownAlert
from models.outages.network import Node, PlannedWork, WebService
from models.tickets.canned_reply import CannedReply
from models.tickets.knowledge.article import Article
from models.tickets.label import Label
from models.tickets.mailbox import Mailbox
from models.tickets.mailing.sender_rule import SenderRule
from models.tickets.outbox import Mail
from models.tickets.routine.routine import Routine
from tests.walk import category_id, file_complaint


@pytest.fixture
def rows(app, cast):
    """One row in every register; the ticket lies with the network group."""
    ticket = file_complaint()
    with write_transaction():
        people = {k: v.id for k, v in cast.items()}
        day = today()
        db.session.add(Absence(staff_id=people["tono"], first_day=day, last_day=day))
        db.session.add(
            Delegation(
                from_staff_id=people["rina"],
                to_staff_id=people["tono"],
                role="head_networking",
                starts_on=day,
                ends_on=day,
            )
        )
        db.session.add(
            PendingChange(
                kind="roles", staff_id=people["lina"], made_by_id=people["rudi"], facts={"roles": ["head_systems"]}
            )
        )
        db.session.add(Holiday(day=day, name="Libur"))
        db.session.add(SpecialHours(name="Jumat", weekdays="4", hours="08:00-11:30,13:30-16:00"))
        group = db.session.query(Group.id).filter_by(division="networking").order_by(Group.id).first()[0]
        routine = Routine(
            title="Uji UPS", checklist="Baterai diuji", group_id=group, assignee_id=people["lina"], first_day=day
        )
        db.session.add(routine)
        db.session.add(Label(name="Suku cadang"))
        db.session.add(CannedReply(title="Diperiksa", text="Tiket {nomor} kami periksa."))
        db.session.add(
            Article(title="Wi-Fi", text="Isi", owner_id=people["tono"], category_id=category_id(), published_number=1)
        )
        db.session.add(Page(slug="privacy", title="Privasi", text="Isi"))
        db.session.add(Download(title="Panduan", link="https://example.org/"))
        db.session.add(Mailbox(address="pengaduan@kampus.example"))
        db.session.add(SenderRule(sender="laporan@monitor.example", act="discard"))
        db.session.add(node := Node(name="Sakelar"))
        db.session.add(WebService(name="Portal", url="http://10.0.0.1/"))
        db.session.add(PlannedWork(title="Ganti UPS", starts_at=utcnow(), ends_at=utcnow() + timedelta(hours=1)))
        db.session.add(source := AlertSource(name="Zabbix", token_hash="x"))
        db.session.flush()
        db.session.add(UnknownAlert(source_id=source.id, host="entah"))
        db.session.add(AlertRule(names="cpu", act="note"))
        db.session.add(ReceivedAlert(source_id=source.id, key="x", name="HostDown", node=node))
        record("login", "Staff", 1, actor_name="Sari")
    return {
        "unit": 1,
        "contact": 1,
        "category": category_id(),
        "group": 1,
        "staff": people["lina"],
        "absence": db.session.query(Absence).one().id,
        "delegation": db.session.query(Delegation).one().id,
        "pending_change": db.session.query(PendingChange).one().id,
        "label": db.session.query(Label).one().id,
        "canned_reply": db.session.query(CannedReply).one().id,
        "article": db.session.query(Article).one().id,
        "special_hours": db.session.query(SpecialHours).one().id,
        "holiday": db.session.query(Holiday).one().id,
        "page": db.session.query(Page).one().id,
        "download": db.session.query(Download).one().id,
        "mailbox": db.session.query(Mailbox).one().id,
        "sender_rule": db.session.query(SenderRule).one().id,
        "node": db.session.query(Node).one().id,
        "web_service": db.session.query(WebService).one().id,
        "routine": db.session.query(Routine).one().id,
        "planned_work": db.session.query(PlannedWork).one().id,
        "alert_source": db.session.query(AlertSource).one().id,
        "alert_rule": db.session.query(AlertRule).one().id,
        "received_alert": db.session.query(ReceivedAlert).one().id,
        "unknown_alert": db.session.query(UnknownAlert).one().id,
        "outbox": db.session.query(Mail).first().id,
        "audit": db.session.query(AuditEntry).first().id,
        "ticket": ticket.id,
    }
