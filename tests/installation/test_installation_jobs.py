"""Reminders to silent units, and the demonstration: one installation at every desk."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jobs.demo.installations import seed_installations
from jobs.installation.remind_units import remind_units
from models.base import db as clockwork
from models.base.db import db
from models.tickets.outbox import Mail
from models.tickets.ticket import Ticket
from procedures.engine import catalog
from tests.installation.installation_walk import installation_at


def days_later(monkeypatch, days: int) -> None:
    now = clockwork.clock() + timedelta(days=days)
    monkeypatch.setattr(clockwork, "clock", lambda: now)


def reminders(notice: str) -> list[str]:
    return [mail.recipient for mail in db.session.query(Mail).filter_by(notice=notice).order_by(Mail.id)]


def test_silent_unit_is_reminded_once_before_the_validity_ends(app, monkeypatch):
    installation_at("unit_agreement")
    assert remind_units() == 0
    days_later(monkeypatch, 26)
    assert (remind_units(), remind_units()) == (1, 0)
    assert set(reminders("unit_reminded")) == {"dewi@feb.example"}


def test_bill_is_reminded_before_and_every_week_after_its_due_date(app, monkeypatch):
    ticket = installation_at("payment")
    assert remind_units() == 0
    days_later(monkeypatch, 24)
    assert (remind_units(), remind_units()) == (1, 0)
    days_later(monkeypatch, 8)
    assert (remind_units(), remind_units()) == (1, 0)
    days_later(monkeypatch, 7)
    assert remind_units() == 1
    late = [mail.facts["is_late"] for mail in db.session.query(Mail).filter_by(notice="payment_due").order_by(Mail.id)]
    assert (late, ticket.state) == ([False, True, True], "payment")


@pytest.mark.slow
def test_demonstration_has_an_installation_at_every_open_desk(app):
    seed_installations()
    lying = {state for (state,) in db.session.query(Ticket.state).filter_by(procedure="network_installation")}
    assert {state.value for state in catalog.get("network_installation").open_states} <= lying
    assert "closed" in lying
